"""The evidence register, conf/evidence.csv, as it is read, and the grades of the numbers that a configuration uses."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.config.edit import is_number, leaves
from sim.errors import HubError

if TYPE_CHECKING:
    from sim.config import HubConfig

REGISTER = "evidence.csv"
WHOLE_CONFIG = ("config", "scenario")
"""Files whose keys are those of the whole configuration, not of one part of it."""
SETTING = "setting"
GRADES = {
    "A": "stated in the study of the Resilience Hubs",
    "B": "read in another source",
    "C": "known from the literature, not checked",
    "D": "assumption",
    SETTING: "a choice of what to simulate, or a definition",
}
"""What each grade means."""
CHANGED = "changed"
"""Counted in place of a grade where a scenario or the command line sets another value than conf/."""


class Row(NamedTuple):
    """A row of the register, as text, after its line in the file."""

    line: int
    path: str
    value: str
    unit: str
    low: str
    high: str
    distribution: str
    grade: str
    evidence_id: str
    source: str
    note: str

    @property
    def key(self) -> str:
        """Where the number stands in a composed configuration: `pathway.attendance.therapy_next.missed_share`."""
        group, key = self.option.partition("/")[0], self.path.partition(":")[2]
        return key if group in WHOLE_CONFIG else f"{group}.{key}"

    @property
    def option(self) -> str:
        """The file that holds the number: `pathway/study`, or `scenario/funding_cut`."""
        return self.path.partition(":")[0]


COLUMNS = Row._fields[1:]


def read_register(conf: Path | None = None) -> list[Row]:
    """Return the rows of the register, in the order of the file.

    Raises
    ------
    HubError
        If the file is missing, its columns are not `COLUMNS`, or a row has more or fewer cells.
    """
    from sim.disk.shipped import conf_dir

    file = (conf or conf_dir()) / REGISTER
    if not file.is_file():
        raise HubError(f"{file}: there is no such file")
    with file.open(encoding="utf-8", newline="") as text:
        lines = list(enumerate(csv.reader(text), start=1))
    if not lines or tuple(lines[0][1]) != COLUMNS:
        raise HubError(f"{file}: the columns must be {', '.join(COLUMNS)}")
    if ragged := [str(line) for line, cells in lines if len(cells) != len(COLUMNS)]:
        raise HubError(f"{file}: line {', '.join(ragged)}: not {len(COLUMNS)} cells; put text with commas in quotes")
    return [Row(line, *cells) for line, cells in lines[1:]]


def as_number(text: str) -> float | None:
    """Return text as a number; None if it is none."""
    try:
        return float(text)
    except ValueError:
        return None


class Range(NamedTuple):
    """How far a number goes in the evidence, over all the options that hold it."""

    low: float
    high: float
    unit: str
    evidence_id: str


def ranges(conf: Path | None = None) -> dict[str, Range]:
    """Return the range of every number that has one, by its key in a composed configuration."""
    found: dict[str, Range] = {}
    for row in read_register(conf):
        low, high = as_number(row.low), as_number(row.high)
        if low is None or high is None or low == high:  # a figure of one year, such as a tax rate, has no range
            continue
        before = found.get(row.key, Range(low, high, row.unit, row.evidence_id))
        found[row.key] = before._replace(low=min(low, before.low), high=max(high, before.high))
    return found


class Used(NamedTuple):
    """A number of one configuration, and its row; None where a scenario or the command line brought the value."""

    key: str
    value: float
    row: Row | None


def numbers_in_use(config: HubConfig | Mapping[str, Any], conf: Path | None = None) -> list[Used]:
    """Return the numbers of one configuration, composed or validated: of the chosen options only.

    Where several options of a group share a key and a value, the row with the weakest of their grades counts.
    """
    content = config if isinstance(config, Mapping) else config.model_dump(mode="json")
    mine_only = f"scenario/{content.get('scenario')}"
    rows: dict[str, list[Row]] = {}
    for row in read_register(conf):
        if not row.option.startswith("scenario/") or row.option == mine_only:
            rows.setdefault(row.key, []).append(row)
    used = []
    for key, value in leaves(content):
        if is_number(value):
            mine = [row for row in rows.get(key, ()) if row.grade == SETTING or as_number(row.value) == value]
            weakest = max(mine, key=lambda row: "" if row.grade == SETTING else row.grade, default=None)
            used.append(Used(key, value, weakest))
    return used


def grades_in_use(config: HubConfig | Mapping[str, Any], conf: Path | None = None) -> Counter[str]:
    """Count the numbers of one configuration by grade, the best first; what a scenario brought counts as `CHANGED`."""
    grades = (CHANGED if used.row is None else used.row.grade for used in numbers_in_use(config, conf))
    return Counter(dict(sorted(Counter(grades).items())))
