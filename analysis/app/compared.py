"""A finished comparison as the page reads it: the choice within each scenario, in sentences and rows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.app.charts import Rows
from analysis.estimates.intervals import Interval
from analysis.estimates.tables import look_up
from analysis.tell.wording import (
    cell_words,
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
from sim.config import HubConfig
from sim.run.results import read_table

if TYPE_CHECKING:
    import pandas as pd

MARKS = {"better": "▲", "worse": "▼"}
"""Before a verdict, so that the eye finds it in a long table."""
NO_CHOICE = "what happens differs, so this is nothing to choose"
TEXTS = ["plan", "scenario", "measure", "stage", "dimension", "group", "because"]


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
            # A column of texts that is empty throughout was read as numbers.
            table[texts] = table[texts].astype(object).fillna("")
        weekly: pd.DataFrame = read_table(sweep, "weekly").to_pandas()
        return cls(**tables, weekly=weekly, called=called, config=config, stage=stage)

    @property
    def plans(self) -> list[str]:
        """Names of the cells, the baseline first."""
        return [str(plan) for plan in self.choice["plan"]]

    @cached_property
    def by_scenario(self) -> dict[str, list[str]]:
        """Plans of each scenario, that of the first baseline first: a choice is between plans of one."""
        scenarios = dict.fromkeys(self.choice["scenario"])
        return {one: list(self.choice["plan"][self.choice["scenario"] == one]) for one in scenarios}

    @property
    def options(self) -> list[str]:
        """What can be chosen between: the plans of the first baseline's scenario."""
        return next(iter(self.by_scenario.values()))

    def is_choice(self, row: Mapping[Hashable, Any]) -> bool:
        """Return whether a headline is of two plans of one scenario: else the scenario makes the difference."""
        return any({row["plan"], row["baseline"]} <= set(plans) for plans in self.by_scenario.values())

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
        return [
            (row["plan"], _difference(row), row["verdict"] if self.is_choice(row) else NO_CHOICE)
            for row in mine.to_dict("records")
        ]

    def sentences(self) -> list[str]:
        """Say in plain words what the comparison comes to, the choice in each scenario first."""
        name = {plan: plain(self.name(plan)) for plan in self.plans}
        told = [self._chosen(scenario, name) for scenario, plans in self.by_scenario.items() if len(plans) > 1]
        alone = [name[plans[0]] for plans in self.by_scenario.values() if len(plans) == 1]
        if alone:
            told.append(
                f"Something else happens to the Hub in **{listed(alone)}** than under any other plan here, so there is "
                "nothing to choose. Set plans up in the same scenario to choose between them."
            )
        differences = [
            f"- {name[row['plan']]} against {name[row['baseline']]}, {row['figure']} in {unit_of_change(row['unit'])}: "
            f"{_in_words(row)}. **{sentence(self._verdict(row))}.**"
            for row in self.headlines[self.headlines["primary"]].to_dict("records")
        ]
        levels = [
            f"- {name[row['plan']]} meets the standard in {futures(row['meets_standard'])}. "
            f"{_beaten(row) if len(self.by_scenario[row['scenario']]) > 1 else ''}".strip()
            for row in self.choice.to_dict("records")
        ]
        return [*told, "\n".join(differences + levels)]

    def _chosen(self, scenario: str, name: Mapping[str, str]) -> str:
        """Say which plans of a scenario may be its best."""
        choice = self.choice[self.choice["scenario"] == scenario].to_dict("records")
        where = f"In {sentence(cell_words(scenario))}, by" if len(self.by_scenario) > 1 else "By"
        best = [name[row["plan"]] for row in choice if row["may_be_best"]]
        if not best:
            return f"{where} the wait alone, **none is the best**: each loses people on the way."
        if len(best) == len(choice):
            return f"{where} the wait alone, **none of the plans can be ruled out as the best**."
        return f"{where} the wait alone, the best is {'among ' if len(best) > 1 else ''}**{listed(best, 'or')}**."

    def rows(self) -> Rows:
        """Return one row a figure and plan: baseline, plan, difference and what it comes to."""
        return [
            {
                "plan": self.name(row["plan"]),
                "against": self.name(row["baseline"]),
                "figure": f"{sentence(str(row['figure']))}{' *' if row['primary'] else ''}",
                "unit": row["unit"],
                "baseline": level_in(row["unit"])(row["baseline_level"]),
                "the plan": level_in(row["unit"])(row["plan_level"]),
                "difference": _in_words(row),
                "verdict": f"{MARKS.get(row['verdict'], '') * self.is_choice(row)} {self._verdict(row)}".strip(),
            }
            for row in self.headlines.to_dict("records")
        ]

    def _verdict(self, row: Mapping[Hashable, Any]) -> str:
        if not self.is_choice(row):
            return NO_CHOICE
        return str(row["because"] or row["verdict"])


def _difference(row: Mapping[Hashable, Any]) -> Interval:
    """Return the difference of a headline; of the figures that decide, intervals hold at once."""
    which = "simultaneous_" if row["primary"] else ""
    return Interval(*(float(row[name]) for name in ("difference", f"{which}low", f"{which}high")))


def _beaten(row: Mapping[Hashable, Any]) -> str:
    if row["loses_people"]:
        return "Fewer people get as far as without it, so it is left out of the choice."
    return f"In {frequency(row['probability_not_beaten'])}, no other plan here is both cheaper and quicker."


def _in_words(row: Mapping[Hashable, Any]) -> str:
    return change_in(str(row["unit"])).interval(_difference(row))
