"""A sweep from start to finish: all cells in one stream of replications, then merged tables, a figure and a summary."""

from __future__ import annotations

import hashlib
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from analysis.runs.enough import Precision, stopping_rule
from analysis.runs.one_run import kept_line, nearest_name
from analysis.tell.console import FAILED, progress
from analysis.tell.wording import csv_of, listed
from sim.composed import Cell
from sim.config import HubConfig
from sim.disk import unmark, whole_folder, write_whole
from sim.run.experiment import CellRun, Told, run_cells
from sim.run.manifest import Manifest, cell_entry, config_hash, environment, now
from sim.run.results import ALWAYS, TableFile, stored_blocks

if TYPE_CHECKING:
    from analysis.runs.sweep_summary import Headlines, Lists
    from analysis.tell.warning_texts import RunWarning

MANIFEST, ERROR, SWEEP = "manifest.json", "error.txt", "sweep.csv"


def planned(cells: Sequence[Cell], configs: Sequence[HubConfig], folder: Path) -> list[CellRun]:
    """Return the cells of a sweep as they are to be run, each with a folder of its own."""
    return [
        CellRun(cell.name, config, folder / cell.folder, cell.levers, cell.plan, cell.world, cell.decisions,
                stopping_rule(config), together=True)
        for cell, config in zip(cells, configs, strict=True)
    ]  # fmt: skip


def digest_of(cells: Sequence[CellRun]) -> str:
    """Return what stands for the cells of a sweep: what they simulate, how often, what they keep and where it goes."""
    each = [[cell.folder.name, config_hash(cell.config), cell.most, sorted(cell.config.run.keep)] for cell in cells]
    return hashlib.sha256(json.dumps(each).encode()).hexdigest()


def run_sweep(cells: Sequence[CellRun], folder: Path, told: Told | None = None) -> int:
    """Run all cells and leave their folders, the merged tables, `sweep.csv`, a figure and a manifest.

    A cell that fails leaves `error.txt` in its folder; the others finish. `told` is called after each replication; by
    default progress goes to the terminal. Returns 0, or 1 if a cell failed.
    """
    started = now()
    with (
        _collecting(folder) as collection,
        progress(f"{len(cells)} cells: replications") if told is None else nullcontext(told) as tell,
    ):
        for cell, outcome in run_cells(cells, tell):
            cell.folder.mkdir(parents=True, exist_ok=True)
            (cell.folder / ERROR).unlink(missing_ok=True)
            if isinstance(outcome, Manifest):
                collection.add(cell, outcome)
                continue
            write_whole(cell.folder / ERROR, "".join(traceback.format_exception(outcome)))
            print(f"{cell.name}: {_first_line(outcome)}; see {cell.folder / ERROR}", file=sys.stderr)
    return collection.finish(cells, started)


def collect(cells: Sequence[CellRun], folder: Path) -> int:
    """Merge what the cells of a sweep have left in their folders, whoever ran them; return 1 if one did not finish."""
    with _collecting(folder) as collection:
        for cell in (cell for cell in cells if (cell.folder / MANIFEST).exists()):
            if _manifest_of(cell)["config_hash"] == config_hash(cell.config):
                collection.add(cell)
            else:
                print(f"{cell.name}: a file changed before it ran: left out; run the sweep again", file=sys.stderr)
    return collection.finish(cells, "")


@contextmanager
def _collecting(folder: Path) -> Iterator[_Collection]:
    """Put the cells of a sweep together; the merged tables appear at the end, and after an error none do."""
    with ExitStack() as files:
        yield _Collection(folder, files, files.enter_context(whole_folder(folder)))


