"""A sweep from start to finish: all cells in one stream of replications, then merged tables, a figure and a summary."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.one_run import nearest_name
from analysis.precision import Precision, stopping_rule
from analysis.progress import progress
from sim.compose import Cell
from sim.config import HubConfig
from sim.exits import FAILED
from sim.experiment import CellRun, Told, run_cells
from sim.manifest import Manifest, cell_entry, environment, now
from sim.results import ALWAYS, EVERYONE, SCHEMAS, TableFile, labelled, read_frame, stored_blocks, write_whole

if TYPE_CHECKING:
    import pandas as pd

MANIFEST, ERROR, SWEEP = "manifest.json", "error.txt", "sweep.csv"


def planned(cells: Sequence[Cell], configs: Sequence[HubConfig], folder: Path) -> list[CellRun]:
    """Return the cells of a sweep as they are to be run, each with a folder of its own."""
    return [
        CellRun(
            cell.name, config, folder / f"{number}_{cell.scenario}_{cell.staffing}", cell.levers, stopping_rule(config)
        )
        for number, (cell, config) in enumerate(zip(cells, configs, strict=True))
    ]


def run_sweep(cells: Sequence[CellRun], folder: Path, told: Told | None = None) -> int:
    """Run all cells and leave their folders, the merged tables, `sweep.csv`, a figure and a manifest.

    A cell that fails leaves `error.txt` in its folder; the others finish.

    Parameters
    ----------
    told
        Called after each replication; by default progress goes to the terminal.

    Returns
    -------
    int
        0, or 1 if a cell failed.
    """
    started = now()
    with progress(f"{len(cells)} cells: replications") if told is None else nullcontext(told) as tell:
        for cell, outcome in run_cells(cells, tell):
            (cell.folder / ERROR).unlink(missing_ok=True)
            if isinstance(outcome, Manifest):
                _finish_cell(cell, outcome)
                continue
            write_whole(cell.folder / ERROR, "".join(traceback.format_exception(outcome)))
            print(f"{cell.name}: {_first_line(outcome)}; see {cell.folder / ERROR}", file=sys.stderr)
    return collect(cells, folder, started)


def _finish_cell(cell: CellRun, manifest: Manifest) -> None:
    from analysis.evidence import grades_in_use
    from analysis.warnings import warnings_of

    weekly, waits = (read_frame(cell.folder, name, EVERYONE) for name in ("weekly", "waits"))
    manifest.warnings += warnings_of(cell.config, weekly, waits)
    manifest.evidence_grades = dict(sorted(grades_in_use(cell.config.model_dump(mode="json")).items()))
    if isinstance(cell.enough, Precision):
        manifest.precision = cell.enough.told()
    manifest.write(cell.folder)


def collect(cells: Sequence[CellRun], folder: Path, started: str = "") -> int:
    """Merge what the cells of a sweep have left in their folders, whoever ran them.

    Returns
    -------
    int
        0, or 1 if a cell did not finish.
    """
    from analysis.sweep_figure import draw_sweep
    from analysis.sweep_table import print_sweep, sweep_table

    contents = {
        cell.name: json.loads((cell.folder / MANIFEST).read_text(encoding="utf-8"))
        for cell in cells
        if (cell.folder / MANIFEST).exists()
    }
    entries = [_entry(cell, folder, contents.get(cell.name)) for cell in cells]
    finished = [cell for cell in cells if cell.name in contents]
    if finished:
        _merge(finished, folder)
        table = sweep_table(entries, {cell.name: _headlines(cell) for cell in finished})
        write_whole(folder / SWEEP, table.to_csv(index=False, float_format="%.10g"))
        draw_sweep(finished, table, folder)
        print_sweep(table, {name: content["warnings"] for name, content in contents.items()})
    about = {"cells": entries, **environment(), "started_at": started, "finished_at": now()}
    write_whole(folder / MANIFEST, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    print(f"\nMerged tables, {SWEEP}, figure and manifest, and a folder for each cell: {nearest_name(folder)}")
    return 0 if len(finished) == len(cells) else FAILED


def _entry(cell: CellRun, folder: Path, content: dict[str, Any] | None) -> dict[str, Any]:
    replications, status = (content["replications"], "finished") if content else (0, "failed")
    place = cell.folder.relative_to(folder).as_posix()
    return cell_entry(cell.name, place, cell.config, cell.levers, replications, status)


def _first_line(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _headlines(cell: CellRun) -> pd.DataFrame:
    """Estimate the headline measures of a cell, as its own summary would."""
    from analysis.headline import of_everyone
    from analysis.uncertainty import estimates_of

    measures, waits = (read_frame(cell.folder, name, EVERYONE) for name in ("measures", "waits"))
    return estimates_of(of_everyone(measures), waits, cell.config.uncertainty.replications_per_draw)


def _merge(cells: Sequence[CellRun], folder: Path) -> None:
    """Put the tables of all cells together, in the order of the cells."""
    with ExitStack() as files:
        for name in ALWAYS:
            merged = files.enter_context(TableFile(folder / f"{name}.parquet", SCHEMAS[name]))
            for cell in cells:
                config = cell.config
                labels = {"cell": cell.name, "scenario": config.scenario, "staffing": config.staffing_model}
                for block in stored_blocks(cell.folder, name):
                    merged.write(labelled(name, block, labels))
