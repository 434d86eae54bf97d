"""A finished comparison as the page shows it, read from the files that `hub-compare` has written."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.app.charts import Rows
from analysis.app.phrases import in_ten
from analysis.comparison.tables import TABLES
from analysis.style import sentence

UNITS = {"%": 1, "£ thousand": 0, "people": 0, "£": 0, "days": 1}
"""Decimals by unit, as hub-compare prints them."""


@dataclass(frozen=True)
class Compared:
    """The tables of a comparison."""

    headlines: pd.DataFrame
    choice: pd.DataFrame
    called: Mapping[str, str]
    """What the visitor calls each cell."""

    @classmethod
    def read(cls, folder: Path, called: Mapping[str, str]) -> Compared:
        """Read what a comparison has left in a folder."""
        headlines, choice = (pd.read_csv(folder / name) for name in ("headlines.csv", "choice.csv") if name in TABLES)
        return cls(headlines, choice, called)

    def name(self, plan: str) -> str:
        """Return what the visitor calls a plan."""
        return self.called.get(plan, plan)

    def sentences(self) -> list[str]:
        """Say in plain words what the comparison comes to."""
        told = []
        for row in self.choice.to_dict("records"):
            met, beaten = float(row["meets_standard"]), float(row["probability_not_beaten"])
            share = in_ten(met)
            told.append(
                f"**{self.name(row['plan'])}**: {share} simulated futures meet the standard; in {in_ten(beaten)} no "
                "other plan is both cheaper and quicker."
            )
        best = [self.name(row["plan"]) for row in self.choice.to_dict("records") if row["may_be_best"]]
        if len(best) == len(self.choice):
            told.append("By the wait alone, none of the plans can be ruled out as the best.")
        else:
            told.append(f"By the wait alone, the best is among: **{', '.join(best)}**.")
        for row in self.headlines[self.headlines["primary"]].to_dict("records"):
            told.append(
                f"{self.name(row['plan'])} against {self.name(row['baseline'])}, {row['figure']}: "
                f"{_interval(row, 'simultaneous_')} {row['unit']}. **{sentence(str(row['verdict']))}.**"
            )
        return told

    def rows(self) -> Rows:
        """Return one row a figure and plan: baseline, plan, difference and what it comes to."""
        return [
            {
                "plan": self.name(row["plan"]),
                "figure": f"{sentence(str(row['figure']))}{' *' if row['primary'] else ''}",
                "unit": row["unit"],
                "baseline": _number(row["baseline_level"], row["unit"]),
                "the plan": _number(row["plan_level"], row["unit"]),
                "difference": _interval(row, "simultaneous_" if row["primary"] else ""),
                "verdict": row["verdict"],
            }
            for row in self.headlines.to_dict("records")
        ]


def _interval(row: Mapping[Hashable, Any], which: str) -> str:
    middle, low, high = (
        _number(row[name], str(row["unit"]), sign=True) for name in ("difference", f"{which}low", f"{which}high")
    )
    return f"{middle} ({low} to {high})"


def _number(value: object, unit: str, sign: bool = False) -> str:
    number = float(str(value))
    if math.isnan(number):
        return "–"
    places = UNITS.get(unit, 1)
    return f"{round(number, places) + 0.0:{'+' if sign else ''},.{places}f}".replace("-", "−")
