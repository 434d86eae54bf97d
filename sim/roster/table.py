"""The roster: for every post the days at work and the client-facing minutes that each activity earns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, working_days
from sim.config import HubConfig
from sim.config.staffing import Role
from sim.roster.absence import draw_absence
from sim.roster.posts import PLANNING_DAYS, TEMPORARY, PostFrame, draw_posts
from sim.streams import Floats, Ints

WORKING_DAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Post:
    """One post's time; arrays run over the days at work.

    Attributes
    ----------
    frame
        The funded post and its spells.
    out_of_hours
        Whether it offers early, evening or weekend appointments.
    plan
        Activities of the job plan, in order.
    days
        Day numbers at work, shape (d,).
    minutes
        Client-facing minutes earned a day for each activity, shape (d, activities).
    places
        Caseload places on each day at work, shape (d,).
    planned_days
        Days on which the post expects to be at work: in post, working day, not on leave.
    handover_days
        Days on which the caseload goes back to the list: leaving, or three weeks away.
    """

    frame: PostFrame
    out_of_hours: bool
    plan: tuple[str, ...]
    days: Ints
    minutes: Ints
    places: Ints
    planned_days: Ints
    handover_days: Ints


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
    """Return the days on which a caseload is handed back: the last day in post, or after a long absence."""
    handovers = {spell.end_day - 1 for spell in frame.spells if spell.end_day < last}
    handovers |= {int(days[gap]) + threshold for gap in np.flatnonzero(np.diff(days) > threshold)}
    return np.array(sorted(handovers), dtype=np.int64)
