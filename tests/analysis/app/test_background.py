from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.app.background import RESULTS, BackgroundRun, Runs
from analysis.app.caretaker import PassingFolder, remove_left_behind
from analysis.app.own_figures import referrals_template, take_referrals
from analysis.app.plans import NamedView, keep_design
from analysis.app.view import Limits, View
from analysis.app.visits import House
from sim.errors import HubError

IN_THE_END, SOON = 600, 120
"""Seconds: generous, for a busy machine; a test that needs them all has found something that hangs."""


def request(view: View, replications: int, store: Path) -> dict[str, Any]:
    return {"kind": "run", "config": view.config(replications, store).model_dump(mode="json")}


def wait_for(run: BackgroundRun, state: str, seconds: float = IN_THE_END) -> None:
    until = time.monotonic() + seconds
    while run.state != state and time.monotonic() < until:
        time.sleep(0.05)
    assert run.state == state, (run.state, run.problem)


def somebody_works_for(folder: Path) -> bool:
    """Return whether a process that was started for a folder is still there."""
    for entry in Path("/proc").iterdir() if os.path.isdir("/proc") else ():
        try:
            if entry.name.isdigit() and str(folder).encode() in (entry / "cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.integration
def test_a_run_in_the_background_leaves_what_hub_leaves(view: View, tmp_path: Path) -> None:
    run = Runs().start(tmp_path / "run", request(view, 4, tmp_path / "store"))
    assert run.ended.wait(IN_THE_END)
    assert run.state == "done", run.problem
    assert run.progress == (4, 4)
    written = {path.name for path in (tmp_path / "run" / RESULTS).iterdir()}
    assert {"summary.csv", "measures.parquet", "waits.parquet", "weekly.parquet", "manifest.json"} <= written


ODD = 'José\'s (home) "a, b" = [c] {d} $e'
"""A name that a folder may have on somebody's machine."""


@pytest.mark.integration
def test_plans_with_own_referrals_are_compared_wherever_the_server_keeps_its_files(view: View, tmp_path: Path) -> None:
    own = replace(view, referrals=take_referrals(referrals_template().encode()))
    plans = [NamedView("Now", own), NamedView("More", own.with_change("wte.therapist.therapist", 3.0))]
    visit = tmp_path / ODD
    folder = visit / "run"
    names = keep_design(plans, folder, 3)
    asked = {"kind": "compare", "replications": 3, "store": "../store", "options": ["--baseline", names[0]]}
    run = Runs().start(folder, asked)
    assert run.ended.wait(IN_THE_END) and run.state == "done", run.problem
    assert list((visit / "store").rglob("*.tables"))
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(tmp_path).encode() not in path.read_bytes(), f"{path.name} tells where the server keeps files"


@pytest.mark.integration
def test_a_warning_of_a_library_is_not_shown_to_a_visitor(view: View, tmp_path: Path) -> None:
    asked = request(view, 2, tmp_path / "store")
    asked["config"]["run"]["store"] = str(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "sitecustomize.py").write_text("import warnings\nwarnings.warn('beware of this line', stacklevel=1)\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(tmp_path))
        run = Runs().start(tmp_path / "run", asked)
        assert run.ended.wait(IN_THE_END) and run.state == "failed"
    assert "beware" not in run.problem and "sitecustomize" not in run.problem and run.problem


@pytest.mark.integration
def test_a_cancelled_run_ends_at_once_and_keeps_what_was_finished(view: View, tmp_path: Path) -> None:
    run = Runs().start(tmp_path / "run", request(view, 500, tmp_path / "store"))
    wait_for(run, "running")
    while run.progress[0] < 4:
        time.sleep(0.05)
    assert run.seconds_left is not None and run.seconds_left > 0
    run.stop.set()
    assert run.ended.wait(SOON)
    assert run.state == "cancelled" and run.problem == ""
    assert not somebody_works_for(run.folder)
    assert not (run.folder / RESULTS / "manifest.json").exists()
    assert len(list((tmp_path / "store").rglob("*.tables"))) >= 4


@pytest.mark.integration
def test_a_run_that_takes_too_long_is_ended_and_says_so(view: View, tmp_path: Path) -> None:
    run = Runs(Limits(wall_seconds=1)).start(tmp_path / "run", request(view, 500, tmp_path / "store"))
    assert run.ended.wait(IN_THE_END)
    assert run.state == "too long" and "longer than this page allows" in run.problem
    assert not somebody_works_for(run.folder)


@pytest.mark.integration
def test_the_process_trusts_nobody_and_checks_again(view: View, tmp_path: Path) -> None:
    asked = request(view, 500, tmp_path / "store")
    asked["config"]["run"]["replications"] = 100_000
    run = Runs().start(tmp_path / "run", asked)
    assert run.ended.wait(IN_THE_END)
    assert run.state == "failed" and run.problem.startswith("run.replications: got 100,000")


@pytest.mark.integration
def test_a_run_waits_for_its_turn_and_can_be_cancelled_waiting(view: View, tmp_path: Path) -> None:
    runs = Runs(Limits(places=1))
    first = runs.start(tmp_path / "1", request(view, 500, tmp_path / "store"))
    wait_for(first, "running")
    second = runs.start(tmp_path / "2", request(view, 4, tmp_path / "store"))
    time.sleep(0.3)
    assert second.state == "waiting"
    second.stop.set()
    assert second.ended.wait(SOON) and second.state == "cancelled"
    runs.close()
    assert first.over


@pytest.mark.integration
def test_visits_are_apart_bounded_and_leave_nothing(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.app.background.PATIENCE_SECONDS", IN_THE_END)  # however busy this machine is
    house = House(Limits(waiting_runs=1))
    mine, other = house.visit("mine"), house.visit("other")
    assert mine.folder != other.folder
    assert oct(mine.folder.stat().st_mode)[-3:] == "700"
    run = house.start(mine, "one", lambda _: request(view, 500, house.store))
    assert run.folder.parent == mine.folder and other.runs == {}
    with pytest.raises(HubError, match="1 runs going"):
        house.start(mine, "two", lambda _: request(view, 4, house.store))
    mine.close()
    assert run.over and not mine.folder.exists() and other.folder.exists()
    house.close()
    assert not house.folder.exists()


@pytest.mark.integration
def test_a_visit_whose_page_is_away_for_a_moment_keeps_its_uploads_and_runs(view: View) -> None:
    there = {"mine"}
    house = House(Limits(absence_seconds=60), connected=there.__contains__)
    visit = house.visit("mine")
    (visit.folder / "referrals.csv").write_text("referred_on,staff_group\n")
    run = house.start(visit, "one", lambda _: request(view, 500, house.store))
    there.clear()
    house.see_who_is_away(1000.0)
    house.see_who_is_away(1003.0)
    there.add("mine")
    house.see_who_is_away(1090.0)
    assert house.visit("mine") is visit and (visit.folder / "referrals.csv").exists() and not run.stop.is_set()
    there.clear()
    house.see_who_is_away(1100.0)
    house.see_who_is_away(1159.0)
    assert visit.folder.exists()
    house.see_who_is_away(1180.0)
    assert run.over and not visit.folder.exists() and house.visits == {}
    with pytest.raises(HubError, match="visit has ended"):
        house.start(visit, "one", lambda _: request(view, 500, house.store))
    assert not visit.folder.exists()
    house.close()


@pytest.mark.integration
def test_a_page_that_is_loaded_anew_takes_over_from_its_own_run(view: View) -> None:
    there = {"before", "somebody else"}
    house = House(connected=there.__contains__)
    same = request(view, 500, house.store)
    before = house.start(house.visit("before"), "one", lambda _: same)
    other = house.start(house.visit("somebody else"), "one", lambda _: same)
    there.remove("before")
    house.start(house.visit("after"), "one", lambda _: same)
    assert before.stop.is_set() and not other.stop.is_set()
    house.close()


@pytest.mark.integration
@pytest.mark.parametrize("how", ["SIGKILL", "SIGHUP", "SIGTERM", "SIGINT"])
def test_nothing_of_a_page_is_left_however_it_ends(how: str, tmp_path: Path) -> None:
    text = (
        "import sys, time\nfrom analysis.app.caretaker import PassingFolder\n"
        "folder = PassingFolder().path\n(folder / 'referrals.csv').write_text('x')\nprint(folder, flush=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", text], env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, start_new_session=True,
    ) as page:  # fmt: skip
        assert page.stdout is not None
        folder = Path(page.stdout.readline().strip())
        assert (folder / "referrals.csv").exists()
        os.killpg(page.pid, getattr(signal, how))
    until = time.monotonic() + SOON
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    while somebody_works_for(folder) and time.monotonic() < until:
        time.sleep(0.2)
    assert not somebody_works_for(folder)


@pytest.mark.integration
def test_a_page_removes_what_an_earlier_one_has_left_but_not_what_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "hub-app-left"
    left.mkdir()
    (left / "referrals.csv").write_text("x")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "hub-app-link").symlink_to(elsewhere)
    in_use = PassingFolder()
    remove_left_behind()
    assert not left.exists() and in_use.path.exists() and elsewhere.exists()
    in_use.remove()
    assert not in_use.path.exists()
