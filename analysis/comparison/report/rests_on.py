"""What the answer rests on: the numbers that drive it, what would change it, and how good its evidence is."""

from __future__ import annotations

from textwrap import shorten

from analysis.comparison.compare import Comparison
from analysis.comparison.pairs import UNDECIDED
from analysis.comparison.report.drivers import Driver, Drivers
from analysis.tell.wording import change_in, few, level_in, listed
from sim.evidence.register import CHANGED, GRADES, SETTING, grades_in_use

MOST_DRIVERS, MOST_NAMED = 3, 2
ASSUMPTION = "D"
MEANING = {grade: (f"grade {grade}", meaning) for grade, meaning in GRADES.items() if grade != SETTING} | {
    CHANGED: ("changed", "set by a plan or on the command line")
}
SURE = 0.95
LONGEST_WORDS = 45
"""Characters of a number's name on the first page."""


def driver_sentences(comparison: Comparison, drivers: Drivers | None) -> list[str]:
    """Name the parameters that move the answer most, or say that this is not known."""
    if drivers is None:
        return ["Not known: hub sensitivity has not been run for these plans."]
    lines = [f"Of {_explained(comparison, drivers)}:"]
    for driver in drivers.found[:MOST_DRIVERS]:
        ends = " to ".join(_signed(end, drivers) for end in (driver.result_low, driver.result_high))
        lines.append(
            f"{_short(driver)}, {driver.low:g} to {driver.high:g} {driver.unit} (grade {driver.grade}): {ends}"
        )
    return lines


def _short(driver: Driver) -> str:
    return shorten(driver.words, LONGEST_WORDS, placeholder=" …")


def _explained(comparison: Comparison, drivers: Drivers) -> str:
    """Say what was explained: a level or a difference, and what it is as configured."""
    names, as_configured = comparison.names, _signed(drivers.as_configured, drivers)
    unit = "points" if drivers.baseline and drivers.unit == "%" else drivers.unit
    if drivers.baseline is None:
        return f"“{drivers.figure}” under {names[drivers.plan]} ({as_configured} {unit} as configured)"
    pair = f"{names[drivers.plan]} less {names[drivers.baseline]}"
    return f"the difference in “{drivers.figure}”, {pair} ({as_configured} {unit} as configured)"


def _signed(value: float, drivers: Drivers) -> str:
    return change_in(drivers.unit)(value) if drivers.baseline else level_in(drivers.unit)(value)


def change_sentences(comparison: Comparison, drivers: Drivers | None) -> list[str]:
    """Say what would change the answer: assumptions that turn it round, open results, close calls."""
    lines = []
    if drivers is None:
        lines.append("Local numbers for uptake, staffing and session counts: they are assumptions here.")
    else:
        lines += _assumption_sentences(drivers)
    wait = comparison.headlines[0]
    answers = [answer for plan in comparison.plans if (answer := comparison.of(plan, wait))]
    if undecided := [a for a in answers if a.verdict == UNDECIDED]:
        lines.append(f"More replications: {few([comparison.names[a.plan] for a in undecided], 'options')} still open.")
    close = [p for p, often in comparison.choice.not_beaten.items() if 1 - SURE < often < SURE]
    if close:
        lines.append(
            f"Whether another option beats {few([comparison.names[plan] for plan in close], 'options', last='or')} on "
            "both cost and waits is not sure."
        )
    lines.append("A standard of other days or share: the figures are for the one named in the table.")
    return lines


def _assumption_sentences(drivers: Drivers) -> list[str]:
    """Name the assumptions that drive the answer: those of grade D, and those that turn a difference round."""
    assumed = [driver for driver in drivers.found if driver.grade == ASSUMPTION]
    lines = []
    if drivers.baseline is not None:
        turning = [_short(driver) for driver in drivers.found if driver.turns]
        lines.append(
            f"The difference changes its sign within the range of {listed(turning[:MOST_NAMED])}."
            if turning
            else f"None of the {len(drivers.found)} strongest numbers, within its range and by itself, turns the "
            "difference round."
        )
    if assumed:
        names = listed([_short(driver) for driver in assumed[:MOST_NAMED]])
        lines.append(f"Strongest assumptions (grade D): {names}. Measure these locally first.")
    return lines


def grade_sentences(comparison: Comparison) -> list[tuple[str, int, str]]:
    """Return the grades of the numbers in use: grade, how many, what it means. Of the plan with most of grade D."""
    counted = [grades_in_use(comparison.sweep.plans[plan].config) for plan in comparison.plans]
    worst = max(counted, key=lambda counts: counts[ASSUMPTION])
    return [(told, worst[grade], meaning) for grade, (told, meaning) in MEANING.items() if worst[grade]]
