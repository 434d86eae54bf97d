"""From the tables of a run to estimates: Hubs and draws together, intervals, kinds of uncertainty, lists."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.intervals import (
    Interval,
    interval_of,
    quantile_intervals,
    quantile_ranges,
    ranges_of_futures,
)
from sim.measures.rows import RATIOS, OverHubs, declared

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["measure", "stage", "dimension", "group", "unit"]
RESULTS = ["estimate", "low", "high", "range_low", "range_high", "replications"]
MEASURED = {"wait_days_median": 0.5, "wait_days_p90": 0.9}
"""The measures that are quantiles of the waits of those seen."""
GROUP = ["stage", "dimension", "group"]
FEWEST_DRAWS = 2


def estimate(measures: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Estimate every measure of one run over its replications, from its measures table (all Hubs and replications).

    Means carry a t interval. Shares and other ratios are re-estimated as sum of numerators over sum of denominators
    (Hubs and replications alike), with a clustered standard error. No interval of an amount begins below 0.
    Replications without a value are left out.

    Returns one row a measure, stage, dimension, group and unit: `estimate`, `low`, `high` (the interval), `range_low`,
    `range_high` (5th and 95th percentile of the replications) and `replications` (how many had a value). With one
    replication there is neither interval nor range. Raises ValueError when the table holds more than one run.
    """
    import pandas as pd

    if "cell" in measures and len(measures["cell"].unique()) > 1:
        raise ValueError("measures: got several runs; estimate each by itself")
    table = over_hubs(measures)
    figures = table[["value", "numerator", "denominator"]].to_numpy(float)
    group = table.groupby(KEYS, sort=False, observed=True).ngroup().to_numpy()
    in_groups, first = np.argsort(group, kind="stable"), np.unique(group, return_index=True)[1]
    keys = table[KEYS].iloc[first].itertuples(index=False, name=None)
    places = np.split(in_groups, np.cumsum(np.bincount(group))[:-1])
    ranges = ranges_of_futures([figures[mine, 0] for mine in places])
    rows = []
    for key, mine, ends in zip(keys, places, ranges, strict=True):
        values, numerators, denominators = figures[mine].T
        found = interval_of(values, numerators, denominators, str(key[-1]), confidence)
        if not np.isnan(numerators).all():  # only a gap between groups has none, and may be below 0
            found = found.from_zero()
        rows.append((*key, *found, *ends, int((~np.isnan(values)).sum())))
    return pd.DataFrame(rows, columns=[*KEYS, *RESULTS])


def over_hubs(measures: pd.DataFrame) -> pd.DataFrame:
    """Put the Hubs of each replication together by the rule that a measure declares; ValueError if it declares none."""
    by = [*KEYS, "replication"]
    columns = ["value", "numerator", "denominator"]
    if len(measures["hub"].unique()) <= 1:
        return measures[[*by, *columns]]
    hubs = measures.groupby(by, sort=False, observed=True)
    together = hubs[columns].sum(min_count=1)
    measures_of = together.index.get_level_values("measure")
    rule = measures_of.map({name: declared(str(name)).over_hubs for name in measures_of.unique()})
    means = hubs[["value", "denominator"]].mean()
    at_once = rule == OverHubs.AT_ONCE
    together.loc[at_once, "denominator"] = means.loc[at_once, "denominator"]
    together["value"] = together["value"].where(~rule.isin(RATIOS), _ratio(together))
    for other, values in ((OverHubs.AVERAGED, means["value"]), (OverHubs.GREATEST, hubs["value"].max())):
        together["value"] = together["value"].where(rule != other, values)
    return together.reset_index()


def _ratio(sums: pd.DataFrame) -> pd.Series:
    return sums["numerator"] / sums["denominator"].where(sums["denominator"] != 0)


def look_up(
    estimates: pd.DataFrame, measure: str, stage: str = "", dimension: str = "all", group: str = "all"
) -> Interval:
    """Return one estimate of the table that `estimate` returns; not a number where the run has none."""
    return Interval(*_cells(estimates, (measure, stage, dimension, group), Interval._fields))


