"""The roster: every post, the spells that fill it, its days at work and the minutes that each activity earns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, working_days
from sim.config import HubConfig
from sim.config.changes import SicknessWave, concerns
from sim.config.staffing import TEMPORARY, Role
from sim.roster.absence import draw_absence
from sim.roster.extra import extra_frame, extra_minutes
from sim.roster.lending import Lent, lent_hours
from sim.roster.posts import PLANNING_DAYS, PostFrame, acting_up, draw_posts, weeks_to_full
from sim.roster.spells import Spell
from sim.roster.supervision import Supervision, due_hours, hours_share, supervise
from sim.streams import Floats, Ints

WORKING_DAYS_PER_WEEK = 5
MINUTES_A_DAY_PER_WEEKLY_HOUR = 60 / WORKING_DAYS_PER_WEEK


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
    evening_clinics: bool = False
    """Whether it offers them by policy, between its dates, and otherwise not."""
    supervision: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    """Minutes of supervision due, received and given, shape (d, 3)."""
    lent: Floats = field(default_factory=lambda: np.zeros(0))
    """Minutes lent to a partner Hub, shape (d,); empty for none."""


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
    frames = draw_posts(config, replication, hub, size)
    lends, lent = acting_up(config, frames, first, last - first)
    supervision = supervise(config, frames, first, last - first)
    sickness = config.changes_of(SicknessWave).values()
    waves = {role: [wave for wave in sickness if concerns(wave, role)] for role in config.staffing.roles}
    absences = [
        draw_absence(
            absence, config.run.seed, replication, frame.owner, config.run.start_date, first, working, waves[frame.role]
        )
        for frame in frames
    ]
    given = lent_hours(config, frames, [leave | sick for leave, sick in absences], first, last - first)
    posts = []
    for frame, (leave, sick) in zip(frames, absences, strict=True):
        role = config.staffing.roles[frame.role]
        acting = lends.get(frame.role), lent.get(frame.role)
        posts.append(_post(config, role, frame, first, working & ~leave, sick, acting, supervision, given))
    for name in config.policies.extra_sessions:
        if (extra := extra_frame(config, hub, name, first, last)) is not None:
            posts.append(_extra_post(config, extra, first, working))
    return Roster(hub, posts)


def _extra_post(config: HubConfig, frame: PostFrame, first: int, working: NDArray[np.bool_]) -> Post:
    policy = config.policies.extra_sessions[frame.policy]
    days = np.flatnonzero(working) + first
    days = days[days >= frame.funded_from]
    places = policy.sessions_a_week if policy.stage == "therapy" else 0
    return Post(
        frame=frame,
        out_of_hours=policy.suits_everybody,
        plan=(policy.stage,),
        days=days,
        minutes=extra_minutes(config, policy, config.staffing.roles[frame.role], days),
        places=np.full(len(days), places, dtype=np.int64),
        planned_days=days,
        handover_days=np.zeros(0, dtype=np.int64),
        supervision=np.zeros((len(days), 3)),
    )


def _post(
    config: HubConfig,
    role: Role,
    frame: PostFrame,
    first: int,
    expected: NDArray[np.bool_],
    sick: NDArray[np.bool_],
    acting: tuple[Floats | None, Floats | None],
    supervision: Supervision,
    given: Lent | None,
) -> Post:
    in_post = np.zeros(len(expected), dtype=bool)
    ramp, due, worked = (np.zeros(len(expected)) for _ in range(3))
    for spell in frame.spells:
        inside = slice(spell.start_day - first, spell.end_day - first)
        in_post[inside] = True
        ramp[inside] = _ramp(config, frame, spell)
        if (left := acting[spell.stands_in]) is not None:
            ramp[inside] *= left[inside]
        due[inside] = due_hours(config, frame, spell)
        worked[inside] = frame.wte * hours_share(config, frame, spell)
    ramp *= frame.funded_share(first, len(ramp))
    at_work = expected & in_post & ~sick
    days = np.flatnonzero(at_work) + first
    handovers = {spell.end_day - 1 for spell in frame.spells if spell.end_day < first + len(expected)}
    phased = config.staffing.absence.phased_return
    for gone, back in _long_absences(frame, days, config.staffing.absence.handover_after_days, first + len(expected)):
        handovers.add(gone + config.staffing.absence.handover_after_days)
        if phased is not None and back is not None:
            since = slice(back - first, back - first + round(phased.weeks * DAYS_PER_WEEK))
            ramp[since] *= _risen(len(ramp[since]), phased.weeks, phased.start_share)
    # Of each WTE, on a day at work: supervision due, received and given.
    received = due * supervision.met[frame.role]
    of_each_wte = np.stack([due, received, supervision.given[frame.role]], axis=1)
    of_supervision = (of_each_wte * worked[:, None])[at_work] * MINUTES_A_DAY_PER_WEEKLY_HOUR
    per_day = frame.wte * role.client_facing_hours_per_week * MINUTES_A_DAY_PER_WEEKLY_HOUR
    supervised = of_supervision[:, 1:].sum(axis=1)
    left_for_clients = np.maximum(0.0, per_day * ramp[at_work] - supervised)
    lent = np.zeros(0)
    if given is not None and given.role == frame.role:
        kept = np.maximum(0.0, per_day * (ramp * (1 - given.of_minutes))[at_work] - supervised)
        lent, left_for_clients = left_for_clients - kept, kept
        ramp *= 1 - given.of_places
    earned = np.cumsum(left_for_clients)
    shares = np.array([reserve.share for reserve in role.job_plan.values()])
    # Running totals are floored, not days: part-time minutes are not rounded away.
    minutes = np.diff(np.floor(np.outer(earned, shares) + 1e-6), axis=0, prepend=0.0).astype(np.int64)
    cap = role.caseload_cap_per_wte * frame.wte
    places = np.floor(cap * ramp[at_work] + 1e-9).astype(np.int64)
    return Post(
        frame=frame,
        out_of_hours=frame.luck_out_of_hours < role.out_of_hours_share,
        evening_clinics=role.offers_appointments
        and role.out_of_hours_share <= frame.luck_out_of_hours < config.policies.evening_clinics.share,
        plan=tuple(role.job_plan),
        days=days,
        minutes=minutes,
        places=np.maximum(places, 1 if cap > 0 else 0),
        planned_days=np.flatnonzero(expected & in_post) + first,
        handover_days=np.array(sorted(handovers), dtype=np.int64),
        supervision=of_supervision,
        lent=lent,
    )


def _ramp(config: HubConfig, frame: PostFrame, spell: Spell) -> Floats:
    """Return the share of a full caseload on each day of a spell. Source: STF-23.

    Linear from the start to full for newcomers after their induction, and for who comes back; who stands in gives a
    share of the post's hours.
    """
    staffing, days = config.staffing, spell.end_day - spell.start_day
    recruitment, phased = staffing.recruitment, staffing.absence.phased_return
    if spell.returns and phased is not None:
        return _risen(days, phased.weeks, phased.start_share)
    if spell.stands_in:
        stand_in = config.stand_in[frame.role]
        weeks = recruitment.agency_ramp_weeks if stand_in.by in TEMPORARY else 0.0
        return stand_in.share * _risen(days, weeks, recruitment.ramp_start_share)
    if not spell.recruited:
        return np.ones(days)
    ramp = _risen(days, weeks_to_full(config, frame), recruitment.ramp_start_share)
    if config.line(frame.role, frame.line).kind not in TEMPORARY:
        ramp[: round(recruitment.induction_weeks * DAYS_PER_WEEK)] = 0.0
    return ramp


def _risen(days: int, weeks: float, start_share: float) -> Floats:
    """Return what rises in a straight line from a share to 1 in so many weeks, on each day."""
    if weeks == 0:
        return np.ones(days)
    risen: Floats = start_share + (1 - start_share) * np.minimum(1.0, np.arange(days) / max(weeks * DAYS_PER_WEEK, 1.0))
    return risen


def _long_absences(frame: PostFrame, days: Ints, threshold: int, last: int) -> Iterator[tuple[int, int | None]]:
    """Yield the last day at work before each absence longer than a threshold, and the first day back, if there is one.

    An absence is as long as it lasts within the spell, whether or not somebody comes back to work after it.
    """
    for spell in frame.spells:
        worked = days[(days >= spell.start_day) & (days < spell.end_day)]
        away = np.diff(worked, append=min(spell.end_day, last))
        for place in np.flatnonzero(away > threshold).tolist():
            yield int(worked[place]), int(worked[place + 1]) if place + 1 < len(worked) else None


__all__ = ["PLANNING_DAYS", "Post", "PostFrame", "Roster", "Spell", "draw_posts", "draw_roster"]
