"""Who holds a post, one after the other: starting, leaving, and the time that recruiting the next takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.config.absence import Recruitment
from sim.config.changes import Freeze
from sim.streams import Floats, SpellDraw, standard_normal

SPELLS = 64
FOR_EVER_DAYS = 10**7


@dataclass(frozen=True)
class Spell:
    """One person in post without a break: first day, day after the last, and whether somebody had to be recruited.

    `returns` after maternity leave, or `stands_in` for nobody or for who is on leave.
    """

    start_day: int
    end_day: int
    recruited: bool
    returns: bool = False
    stands_in: bool = False


def holders(
    recruitment: Recruitment,
    draws: Floats,
    start: int,
    end: int,
    *,
    there: bool,
    new: bool,
    temporary: bool,
    freezes: Iterable[Freeze],
) -> list[Spell]:
    """Return who holds a post between two days (the second exclusive), one after the other.

    Somebody is `there` on the first day, perhaps `new`, or the post is advertised then. Who leaves says so
    `notice_weeks` before; the post is advertised once its refilling is approved, and the next holder starts after the
    lead time, though not before the last one has gone.
    """
    leads = lead_days(recruitment, temporary, draws[:, SpellDraw.LEAD])
    tenures = _tenure_days(recruitment, draws[:, SpellDraw.TENURE])
    notice, approval = (
        (0, 0)
        if temporary
        else (round(weeks * DAYS_PER_WEEK) for weeks in (recruitment.notice_weeks, recruitment.refill_approval_weeks))
    )
    in_turn = sorted(freezes, key=lambda freeze: freeze.from_day)

    def decided(day: int) -> int:
        for freeze in in_turn:
            if freeze.from_day <= day < freeze.to_day:
                day = freeze.to_day
        return day

    spells = []
    recruited = new
    day = start if there else decided(start) + int(leads[0])
    for spell in range(SPELLS):
        if day >= end:
            break
        leaves = min(end, day + int(tenures[spell]))
        spells.append(Spell(day, leaves, recruited))
        recruited = True
        told = max(day, leaves - notice)
        day = max(leaves, decided(told + approval) + int(leads[min(spell + 1, SPELLS - 1)]))
    return spells


def lead_days(recruitment: Recruitment, temporary: bool, uniform: Floats) -> NDArray[np.int64]:
    """Return days from the decision to recruit to the first day in post: lognormal. Source: STF-21."""
    weeks = recruitment.agency_lead_median_weeks if temporary else recruitment.lead_median_weeks
    with np.errstate(over="ignore"):  # for ever is for ever
        days = weeks * DAYS_PER_WEEK * np.exp(recruitment.lead_sigma * standard_normal(uniform))
    return _whole_days(days)


def _tenure_days(recruitment: Recruitment, uniform: Floats) -> NDArray[np.int64]:
    if recruitment.turnover_per_year == 0:
        return np.full(len(uniform), FOR_EVER_DAYS)
    with np.errstate(over="ignore"):
        days = -np.log1p(-uniform) * DAYS_PER_YEAR / recruitment.turnover_per_year
    return _whole_days(days)


def _whole_days(days: Floats) -> NDArray[np.int64]:
    return np.clip(np.rint(days), 1, FOR_EVER_DAYS).astype(np.int64)
