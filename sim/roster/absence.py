"""Days away from work: annual leave and study days (known beforehand) and sickness (not known)."""

from __future__ import annotations

import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, date_of
from sim.config.staffing import Absence, Sickness
from sim.streams import DayDraw, Floats, Stream, uniforms

Bools = NDArray[np.bool_]
DAYS_IN_ROW = 366
WORKING_DAYS_PER_WEEK = 5


def draw_absence(
    absence: Absence,
    seed: int,
    replication: int,
    owner: tuple[str | int, ...],
    start: datetime.date,
    first_day: int,
    working: Bools,
) -> tuple[Bools, Bools]:
    """Return which days a post is on leave and which it is sick, each shape (days,), from `first_day` on.

    Luck belongs to (post, calendar day): whole calendar years are drawn, so a longer run changes no earlier day.
    """
    days = len(working)
    leave, sick = np.zeros(days, dtype=bool), np.zeros(days, dtype=bool)
    # From the year before: somebody may be off sick on the first day.
    years = range(date_of(start, first_day).year - 1, date_of(start, first_day + days - 1).year + 1)
    blocks, offsets = [], []
    for year in years:
        offset = (datetime.date(year, 1, 1) - start).days - first_day
        length = (datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1)).days
        block = uniforms(seed, replication, Stream.POST_YEAR, (*owner, year), DAYS_IN_ROW, len(DayDraw))[:length]
        blocks.append(block)
        offsets.append(offset)
        chosen = _leave_days(absence, block, datetime.date(year, 1, 1).weekday()) + offset
        leave[chosen[(chosen >= 0) & (chosen < days)]] = True
    for first, last in _sick_spells(absence.sickness, np.concatenate(blocks), offsets[0]):
        sick[max(first, 0) : max(last, 0)] = True
    return leave & working, sick & working


def _leave_days(absence: Absence, block: Floats, weekday: int) -> NDArray[np.int64]:
    """Return the days of one year taken as leave or for study: whole weeks, then single days.

    The days are weekdays; a bank holiday that falls on one is not given back, as in a fixed rota.
    """
    week, is_weekday, mondays = _year(len(block), weekday)
    weeks = min(absence.annual_leave_days // WORKING_DAYS_PER_WEEK, len(mondays))
    chosen_weeks = mondays[np.argsort(block[mondays, DayDraw.LEAVE_WEEK], kind="stable")[:weeks]]
    is_leave_week = np.zeros(int(week[-1]) + 1, dtype=bool)
    is_leave_week[week[chosen_weeks]] = True
    in_leave_week = is_leave_week[week] & is_weekday
    single = absence.annual_leave_days - weeks * WORKING_DAYS_PER_WEEK + absence.study_days
    free = np.flatnonzero(is_weekday & ~in_leave_week)
    singles = free[np.argsort(block[free, DayDraw.LEAVE_DAY], kind="stable")[:single]]
    return np.concatenate([np.flatnonzero(in_leave_week), singles])


@lru_cache(maxsize=16)
def _year(length: int, weekday: int) -> tuple[NDArray[np.int64], Bools, NDArray[np.int64]]:
    """Return each day's week and whether it is a weekday, and the Mondays of whole working weeks."""
    days = np.arange(length)
    mondays = days[(days + weekday) % DAYS_PER_WEEK == 0]
    is_weekday = (days + weekday) % DAYS_PER_WEEK < WORKING_DAYS_PER_WEEK
    return (days + weekday) // DAYS_PER_WEEK, is_weekday, mondays[mondays + WORKING_DAYS_PER_WEEK <= length]


def _sick_spells(sickness: Sickness, draws: Floats, offset: int) -> list[tuple[int, int]]:
    """Return sickness spells as (first day, day after the last); days since the first simulated day.

    A spell starts on a well day with the probability that gives the configured share of days away.
    """
    if sickness.absence_share == 0:
        return []
    short, long = sickness.short_mean_days, sickness.long_mean_days
    mean = (1 - sickness.long_spell_share) * short + sickness.long_spell_share * long
    # A well day is followed by a spell with this probability: share = p x mean / (1 - p + p x mean).
    start = sickness.absence_share / (sickness.absence_share + (1 - sickness.absence_share) * mean)
    is_long = draws[:, DayDraw.SICK_LONG] < sickness.long_spell_share
    # Geometric lengths from 1 day with the two means.
    leave_chance = 1 / np.maximum(np.where(is_long, long, short), 1 + 1e-9)
    length = 1 + np.floor(np.log1p(-draws[:, DayDraw.SICK_LENGTH]) / np.log1p(-leave_chance)).astype(np.int64)
    spells = []
    well_from = 0
    for day in np.flatnonzero(draws[:, DayDraw.SICK_START] < start):
        if day >= well_from:
            well_from = int(day + length[day])
            spells.append((int(day) + offset, well_from + offset))
    return spells