def all_by_key(estimates: pd.DataFrame) -> dict[Any, tuple[Interval, tuple[float, float]]]:
    """Return each estimate with its range, by measure, stage, dimension and group: for many that are looked up."""
    keys = estimates[KEYS[:-1]].astype(str).itertuples(index=False, name=None)
    values = estimates[[*Interval._fields, "range_low", "range_high"]].astype(float).itertuples(index=False, name=None)
    return {key: (Interval(*found[:3]), found[3:]) for key, found in zip(keys, values, strict=True)}


def look_up_range(
    estimates: pd.DataFrame, measure: str, stage: str = "", dimension: str = "all", group: str = "all"
) -> tuple[float, float]:
    """Return between what a measure lies in about 9 in 10 of the simulated futures."""
    low, high = _cells(estimates, (measure, stage, dimension, group), ("range_low", "range_high"))
    return low, high


def _cells(estimates: pd.DataFrame, key: tuple[str, ...], columns: tuple[str, ...]) -> list[float]:
    wanted = zip(("measure", "stage", "dimension", "group"), key, strict=True)
    mine = estimates[np.logical_and.reduce([estimates[column] == text for column, text in wanted])]
    return [math.nan if mine.empty else float(mine[column].iloc[0]) for column in columns]


def with_quantiles(
    estimates: pd.DataFrame, waits: pd.DataFrame, per_draw: int = 1, confidence: float = 0.95
) -> pd.DataFrame:
    """Replace the quantiles of waits in what `estimate` returns by those in whole days, from a run's table of waits.

    The estimate is that of all clients who were seen, together, with an interval over draws; the range is of the same
    quantile in each replication (all Hubs together).
    """
    found = estimates.copy()
    quantiles, shares = {}, list(MEASURED.values())
    columns = [*Interval._fields, "range_low", "range_high"]
    keys = list(found[["measure", *GROUP]].itertuples(index=False, name=None))
    wanted = {tuple(group) for measure, *group in keys if measure in MEASURED}
    for group, days in seen_by_day(waits):
        if group in wanted:
            draws = days.groupby(days.index // per_draw).sum() if per_draw > 1 else days
            intervals, ranges = quantile_intervals(draws, shares, confidence), quantile_ranges(days, shares)
            for measure, interval, ends in zip(MEASURED, intervals, ranges, strict=True):
                quantiles[measure, *group] = (*interval, *ends)
    found[columns] = [
        quantiles.get(key, same) for key, same in zip(keys, found[columns].itertuples(index=False), strict=True)
    ]
    return found


def seen_by_day(waits: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Give for each stage, dimension and group how many people of each replication (rows) waited each day (columns)."""
    import pandas as pd

    seen = waits[waits["outcome"] == "seen"]
    numbers = np.unique(waits["replication"])
    row = np.searchsorted(numbers, seen["replication"].to_numpy())
    day, count = seen["wait_days"].to_numpy(), seen["count"].to_numpy()
    for group, mine in seen.groupby(GROUP, observed=True, sort=False).indices.items():
        width = int(day[mine].max()) + 1
        cell = row[mine] * width + day[mine]
        table = np.bincount(cell, weights=count[mine], minlength=len(numbers) * width).reshape(len(numbers), width)
        names: Any = group
        yield tuple(str(name) for name in names), pd.DataFrame(table, index=numbers)


class Split(NamedTuple):
    """Standard deviations of a figure, in its unit: how far apart, not how surely known."""

    mean: float
    monte_carlo: float
    """Standard error of the mean: more replications make it smaller."""
    futures: float
    """From one future to another with the same parameters: nothing makes it smaller."""
    parameters: float
    """From one draw of the parameters to another: better evidence makes it smaller."""


def by_draw(table: pd.DataFrame, per_draw: int) -> pd.DataFrame:
    """Put the `per_draw` replications of each draw of the parameters together: they are not independent of each other.

    In what is returned of a run's measures or waits `replication` is the number of the draw; ratios are those of the
    draw's sums, counts and amounts its means.
    """
    if per_draw == 1:
        return table
    numbered = table.assign(replication=table["replication"] // per_draw)
    if "wait_days" in table:
        keys = [column for column in table.columns if column != "count"]
        return numbered.groupby(keys, observed=True, sort=False, as_index=False).agg({"count": "sum"})
    figures = ["value", "numerator", "denominator"]
    keys = [column for column in table.columns if column not in figures]
    groups = numbered.groupby(keys, observed=True, sort=False)[figures]
    together = groups.mean()
    sums = groups.sum(min_count=1)
    together["value"] = together["value"].where(sums["denominator"].isna(), _ratio(sums))
    return together.reset_index()


def estimates_of(measures: pd.DataFrame, waits: pd.DataFrame, per_draw: int, confidence: float = 0.95) -> pd.DataFrame:
    """Estimate every figure of a run: intervals over draws, each of `per_draw` replications, ranges over futures."""
    found = estimate(by_draw(measures, per_draw), confidence)
    if per_draw > 1:
        ranges = ["range_low", "range_high", "replications"]
        single = estimate(measures, confidence).set_index(KEYS)[ranges]
        found[ranges] = single.loc[list(found[KEYS].itertuples(index=False, name=None))].to_numpy()
    return with_quantiles(found, waits, per_draw, confidence)


def split(values: ArrayLike, per_draw: int) -> Split:
    """Tell Monte-Carlo error, the spread of futures and the spread of parameters apart (one-way random effects).

    `values` has one value a replication, in order of number, `per_draw` in a row sharing a draw. With one of each draw
    futures and parameters cannot be told apart, and nothing is returned but not-a-number.
    """
    numbers = np.asarray(values, dtype=float)
    whole = numbers[: len(numbers) // per_draw * per_draw].reshape(-1, per_draw)
    whole = whole[~np.isnan(whole).any(axis=1)]
    if per_draw == 1 or len(whole) < FEWEST_DRAWS:
        return Split(*[np.nan] * len(Split._fields))
    means = whole.mean(axis=1)
    inside = float(whole.var(axis=1, ddof=1).mean())
    between = float(means.var(ddof=1))
    return Split(
        mean=float(means.mean()),
        monte_carlo=(between / len(means)) ** 0.5,
        futures=inside**0.5,
        parameters=max(0.0, between - inside / per_draw) ** 0.5,
    )


def split_table(measures: pd.DataFrame, per_draw: int) -> pd.DataFrame:
    """Split the uncertainty of every figure for everyone of one run, from each replication's own value."""
    import pandas as pd

    keys = ["measure", "stage", "unit"]
    everyone = over_hubs(measures[measures["dimension"] == "all"]).sort_values("replication")
    rows = [
        (*key, *split(figure["value"], per_draw)) for key, figure in everyone.groupby(keys, observed=True, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*keys, *Split._fields])


def list_by_week(
    weekly: pd.DataFrame, stage: str, column: str = "list", modality: str = "all"
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the weeks, and a stage's list (arrivals, completions), all Hubs together, shape (replications, weeks).

    Of the lists for therapy it may be that of one modality.
    """
    dimension = "all" if modality == "all" else "modality"
    mine = (weekly["stage"] == stage) & (weekly["dimension"] == dimension) & (weekly["group"] == modality)
    everyone = mine.to_numpy()
    replications, row = np.unique(weekly["replication"].to_numpy()[everyone], return_inverse=True)
    weeks, place = np.unique(weekly["week"].to_numpy()[everyone], return_inverse=True)
    shape = len(replications), len(weeks)
    lengths = weekly[column].to_numpy(float)[everyone]
    people = np.bincount(row * len(weeks) + place, weights=lengths, minlength=shape[0] * shape[1])
    return weeks.astype(np.int64), people.reshape(shape).astype(np.float64)
