"""What a plan costs against the baseline, in the words of a board."""

from __future__ import annotations

import math

from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.pairs import SAME, UNDECIDED
from analysis.comparison.plans import passing_posts
from analysis.tell.wording import pounds
from sim.calendar import DAYS_PER_YEAR
from sim.config.staffing import Line

ABOUT_THE_SAME = 0.01
"""Plans cost about the same where the difference, whichever it is, is surely less than this part of the cost."""
LEAST_ROUNDED = 10_000
"""From so many pounds on a difference is told to the thousand, as the table has it."""


def is_about_the_same(comparison: Comparison, price: FigureAnswer) -> bool:
    """Return whether plans cost about the same: neither is clearly dearer, and the difference is small."""
    level = comparison.level(price.baseline, price.headline.key).estimate
    return price.low <= 0 <= price.high and max(-price.low, price.high) < ABOUT_THE_SAME * level


def what_it_costs(comparison: Comparison, price: FigureAnswer) -> str:
    """Say what a plan costs against the baseline, after its name: `costs about £30,000 a year more`."""
    if price.verdict == SAME:
        return "costs the same"
    ends = price.low, price.high
    if is_about_the_same(comparison, price):
        return f"costs about the same: at most {pounds(max(map(abs, ends)))} a year either way"
    if price.verdict == UNDECIDED:
        span = " to ".join(f"{pounds(abs(end))} {_more_or_less(end)}" for end in ends if not math.isnan(end))
        return f"may cost more or less{f': from {span} a year' if span else ''}"
    amounts = price.found.difference, *sorted(ends, key=abs)
    told_as = to_the_thousand if min(map(abs, amounts)) >= LEAST_ROUNDED else _to_the_pound  # all in one way
    middle, *told = map(told_as, amounts)
    interval = "" if set(told) == {middle} or any(map(math.isnan, ends)) else f" ({' to '.join(told)})"
    return f"costs about {middle} a year {_more_or_less(price.found.difference)}{interval}{_in_all(comparison, price)}"


def _in_all(comparison: Comparison, price: FigureAnswer) -> str:
    """Say the whole difference where posts begin or end within the simulated time: no year is an average one then."""
    if not differs_from_a_year(comparison, price.plan):
        return ""
    years = years_simulated(comparison)
    whole = to_the_thousand(price.found.difference * years)
    return f", {whole} over the {years:.2g} years simulated, as posts begin or end within them"


def differs_from_a_year(comparison: Comparison, plan: str) -> bool:
    """Return whether a plan's whole outlay is to be told: its posts come or go otherwise than its baseline's."""
    if plan not in comparison.baseline_of or round(years_simulated(comparison), 1) == 1:
        return False
    pair = (comparison.sweep.plans[name].config for name in (plan, comparison.baseline_of[plan]))
    mine, others = ({key: _outlay(line) for key, line in passing_posts(config).items()} for config in pair)
    return mine != others


def _outlay(line: Line) -> tuple[object, ...]:
    return line.wte, line.kind, line.from_day, line.to_day


def years_simulated(comparison: Comparison) -> float:
    """Return how long the simulated time is."""
    return comparison.config.run.horizon_days / DAYS_PER_YEAR


def to_the_thousand(difference: float) -> str:
    """Return an amount of money as the table of £ thousand has it, whether more or less: `£29,000`."""
    return f"£{round(abs(difference), -3):,.0f}" if abs(difference) >= LEAST_ROUNDED else _to_the_pound(difference)


def _to_the_pound(difference: float) -> str:
    return pounds(abs(difference))


def _more_or_less(difference: float) -> str:
    return "more" if difference > 0 else "less"
