"""Where an established Hub's lists settle: how long people wait where as many join as are seen or give up.

A deterministic estimate from the configuration alone, people as a fluid: who joins each list in a week, what staff can
take off it, and how many are lost for each week of waiting. The run-in settles what it gets wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sim.calendar import DAYS_PER_WEEK
from sim.cohort.expected import (
    SMALL,
    WEEKS_PER_YEAR,
    Course,
    Team,
    course_of,
    need_shares,
    referrals_per_week,
    team_of,
    visits_of,
)
from sim.config import HubConfig
from sim.config.hub import reroute
from sim.config.pathway import OUTCOMES
from sim.config.screening import NEEDS, TIER_OF_NEED, TIERS
from sim.config.staffing import Role
from sim.streams import Floats

VARIANCE_RATIO = 4.0
"""Variance over mean of the change of a list in a week: of who comes, of courses, of posts that stand empty."""
LONGEST_WAIT_WEEKS = 520.0
"""Nobody is taken to be at the Hub, or to wait, for longer than ten years."""
RETURN_SHARE = 0.65
"""Of those who are to come again, the share whose case ends in a way after which they do."""
TAIL = 1e-12


@dataclass(frozen=True)
class Steady:
    """An established Hub: people a week, and how long they wait from joining a list to an appointment."""

    referrals_per_week: float
    """To a Hub of the configured size, those who come again included."""
    assessment_weeks: float
    therapy_weeks: tuple[float, ...]
    """By modality."""
    session_weeks: tuple[float, ...]
    """By modality, from one session attended to the next."""
    group_weeks: float
    """From the first person on the list for a group to its beginning."""


def steady(config: HubConfig) -> Steady:
    """Return where the lists settle, with the staff who are there from the start."""
    pathway, kinds = config.pathway, list(config.pathway.modalities)
    need, tiers = need_shares(config.screening), [TIERS[tier] for tier in TIER_OF_NEED]
    again = pathway.re_referral.share * RETURN_SHARE
    referrals = referrals_per_week(config) * (1 + again + again**2)
    screening = config.screening
    screened = screening.completed_share + screening.completed_after_reminder_share
    screened = referrals * (1.0 if screening.not_completed == "phone" else screened)
    offered = need * [pathway.assessment.offered_share[tier] for tier in tiers]
    joins = screened * (1 - pathway.lists.unreachable_share) * float(offered.sum())
    outcome = {name: np.zeros(len(NEEDS)) for name in OUTCOMES}
    for n, tier in enumerate(tiers):
        for name, share in pathway.assessment.outcome_share[tier].items():
            outcome[reroute(config, name)][n] += share * offered[n] / max(float(offered.sum()), SMALL)  # type: ignore[index]

    stage = pathway.assessment
    visits = visits_of(pathway.attendance.assessment, pathway.attendance, pathway.attendance.assessment_misses_allowed)
    minutes = (1 - visits.ended) * stage.write_up.mean_minutes
    minutes += (1 - visits.ended + visits.missed + visits.late) * stage.contact.mean_minutes
    teams = {name: team_of(config, name) for name in config.staffing.roles}
    support = pathway.team_support
    work = {
        "assessment": joins * minutes,
        "risk_call": screened * screening.risk_flag_share * float(need[1:].sum()) * pathway.lists.risk_call_minutes,
        "screening_review": screened * screening.review_minutes,
        "team_support": support.requests_per_month * 12 / WEEKS_PER_YEAR * support.staff_minutes.mean_minutes,
    }
    for_assessment, for_therapy = _time(config, teams, work)
    could = for_assessment / max(minutes, SMALL)
    lost, assessment_weeks = settled(joins, could, pathway.patience.assessment_leave_per_week)
    assessed = (joins - lost) * (1 - visits.ended)

    navigation = pathway.navigation
    comes_back = (1 - navigation.accepted_share) * navigation.bounced_back_share
    comes_back *= reroute(config, "hub_therapy") == "hub_therapy"
    to_therapy = outcome["hub_therapy"] + outcome["therapy_and_onward"] + comes_back * outcome["onward"]
    suits = np.array([[pathway.modality_share[name].get(kind, 0.0) for kind in kinds] for name in NEEDS])
    courses = [course_of(config, modality) for modality in pathway.modalities.values()]
    begin, by_group = _begun(config, assessed * (to_therapy @ suits), courses)
    to_group = assessed * float(outcome["group"].sum()) + by_group
    group_weeks = min(pathway.groups.min_size / max(to_group, SMALL), pathway.groups.max_wait_days / DAYS_PER_WEEK)
    waits = _therapy(config, begin, courses, teams, for_therapy)
    return Steady(referrals, assessment_weeks, waits, tuple(course.session_weeks for course in courses), group_weeks)


def _time(config: HubConfig, teams: dict[str, Team], work: dict[str, float]) -> tuple[float, dict[str, float]]:
    """Return the minutes a week for assessments, and by role for therapy: what a reserve leaves unused passes on."""
    roles, left = config.staffing.roles, dict(work)
    for_assessment, for_therapy = 0.0, dict.fromkeys(roles, 0.0)
    for name in sorted(roles, key=lambda name: (roles[name].turn, name)):
        passed = 0.0
        for activity, reserve in roles[name].job_plan.items():
            have = teams[name].minutes * reserve.share + passed
            used = have if activity == "therapy" else min(have, left.get(activity, 0.0))
            if activity == "therapy":
                for_therapy[name] = have
            elif activity in left:
                left[activity] -= used
            for_assessment += have if activity == "assessment" else 0.0
            passed = have - used if reserve.flexes else 0.0
    return for_assessment, for_therapy


def _begun(config: HubConfig, suited: Floats, courses: list[Course]) -> tuple[Floats, float]:
    """Return how many want a course of each modality in a week, as a second step too, and how many a group first."""
    kinds = list(config.pathway.modalities)
    begin, by_group = suited.copy(), 0.0
    for m, (kind, modality) in enumerate(config.pathway.modalities.items()):
        step, up = config.staffing.first_step.get(kind), modality.steps_up_to
        if step is None:
            if up is not None:
                begin[kinds.index(up)] += suited[m] * modality.step_up_share * courses[m].completed
            continue
        first = None if step.starts_with == "group" else kinds.index(step.starts_with)
        completed = (1 - config.pathway.attendance.drop_out_share) if first is None else courses[first].completed
        begin[m] -= suited[m] * (1 - step.step_up_share * completed)
        if first is None:
            by_group += float(suited[m])
        else:
            begin[first] += suited[m]
    return begin, by_group


def _therapy(
    config: HubConfig, begin: Floats, courses: list[Course], teams: dict[str, Team], for_therapy: dict[str, float]
) -> tuple[float, ...]:
    """Return how long people wait for each modality, of whom so many join its list in a week."""
    kinds, roles = list(config.pathway.modalities), config.staffing.roles
    work, hold = (begin * [getattr(course, what) for course in courses] for what in ("minutes", "weeks"))
    can = {}
    for name, role in roles.items():
        gives = [kinds.index(kind) for kind in role.modalities]
        if for_therapy[name] > 0 and gives and work[gives].sum() > SMALL:
            by_places = teams[name].places * work[gives].sum() / max(hold[gives].sum(), SMALL)
            can[name] = float(min(for_therapy[name], by_places))
    waits = [0.0] * len(kinds)
    for group, capacity in _alike(kinds, work, can, roles):
        joins = float(begin[group].sum())
        could = joins * capacity / float(work[group].sum())
        _, weeks = settled(joins, could, config.pathway.patience.therapy_leave_per_week)
        for m in group:
            waits[m] = weeks
    return tuple(waits)


def _alike(
    kinds: list[str], work: Floats, can: dict[str, float], roles: dict[str, Role]
) -> Iterator[tuple[list[int], float]]:
    """Yield the modalities that are waited for alike, the worst first, with the minutes a week for them.

    Clinicians take whoever has waited longest on any list that they serve: so waits are alike wherever somebody can
    make them so, and those who serve the longest wait have no time for others.
    """
    left, free = [m for m in range(len(kinds)) if work[m] > SMALL], dict(can)
    while left:
        options = []
        for size in range(1, len(left) + 1):
            for some in map(list, combinations(left, size)):
                who = [name for name in free if any(kinds[m] in roles[name].modalities for m in some)]
                capacity = sum(free[name] for name in who)
                options.append((capacity / float(work[some].sum()), size, some, who, capacity))
        _, _, group, who, capacity = min(options)
        yield group, capacity
        left = [m for m in left if m not in group]
        free = {name: minutes for name, minutes in free.items() if name not in who}


def settled(joins: float, could: float, leaves: float) -> tuple[float, float]:
    """Return how many of a list are lost in a week, and how many weeks those wait who are not.

    `joins` come and `could` be taken in a week, and of those who wait the share `leaves` gives up. The list is a
    diffusion that is pulled to where as many leave as come, and never falls below nobody: its law is a normal cut off
    at zero; where nobody gives up, an exponential. Without either there is no steady state, and it begins empty.
    """
    excess, variance = joins - could, VARIANCE_RATIO * joins
    if joins <= SMALL or (leaves == 0 and excess >= 0):
        return 0.0, 0.0
    if leaves == 0:
        return 0.0, min(variance / (-2 * excess) / joins, LONGEST_WAIT_WEEKS)
    spread = math.sqrt(variance / (2 * leaves))
    centre = excess / leaves / spread
    not_cut = 0.5 * math.erfc(-centre / math.sqrt(2))
    density = math.exp(-(centre**2) / 2) / math.sqrt(2 * math.pi)
    length = spread * (centre + density / not_cut) if not_cut > TAIL else variance / (-2 * excess)
    lost = min(leaves * length, joins * (1 - SMALL))
    return lost, min(-math.log1p(-lost / joins) / leaves, LONGEST_WAIT_WEEKS)
