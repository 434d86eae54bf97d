"""A finished sweep as plans that can be compared; its folder may come from anybody, so it is checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from unicodedata import category

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.comparison.plans import SweptPlan, changes
from analysis.estimates.tables import by_draw
from sim.config import validate
from sim.disk import MARK
from sim.errors import ConfigProblem, HubError
from sim.evidence import FILES
from sim.run.manifest import config_hash
from sim.run.results import read_table

MANIFEST = "manifest.json"
MOST_BYTES = 50_000_000
"""Of a manifest; one of a sweep of 10,000 cells has some 10 MB."""
LONGEST = 2_000
"""Characters of a name."""
MUST_AGREE = (
    "uncertainty.mode", "uncertainty.replications_per_draw", "run.seed", "run.horizon_days", "run.start_date",
    "run.opening", "standards",
)  # fmt: skip
"""Where two plans differ in these their replications are no pairs, or their figures not of one time or one meaning."""
FEWEST_PAIRS = 2
FINISHED = "finished"


def _fit(text: str) -> str:
    """Refuse a name that a terminal would obey, or that nobody can read."""
    if len(text) > LONGEST or any(category(sign).startswith("C") for sign in text):
        raise ValueError
    return text


def _inside(folder: str) -> str:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or "\\" in folder or ":" in folder:
        raise ValueError
    return folder


Name = Annotated[str, AfterValidator(_fit)]


class Listed(BaseModel):
    """A cell as the manifest of its sweep lists it."""

    model_config = ConfigDict(strict=True, frozen=True)

    cell: Name
    folder: Annotated[Name, AfterValidator(_inside)]
    scenario: Name
    staffing: Name
    levers: dict[Name, Any]
    config_hash: Name
    replications: int
    status: Name


class Code(BaseModel):
    """Which model has run."""

    model_config = ConfigDict(strict=True)

    version: Name
    source_sha256: Name


class Ran(BaseModel):
    """What a comparison and its report read of the manifest of a cell."""

    model_config = ConfigDict(strict=True)

    config: dict[str, Any]
    input_files: dict[str, Name] = {}
    warnings: list[Name]
    code: Code
    python: Name
    packages: dict[Name, Name]
    draw_layout: int
    platform: Name


def _manifest_of(folder: Path, remedy: str) -> dict[str, Any]:
    path = folder / MANIFEST
    if (folder / MARK).is_file():
        raise HubError(f"SWEEP: got {folder}, which is not finished; {MARK} in it says how to go on")
    if not path.is_file():
        raise HubError(f"SWEEP: got {folder}, which holds no {MANIFEST}; {remedy}")
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} is damaged; run the sweep again")
    return content


def _cells_listed(manifest: dict[str, Any], folder: Path) -> list[Listed]:
    if not isinstance(manifest.get("cells"), list):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} lists no cells; run the sweep again")
    try:
        cells = TypeAdapter(list[Listed]).validate_python(manifest["cells"])
    except ValidationError as error:
        raise _not_as_written(folder, "cells", error) from None
    names = [cell.cell for cell in cells]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} lists {twice!r} twice; run the sweep again")
    return cells


def _not_as_written(folder: Path, what: str, error: ValidationError) -> HubError:
    where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
    shown = "".join(sign if sign.isprintable() else "?" for sign in where)[:60]
    return HubError(f"SWEEP: got {folder}, whose {MANIFEST} was changed ({what}: {shown}); run the sweep again")


@dataclass(frozen=True)
class Sweep:
    """The plans of a finished sweep with their tables."""

    folder: Path
    plans: dict[str, SweptPlan]
    measures: pd.DataFrame
    waits: pd.DataFrame
    weekly: pd.DataFrame

    @cached_property
    def numbers(self) -> list[int]:
        """Numbers of the replications that every plan has, in order: only these are pairs."""
        had = self.measures[["cell", "replication"]].drop_duplicates().groupby("cell", observed=True)["replication"]
        return sorted(set.intersection(*(set(numbers) for _, numbers in had)))

    @property
    def per_draw(self) -> int:
        """How many replications share one draw of the parameters."""
        return next(iter(self.plans.values())).config.uncertainty.replications_per_draw

    def of(self, plan: str, table: str) -> pd.DataFrame:
        """Return a plan's part of a table, in the replications that are pairs."""
        whole: pd.DataFrame = getattr(self, table)
        return whole[(whole["cell"] == plan) & whole["replication"].isin(self.numbers)]

    def clusters(self, plan: str, table: str) -> pd.DataFrame:
        """Return a plan's measures or waits with replications that share a draw put together."""
        return by_draw(self.of(plan, table), self.per_draw)


