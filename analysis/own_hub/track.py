"""Lays what happened over a projection that was kept, and says which driver explains a month that left its range."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.estimates.intervals import range_of_futures
from analysis.own_hub.check import ABOVE, BELOW, INSIDE, TOO_FEW, Month, happened
from analysis.own_hub.read import read_workbook
from analysis.own_hub.sheets import Kind
from analysis.own_hub.typed import date_of, number_of
from analysis.tell.wording import count
from sim.errors import ConfigProblem, HubError, nearest
from sim.measures.months import MONTHLY

Actual = Mapping[tuple[str, datetime.date], float]
Simulated = Mapping[tuple[str, datetime.date], np.ndarray]
MOST_BYTES = 1_000_000
VERDICTS = {
    INSIDE: "as projected",
    ABOVE: "more than projected",
    BELOW: "less than projected",
    TOO_FEW: "too few months to tell",
}
"""What is said of a figure."""


class Driver(NamedTuple):
    """Something that moves everything else: what happened of it so far beside the projection."""

    name: str
    happened: float
    median: float
    low: float
    high: float
    """The range that holds 9 of 10 simulated futures, of the same months."""

    @property
    def distance(self) -> float:
        """How far from the median, in halves of the range: beyond 1 it is outside."""
        half = (self.high - self.low) / 2
        return abs(self.happened - self.median) / half if half > 0 else 0.0


def read_actual(path: Path) -> Actual:
    """Read what happened, by figure and first day of the month: a workbook, or a CSV with a column `month` and figures.

    Raises ConfigProblem with file and line of every cell that cannot be read.
    """
    if path.suffix.lower() == ".xlsx":
        return happened(read_workbook(path))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise HubError(f"{path}: got more than {MOST_BYTES:,} bytes; a row a month is enough")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise HubError(f"{path}: {error.strerror}; give a CSV or the workbook with the months") from None
    except (UnicodeDecodeError, csv.Error):
        raise HubError(f"{path}: is no CSV in UTF-8; save it as CSV UTF-8, or give the workbook") from None
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    problems = [
        f"{path}:1: got the column {name!r}; {nearest(name, ['month', *MONTHLY])}"
        for name in heading
        if name not in ("month", *MONTHLY)
    ]
    if "month" not in heading or len(heading) != len(set(heading)):
        problems.append(f"{path}:1: needs a column month, and each column once; as month,referrals,assessed")
    found: dict[tuple[str, datetime.date], float] = {}
    for line, row in enumerate(rows[1:] if not problems else (), start=2):
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        if not any(cells.values()):
            continue
        try:
            month = date_of(
                cells["month"] if len(cells["month"]) != len("2022-04") else f"{cells['month']}-01"
            ).replace(day=1)
            for figure in MONTHLY:
                if cells.get(figure):
                    if (figure, month) in found:
                        raise ValueError(f"{month:%B %Y} stands here twice")
                    found[figure, month] = number_of(cells[figure], Kind.NUMBER)
        except ValueError as error:
            problems.append(f"{path}:{line}: {error}")
    if problems:
        raise ConfigProblem(problems)
    if not found:
        raise HubError(f"{path}: holds no month; write one a row, as 2022-04,52,31")
    return found


def drivers(actual: Actual, simulated: Simulated, until: datetime.date) -> list[Driver]:
    """Set demand, staff and attendance so far beside the projection, the furthest from it first.

    Demand is people referred, staff what they offered (contacts kept and missed), attendance the share kept of these.
    """
    found = []
    for name, figures, share in (
        ("demand", ("referrals",), False),
        ("staff", ("contacts", "missed"), False),
        ("attendance", ("contacts", "missed"), True),
    ):
        months = [
            month
            for month in sorted({month for _, month in actual})
            if month <= until and all((figure, month) in actual and (figure, month) in simulated for figure in figures)
        ]
        if not months:
            continue
        real = [sum(actual[figure, month] for month in months) for figure in figures]
        drawn = [np.sum([simulated[figure, month] for month in months], axis=0) for figure in figures]
        told = real[0] / max(sum(real), 1) if share else sum(real)
        futures = drawn[0] / np.maximum(np.sum(drawn, axis=0), 1) if share else np.sum(drawn, axis=0)
        found.append(Driver(name, float(told), float(np.median(futures)), *range_of_futures(futures)))
    return sorted(found, key=lambda driver: -driver.distance)


def explained(row: Month, actual: Actual, simulated: Simulated) -> str:
    """Say which driver explains a month that left its range: the one that is furthest outside by then."""
    found = drivers(actual, simulated, row.month)
    if not found:
        return "not told: give referrals, contacts and missed contacts too"
    first = found[0]
    if first.distance <= 1:
        return "chance: demand, staff and attendance so far lie inside, and 1 month in 10 leaves its range"
    less = "less" if first.happened < first.median else "more"
    return f"{first.name}: {less} than projected so far"


def told_of(rows: Sequence[Month], actual: Actual, simulated: Simulated) -> list[str]:
    """Say of each month what left its range, and which driver explains it."""
    lines = []
    for month in sorted({row.month for row in rows if row.verdict != INSIDE}):
        mine = [row for row in rows if row.month == month and row.verdict != INSIDE]
        left = ", ".join(
            f"{row.figure.replace('_', ' ')} {count(row.happened)} ({count.range(row.low, row.high)})" for row in mine
        )
        lines.append(f"{month:%B %Y}: {left}\n  {explained(mine[0], actual, simulated)}")
    return lines
