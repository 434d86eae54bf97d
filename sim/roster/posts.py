"""Posts and who fills them: recruitment lead times, turnover, notice and refilling."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.cohort.decisions import standard_normal
from sim.config import HubConfig
from sim.config.staffing import FundingCut, Line, Recruitment
from sim.streams import Floats, SpellDraw, Stream, uniforms

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
    """A funded post and its spells.

    Attributes
    ----------
    owner
        Names the post's random numbers: hub, role and line by stream key, post number.
    funded_from, funded_to
        Days between which the post is funded (the second exclusive).
    cut_day, share_after_cut
        Day from which only this share of the post's hours is funded; the share is 1 without a cut.
    luck_out_of_hours
        Uniform that decides whether the post is one of those offering out-of-hours appointments.
    """

    owner: tuple[str | int, ...]
    role: str
    line: str
    number: int
    wte: float
    funded_from: int
    funded_to: int
    spells: tuple[Spell, ...]
    luck_out_of_hours: float
    cut_day: int = FOR_EVER_DAYS
    share_after_cut: float = 1.0

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
