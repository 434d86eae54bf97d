"""A finished comparison as the page reads it: what the page for a board says, and the differences in rows."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.app.charts import Rows
from analysis.comparison.report import BOARD
from analysis.comparison.tables import NO_CHOICE, difference_words, verdict_words
from analysis.estimates.intervals import Interval
from analysis.estimates.tables import look_up
from analysis.tell.wording import level_in, plain, read_csv, sentence
from sim.config import HubConfig
from sim.run.results import read_table

if TYPE_CHECKING:
    import pandas as pd

MARKS = {"better": "▲", "worse": "▼"}
"""Before a verdict, so that the eye finds it in a long table."""
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
    said: Mapping[str, Any]
    """What the page for a board says in sentences."""

    @classmethod
    def read(cls, folder: Path, sweep: Path, called: Mapping[str, str], config: HubConfig, stage: str) -> Comparison:
        """Read what a comparison has left in a folder, and the lists from the sweep."""
        tables = {name: read_csv(folder / f"{name}.csv") for name in ("headlines", "choice", "levels", "equity")}
        for table in tables.values():
            texts = [name for name in TEXTS if name in table]
            # A column of texts that is empty throughout was read as numbers.
            table[texts] = table[texts].astype(object).fillna("")
        said = json.loads((folder / BOARD).read_text(encoding="utf-8"))
        weekly: pd.DataFrame = read_table(sweep, "weekly").to_pandas()
        return cls(**tables, weekly=weekly, called=called, config=config, stage=stage, said=said)

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
        """Return in what share of resamples no other plan is as good on cost and waits together."""
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
        """Return the answer as the page for a board says it, a paragraph each, for Markdown."""
        first, *others = map(plain, self.said["answer"])
        rest = [plain(self.said[name]) for name in ("missing", "caveat")]
        return [f"**{first}** {' '.join(others)}".strip(), *filter(None, rest)]

    def behind_the_answer(self) -> dict[str, list[str]]:
        """Return what else the page for a board says, by its heading there, for Markdown."""
        parts = {
            "Who gains and who loses": self.said["who"],
            "What would change the answer": self.said["would_change"],
            "What it rests on": [self.said["rests_on"], *self.said["limits"], self.said["no_cost_effectiveness"]],
        }
        return {heading: [*map(plain, lines)] for heading, lines in parts.items()}

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
                "difference": difference_words(str(row["unit"]), _difference(row)),
                "verdict": f"{MARKS.get(row['verdict'], '') * self.is_choice(row)} {self._verdict(row)}".strip(),
            }
            for row in self.headlines.to_dict("records")
        ]

    def _verdict(self, row: Mapping[Hashable, Any]) -> str:
        more, known = float(row["more_replications"]), not math.isnan(_difference(row).low)
        return verdict_words(str(row["verdict"]), str(row["because"]), more, known, self.is_choice(row))


def _difference(row: Mapping[Hashable, Any]) -> Interval:
    """Return the difference of a headline; of the figures that decide, intervals hold at once."""
    which = "simultaneous_" if row["primary"] else ""
    return Interval(*(float(row[name]) for name in ("difference", f"{which}low", f"{which}high")))
