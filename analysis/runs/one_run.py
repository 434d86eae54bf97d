"""One run from start to finish: simulate with progress, write tables and figures, print the summary."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimates.drivers import FEWEST, Share, share_table
from analysis.estimates.tables import FEWEST_DRAWS, Split, estimates_of, split_table
from analysis.runs.enough import stopping_rule, with_warm_up
from analysis.runs.figures import drawings
from analysis.runs.summary import print_summary
from analysis.runs.surge import SurgeRow, surge, surge_csv
from analysis.tell.console import FAILED, progress
from analysis.tell.futures import told
from analysis.tell.warnings import warnings_of
from analysis.tell.wording import csv_of
from sim.config import HubConfig
from sim.disk import whole_folder, write_whole
from sim.evidence import grades_in_use
from sim.measures.audit import AuditBreach
from sim.run.experiment import run_to_folder
from sim.run.manifest import NOT_SIMULATED, Manifest
from sim.run.processes import meanwhile
from sim.run.results import BY_LIST, read_frame
from sim.stages import COMPARED, SEEN_FIRST, STAGES

SPLIT_FILE = "uncertainty.csv"
SURGE_FILE = "surge.csv"
TOLD = (
    ("within_standard_share", SEEN_FIRST, f"{STAGES[SEEN_FIRST].seen} within standard, percentage points", 100),
    ("wait_days_p90", COMPARED[-1], f"1 in 10 waits to {STAGES[COMPARED[-1]].waits_for} exceed, days", 1),
    ("cost_per_year_gbp", "", "cost a year, £ thousand", 1e-3),
)
"""What is printed: measure, stage, words and scale."""
FUTURES_TOLD = (
    ("referrals", "", "referrals"),
    *((measure, stage, words.rpartition(",")[0]) for measure, stage, words, _ in TOLD),
)
"""What is printed of futures that differ: measure, stage and words."""


def run_and_report(config: HubConfig, folder: Path, changes: Mapping[str, Any] | None = None) -> int:
    """Run a configuration and leave its tables, figures, summary and manifest in a folder; print the summary.

    The folder appears when all of it is written, or not at all. `changes` is what the command line sets, by
    configuration path; what of it is simulated is printed, and kept in the manifest as levers. Returns 0, or 1 when a
    replication contradicts itself; then nothing is written.
    """
    line = ""
    try:
        with whole_folder(folder) as unfinished:
            if config.run.warm_up:
                config, line = with_warm_up(config, unfinished)
            with progress(f"{config.scenario}, {config.staffing_model}: replications") as told:
                rule = stopping_rule(config)
                manifest = run_to_folder(config, unfinished, told, rule)
            manifest.precision = rule.told() if rule else None
            said = (changes or {}).items()
            manifest.levers = {key: value for key, value in said if key.removeprefix("run.") not in NOT_SIMULATED}
            simulated = config.run.model_copy(update={"replications": manifest.replications})
            config = config.model_copy(update={"run": simulated})
            completed = complete(config, manifest, unfinished)
    except AuditBreach as breach:
        print(breach, file=sys.stderr)
        return FAILED
    _print(config, manifest, *completed)
    kept = kept_line(manifest.from_store, manifest.replications)
    where = f"Tables, figures and manifest: {nearest_name(folder)}"
    for text in filter(None, (line, f"{rule.sentence()}." if rule else "", kept, where)):
        print(f"\n{text}")
    return 0


def report(config: HubConfig, manifest: Manifest, folder: Path) -> None:
    """Estimate and draw from the tables that a run has written, complete its folder, and print the summary."""
    _print(config, manifest, *complete(config, manifest, folder))


def complete(config: HubConfig, manifest: Manifest, folder: Path) -> tuple[pd.DataFrame, list[str], list[SurgeRow]]:
    """Complete the folder of a run from its tables.

    Return the estimates, what is to be said of their spread, and the lists before and after an incident.
    """
    measures, waits = (read_frame(folder, name) for name in ("measures", "waits"))
    weekly = read_frame(folder, "weekly", BY_LIST)
    estimates = estimates_of(measures, waits, config.uncertainty.replications_per_draw)
    with meanwhile(config.run.jobs, *drawings(config, estimates, weekly, folder)):
        manifest.warnings += [warning.sentence for warning in warnings_of(config, weekly, waits)]
        manifest.evidence_grades = dict(grades_in_use(config))
        write_whole(folder / "summary.csv", csv_of(estimates))
        spread = report_split(config, measures, folder)
        if after_it := surge(config, weekly):
            write_whole(folder / SURGE_FILE, csv_of(surge_csv(after_it)))
    manifest.write(folder)
    return estimates, spread, after_it


def _print(
    config: HubConfig, manifest: Manifest, estimates: pd.DataFrame, spread: list[str], after_it: list[SurgeRow]
) -> None:
    print_summary(config, estimates, manifest.warnings, changed=manifest.levers, surge=after_it)
    if spread:
        print("\n" + "\n".join(spread))
    if config.run.profile:
        steps = {step: total / max(manifest.replications, 1) for step, total in manifest.seconds.items()}
        each = ", ".join(f"{step} {seconds:.4f}" for step, seconds in steps.items())
        print(f"\nMean seconds a replication: {each}, together {sum(steps.values()):.4f}")


def kept_line(from_store: int, replications: int) -> str:
    """Return how many replications were not simulated because the store had them; empty if it had none."""
    if not from_store:
        return ""
    return f"{from_store:,} of {replications:,} replications came from the store of earlier runs (run.store)."


def nearest_name(folder: Path) -> str:
    """Return a folder as seen from where the user stands."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)


def report_split(config: HubConfig, measures: pd.DataFrame, folder: Path) -> list[str]:
    """Write uncertainty.csv if it can be told where the spread comes from; return what it says, in sentences.

    That is if each draw of the parameters was repeated, or futures differ.
    """
    per_draw = config.uncertainty.replications_per_draw
    if config.uncertainty.mode == "futures":
        return _report_futures(config, measures, folder)
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
        told = (
            f"needs {FEWEST_DRAWS} draws or more, run.replications={FEWEST_DRAWS * per_draw}"
            if np.isnan(row["futures"])
            else f"{row['futures']:,.1f} from one future to another, {row['parameters']:,.1f} from uncertain "
            f"parameters; error of the mean {row['monte_carlo']:,.1f}"
        )
        lines.append(f" {what}: {told}")
    return lines


def _report_futures(config: HubConfig, measures: pd.DataFrame, folder: Path) -> list[str]:
    table = share_table(config, measures)
    if table.empty:
        return [f"What the range of futures comes from is shown from {FEWEST} replications on (run.replications)."]
    write_whole(folder / SPLIT_FILE, csv_of(table))
    lines = [f"What the range of futures comes from, shares of variance (95% intervals), all figures in {SPLIT_FILE}:"]
    for measure, stage, words in FUTURES_TOLD:
        mine = table[(table["measure"] == measure) & (table["stage"] == stage)]
        if not mine.empty:
            rows = mine[list(Share._fields)].itertuples(index=False, name=None)
            lines.append(f" {words}: {told([Share(*row) for row in rows])}")
    return lines
