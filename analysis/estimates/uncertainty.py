"""What uncertain parameters add: replications put together by draw, and the three kinds of uncertainty told apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.tell.csv_text import csv_of
from sim.disk.whole import write_whole
from sim.stages import COMPARED, SEEN_FIRST, STAGES

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import HubConfig

FEWEST_DRAWS = 2
SPLIT_FILE = "uncertainty.csv"


TOLD = (
    ("within_standard_share", SEEN_FIRST, f"{STAGES[SEEN_FIRST].seen} within standard, percentage points", 100),
    ("wait_days_p90", COMPARED[-1], f"1 in 10 waits to {STAGES[COMPARED[-1]].waits_for} exceed, days", 1),
    ("cost_per_year_gbp", "", "cost a year, £ thousand", 1e-3),
)
"""What is printed: measure, stage, words and scale."""


class Split(NamedTuple):
    """Standard deviations of a figure, in its unit: how far apart, not how surely known."""

    mean: float
    monte_carlo: float
    """Standard error of the mean: more replications make it smaller."""
    futures: float
    """From one future to another with the same parameters: nothing makes it smaller."""
    parameters: float
    """From one draw of the parameters to another: better evidence makes it smaller."""


NO_SPLIT = Split(np.nan, np.nan, np.nan, np.nan)


def by_draw(table: pd.DataFrame, per_draw: int) -> pd.DataFrame:
    """Put the replications of each draw of the parameters together: they are not independent of each other.

    Parameters
    ----------
    table
        The measures or the waits of one run. In what is returned `replication` is the number of the draw; ratios are
        those of the draw's sums, counts and amounts its means.
    per_draw
        Replications of a draw; with 1 the table is returned as it is.
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
    is_ratio = sums["denominator"].notna()
    ratio = sums["numerator"] / sums["denominator"].where(sums["denominator"] != 0)
    together["value"] = together["value"].where(~is_ratio, ratio)
    return together.reset_index()


def estimates_of(measures: pd.DataFrame, waits: pd.DataFrame, per_draw: int, confidence: float = 0.95) -> pd.DataFrame:
    """Estimate every figure of one run: intervals over independent draws, ranges over single futures.

    Parameters
    ----------
    measures, waits
        The tables of one run.
    per_draw
        Replications that share a draw of the parameters; 1 where none is drawn.
    """
    from analysis.estimates.intervals import KEYS, estimate
    from analysis.estimates.quantiles import with_quantiles

    found = with_quantiles(estimate(by_draw(measures, per_draw), confidence), by_draw(waits, per_draw), confidence)
    if per_draw > 1:
        ranges = ["range_low", "range_high", "replications"]
        single = estimate(measures, confidence).set_index(KEYS)[ranges]
        found[ranges] = single.loc[list(found[KEYS].itertuples(index=False, name=None))].to_numpy()
    return found


def split(values: ArrayLike, per_draw: int) -> Split:
    """Tell Monte-Carlo error, the spread of futures and the spread of parameters apart (one-way random effects).

    Parameters
    ----------
    values
        One value a replication, in order of number, `per_draw` in a row sharing a draw.
    per_draw
        At least 2; with 1 futures and parameters cannot be told apart and nothing is returned but not-a-number.
    """
    numbers = np.asarray(values, dtype=float)
    whole = numbers[: len(numbers) // per_draw * per_draw].reshape(-1, per_draw)
    whole = whole[~np.isnan(whole).any(axis=1)]
    if per_draw == 1 or len(whole) < FEWEST_DRAWS:
        return NO_SPLIT
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

    from analysis.estimates.intervals import over_hubs

    keys = ["measure", "stage", "unit"]
    everyone = over_hubs(measures[measures["dimension"] == "all"]).sort_values("replication")
    rows = [
        (*key, *split(figure["value"], per_draw)) for key, figure in everyone.groupby(keys, observed=True, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*keys, *Split._fields])


def report_split(config: HubConfig, measures: pd.DataFrame, folder: Path) -> list[str]:
    """Write uncertainty.csv if parameters were drawn and each draw was repeated; return what it says, in sentences."""
    per_draw = config.uncertainty.replications_per_draw
    if config.uncertainty.mode == "none" or per_draw == 1:
        return []
    table = split_table(measures, per_draw)
    write_whole(folder / SPLIT_FILE, csv_of(table))
    found = table.set_index(["measure", "stage"])
    lines = [
        f"Parameters drawn: {len(config.uncertainty.parameters)}. Standard deviations, all figures in {SPLIT_FILE}:"
    ]
    for measure, stage, what, scale in TOLD:
        row = found.loc[(measure, stage), list(Split._fields)] * scale
        if np.isnan(row["futures"]):
            lines.append(f" {what}: needs {FEWEST_DRAWS} draws or more, run.replications={FEWEST_DRAWS * per_draw}")
            continue
        lines.append(
            f" {what}: {row['futures']:,.1f} from one future to another, {row['parameters']:,.1f} from uncertain "
            f"parameters; error of the mean {row['monte_carlo']:,.1f}"
        )
    return lines
