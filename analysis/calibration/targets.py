"""The figures that the model should reproduce (conf/targets.csv), its own value of each, and the verdict on it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.estimates.intervals import NOTHING, Interval, mean_interval, ratio_interval
from analysis.estimates.tables import over_hubs
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig, changed
from sim.config.screening import MEASURES
from sim.disk import conf_dir
from sim.errors import HubError
from sim.run.experiment import simulate
from sim.run.replicate import Replication
from sim.streams import Floats

TARGETS = "targets.csv"
STUDY, OWN, EVIDENCE = "study", "own", "evidence"
FITTED, IMPLIED, HELD_OUT, SILENT, PULL = "fitted", "implied", "held out", "silent", "pull"
WHOSE = (STUDY, OWN, EVIDENCE)
USES = {
    FITTED: "values were chosen to meet it",
    IMPLIED: "follows by arithmetic from fitted figures",
    HELD_OUT: "never looked at by the fit",
    SILENT: "the model does not produce it",
    PULL: "no figure of the model: where a fitted value would be without targets",
}
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
SURVEY = ("contact", "supported", "waiting", "via_hub", "helped_elsewhere", "not_helped")
WANTED = (
    *(f"followup_{answer}_share" for answer in SURVEY), "staff_cost_share", "utilisation", "wait_days_median",
    "referrals", "rereferred", "screened",
)  # fmt: skip


class Target(NamedTuple):
    """A row of conf/targets.csv; `target` is not a number where only the tolerance is known."""

    id: str
    figure: str
    target: float
    low: float
    high: float
    unit: str
    whose: str
    use: str
    model: str
    """Name of the model's figure or, for a pull, of the fitted value; empty if the model has none."""
    source: str
    note: str

    @property
    def half(self) -> float:
        """Half the tolerance."""
        return (self.high - self.low) / 2

    def missed(self, value: float) -> float:
        """Return how far a value is from the target, in halves of the tolerance."""
        return (value - self.target) / self.half


def read_targets(file: Path | None = None) -> list[Target]:
    """Return the targets in the order of the file; HubError with every row that is not as it should be, a line each."""
    file = file or conf_dir() / TARGETS
    if not file.is_file():
        raise HubError(f"{file}: there is no such file; install the package again, or give one that is there")
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = tuple(next(reader, ()))
        lines = [(reader.line_num, cells) for cells in reader]
    if header != Target._fields:
        raise HubError(
            f"{file}:1: got {','.join(header) or 'nothing'}; the first line must be {','.join(Target._fields)}"
        )
    found, problems = [], []
    for line, cells in lines:
        try:
            found.append(_row(cells))
        except ValueError as error:
            problems.append(f"{file}: line {line}: {error}")
    if problems:
        raise HubError("\n".join(problems))
    return found


def _row(cells: list[str]) -> Target:
    if len(cells) != len(Target._fields):
        raise ValueError(f"got {len(cells)} cells; must be {len(Target._fields)}")
    named = dict(zip(Target._fields, cells, strict=True))
    target, low, high = (float(named[name] or "nan") for name in ("target", "low", "high"))
    row = Target(**{**named, "target": target, "low": low, "high": high})  # type: ignore[arg-type]
    if not low < high or not (math.isnan(target) or low <= target <= high):
        raise ValueError(f"low {named['low']}, target {named['target']}, high {named['high']}: must be in this order")
    if row.whose not in WHOSE or row.use not in USES:
        raise ValueError(f"got {row.whose}, {row.use}; must be one of {', '.join(WHOSE)} and one of {', '.join(USES)}")
    if bool(row.model) == (row.use == SILENT):
        raise ValueError("model must be empty exactly where the model says nothing")
    return row


def by_model(targets: Iterable[Target], *uses: str) -> dict[str, Target]:
    """Return the targets of these uses by the name of the model's figure."""
    return {target.model: target for target in targets if target.use in uses}


def verdict(target: Target, interval: Interval) -> tuple[str, bool]:
    """Judge one figure by its estimate: what is said of it, and whether it is outside."""
    kind = "our estimate, " if target.whose == OWN else ""
    if math.isnan(interval.estimate):
        return f"{kind}{target.use}: outside, the model gave no value", True
    inside = target.low <= interval.estimate <= target.high
    crosses = any(interval.low < bound < interval.high for bound in (target.low, target.high))
    remark = ", but its interval crosses the tolerance" if crosses else ""
    return f"{kind}{target.use}: {'inside' if inside else 'outside'}{remark}", not inside


def table(targets: Iterable[Target], figures: Mapping[str, Interval]) -> tuple[list[str], bool]:
    """Return a line for each figure of the model, as a Markdown table, and whether any is outside its tolerance."""
    rows = [("id", "figure", "target", "tolerance", "model", "95 % interval", "verdict")]
    any_outside = False
    for target in (target for target in targets if target.use not in (PULL, SILENT)):
        interval = figures.get(target.model, NOTHING)
        said, outside = verdict(target, interval)
        any_outside |= outside
        aim, estimate, low, high = (amount(value, target.unit) for value in (target.target, *interval))
        spread = "" if math.isnan(interval.low) else f"{low} to {high}"
        rows.append((target.id, target.figure, aim, tolerance(target), estimate, spread, said))
    return aligned(rows), any_outside


