"""Plans side by side: as a link, as the design that `hub -m` runs again, and as cells that are checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from analysis.app.limits import LIMITS, Limits, refuse_beyond, refuse_many
from analysis.app.view import View, composing, from_link
from sim.composed import Cell
from sim.disk.whole import write_whole
from sim.errors import ConfigProblem
from sim.launch.compose import compose_cells
from sim.launch.options import SCENARIO
from sim.launch.overrides import quoted
from sim.run.manifest import config_hash

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
            row["demand.referrals_csv"] = plan.view.referrals.path
    keys = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, keys, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def unlike(names: Sequence[str]) -> list[str]:
    """Return names of plans that can be told apart: those that occur twice carry their place."""
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)]


def cells_of(design: Path, replications: int, store: str | None) -> list[Cell]:
    """Return the cells of a design as `hub -m run.design=FILE run.replications=N` composes them.

    Raises
    ------
    ConfigProblem
        When the design cannot be read, or a plan cannot be composed.
    """
    with composing:
        cells = compose_cells([f"run.design={quoted(str(design))}", f"run.replications={replications}"], multirun=True)
    for cell in cells:
        cell.config["run"]["store"] = store
    return cells


def keep_design(plans: Sequence[Plan], folder: Path, replications: int, limits: Limits = LIMITS) -> list[str]:
    """Check some plans, write their design and their own referrals into a folder, and return the names of its cells.

    Raises
    ------
    ConfigProblem
        When a plan is refused, two plans are the same, or there are too many.
    """
    refuse_many(len(plans), limits)
    configs = [plan.view.config(replications) for plan in plans]
    for config in configs:
        refuse_beyond(config, limits)
    keys = [config_hash(config) for config in configs]
    same = [plan.name for plan, key in zip(plans, keys, strict=True) if keys.count(key) > 1]
    if same:
        raise ConfigProblem([f"plans: {' and '.join(same)} are the same; change one or leave it out"])
    keep_referrals([plan.view for plan in plans], folder)
    write_whole(folder / DESIGN, design_of(plans))
    return [cell.name for cell in cells_of(folder / DESIGN, replications, None)]


def keep_referrals(views: Iterable[View], folder: Path) -> None:
    """Write the tables of referrals that views use into a folder, under the names by which they are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in dict.fromkeys(view.referrals for view in views if view.referrals is not None):
        write_whole(folder / file.path, file.content)
