"""Paired values: the same replication under two plans has the same people with the same luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.intervals import quantile_values, t_quantile
from analysis.estimates.tables import MEASURED, over_hubs, seen_by_day

if TYPE_CHECKING:
    import pandas as pd

MOST_REPLICATIONS = 100_000
"""More than this are not asked for: such a difference is as good as none."""
FEWEST = 2
POWER = 0.8
"""How often as many replications as are asked for should be enough."""
BETTER, WORSE, NO_MATTER, UNDECIDED = "better", "worse", "no difference that matters", "not yet conclusive"
SAME = "the same"
NAN = math.nan
ROUNDING = 1e-12
"""Differences that vary by no more than this part of the values do not vary."""
FIGURE = ["measure", "stage", "dimension", "group"]


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
    if float(np.ptp(less)) <= ROUNDING * max(float(np.abs(one).max()), float(np.abs(other).max())):
        # They differ by the same amount, or by nothing: what is left is rounding.
        mean = 0.0 if float(np.abs(less).max()) <= ROUNDING * float(np.abs(other).max()) else float(np.median(less))
        return Difference(mean, mean, mean, float(mean == 0), _correlation(one, other), _gain(one, other, 0.0), number)
    from scipy.stats import t

    spread = float(less.std(ddof=1))
    error = spread / math.sqrt(number)
    half = t_quantile(number, confidence) * error
    p = float(2 * t.sf(abs(mean) / error, number - 1))
    return Difference(mean, mean - half, mean + half, p, _correlation(one, other), _gain(one, other, spread**2), number)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if one.std() == 0 or other.std() == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


def _gain(one: np.ndarray, other: np.ndarray, variance: float) -> float:
    apart = float(one.var(ddof=1) + other.var(ddof=1))
    if variance:
        return apart / variance
    return math.inf if apart else math.nan


def differences(plan: pd.DataFrame, baseline: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return the difference of every figure that both plans have, indexed as `analysis.comparison.pairs.values_of`."""
    import pandas as pd

    shared = plan.index.intersection(baseline.index, sort=False)
    numbers = plan.columns.intersection(baseline.columns)
    one, other = plan.loc[shared, numbers].to_numpy(float), baseline.loc[shared, numbers].to_numpy(float)
    found = [difference(mine, theirs, confidence) for mine, theirs in zip(one, other, strict=True)]
    return pd.DataFrame(found, index=shared, columns=list(Difference._fields))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p values adjusted for being looked at together (Holm 1979); missing ones stay missing."""
    from statsmodels.stats.multitest import multipletests

    known = {name: p for name, p in p_values.items() if not math.isnan(p)}
    adjusted = multipletests(list(known.values()), method="holm")[1] if known else []
    return dict(p_values) | dict(zip(known, map(float, adjusted), strict=True))


def simultaneous_confidence(confidence: float, comparisons: int) -> float:
    """Return the confidence that each of so many intervals needs for all to hold together (Bonferroni)."""
    return 1 - (1 - confidence) / max(comparisons, 1)


def verdict(low: float, high: float, smaller_is_better: bool, delta: float | None = None) -> str:
    """Say what an interval of a difference shows.

    Parameters
    ----------
    delta
        Smallest difference that matters: an interval within ±delta is `NO_MATTER`.
    """
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


def values_of(measures: pd.DataFrame, waits: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return one plan's figures replication by replication, and how many people each rests on.

    A count or an amount is its own value. A share or other ratio p is re-estimated from all replications together, and
    a replication's value is p + (numerator − p × denominator) ÷ mean denominator: the mean of these is p and their
    standard error that of `analysis.estimates.intervals.ratio_interval`. Quantiles of waits are treated alike. So every
    figure of every plan can be averaged, subtracted and attributed replication by replication.

    Parameters
    ----------
    measures, waits
        The tables of one plan.

    Returns
    -------
    values
        Indexed by measure, stage, dimension and group; one column a replication, in order.
    people
        Mean denominator a replication by the same index; not a number where a figure has none.
    """
    import pandas as pd

    together = over_hubs(measures).set_index([*FIGURE, "replication"])
    names = ("value", "numerator", "denominator")
    wide = {name: together[name].unstack().sort_index(axis=1) for name in names}  # noqa: PD010 (one value a cell)
    value, top, bottom = (wide[name].to_numpy(float) for name in names)
    is_ratio = ~np.isnan(bottom).all(axis=1)
    some = bottom > 0
    number = some.sum(axis=1)
    tops, bottoms = np.where(some, top, 0.0).sum(axis=1), np.where(some, bottom, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, mean = tops / bottoms, bottoms / number
        linear = ratio[:, None] + (top - ratio[:, None] * bottom) / mean[:, None]
    linear[~some] = np.nan
    values = pd.DataFrame(
        np.where(is_ratio[:, None], linear, value), index=wide["value"].index, columns=wide["value"].columns
    )
    people = pd.Series(np.where(is_ratio, mean, np.nan), index=values.index)
    seen = dict(seen_by_day(waits))
    for row in values.index[values.index.get_level_values("measure").isin(list(MEASURED))]:
        days = seen.get(row[1:])
        if days is None:
            continue
        days = days.reindex(values.columns, fill_value=0)
        values.loc[row] = quantile_values(days, MEASURED[row[0]])
        people.loc[row] = float(days.to_numpy().sum()) / len(days)
    return values, people


def row_of(values: pd.DataFrame, key: tuple[str, str, str, str]) -> NDArray[np.float64]:
    """Return one figure's values by replication; not a number throughout where the plan has no such figure."""
    if key not in values.index:
        return np.full(len(values.columns), np.nan)
    return values.xs(key).to_numpy(float)
