"""Plans side by side: as a link, as the design that `hub -m` runs again, and as cells that are checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from analysis.app.limits import LIMITS, Limits, refuse_beyond, refuse_many
from analysis.app.view import View, composing, from_link
from sim.compose import Cell, compose_cells
from sim.config import HubConfig, validate
from sim.errors import ConfigProblem
from sim.manifest import config_hash
from sim.options import SCENARIO
from sim.whole import write_whole

NAME = "name"
DESIGN = "plans.csv"


@dataclass(frozen=True)
class Plan:
    """A view with a name, to be compared with others."""

    name: str
    view: View

    def link(self) -> str:
        """Return the plan as one parameter of a link."""
        return urlencode({NAME: self.name, **self.view.link()})


def plan_from(parameter: str) -> Plan:
    """Return the plan that a parameter of a link holds.

    Raises
    ------
    ConfigProblem
        When it names what is not there, or a value out of bounds.
    """
    given = dict(parse_qsl(parameter))
    if SCENARIO not in given:
        raise ConfigProblem([f"plan: got {parameter[:40]!r}, which names no {SCENARIO}"])
    view = from_link({key: value for key, value in given.items() if key != NAME})
    return Plan(given.get(NAME, view.staffing)[:60], view)


def design_of(plans: Sequence[Plan]) -> str:
    """Return plans as a design: a column a configuration key, a row a plan, and nothing where a key is left alone."""
    rows = [dict(override.split("=", 1) for override in plan.view.overrides) for plan in plans]
    for row, plan in zip(rows, plans, strict=True):
        if plan.view.referrals is not None:
            row["demand.referrals_csv"] = str(plan.view.referrals)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, keys, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def unlike(names: Sequence[str]) -> list[str]:
    """Return names of plans that can be told apart: those that occur twice carry their place."""
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)]


def cells_of(
    design: Path, replications: int, store: Path | None, limits: Limits = LIMITS
) -> tuple[list[Cell], list[HubConfig]]:
    """Return the cells of a design as `hub -m run.design=FILE run.replications=N` composes them, and checked.

    Raises
    ------
    ConfigProblem
        When a plan is refused, two plans are the same, or there are too many.
    """
    with composing:
        cells = compose_cells([f"run.design='{design}'", f"run.replications={replications}"], multirun=True)
    refuse_many(len(cells), limits)
    for cell in cells:
        cell.config["run"]["store"] = None if store is None else str(store)
    configs = [validate(cell.config) for cell in cells]
    for config in configs:
        refuse_beyond(config, limits)
    return cells, configs


def keep_design(plans: Sequence[Plan], folder: Path, replications: int, store: Path) -> list[str]:
    """Write the design of some plans into a folder, check it, and return the names of its cells in order.

    Raises
    ------
    ConfigProblem
        See `cells_of`.
    """
    refuse_many(len(plans))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DESIGN
    write_whole(path, design_of(plans))
    cells, configs = cells_of(path, replications, store)
    keys = [config_hash(config) for config in configs]
    same = [plan.name for plan, key in zip(plans, keys, strict=True) if keys.count(key) > 1]
    if same:
        raise ConfigProblem([f"plans: {' and '.join(same)} are the same; change one or leave it out"])
    return [cell.name for cell in cells]
