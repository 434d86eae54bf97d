"""Estimates with intervals, of means, ratios and quantiles; the replication is the unit, never the client."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.streams import Floats

RANGE = (0.05, 0.95)
"""The range of simulated futures: these quantiles of the replications."""
RESAMPLES = 2000
SECTIONS = 10
FEWEST_FOR_BOOTSTRAP = 20
LEAST_STEP = 0.01
"""The density of waits at a quantile is taken over at least this much to either side."""
SEED = 20240512
"""Of the bootstrap: the same replications always give the same interval."""


class Interval(NamedTuple):
    """An estimate with its confidence interval; not a number where there is none."""

    estimate: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """Return it in another unit."""
        return Interval(self.estimate * factor, self.low * factor, self.high * factor)

    def from_zero(self) -> Interval:
        """Return it as that of an amount: nobody waits −2 days, and no list has −3 people."""
        return self._replace(low=max(self.low, 0.0))  # of not a number, not a number


NOTHING = Interval(np.nan, np.nan, np.nan)


def mean_interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the mean over replications with its t interval; values that are not a number are left out."""
    numbers = _given(values)
    if len(numbers) == 0:
        return NOTHING
    mean = float(numbers.mean())
    if len(numbers) == 1:
        return Interval(mean, np.nan, np.nan)
    half = t_quantile(len(numbers), confidence) * float(numbers.std(ddof=1)) / len(numbers) ** 0.5
    return Interval(mean, mean - half, mean + half)


def ratio_interval(
    numerators: ArrayLike, denominators: ArrayLike, confidence: float = 0.95, share: bool = True
) -> Interval:
    """Return a ratio of sums over replications, with an interval that treats each replication as a cluster.

    Replications with nobody in the denominator are left out. The interval of a share is taken on the logit scale, and
    is Clopper–Pearson over replications where the share is exactly 0 or 1; that of another ratio is a plain t interval.
    """
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    counted = (bottom > 0) & ~np.isnan(top)
    top, bottom = top[counted], bottom[counted]
    number = len(top)
    if number == 0:
        return NOTHING
    ratio = float(top.sum() / bottom.sum())
    if number == 1:
        return Interval(ratio, np.nan, np.nan)
    if share and ratio in (0.0, 1.0):
        return Interval(ratio, *clopper_pearson(round(ratio * number), number, confidence))
    squares = float(((top - ratio * bottom) ** 2).sum())
    error = (squares / (number * (number - 1))) ** 0.5 / float(bottom.mean())
    half = t_quantile(number, confidence) * error
    if not share or not 0 < ratio < 1:
        return Interval(ratio, ratio - half, ratio + half)
    odds, half = np.log(ratio / (1 - ratio)), half / (ratio * (1 - ratio))
    # Written with tanh, 1/(1+exp(-x)) cannot overflow however wide the interval is.
    low, high = (0.5 * (1 + np.tanh((odds + side * half) / 2)) for side in (-1, 1))
    return Interval(ratio, float(low), float(high))


def linearised(numerators: Floats, denominators: Floats) -> tuple[Floats, Floats]:
    """Return ratios as values by replication, and how many there are in the denominator on average.

    A ratio p is estimated from all replications together, and a replication's value is p + (numerator − p ×
    denominator) ÷ mean denominator: the mean of these is p and their standard error that of `ratio_interval`. A
    replication with nobody in the denominator says nothing of the ratio and has no value: not a number.

    Parameters
    ----------
    numerators, denominators
        A row a ratio, a column a replication.
    """
    some = denominators > 0
    tops, bottoms = (np.where(some, each, 0.0).sum(axis=1) for each in (numerators, denominators))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, mean = tops / bottoms, bottoms / some.sum(axis=1)
        linear: Floats = ratio[:, None] + (numerators - ratio[:, None] * denominators) / mean[:, None]
    linear[~some] = np.nan
    return linear, mean


def interval_of(
    values: ArrayLike, numerators: ArrayLike, denominators: ArrayLike, unit: str, confidence: float = 0.95
) -> Interval:
    """Return the interval of a measure from its columns: of a ratio where it has denominators, else of a mean."""
    if np.isnan(np.asarray(denominators, dtype=float)).all():
        return mean_interval(values, confidence)
    return ratio_interval(numerators, denominators, confidence, share=unit == "share")


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact binomial interval for a share of replications."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1 - tail))
    return low, high


