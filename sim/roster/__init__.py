"""The roster: every post, the spells that fill it, its days at work and the minutes that each activity earns."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, working_days
from sim.config import HubConfig
from sim.config.staffing import FundingCut, Line, Recruitment, Role
from sim.roster.absence import draw_absence
from sim.streams import Floats, Ints, SpellDraw, Stream, standard_normal, uniforms

SPELLS = 64
TEMPORARY = ("agency", "bank")
PLANNING_DAYS = 120
"""The roster runs on beyond the horizon, so that appointments can be booked up to the last day as on any other."""
FOR_EVER_DAYS = 10**7
SMALLEST_STEP = 0.5
"""The smallest step, in WTE, in which a Hub's size changes its staffing."""
SMALLEST_POST = 1e-6
"""WTE below this is rounding, not a post."""


@dataclass(frozen=True)
class Spell:
    """One person in post: first day, day after the last, and whether somebody had to be recruited."""

    start_day: int
    end_day: int
    recruited: bool


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

    @property
    def post_id(self) -> str:
        """Name that stays with the post whatever the scenario."""
        return "/".join(str(part) for part in self.owner)


def whole_posts(wte: float) -> list[float]:
    """Split a line's WTE into whole posts and one remainder."""
    whole = math.floor(wte + SMALLEST_POST)
    rest = wte - whole
    return [1.0] * whole + ([rest] if rest > SMALLEST_POST else [])


def draw_posts(config: HubConfig, replication: int, hub: int, size: float) -> list[PostFrame]:
    """Return every post of a Hub with the spells that fill it, in the order of roles, lines and numbers."""
    first, last = -config.run.run_in_days, config.run.horizon_days + PLANNING_DAYS
    scale = size if config.hubs.staffing_follows_size else 1.0
    cut = config.staffing.funding_cut
    frames = []
    for role_name, role in config.staffing.roles.items():
        for line_name, line in role.lines.items():
            wte = _scaled(line.wte, scale)
            for number, (post_wte, after_cut) in enumerate(_posts_of(wte, config.staffing.funding_cut)):
                owner = (hub, role.stream_key or role_name, line_name, number)
                start = first if line.from_day is None else line.from_day
                end = last if line.to_day is None else min(line.to_day, last)
                if cut is not None and after_cut == 0:
                    end = min(end, cut.from_day)
                if max(start, first) >= min(end, config.run.horizon_days):
                    continue
                draws = uniforms(config.run.seed, replication, Stream.POST_SPELL, owner, SPELLS, len(SpellDraw))
                spells = tuple(
                    Spell(max(spell.start_day, first), spell.end_day, spell.recruited)
                    for spell in _spells(config.staffing.recruitment, draws, line, start, end)
                    if spell.end_day > first
                )
                luck = float(draws[0, SpellDraw.OUT_OF_HOURS])
                opens = max(start, first)
                frame = PostFrame(owner, role_name, line_name, number, post_wte, opens, end, spells, luck)
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


def _spells(recruitment: Recruitment, draws: Floats, line: Line, start: int, end: int) -> tuple[Spell, ...]:
    temporary = line.kind in TEMPORARY
    leads = lead_days(recruitment, temporary, draws[:, SpellDraw.LEAD])
    tenures = _tenure_days(recruitment, draws[:, SpellDraw.TENURE])
    notice = 0 if temporary else round(recruitment.notice_weeks * DAYS_PER_WEEK)
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
        day = decided(leaves) + notice + int(leads[min(spell + 1, SPELLS - 1)])
    return tuple(spells)


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


WORKING_DAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Post:
    """One post's time; arrays run over the days at work."""

    frame: PostFrame
    """The funded post and its spells."""
    out_of_hours: bool
    """Whether it offers early, evening or weekend appointments."""
    plan: tuple[str, ...]
    """Activities of the job plan, in order."""
    days: Ints
    """Day numbers at work, shape (d,)."""
    minutes: Ints
    """Client-facing minutes earned a day for each activity, shape (d, activities)."""
    places: Ints
    """Caseload places on each day at work, shape (d,)."""
    planned_days: Ints
    """Days on which the post expects to be at work: in post, working day, not on leave."""
    handover_days: Ints
    """Days on which the caseload goes back to the list: leaving, or three weeks away."""


