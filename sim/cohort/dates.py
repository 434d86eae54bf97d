"""Dates as spreadsheets write them: YYYY-MM-DD, or DD/MM/YYYY where the whole file leaves no doubt which is the day."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?", re.ASCII)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?", re.ASCII)
MONTHS = 12
LONGEST_TEXT = 40
NOON = (12, 0)


class UnclearOrder(ValueError):
    """A date that is written with the month first, or may be: what one row of a file has, others have too."""


def day_comes_first(dates: Iterable[str]) -> bool | None:
    """Return whether dates such as 13/05/2021 begin with the day, or with the month; None where none of them tells."""
    parts = [found.groups() for text in dates if (found := SLASHED.fullmatch(text))]
    day_first = any(int(first) > MONTHS for first, *_ in parts)
    month_first = any(int(second) > MONTHS for _, second, *_ in parts)
    return day_first if day_first != month_first else None


def moment_of(text: str, day_first: bool | None) -> tuple[datetime.date, int]:
    """Return the date and the minute of the day of a text; noon if it has no time.

    Parameters
    ----------
    day_first
        What `day_comes_first` found out about the file.

    Raises
    ------
    UnclearOrder, ValueError
        With what was given and what would be right.
    """
    shown = f"referred_on: got {text[:LONGEST_TEXT]!r}"
    slashed = SLASHED.fullmatch(text)
    if slashed:
        first, second, year, clock = slashed.groups()
        if day_first is None and first != second:
            raise UnclearOrder(f"{shown}, whose day and month could change places; write the dates as YYYY-MM-DD")
        if day_first is False:
            raise UnclearOrder(f"{shown}, with the month first; write the dates as YYYY-MM-DD or DD/MM/YYYY")
        written = f"{year}-{int(second):02d}-{int(first):02d}"
    elif plain := ISO.fullmatch(text):
        written, clock = plain.groups()
    else:
        raise ValueError(f"{shown}; must be YYYY-MM-DD or DD/MM/YYYY, with HH:MM after it or not, in local time")
    try:
        date = datetime.date.fromisoformat(written)
        hour, minute = NOON if clock is None else map(int, clock.split(":")[:2])
        datetime.time(hour, minute)
    except ValueError:
        raise ValueError(f"{shown}; there is no such day or time") from None
    return date, hour * 60 + minute
