"""Fifty kills of runs, sweeps, sizings and the page: afterwards the same bytes, no process and no upload left.

Each kind of command is killed twelve or thirteen times, at moments drawn at random: with four signals, and the whole
group, the parent or one worker. `python -m pytest -s tests/validation/test_kills.py` prints what was met.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

SIGNALS = (signal.SIGKILL, signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
HUB = [sys.executable, "-P", "-m", "analysis"]
RUN = ["run.horizon_days=400", "run.opening.mode=empty", "run.replications=40", "run.jobs=2"]
SWEEP = ["-m", "staffing=senior_led,stepped_care", "run.seed=1,2", *RUN[:2], "run.replications=10", "run.jobs=2"]
SIZE = [
    "scenario=major_incident",
    "run.horizon_days=480",
    "target.days=90",
    "target.share=0.2",
    "target.assurance=0.5",
    "run.jobs=2",
]
SIZE += ["sizing.search.looks=[5,20]", "sizing.certify.replications=40"]
PAGE = """
import sys, time
from analysis.app.background import Runs
from analysis.app.view import View
from analysis.app.visits import House
house = House()
visit = house.visit("mine")
(visit.folder / "referrals.csv").write_text("referred_on,staff_group\\n2021-04-06,care_homes\\n")
config = View("baseline", "senior_led").config(500, house.store).model_dump(mode="json")
house.start(visit, "one", lambda _: {"kind": "run", "config": config})
print(house.folder, flush=True)
time.sleep(600)
"""
MARK = "HUB_KILLED_IN_A_TEST"
GONE_WITHIN_SECONDS = 60
LONGEST_SECONDS = 900


class Command:
    """A command in a group of its own, whose processes can all be told by a mark in their environment."""

    def __init__(self, arguments: list[str], stands_in: Path) -> None:
        self.mark = uuid.uuid4().hex
        self.process = subprocess.Popen(
            arguments,
            cwd=stands_in,
            env=os.environ | {MARK: self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def others(self) -> dict[int, int]:
        """Every process of the command but the first, and its parent."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended
                continue
        found.pop(self.process.pid, None)
        return found

    def workers(self) -> list[int]:
        """Processes that another than the first has started; those that are copied from the server of workers."""
        others = self.others()
        return [pid for pid, parent in others.items() if parent in others]

    def kill(self, sign: signal.Signals, target: str) -> None:
        if target == "group":
            os.killpg(self.process.pid, sign)
        elif target == "parent":
            self.process.send_signal(sign)
        else:
            while self.process.poll() is None and not (workers := self.workers()):
                time.sleep(0.02)
            if self.process.poll() is None:
                os.kill(random.choice(workers), sign)

    def ends(self) -> tuple[int, str]:
        """Wait for the end of it and all that it has started."""
        told = self.process.communicate(timeout=LONGEST_SECONDS)[1]
        until = time.monotonic() + GONE_WITHIN_SECONDS
        while (left := self.others()) and time.monotonic() < until:
            time.sleep(0.1)
        assert not left
        return self.process.returncode, told


def results(folder: Path) -> dict[str, bytes]:
    """Everything in a folder of results whose bytes depend on nothing but seed and configuration."""
    kinds = ("*.parquet", "*.csv", "*.png", "sized.yaml")
    files = (path for kind in kinds for path in folder.rglob(kind))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def half_written(stands_in: Path) -> list[str]:
    """What nobody should find: unfinished files, and folders that hold something, but neither manifest nor mark.

    A folder that is empty was just made when its command was killed; any later command takes it.
    """
    found = [str(path) for path in stands_in.rglob("*.part")]
    for folder in stands_in.glob("*/"):
        if (
            folder.name.startswith("to_")
            and any(folder.iterdir())
            and not any((folder / name).exists() for name in ("manifest.json", "sizing.json"))
        ):
            found += [] if (folder / "unfinished.txt").exists() else [str(folder)]
    return found


@pytest.mark.parametrize(
    ("command", "to"),
    [
        ([*HUB, *RUN], "hydra.run.dir=to_{}"),
        ([*HUB, *SWEEP], "hydra.sweep.dir=to_{}"),
        ([sys.executable, "-P", "-m", "analysis", "size", *SIZE], "--out=to_{}"),
    ],
    ids=["run", "sweep", "sizing"],
)
def test_whatever_is_killed_goes_on_to_the_same_bytes(command, to, tmp_path, request):
    random.seed(f"kills of a {request.node.callspec.id}")
    started = time.monotonic()
    straight = Command([*command, f"run.store={tmp_path / 'none'}", to.format("straight")], tmp_path)
    status, told = straight.ends()
    assert status in (0, 3), told
    takes = time.monotonic() - started
    expected = results(tmp_path / "to_straight")
    assert len(expected) >= 2 or "--out" in to
    met: Counter[str] = Counter()
    plan = [(sign, target) for target in ("worker", "parent", "group") for sign in SIGNALS]
    for number, (sign, target) in enumerate([*plan, (signal.SIGKILL, "group")]):
        store = tmp_path / ("store" if target != "worker" else f"store_{number}")
        name = f"{number}"
        killed = Command([*command, f"run.store={store}", to.format(name)], tmp_path)
        time.sleep(random.uniform(0.05, takes))
        killed.kill(sign, target)
        status_then, told = killed.ends()
        # Python itself complains where it ends while it starts: in site.py, or a worker whose locks are gone already.
        of_python = any(file in told for file in ("site.py", "multiprocessing/spawn.py"))
        assert "Traceback" not in told or status_then == -signal.SIGINT or of_python, told
        met[f"{target} {sign.name}: {status_then}"] += 1
        if target == "worker":
            assert status_then == status, told
        if status_then in (0, 3):
            assert results(tmp_path / f"to_{name}") == expected
    print(f"\n{request.node.callspec.id}: {sum(met.values())} kills, {dict(met)}")
    last = Command([*command, f"run.store={tmp_path / 'store'}", to.format("last")], tmp_path)
    assert last.ends()[0] == status
    assert results(tmp_path / "to_last") == expected
    assert half_written(tmp_path) == []


def test_a_page_that_is_killed_leaves_no_process_and_no_upload(tmp_path):
    random.seed("kills of a page")
    met: Counter[str] = Counter()
    for target in ("group", "parent", "worker"):
        for sign in SIGNALS:
            page = Command([sys.executable, "-P", "-c", PAGE], tmp_path)
            told = page.process.stdout.readline().strip()
            assert told, page.process.communicate()[1]
            folder = Path(told)
            assert list(folder.rglob("referrals.csv"))
            time.sleep(random.uniform(0.0, 5.0))
            page.kill(sign, target)
            if target == "worker":
                assert page.process.poll() is None
                page.process.terminate()
            status, _ = page.ends()
            until = time.monotonic() + GONE_WITHIN_SECONDS
            while folder.exists() and time.monotonic() < until:
                time.sleep(0.1)
            assert not folder.exists()
            met[f"{target} {sign.name}: {status}"] += 1
    print(f"\npage: {sum(met.values())} kills, {dict(met)}")