@dataclass(frozen=True)
class Roster:
    """All posts of one Hub in one replication, in order: roles, lines, numbers."""

    hub: int
    posts: list[Post]


def draw_roster(config: HubConfig, replication: int, hub: int, size: float) -> Roster:
    """Return who works when, `PLANNING_DAYS` beyond the horizon. Depends on staffing, seed and dates alone."""
    first, last = -config.run.run_in_days, config.run.horizon_days + PLANNING_DAYS
    absence = config.staffing.absence
    working = working_days(config.run.start_date, first, last - first, absence.bank_holidays)
    posts = []
    for frame in draw_posts(config, replication, hub, size):
        role = config.staffing.roles[frame.role]
        leave, sick = draw_absence(
            absence, config.run.seed, replication, frame.owner, config.run.start_date, first, working
        )
        posts.append(_post(config, role, frame, first, working & ~leave, sick))
    return Roster(hub, posts)


def _post(
    config: HubConfig, role: Role, frame: PostFrame, first: int, expected: NDArray[np.bool_], sick: NDArray[np.bool_]
) -> Post:
    in_post = np.zeros(len(expected), dtype=bool)
    ramp = np.zeros(len(expected))
    for spell in frame.spells:
        inside = slice(spell.start_day - first, spell.end_day - first)
        in_post[inside] = True
        ramp[inside] = _ramp(config, role, frame, spell.end_day - spell.start_day, spell.recruited)
    ramp[max(0, frame.cut_day - first) :] *= frame.share_after_cut
    at_work = expected & in_post & ~sick
    per_day = frame.wte * role.client_facing_hours_per_week * 60 / WORKING_DAYS_PER_WEEK
    earned = np.cumsum(per_day * ramp[at_work])
    shares = np.array([reserve.share for reserve in role.job_plan.values()])
    # Running totals are floored, not days: part-time minutes are not rounded away.
    minutes = np.diff(np.floor(np.outer(earned, shares) + 1e-6), axis=0, prepend=0.0).astype(np.int64)
    days = np.flatnonzero(at_work) + first
    cap = role.caseload_cap_per_wte * frame.wte
    places = np.floor(cap * ramp[at_work] + 1e-9).astype(np.int64)
    threshold = config.staffing.absence.handover_after_days
    return Post(
        frame=frame,
        out_of_hours=frame.luck_out_of_hours < role.out_of_hours_share,
        plan=tuple(role.job_plan),
        days=days,
        minutes=minutes,
        places=np.maximum(places, 1 if cap > 0 else 0),
        planned_days=np.flatnonzero(expected & in_post) + first,
        handover_days=_handovers(frame, days, threshold, config.run.horizon_days + PLANNING_DAYS),
    )


def _ramp(config: HubConfig, role: Role, frame: PostFrame, days: int, recruited: bool) -> Floats:
    """Return the share of a full caseload on each day of a spell: linear from the start to full. Source: STF-23."""
    recruitment = config.staffing.recruitment
    temporary = role.lines[frame.line].kind in TEMPORARY
    weeks = recruitment.agency_ramp_weeks if temporary else recruitment.ramp_weeks
    if not recruited or weeks == 0:
        return np.ones(days)
    risen = np.minimum(1.0, np.arange(days) / max(weeks * DAYS_PER_WEEK, 1.0))
    ramp: Floats = recruitment.ramp_start_share + (1 - recruitment.ramp_start_share) * risen
    return ramp


def _handovers(frame: PostFrame, days: Ints, threshold: int, last: int) -> Ints:
    """Return the days on which a caseload is handed back: the last day in post, or after a long absence.

    An absence is as long as it lasts within the spell, whether or not somebody comes back to work after it.
    """
    handovers = {spell.end_day - 1 for spell in frame.spells if spell.end_day < last}
    for spell in frame.spells:
        worked = days[(days >= spell.start_day) & (days < spell.end_day)]
        away = np.diff(worked, append=min(spell.end_day, last))
        handovers |= set((worked[away > threshold] + threshold).tolist())
    return np.array(sorted(handovers), dtype=np.int64)