def unspoken(targets: Iterable[Target]) -> list[str]:
    """Return a line for each target that the model does not produce, with the reason."""
    return [
        f"- {target.id}, {target.figure} ({amount(target.target, target.unit)}; {tolerance(target)}): {target.note}"
        for target in targets
        if target.use == SILENT
    ]


def tolerance(target: Target) -> str:
    """Return the ends of a tolerance as a reader writes them."""
    return f"{amount(target.low, target.unit)} to {amount(target.high, target.unit)}"


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows, the first being the head, as the lines of a Markdown table that also reads well as text."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = [
        "| " + " | ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) + " |"
        for row in rows
    ]
    return [lines[0], "| " + " | ".join([*("-" * width for width in widths), "---"]) + " |", *lines[1:]]


def amount(value: float, unit: str) -> str:
    """Return a figure as a reader writes it: shares in per cent."""
    if math.isnan(value):
        return ""
    if unit == "share":
        return f"{value:.1%}".replace("%", " %")
    if unit in ("GBP", "points"):
        return f"{value:,.0f}"
    return f"{value:.1f}" if unit in ("days", "a month") else f"{value:.3g}"


def run_figures(config: HubConfig, replications: int, jobs: int, seed: int | None = None) -> dict[str, Interval]:
    """Simulate a configuration with so many replications, jobs and, if given, another seed; return its figures."""
    run = {"replications": replications, "jobs": jobs, "keep": ["cohort"], "store": None}
    run["seed"] = config.run.seed if seed is None else seed
    config = changed(config, {f"run.{key}": value for key, value in run.items()})
    return figures(config, simulate(config))


def figures(config: HubConfig, results: Iterable[Replication]) -> dict[str, Interval]:
    """Return every figure by name with its 95 % interval; screening only where the cohort was kept."""
    kept, need = [], []
    for result in results:
        measures = result.tables["measures"].to_pandas()
        kept.append(measures[measures["measure"].isin(WANTED)].astype({"replication": int}))
        if "cohort" in result.tables:
            need.append(_need(config, result.tables["cohort"].to_pandas()))
    found = _measured(config, over_hubs(pd.concat(kept)).sort_values("replication", kind="stable"))
    if need:
        counts = np.array(need, dtype=float)
        names = ("positive_none", "positive_1_or_2", "positive_3_or_more", "positive_functioning")
        found |= {name: ratio_interval(counts[:, n], counts[:, -1]) for n, name in enumerate(names)}
    return found


def _measured(config: HubConfig, measures: pd.DataFrame) -> dict[str, Interval]:
    def column(name: str, of: str = "value", stage: str = "", dimension: str = "all", group: str = "all") -> Floats:
        keys = {"measure": name, "stage": stage, "dimension": dimension, "group": group}
        mine = np.logical_and.reduce([measures[key] == wanted for key, wanted in keys.items()])
        values: Floats = measures.loc[mine, of].to_numpy(float)
        return values

    def ratio(name: str, **where: str) -> Interval:
        return ratio_interval(column(name, "numerator", **where), column(name, "denominator", **where))

    def clients(dimension: str, *groups: str) -> Interval:
        among = np.sum([column("screened", dimension=dimension, group=group) for group in groups], axis=0)
        return ratio_interval(among, column("screened"))

    months, population = config.run.horizon_days / DAYS_PER_MONTH, config.population
    found = {f"followup_{answer}_share": ratio(f"followup_{answer}_share") for answer in SURVEY}
    supported, waiting = (column(f"followup_{answer}_share", "numerator") for answer in ("supported", "waiting"))
    asked = column("followup_contact_share", "denominator")
    found["followup_neither_share"] = ratio_interval(asked - supported - waiting, asked)
    found["staff_cost_share"] = ratio("staff_cost_share")
    senior = next(iter(config.staffing.roles))
    found["senior_load"] = ratio("utilisation", dimension="role", group=senior)
    found["therapy_wait_median_days"] = mean_interval(column("wait_days_median", stage="therapy"))
    found["referrals_per_month"] = mean_interval(column("referrals")).times(1 / months)
    found["rereferred_share"] = ratio_interval(column("rereferred"), column("referrals"))
    for sector in ("nhs", "social_care", "emergency"):
        groups = [name for name, group in population.staff_groups.items() if group.sector == sector]
        if groups:
            found[f"clients_{sector}"] = clients("staff_group", *groups)
    for dimension, names in (("gender", population.genders), ("ethnicity", population.ethnicities)):
        found |= {f"clients_{name}": clients(dimension, name) for name in names}
    return found


def _need(config: HubConfig, cohort: pd.DataFrame) -> list[int]:
    """Count people screened in the window with no, 1 or 2, 3 or more measures positive, and functioning impaired."""
    people = cohort[cohort["screens"] & (cohort["referred_day"] >= 0)]
    positives = people["measures_positive"].to_numpy()
    functioning = people[MEASURES[-1]].to_numpy() >= config.screening.measures[MEASURES[-1]].cut_off
    counts = np.bincount(np.digitize(positives, (1, 3)), minlength=3).tolist()
    return [*counts, int(functioning.sum()), len(people)]
