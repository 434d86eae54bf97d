"""Breaking any one of these pieces of the model makes at least one test fail: the tests see what they claim to see."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mutation"))
from changed_copy import ROOT, ChangedCopy, changed

SUITE = ("-m", "unit", "tests/sim/service", "tests/sim/measures")


class Broken(NamedTuple):
    """A piece of code, found by the function in which it stands and by what it says, however it is laid out."""

    module: str
    function: str
    before: str
    after: str

    def text(self) -> str:
        return changed((ROOT / self.module).read_text(encoding="utf-8"), self.function, self.before, self.after)


BROKEN = {
    "the neediest last": Broken(
        "sim/service/cases.py",
        "standing",
        "np.where(risk, 0, 1 + below_highest)",
        "np.where(risk, 0, 1 - below_highest)",
    ),
    "a slot not returned": Broken(
        "sim/service/clinician.py",
        "Clinician.keep_the_diary",
        "account.commit(-appointment.minutes)",
        "account.commit(0)",
    ),
    "people who gave up counted as seen in time": Broken(
        "sim/measures/waits.py",
        "against_standard",
        "(seen != NOT_YET) & (seen - entered <= limit)",
        "seen - entered <= limit",
    ),
    "patience without end": Broken(
        "sim/service/lists.py",
        "WaitingList.overdue",
        "self._deadlines.first() < later",
        "self._deadlines.first() < -later",
    ),
    "one person too many on a caseload": Broken(
        "sim/service/activities.py",
        "start_therapy",
        "me.caseload < me.places",
        "me.caseload <= me.places",
    ),
    "appointments without notice": Broken(
        "sim/service/activities.py",
        "book_assessments",
        "me.today.number + me.rules.notice_days",
        "me.today.number + 1",
    ),
    "a missed assessment keeps its place": Broken(
        "sim/service/pathway.py",
        "Pathway.after_assessment",
        "case.place = minute",
        "case.place += 0",
    ),
    "a reserve that flexes although its list is not empty": Broken(
        "sim/service/clinician.py",
        "Clinician.use_what_is_left",
        "account.flexes_to is not None and not work_left and account.today > 0",
        "account.flexes_to is not None and account.today > 0",
    ),
    "a session that counts twice": Broken(
        "sim/service/pathway.py",
        "Pathway.after_session",
        "course.sessions_left -= 1",
        "course.sessions_left -= 2",
    ),
    "risk calls to everybody else": Broken(
        "sim/service/pathway.py",
        "Pathway.reviewed",
        "case.risk",
        "not case.risk",
    ),
    "vacant posts paid": Broken(
        "sim/measures/cost.py",
        "ledger",
        "np.array([t.filled_days for t in tenures])",
        "np.array([t.funded_days for t in tenures])",
    ),
    "a group that waits for one more": Broken(
        "sim/service/activities.py",
        "group_is_due",
        "waiting.length() >= me.rules.group_min",
        "waiting.length() > me.rules.group_min",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> ChangedCopy:
    return ChangedCopy(tmp_path_factory.mktemp("copy") / "of")


@pytest.mark.unit
@pytest.mark.parametrize("name", BROKEN)
def test_every_piece_that_is_to_be_broken_is_there_once(name: str) -> None:
    broken = BROKEN[name]
    assert broken.text() != changed((ROOT / broken.module).read_text(), broken.function, broken.before, broken.before)


@pytest.mark.unit
def test_a_piece_is_found_however_it_is_laid_out() -> None:
    one = "class Post:\n    def free(self):\n        return (self.caseload  # today\n            <   self.places)\n"
    other = "class Post:\n\n    def free(self):\n        return self.caseload <= self.places"
    assert changed(one, "Post.free", "self.caseload < self.places", "self.caseload <= self.places") == other


@pytest.mark.unit
@pytest.mark.parametrize("function", ["Post.free", "free"])
def test_a_piece_that_is_not_there_any_more_is_not_passed_over(function: str) -> None:
    with pytest.raises(AssertionError, match="choose it anew"):
        changed("class Post:\n    def free(self):\n        return 1\n", function, "self.places", "0")


@pytest.mark.heavy
def test_the_whole_model_passes(copy: ChangedCopy) -> None:
    run = copy.run(*SUITE)
    assert run.passed, run.printed[-4000:]


@pytest.mark.heavy
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_piece_is_found(copy: ChangedCopy, name: str) -> None:
    broken = BROKEN[name]
    with copy.with_text(broken.module, broken.text()):
        run = copy.run(*SUITE)
    # 1: tests ran and failed; anything else would be a test suite that did not run.
    assert run.code == 1, f"no test noticed {name}:\n{run.printed[-4000:]}"
    assert "FAILED tests/" in run.printed
