"""One input, one run: a file is read once, and what happens to it afterwards changes no replication."""

import json
import pickle
from pathlib import Path

import pytest

from analysis.comparison.read_sweep import read_sweep
from analysis.runs.sweep import collect, planned, run_sweep
from sim.composed import Cell
from sim.errors import HubError
from sim.evidence import MOST_BYTES
from sim.run.experiment import simulate, simulate_each
from sim.run.store import replication_key

pytestmark = pytest.mark.integration

EARLY, LATE = ("referred_on,staff_group\n" + f"2021-04-{day:02d},care_homes\n" * 40 for day in (2, 30))
SHORT = {"run.horizon_days": 60, "run.opening.mode": "empty"}


@pytest.fixture
def file(tmp_path):
    """A table of referrals."""
    path = tmp_path / "referrals.csv"
    path.write_text(EARLY)
    return path


@pytest.fixture
def real(hub_config, file):
    """Configure a short run of the real referrals."""
    return lambda **changes: hub_config(
        **SHORT | {"demand.referrals_csv": str(file)} | {path.replace("__", "."): v for path, v in changes.items()}
    )


def contents(results):
    return [repr({name: table.to_pydict() for name, table in result.tables.items()}) for result in results]


@pytest.mark.parametrize("changes", [{"run__jobs": 1}, {"run__jobs": 2}, {"run__jobs": 1, "uncertainty__mode": "psa"}])
def test_a_file_that_changes_while_replications_run_changes_none_of_them(real, file, tmp_path, container, changes):
    if "uncertainty__mode" in changes:
        changes |= {"uncertainty__parameters": container("uncertainty=psa")["uncertainty"]["parameters"]}
    before = contents(simulate(real(run__replications=6, **changes)))
    config = real(run__replications=6, run__store=str(tmp_path / "store"), **changes)
    key = replication_key(config)
    after = []
    for result in simulate(config):
        file.write_text(LATE)
        after += contents([result])
    assert after == before
    assert replication_key(config) == key, "the key is that of what was simulated"
    assert contents(simulate(config)) == before, "and the store holds it"
    assert contents(simulate(real(run__replications=6, run__store=str(tmp_path / "store"), **changes))) != before


def test_a_worker_on_another_machine_needs_no_file(real, file):
    config = real()
    sent = pickle.dumps(config)
    file.unlink()
    assert contents(simulate(pickle.loads(sent), [0])) == contents(simulate(config, [0]))


def test_cells_that_read_different_things_in_one_file_are_refused(real, file):
    one = real()
    file.write_text(LATE)
    with pytest.raises(HubError, match=r"referrals.csv, which changed while it was read; run again"):
        list(simulate_each([one, real()], [0]))


def cells_of(configs, folder):
    cells = [
        Cell("baseline", "senior_led", (), {}, name=f"{number}", folder=f"{number}") for number in range(len(configs))
    ]
    return planned(cells, configs, folder)


def test_a_finished_sweep_is_not_compared_by_other_referrals_than_it_ran_with(real, file, tmp_path, capsys):
    configs = [real(run__jobs=1), real(run__jobs=1, demand__gap_closed_share=0.4)]
    folder = tmp_path / "sweep"
    assert run_sweep(cells_of(configs, folder), folder) == 0
    assert len(read_sweep(folder).plans) == 2
    file.write_text(LATE)
    with pytest.raises(HubError, match=r"referrals.csv is not what 0 ran with; put it back or run again"):
        read_sweep(folder)
    content = file.read_text()
    file.unlink()
    with pytest.raises(HubError, match=r"whose 0 cannot be read: demand.referrals_csv: got .*; there is no such file$"):
        read_sweep(folder)
    file.write_text(content)
    capsys.readouterr()
    assert collect(cells_of([real(), configs[1]], folder), folder) == 1
    assert "0: a file changed before it ran: left out" in capsys.readouterr().err
    statuses = [cell["status"] for cell in json.loads((folder / "manifest.json").read_text())["cells"]]
    assert statuses == ["failed", "finished"]


def test_a_file_too_large_to_go_with_every_replication_is_refused(refusal, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as large:
        large.truncate(MOST_BYTES + 1)
    [line] = refusal(**SHORT | {"demand.referrals_csv": str(path)})
    assert line == f"demand.referrals_csv: got '{path}'; more than 20 MB; keep the columns and rows that are needed"


@pytest.mark.parametrize("given", ["", 5, "~nobody-at-all/x.csv", "a\0b", "\udcff.csv", "x" * 5000, "/dev/stdin", "/"])
def test_what_is_no_file_is_refused_in_one_line(refusal, given):
    [line] = refusal(**SHORT | {"demand.referrals_csv": given})
    assert line.startswith("demand.referrals_csv: got ")
    assert len(line) <= 300


def test_a_file_in_the_home_folder_may_be_written_with_a_tilde(hub_config, file, monkeypatch):
    monkeypatch.setattr(Path, "expanduser", lambda path: file.parent / path.name)
    assert hub_config(**SHORT | {"demand.referrals_csv": "~/referrals.csv"}).demand.referrals_csv.content
