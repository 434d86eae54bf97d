"""What is summed up of a Hub's months, and how exactly: one figure for each number of the model that may be fitted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.own_hub.actual import Actual, Cell, known_within
from analysis.own_hub.uptake import days_of_month
from sim.calendar import DAYS_PER_WEEK, month_later
from sim.config import HubConfig

FEWEST_MONTHS = 3
HALF = 0.5
"""Added to counts before their logarithm is taken, so that nobody at all has one too."""
Sum = Mapping[Cell, float]
"""Figures of months with what each is multiplied by before they are added up."""


class Statistic(NamedTuple):
    """The logarithm of a sum of months, or of the ratio of two."""

    tunable: str
    """The number of the model that moves it first of all."""
    words: str
    plus: str
    minus: str = ""
    grown: str = ""
    """A list: who joined it has come so far, so that what it grew by is added, and who gave up waiting on it."""
    left: str = ""
    """The share of the list that gives up in a week, a value of `pathway.patience`."""
    over: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Figures that must be given."""
        return tuple(filter(None, (self.plus, self.minus, self.grown, self.over)))


class Measured(NamedTuple):
    """A statistic and the sums that it is taken of, for the months in which all that it needs is known."""

    statistic: Statistic
    months: tuple[datetime.date, ...]
    top: Sum
    bottom: Sum

    def value(self, of: Mapping[Cell, Any]) -> Any:
        """Return it: a number of what happened, shape (replications,) of what was simulated."""
        top = _total(self.top, of)
        return _log(top) - (_log(_total(self.bottom, of)) if self.bottom else 0.0)

    def rounding(self, actual: Actual) -> float:
        """Return the variance that comes of months that are known within bounds only."""
        found = 0.0
        for part in (self.top, self.bottom):
            spread = sum(times**2 * _spread(actual[cell]) for cell, times in part.items())
            found += spread / max(float(_total(part, actual)), 1.0) ** 2 if spread else 0.0
        return found


STATISTICS = (
    Statistic("uptake", "referrals", "referrals"),
    Statistic(
        "reached",
        "assessed, and growth of their list, of those referred",
        "assessed",
        grown="waiting_for_assessment",
        left="assessment_leave_per_week",
        over="referrals",
    ),
    Statistic("reached", "assessed, of those referred", "assessed", over="referrals"),
    Statistic(
        "therapy",
        "started, and growth of their list, of those assessed",
        "started_therapy",
        grown="waiting_for_therapy",
        left="therapy_leave_per_week",
        over="assessed",
    ),
    Statistic("therapy", "started, of those assessed", "started_therapy", over="assessed"),
    Statistic("attendance", "missed against kept contacts", "missed", over="contacts"),
    Statistic("attendance", "missed against kept care contacts", "missed", over="care_contacts"),
    Statistic("sessions", "sessions kept, of each who started", "contacts", minus="assessed", over="started_therapy"),
    Statistic("sessions", "contacts kept for each person referred", "contacts", over="referrals"),
    Statistic("sessions", "care contacts kept for each person referred", "care_contacts", over="referrals"),
)  # fmt: skip
"""Of those of one number the first is taken whose figures are given."""


def measured(actual: Actual, months: Sequence[datetime.date], config: HubConfig) -> list[Measured]:
    """Return, for each number of the model, the first statistic that enough months tell."""
    found: dict[str, Measured] = {}
    for statistic in STATISTICS:
        mine = [month for month in months if all((figure, month) in actual for figure in statistic.needs)]
        if statistic.grown:  # a list grows from the end of a month to the end of the next
            mine = [month for month in mine if (statistic.grown, month_later(month, -1)) in actual]
        if len(mine) < FEWEST_MONTHS or statistic.tunable in found:
            continue
        top: dict[Cell, float] = {}
        for month in mine:
            _add(top, (statistic.plus, month), 1.0)
            if statistic.minus:
                _add(top, (statistic.minus, month), -1.0)
            if statistic.grown:
                weeks = days_of_month(month) / DAYS_PER_WEEK
                _add(top, (statistic.grown, month), 1.0 + getattr(config.pathway.patience, statistic.left) * weeks)
                _add(top, (statistic.grown, month_later(month, -1)), -1.0)
        bottom = {(statistic.over, month): 1.0 for month in mine} if statistic.over else {}
        found[statistic.tunable] = Measured(statistic, tuple(mine), top, bottom)
    return list(found.values())


def direct(one: Measured, actual: Actual, simulated: Mapping[Cell, np.ndarray]) -> tuple[float, int] | None:
    """Return the variance that the months themselves tell, and its degrees of freedom; None where they do not.

    Referrals are quasi-Poisson about the months that the model expects, missed contacts quasi-binomial about their
    share: the variance is multiplied by the dispersion, how much more (or less) the months differ than such counts do.
    """
    counts = np.array([actual[one.statistic.plus, month] for month in one.months], dtype=float)
    freedom, total = len(counts) - 1, float(counts.sum())
    if total <= 0:
        return None
    if one.statistic.tunable == "uptake":
        expected = np.array([simulated[one.statistic.plus, month].mean() for month in one.months])
        expected *= total / max(expected.sum(), HALF)
        dispersion = float(((counts - expected) ** 2 / np.maximum(expected, HALF)).sum()) / freedom
        return dispersion / total, freedom
    if one.statistic.tunable == "attendance":
        offered = counts + [actual[one.statistic.over, month] for month in one.months]
        missed = total / float(offered.sum())
        if missed in (0.0, 1.0):
            return None
        binomial = missed * (1 - missed)
        dispersion = float(((counts - offered * missed) ** 2 / np.maximum(offered * binomial, HALF)).sum()) / freedom
        return dispersion / (float(offered.sum()) * binomial), freedom
    return None


def _add(sums: dict[Cell, float], cell: Cell, times: float) -> None:
    sums[cell] = sums.get(cell, 0.0) + times
    if sums[cell] == 0.0:
        del sums[cell]


def _total(part: Sum, of: Mapping[Cell, Any]) -> Any:
    return sum(times * of[cell] for cell, times in part.items())


def _log(total: Any) -> Any:
    return np.log(np.maximum(total, 0.0) + HALF)


def _spread(value: float) -> float:
    """Return the variance of a count that may be any whole number within its bounds."""
    low, high = known_within(value)
    return ((high - low + 1) ** 2 - 1) / 12