def assurance(values: ArrayLike, least: float, confidence: float = 0.95, draws: ArrayLike | None = None) -> Interval:
    """Return in what share of the replications a value is at least `least`, with the exact binomial interval.

    `draws` says to which draw of the parameters each replication belongs. Where several share one they are no
    independent trials: the draws are then the clusters of `ratio_interval`.
    """
    numbers = np.asarray(values, dtype=float)
    known = ~np.isnan(numbers)
    reached = numbers[known] >= least
    if not known.any():
        return NOTHING
    together = np.asarray(draws)[known] if draws is not None else np.arange(len(reached))
    _, of_draw = np.unique(together, return_inverse=True)
    of_each = np.bincount(of_draw)
    if of_each.max() > 1:
        return ratio_interval(np.bincount(of_draw, weights=reached), of_each, confidence)
    successes = int(reached.sum())
    return Interval(successes / len(reached), *clopper_pearson(successes, len(reached), confidence))


def range_of_futures(values: ArrayLike) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the replications: a range of futures, not an interval of the mean."""
    return ranges_of_futures([np.asarray(values, dtype=float)])[0]


def ranges_of_futures(figures: Sequence[NDArray[np.float64]]) -> list[tuple[float, float]]:
    """Return what `range_of_futures` does of each figure, at once for all that have as many replications."""
    given = [_given(values) for values in figures]
    alike: dict[int, list[int]] = {}
    for place, numbers in enumerate(given):
        alike.setdefault(len(numbers), []).append(place)
    found = [(np.nan, np.nan)] * len(given)
    for number, places in alike.items():
        if number > 1:
            ends = np.quantile(np.array([given[place] for place in places]), RANGE, axis=1).T.tolist()
            for place, (low, high) in zip(places, ends, strict=True):
                found[place] = low, high
    return found


def range_by_week(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the low end, the middle and the high end of replications week by week, shape (3, weeks)."""
    ends: NDArray[np.float64] = np.quantile(values, (RANGE[0], 0.5, RANGE[1]), axis=0)
    return ends


def _given(values: ArrayLike) -> NDArray[np.float64]:
    numbers = np.asarray(values, dtype=float)
    given: NDArray[np.float64] = numbers[~np.isnan(numbers)]
    return given


@lru_cache(maxsize=1024)
def t_quantile(number: int, confidence: float) -> float:
    """Return how many standard errors a t interval over so many replications extends to either side."""
    from scipy.special import stdtrit  # scipy.stats gives the same and takes a second to import

    return float(stdtrit(number - 1, (1 + confidence) / 2))


def quantile_intervals(counts: ArrayLike, shares: Sequence[float], confidence: float = 0.95) -> list[Interval]:
    """Return quantiles of all clients together, with intervals that resample whole replications.

    `counts` says how many people waited each number of whole days, shape (replications, days); `shares` which quantiles
    are wanted, 0 to 1. From 20 replications on an interval is the expanded bootstrap percentile interval; with fewer,
    replications are put into up to ten sections, and the interval is that of t over the sections' own quantiles.
    """
    table = np.asarray(counts, dtype=float)
    table = table[table.sum(axis=1) > 0]
    number = len(table)
    if number == 0:
        return [NOTHING] * len(shares)
    table = np.cumsum(table, axis=1)
    whole = _quantiles(table.sum(axis=0)[None], shares)[0]
    if number == 1:
        return [Interval(float(quantile), np.nan, np.nan) for quantile in whole]
    if number < FEWEST_FOR_BOOTSTRAP:
        sections = np.array_split(table, min(SECTIONS, number))
        own = _quantiles(np.array([section.sum(axis=0) for section in sections]), shares)
        half = t_quantile(len(own), confidence) * own.std(axis=0, ddof=1) / len(own) ** 0.5
        low, high = np.maximum(whole - half, 0.0), whole + half
    else:
        tail, drawn = tail_of(number, confidence), times_drawn(number)
        resampled = np.hstack([_resampled_quantiles(drawn, table, share) for share in shares])
        low, high = np.quantile(resampled, (tail, 1 - tail), axis=0)
    return [Interval(*map(float, bounds)) for bounds in zip(whole, low, high, strict=True)]


