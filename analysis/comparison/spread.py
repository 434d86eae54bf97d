"""Where the spread of figures and of differences comes from: chance, futures, parameters, and each driver."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import row_of
from analysis.estimates.drivers import Share, positions_of, variance_shares
from analysis.estimates.headline import of_everyone
from analysis.estimates.tables import Split, over_hubs, split
from analysis.tell.futures import told
from analysis.tell.wording import change_in


def split_rows(comparison: Comparison) -> pd.DataFrame:
    """Split the spread of every figure into Monte-Carlo error, futures and parameters.

    One row a plan and figure, in the unit of the figure: of the level where `baseline` is empty, else of the difference
    to it, replication by replication, so that plans share both people and parameters. Without rows where no parameters
    were drawn, or none twice.
    """
    per_draw = comparison.sweep.per_draw
    columns = ["plan", "baseline", "figure", "unit", *Split._fields]
    if per_draw == 1 or comparison.config.uncertainty.mode != "psa":
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


def share_rows(comparison: Comparison) -> pd.DataFrame:
    """Share out the variance of every figure over futures that differ: one row a plan, figure and driver.

    Of the level where `baseline` is empty, else of the difference to it. Without rows where futures differ by chance.
    """
    numbers, found = comparison.sweep.numbers, []
    drivers = {name: positions_of(plan.config, numbers) for name, plan in comparison.sweep.plans.items()}
    for plan in comparison.plans:
        for headline in comparison.headlines:
            level = row_of(comparison.by_replication[plan], headline.key)
            shares = variance_shares(level, drivers[plan])
            found += [(plan, "", headline.words, headline.unit, *of) for of in shares]
            if base := comparison.baseline_of.get(plan):
                less = level - row_of(comparison.by_replication[base], headline.key)
                shares = variance_shares(less, drivers[base] | drivers[plan])
                found += [(plan, base, headline.words, headline.unit, *of) for of in shares]
    return pd.DataFrame(found, columns=["plan", "baseline", "figure", "unit", *Share._fields])


def told_shares(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return what the range of the primary figures comes from: of what, which figure, and the shares in words."""
    primary = {headline.words for headline in comparison.headlines if headline.primary}
    found: dict[tuple[str, str], list[Share]] = {}
    for plan, base, figure, _, *of in share_rows(comparison).itertuples(index=False, name=None):
        if figure in primary:
            found.setdefault((_of(comparison, plan, base), figure), []).append(Share(*of))
    return [(*key, told(shares)) for key, shares in found.items()]


def _of(comparison: Comparison, plan: str, base: str) -> str:
    return f"{comparison.names[plan]} less {comparison.names[base]}" if base else comparison.names[plan]


def kind_rows(comparison: Comparison) -> list[tuple[str, str, list[str]]]:
    """Return how far apart the primary figures are by kind of uncertainty; nothing where no parameters were drawn."""
    primary = {headline.words for headline in comparison.headlines if headline.primary}
    rows = []
    for row in split_rows(comparison).to_dict("records"):
        if row["figure"] in primary:
            of = _of(comparison, row["plan"], row["baseline"])
            form = replace(change_in(row["unit"]), sign=False)
            cells = [form(row[kind]) for kind in ("monte_carlo", "futures", "parameters")]
            rows.append((of, f"{row['figure']}, {row['unit']}", cells))
    return rows
