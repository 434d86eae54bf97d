"""Breaking any one of these lines of the model makes at least one test fail: the tests see what they claim to see."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
SUITE = ("tests/sim/service", "tests/sim/measures")

BROKEN_LINES = {
    "the neediest last": (
        "service/cases.py",
        "return np.where(risk, 0, 1 + below_highest), nobody",
        "return np.where(risk, 0, 1 - below_highest), nobody",
    ),
    "a slot not returned": (
        "service/clinician.py",
        "account.commit(-appointment.minutes)\n            appointment.keep()",
        "account.commit(0)\n            appointment.keep()",
    ),
    "people who gave up counted as seen in time": (
        "measures/waits.py",
        "return judged, (seen != NOT_YET) & (seen - entered <= limit)",
        "return judged, seen - entered <= limit",
    ),
    "patience without end": (
        "service/lists.py",
        "while self._deadlines.first() < later:",
        "while self._deadlines.first() < -later:",
    ),
    "one person too many on a caseload": (
        "service/activities.py",
        "while me.caseload < me.places:",
        "while me.caseload <= me.places:",
    ),
    "appointments without notice": (
        "service/activities.py",
        "me.diary.book(me.today.number + me.rules.notice_days, appointment)",
        "me.diary.book(me.today.number + 1, appointment)",
    ),
    "a missed assessment keeps its place": (
        "service/pathway.py",
        "case.place = minute\n        self.join_assessment",
        "case.place += 0\n        self.join_assessment",
    ),
    "a reserve that flexes although its list is not empty": (
        "service/clinician.py",
        "if account.flexes_to is not None and not work_left and account.today > 0:",
        "if account.flexes_to is not None and account.today > 0:",
    ),
    "a session that counts twice": (
        "service/pathway.py",
        "course.sessions_left -= 1",
        "course.sessions_left -= 2",
    ),
    "risk calls to everybody else": (
        "service/pathway.py",
        "if case.risk:",
        "if not case.risk:",
    ),
    "vacant posts paid": (
        "measures/cost.py",
        "np.array([t.filled_days for t in tenures])",
        "np.array([t.funded_days for t in tenures])",
    ),
    "a group that waits for one more": (
        "service/activities.py",
        "waiting.length() >= me.rules.group_min",
        "waiting.length() > me.rules.group_min",
    ),
}


def run_suite(copy: Path, file: str = "", line: str = "", broken: str = "") -> subprocess.CompletedProcess[str]:
    """Run the service's and the measures' tests on a copy of the model, with one line replaced."""
    for folder in ("conf", "scenarios", "tests"):
        (copy / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "sim", copy / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    if file:
        path = copy / "sim" / file
        source = path.read_text()
        assert source.count(line) == 1, f"{file} no longer holds {line!r} exactly once: choose the line anew"
        path.write_text(source.replace(line, broken))
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", "unit", *SUITE]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=600)


def test_the_whole_model_passes(tmp_path: Path) -> None:
    run = run_suite(tmp_path)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.parametrize("name", BROKEN_LINES)
def test_a_broken_line_is_found(name: str, tmp_path: Path) -> None:
    run = run_suite(tmp_path, *BROKEN_LINES[name])
    # 1: tests ran and failed; anything else would be a test suite that did not run.
    assert run.returncode == 1, f"no test noticed {name}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
    assert "FAILED tests/" in run.stdout
