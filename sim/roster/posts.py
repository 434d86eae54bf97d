"""Posts and who fills them: lines of funding as posts, who comes and leaves, maternity leave, and who stands in."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.config import HubConfig
from sim.config.absence import MaternityLeave, Recruitment, StandIn
from sim.config.staffing import TEMPORARY, FundingCut, Line, whole_posts
from sim.streams import Floats, LeaveDraw, SpellDraw, Stream, standard_normal, uniforms

SPELLS = 64
PLANNING_DAYS = 120
"""The roster runs on beyond the horizon, so that appointments can be booked up to the last day as on any other."""
FOR_EVER_DAYS = 10**7
SMALLEST_STEP = 0.5
"""The smallest step, in WTE, in which a Hub's size changes its staffing."""


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


@dataclass(frozen=True)
class PostFrame:
    """A funded post and its spells."""

    owner: tuple[str | int, ...]
    """Names the post's random numbers: hub, role and line by stream key, post number."""
    role: str
    line: str
    number: int
    wte: float
    funded_from: int
    funded_to: int
    """Days between which the post is funded (the second exclusive)."""
    spells: tuple[Spell, ...]
    luck_out_of_hours: float
    """Uniform that decides whether the post is one of those offering out-of-hours appointments."""
    cut_day: int = FOR_EVER_DAYS
    share_after_cut: float = 1.0
    """Day from which only this share of the post's hours is funded; the share is 1 without a cut."""
    on_leave: tuple[tuple[int, int], ...] = ()
    """Days between which its holder is on maternity leave (the second of each exclusive)."""

    @property
    def post_id(self) -> str:
        """Name that stays with the post whatever the scenario."""
        return "/".join(str(part) for part in self.owner)


def draw_posts(config: HubConfig, replication: int, hub: int, size: float) -> list[PostFrame]:
    """Return every post of a Hub with the spells that fill it, in the order of roles, lines and numbers."""
    first, last = -config.run.run_in_days, config.run.horizon_days + PLANNING_DAYS
    scale = size if config.hubs.staffing_follows_size else 1.0
    staffing, seed = config.staffing, config.run.seed
    cut, leave = staffing.funding_cut, staffing.absence.maternity_leave
    frames = []
    for role_name, role in staffing.roles.items():
        for line_name, line in role.lines.items():
            wte = _scaled(line.wte, scale)
            for number, (post_wte, after_cut) in enumerate(_posts_of(wte, cut)):
                owner = (hub, role.stream_key or role_name, line_name, number)
                start = first if line.from_day is None else line.from_day
                end = last if line.to_day is None else min(line.to_day, last)
                if cut is not None and after_cut == 0:
                    end = min(end, cut.from_day)
                opens = max(start, first)
                if opens >= min(end, config.run.horizon_days):
                    continue
                draws = uniforms(seed, replication, Stream.POST_SPELL, owner, SPELLS, len(SpellDraw))
                holders = _holders(staffing.recruitment, draws, line, start, end)
                away: list[tuple[int, int]] = []
                if leave is not None and line.kind not in TEMPORARY:
                    begins = _leaves(leave, seed, replication, owner, config.run.start_date, opens, end)
                    holders, away = _on_leave(holders, begins)
                spells = _with_stand_ins(holders, config.stand_in.get(role_name), end)
                frame = PostFrame(
                    owner, role_name, line_name, number, post_wte, opens, end,
                    spells=tuple(replace(s, start_day=max(s.start_day, first)) for s in spells if s.end_day > first),
                    luck_out_of_hours=float(draws[0, SpellDraw.OUT_OF_HOURS]),
                    on_leave=tuple((max(begin, first), back) for begin, back in away if back > first),
                )  # fmt: skip
                if cut is not None and 0 < after_cut < post_wte:
                    frame = replace(frame, cut_day=cut.from_day, share_after_cut=after_cut / post_wte)
                frames.append(frame)
    return frames


def _scaled(wte: float, scale: float) -> float:
    """Return a line's WTE at a Hub of another size, in steps of half a WTE; no line is rounded away."""
    return wte if scale == 1.0 else max(round(2 * wte * scale) / 2, min(wte, SMALLEST_STEP))


def _posts_of(wte: float, cut: FundingCut | None) -> list[tuple[float, float]]:
    """Return the WTE of each post of a line before and after a cut of funding: the last posts go first."""
    posts = whole_posts(wte)
    kept = whole_posts(wte * (1 - cut.share)) if cut else posts
    return list(zip_longest(posts, kept, fillvalue=0.0))


