"""Paired values, the same people with the same luck under every plan: differences, and which plan is the best.

Variances are those of differences throughout: common random numbers make these small, and all that is said holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.headline import Key as FigureKey
from analysis.estimates.intervals import t_quantile

MOST_REPLICATIONS = 100_000
"""More than this are not asked for: such a difference is as good as none."""
FEWEST = 2
POWER = 0.8
"""How often as many replications as are asked for should be enough."""
BETTER, WORSE, NO_MATTER, UNDECIDED = "better", "worse", "no difference that matters", "not yet conclusive"
SAME = "the same"
MIXED = "better on one standard and worse on another"
PARTLY = {
    BETTER: "better on one standard, not yet conclusive on another",
    WORSE: "worse on one standard, not yet conclusive on another",
}
NAN = math.nan
ROUNDING = 1e-12
"""Differences that vary by no more than this part of the values do not vary."""
Key = TypeVar("Key")
Values = Mapping[str, ArrayLike]
"""One value a replication by plan, the same replications in the same order."""
FIRST_STAGE = 20
"""Replications from which variances are estimated before plans are dropped."""
RESAMPLES = 2000
SEED = 20240512


class Difference(NamedTuple):
    """A plan's figure less the baseline's, over pairs of replications."""

    difference: float
    low: float
    high: float
    p: float
    correlation: float
    """Of the two plans' values over replications; not a number where one of them never varies."""
    variance_reduction: float
    """Variance of the difference had the plans not shared their people ÷ the variance of the paired difference."""
    pairs: int


