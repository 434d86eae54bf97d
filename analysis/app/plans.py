"""Plans side by side: as a link, as the design that `hub -m` runs again, and as the finished comparison reads."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from analysis.app.charts import Rows
from analysis.app.option_folder import OwnHub, composing, own_options
from analysis.app.view import LIMITS, Limits, View, from_link, refuse_beyond, refuse_many
from analysis.estimates.intervals import Interval
from analysis.estimates.tables import look_up
from analysis.tell.wording import (
    change_in,
    frequency,
    futures,
    level_in,
    listed,
    plain,
    read_csv,
    sentence,
    unit_of_change,
)
from sim.composed import Cell
from sim.config import HubConfig
from sim.disk import write_whole
from sim.errors import ConfigProblem
from sim.launch.compose import compose_cells
from sim.launch.options import SCENARIO
from sim.launch.overrides import quoted
from sim.run.manifest import config_hash
from sim.run.results import read_table

if TYPE_CHECKING:
    import pandas as pd

NAME = "name"
DESIGN = "plans.csv"
MARKS = {"better": "▲", "worse": "▼"}
"""Before a verdict, so that the eye finds it in a long table."""
TEXTS = ["plan", "measure", "stage", "dimension", "group", "because"]


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


def design_of(plans: Sequence[NamedView]) -> str:
    """Return plans as a design: a column a configuration key, a row a plan, and nothing where a key is left alone."""
    rows = [dict(override.split("=", 1) for override in plan.view.overrides_with_referrals) for plan in plans]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, keys, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


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
    write_whole(folder / DESIGN, design_of(plans))
    return [cell.name for cell in cells_of(folder / DESIGN, replications, None, None if hub is None else hub.folder)]


def keep_referrals(views: Iterable[View], folder: Path) -> None:
    """Write the tables of referrals that views use into a folder, under the names by which they are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in dict.fromkeys(view.referrals for view in views if view.referrals is not None):
        write_whole(folder / file.path, file.content)


@dataclass(frozen=True)
class Comparison:
    """The tables of a comparison."""

    headlines: pd.DataFrame
    choice: pd.DataFrame
    levels: pd.DataFrame
    equity: pd.DataFrame
    weekly: pd.DataFrame
    called: Mapping[str, str]
    """What the visitor calls each cell."""
    config: HubConfig
    """Of one plan: standards, prices and time are those of all."""
    stage: str
    """The wait that is weighed against cost."""

    @classmethod
    def read(cls, folder: Path, sweep: Path, called: Mapping[str, str], config: HubConfig, stage: str) -> Comparison:
        """Read what a comparison has left in a folder, and the lists from the sweep."""
        tables = {name: read_csv(folder / f"{name}.csv") for name in ("headlines", "choice", "levels", "equity")}
        for table in tables.values():
            texts = [name for name in TEXTS if name in table]
            table[texts] = table[texts].fillna("")
        weekly: pd.DataFrame = read_table(sweep, "weekly").to_pandas()
        return cls(**tables, weekly=weekly, called=called, config=config, stage=stage)

    @property
    def plans(self) -> list[str]:
        """Names of the cells, the baseline first."""
        return [str(plan) for plan in self.choice["plan"]]

    @property
    def baselines(self) -> set[str]:
        """Names of the cells that others are compared with."""
        return set(self.headlines["baseline"])

    def name(self, plan: str) -> str:
        """Return what the visitor calls a plan."""
        return self.called.get(plan, plan)

    def level(self, plan: str, measure: str, stage: str = "") -> Interval:
        """Return a plan's own figure of everyone."""
        return look_up(self.levels[self.levels["plan"] == plan], measure, stage)

    def not_beaten(self, plan: str) -> float:
        """Return how often no other plan is both cheaper and quicker."""
        mine = self.choice[self.choice["plan"] == plan]
        return float(mine["probability_not_beaten"].iloc[0])

    def primary(self, figure: str) -> list[tuple[str, Interval, str]]:
        """Return plan, difference and verdict of one of the two figures that decide, intervals at once."""
        mine = self.headlines[self.headlines["primary"] & (self.headlines["figure"] == figure)]
        return [(row["plan"], _difference(row), row["verdict"]) for row in mine.to_dict("records")]

    def sentences(self) -> list[str]:
        """Say in plain words what the comparison comes to, the choice first."""
        name = {plan: plain(self.name(plan)) for plan in self.plans}
        choice = self.choice.to_dict("records")
        best = [name[row["plan"]] for row in choice if row["may_be_best"]]
        told = f"By the wait alone, the best is {'among ' if len(best) > 1 else ''}**{listed(best, 'or')}**."
        if len(best) == len(choice):
            told = "By the wait alone, **none of the plans can be ruled out as the best**."
        differences = [
            f"- {name[row['plan']]} against {name[row['baseline']]}, {row['figure']} in {unit_of_change(row['unit'])}: "
            f"{_in_words(row)}. **{sentence(_verdict(row))}.**"
            for row in self.headlines[self.headlines["primary"]].to_dict("records")
        ]
        levels = [
            f"- {name[row['plan']]} meets the standard in {futures(row['meets_standard'])}. {_beaten(row)}"
            for row in choice
        ]
        return [told, "\n".join(differences + levels)]

    def rows(self) -> Rows:
        """Return one row a figure and plan: baseline, plan, difference and what it comes to."""
        return [
            {
                "plan": self.name(row["plan"]),
                "figure": f"{sentence(str(row['figure']))}{' *' if row['primary'] else ''}",
                "unit": row["unit"],
                "baseline": level_in(row["unit"])(row["baseline_level"]),
                "the plan": level_in(row["unit"])(row["plan_level"]),
                "difference": _in_words(row),
                "verdict": f"{MARKS.get(row['verdict'], '')} {_verdict(row)}".strip(),
            }
            for row in self.headlines.to_dict("records")
        ]


def _difference(row: Mapping[Hashable, Any]) -> Interval:
    """Return the difference of a headline; of the figures that decide, intervals hold at once."""
    which = "simultaneous_" if row["primary"] else ""
    return Interval(*(float(row[name]) for name in ("difference", f"{which}low", f"{which}high")))


def _beaten(row: Mapping[Hashable, Any]) -> str:
    if row["loses_people"]:
        return "Fewer people get as far as without it, so it is left out of the choice."
    return f"In {frequency(row['probability_not_beaten'])}, no other plan here is both cheaper and quicker."


def _verdict(row: Mapping[Hashable, Any]) -> str:
    return f"{row['verdict']}: {row['because']}" if row["because"] else str(row["verdict"])


def _in_words(row: Mapping[Hashable, Any]) -> str:
    return change_in(str(row["unit"])).interval(_difference(row))
