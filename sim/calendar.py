"""Days and minutes: day 0 is `run.start_date`, working days are Monday to Friday less England's bank holidays."""

from __future__ import annotations

import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MINUTES_PER_DAY = 1440
OPENING_MINUTE = 9 * 60
DAYS_PER_YEAR = 365.25
DAYS_PER_WEEK = 7
SATURDAY = 5


def date_of(start: datetime.date, day: int) -> datetime.date:
    """Return the date of a day number."""
    return start + datetime.timedelta(days=day)


def weekdays(start: datetime.date, first_day: int, days: int) -> NDArray[np.int64]:
    """Return the weekday (Monday 0) of `days` days from `first_day` on."""
    return (np.arange(first_day, first_day + days) + start.weekday()) % DAYS_PER_WEEK


@lru_cache(maxsize=64)
def working_days(start: datetime.date, first_day: int, days: int, bank_holidays: bool) -> NDArray[np.bool_]:
    """Return which of `days` days from `first_day` on are working days.

    Source of the bank holidays: the `holidays` package, England.
    """
    open_days = weekdays(start, first_day, days) < SATURDAY
    if bank_holidays:
        import holidays

        first = date_of(start, first_day)
        last = date_of(start, first_day + days)
        closed = holidays.country_holidays("GB", subdiv="ENG", years=range(first.year, last.year + 1))
        for date in closed:
            day = (date - first).days
            if 0 <= day < days:
                open_days[day] = False
    open_days.flags.writeable = False
    return open_days


def month_later(day: datetime.date, months: int = 1) -> datetime.date:
    """Return the first day of the month that comes so many after the one a day lies in; before it if negative."""
    place = day.year * 12 + day.month - 1 + months
    return datetime.date(place // 12, place % 12 + 1, 1)
