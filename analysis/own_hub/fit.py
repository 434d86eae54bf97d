"""Finds what the months of a Hub tell of the numbers of its model, how surely, and what they cannot tell."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analysis.own_hub.actual import Actual, Cell
from analysis.own_hub.statistics import STATISTICS, Measured, direct, measured
from analysis.own_hub.tunable import TUNABLE, Tunable, values_at
from analysis.tell.wording import listed
from sim.config import HubConfig, changed
from sim.measures.months import MONTHLY
from sim.streams import Floats

STEP = 0.25
"""Of the differences that give the slopes: far above the grain of counted people."""
STEPS = 4
REACH = 0.75
"""No step goes further than this."""
SETTLED = 0.1
"""The search ends when what is simulated is so close to what happened, in standard errors."""
TOLD = 0.5
"""Months tell a number if they halve what a planner did not know of it; see `Tunable.spread`."""
CONFIDENCE = 0.95
Simulated = Mapping[Cell, Floats]
Ask = Callable[[HubConfig], Simulated]
"""Simulates the months of a configuration; with the same luck whenever it is asked."""


class Adjusted(NamedTuple):
    """What the months say of one number of the model."""

    tunable: Tunable
    told_by: str
    """What of the months told it; empty where they cannot."""
    cannot: str
    """Why they cannot tell it; empty where they do."""
    shift: float
    low: float
    """Ends of the 95 % interval of the shift, not a number where there is none."""
    high: float
    matched: bool = True
    """Whether what it moves came to what happened, chance apart."""


class Fit(NamedTuple):
    """All numbers, and the values of the configuration that they come to."""

    numbers: list[Adjusted]
    values: dict[str, float]
    """By path; empty if nothing could be told."""


def fitted(config: HubConfig, values: Mapping[str, float]) -> HubConfig:
    """Return a configuration with fitted values in place."""
    return changed(config, values)


def fit_months(config: HubConfig, actual: Actual, months: Sequence[datetime.date], ask: Ask) -> Fit:
    """Adjust a configuration to some months.

    Each number of the model has a statistic of the months (`STATISTICS`). Slopes of all statistics in all numbers come
    from one simulation a number, with the same luck; numbers that the months do not tell stay as they are. The others
    are moved by Gauss-Newton, with the same slopes in every step, until simulated and real statistics agree. Their
    covariance is carried over to the numbers by the slopes (delta method): of referrals and missed
    contacts the variance is what the months themselves show, of the rest what replications of the model show.

    Parameters
    ----------
    months
        Whose figures may be looked at.
    """
    statistics = measured(actual, months, config)
    if not statistics:
        return Fit([_held(tunable, f"too few months with {_wanted(tunable)}") for tunable in TUNABLE], {})
    happened = np.array([one.value(actual) for one in statistics])
    places = [[tunable.name for tunable in TUNABLE].index(one.statistic.tunable) for one in statistics]

    def asked(shifts: Floats) -> tuple[Floats, Simulated]:
        """Return the statistics of each replication, shape (statistics, replications), and the months."""
        values = values_at(config, _named(shifts))
        simulated = ask(fitted(config, values) if values else config)
        return np.array([one.value(simulated) for one in statistics]), simulated

    start = np.zeros(len(TUNABLE))
    at_start, simulated = asked(start)
    slopes = np.zeros((len(statistics), len(TUNABLE)))
    for n in range(len(TUNABLE)):
        aside, _ = asked(np.eye(len(TUNABLE))[n] * STEP)
        slopes[:, n] = (aside - at_start).mean(axis=1) / STEP
    noise, _ = _noise(statistics, actual, at_start, simulated)
    reasons = untold(slopes, noise, places)
    free = [n for n in places if n not in reasons]
    rows = [places.index(n) for n in free]
    if not free:
        return Fit([_held(tunable, reasons[n]) for n, tunable in enumerate(TUNABLE)], {})
    slope = slopes[np.ix_(rows, free)]
    shifts, found, simulated = _search(asked, at_start, simulated, slope, happened, noise, rows, free)
    noise, freedom = _noise(statistics, actual, found, simulated)
    inverse = np.asarray(np.linalg.inv(slope), dtype=float)
    errors = np.sqrt(np.diag(inverse @ noise[np.ix_(rows, rows)] @ inverse.T))
    halves = errors * _quantiles(inverse, np.diag(noise)[rows], freedom[rows])
    missed = np.abs(happened - found.mean(axis=1)) / np.sqrt(np.diag(noise))
    numbers = []
    for n, tunable in enumerate(TUNABLE):
        if n in reasons:
            numbers.append(_held(tunable, reasons[n]))
            continue
        row, half = rows[free.index(n)], float(halves[free.index(n)])
        told = statistics[row]
        words = f"{told.statistic.words}; {len(told.months)} months"
        matched = bool(missed[row] <= 1)
        words += "" if matched else "; not matched, however far it is moved"
        shift = float(shifts[n])
        numbers.append(Adjusted(tunable, words, "", shift, shift - half, shift + half, matched))
    return Fit(numbers, values_at(config, _named(shifts)))


def _search(
    asked: Callable[[Floats], tuple[Floats, Simulated]],
    found: Floats,
    simulated: Simulated,
    slope: Floats,
    happened: Floats,
    noise: Floats,
    rows: Sequence[int],
    free: Sequence[int],
) -> tuple[Floats, Floats, Simulated]:
    """Move the free numbers until the statistics of `rows` agree; return shifts, and what is simulated there.

    The slopes stay those of the start: corrected ones (Broyden) were made by chance for the most part.
    """
    errors = np.sqrt(np.diag(noise)[list(rows)])
    most = np.array([TUNABLE[n].most for n in free])
    shifts, best = np.zeros(len(TUNABLE)), (np.zeros(len(TUNABLE)), found, simulated)
    least = np.inf
    for turn in range(STEPS + 1):
        missed = (happened - found.mean(axis=1))[list(rows)]
        worst = float(np.abs(missed / errors).max())
        if worst < least:
            least, best = worst, (shifts, found, simulated)
        if worst < SETTLED or turn == STEPS:
            break
        step = np.clip(np.linalg.solve(slope, missed), -REACH, REACH)
        there = shifts.copy()
        there[list(free)] = np.clip(shifts[list(free)] + step, -most, most)
        step = (there - shifts)[list(free)]
        if not step.any():
            break
        shifts = there
        found, simulated = asked(shifts)
    return best


def untold(slopes: Floats, noise: Floats, places: Sequence[int]) -> dict[int, str]:
    """Return which numbers the months cannot tell, by their place in `TUNABLE`, and why.

    Before any month is looked at each number is known to within its `spread`. Months tell it if they make that half or
    less when all numbers may move at once; if they would with the others held, it trades off with one of them.

    Parameters
    ----------
    slopes
        Of statistics in numbers, shape (statistics, numbers).
    noise
        Covariance of the statistics.
    places
        The number that each statistic is for.
    """
    spread = np.array([tunable.spread for tunable in TUNABLE])
    told = slopes.T @ np.linalg.pinv(noise) @ slopes
    together = np.linalg.inv(told + np.diag(spread**-2.0))
    known = np.sqrt(np.diag(together)) / spread
    alone = 1 / np.sqrt(np.diag(told) + spread**-2.0) / spread
    alike = together / np.sqrt(np.outer(np.diag(together), np.diag(together)))
    reasons: dict[int, str] = {}
    for n, tunable in enumerate(TUNABLE):
        if n in places and known[n] <= TOLD:
            continue
        if alone[n] <= TOLD and known[n] > TOLD:
            # one that is not told either, if there is one: it is what keeps both from being told
            others = [m for m in range(len(TUNABLE)) if m != n]
            alike_to = max([m for m in others if known[m] > TOLD] or others, key=lambda m: abs(alike[n, m]))
            partner = TUNABLE[alike_to].words.partition(";")[0]
            reasons[n] = f"trades off with: {partner[0].lower()}{partner[1:]}"
        elif n not in places:
            reasons[n] = f"too few months with {_wanted(tunable)}"
        else:
            reasons[n] = "these months hardly move with it"
    return reasons


def _wanted(tunable: Tunable) -> str:
    first = next(statistic for statistic in STATISTICS if statistic.tunable == tunable.name)
    names = [figure for figure in MONTHLY if figure in first.needs and figure != first.grown]
    return listed([name.replace("_", " ") for name in names])


def _noise(
    statistics: Sequence[Measured], actual: Actual, found: Floats, simulated: Simulated
) -> tuple[Floats, Floats]:
    """Return the covariance of what happened less what is simulated on average, and the freedom of each variance."""
    replications = found.shape[1]
    covariance = np.atleast_2d(np.cov(found))
    errors, freedom = np.sqrt(np.maximum(np.diag(covariance), 1e-12)), np.full(len(statistics), replications - 1.0)
    correlation = covariance / np.outer(errors, errors)
    np.fill_diagonal(correlation, 1.0)
    for n, one in enumerate(statistics):
        variance = errors[n] ** 2
        if (own := direct(one, actual, simulated)) is not None:
            variance, freedom[n] = own
        errors[n] = np.sqrt(max(variance, 1e-12) + one.rounding(actual) + errors[n] ** 2 / replications)
    return correlation * np.outer(errors, errors), freedom


def _quantiles(inverse: Floats, variances: Floats, freedom: Floats) -> Floats:
    """Return the t quantile of each number, whose variance is a sum of parts (Welch and Satterthwaite)."""
    from scipy.special import stdtrit

    parts = inverse**2 * variances
    of_all = parts.sum(axis=1) ** 2 / (parts**2 / freedom).sum(axis=1)
    found: Floats = stdtrit(of_all, (1 + CONFIDENCE) / 2)
    return found


def _named(shifts: Floats) -> dict[str, float]:
    return {tunable.name: float(shift) for tunable, shift in zip(TUNABLE, shifts, strict=True)}


def _held(tunable: Tunable, reason: str) -> Adjusted:
    return Adjusted(tunable, "", reason, 0.0, float("nan"), float("nan"))
