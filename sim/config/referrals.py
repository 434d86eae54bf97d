"""Real referrals from a table that the configuration names, checked row by row."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sim.calendar import MINUTES_PER_DAY
from sim.config.hub import HubConfig
from sim.config.kinds import InputFile
from sim.config.screening import MEASURES
from sim.errors import ConfigProblem

FEWEST_DAYS = 28
"""A file that covers less tells no rate."""
LONGEST_PAUSE_DAYS = 7
"""A file may end so many days before the horizon, or as many as it once had without a referral, and still cover it."""

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

    `day_first` is what `day_comes_first` found out about the file. Raises UnclearOrder or ValueError, with what was
    given and what would be right.
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


WHEN = "referred_on"
REQUIRED = (WHEN, "staff_group")
OPTIONAL = ("gender", "ethnicity", *MEASURES)
MOST_LINES = 10
MOST_EXAMPLES = 3
NOT_GIVEN = -1
HEADING = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,29}")
"""What looks like the name of a column."""
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Referral:
    """One row: minute since day 0 (noon if only a date is given), positions or -1, scores or -1."""

    minute: int
    staff_group: int
    gender: int
    ethnicity: int
    points: tuple[int, ...]


def read_referrals(config: HubConfig) -> list[Referral]:
    """Read `demand.referrals_csv`.

    Columns: `referred_on` (YYYY-MM-DD or DD/MM/YYYY, with or without HH:MM) and `staff_group` are needed; `gender`,
    `ethnicity` and the scores `gad7, phq9, ptsd, audit, wsas` are used where given and drawn where empty.

    Raises
    ------
    ConfigProblem
        With the file's line numbers, what was found and what would be right.
    """
    file, population = config.demand.referrals_csv, config.population
    if file is None:
        return []
    names = (tuple(population.staff_groups), tuple(population.genders), tuple(population.ethnicities))
    most = tuple(measure.max_score for measure in config.screening.measures.values())
    run = config.run
    rows, problems = _read(file, run.start_date, run.horizon_days, run.run_in_days, names, most)
    if problems:
        rest = [f"... and {len(problems) - MOST_LINES} more"] if len(problems) > MOST_LINES else []
        raise ConfigProblem([f"demand.referrals_csv: {line}" for line in [*problems[:MOST_LINES], *rest]])
    return rows


@lru_cache(maxsize=4)
def _read(
    file: InputFile,
    start: datetime.date,
    horizon_days: int,
    run_in_days: int,
    names: tuple[tuple[str, ...], ...],
    most: tuple[int, ...],
) -> tuple[list[Referral], list[str]]:
    """Return the rows, and what is wrong with the file."""
    try:
        text = file.content.decode("utf-8-sig")
        heading = text.partition("\n")[0]
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=heading.count))
        header = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = header
        if problems := _header_problems(header):
            return [], problems
        lines = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [f"not a readable CSV in UTF-8 ({error}); save it as `CSV UTF-8`"]
    if not lines:
        return [], ["no rows below the header"]
    rows: list[Referral] = []
    problems = []
    outside: list[tuple[int, str]] = []
    unclear: dict[str, list[tuple[int, str]]] = {}
    dates = [str(row.get(WHEN) or "").strip() for _, row in lines]
    british = day_comes_first(dates)
    moments = []
    for (line, row), given in zip(lines, dates, strict=True):
        try:
            if None in row or None in row.values():
                raise ValueError(f"has another number of fields than the header ({len(row)})")
            moment, minute = moment_of(given, british)
            moments.append(moment)
            day = (moment - start).days
            if not -run_in_days <= day < horizon_days:
                outside.append((line, given))
            rows.append(_referral(row, day * MINUTES_PER_DAY + minute, names, most))
        except UnclearOrder as error:
            unclear.setdefault(str(error).partition("; ")[2], []).append((line, str(error)))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    problems[:0] = [_counted(alike) for alike in unclear.values()]
    if outside:
        (line, given), more = outside[0], len(outside) - 1
        first, last = (start + datetime.timedelta(days) for days in (-run_in_days, horizon_days - 1))
        longer = (max(moments) - min(moments)).days + 1
        remedy = f"run.start_date={min(moments)}" + f" and run.horizon_days={longer}" * (longer > horizon_days)
        others = f", as do {more:,} more" * (more > 0)
        problems.append(
            f"line {line}: {WHEN}: got {given[:LONGEST_TEXT]!r}, outside the run, {first} to {last}{others}; "
            f"set {remedy}, or leave such rows out"
        )
    return rows, problems


def _counted(alike: list[tuple[int, str]]) -> str:
    """Return one line for what is wrong in many: the first, how many more there are, and where some of them stand."""
    (line, told), *others = alike
    if not others:
        return f"line {line}: {told}"
    where = ", ".join(str(number) for number, _ in others[:MOST_EXAMPLES]) + ", ..." * (len(others) > MOST_EXAMPLES)
    return f"line {line}: {told} ({len(others):,} more, in line{'s' * (len(others) > 1)} {where})"


def _header_problems(header: list[str]) -> list[str]:
    known = ", ".join(REQUIRED + OPTIONAL)
    problems = [f"line 1: no column {name!r}; add it" for name in REQUIRED if name not in header]
    problems += [
        f"line 1: column {_shown(name, place)} is not used; remove it (identifiers must not be here; known: {known})"
        for place, name in enumerate(header, 1)
        if name not in REQUIRED + OPTIONAL
    ]
    twice = [(place, name) for place, name in enumerate(header, 1) if header.count(name) > 1]
    problems += [f"line 1: column {_shown(name, place)} appears twice; keep one" for place, name in twice]
    return list(dict.fromkeys(problems))


def _shown(name: str, place: int) -> str:
    """Name a column, or only count to it where its heading may be anything: the first line of a file of passwords."""
    return repr(name) if HEADING.fullmatch(name) else str(place)


def _referral(row: dict[str, str], minute: int, names: tuple[tuple[str, ...], ...], most: tuple[int, ...]) -> Referral:
    group, gender, ethnicity = (
        _position(column, row.get(column, "").strip(), allowed)
        for column, allowed in zip(("staff_group", "gender", "ethnicity"), names, strict=True)
    )
    if group == NOT_GIVEN:
        raise ValueError("staff_group: empty; must be one of " + ", ".join(names[0]))
    points = tuple(_points(name, row.get(name, "").strip(), top) for name, top in zip(MEASURES, most, strict=True))
    return Referral(minute, group, gender, ethnicity, points)


def _position(column: str, text: str, allowed: tuple[str, ...]) -> int:
    if text == "":
        return NOT_GIVEN
    if text not in allowed:
        raise ValueError(f"{column}: got {text[:LONGEST_TEXT]!r}; must be one of {', '.join(allowed)}")
    return allowed.index(text)


def _points(name: str, text: str, most: int) -> int:
    if text == "":
        return NOT_GIVEN
    whole = re.sub(r"\.0+$", "", text)  # as R and pandas write a column with gaps
    if not whole.isascii() or not whole.isdigit() or int(whole) > most:
        raise ValueError(f"{name}: got {text[:LONGEST_TEXT]!r}; must be a whole number from 0 to {most}")
    return int(whole)


@dataclass(frozen=True)
class Covered:
    """What a file covers of a run."""

    first_day: int
    last_day: int
    """Of its first and last referral."""
    referrals: int
    """How many there are."""
    goes_on: bool
    """Whether further referrals are drawn from the day after the last until the horizon."""
    stops_short: bool
    """Whether nobody refers from then on, though the run goes on."""
    longest_pause: int
    pause_until: int
    """The most days from one referral to the next, and the day of the latter."""


def covered(config: HubConfig) -> Covered:
    """Return what `demand.referrals_csv` covers of the run, and what comes after it."""
    days = sorted(row.minute // MINUTES_PER_DAY for row in read_referrals(config))
    first, last = days[0], days[-1]
    pause, until = max(((day - before, -day) for before, day in pairwise(days)), default=(0, -first))
    ends_early = config.run.horizon_days - 1 - last > max(pause, LONGEST_PAUSE_DAYS)
    goes_on = ends_early and config.demand.after_referrals_csv == "go_on" and last - first + 1 >= FEWEST_DAYS
    return Covered(first, last, len(days), goes_on, ends_early and not goes_on, pause, -until)


def expected_from_file(config: HubConfig) -> float:
    """Return about how many people come because of the file, those who are drawn included."""
    cover = covered(config)
    after = config.run.horizon_days - cover.last_day - 1 if cover.goes_on else 0
    in_file = cover.last_day - cover.first_day + 1
    return cover.referrals * config.demand.multiplier * (1 + after / in_file)
