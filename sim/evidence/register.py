"""The evidence register, conf/evidence.csv, as it is read: one row a number of conf/, with its range and grade."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from sim.errors import HubError

REGISTER = "evidence.csv"
WHOLE_CONFIG = ("config", "scenario")
"""Files whose keys are those of the whole configuration, not of one part of it."""
SETTING = "setting"


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
    from sim.launch.options import conf_dir

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
