"""One command at a time writes a folder of results, and none writes where there are results already."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.commands import main
from sim.disk import MARK, remove_stale, whole_folder
from sim.disk.folders import held, new_folder
from sim.errors import LONGEST_LINE, HubError

pytestmark = pytest.mark.integration

HOLDS = """
import sys, time
from pathlib import Path
from sim.disk.folders import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
SWEEP = ("-m", "run.seed=1,2", "run.horizon_days=90", "run.replications=2", "run.store=null")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a user stands, whose commands get as far as simulating; each cell leaves a folder."""

    def simulate(cells, folder):
        for cell in cells:
            cell.folder.mkdir(exist_ok=True)
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("analysis.runs.sweep.run_sweep", simulate)
    monkeypatch.setattr("analysis.runs.one_run.run_and_report", lambda *_: 0)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line with which hub refuses before it simulates."""
    before = sorted(Path.cwd().rglob("*"))
    assert main(list(arguments)) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert len(line) <= LONGEST_LINE
    assert sorted(Path.cwd().rglob("*")) == before
    return line


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_another_command_writes_is_refused_before_anything_is_simulated(here, capsys, exists):
    if exists:
        (here / "mine").mkdir()
    said = "got mine, which another command is writing; let it end, or choose another folder"
    with held(here / "mine"):
        assert refused(capsys, "hydra.run.dir=mine") == f"hydra.run.dir: {said}"
        assert refused(capsys, *SWEEP, "hydra.sweep.dir=mine") == f"hydra.sweep.dir: {said}"
        with pytest.raises(HubError, match=f"--out: {said}"), new_folder(Path("mine")):
            pass
    assert main(["hydra.run.dir=mine"]) == 0


def test_a_folder_is_free_again_when_the_command_that_held_it_is_killed(tmp_path):
    folder = tmp_path / "runs" / "mine"
    other = subprocess.Popen([sys.executable, "-c", HOLDS, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError), held(folder):
            pass
        remove_stale(folder.parent)
        assert len(os.listdir(folder.parent)) == 1  # it is not stale while it is held
    finally:
        other.send_signal(signal.SIGKILL)
        other.communicate()
    with held(folder):
        assert os.listdir(folder.parent) != []
    assert os.listdir(folder.parent) == []


def test_what_a_killed_command_held_goes_when_the_next_one_writes_beside_it(tmp_path):
    (tmp_path / ".mine.0123abcd.held").touch()
    (tmp_path / ".notes.held").write_text("not ours")
    with whole_folder(tmp_path / "run"):
        pass
    assert sorted(os.listdir(tmp_path)) == [".notes.held", "run"]


@pytest.mark.parametrize("exists", [True, False])
def test_results_that_have_appeared_meanwhile_stay_and_so_do_those_that_came_late(tmp_path, exists):
    place = tmp_path / "run"
    if exists:
        place.mkdir()
    with (
        pytest.raises(HubError, match="another command wrote its results there meanwhile") as problem,
        whole_folder(place) as own,
    ):
        (own / "manifest.json").write_text("late")
        place.mkdir(exist_ok=True)
        (place / "manifest.json").write_text("first")
    assert (place / "manifest.json").read_text() == "first"
    other = Path(str(problem.value).rpartition(" in ")[2])
    assert (other.name, (other / "manifest.json").read_text()) == ("run_2", "late")
    assert not list(tmp_path.rglob("*.part"))


def test_the_folder_of_a_killed_sweep_takes_that_sweep_and_no_other(here, capsys):
    assert main([*SWEEP, "hydra.sweep.dir=mine"]) == 130
    capsys.readouterr()
    told = f"which holds another sweep, not finished: go on with the command in its {MARK}, or choose another folder"
    for place, other in [
        (1, "run.seed=1,3"),
        (1, "run.seed=2,1"),
        (2, "run.horizon_days=91"),
        (3, "run.replications=3"),
    ]:
        line = refused(capsys, *SWEEP[:place], other, *SWEEP[place + 1 :], "hydra.sweep.dir=mine")
        assert line == f"hydra.sweep.dir: got mine, {told}"
    assert refused(capsys, "hydra.run.dir=mine") == f"hydra.run.dir: got mine, {told}"
    assert main([*SWEEP, "run.jobs=1", "hydra.sweep.dir=./mine"]) == 130
    assert (here / "mine" / MARK).exists()


@pytest.mark.parametrize("arguments", [("hydra.run.dir=mine/sub",), (*SWEEP, "hydra.sweep.dir=mine/a/b")])
def test_a_run_inside_the_results_of_another_is_refused(here, capsys, arguments):
    assert main([*SWEEP, "hydra.sweep.dir=mine"]) == 130
    capsys.readouterr()
    assert f"inside the results in {here / 'mine'}; choose a folder outside of them" in refused(capsys, *arguments)
    (here / "mine" / MARK).unlink()
    (here / "mine" / "manifest.json").write_text('{"cells": []}')
    assert f"inside the results in {here / 'mine'}; choose a folder outside of them" in refused(capsys, *arguments)
    (here / "mine" / "manifest.json").write_text('{"name": "a web page"}')
    for cell in (here / "mine").glob("0_*"):
        shutil.rmtree(cell)
    assert main(list(arguments)) in (0, 130)


def test_what_a_killed_sweep_left_in_its_folder_goes_when_the_next_sweep_starts_beside_it(here):
    (here / "killed").mkdir()
    (here / "killed" / MARK).touch()
    (here / "killed" / f".killed.{os.getpid()}-0123-0@{os.uname().nodename}.part").mkdir()
    assert main([*SWEEP, "hydra.sweep.dir=next"]) == 130
    assert os.listdir(here / "killed") == [MARK]


def test_a_folder_that_holds_only_what_a_killed_command_left_is_new(tmp_path):
    (tmp_path / f".out.{os.getpid()}-0123-0@{os.uname().nodename}.part").mkdir()
    with new_folder(tmp_path) as folder:
        (folder / "report.html").touch()
    assert os.listdir(tmp_path) == ["report.html"]