def difference(plan: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Difference:
    """Return the mean difference of paired values with its t interval.

    Pairs that differ by the same amount everywhere have the interval [difference, difference]; p is then 1 if they do
    not differ at all, and 0 if they do. Pairs in which either value is missing are left out.
    """
    one, other = np.asarray(plan, dtype=float), np.asarray(baseline, dtype=float)
    both = ~(np.isnan(one) | np.isnan(other))
    one, other = one[both], other[both]
    number = len(one)
    less = one - other
    mean = float(less.mean()) if number else NAN
    if number <= 1:
        return Difference(mean, NAN, NAN, NAN, NAN, NAN, number)
    apart = float(one.var(ddof=1) + other.var(ddof=1))
    correlation = NAN if one.std() == 0 or other.std() == 0 else float(np.corrcoef(one, other)[0, 1])
    if float(np.ptp(less)) <= ROUNDING * max(float(np.abs(one).max()), float(np.abs(other).max())):
        # They differ by the same amount, or by nothing: what is left is rounding.
        mean = 0.0 if float(np.abs(less).max()) <= ROUNDING * float(np.abs(other).max()) else float(np.median(less))
        return Difference(mean, mean, mean, float(mean == 0), correlation, math.inf if apart else NAN, number)
    from scipy.stats import t

    spread = float(less.std(ddof=1))
    error = spread / math.sqrt(number)
    half = t_quantile(number, confidence) * error
    p = float(2 * t.sf(abs(mean) / error, number - 1))
    return Difference(mean, mean - half, mean + half, p, correlation, apart / spread**2, number)


def differences(plan: pd.DataFrame, baseline: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return the difference of every figure that both plans have, indexed as `values.values_of` does."""
    shared = plan.index.intersection(baseline.index, sort=False)
    numbers = plan.columns.intersection(baseline.columns)
    one, other = plan.loc[shared, numbers].to_numpy(float), baseline.loc[shared, numbers].to_numpy(float)
    plain = _plain(one, other)
    found = np.empty((len(shared), len(Difference._fields)))
    found[plain] = _of_many(one[plain], other[plain], confidence)
    for row in np.flatnonzero(~plain).tolist():
        found[row] = difference(one[row], other[row], confidence)
    return pd.DataFrame(found, index=shared, columns=list(Difference._fields)).astype({"pairs": int})


def _plain(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return of which rows no value is missing, and both plans' values and their differences vary."""
    if one.shape[1] <= 1:
        return np.zeros(len(one), dtype=bool)
    greatest = np.maximum(np.abs(one).max(axis=1), np.abs(other).max(axis=1))
    varies = np.ptp(one - other, axis=1) > ROUNDING * greatest  # not where a value is missing
    moving: NDArray[np.bool_] = varies & (one.std(axis=1) > 0) & (other.std(axis=1) > 0)
    return moving


def _of_many(one: NDArray[np.float64], other: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """Return what `difference` does of rows that are plain, all at once: one by one it takes most of a comparison."""
    from scipy.stats import t

    number, less = one.shape[1], one - other
    mean, spread = less.mean(axis=1), less.std(axis=1, ddof=1)
    error = spread / math.sqrt(number)
    half, p = t_quantile(number, confidence) * error, 2 * t.sf(np.abs(mean) / error, number - 1)
    centred, theirs = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    alike = (centred * theirs).sum(axis=1) / np.sqrt((centred**2).sum(axis=1) * (theirs**2).sum(axis=1))
    apart = one.var(axis=1, ddof=1) + other.var(axis=1, ddof=1)
    columns = mean, mean - half, mean + half, p, np.clip(alike, -1, 1), apart / spread**2, np.full(len(one), number)
    return np.stack(columns, axis=1)


def row_of(values: pd.DataFrame, key: FigureKey) -> NDArray[np.float64]:
    """Return one figure's values by replication; not a number throughout where the plan has no such figure."""
    if key not in values.index:
        return np.full(len(values.columns), np.nan)
    row: NDArray[np.float64] = values.to_numpy(float)[values.index.get_loc(key)]
    return row


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Return p values adjusted for being looked at together (Holm 1979); missing ones stay missing."""
    known = sorted((name for name, p in p_values.items() if not math.isnan(p)), key=p_values.__getitem__)
    adjusted, highest = dict(p_values), 0.0
    for place, name in enumerate(known):
        highest = max(highest, min(1.0, p_values[name] * (len(known) - place)))
        adjusted[name] = highest
    return adjusted


def simultaneous_confidence(confidence: float, comparisons: int) -> float:
    """Return the confidence that each of so many intervals needs for all to hold together (Bonferroni)."""
    return 1 - (1 - confidence) / max(comparisons, 1)


def verdict(low: float, high: float, smaller_is_better: bool, delta: float | None = None) -> str:
    """Say what an interval of a difference shows; within ±delta, the smallest difference that matters, `NO_MATTER`."""
    if math.isnan(low):
        return UNDECIDED
    if low == high == 0:
        return SAME
    if delta is not None and -delta < low and high < delta:
        return NO_MATTER
    if low > 0 or high < 0:
        return BETTER if (high < 0) == smaller_is_better else WORSE
    return UNDECIDED


def more_replications(found: Difference, confidence: float = 0.95, delta: float | None = None) -> int | None:
    """Return about how many more replications would make an undecided difference conclusive.

    If the difference and its spread are as the pairs so far tell, so many are conclusive in 4 of 5 cases (`POWER`): the
    interval then leaves out zero, or lies within ±delta. None if that is over `MOST_REPLICATIONS`, or if there are no
    pairs to tell from.
    """
    from scipy.stats import norm

    if math.isnan(found.low):
        return None
    apart = abs(found.difference)
    wanted = max(apart, delta - apart if delta is not None else 0.0)
    spread = (found.high - found.low) / 2 / t_quantile(found.pairs, confidence) * math.sqrt(found.pairs)
    luck = float(norm.ppf(POWER))
    if wanted <= 0 or (z := (float(norm.ppf((1 + confidence) / 2)) + luck) * spread / wanted) ** 2 > MOST_REPLICATIONS:
        return None
    needed = max(math.ceil(z**2), FEWEST)
    while (t_quantile(needed, confidence) + luck) * spread / math.sqrt(needed) > wanted:
        needed += max(1, needed // 100)
    return max(needed - found.pairs, 0)


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

    With the given confidence the plan that is left alone at the end is the best one, or within `delta` of it, which is
    above 0 and in the unit of the values. The variances of differences come from the first `first` replications; with
    fewer they would be too uncertain (ValueError). From then on a plan is dropped as soon as another leads by more than
    a margin that shrinks with every replication.
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


def probability_not_beaten(*figures: Values) -> dict[str, float]:
    """Return how often no other plan is at least as good on every figure and better on one, smaller being better.

    Over resamples of whole replications, each drawn for all plans at once: about how sure the frontier is. One
    in which a figure of any plan is missing counts for none.
    """
    names = list(figures[0])
    rows = np.array([np.asarray(figure[name], dtype=float) for figure in figures for name in names])
    rows = rows[:, ~np.isnan(rows).any(axis=0)]
    number = rows.shape[1]
    if number == 0:
        return dict.fromkeys(names, math.nan)
    times = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), size=RESAMPLES) / number
    means = [times @ mine.T for mine in np.split(rows, len(figures))]
    no_worse = np.logical_and.reduce([mean[:, None, :] <= mean[:, :, None] for mean in means])
    ahead = np.logical_or.reduce([mean[:, None, :] < mean[:, :, None] for mean in means])
    beaten = (no_worse & ahead).any(axis=2)
    return dict(zip(names, map(float, 1 - beaten.mean(axis=0)), strict=True))


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
