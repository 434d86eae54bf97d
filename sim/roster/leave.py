"""Maternity leave: drawn for each post and year, or known beforehand, and what it makes of a holder's time."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.config.absence import MaternityLeave
from sim.config.changes import KnownLeave, posts_that_make_up
from sim.roster.spells import Spell
from sim.streams import LeaveDraw, Stream, uniforms

Leave = tuple[int, int]
"""First day away, and first day back."""


class Held(Protocol):
    """A post and who holds it."""

    @property
    def wte(self) -> float:
        """Its hours."""

    @property
    def spells(self) -> tuple[Spell, ...]:
        """Its holders, one after the other."""


def known_leaves(leaves: Mapping[str, KnownLeave], posts: Mapping[str, Mapping[int, Held]]) -> dict[int, list[Leave]]:
    """Return by number of the post the leave that is known beforehand; `posts` are those of each role by number.

    Whose leave it is holds a post on its first day and is on no other known leave then; the larger posts go first.
    """
    found: dict[int, list[Leave]] = {}
    for leave in leaves.values():
        there = {
            number: post.wte
            for number, post in posts[leave.role].items()
            if any(spell.start_day <= leave.from_day < spell.end_day for spell in post.spells)
            and all(back <= leave.from_day or leave.to_day <= begin for begin, back in found.get(number, []))
        }
        numbers = list(there)
        for place in posts_that_make_up(leave.wte, list(there.values())):
            found.setdefault(numbers[place], []).append((leave.from_day, leave.to_day))
    return found


def drawn_leaves(
    leave: MaternityLeave,
    seed: int,
    replication: int,
    owner: tuple[str | int, ...],
    start: datetime.date,
    first: int,
    last: int,
) -> list[Leave]:
    """Return when the holder of a post would go on maternity leave and come back, from the year before `first` on.

    Luck belongs to (post, calendar year), as that of sickness does: a longer run changes no earlier leave.
    """
    found = []
    for year in range(date_of(start, first).year - 1, date_of(start, last - 1).year + 1):
        luck = uniforms(seed, replication, Stream.POST_LEAVE, (*owner, year), 1, len(LeaveDraw))[0]
        if luck[LeaveDraw.BEGINS] < leave.per_year:
            weeks = leave.least_weeks + luck[LeaveDraw.LENGTH] * (leave.most_weeks - leave.least_weeks)
            day = (datetime.date(year, 1, 1) - start).days + math.floor(luck[LeaveDraw.DAY] * DAYS_PER_YEAR)
            found.append((day, day + max(1, round(weeks * DAYS_PER_WEEK))))
    return found


def on_leave(holders: list[Spell], leaves: list[Leave]) -> tuple[list[Spell], list[Leave]]:
    """Divide the time of who is on leave into the spells before and after, and return when somebody is away.

    Only who was there from the beginning may have gone before it.
    """
    spells: list[Spell] = []
    away: list[Leave] = []
    for holder in holders:
        here = holder
        for begin, back in leaves:
            from_day = begin if holder.recruited else max(begin, here.start_day)
            if not here.start_day <= from_day < min(back, here.end_day):
                continue
            if here.start_day < from_day:
                spells.append(replace(here, end_day=from_day))
            away.append((from_day, min(back, holder.end_day)))
            here = Spell(min(back, holder.end_day), holder.end_day, recruited=False, returns=True)
        if here.start_day < here.end_day:
            spells.append(here)
    return spells, away
