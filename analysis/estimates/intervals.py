"""Estimates with intervals from the tidy measures table; the replication is the unit, never the client."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    pass
RANGE = (0.05, 0.95)
"""The range of simulated futures: these quantiles of the replications."""


class Interval(NamedTuple):
    """An estimate with its confidence interval; not a number where there is none."""

    estimate: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """Return it in another unit."""
        return Interval(self.estimate * factor, self.low * factor, self.high * factor)


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

    Parameters
    ----------
    numerators, denominators
        One a replication; those with nobody in the denominator are left out.
    share
        Whether the ratio is a share: then the interval is taken on the logit scale, and is Clopper–Pearson over
        replications where the share is exactly 0 or 1. Otherwise it is a plain t interval.
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


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact binomial interval for a share of replications."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1 - tail))
    return low, high


def assurance(values: ArrayLike, least: float, confidence: float = 0.95, draws: ArrayLike | None = None) -> Interval:
    """Return in what share of the replications a value is at least `least`, with the exact binomial interval.

    Parameters
    ----------
    draws
        To which draw of the parameters each replication belongs. Where several share one they are no independent
        trials: the draws are then the clusters of `ratio_interval`.
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
    numbers = _given(values)
    if len(numbers) <= 1:
        return np.nan, np.nan
    low, high = np.quantile(numbers, RANGE)
    return float(low), float(high)


def _given(values: ArrayLike) -> NDArray[np.float64]:
    numbers = np.asarray(values, dtype=float)
    given: NDArray[np.float64] = numbers[~np.isnan(numbers)]
    return given


@lru_cache(maxsize=1024)
def t_quantile(number: int, confidence: float) -> float:
    """Return how many standard errors a t interval over so many replications extends to either side."""
    from scipy.special import stdtrit  # scipy.stats gives the same and takes a second to import

    return float(stdtrit(number - 1, (1 + confidence) / 2))
