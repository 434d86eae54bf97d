"""What the answer rests on: the numbers that drive it, what would change it, and how good its evidence is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import UNDECIDED
from analysis.comparison.plans import SweptPlan
from analysis.sensitivity import Factor
from analysis.tell.wording import change_in, level_in, listed
from sim.errors import HubError
from sim.evidence import CHANGED, GRADES, SETTING, grades_in_use, most_guesses

FILE = "sensitivity.json"
MOST_DRIVERS, MOST_NAMED = 3, 2
STATED, ASSUMPTION = "A", "D"
MEANING = {grade: (f"grade {grade}", meaning) for grade, meaning in GRADES.items() if grade != SETTING} | {
    CHANGED: ("changed", "set by a plan or on the command line")
}
NOT_EXPLAINED = (
    "Which numbers matter most is not known: run hub sensitivity for these plans, and give its folder to hub compare "
    "with --sensitivity."
)


@dataclass(frozen=True)
class Driver(Factor):
    """A factor and what its range does to the figure, or to the difference in it."""

    result_low: float
    result_high: float

    @property
    def swing(self) -> float:
        """By how much the figure moves from one end of the range to the other."""
        return abs(self.result_high - self.result_low)

    @property
    def turns(self) -> bool:
        """Whether the result has one sign at one end of the range and the other sign at the other."""
        return self.result_low * self.result_high < 0


@dataclass(frozen=True)
class Drivers:
    """The parameters that move a figure of one plan, or the difference between two; the strongest first."""

    plan: str
    baseline: str | None
    """The plan that it is the difference to; None where the level of one plan is explained."""
    figure: str
    unit: str
    as_configured: float
    found: list[Driver]


def read_drivers(folder: Path | None, plans: Mapping[str, SweptPlan]) -> Drivers | None:
    """Read what hub sensitivity left about a sweep's plans, if a folder was named; HubError if that is not in it."""
    if folder is None:
        return None
    path = folder / FILE
    if not path.is_file():
        raise HubError(f"--sensitivity: got {folder}, which holds no {FILE}; give the folder that hub sensitivity left")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = [Driver(**driver) for driver in content["drivers"]]
        about = [(str(plan["scenario"]), str(plan["staffing"])) for plan in content["plans"]]
        figure, unit, level = str(content["figure"]), str(content["unit"]), float(content["as_configured"])
    except (ValueError, KeyError, TypeError):
        raise HubError(
            f"--sensitivity: got {folder}, whose {FILE} this version does not read; run hub sensitivity again"
        ) from None
    cells = {(plan.scenario, plan.staffing): name for name, plan in plans.items()}
    if strangers := [f"{scenario}/{staffing}" for scenario, staffing in about if (scenario, staffing) not in cells]:
        raise HubError(
            f"--sensitivity: got {folder}, which is about {' and '.join(strangers)}; give one about plans of this sweep"
        )
    plan, baseline = (*(cells[one] for one in about), None)[:2]
    assert plan is not None
    return Drivers(plan, baseline, figure, unit, level, found)


def driver_sentences(comparison: Comparison, drivers: Drivers | None) -> list[str]:
    """Name the numbers that move the answer most; nothing where that was not looked into."""
    if drivers is None:
        return []
    lines = [f"Of {_explained(comparison, drivers)}:"]
    for driver in drivers.found[:MOST_DRIVERS]:
        ends = " to ".join(_signed(end, drivers) for end in (driver.result_low, driver.result_high))
        lines.append(f"{driver.words}, {driver.low:g} to {driver.high:g} {driver.unit} (grade {driver.grade}): {ends}")
    return lines


def _explained(comparison: Comparison, drivers: Drivers) -> str:
    """Say what was explained: a level or a difference, and what it is as configured."""
    as_configured = _signed(drivers.as_configured, drivers)
    unit = "points" if drivers.baseline and drivers.unit == "%" else drivers.unit
    what = f"“{drivers.figure}” under {comparison.said(drivers.plan)}"
    if drivers.baseline is not None:
        pair = f"{comparison.said(drivers.plan)} less {comparison.said(drivers.baseline)}"
        what = f"the difference in “{drivers.figure}”, {pair}"
    return f"{what} ({as_configured} {unit} as configured)"


def _signed(value: float, drivers: Drivers) -> str:
    return change_in(drivers.unit)(value) if drivers.baseline else level_in(drivers.unit)(value)


def change_sentences(comparison: Comparison, drivers: Drivers | None) -> list[str]:
    """Say what would change the answer: assumptions that turn it round, and open results."""
    lines = []
    if drivers is None:
        lines.append("Your own numbers for uptake, staffing and sessions: here they are guesses.")
    else:
        lines += _assumption_sentences(drivers)
    undecided, base = [], ""
    for wait in comparison.deciding:
        open_ones = [one for one in comparison.on(wait) if one.plan in comparison.options and one.verdict == UNDECIDED]
        if open_ones:
            base, plan = (comparison.said(name) for name in (open_ones[0].baseline, open_ones[0].plan))
            those = plan if len(open_ones) == 1 else f"one of {len(open_ones)} plans"
            undecided.append(f"{wait.words} under {those}")
    if undecided:
        more = f"whether more are {' or '.join(undecided)} than under {base}"
        lines.append(f"More simulated futures: {more} is not clear yet.")
    return lines


def _assumption_sentences(drivers: Drivers) -> list[str]:
    """Name the assumptions that drive the answer: those of grade D, and those that turn a difference round."""
    assumed = [driver for driver in drivers.found if driver.grade == ASSUMPTION]
    lines = []
    if drivers.baseline is not None:
        turning = [driver.words for driver in drivers.found if driver.turns]
        lines.append(
            f"The difference changes its sign within the range of {listed(turning[:MOST_NAMED])}."
            if turning
            else f"None of the {len(drivers.found)} strongest numbers, within its range and by itself, turns the "
            "difference round."
        )
    if assumed:
        names = listed([driver.words for driver in assumed[:MOST_NAMED]])
        lines.append(f"Strongest assumptions (grade D): {names}. Measure these locally first.")
    return lines


def grade_sentences(comparison: Comparison) -> list[tuple[str, int, str]]:
    """Return the grades of the numbers in use: grade, how many, what it means. Of the plan with most of grade D."""
    configs = [comparison.sweep.plans[plan].config for plan in comparison.plans]
    worst = grades_in_use(configs[most_guesses(configs)])
    return [(told, worst[grade], meaning) for grade, (told, meaning) in MEANING.items() if worst[grade]]
