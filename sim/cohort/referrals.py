"""Real referrals from a CSV, in place of the drawn background ones: read once, checked row by row."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.sources import DRAWN
from sim.config.screening import MEASURES
from sim.errors import ConfigProblem

if TYPE_CHECKING:
    from sim.config import HubConfig
    from sim.config.files import InputFile

REQUIRED = ("referred_on", "staff_group")
OPTIONAL = ("gender", "ethnicity", *MEASURES)
MOST_LINES = 10
NOT_GIVEN = -1
DATE_LENGTH = len("YYYY-MM-DD")


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

    Columns: `referred_on` (YYYY-MM-DD or YYYY-MM-DDTHH:MM) and `staff_group` are needed; `gender`, `ethnicity`
    and the scores `gad7, phq9, ptsd, audit, wsas` are used where given and drawn where empty.

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
    rows, problems = _read(file, config.run.start_date, config.run.horizon_days, config.run.run_in_days, names, most)
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
    rows: list[Referral] = []
    problems: list[str] = []
    try:
        with io.StringIO(file.content.decode("utf-8-sig"), newline="") as text:
            reader = csv.DictReader(text)
            header = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = header
            problems += [f"line 1: no column {name!r}; add it" for name in REQUIRED if name not in header]
            known = ", ".join(REQUIRED + OPTIONAL)
            problems += [
                f"line 1: column {name!r} is not used; remove it (identifiers must not be here; known: {known})"
                for name in header
                if name not in REQUIRED + OPTIONAL
            ]
            problems += [f"line 1: column {name!r} stands twice; keep one" for name in header if header.count(name) > 1]
            if problems:
                return [], list(dict.fromkeys(problems))
            for row in reader:
                try:
                    rows.append(_referral(row, start, horizon_days, run_in_days, names, most))
                except ValueError as error:
                    problems.append(f"line {reader.line_num}: {error}")
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(f"not a readable CSV in UTF-8 ({error})")
    if not rows and not problems:
        problems.append("no rows below the header")
    return rows, problems


def _referral(
    row: dict[str, str],
    start: datetime.date,
    horizon_days: int,
    run_in_days: int,
    names: tuple[tuple[str, ...], ...],
    most: tuple[int, ...],
) -> Referral:
    if None in row or None in row.values():
        raise ValueError(f"has another number of fields than the header ({len(row)})")
    text = row["referred_on"].strip()
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"referred_on: got {text!r}; must be YYYY-MM-DD or YYYY-MM-DDTHH:MM") from None
    if moment.tzinfo is not None or (len(text) > DATE_LENGTH and text[DATE_LENGTH] not in "T "):
        raise ValueError(f"referred_on: got {text!r}; must be local time, YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    day = (moment.date() - start).days
    if not -run_in_days <= day < horizon_days:
        raise ValueError(f"referred_on: got {text!r}; must lie within the run, {-run_in_days} to {horizon_days} days")
    minute_of_day = moment.hour * 60 + moment.minute if len(text) > DATE_LENGTH else MINUTES_PER_DAY // 2
    group, gender, ethnicity = (
        _position(column, row.get(column, "").strip(), allowed)
        for column, allowed in zip(("staff_group", "gender", "ethnicity"), names, strict=True)
    )
    if group == DRAWN:
        raise ValueError("staff_group: empty; must be one of " + ", ".join(names[0]))
    points = tuple(_points(name, row.get(name, "").strip(), top) for name, top in zip(MEASURES, most, strict=True))
    return Referral(day * MINUTES_PER_DAY + minute_of_day, group, gender, ethnicity, points)


def _position(column: str, text: str, allowed: tuple[str, ...]) -> int:
    if text == "":
        return DRAWN
    if text not in allowed:
        raise ValueError(f"{column}: got {text!r}; must be one of {', '.join(allowed)}")
    return allowed.index(text)


def _points(name: str, text: str, most: int) -> int:
    if text == "":
        return NOT_GIVEN
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise ValueError(f"{name}: got {text!r}; must be a whole number from 0 to {most}")
    return int(text)


def columns(rows: list[Referral]) -> dict[str, np.ndarray]:
    """Return the rows as arrays: minute, staff_group, gender, ethnicity (n,) and points (n, 5)."""
    return {
        name: np.array([getattr(row, name) for row in rows], dtype=np.int64)
        for name in ("minute", "staff_group", "gender", "ethnicity", "points")
    }
