"""Many replications of one configuration: the same on one core or two, written whole, with a manifest."""

import json
import os
import signal
import time

import pytest

from sim.config import validate
from sim.errors import KilledWorkers
from sim.measures.audit import AuditBreach
from sim.run import processes, replicate, workers
from sim.run.experiment import run_to_folder, simulate
from sim.run.manifest import config_hash
from sim.run.results import ALWAYS, SCHEMAS, read_table

pytestmark = pytest.mark.integration

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 60, "run.jobs": 1}


def short(hub_config, **changes):
    return hub_config(**SHORT | {path.replace("__", "."): value for path, value in changes.items()})


def contents(result):
    return repr({name: table.to_pydict() for name, table in result.tables.items()})


@pytest.fixture(scope="module")
def five(hub_config):
    """Five replications one after another."""
    return list(simulate(short(hub_config, run__replications=5)))


def test_replications_come_in_order(five):
    assert [result.number for result in five] == [0, 1, 2, 3, 4]


def test_a_replication_alone_is_the_same_as_among_others(hub_config, five):
    assert contents(replicate.replicate(short(hub_config), 3)) == contents(five[3])


def test_how_many_replications_there_are_changes_none_of_them(hub_config, five):
    two = list(simulate(short(hub_config, run__replications=2)))
    assert [contents(result) for result in two] == [contents(result) for result in five[:2]]


def test_on_two_cores_the_files_are_the_same_bytes_as_on_one(hub_config, tmp_path):
    folders = {jobs: tmp_path / str(jobs) / "cell" for jobs in (1, 2)}
    for jobs, folder in folders.items():
        folder.mkdir(parents=True)
        run_to_folder(short(hub_config, run__jobs=jobs, run__replications=5, run__keep=["journeys"]), folder)
    for name in (*ALWAYS, "journeys"):
        one, two = ((folder / f"{name}.parquet").read_bytes() for folder in folders.values())
        assert one == two


def test_a_single_replication_is_the_same_bytes_from_a_worker_that_is_ready(hub_config, tmp_path, monkeypatch):
    config = short(hub_config, run__replications=1)
    for ready in (False, True):
        monkeypatch.setattr("sim.run.workers.are_ready", lambda ready=ready: ready)
        run_to_folder(config, tmp_path / str(ready))
    for name in ALWAYS:
        one, two = ((tmp_path / ready / f"{name}.parquet").read_bytes() for ready in ("False", "True"))
        assert one == two


def test_a_run_leaves_its_tables_with_labels(hub_config, tmp_path):
    folder = tmp_path / "7_baseline_senior_led"
    folder.mkdir()
    run_to_folder(short(hub_config, run__replications=3, run__keep=["staff_days"]), folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "measures.parquet", "staff_days.parquet", "waits.parquet", "weekly.parquet",
    ]  # fmt: skip
    table = read_table(folder, "measures")
    assert table.schema.names == SCHEMAS["measures"].names
    assert set(table["replication"].to_pylist()) == {0, 1, 2}
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["cell"], first["scenario"], first["staffing"]) == ("baseline,senior_led", "baseline", "senior_led")


def test_progress_is_told_after_each_replication(hub_config, tmp_path):
    told = []
    run_to_folder(short(hub_config, run__replications=3), tmp_path, lambda *both: told.append(both))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("error", [AuditBreach("audit: minutes_add_up: post 0/x"), KeyboardInterrupt()])
