"""Financial years, and whose prices a day falls into."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

FIRST_MONTH = 4


def prices_of(day: datetime.date, options: Sequence[str]) -> str:
    """Return the option of prices that a day falls into, or the nearest there is."""
    year = _first_year(day)
    of_year = {int(name.split("_")[1]): name for name in options if re.fullmatch(r"afc_\d{4}_\d\d", name)}
    return of_year[min(of_year, key=lambda known: abs(known - year))]


def financial_year_of(day: datetime.date) -> str:
    """Return the financial year of a day as people write it: 2021/22."""
    year = _first_year(day)
    return f"{year}/{(year + 1) % 100:02d}"


def _first_year(day: datetime.date) -> int:
    """Return the year in which the financial year of a day begins, in April."""
    return day.year - (day.month < FIRST_MONTH)