def _holders(recruitment: Recruitment, draws: Floats, line: Line, start: int, end: int) -> list[Spell]:
    """Return who holds a post, one after the other.

    Who leaves says so `notice_weeks` before; the post is advertised once its refilling is approved, and the next holder
    starts after the lead time, though not before the last one has gone.
    """
    temporary = line.kind in TEMPORARY
    leads = lead_days(recruitment, temporary, draws[:, SpellDraw.LEAD])
    tenures = _tenure_days(recruitment, draws[:, SpellDraw.TENURE])
    notice, approval = (
        (0, 0)
        if temporary
        else (round(weeks * DAYS_PER_WEEK) for weeks in (recruitment.notice_weeks, recruitment.refill_approval_weeks))
    )
    freeze = None if temporary else recruitment.freeze

    def decided(day: int) -> int:
        return freeze.to_day if freeze and freeze.from_day <= day < freeze.to_day else day

    spells = []
    recruited = line.from_day is not None
    day = decided(start) + int(leads[0]) if recruited else start
    for spell in range(SPELLS):
        if day >= end:
            break
        leaves = min(end, day + int(tenures[spell]))
        spells.append(Spell(day, leaves, recruited))
        recruited = True
        told = max(day, leaves - notice)
        day = max(leaves, decided(told + approval) + int(leads[min(spell + 1, SPELLS - 1)]))
    return spells


def _leaves(
    leave: MaternityLeave,
    seed: int,
    replication: int,
    owner: tuple[str | int, ...],
    start: datetime.date,
    first: int,
    last: int,
) -> list[tuple[int, int]]:
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


def _on_leave(holders: list[Spell], leaves: list[tuple[int, int]]) -> tuple[list[Spell], list[tuple[int, int]]]:
    """Divide the time of who is on leave into the spells before and after, and return when somebody is away.

    Only who was there from the beginning may have gone before it.
    """
    spells: list[Spell] = []
    away: list[tuple[int, int]] = []
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


def _with_stand_ins(holders: Sequence[Spell], stand_in: StandIn | None, end: int) -> list[Spell]:
    """Add who stands in from some weeks after somebody has gone until the post has a holder again, or ends."""
    if stand_in is None:
        return list(holders)
    after = round(stand_in.after_weeks * DAYS_PER_WEEK)
    spells = []
    for here, following in zip(holders, [*holders[1:], None], strict=True):
        spells.append(here)
        until = end if following is None else following.start_day
        begins = here.end_day + after
        if stand_in.from_day is not None:
            begins = max(begins, stand_in.from_day)
        if stand_in.to_day is not None:
            until = min(until, stand_in.to_day)
        if begins < until:
            spells.append(Spell(begins, until, recruited=False, stands_in=True))
    return spells


def weeks_to_full(config: HubConfig, frame: PostFrame) -> float:
    """Return how many weeks somebody who is recruited takes to a full caseload. Source: STF-23."""
    temporary = config.staffing.roles[frame.role].lines[frame.line].kind in TEMPORARY
    recruitment = config.staffing.recruitment
    return recruitment.agency_ramp_weeks if temporary else recruitment.ramp_weeks


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


def acting_up(
    config: HubConfig, frames: list[PostFrame], first: int, days: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return what acting up leaves of people's time: of the role that lends, and of what a role is lent.

    By role, shape (days,). Who acts up gives a post so many hours more, and their own so many less; a role that has not
    so many hours lends what it has.
    """
    lenders = {role: stand_in.from_role for role, stand_in in config.stand_in.items() if stand_in.from_role is not None}
    there = {role: np.zeros(days) for role in lenders.values()}
    wanted = {role: np.zeros(days) for role in there}
    for frame in frames:
        for spell in frame.spells:
            inside = slice(spell.start_day - first, spell.end_day - first)
            if spell.stands_in and frame.role in lenders:
                wanted[lenders[frame.role]][inside] += frame.wte * config.stand_in[frame.role].share
            elif frame.role in there and not spell.stands_in:
                there[frame.role][inside] += frame.wte
    lent = {role: np.minimum(wanted[role], there[role]) for role in there}
    lends = {role: 1 - lent[role] / np.where(there[role] > 0, there[role], 1.0) for role in there}
    arrives = {role: lent[role] / np.where(wanted[role] > 0, wanted[role], 1.0) for role in there}
    return lends, {role: arrives[lender] for role, lender in lenders.items()}