def quantile_ranges(counts: ArrayLike, shares: Sequence[float]) -> list[tuple[float, float]]:
    """Return the range of futures of quantiles, each replication's own counted as `quantile_intervals` counts them all.

    `counts` and `shares` are those of `quantile_intervals`; replications without anybody are left out.
    """
    table = np.asarray(counts, dtype=float)
    own = _quantiles(np.cumsum(table[table.sum(axis=1) > 0], axis=1), shares)
    return ranges_of_futures(list(own.T))


def quantile_values(counts: ArrayLike, share: float) -> NDArray[np.float64]:
    """Return one value a replication whose mean is the quantile of all clients together, to first order.

    What a replication adds is its influence on the quantile: how many people more than their share it has below the
    quantile, over the density of waits there (Woodruff 1952). Their standard error is that of the quantile, and two
    plans' values can be subtracted pair by pair. Replications without anybody are not a number. `counts` says how many
    people waited each number of whole days, shape (replications, days).
    """
    table = np.asarray(counts, dtype=float)
    values = np.full(len(table), np.nan)
    some = table.sum(axis=1) > 0
    table = table[some]
    if len(table) <= 1:
        values[some] = _quantiles(np.cumsum(table, axis=1), [share])[:, 0]
        return values
    people, everyone = table.sum(axis=1), np.cumsum(table.sum(axis=0))[None]
    quantile = float(_quantiles(everyone, [share])[0, 0])
    day = min(int(quantile), table.shape[1] - 1)
    below = table[:, :day].sum(axis=1) + table[:, day] * (quantile - day)
    excess = (share * people - below) / people.mean()
    step = 2 * float(excess.std(ddof=1)) / len(table) ** 0.5
    step = min(max(step, LEAST_STEP), share / 2, (1 - share) / 2)
    (low, high), *_ = _quantiles(everyone, [share - step, share + step])
    values[some] = quantile + (excess - excess.mean()) * (high - low) / (2 * step)
    return values


def tail_of(number: int, confidence: float) -> float:
    """Return what a percentile interval cuts off either end, less for few replications (Hesterberg 2015, expanded)."""
    from scipy.special import ndtr

    return float(ndtr(-((number / (number - 1)) ** 0.5) * t_quantile(number, confidence)))


@lru_cache(maxsize=8)
def times_drawn(number: int) -> NDArray[np.float64]:
    """Return how often each replication is in each resample, shape (resamples, replications)."""
    random = np.random.default_rng(SEED)
    return random.multinomial(number, np.full(number, 1 / number), size=RESAMPLES).astype(float)


def _resampled_quantiles(drawn: NDArray[np.float64], running: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return a quantile of each resample, shape (resamples, 1).

    A resample's quantile lies between the least and the greatest of the replications' own. Of these days some are added
    up for every resample, and then only those between two of them where its quantile is.
    """
    reached = running >= share * running[:, -1:]
    first, last = int(reached.any(axis=0).argmax()), int(reached.all(axis=0).argmax())
    start = max(first - 2, 0)
    days, wanted = running[:, start : last + 1], share * (drawn @ running[:, -1])
    step = max(math.isqrt(days.shape[1]), 1)
    block = (drawn @ days[:, step - 1 :: step] < wanted[:, None]).sum(axis=1)
    found = np.empty((len(drawn), 1))
    for number in np.unique(block).tolist():
        mine, begin = block == number, max(number * step - 1, 0)
        day, part = _day_of(drawn[mine] @ days[:, begin : (number + 1) * step], wanted[mine])
        found[mine, 0] = begin + day + part
    return start + found


def _quantiles(running: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return quantiles of each row, shape (rows, shares), from how many waited up to each whole day.

    Days are added up before replications are resampled: 50 rows, not 2,000.
    """
    found = np.empty((len(running), len(shares)))
    for column, share in enumerate(shares):
        day, part = _day_of(running, share * running[:, -1])
        found[:, column] = day + part
    return found


def _day_of(running: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the day by which so many had waited, row by row, and the part of it: people are spread evenly over it."""
    rows = np.arange(len(running))
    day = np.minimum((running < wanted[:, None]).sum(axis=1), running.shape[1] - 1)
    before = np.where(day > 0, running[rows, day - 1], 0.0)
    here = running[rows, day] - before
    return day, np.where(here > 0, (wanted - before) / np.where(here > 0, here, 1.0), 0.0)
