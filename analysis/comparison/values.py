"""The figures of a plan replication by replication: what is averaged, subtracted, resampled and attributed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.estimates.intervals import linearised, quantile_values
from analysis.estimates.tables import MEASURED, over_hubs, seen_by_day

FIGURE = ["measure", "stage", "dimension", "group"]


def values_of(measures: pd.DataFrame, waits: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return one plan's figures replication by replication, and how many people each rests on, from its tables.

    A count or an amount is its own value, and a share or other ratio is `linearised`. Quantiles of waits are treated
    alike. So every figure of every plan can be averaged, subtracted and attributed replication by replication.

    The values are indexed by measure, stage, dimension and group, with one column a replication, in order; the people,
    by the same index, are the mean denominator a replication, not a number where a figure has none.
    """
    together = over_hubs(measures).set_index([*FIGURE, "replication"])
    names = ("value", "numerator", "denominator")
    wide = {name: together[name].unstack().sort_index(axis=1) for name in names}  # noqa: PD010 (one value a cell)
    value, top, bottom = (wide[name].to_numpy(float) for name in names)
    is_ratio = ~np.isnan(bottom).all(axis=1)
    linear, mean = linearised(top, bottom)
    figures, people = np.where(is_ratio[:, None], linear, value), np.where(is_ratio, mean, np.nan)
    index, numbers = wide["value"].index, wide["value"].columns
    seen = dict(seen_by_day(waits))
    for place in np.flatnonzero(index.get_level_values("measure").isin(list(MEASURED))).tolist():
        measure, *of_whom = index[place]
        if (days := seen.get(tuple(of_whom))) is not None:
            days = days.reindex(numbers, fill_value=0)
            figures[place] = quantile_values(days, MEASURED[measure])
            people[place] = float(days.to_numpy().sum()) / len(days)
    return pd.DataFrame(figures, index=index, columns=numbers), pd.Series(people, index=index)
