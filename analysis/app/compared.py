"""A finished comparison as the page shows it, read from the files that `hub -m` and `hub compare` have written."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.app.charts import Rows
from analysis.app.phrases import plain
from analysis.estimates.intervals import Interval
from analysis.estimates.tables import look_up
from analysis.tell.csv_text import read_csv
from analysis.tell.wording import change_in, frequency, futures, level_in, sentence, unit_of_change
from sim.config import HubConfig
from sim.run.results import read_table

if TYPE_CHECKING:
    import pandas as pd

MARKS = {"better": "▲", "worse": "▼"}
"""Before a verdict, so that the eye finds it in a long table."""
NAMES = ["plan", "measure", "stage", "dimension", "group"]


@dataclass(frozen=True)
class Compared:
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
    def read(cls, folder: Path, sweep: Path, called: Mapping[str, str], config: HubConfig, stage: str) -> Compared:
        """Read what a comparison has left in a folder, and the lists from the sweep."""
        names = ("headlines", "choice", "levels", "equity")
        tables = {name: _table(folder / f"{name}.csv") for name in names}
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
        return [
            (
                row["plan"],
                Interval(row["difference"], row["simultaneous_low"], row["simultaneous_high"]),
                row["verdict"],
            )
            for row in mine.to_dict("records")
        ]

    def sentences(self) -> list[str]:
        """Say in plain words what the comparison comes to, the choice first."""

        def plain_name(plan: str) -> str:
            return plain(self.name(plan))

        choice = self.choice.to_dict("records")
        best = [plain_name(row["plan"]) for row in choice if row["may_be_best"]]
        if len(best) == len(choice):
            told = ["By the wait alone, **none of the plans can be ruled out as the best**."]
        else:
            told = [f"By the wait alone, the best is **{best[0]}**." if len(best) == 1 else
                    f"By the wait alone, the best is among **{', '.join(best)}**."]  # fmt: skip
        lines = []
        for row in self.headlines[self.headlines["primary"]].to_dict("records"):
            difference = f"{_interval(row, 'simultaneous_')} {unit_of_change(row['unit'])}"
            lines.append(
                f"{plain_name(row['plan'])} against {plain_name(row['baseline'])}, {row['figure']}: {difference}. "
                f"**{sentence(str(row['verdict']))}.**"
            )
        for row in choice:
            met, beaten = float(row["meets_standard"]), float(row["probability_not_beaten"])
            lines.append(
                f"{plain_name(row['plan'])} meets the standard in {futures(met)}. In "
                f"{frequency(beaten)}, no other plan here is both cheaper and quicker."
            )
        return [*told, "\n".join(f"- {line}" for line in lines)]

    def rows(self) -> Rows:
        """Return one row a figure and plan: baseline, plan, difference and what it comes to."""
        return [
            {
                "plan": self.name(row["plan"]),
                "figure": f"{sentence(str(row['figure']))}{' *' if row['primary'] else ''}",
                "unit": row["unit"],
                "baseline": level_in(row["unit"])(row["baseline_level"]),
                "the plan": level_in(row["unit"])(row["plan_level"]),
                "difference": _interval(row, "simultaneous_" if row["primary"] else ""),
                "verdict": f"{MARKS.get(row['verdict'], '')} {row['verdict']}".strip(),
            }
            for row in self.headlines.to_dict("records")
        ]


def _table(path: Path) -> pd.DataFrame:
    table = read_csv(path)
    names = [name for name in NAMES if name in table]
    table[names] = table[names].fillna("")
    return table


def _interval(row: Mapping[Hashable, Any], which: str) -> str:
    found = Interval(*(float(row[name]) for name in ("difference", f"{which}low", f"{which}high")))
    return change_in(str(row["unit"])).interval(found)
