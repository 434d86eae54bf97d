"""Plans side by side: as a link, and as the design that `hub sweep` runs again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import yaml  # type: ignore[import-untyped]

from analysis.app.option_folder import OwnHub, composing, own_options
from analysis.app.view import LIMITS, Limits, View, from_link, refuse_beyond, refuse_many
from analysis.tell.wording import csv_of_rows
from sim.composed import Cell
from sim.disk import write_whole
from sim.errors import ConfigProblem
from sim.launch.compose import compose_cells
from sim.launch.options import SCENARIO
from sim.launch.overrides import quoted
from sim.launch.plan_files import FORBIDDEN, LONGEST, NAME
from sim.run.manifest import config_hash

DESIGN = "plans.csv"
PLACE = len(" (99)")
"""Room that the number of a name takes which occurs twice."""


@dataclass(frozen=True)
class NamedView:
    """A view with a name, to be compared with others."""

    name: str
    view: View

    def link(self) -> str:
        """Return the plan as one parameter of a link."""
        return urlencode({NAME: self.name, **self.view.link()})


def plan_from(parameter: str) -> NamedView:
    """Return the plan that a parameter of a link holds, checked as `from_link` does."""
    given = dict(parse_qsl(parameter))
    if SCENARIO not in given:
        raise ConfigProblem([f"plan: got {parameter[:40]!r}, which names no {SCENARIO}; copy the whole link"])
    view = from_link({key: value for key, value in given.items() if key != NAME})
    return NamedView(given.get(NAME, view.staffing)[:60], view)


def design_of(plans: Sequence[NamedView], names: Sequence[str] = ()) -> str:
    """Return plans as a design: a column a configuration key, a row a plan, and nothing where a key is left alone.

    Names have a column too where they are given.
    """
    rows = [dict(override.split("=", 1) for override in plan.view.overrides_with_referrals) for plan in plans]
    if names:
        rows = [{NAME: name, **row} for name, row in zip(names, rows, strict=True)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return csv_of_rows([keys, *([_cell(row.get(key, "")) for key in keys] for row in rows)])


def _cell(text: str) -> Any:
    """Return what is written into a cell: a number below 0 as a number, which is not taken for a formula."""
    return yaml.safe_load(text) if text.startswith("-") else text


def names_in_files(plans: Sequence[NamedView], cells: Sequence[Cell]) -> list[str]:
    """Return what each plan is called in a design, in signs that a folder may bear.

    Two that decide the same, and to whom something else happens, are one plan in two scenarios.
    """
    printable = ("".join(sign if sign.isprintable() else " " for sign in plan.name) for plan in plans)
    plain = (" ".join(FORBIDDEN.sub(" ", name).split())[: LONGEST - PLACE] for name in printable)
    called = unlike([name or "Plan" for name in plain])
    if len({cell.plan for cell in cells}) == 1:
        return called
    first: dict[str, str] = {}
    return [first.setdefault(cell.plan, name) for cell, name in zip(cells, called, strict=True)]


def unlike(names: Sequence[str]) -> list[str]:
    """Return names of plans that can be told apart: those that occur twice carry their place."""
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)]


def own_hub_of(views: Iterable[View]) -> OwnHub | None:
    """Return the workbook that some views are of; ConfigProblem where they are of two."""
    hubs = list({view.hub.mark: view.hub for view in views if view.hub is not None}.values())
    if len(hubs) > 1:
        raise ConfigProblem(["plans: two are of different workbooks; keep the plans again from one of them"])
    return hubs[0] if hubs else None


def options_as_seen_from(folder: Path, views: Iterable[View]) -> str | None:
    """Return where a run in a folder finds the options of a workbook that views are of; None where they are of none."""
    hub = own_hub_of(views)
    return None if hub is None else os.path.relpath(str(hub.folder), folder)


def cells_of(design: Path, replications: int, store: str | None, config_dir: str | None = None) -> list[Cell]:
    """Return the cells of a design as `hub -m run.design=FILE run.replications=N` composes them, or refuses to."""
    with composing:
        asked = [f"run.design={quoted(str(design))}", f"run.replications={replications}"]
        cells = compose_cells(asked, multirun=True, config_dir=config_dir or own_options())
    for cell in cells:
        cell.config["run"]["store"] = store
    return cells


def keep_design(plans: Sequence[NamedView], folder: Path, replications: int, limits: Limits = LIMITS) -> list[str]:
    """Check some plans, write their design and their own referrals into a folder, and return the names of its cells.

    ConfigProblem where a plan is refused, two are the same, or there are too many.
    """
    refuse_many(len(plans), limits)
    hub = own_hub_of(plan.view for plan in plans)
    configs = [plan.view.config(replications) for plan in plans]
    for config in configs:
        refuse_beyond(config, limits)
    keys = [config_hash(config) for config in configs]
    same = [plan.name for plan, key in zip(plans, keys, strict=True) if keys.count(key) > 1]
    if same:
        raise ConfigProblem([f"plans: {' and '.join(same)} are the same; change one or leave it out"])
    keep_referrals([plan.view for plan in plans], folder)
    path, options = folder / DESIGN, None if hub is None else hub.folder
    write_whole(path, design_of(plans))
    write_whole(path, design_of(plans, names_in_files(plans, cells_of(path, replications, None, options))))
    return [cell.name for cell in cells_of(path, replications, None, options)]


def keep_referrals(views: Iterable[View], folder: Path) -> None:
    """Write the tables of referrals that views use into a folder, under the names by which they are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in dict.fromkeys(view.referrals for view in views if view.referrals is not None):
        write_whole(folder / file.path, file.content)
