"""A finished sweep as plans that can be compared; its folder may come from anybody, so it is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.comparison.plans import SweptPlan, changes
from analysis.estimates.tables import by_draw
from analysis.runs.read_run import MANIFEST, Name, config_of, manifest_of, not_as_written, table_of
from sim.errors import HubError
from sim.launch.decisions import Sides, sort_cell
from sim.run.manifest import config_hash

SWEEP = "SWEEP"
"""How the folder is named in a refusal."""
MUST_AGREE = (
    "uncertainty.mode", "uncertainty.replications_per_draw", "run.seed", "run.horizon_days", "run.start_date",
    "run.opening", "standards",
)  # fmt: skip
"""Where two plans differ in these their replications are no pairs, or their figures not of one time or one meaning."""
FEWEST_PAIRS = 2
FINISHED = "finished"


def _inside(folder: str) -> str:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or "\\" in folder or ":" in folder:
        raise ValueError
    return folder


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
    plan: Name = ""
    world: Name = ""
    decisions: list[Name] = []


def cells_listed(manifest: dict[str, Any], folder: Path, argument: str = SWEEP) -> list[Listed]:
    """Return the cells that the manifest of a sweep lists; HubError if it lists none, or one twice."""
    if not isinstance(manifest.get("cells"), list):
        raise HubError(f"{argument}: got {folder}, whose {MANIFEST} lists no cells; run the sweep again")
    try:
        cells = TypeAdapter(list[Listed]).validate_python(manifest["cells"])
    except ValidationError as error:
        raise not_as_written(folder, "cells", error, argument) from None
    names = [cell.cell for cell in cells]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise HubError(f"{argument}: got {folder}, whose {MANIFEST} lists {twice!r} twice; run the sweep again")
    return cells


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

    @cached_property
    def _parts(self) -> dict[str, dict[str, pd.DataFrame]]:
        """By table and plan: each is asked for many times, and a sweep's tables are long."""
        return {}

    @property
    def per_draw(self) -> int:
        """How many replications share one draw of the parameters."""
        return next(iter(self.plans.values())).config.uncertainty.replications_per_draw

    def of(self, plan: str, table: str) -> pd.DataFrame:
        """Return a plan's part of a table, in the replications that are pairs; not to be changed."""
        if table not in self._parts:
            whole: pd.DataFrame = getattr(self, table)
            paired = whole[whole["replication"].isin(self.numbers)]
            of_cells = paired.groupby("cell", observed=True, sort=False)
            self._parts[table] = {str(cell): mine for cell, mine in of_cells}
        parts = self._parts[table]
        return parts[plan] if plan in parts else getattr(self, table).iloc[:0]

    def clusters(self, plan: str, table: str) -> pd.DataFrame:
        """Return a plan's measures or waits with replications that share a draw put together."""
        return by_draw(self.of(plan, table), self.per_draw)


def read_sweep(folder: Path, only: Iterable[str] = ()) -> Sweep:
    """Read a finished sweep, or the cells named of it; HubError if it is none, of two plans or more in pairs."""
    manifest = manifest_of(folder, "give the folder of a finished sweep", SWEEP)
    if "config" in manifest:
        raise HubError(f"SWEEP: got {folder}, which holds one run; run two plans or more, as hub -m staffing=A,B")
    cells = [cell for cell in cells_listed(manifest, folder) if not only or cell.cell in only]
    if broken := [cell.cell for cell in cells if cell.status != FINISHED]:
        raise HubError(f"SWEEP: got {folder}, whose cells {', '.join(broken)} are not finished; run the sweep again")
    if len(cells) < FEWEST_PAIRS:
        raise HubError(f"SWEEP: got {folder}, which holds one plan; run two or more, as hub -m staffing=A,B")
    plans = {cell.cell: _plan(folder, cell) for cell in cells}
    refuse_unless_pairs(plans.values())
    if other := [plan.name for plan in plans.values() if config_hash(plan.config) != plan.config_hash]:
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} of {other[0]} is not of what was run; run it again")
    sweep = Sweep(folder, plans, **{name: _table(folder, name, plans) for name in ("measures", "waits", "weekly")})
    if len(sweep.numbers) < FEWEST_PAIRS:
        had = "; ".join(f"{plan.name} has {plan.replications}" for plan in plans.values())
        raise HubError(f"run.replications: got {len(sweep.numbers)} in common ({had}); run each plan at least twice")
    return sweep


def _table(folder: Path, name: str, plans: Mapping[str, SweptPlan]) -> pd.DataFrame:
    table = table_of(folder, name, SWEEP)
    return table[table["cell"].isin(list(plans))]


def _plan(folder: Path, cell: Listed) -> SweptPlan:
    own = manifest_of(folder / cell.folder, "run the sweep again", SWEEP)
    config = config_of(own, folder, cell.cell, SWEEP)
    run = (config, cell.config_hash, cell.replications, cell.levers, own)
    # By rule for a sweep of before plans were told from scenarios.
    by_rule = sort_cell(Sides(), (cell.scenario, cell.staffing), cell.levers)
    plan, world = cell.plan or by_rule.plan, cell.world or by_rule.scenario
    decided = tuple(cell.decisions) or by_rule.decisions
    return SweptPlan(cell.cell, cell.scenario, cell.staffing, *run, plan=plan, world=world, decisions=decided)


def refuse_unless_pairs(plans: Iterable[SweptPlan]) -> None:
    """Refuse (HubError) plans that cannot be compared pair by pair."""
    first, *others = plans
    for other in others:
        for change in changes(first.config, other.config):
            if any(change.key == key or change.key.startswith(f"{key}.") for key in MUST_AGREE):
                raise HubError(
                    f"{change.key}: got {change.before} in {first.name} and {change.after} in {other.name}; plans can "
                    "be compared pair by pair only if it is the same: run them again together"
                )