def read_sweep(folder: Path, only: Iterable[str] = ()) -> Sweep:
    """Read a finished sweep, or the cells named of it; HubError if it is none, of two plans or more in pairs."""
    manifest = _manifest_of(folder, "give the folder of a finished sweep")
    if "config" in manifest:
        raise HubError(f"SWEEP: got {folder}, which holds one run; run two plans or more, as hub -m staffing=A,B")
    cells = [cell for cell in _cells_listed(manifest, folder) if not only or cell.cell in only]
    if broken := [cell.cell for cell in cells if cell.status != FINISHED]:
        raise HubError(f"SWEEP: got {folder}, whose cells {', '.join(broken)} are not finished; run the sweep again")
    if len(cells) < FEWEST_PAIRS:
        raise HubError(f"SWEEP: got {folder}, which holds one plan; run two or more, as hub -m staffing=A,B")
    plans = {cell.cell: _plan(folder, cell) for cell in cells}
    _refuse_unless_pairs(plans.values())
    if other := [plan.name for plan in plans.values() if config_hash(plan.config) != plan.config_hash]:
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} of {other[0]} is not of what was run; run it again")
    sweep = Sweep(folder, plans, **{name: _table(folder, name, plans) for name in ("measures", "waits", "weekly")})
    if len(sweep.numbers) < FEWEST_PAIRS:
        had = "; ".join(f"{plan.name} has {plan.replications}" for plan in plans.values())
        raise HubError(f"run.replications: got {len(sweep.numbers)} in common ({had}); run each plan at least twice")
    return sweep


def _table(folder: Path, name: str, plans: Mapping[str, SweptPlan]) -> pd.DataFrame:
    from pyarrow import ArrowInvalid

    try:
        table: pd.DataFrame = read_table(folder, name).to_pandas()
    except (FileNotFoundError, ArrowInvalid):
        raise HubError(f"SWEEP: got {folder}, whose {name}.parquet is missing or damaged; run it again") from None
    return table[table["cell"].isin(list(plans))]


def _plan(folder: Path, cell: Listed) -> SweptPlan:
    own = _manifest_of(folder / cell.folder, "run the sweep again")
    try:
        Ran.model_validate(own)
        config = validate(own["config"], FILES)
    except ValidationError as error:
        raise _not_as_written(folder, cell.cell, error) from None
    except ConfigProblem as problem:
        if problem.lines[0].startswith("demand.referrals_csv: "):
            raise HubError(f"SWEEP: got {folder}, whose {cell.cell} cannot be read: {problem.lines[0]}") from None
        made = f"whose {cell.cell} another version of hub has run ({problem.lines[0]})"
        raise HubError(f"SWEEP: got {folder}, {made}; run it again") from None
    file = config.demand.referrals_csv
    if file is not None and own.get("input_files") != {file.path: file.digest}:
        # Its referrals have changed since: what is simulated of it now would not be what was run.
        back = f"but {file.path} is not what {cell.cell} ran with; put it back or run again"
        raise HubError(f"SWEEP: got {folder}, {back}")
    run = (config, cell.config_hash, cell.replications, cell.levers, own)
    return SweptPlan(cell.cell, cell.scenario, cell.staffing, *run)


def _refuse_unless_pairs(plans: Iterable[SweptPlan]) -> None:
    first, *others = plans
    for other in others:
        for change in changes(first.config, other.config):
            if any(change.key == key or change.key.startswith(f"{key}.") for key in MUST_AGREE):
                raise HubError(
                    f"{change.key}: got {change.before} in {first.name} and {change.after} in {other.name}; plans can "
                    "be compared pair by pair only if it is the same: run them again together"
                )
