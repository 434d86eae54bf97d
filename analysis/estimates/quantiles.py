"""Quantiles of clients' waits with intervals over whole replications: bootstrap, or sectioning when they are few."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.intervals import NOTHING, Interval, t_quantile

if TYPE_CHECKING:
    pass
RESAMPLES = 2000
SECTIONS = 10
FEWEST_FOR_BOOTSTRAP = 20
LEAST_STEP = 0.01
"""The density of waits at a quantile is taken over at least this much to either side."""
SEED = 20240512
"""Of the bootstrap: the same replications always give the same interval."""


def quantile_intervals(counts: ArrayLike, shares: Sequence[float], confidence: float = 0.95) -> list[Interval]:
    """Return quantiles of all clients together, with intervals that resample whole replications.

    From 20 replications on an interval is the expanded bootstrap percentile interval; with fewer, replications are put
    into up to ten sections, and the interval is that of t over the sections' own quantiles.

    Parameters
    ----------
    counts
        How many people waited each number of whole days, shape (replications, days).
    shares
        Which quantiles, 0 to 1.
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
        low, high = whole - half, whole + half
    else:
        tail, drawn = _tail(number, confidence), _times_drawn(number)
        resampled = np.hstack([_resampled_quantiles(drawn, table, share) for share in shares])
        low, high = np.quantile(resampled, (tail, 1 - tail), axis=0)
    return [Interval(*map(float, bounds)) for bounds in zip(whole, low, high, strict=True)]


def quantile_values(counts: ArrayLike, share: float) -> NDArray[np.float64]:
    """Return one value a replication whose mean is the quantile of all clients together, to first order.

    What a replication adds is its influence on the quantile: how many people more than their share it has below the
    quantile, over the density of waits there (Woodruff 1952). Their standard error is that of the quantile, and two
    plans' values can be subtracted pair by pair. Replications without anybody are not a number.

    Parameters
    ----------
    counts
        How many people waited each number of whole days, shape (replications, days).
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


def _tail(number: int, confidence: float) -> float:
    """Return what a percentile interval cuts off either end, less for few replications (Hesterberg 2015, expanded)."""
    from scipy.special import ndtr

    return float(ndtr(-((number / (number - 1)) ** 0.5) * t_quantile(number, confidence)))


@lru_cache(maxsize=8)
def _times_drawn(number: int) -> NDArray[np.float64]:
    """Return how often each replication is in each resample, shape (resamples, replications)."""
    random = np.random.default_rng(SEED)
    return random.multinomial(number, np.full(number, 1 / number), size=RESAMPLES).astype(float)


def _resampled_quantiles(drawn: NDArray[np.float64], running: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return a quantile of each resample, shape (resamples, 1).

    A resample's quantile lies between the least and the greatest of the replications' own, so that only the days from
    one to the other are added up.
    """
    reached = running >= share * running[:, -1:]
    first, last = int(reached.any(axis=0).argmax()), int(reached.all(axis=0).argmax())
    start = max(first - 2, 0)
    days = [*range(start, min(last + 2, running.shape[1])), -1]
    return start + _quantiles(drawn @ running[:, days], [share])


def _quantiles(running: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return quantiles of each row, shape (rows, shares), from how many waited up to each whole day.

    People are spread evenly over their day. Days are added up before replications are resampled: 50 rows, not 2,000.
    """
    rows = np.arange(len(running))
    found = np.empty((len(running), len(shares)))
    for column, share in enumerate(shares):
        wanted = share * running[:, -1]
        day = np.minimum((running < wanted[:, None]).sum(axis=1), running.shape[1] - 1)
        before = np.where(day > 0, running[rows, day - 1], 0.0)
        here = running[rows, day] - before
        found[:, column] = day + np.where(here > 0, (wanted - before) / np.where(here > 0, here, 1.0), 0.0)
    return found
