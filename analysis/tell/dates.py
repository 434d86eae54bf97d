"""Dates along an axis that counts weeks from the first day of a run: the first of every so many months."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from sim.calendar import DAYS_PER_WEEK, month_later

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
"""How many months may lie between two dates."""
MONTHS_A_YEAR = 12


def month_ticks(start: datetime.date, weeks: float, most: int = 7) -> tuple[list[float], list[str]]:
    """Return where dates stand on an axis of weeks since a date, at most so many, and how they are written."""
    last = start + datetime.timedelta(days=round(weeks * DAYS_PER_WEEK))
    months = (last.year - start.year) * MONTHS_A_YEAR + last.month - start.month + 1
    firsts = [month_later(start, month) for month in range(months + 1)]
    inside = [first for first in firsts if start <= first <= last]
    for apart in MONTHS_APART:
        shown = [first for first in inside if (first.year * MONTHS_A_YEAR + first.month - 1) % apart == 0]
        if len(shown) <= most:
            break
    shown = shown or inside[:1] or [start]  # so short that it holds no such month
    return [(date - start).days / DAYS_PER_WEEK for date in shown], [written(date) for date in shown]


def written(date: datetime.date) -> str:
    """Return a date below an axis: `Apr 2021`, or with its day if that is not the first."""
    return f"{date:%b %Y}" if date.day == 1 else f"{date.day} {date:%b %Y}"


def date_axis(axes: Axes, start: datetime.date, weeks: float, most: int = 7, begins: float = 0) -> None:
    """Write dates along the horizontal axis of a figure whose points stand at weeks since a date, from a week on."""
    places, labels = month_ticks(start + datetime.timedelta(days=round(begins * DAYS_PER_WEEK)), weeks - begins, most)
    axes.set_xlim(begins, weeks)
    axes.set_xticks([begins + place for place in places], labels)
