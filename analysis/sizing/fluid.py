"""People as a fluid: lists, deadlines and expected capacity by week, from which staffing plans to try are computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.sizing.futures import figures, weekly_futures
from analysis.sizing.plan import Menu
from analysis.sizing.question import DAYS_PER_WEEK, Question
from sim.cohort import draw_cohort
from sim.cohort.expected import WEEKS_PER_YEAR, WORKING_DAYS_PER_WEEK, days_at_work
from sim.config import HubConfig
from sim.config.staffing import Role
from sim.run.replicate import Replication
from sim.stages import ONE_VISIT, PASSED, list_of
from sim.streams import Floats, Ints

LONGEST_BEFORE = 0.5
"""Of the days of a target, at most this part goes to the lists before the one on which people wait last for it."""
Held = tuple[dict[str, float], float]
"""What people take of staff on one list: how many go to a WTE of each role, and for how many weeks each is held."""


@dataclass(frozen=True)
class Load:
    """One list that people pass: weekly arrivals, and what staff can take off it."""

    name: str
    arrivals: Floats
    """People joining in each week from the first decision, shape (weeks,)."""
    listed: float
    """People on the list at the first decision."""
    limit_weeks: float
    """Weeks after joining within which they must be seen."""
    share: float
    """Of people who join in the cohort's weeks."""
    hold_weeks: int
    """Weeks for which a person keeps a place: the length of a course, 1 for a single contact."""
    base: Floats
    """People that staff already there can hold or see in a week, shape (weeks,)."""
    per_wte: dict[str, float]
    """The same for one WTE, by role."""


def loads_of(
    config: HubConfig, menu: Menu, question: Question, free: Sequence[Replication], idle: Sequence[Replication]
) -> list[Load]:
    """Return the lists on the way to the goals.

    `free` are futures with the most staff that can be had: nobody waits for want of staff, so lists are joined when
    they would be at best; `idle` are the same without anybody hired: who is on the list when the first decision falls.
    """
    first_week = menu.decision_days[0] // DAYS_PER_WEEK
    mid_week = menu.decision_days[0] + DAYS_PER_WEEK * np.arange(menu.weeks) + DAYS_PER_WEEK // 2
    names = [stage.name for stage in PASSED]
    goals = {list_of(goal.stage): goal for goal in question.goals}
    """By the list on which people wait last for it."""
    on_the_way = names[: 1 + max(names.index(name) for name in goals if name in names)]
    found = []

    def add(name: str, share: float, days: float) -> None:
        per_wte, weeks = KINDS[name](config)
        arrivals = weekly_futures(free, name, "arrivals").mean(axis=0)[first_week : first_week + menu.weeks]
        listed = weekly_futures(idle, name, "list").mean(axis=0)[max(first_week - 1, 0)]
        base = np.zeros(menu.weeks)
        for role_name, role in config.staffing.roles.items():
            wte = sum(line.wte for line in role.lines.values() if line.is_for_good)
            base += wte * per_wte.get(role_name, 0.0) * (1 - lent_share(config, role_name, mid_week))
        base += extra_people(config, name, days, mid_week)
        limit = max(days, 1.0) / DAYS_PER_WEEK
        found.append(Load(name, arrivals, listed, limit, share, max(1, round(weeks)), base, per_wte))

    first, *later = on_the_way
    own = goals.get(first)
    # On the way to another goal a review may take no longer than a week, or it delays everything.
    add(first, (own or question.target).share, own.days if own else DAYS_PER_WEEK)
    notice = config.pathway.lists.notice_days
    not_waited = float(np.nanmean(figures(free, "wait_days_mean", first))) + notice
    since_referral = 0.0
    for place, name in enumerate(later):
        before_goal = next(number for number, other in enumerate(later[place:]) if other in goals)
        goal = goals[later[place + before_goal]]
        since_referral = min(since_referral, goal.days * LONGEST_BEFORE)
        days = (goal.days if before_goal == 0 else goal.days * LONGEST_BEFORE / before_goal) - since_referral
        add(name, goal.share, days - not_waited)
        since_referral, not_waited = since_referral + days, notice
    for name, goal in goals.items():
        if name not in names:  # people join it from another list, and wait for it beside the others
            add(name, goal.share, goal.days)
    return found


def lent_share(config: HubConfig, role: str, days: Ints) -> Floats:
    """Return the share of a role's time for clients that it works for a partner Hub, on each of these days."""
    aid, its = config.policies.mutual_aid, config.staffing.roles[role]
    if aid.lender_in(config.staffing) != role:
        return np.zeros(len(days))
    share = aid.lends_hours_per_week / max(its.wte * its.client_facing_hours_per_week, aid.lends_hours_per_week)
    return np.where(aid.lending.holds_on(days), share, 0.0)


