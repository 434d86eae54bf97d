"""Days away from work: annual leave and study days (known beforehand) and sickness (not known)."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.calendar import DAYS_PER_WEEK, date_of
from sim.config.absence import Absence, Sickness
from sim.config.changes import MOST_SICK, SicknessWave
from sim.streams import Bools, DayDraw, Floats, Ints, Stream, uniforms

DAYS_IN_ROW = 366
WEEKS_IN_ROW = 54
WORKING_DAYS_PER_WEEK = 5
LAST = 2.0
"""Above every uniform: what has it is chosen after all that can be chosen."""


class Years(NamedTuple):
    """Whole calendar years, one a row of 366 days; places of days and weeks that a year does not have are marked so."""

    exists: Bools
    is_weekday: Bools
    """Which of the row's days are in the year, and which of them are Monday to Friday."""
    week: Ints
    """Each day's week in its year."""
    mondays: Ints
    is_whole: Bools
    """The day on which each week of the year begins, and whether its five weekdays lie in the year."""


def draw_absence(
    absence: Absence,
    seed: int,
    replication: int,
    owner: tuple[str | int, ...],
    start: datetime.date,
    first_day: int,
    working: Bools,
    waves: Sequence[SicknessWave] = (),
) -> tuple[Bools, Bools]:
    """Return which days a post is on leave and which it is sick, each shape (days,), from `first_day` on.

    Luck belongs to (post, calendar day): whole calendar years are drawn, so a longer run changes no earlier day.
    `waves` are those of its role.
    """
    leave, sick = np.zeros_like(working), np.zeros_like(working)
    takes_leave, falls_ill = absence.annual_leave_days + absence.study_days > 0, absence.sickness.absence_share > 0
    if not (takes_leave or falls_ill):
        return leave, sick
    # From the year before: somebody may be off sick on the first day.
    first_year, last_year = date_of(start, first_day).year - 1, date_of(start, first_day + len(working) - 1).year
    years = _years(first_year, last_year)
    luck = np.stack(
        [
            uniforms(seed, replication, Stream.POST_YEAR, (*owner, year), DAYS_IN_ROW, len(DayDraw))
            for year in range(first_year, last_year + 1)
        ]
    )
    begins = (start - datetime.date(first_year, 1, 1)).days + first_day
    if takes_leave:
        leave = _leave(absence, luck, years)[years.exists][begins : begins + len(working)] & working
    if falls_ill:
        by_day = luck[years.exists]
        times = np.ones(len(by_day))
        for wave in waves:
            times[max(0, wave.from_day - first_day + begins) : max(0, wave.to_day - first_day + begins)] *= wave.times
        for first, last in _sick_spells(absence.sickness, by_day, times):
            sick[max(first - begins, 0) : max(last - begins, 0)] = True
    return leave, sick & working


def _leave(absence: Absence, luck: Floats, years: Years) -> Bools:
    """Return the days of each year taken as leave or for study: whole weeks, then single days; shape (years, 366).

    The days are weekdays; a bank holiday that falls on one is not given back, as in a fixed rota.
    """
    weeks, days = divmod(absence.annual_leave_days, WORKING_DAYS_PER_WEEK)
    each = np.arange(len(luck))[:, None]
    of_weeks = np.where(years.is_whole, luck[each, years.mondays, DayDraw.LEAVE_WEEK], LAST)
    chosen = np.zeros(of_weeks.shape, dtype=bool)
    chosen[each, np.argsort(of_weeks, axis=1)[:, :weeks]] = True
    leave: Bools = chosen[each, years.week] & years.is_weekday
    of_days = np.where(years.is_weekday & ~leave, luck[:, :, DayDraw.LEAVE_DAY], LAST)
    leave[each, np.argsort(of_days, axis=1)[:, : days + absence.study_days]] = True
    return leave


@lru_cache(maxsize=16)
def _years(first: int, last: int) -> Years:
    """Return the calendar of these years, the last included."""
    begins = [datetime.date(year, 1, 1) for year in range(first, last + 2)]
    length = np.array([(after - day).days for day, after in itertools.pairwise(begins)])[:, None]
    weekday = np.array([day.weekday() for day in begins[:-1]])[:, None]
    day = np.arange(DAYS_IN_ROW)
    exists = day < length
    mondays = np.arange(WEEKS_IN_ROW) * DAYS_PER_WEEK - weekday
    return Years(
        exists=exists,
        is_weekday=exists & ((day + weekday) % DAYS_PER_WEEK < WORKING_DAYS_PER_WEEK),
        week=(day + weekday) // DAYS_PER_WEEK,
        mondays=np.clip(mondays, 0, DAYS_IN_ROW - 1),
        is_whole=(mondays >= 0) & (mondays + WORKING_DAYS_PER_WEEK <= length),
    )


def _sick_spells(sickness: Sickness, luck: Floats, times: Floats) -> list[tuple[int, int]]:
    """Return sickness spells as (first day, day after the last); days since the first that luck is given for.

    A spell starts on a well day with the probability that gives the configured share of days away, `times` as much on
    each day. What is more in a wave are short spells, or it would be over before absence had risen as far.
    """
    short, long = sickness.short_mean_days, sickness.long_mean_days
    mean = (1 - sickness.long_spell_share) * short + sickness.long_spell_share * long
    # A well day is followed by a spell with this probability: share = p x mean / (1 - p + p x mean).
    start = sickness.absence_share / (sickness.absence_share + (1 - sickness.absence_share) * mean)
    chance = np.full(len(luck), start)
    share = np.minimum(sickness.absence_share * times, MOST_SICK)
    more, less = times > 1, times < 1
    odds = share[more] / (1 - share[more])
    chance[more] += (odds * (1 - start) - start * mean) / (short + odds)
    chance[less] = share[less] / (share[less] + (1 - share[less]) * mean)
    starts = np.flatnonzero(luck[:, DayDraw.SICK_START] < chance)
    usual = luck[starts, DayDraw.SICK_START] < start
    is_long = usual & (luck[starts, DayDraw.SICK_LONG] < sickness.long_spell_share)
    # Geometric lengths from 1 day with the two means.
    leave_chance = 1 / np.maximum(np.where(is_long, long, short), 1 + 1e-9)
    lengths = 1 + np.floor(np.log1p(-luck[starts, DayDraw.SICK_LENGTH]) / np.log1p(-leave_chance)).astype(np.int64)
    spells = []
    well_from = 0
    for day, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        if day >= well_from:
            well_from = day + length
            spells.append((day, well_from))
    return spells
