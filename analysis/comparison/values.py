"""One value a replication for every figure of a plan: what differences, correlations and attributions are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.intervals import over_hubs
from analysis.estimates.quantiles import MEASURED, quantile_values, seen_by_day

if TYPE_CHECKING:
    import pandas as pd

FIGURE = ["measure", "stage", "dimension", "group"]


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
