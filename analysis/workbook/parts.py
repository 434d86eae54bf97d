"""What a workbook tells of each run, read from the files that the run has left, so that its figures are theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.comparison.plans import cut_names, what_differs
from analysis.comparison.read_sweep import FINISHED, cells_listed
from analysis.estimates.headline import Key
from analysis.estimates.tables import RESULTS, estimates_of
from analysis.runs.read_run import config_of, manifest_of, table_of
from analysis.tell.wording import cell_words, read_csv, sentence
from sim.config import HubConfig
from sim.errors import HubError
from sim.run.results import BY_LIST, read_frame

if TYPE_CHECKING:
    import pandas as pd

AS_IN_CSV = "%.10g"
"""How figures are written into the CSV files."""
SUMMARY = "summary.csv"
FIVE = RESULTS[:-1]
"""Estimate, ends of its interval, ends of its range of futures."""


@dataclass(frozen=True)
class Part:
    """One run, or one plan of several."""

    name: str
    """As its reader knows it."""
    config: HubConfig
    estimates: pd.DataFrame
    """As in `summary.csv`."""
    weekly: pd.DataFrame
    """Rows about whole lists."""
    manifest: dict[str, Any]
    cell: str = ""
    """Its name in the files; empty for a run alone."""
    levers: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _figures(self) -> dict[Key, tuple[float, ...]]:
        """Estimates with interval and range, by measure, stage, dimension and group."""
        keys = self.estimates[["measure", "stage", "dimension", "group"]].astype(str).itertuples(index=False, name=None)
        return dict(zip(keys, self.estimates[FIVE].itertuples(index=False, name=None), strict=True))

    def found(self, measure: str, stage: str = "", dimension: str = "all", group: str = "all") -> tuple[float, ...]:
        """Return an estimate and the ends of its interval; not numbers where the run has none."""
        return self.all_of(measure, stage, dimension, group)[:3]

    def all_of(self, measure: str, stage: str = "", dimension: str = "all", group: str = "all") -> tuple[float, ...]:
        """Return an estimate, the ends of its interval and those of its range of futures."""
        return self._figures.get((measure, stage, dimension, group), (math.nan,) * len(FIVE))


def part_of_run(manifest: dict[str, Any], folder: Path, argument: str) -> Part:
    """Read a finished run."""
    config = config_of(manifest, folder, "run", argument)
    if not (folder / SUMMARY).is_file():
        raise HubError(f"{argument}: got {folder}, which holds no {SUMMARY}; a cell goes with its sweep: give that")
    estimates = as_written(read_csv(folder / SUMMARY))
    return Part(config.scenario, config, estimates, _weekly(folder, argument), manifest, "", _levers(manifest))


def parts_of_sweep(manifest: dict[str, Any], folder: Path, argument: str) -> list[Part]:
    """Read the finished cells of a sweep."""
    parts = []
    cells = [listed for listed in cells_listed(manifest, folder, argument) if listed.status == FINISHED]
    names = names_of([listed.cell for listed in cells])
    for listed in cells:
        place = folder / listed.folder
        own = manifest_of(place, "run the sweep again", argument)
        config = config_of(own, place, listed.cell, argument)
        measures, waits = (table_of(place, name, argument) for name in ("measures", "waits"))
        found = estimates_of(measures, waits, config.uncertainty.replications_per_draw)
        table, weekly = as_written(found), _weekly(place, argument)
        parts.append(Part(names[listed.cell], config, table, weekly, own, listed.cell, listed.levers))
    if not parts:
        raise HubError(f"{argument}: got {folder}, which has no finished cell; run the sweep again")
    return parts


def names_of(cells: Sequence[str]) -> dict[str, str]:
    """Return a short name in words for each cell: what only some have of it."""
    return cut_names({cell: sentence(cell_words(own)) for cell, own in what_differs(cells).items()}) if cells else {}


def as_written(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with the digits that a CSV file has, and an empty stage where a measure has none."""
    table = estimates.copy()
    table["stage"] = table["stage"].astype(object).fillna("")
    for name in FIVE:
        table[name] = [float(AS_IN_CSV % value) for value in table[name].astype(float)]
    return table


def _weekly(folder: Path, argument: str) -> pd.DataFrame:
    table_of(folder, "weekly", argument)
    return read_frame(folder, "weekly", BY_LIST)


def _levers(manifest: dict[str, Any]) -> dict[str, Any]:
    return dict(manifest["cells"][0].get("levers", {}))
