"""On a Dask cluster a run gives the same bytes as here, and loses nothing when a worker is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from sim.errors import HubError, Outage
from sim.run.cluster import ANSWERS_WITHIN_SECONDS, _work
from sim.run.experiment import run_to_folder
from sim.run.results import ALWAYS
from sim.run.store import Task, computed_with
from sim.run.workers import check_reachable

pytestmark = pytest.mark.integration

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 200, "run.replications": 24, "run.jobs": 1}


def wait_for_address(address_file, scheduler):
    """The scheduler's address, once its file is whole: the file is there before anything is in it."""
    deadline = time.monotonic() + 300
    while not address_file.exists() or not address_file.read_text().endswith("}"):
        assert time.monotonic() < deadline and scheduler.poll() is None
        time.sleep(0.05)
    return json.loads(address_file.read_text())["address"]


@contextmanager
def scheduler_in(folder):
    """The address of a scheduler on loopback, its process, and what starts a worker without a minder."""
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address_file = folder / "scheduler.json"
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard", "--scheduler-file", str(address_file)], **quiet
    )  # fmt: skip
    processes = [scheduler]
    try:
        address = wait_for_address(address_file, scheduler)

        def start_worker():
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny",
                     "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"], **quiet
                )
            )  # fmt: skip
            return processes[-1]

        yield address, scheduler, start_worker
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_for_workers(address, number):
    from distributed import Client  # a second to load, which no other test waits for

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(number, timeout=300)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler, and two workers."""
    with scheduler_in(tmp_path_factory.mktemp("dask")) as (address, _, start_worker):
        workers = [start_worker(), start_worker()]
        wait_for_workers(address, 2)
        yield address, workers


def test_a_killed_worker_loses_nothing_and_the_bytes_are_the_same_as_here(cluster, hub_config, tmp_path):
    address, workers = cluster
    here, there = tmp_path / "here", tmp_path / "there"
    run_to_folder(hub_config(**SHORT), here)
    elsewhere = {"run.backend": "dask", "run.scheduler": address, "run.store": str(tmp_path / "store")}
    killed = threading.Event()

    def kill_one(finished: int, of: int) -> None:
        if finished == 3:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.set()

    run_to_folder(hub_config(**SHORT | elsewhere), there, kill_one)
    assert killed.is_set() and workers[0].wait(5) == -signal.SIGKILL and workers[1].poll() is None
    for table in ALWAYS:
        assert (here / f"{table}.parquet").read_bytes() == (there / f"{table}.parquet").read_bytes()
    assert len(list((tmp_path / "store").rglob("*.tables"))) == 24


def refusal(run):
    """The line with which a cluster is refused; it comes in time."""
    started = time.monotonic()
    with pytest.raises(HubError) as refused:
        check_reachable(run)
    assert time.monotonic() - started < 2 * ANSWERS_WITHIN_SECONDS
    line = str(refused.value)
    assert "\n" not in line and len(line) <= 300
    return line


def test_a_worker_with_another_version_of_the_model_is_refused(cluster, hub_config, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.computed_with", lambda: computed_with() | {"model": "another"})
    config = hub_config(**SHORT | {"run.backend": "dask", "run.scheduler": cluster[0]})
    assert "; a worker there has another version of the model: install" in refusal(config.run)


def test_a_worker_with_other_packages_that_change_results_is_refused(cluster, hub_config, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.computed_with", lambda: computed_with() | {"holidays": "0.60"})
    config = hub_config(**SHORT | {"run.backend": "dask", "run.scheduler": cluster[0]})
    there = computed_with()["holidays"]
    assert f"; a worker there has holidays {there}, not 0.60: install" in refusal(config.run)


def test_a_worker_that_comes_later_with_other_versions_ends_the_run(hub_config):
    with pytest.raises(Outage, match="a worker there has numpy"):
        _work(Task(hub_config(**SHORT), 0, None), "", computed_with() | {"numpy": "1.0"})


def test_a_scheduler_that_is_not_there_is_told_in_one_line(hub_config, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.ANSWERS_WITHIN_SECONDS", 1)
    config = hub_config(**{"run.backend": "dask", "run.scheduler": "tcp://127.0.0.1:9"})
    assert refusal(config.run).startswith("run.scheduler: got tcp://127.0.0.1:9; no Dask scheduler answers there: ")


def test_a_name_that_resolves_to_nothing_is_told_in_one_line(hub_config, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.ANSWERS_WITHIN_SECONDS", 1)
    config = hub_config(**{"run.backend": "dask", "run.scheduler": "tcp://no-such-host.invalid:8786"})
    assert "got tcp://no-such-host.invalid:8786; no Dask scheduler answers there: " in refusal(config.run)


def test_what_listens_and_never_answers_is_told_in_one_line(hub_config, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.ANSWERS_WITHIN_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        config = hub_config(**{"run.backend": "dask", "run.scheduler": address})
        assert refusal(config.run).startswith(f"run.scheduler: got {address}; no Dask scheduler answers there: ")


def test_a_scheduler_without_workers_and_one_that_is_killed_end_in_a_line_each(hub_config, tmp_path):
    with scheduler_in(tmp_path) as (address, scheduler, start_worker):
        elsewhere = {"run.backend": "dask", "run.scheduler": address, "run.store": str(tmp_path / "store")}
        config = hub_config(**SHORT | elsewhere | {"run.replications": 1000})
        assert refusal(config.run).startswith(f"run.scheduler: got {address}, which has no workers; start some")
        start_worker()
        wait_for_workers(address, 1)
        killed = []

        def kill(finished: int, of: int) -> None:
            if finished == 2:
                scheduler.kill()
                killed.append(time.monotonic())

        with pytest.raises(Outage, match="the scheduler is gone: start it again and repeat the command"):
            run_to_folder(config, tmp_path / "there", kill)
        assert time.monotonic() - killed[0] < 2 * ANSWERS_WITHIN_SECONDS
        assert not (tmp_path / "there").exists()


def test_workers_that_are_all_lost_end_the_run_in_a_line(hub_config, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.run.cluster.NO_WORKERS_FOR_SECONDS", 1)
    with scheduler_in(tmp_path) as (address, _, start_worker):
        worker = start_worker()
        wait_for_workers(address, 1)
        config = hub_config(**SHORT | {"run.backend": "dask", "run.scheduler": address, "run.replications": 1000})
        with pytest.raises(Outage, match="it has no workers any more"):
            run_to_folder(config, tmp_path / "there", lambda finished, of: worker.kill())