@dataclass
class _Collection:
    """Puts the cells of a sweep together, each as soon as it has finished, while the next ones are simulated."""

    folder: Path
    files: ExitStack
    unfinished: Path
    merged: dict[str, TableFile] = field(default_factory=dict)
    finished: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Manifests of the cells by name."""
    headlines: dict[str, Headlines] = field(default_factory=dict)
    lists: dict[str, Lists] = field(default_factory=dict)
    warnings: dict[str, list[RunWarning]] = field(default_factory=dict)

    def add(self, cell: CellRun, manifest: Manifest | None = None) -> None:
        """Add a finished cell, and complete and write the manifest of one that has just been run."""
        from analysis.estimates.headline import of_everyone
        from analysis.estimates.tables import estimates_of
        from analysis.runs.sweep_summary import headlines_in, lists_of
        from analysis.tell.warnings import warnings_of
        from sim.evidence import grades_in_use

        frames = {name: self._merge(cell, name).to_pandas() for name in ALWAYS}
        self.warnings[cell.name] = warnings_of(cell.config, frames["weekly"], frames["waits"])
        if manifest is not None:
            manifest.warnings += [warning.sentence for warning in self.warnings[cell.name]]
            manifest.evidence_grades = dict(grades_in_use(cell.config))
            if isinstance(cell.enough, Precision):
                manifest.precision = cell.enough.told()
            manifest.write(cell.folder)
        per_draw = cell.config.uncertainty.replications_per_draw
        estimates = estimates_of(of_everyone(frames["measures"]), frames["waits"], per_draw)
        self.headlines[cell.name] = headlines_in(estimates)
        self.lists[cell.name] = lists_of(frames["weekly"])
        self.finished[cell.name] = _manifest_of(cell)

    def _merge(self, cell: CellRun, name: str) -> pa.Table:
        """Add one table of a cell to the merged one, and return its rows for everyone."""
        if name not in self.merged:
            file = TableFile(self.unfinished / f"{name}.parquet", name)
            self.merged[name] = self.files.enter_context(file)
        labels, everyone = cell.labels, []
        for block in stored_blocks(cell.folder, name):
            self.merged[name].write(block, labels)
            everyone.append(block.filter(pc.equal(block["dimension"], "all")))
        return pa.concat_tables(everyone).unify_dictionaries()

    def finish(self, cells: Sequence[CellRun], started: str) -> int:
        """Write `sweep.csv`, the figure and the manifest of the sweep, print its table, and return the exit status."""
        from analysis.runs.sweep_summary import draw_sweep, print_sweep, sweep_table

        folder, finished = self.folder, self.finished
        entries = []
        for cell in cells:
            content, place = finished.get(cell.name), cell.folder.relative_to(folder).as_posix()
            replications, status = (content["replications"], "finished") if content else (0, "failed")
            entry = cell_entry(cell.name, place, cell.config, cell.levers, replications, status)
            entries.append(entry | in_grid(cell))
        if finished:
            table = sweep_table(entries, self.headlines)
            write_whole(folder / SWEEP, csv_of(table))
            starts = {cell.config.run.start_date for cell in cells}
            draw_sweep(self.lists, table, folder, starts.pop() if len(starts) == 1 else None)
        about = {"cells": entries, **environment(), "started_at": started, "finished_at": now()}
        write_whole(folder / MANIFEST, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        unmark(folder)
        if finished:
            seeds = {cell.config.run.seed for cell in cells}
            prices = listed(list(dict.fromkeys(cell.config.costs.prices for cell in cells)))
            print_sweep(table, self.warnings, prices, shared_people=len(seeds) == 1)
        counts = ("replications_from_store", "replications")
        if kept := kept_line(*(sum(own[count] for own in finished.values()) for count in counts)):
            print(f"\n{kept}")
        print(f"\nMerged tables, {SWEEP}, figure and manifest, and a folder for each cell: {nearest_name(folder)}")
        return 0 if len(finished) == len(cells) else FAILED


def in_grid(cell: CellRun) -> dict[str, Any]:
    """Return what the manifest says of a cell as a plan in a scenario, so that nobody need say it again."""
    plan, world = cell.plan or cell.config.staffing_model, cell.world or cell.config.scenario
    return {"plan": plan, "world": world, "decisions": list(cell.decisions)}


def _manifest_of(cell: CellRun) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((cell.folder / MANIFEST).read_text(encoding="utf-8"))
    return content


def _first_line(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