def test_a_run_that_fails_or_is_interrupted_leaves_nothing(hub_config, tmp_path, monkeypatch, error):
    def fails_on_the_second(config, number, *wanted):
        if number == 1:
            raise error
        return replicate.replicate(config, number, *wanted)

    monkeypatch.setattr(workers, "replicate", fails_on_the_second)
    with pytest.raises(type(error)):
        run_to_folder(short(hub_config, run__replications=3), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_on_another_core_is_told_here(hub_config):
    # A table that does not exist stands in for the breach: it fails in the worker, not before.
    config = short(hub_config, run__replications=4, run__jobs=2)
    broken = config.model_copy(update={"run": config.run.model_copy(update={"keep": ["no_such_table"]})})
    with pytest.raises(KeyError, match="no_such_table"):
        list(simulate(broken))


@pytest.fixture(scope="module")
def manifest(hub_config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    run_to_folder(short(hub_config, run__replications=2), folder).write(folder)
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_is_enough_to_run_it_again(hub_config, manifest):
    assert validate(manifest["config"]) == short(hub_config, run__replications=2)
    assert manifest["seed"] == manifest["config"]["run"]["seed"]


def test_the_manifest_says_what_ran_how_it_was_checked_and_how_long_it_took(manifest):
    assert (manifest["scenario"], manifest["staffing"], manifest["replications"]) == ("baseline", "senior_led", 2)
    assert manifest["audit"]["passed"] and len(manifest["audit"]["rules"]) == 7
    assert set(manifest["seconds_per_replication"]) == {"draw", "run", "count", "audit"}
    assert {"numpy", "simpy"} <= set(manifest["packages"])
    assert len(manifest["code"]["source_sha256"]) == 64
    assert manifest["started_at"] <= manifest["finished_at"]


@pytest.mark.parametrize(
    ("path", "value"),
    [("run__jobs", 2), ("run__replications", 9), ("run__keep", ["events"])],
)
def test_what_does_not_change_a_replication_does_not_change_the_hash(hub_config, path, value):
    assert config_hash(short(hub_config, **{path: value})) == config_hash(short(hub_config))


@pytest.mark.parametrize(
    ("path", "value"), [("run__seed", 8), ("demand__multiplier", 1.1), ("costs__overhead_share", 0.3)]
)  # fmt: skip
def test_everything_else_does(hub_config, path, value):
    assert config_hash(short(hub_config, **{path: value})) != config_hash(short(hub_config))


@pytest.mark.parametrize(
    ("jobs", "tasks", "started"), [(4096, 1000, 8), (4096, 5, 5), (-1, 1000, 2), (3, 1000, 3), (1, 1000, 1), (8, 0, 1)]
)
def test_no_more_processes_are_started_than_tasks_or_a_few_a_core(monkeypatch, capsys, jobs, tasks, started):
    workers.say_once.cache_clear()
    monkeypatch.setattr("joblib.effective_n_jobs", lambda asked: 2 if asked == -1 else asked)
    assert [workers.processes(jobs, tasks) for _ in range(2)] == [started] * 2
    said = "run.jobs: got 4096; 8 are used: more than 4 a core would only take memory\n"
    assert capsys.readouterr().err == (said if jobs == 4096 else "")


def test_processes_that_are_killed_again_and_again_end_in_a_line_that_says_what_to_do(hub_config, monkeypatch):
    killed = eval("lambda *asked: __import__('os')._exit(9)", {"__name__": "__main__"})  # sent as it is, not by name
    monkeypatch.setattr(workers, "_work", killed)
    with pytest.raises(KilledWorkers, match=r"^run.jobs: 2 at once; .*killed twice in replication 0, .*as run.jobs=1"):
        list(simulate(short(hub_config, run__replications=4, run__jobs=2)))


def test_a_process_that_is_killed_between_two_replications_costs_nobody_anything(hub_config):
    config = short(hub_config, run__replications=40, run__jobs=2)
    killed = []

    def kill_one(finished: int) -> None:
        if finished == 3:
            executor = processes.pool(2)
            os.kill(next(iter(executor._processes)), signal.SIGKILL)
            while not executor._flags.broken:  # what is asked for next finds nobody
                time.sleep(0.01)
            killed.append(finished)

    numbers = []
    for result in simulate(config):
        numbers.append(result.number)
        kill_one(len(numbers))
    assert numbers == list(range(40))
    assert killed == [3]
