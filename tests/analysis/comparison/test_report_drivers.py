"""What the report says: plain words, what drives the answer, and what is not known."""

import dataclasses
import json
from pathlib import Path

import pytest

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import BETTER, UNDECIDED
from analysis.comparison.plans import SweptPlan
from analysis.comparison.rests_on import Driver, Drivers, change_sentences, read_drivers
from sim.errors import HubError

pytestmark = pytest.mark.unit


DRIVER = {
    "key": "demand.x", "words": "uptake", "grade": "D", "unit": "a year", "low": 1.0, "high": 2.0,
    "result_low": 70.0, "result_high": -30.0,
}  # fmt: skip
SWEEP = {name: SweptPlan(name, "baseline", name, None, "", 2, {}, {}) for name in ("senior_led", "mixed_skill")}  # type: ignore[arg-type]


def left_by_sensitivity(folder: Path, *staffing: str, **changes: object) -> Path:
    content = {
        "plans": [{"scenario": "baseline", "staffing": name} for name in staffing],
        "figure": "in time", "unit": "%", "as_configured": 20.0, "drivers": [DRIVER],
    }  # fmt: skip
    (folder / "sensitivity.json").write_text(json.dumps(content | changes))
    return folder


def test_the_drivers_are_those_that_sensitivity_analysis_left(tmp_path: Path) -> None:
    found = read_drivers(left_by_sensitivity(tmp_path, "mixed_skill", "senior_led"), SWEEP)
    assert found == Drivers("mixed_skill", "senior_led", "in time", "%", 20.0, [Driver(**DRIVER)])  # type: ignore[arg-type]
    assert (found.found[0].swing, found.found[0].turns) == (100, True)
    of_one = read_drivers(left_by_sensitivity(tmp_path, "mixed_skill"), SWEEP)
    assert of_one is not None
    assert of_one.baseline is None
    assert read_drivers(None, SWEEP) is None


@pytest.mark.parametrize(
    ("staffing", "changes", "said"),
    [
        (("elsewhere",), {}, "which is about baseline/elsewhere; give one about plans of this sweep"),
        (("mixed_skill",), {"drivers": [{"key": "x"}]}, "this version does not read"),
        ((), {"plans": None}, "this version does not read"),
    ],
)
def test_drivers_of_other_plans_or_another_version_are_refused(
    tmp_path: Path, staffing: tuple[str, ...], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(HubError, match=f"--sensitivity: got .*{said}"):
        read_drivers(left_by_sensitivity(tmp_path, *staffing, **changes), SWEEP)


def test_a_folder_without_drivers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"--sensitivity: got .* holds no"):
        read_drivers(tmp_path / "elsewhere", SWEEP)


def test_what_more_futures_would_settle_is_said_of_each_wait_by_itself(compared: Comparison) -> None:
    assessed, in_therapy = compared.deciding
    for unsure, said in ((assessed, "assessed within 28 days"), (in_therapy, "in therapy within 126 days")):
        answers = [
            dataclasses.replace(answer, verdict=UNDECIDED if answer.headline == unsure else BETTER)
            for answer in compared.answers
        ]
        lines = change_sentences(dataclasses.replace(compared, answers=answers), None)
        assert [line for line in lines if "More simulated futures" in line] == [
            f"More simulated futures: whether more are {said} of referral under “More seniors” than under “Senior led” "
            "is not clear yet."
        ]
