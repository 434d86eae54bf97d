"""What a configuration leads one to expect: how many refer, with what need, what a course takes, and who has time.

Nothing is drawn. `sim.cohort.steady` works out from it where an established Hub's lists settle.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, working_days
from sim.cohort.barriers import uptake
from sim.cohort.decisions import course_edges
from sim.cohort.screening import NEED_OF, positions
from sim.cohort.sources import catchment
from sim.config import HubConfig
from sim.config.pathway import Attendance, Modality, Visit
from sim.config.screening import MEASURES, NEEDS, TIER_OF_POSITIVES, Screening
from sim.config.staffing import TEMPORARY, Role, whole_posts
from sim.streams import Floats

WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK
WORKING_DAYS_PER_WEEK = 5
LATE_DAYS, FIRST_LATE_DAYS = 1.2, 5.0
"""By which a session, or the first of a course, is later than it is due: weekends, leave, sickness, days that are full.
As the service has it on average; the run-in makes up for what these miss."""
SMALL = 1e-9
"""Fewer people a week than this are nobody."""
RARELY = 0.05
"""As if at least this share of sessions were kept: who never comes is discharged, and holds no place for ever."""


def days_at_work(config: HubConfig) -> float:
    """Return on how many days of a year somebody in post is at work."""
    absence = config.staffing.absence
    days = working_days(config.run.start_date, 0, round(DAYS_PER_YEAR), absence.bank_holidays).sum()
    here = float(days) - absence.annual_leave_days - absence.study_days
    return float(here * (1 - absence.sickness.absence_share))


def referrals_per_week(config: HubConfig) -> float:
    """Return how many refer in an ordinary week before the run begins, for the first time."""
    demand, population = config.demand, config.population
    by_group = np.array([uptake(config, name) for name in population.staff_groups])
    of_gender = np.array([demand.relative_uptake.gender[name] for name in population.genders])
    of_ethnicity = np.array([demand.relative_uptake.ethnicity[name] for name in population.ethnicities])
    rate = by_group[:, None, None] * of_gender[:, None] * of_ethnicity * demand.multiplier
    a_year = math.fsum((catchment(population) * rate).ravel().tolist())  # the same in whatever order groups stand
    return a_year * float(np.mean(demand.season_index)) / WEEKS_PER_YEAR


def need_shares(screening: Screening) -> Floats:
    """Return how many of those who come in the ordinary way have each need, shape (len(NEEDS),)."""
    return _need_shares(screening.model_dump_json())


@lru_cache(maxsize=256)
def _need_shares(screening_json: str) -> Floats:
    from scipy.special import ndtr

    screening = Screening.model_validate_json(screening_json)
    above, weight = positions(screening, [covariate.share for covariate in screening.covariates.values()])
    positive = ndtr(above)
    # Given factor and covariates the measures are independent: count those positive, one measure after the other.
    count = np.zeros((len(MEASURES) + 1, 2, *weight.shape))
    count[0, 0] = weight
    for m, name in enumerate(MEASURES):
        yes, count = count * positive[..., m], count * (1 - positive[..., m])
        if name == "ptsd":
            yes[:, 1], yes[:, 0] = yes.sum(axis=1), 0.0
        count[1:] += yes[:-1]
    shares = np.zeros(len(NEEDS))
    for positives, tier in enumerate(TIER_OF_POSITIVES):
        for ptsd in (0, 1):
            shares[NEED_OF[tier, ptsd]] += count[positives, ptsd].sum()
    return shares


class Visits(NamedTuple):
    """What is expected of the appointments of one kind, where so many missed ones in a row end it."""

    kept: float
    """Share of appointments."""
    ended: float
    """Share of people whose first kept appointment does not come, because they have missed too many."""
    missed: float
    late: float
    """Missed, or cancelled too late to be of use to others, until one is kept or too many have been missed."""


def visits_of(visit: Visit, attendance: Attendance, allowed: int) -> Visits:
    """Return what is expected of appointments of one kind until one is kept."""
    kept = 1 - visit.missed_share - visit.cancelled_share
    miss = visit.missed_share / max(visit.missed_share + kept, SMALL)
    ended = miss**allowed
    missed = sum(miss**n for n in range(1, allowed + 1))
    cancelled = (1 - ended + missed) * visit.cancelled_share / max(1 - visit.cancelled_share, SMALL)
    return Visits(kept, ended, missed, cancelled * (1 - attendance.reusable_share))


class Course(NamedTuple):
    """What is expected of a course of one modality, for each who is given a place."""

    minutes: float
    weeks: float
    """For which it holds the place."""
    completed: float
    """Share who come to its end."""
    session_weeks: float
    """From one session attended to the next."""


def course_of(config: HubConfig, modality: Modality) -> Course:
    """Return what is expected of a course: planned lengths, who drops out, and what is missed or cancelled."""
    attendance = config.pathway.attendance
    allowed = attendance.therapy_misses_in_a_row_allowed
    first, later = (visits_of(v, attendance, allowed) for v in (attendance.therapy_first, attendance.therapy_next))
    edges = course_edges(modality)
    planned = 1 - np.concatenate([[0.0], edges])
    """Share of courses of at least 1, 2, ... sessions."""
    stays = (1 - attendance.drop_out_share) ** (1 / max(attendance.drop_out_reference_sessions - 1, 1))
    going = (1 - first.ended) * (stays * (1 - later.ended)) ** np.arange(len(planned))
    sessions = float((planned * going).sum())
    completed = float(((planned - np.append(planned[1:], 0.0)) * going).sum())
    groups = config.population.staff_groups.values()
    shifts = sum(g.headcount * g.shift_worker_share for g in groups) / max(sum(g.headcount for g in groups), 1)
    interval = modality.interval_days * (1 - shifts) + modality.shift_worker_interval_days * shifts + LATE_DAYS
    notice = config.pathway.lists.notice_days + FIRST_LATE_DAYS
    times = 1 / max(first.kept, RARELY), max(sessions - 1, 0.0) / max(later.kept, RARELY)
    minutes = sum(
        (length + modality.admin_minutes) * number * (1 - visit.cancelled_share * attendance.reusable_share)
        for length, number, visit in (
            (modality.first_minutes, times[0], attendance.therapy_first),
            (modality.next_minutes, times[1], attendance.therapy_next),
        )
    )
    return Course(
        minutes=minutes,
        weeks=(notice + max(sum(times) - 1, 0.0) * interval) / DAYS_PER_WEEK,
        completed=completed,
        session_weeks=interval / DAYS_PER_WEEK / max(later.kept, RARELY),
    )


class Team(NamedTuple):
    """What the people of a role have in a week, vacancies and absence taken off."""

    minutes: float
    places: float


def team_of(config: HubConfig, name: str) -> Team:
    """Return what those of a role have who are there from the start."""
    staffing, role = config.staffing, config.staffing.roles[name]
    wte = _wte(role)
    if wte == 0:
        return Team(0.0, 0.0)
    supervised = (other for other in staffing.roles.values() if other.supervised_by == name)
    due = sum(_wte(other) * other.supervision_hours_per_week for other in supervised)
    given = min(due / wte, role.most_supervision_given_hours_per_week)
    hours = max(0.0, role.client_facing_hours_per_week - role.supervision_hours_per_week - given)
    in_post = 1 - _lost(config, name)
    a_day = wte * hours * 60 / WORKING_DAYS_PER_WEEK
    sickness = staffing.absence.sickness
    long_days = sickness.long_spell_share * sickness.long_mean_days
    short_days = (1 - sickness.long_spell_share) * sickness.short_mean_days
    handed_over = math.exp(-staffing.absence.handover_after_days / sickness.long_mean_days)
    handed_over *= sickness.absence_share * long_days / (long_days + short_days)
    places = 0
    for line in role.lines.values():
        if line.from_day is None and role.caseload_cap_per_wte > 0:
            each = (math.floor(role.caseload_cap_per_wte * post + SMALL) for post in whole_posts(line.wte))
            places += sum(max(1, number) for number in each)
    return Team(a_day * days_at_work(config) / WEEKS_PER_YEAR * in_post, places * in_post * (1 - handed_over))


def _wte(role: Role) -> float:
    return sum(line.wte for line in role.lines.values() if line.from_day is None)


def _lost(config: HubConfig, name: str) -> float:
    """Return the share of a role's time that is lost to vacancies, newcomers' first weeks and maternity leave."""
    staffing, role = config.staffing, config.staffing.roles[name]
    recruitment, leave = staffing.recruitment, staffing.absence.maternity_leave
    if {line.kind for line in role.lines.values()} <= set(TEMPORARY):
        empty, rising = recruitment.agency_lead_median_weeks, recruitment.agency_ramp_weeks
    else:
        lead = recruitment.lead_median_weeks * math.exp(recruitment.lead_sigma**2 / 2)
        empty = max(0.0, recruitment.refill_approval_weeks + lead - recruitment.notice_weeks)
        rising = recruitment.ramp_weeks
    rising = rising * (1 - recruitment.ramp_start_share) / 2 + recruitment.induction_weeks
    away = 0.0 if leave is None else leave.per_year * (leave.least_weeks + leave.most_weeks) / 2
    stand_in = config.stand_in.get(name)
    if stand_in is not None and (stand_in.from_day is None or stand_in.from_day <= -config.run.run_in_days):
        empty, away = (weeks * (1 - stand_in.share) for weeks in (empty, away))
    lost = (recruitment.turnover_per_year * (empty + rising) + away) / WEEKS_PER_YEAR
    return lost / (1 + lost)
