"""What drives the answer, as hub-sensitivity found it; the report says so if that has not been run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sim.errors import HubError

FILE = "sensitivity.json"


@dataclass(frozen=True)
class Driver:
    """A parameter and what its range does to the figure."""

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


@dataclass(frozen=True)
class Drivers:
    """The parameters of one plan, the strongest first."""

    scenario: str
    staffing: str
    figure: str
    unit: str
    found: list[Driver]


def read_drivers(folder: Path | None) -> Drivers | None:
    """Read what hub-sensitivity left in a folder; None if none was named.

    Raises
    ------
    HubError
        If the folder does not hold it.
    """
    if folder is None:
        return None
    path = folder / FILE
    if not path.is_file():
        raise HubError(f"--sensitivity: got {folder}, which holds no {FILE}; give the folder that hub-sensitivity left")
    content = json.loads(path.read_text(encoding="utf-8"))
    found = [Driver(**driver) for driver in content["drivers"]]
    return Drivers(content["scenario"], content["staffing"], content["figure"], content["unit"], found)
