"""Which plan is best: screening, selection for a stated smallest difference, and plans that no other beats twice over.

All are valid when the plans share their people (common random numbers): only variances of differences are used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.intervals import t_quantile

Values = Mapping[str, ArrayLike]
"""One value a replication by plan, the same replications in the same order."""
FIRST_STAGE = 20
"""Replications from which variances are estimated before plans are dropped."""
RESAMPLES = 2000
SEED = 20240512


class Selection(NamedTuple):
    """What selection found: the plans left, and when each of the others was dropped."""

    left: list[str]
    dropped_after: dict[str, int]
    """How many replications it took to drop a plan."""
    needed: int | None
    """Replications after which one plan alone would be left, as far as the first stage tells; None if none is asked."""


def screen(values: Values, confidence: float = 0.95, smaller_is_better: bool = True) -> list[str]:
    """Return the plans that may be the best: with the given confidence the best one is among them.

    A plan stays if its mean is not above any other's by more than t times the standard error of their paired
    difference, the error being shared out over the other plans (Nelson et al. 2001).
    """
    names, table = _table(values, smaller_is_better)
    plans, number = table.shape
    if plans == 1:
        return names
    reach = t_quantile(number, 1 - 2 * (1 - confidence) / (plans - 1))
    errors = np.sqrt(_variances_of_differences(table) / number)
    means = table.mean(axis=1)
    stays = (means[:, None] <= means[None, :] + reach * errors).all(axis=1)
    return [name for name, in_play in zip(names, stays, strict=True) if in_play]


def select_best(
    values: Values, delta: float, confidence: float = 0.95, smaller_is_better: bool = True, first: int = FIRST_STAGE
) -> Selection:
    """Select the best plan from finished replications by the sequential procedure of Kim and Nelson (2001).

    With the given confidence the plan that is left alone at the end is the best one, or within `delta` of it. The
    variances of differences come from the first `first` replications; from then on a plan is dropped as soon as
    another leads by more than a margin that shrinks with every replication.

    Parameters
    ----------
    delta
        The smallest difference that matters, in the unit of the values, above 0.

    Raises
    ------
    ValueError
        With fewer than `first` replications: the variances would be too uncertain.
    """
    names, table = _table(values, smaller_is_better)
    plans, number = table.shape
    if number < first:
        raise ValueError(f"got {number} replications; selection needs {first}")
    if plans == 1:
        return Selection(names, {}, None)
    eta = ((2 * (1 - confidence) / (plans - 1)) ** (-2 / (first - 1)) - 1) / 2
    h_squared = 2 * eta * (first - 1)
    variances = _variances_of_differences(table[:, :first])
    needed = int(h_squared * variances.max() / delta**2) + 1  # by then every margin is 0
    left, dropped = list(range(plans)), {}
    for taken in range(first, number + 1):
        means = table[:, :taken].mean(axis=1)
        margin = np.maximum(0.0, delta / (2 * taken) * (h_squared * variances / delta**2 - taken))
        behind = [i for i in left if any(means[i] > means[j] + margin[i, j] for j in left if j != i)]
        if len(behind) == len(left):  # cannot happen with exact arithmetic: the leader is never behind
            behind.remove(min(left, key=lambda i: means[i]))
        for plan in behind:
            dropped[names[plan]] = taken
            left.remove(plan)
        if len(left) == 1:
            break
        if taken >= needed:  # only plans with exactly equal means are left together
            left = [min(left, key=lambda i: means[i])]
            break
    return Selection([names[plan] for plan in left], dropped, needed if len(left) > 1 else None)


def probability_not_beaten(cost: Values, wait: Values) -> dict[str, float]:
    """Return how often no other plan is at least as good on both figures and better on one, smaller being better.

    Over resamples of whole replications, each drawn for all plans at once: about how sure the frontier is. One
    in which a figure of any plan is missing counts for none.
    """
    both = np.array([np.asarray(values[name], dtype=float) for values in (cost, wait) for name in cost])
    both = both[:, ~np.isnan(both).any(axis=0)]
    costs, waits = np.split(both, 2)
    number = both.shape[1]
    if number == 0:
        return dict.fromkeys(cost, math.nan)
    times = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), size=RESAMPLES) / number
    dear, long = times @ costs.T, times @ waits.T
    no_worse = (dear[:, None, :] <= dear[:, :, None]) & (long[:, None, :] <= long[:, :, None])
    ahead = (dear[:, None, :] < dear[:, :, None]) | (long[:, None, :] < long[:, :, None])
    beaten = (no_worse & ahead).any(axis=2)
    return dict(zip(cost, map(float, 1 - beaten.mean(axis=0)), strict=True))


def _table(values: Values, smaller_is_better: bool) -> tuple[list[str], NDArray[np.float64]]:
    """Return the plans' names and their values, shape (plans, replications), turned so that smaller is better."""
    names = list(values)
    table = np.array([np.asarray(values[name], dtype=float) for name in names])
    table = table[:, ~np.isnan(table).any(axis=0)]
    return names, table if smaller_is_better else -table


def _variances_of_differences(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Var(Y_i − Y_j) for every pair of plans; exactly 0 where the difference never varies."""
    less = table[:, None, :] - table[None, :, :]
    steady = (less == less[..., :1]).all(axis=2)
    return np.where(steady, 0.0, less.var(axis=2, ddof=1)) if table.shape[1] > 1 else np.full(less.shape[:2], math.nan)
