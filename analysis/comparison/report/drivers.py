"""What drives the answer, as hub sensitivity found it; the report says so if that has not been run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.comparison.finished import Plan
from sim.errors import HubError

FILE = "sensitivity.json"


@dataclass(frozen=True)
class Driver:
    """A parameter and what its range does to the figure, or to the difference in it."""

    key: str
    words: str
    grade: str
    unit: str
    low: float
    high: float
    result_low: float
    result_high: float

    @property
    def swing(self) -> float:
        """By how much the figure moves from one end of the range to the other."""
        return abs(self.result_high - self.result_low)

    @property
    def turns(self) -> bool:
        """Whether the result has one sign at one end of the range and the other sign at the other."""
        return self.result_low * self.result_high < 0


@dataclass(frozen=True)
class Drivers:
    """The parameters that move a figure of one plan, or the difference between two; the strongest first."""

    plan: str
    baseline: str | None
    """The plan that it is the difference to; None where the level of one plan is explained."""
    figure: str
    unit: str
    as_configured: float
    found: list[Driver]


def read_drivers(folder: Path | None, plans: Mapping[str, Plan]) -> Drivers | None:
    """Read what hub sensitivity left in a folder about plans of a sweep; None if no folder was named.

    Raises
    ------
    HubError
        If the folder does not hold it, or it is about a plan that is none of these.
    """
    if folder is None:
        return None
    path = folder / FILE
    if not path.is_file():
        raise HubError(f"--sensitivity: got {folder}, which holds no {FILE}; give the folder that hub sensitivity left")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = [Driver(**driver) for driver in content["drivers"]]
        about = [(str(plan["scenario"]), str(plan["staffing"])) for plan in content["plans"]]
        figure, unit, level = str(content["figure"]), str(content["unit"]), float(content["as_configured"])
    except (ValueError, KeyError, TypeError):
        raise HubError(
            f"--sensitivity: got {folder}, whose {FILE} this version does not read; run hub sensitivity again"
        ) from None
    cells = {(plan.scenario, plan.staffing): name for name, plan in plans.items()}
    if strangers := [f"{scenario}/{staffing}" for scenario, staffing in about if (scenario, staffing) not in cells]:
        raise HubError(
            f"--sensitivity: got {folder}, which is about {' and '.join(strangers)}; give one about plans of this sweep"
        )
    plan, baseline = (*(cells[one] for one in about), None)[:2]
    assert plan is not None
    return Drivers(plan, baseline, figure, unit, level, found)
