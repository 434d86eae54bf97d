"""A finished sweep as plans that can be compared: its tables, its manifest, and the cell that a name means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.comparison.levers import changes
from analysis.comparison.manifests import MANIFEST, Listed, cells_listed, ran, read_manifest
from analysis.estimates.uncertainty import by_draw
from sim.config import HubConfig, validate
from sim.errors import ConfigProblem, HubError, nearest
from sim.run.manifest import config_hash
from sim.run.results import read_table

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("measures", "waits", "weekly")
MUST_AGREE = (
    "uncertainty.mode", "uncertainty.replications_per_draw", "run.seed", "run.horizon_days", "run.start_date",
    "run.opening", "standards",
)  # fmt: skip
"""Where two plans differ in these their replications are no pairs, or their figures not of one time or one meaning."""
FEWEST_PAIRS = 2
FINISHED = "finished"


@dataclass(frozen=True)
class Plan:
    """One cell of a sweep: a scenario under a staffing model, and how it was run."""

    name: str
    scenario: str
    staffing: str
    config: HubConfig
    config_hash: str
    replications: int
    levers: Mapping[str, Any]
    """What the sweep set in this cell, by dotted path."""
    manifest: Mapping[str, Any]
    """Of the cell itself."""


@dataclass(frozen=True)
class Sweep:
    """The plans of a finished sweep with their tables."""

    folder: Path
    plans: dict[str, Plan]
    manifest: dict[str, Any]
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
    """Read a finished sweep.

    Parameters
    ----------
    only
        Names of the cells to read; all by default.

    Raises
    ------
    HubError
        If the folder holds no finished sweep of at least two plans, or if their replications are no pairs.
    """
    manifest = read_manifest(folder, "give the folder of a finished sweep")
    if "config" in manifest:
        raise HubError(f"SWEEP: got {folder}, which holds one run; run two plans or more, as hub -m staffing=A,B")
    cells = [cell for cell in cells_listed(manifest, folder) if not only or cell.cell in only]
    if broken := [cell.cell for cell in cells if cell.status != FINISHED]:
        raise HubError(f"SWEEP: got {folder}, whose cells {', '.join(broken)} are not finished; run the sweep again")
    if len(cells) < FEWEST_PAIRS:
        raise HubError(f"SWEEP: got {folder}, which holds one plan; run two or more, as hub -m staffing=A,B")
    plans = {cell.cell: _plan(folder, cell) for cell in cells}
    _refuse_unless_pairs(plans.values())
    if other := [plan.name for plan in plans.values() if config_hash(plan.config) != plan.config_hash]:
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} of {other[0]} is not of what was run; run it again")
    tables = {name: _table(folder, name, plans) for name in TABLES}
    sweep = Sweep(folder, plans, manifest, **tables)
    if len(sweep.numbers) < FEWEST_PAIRS:
        had = "; ".join(f"{plan.name} has {plan.replications}" for plan in plans.values())
        raise HubError(f"run.replications: got {len(sweep.numbers)} in common ({had}); run each plan at least twice")
    return sweep


def _table(folder: Path, name: str, plans: Mapping[str, Plan]) -> pd.DataFrame:
    from pyarrow import ArrowInvalid

    try:
        table: pd.DataFrame = read_table(folder, name).to_pandas()
    except (FileNotFoundError, ArrowInvalid):
        raise HubError(f"SWEEP: got {folder}, whose {name}.parquet is missing or damaged; run it again") from None
    return table[table["cell"].isin(list(plans))]


def _plan(folder: Path, cell: Listed) -> Plan:
    own = ran(read_manifest(folder / cell.folder, "run the sweep again"), folder, cell.cell)
    try:
        config = validate(own["config"])
    except ConfigProblem as problem:
        if problem.lines[0].startswith("demand.referrals_csv: "):
            raise HubError(f"SWEEP: got {folder}, whose {cell.cell} cannot be read: {problem.lines[0]}") from None
        made = f"whose {cell.cell} another version of hub has run ({problem.lines[0]})"
        raise HubError(f"SWEEP: got {folder}, {made}; run it again") from None
    _refuse_another_input(folder, cell.cell, config, own)
    return Plan(
        name=cell.cell,
        scenario=cell.scenario,
        staffing=cell.staffing,
        config=config,
        config_hash=cell.config_hash,
        replications=cell.replications,
        levers=cell.levers,
        manifest=own,
    )


def _refuse_another_input(folder: Path, name: str, config: HubConfig, manifest: Mapping[str, Any]) -> None:
    """Refuse a plan whose referrals have changed since: what is simulated of it now would not be what was run."""
    file = config.demand.referrals_csv
    if file is not None and manifest.get("input_files") != {file.path: file.digest}:
        raise HubError(f"SWEEP: got {folder}, but {file.path} is not what {name} ran with; put it back or run again")


def _refuse_unless_pairs(plans: Iterable[Plan]) -> None:
    first, *others = plans
    for other in others:
        for change in changes(first.config, other.config):
            if any(change.key == key or change.key.startswith(f"{key}.") for key in MUST_AGREE):
                raise HubError(
                    f"{change.key}: got {change.before} in {first.name} and {change.after} in {other.name}; plans can "
                    "be compared pair by pair only if it is the same: run them again together"
                )


def baselines(plans: Mapping[str, Plan], name: str) -> dict[str, str]:
    """Return for every other plan the one that it is compared with.

    Parameters
    ----------
    name
        A cell, SCENARIO/STAFFING, a scenario or a staffing model. Where several cells have it, each plan is compared
        with the one of its own staffing model (or scenario).

    Raises
    ------
    HubError
        If no cell has that name, or it leaves a plan without a single counterpart.
    """
    exact = [p.name for p in plans.values() if name in (p.name, f"{p.scenario}/{p.staffing}")]
    named = exact or [p.name for p in plans.values() if name in (p.scenario, p.staffing)]
    if not named:
        known = sorted({text for p in plans.values() for text in (p.name, p.scenario, p.staffing)})
        raise HubError(f"--baseline: got {name}; {nearest(name, known)}")
    if len(named) == 1:
        return {plan: named[0] for plan in plans if plan != named[0]}
    by_scenario = all(plans[cell].scenario == name for cell in named)
    chosen = {}
    for plan in plans.values():
        kin = [cell for cell in named if _same_kind(plans[cell], plan, by_scenario)]
        if plan.name in named:
            continue
        if len(kin) != 1:
            raise HubError(f"--baseline: got {name}, which {len(kin)} plans beside {plan.name} have; name one cell")
        chosen[plan.name] = kin[0]
    if not chosen:
        raise HubError(f"--baseline: got {name}, which every plan has; name one cell of {', '.join(plans)}")
    return chosen


def _same_kind(one: Plan, other: Plan, by_scenario: bool) -> bool:
    mine, theirs = (one.staffing, other.staffing) if by_scenario else (one.scenario, other.scenario)
    return mine == theirs
