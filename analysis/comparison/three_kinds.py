"""Where uncertainty comes from when parameters are drawn: of each plan's figures, and of the paired differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.comparison.compare import Comparison
from analysis.estimates.headline import of_everyone
from analysis.estimates.intervals import over_hubs
from analysis.estimates.uncertainty import Split, split

if TYPE_CHECKING:
    import pandas as pd


def split_rows(comparison: Comparison) -> pd.DataFrame:
    """Split the spread of every figure into Monte-Carlo error, futures and parameters.

    Returns
    -------
    pandas.DataFrame
        One row a plan and figure, in the unit of the figure: of the level where `baseline` is empty, else of the
        difference to it, replication by replication, so that plans share both people and parameters. Without rows
        where no parameters were drawn, or none twice.
    """
    import pandas as pd

    per_draw = comparison.sweep.per_draw
    columns = ["plan", "baseline", "figure", "unit", *Split._fields]
    if per_draw == 1 or comparison.config.uncertainty.mode == "none":
        return pd.DataFrame(columns=columns)
    measures = [headline.measure for headline in comparison.headlines]
    values = {}
    for plan in comparison.plans:
        rows = over_hubs(of_everyone(comparison.sweep.of(plan, "measures"), measures)).sort_values("replication")
        for (measure, stage), figure in rows.groupby(["measure", "stage"], observed=True):
            values[plan, measure, stage] = figure["value"].to_numpy(float)
    found = []
    for plan in comparison.plans:
        for headline in comparison.headlines:
            level = values[plan, *headline.measure] * headline.scale
            found.append((plan, "", headline.words, headline.unit, *split(level, per_draw)))
            if base := comparison.baseline_of.get(plan):
                less = level - values[base, *headline.measure] * headline.scale
                found.append((plan, base, headline.words, headline.unit, *split(less, per_draw)))
    return pd.DataFrame(found, columns=columns)