def extra_people(config: HubConfig, name: str, limit_days: float, days: Ints) -> Floats:
    """Return whom extra sessions see in a week of a list, or hold in therapy at a time, on each of these days.

    Sessions for those who have waited for longer than the target allows come too late to help.
    """
    found = np.zeros(len(days))
    for policy in config.policies.extra_sessions.values():
        if policy.stage != name or policy.wait_over_days >= limit_days:
            continue
        sessions = policy.sessions_a_week * policy.holds_on(days)
        if name == "therapy":
            role = policy.role_in(config.staffing)
            given = config.staffing.roles[role].modalities if role else config.pathway.modalities
            weeks = float(np.mean([config.pathway.modalities[kind].interval_days for kind in given])) / DAYS_PER_WEEK
            found += sessions * weeks
        else:
            found += sessions / (1 + _lost(config, name))
    return found


UNKNOWN_POLICIES = {
    "guided_self_help": "guided self-help",
    "remote": "remote appointments",
    "cover": "cover by policy",
}
"""What the fluid leaves out, in words; a threshold and evenings change who comes, which is taken from simulation."""


def left_out(config: HubConfig) -> list[str]:
    """Return the policies in force that the fluid leaves out, in words."""
    return [words for name, words in UNKNOWN_POLICIES.items() if name in config.policies.in_force]


def _per_week(config: HubConfig, role: Role, activity: str) -> float:
    """Return client-facing minutes a week that one WTE has for an activity, absence taken off."""
    if activity not in role.job_plan:
        return 0.0
    share = {str(name): reserve.share for name, reserve in role.job_plan.items()}[activity]
    hours = max(0.0, role.client_facing_hours_per_week - role.supervision_hours_per_week)
    per_day = hours * 60 / WORKING_DAYS_PER_WEEK
    return float(days_at_work(config) / WEEKS_PER_YEAR * per_day * share)


def _seen(config: HubConfig, activity: str, minutes: float) -> Held:
    """Count people whom one WTE of each role sees in a week, once and each for so many minutes."""
    return {name: _per_week(config, role, activity) / minutes for name, role in config.staffing.roles.items()}, 1


def _contacts(config: HubConfig) -> Held:
    """Count people whom a navigator sees out, with all their contacts."""
    navigation = config.pathway.navigation
    return _seen(config, "navigation", navigation.contact_minutes.mean_minutes * navigation.contacts_mean)


def _visits(config: HubConfig, stage: str) -> Held:
    """Count appointments of a stage of one by their minutes, with the contact time of those that are missed."""
    lengths = getattr(config.pathway, stage)
    contact, write_up = lengths.contact.mean_minutes, lengths.write_up.mean_minutes
    return _seen(config, stage, contact * (1 + _lost(config, stage)) + write_up)


def _lost(config: HubConfig, stage: str) -> float:
    """Return how many appointments are missed, or cancelled too late for others, for each that is kept, about."""
    attendance = config.pathway.attendance
    visit = getattr(attendance, stage)
    return float(visit.missed_share + visit.cancelled_share * (1 - attendance.reusable_share))


def _courses(config: HubConfig) -> Held:
    """Count caseload places, each held for a course of average length."""
    kinds = config.pathway.modalities.values()
    suits = draw_cohort(config, 0).decisions.modality[:, 0]  # what suits people depends on their need
    days = np.array([kind.sessions_mean * kind.interval_days for kind in kinds])[suits].sum() / max(len(suits), 1)
    weeks = days / DAYS_PER_WEEK
    return {name: _places(config, role) for name, role in config.staffing.roles.items()}, weeks


def _places(config: HubConfig, role: Role) -> float:
    """Return people whom one WTE can have in therapy at a time: caseload places, or what the weekly minutes allow."""
    kinds = [config.pathway.modalities[name] for name in role.modalities]
    if not kinds:
        return 0.0
    minutes = float(np.mean([kind.next_minutes + kind.admin_minutes for kind in kinds]))
    interval_weeks = float(np.mean([kind.interval_days for kind in kinds])) / DAYS_PER_WEEK
    return min(role.caseload_cap_per_wte, _per_week(config, role, "therapy") / minutes * interval_weeks)


KINDS: dict[str, Callable[[HubConfig], Held]] = {
    "screening": lambda config: _seen(config, "screening_review", config.screening.review_minutes),
    **{name: partial(_visits, stage=name) for name in ONE_VISIT},
    "therapy": _courses,
    "navigation": _contacts,
}
"""What each stage that may be asked for takes of staff."""
