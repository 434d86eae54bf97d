"""Regret and satisficing from the raw tables of a sweep by another way: plain pandas and numpy, nothing of ours.

Run it as `python tests/analysis/comparison/recomputed.py SWEEP`: it prints both tables for the figures that are shares
or amounts of everyone. Resamples are drawn with the seed and the number that `docs/comparing.md` names.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats

SEED, RESAMPLES = 20240512, 2000
STANDARDS = ("referral_to_assessment", "referral_to_therapy")
FIGURES = (*((f"within_standard_share/{stage}", 1) for stage in STANDARDS), ("cost_per_year_gbp/", -1))
"""Measure and stage, and whether more of it is better."""


def grid_of(folder: Path) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return plan, scenario and cell of each entry of the manifest, and the share that each standard asks for."""
    cells = pd.DataFrame(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cells"])
    first = json.loads((folder / cells["folder"][0] / "manifest.json").read_text(encoding="utf-8"))
    stages = first["config"]["standards"]["stages"]
    return cells[["plan", "world", "cell"]], {stage: stages[stage]["share"] for stage in STANDARDS}


def values_of(folder: Path) -> dict[tuple[str, str], pd.DataFrame]:
    """Return value, numerator and denominator of each replication, by cell and figure."""
    table = pd.read_parquet(folder / "measures.parquet")
    table = table[(table["dimension"].astype(str) == "all")]
    table["figure"] = table["measure"].astype(str) + "/" + table["stage"].astype(str)
    table = table[table["figure"].isin([name for name, _ in FIGURES])]
    assert not table.duplicated(["cell", "figure", "replication"]).any(), "several Hubs: put them together first"
    groups = table.groupby(["cell", "figure"], observed=True)
    return {key: mine.set_index("replication").sort_index() for key, mine in groups}


def linear(mine: pd.DataFrame) -> np.ndarray:
    """Return one value a replication whose mean is the ratio of the sums, or the amounts themselves."""
    top, bottom = mine["numerator"].to_numpy(float), mine["denominator"].to_numpy(float)
    if np.isnan(bottom).all():
        return mine["value"].to_numpy(float)
    some = bottom > 0
    ratio = top[some].sum() / bottom[some].sum()
    values = ratio + (top - ratio * bottom) / bottom[some].mean()
    return np.where(some, values, np.nan)


def means_of(rows: np.ndarray) -> np.ndarray:
    """Return the means of some rows, and below them those of each resample of whole replications."""
    number = rows.shape[1]
    drawn = np.random.default_rng(SEED).multinomial(number, np.full(number, 1 / number), size=RESAMPLES)
    found = [np.nanmean(rows, axis=1)]
    for times in drawn:
        found.append(np.nanmean(np.repeat(rows, times, axis=1), axis=1))
    return np.array(found)


def interval(found: np.ndarray, number: int) -> tuple[float, float]:
    """Return the expanded percentile interval (Hesterberg 2015) of resamples."""
    tail = stats.norm.cdf(-np.sqrt(number / (number - 1)) * stats.t.ppf(0.975, number - 1))
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def of_share(top: np.ndarray, bottom: np.ndarray) -> tuple[float, float, float]:
    """Return a share of clusters: t on the logit scale, and exact binomial where all or none have it."""
    number, share = len(top), float(top.sum() / bottom.sum())
    if share in (0.0, 1.0):
        return share, *stats.binomtest(round(share * number), number).proportion_ci(0.95, "exact")
    error = np.sqrt(((top - share * bottom) ** 2).sum() / (number * (number - 1))) / bottom.mean()
    half = stats.t.ppf(0.975, number - 1) * error / (share * (1 - share))
    low, high = special.expit(special.logit(share) + np.array([-half, half]))
    return share, float(low), float(high)


def of_mean(values: np.ndarray) -> tuple[float, float, float]:
    """Return a mean with its t interval."""
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


def ends(name: str, found: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def of_every_cell(folder: Path, baseline: str) -> pd.DataFrame:
    """Return level, regret and difference to the baseline plan of every plan, scenario and figure."""
    grid, _ = grid_of(folder)
    values, rows = values_of(folder), []
    for figure, sign in FIGURES:
        for world, mine in grid.groupby("world", sort=False):
            each = {plan: values[cell, figure] for plan, cell in zip(mine["plan"], mine["cell"], strict=True)}
            means = means_of(np.array([linear(one) for one in each.values()])) * sign
            behind = means.max(axis=1, keepdims=True) - means
            for place, (plan, one) in enumerate(each.items()):
                row: dict[str, object] = {"plan": plan, "scenario": world, "figure": figure}
                amount = one["denominator"].isna().all()
                row |= ends(
                    "level",
                    of_mean(linear(one))
                    if amount
                    else of_share(one["numerator"].to_numpy(float), one["denominator"].to_numpy(float)),
                )
                row |= ends("regret", (behind[0, place], *interval(behind[1:, place], len(one))))
                row |= ends("difference", of_mean(linear(one) - linear(each[baseline])))
                rows.append(row)
    return pd.DataFrame(rows)


def regrets(folder: Path) -> pd.DataFrame:
    """Return worst scenario and largest regret of every plan and figure, in the scenarios that every plan has."""
    cells, _ = grid_of(folder)
    values, rows = values_of(folder), []
    table = cells.pivot_table(index="plan", columns="world", values="cell", aggfunc="first", sort=False)
    table = table.dropna(axis=1)
    for figure, sign in FIGURES:
        number = len(values[table.iloc[0, 0], figure])
        stack = np.stack([[linear(values[cell, figure]) for cell in table[world]] for world in table])
        levels = np.stack([means_of(of_world) for of_world in stack], axis=1) * sign  # resample, scenario, plan
        behind = levels.max(axis=2, keepdims=True) - levels
        for place, plan in enumerate(table.index):
            worst, most = levels[:, :, place].min(axis=1), behind[:, :, place].max(axis=1)
            low, high = sorted(sign * end for end in interval(worst[1:], number))
            rows.append(
                {
                    "plan": plan, "figure": figure,
                    "worst_scenario": table.columns[levels[0, :, place].argmin()],
                    "worst_level": sign * worst[0], "worst_level_low": low, "worst_level_high": high,
                    "regret_scenario": table.columns[behind[0, :, place].argmax()], "most_regret": most[0],
                    **dict(zip(("most_regret_low", "most_regret_high"), interval(most[1:], number), strict=True)),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def satisficing(folder: Path) -> pd.DataFrame:
    """Return how often each plan meets each standard and all of them: in scenarios and in simulated futures.

    Across scenarios the name of the scenario is empty.
    """
    cells, asked = grid_of(folder)
    values, rows = values_of(folder), []
    table = cells.pivot_table(index="plan", columns="world", values="cell", aggfunc="first", sort=False)
    table = table.dropna(axis=1)
    for plan in table.index:
        means, futures = [], []
        for stage in STANDARDS:
            of_stage = [values[cell, f"within_standard_share/{stage}"] for cell in table.loc[plan]]
            means.append(means_of(np.array([linear(one) for one in of_stage])) >= asked[stage])  # resample, scenario
            futures.append(np.array([one["value"].to_numpy(float) >= asked[stage] for one in of_stage]))
        for place, standard in enumerate([*STANDARDS, "all"]):
            met = np.all(means, axis=0) if standard == "all" else means[place]
            hold = np.all(futures, axis=0) if standard == "all" else futures[place]
            worlds, number = hold.shape
            row = {"plan": plan, "standard": standard}
            shares = met.mean(axis=1)
            rows.append(
                row | {"scenario": ""}
                | ends("scenarios_met", (shares[0], *interval(shares[1:], number)))
                | ends("futures_met", of_share(hold.sum(axis=0), np.full(number, worlds)))
            )  # fmt: skip
            for world, here in zip(table.columns, hold, strict=True):
                exact = stats.binomtest(int(here.sum()), number).proportion_ci(0.95, "exact")
                rows.append(row | {"scenario": world} | ends("futures_met", (here.mean(), exact.low, exact.high)))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    for recomputed in (regrets, satisficing):
        print(recomputed(Path(sys.argv[1])).to_string(index=False))
