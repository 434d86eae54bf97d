"""What people type into a cell, read as they mean it: numbers, shares, pounds, dates, texts."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from typing import Any

from analysis.own_hub.actual import suppressed
from analysis.own_hub.sheets import Column, Kind

LARGEST = 1e9
PERCENT, LONGEST_TEXT, CENTURY = 100, 200, 2000
NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[-+]?\.\d+")
SPACED = re.compile(r"[-+]?\d{1,3}( \d{3})+(\.\d+)?")
TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
"""As an NHS number has them; no one cell of a workbook or column of months needs so many."""
POINTED = re.compile(r"\d{1,3}(\.\d{3})+")
"""Thousands as other countries write them."""
UK_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d\d)")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
MONTH = re.compile(r"(\d{1,2})[/.](\d{4})|(\d{4})[-/](\d{1,2})")
"""As 09/2022, or 2022-09."""
NAMELESS = "the_"
"""Key of a name without a letter or digit, and how that begins which begins with a digit."""


def folded(text: object) -> str:
    """Return a text without what people do not see: capitals, spaces too many."""
    return " ".join(str(text).split()).casefold()


def key_of(name: str) -> str:
    """Return the name of a group, role or change as a key: `Care homes` is care_homes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return f"{NAMELESS}{key}" if not key[:1].isalpha() else key


def typed(given: Any, column: Column) -> Any:
    """Return what a cell of a column means; ValueError with what to type where it means nothing."""
    kind = column.kind
    if kind is Kind.DATE:
        return date_of(given)
    if kind is Kind.MONTH:
        return month_of(given)
    if kind is Kind.TEXT:
        return _text(given, column)
    if isinstance(given, bool | datetime.date):
        raise ValueError(f"type {kind.value}: it is {'true or false' if isinstance(given, bool) else 'a date'}")
    if kind is Kind.COUNT and isinstance(given, str) and (kept_back := suppressed(given.strip())) is not None:
        return kept_back
    number, percent = _number(given, kind) if isinstance(given, str) else (float(given), False)
    if number < 0:
        raise ValueError(column.instead or f"type {kind.value}")
    if not number <= LARGEST:
        raise ValueError("that is more than anything here can be")
    if kind is Kind.SHARE:
        number = number / PERCENT if percent else number
        if number > 1:
            meant = f": type {number:g}% if that is meant" if number <= PERCENT else ""
            raise ValueError(column.instead or f"a share is at most 100%{meant}")
        return number
    if percent:
        raise ValueError(f"type {kind.value}, without a percent sign")
    if kind in (Kind.WHOLE, Kind.COUNT):
        if number != int(number):
            raise ValueError("type a whole number")
        return int(number)
    return int(number) if number == int(number) else number


def _number(text: str, kind: Kind) -> tuple[float, bool]:
    """Read a number as people type it, and whether it has a percent sign: 1,200 or £25,655 or 12 % or 12.5."""
    bare = text.replace("\u00a0", " ").replace("\u2009", " ").strip()
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    if kind is Kind.POUNDS:
        bare = bare.removeprefix("£").strip().removesuffix("GBP").strip()
    if SPACED.fullmatch(bare):
        bare = bare.replace(" ", "")
    if kind in (Kind.WHOLE, Kind.COUNT, Kind.POUNDS) and POINTED.fullmatch(bare):
        meant = bare.replace(".", "")
        raise ValueError(f"a point begins decimals: type {meant} if that is meant")
    if not NUMBER.fullmatch(bare):
        if re.fullmatch(r"\d+,\d{1,2}", bare):
            raise ValueError(f"write a point, not a comma: {bare.replace(',', '.')}")
        raise ValueError(f"type {kind.value}, without words")
    return float(bare.replace(",", "")), percent


def number_of(text: str, kind: Kind) -> float:
    """Read a number that stands in a file as people type it; ValueError where it is none of that kind."""
    number, percent = _number(text, kind)
    if percent or number < 0 or number > LARGEST:
        raise ValueError(f"got {text[:40]!r}; type {kind.value}")
    return number


def _text(given: Any, column: Column) -> str:
    if isinstance(given, bool):
        text = "yes" if given else "no"
        if not column.choices:
            raise ValueError("type text: it is true or false")
    elif isinstance(given, datetime.date):
        raise ValueError("type text: it is a date")
    else:
        text = f"{given:g}" if isinstance(given, float) else " ".join(str(given).split())
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise ValueError("type a short text on one line")
    if text.startswith(("=", "+", "@")):
        raise ValueError("a text may not begin like a formula")
    if column.choices:
        plain = {folded(choice).replace("_", " "): choice for choice in column.choices}
        if (chosen := plain.get(folded(text).replace("_", " "))) is None:
            raise ValueError(f"choose one of {', '.join(column.choices)}")
        return chosen
    return text


def date_of(given: Any) -> datetime.date:
    """Read a date: of Excel, as 2022-04-01, or day first as in the UK."""
    if isinstance(given, datetime.datetime):
        return given.date()
    if isinstance(given, datetime.date):
        return given
    text = str(given).strip()
    if match := ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := UK_DATE.fullmatch(text):
        day, month, year = map(int, match.groups())
        year += CENTURY * (year < PERCENT)
    elif match := re.fullmatch(r"(?:(\d{1,2}) )?([A-Za-z]{3,9})[ -](\d{4}|\d\d)", text):
        names = [name.lower() for name in calendar.month_abbr]
        month = names.index(match[2][:3].lower()) if match[2][:3].lower() in names else 0
        day, year = int(match[1] or 1), int(match[3]) + CENTURY * (int(match[3]) < PERCENT)
    else:
        raise ValueError(f"type {Kind.DATE.value}")
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no such day; type {Kind.DATE.value}") from None


def month_of(given: object) -> datetime.date:
    """Read a month, as 2022-04 or 04/2022 or any date in it; return its first day. It never goes without its year."""
    try:
        if match := MONTH.fullmatch(str(given).strip()):
            return datetime.date(int(match[2] or match[3]), int(match[1] or match[4]), 1)
        return date_of(given).replace(day=1)
    except ValueError:
        raise ValueError(f"type {Kind.MONTH.value}") from None
