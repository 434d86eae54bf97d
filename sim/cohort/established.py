"""Who is already at an established Hub: of those who referred before the run-in, whoever still waits or is in therapy.

Everybody who referred in the years before goes through the Hub as a fluid (`sim.cohort.steady`): each waits as long as
people wait in the steady state, unless patience runs out, and has sessions as often as clinicians' time allows. Where
that leaves somebody at the first minute is where the service takes over.
"""

from __future__ import annotations

import math
from dataclasses import replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY
from sim.cohort.decisions import course_lengths, decide
from sim.cohort.expected import FIRST_LATE_DAYS
from sim.cohort.people import attributes
from sim.cohort.screening import need_of
from sim.cohort.sources import Source
from sim.cohort.steady import LONGEST_WAIT_WEEKS, Steady, steady
from sim.cohort.table import DECISIONS, WIDTH, Decisions, further_decisions
from sim.config import HubConfig
from sim.config.hub import reroute
from sim.config.pathway import OUTCOMES
from sim.streams import PERSON_COLUMNS, Bools, EpisodeDraw, Floats, Ints, PersonDraw, Stream, uniforms_by_piece

MINUTES_PER_WEEK = DAYS_PER_WEEK * MINUTES_PER_DAY
REVIEW_WEEKS = 0.2
APPOINTMENT_WEEKS = 0.3
"""What review, and missed appointments made anew, add to the way to an assessment."""


class Place(IntEnum):
    """Where somebody is when the run begins."""

    SCREENING_REVIEW = 0
    ASSESSMENT = 1
    THERAPY = 2
    CASELOAD = 3
    """The four of a given backlog, of which nothing but the list is known; the following of an established Hub."""
    GROUP = 4
    COURSE = 5
    NEXT_LIST = 6
    NEXT_COURSE = 7
    """In the first course, or waiting for the one that follows it, or in that."""


class Earlier(NamedTuple):
    """People of an established Hub, in the order of their numbers; arrays of shape (people,)."""

    source: Source
    place: Ints
    since: Ints
    """The minute since which each has waited."""
    sessions_left: Ints


def is_established(config: HubConfig) -> bool:
    """Return whether the Hub was there before the run, as it is: not new, and with no given lists or referrals."""
    demand, opening = config.demand, config.run.opening
    return opening.mode == "run_in" and demand.referrals_csv is None and demand.launch_ramp_days == 0


def longest_ago(config: HubConfig, settled: Steady) -> float:
    """Return how many weeks ago those referred of whom somebody may still be at the Hub."""
    kinds = config.pathway.modalities.values()
    course = max(
        (
            w + kind.sessions_most * i
            for w, i, kind in zip(settled.therapy_weeks, settled.session_weeks, kinds, strict=True)
        ),
        default=0.0,
    )
    way = settled.assessment_weeks + config.screening.window_days / DAYS_PER_WEEK + course
    return min(way, LONGEST_WAIT_WEEKS)


_last: list[tuple[HubConfig, Steady]] = []
"""Where the lists of the configuration asked for last settle: it is mostly the same for all replications."""


def _steady_of(config: HubConfig) -> Steady:
    if not _last or _last[0][0] is not config:
        _last[:] = [(config, steady(config))]
    return _last[0][1]


def earlier_people(config: HubConfig, hub: int, size: float, replication: int) -> Earlier | None:
    """Return those who referred to an established Hub before its first minute and are still there."""
    if not is_established(config):
        return None
    settled = _steady_of(config)
    per_week, weeks = settled.referrals_per_week * size, longest_ago(config, settled)
    if per_week == 0:
        return None
    source = Source((hub, "earlier"), "earlier")
    expected = per_week * weeks
    rows = int(expected + 6 * math.sqrt(expected)) + 16
    # Person k referred before person k - 1: a longer way through the Hub only adds people.
    pieces = uniforms_by_piece(config.run.seed, replication, Stream.PERSON, source.owner, rows, WIDTH)
    draws = np.concatenate([piece[:, :DECISIONS].copy() for _, piece in pieces])
    ago = np.cumsum(-np.log1p(-draws[:, PersonDraw.WAITED])) / per_week
    may_be = np.flatnonzero((ago < weeks) & ~_surely_gone(config, settled, ago, draws[:, PERSON_COLUMNS:]))
    draws, ago = draws[may_be], ago[may_be]
    first = np.zeros(len(ago), dtype=np.int64)
    columns = attributes(config, [source], first, first, np.zeros(len(ago)), draws[:, :PERSON_COLUMNS], None, first - 1)
    need = need_of(config.screening, columns["tier"], columns["points"])
    further = further_decisions(config, replication, source, may_be)[:, :1]
    luck = np.concatenate([draws[:, None, PERSON_COLUMNS:], further], axis=2)
    decisions = decide(config, luck, need, columns["ethnicity"])
    place, waited, left = still_there(config, settled, ago, decisions)
    there = np.flatnonzero(place >= 0)
    since = np.rint(waited[there] * MINUTES_PER_WEEK).astype(np.int64)
    minutes = -config.run.run_in_days * MINUTES_PER_DAY - 1 - since
    source = replace(source, headcount=len(there), numbers=may_be[there])
    return Earlier(source, place[there], minutes, left[there])


def _surely_gone(config: HubConfig, settled: Steady, ago: Floats, luck: Floats) -> Bools:
    """Return who is certainly not there, whatever their need: to work out everybody's takes most of the time.

    `luck` are the uniforms of their first episode, columns as `EpisodeDraw`.
    """
    screening, pathway = config.screening, config.pathway
    gone = luck[:, EpisodeDraw.OFFERED] >= max(pathway.assessment.offered_share.values())
    if screening.not_completed == "close":
        willing = screening.completed_share + screening.completed_after_reminder_share
        gone |= luck[:, EpisodeDraw.COMPLETES_SCREEN] >= willing
        gone |= luck[:, EpisodeDraw.REACHABLE] < pathway.lists.unreachable_share
    way = settled.assessment_weeks + screening.window_days / DAYS_PER_WEEK + _to_appointment(config)
    if OUTCOMES[0] == "advice" == reroute(config, "advice"):
        least = min(row.get("advice", 0.0) for row in pathway.assessment.outcome_share.values())
        gone |= (ago > way) & (luck[:, EpisodeDraw.OUTCOME] < least)
    if not config.staffing.first_step:
        # The longest that a course may take by the uniform of its length; whoever may step up stays longer.
        kinds = list(pathway.modalities.values())
        planned = np.max([course_lengths(kind, luck[:, EpisodeDraw.COURSE]) for kind in kinds], axis=0)
        steps_up = luck[:, EpisodeDraw.STEP_UP] < max(kind.step_up_share for kind in kinds)
        way += max(settled.therapy_weeks) + _notice(config)
        longest = np.maximum(way + planned * max(settled.session_weeks), way + settled.group_weeks)
        gone |= ~steps_up & (ago > longest)
    return gone


def _notice(config: HubConfig) -> float:
    """Return the weeks from being given an appointment to it."""
    return (config.pathway.lists.notice_days + FIRST_LATE_DAYS) / DAYS_PER_WEEK


def _to_appointment(config: HubConfig) -> float:
    """Return the weeks from the end of the wait for an assessment to having been assessed, with review before it."""
    return REVIEW_WEEKS + _notice(config) + APPOINTMENT_WEEKS


def still_there(config: HubConfig, settled: Steady, ago: Floats, decisions: Decisions) -> tuple[Ints, Floats, Ints]:
    """Return where people are now who referred so many weeks ago, or -1, for how long, and sessions left.

    `decisions` are those of their first episode, each of shape (people, 1); times are in weeks.
    """

    def of(name: str) -> np.ndarray:
        column: np.ndarray = getattr(decisions, name)[:, 0]
        return column

    def weeks(name: str) -> Floats:
        return of(name) / MINUTES_PER_WEEK

    pathway = config.pathway
    kinds = list(pathway.modalities)
    place = np.full(len(ago), -1)
    since, left = np.zeros(len(ago)), np.zeros(len(ago), dtype=np.int64)

    def put(who: Bools, where: Place, for_weeks: Floats) -> None:
        place[who], since[who] = where, for_weeks[who]

    phones = config.screening.not_completed == "phone"
    to_assess = (of("screens") | phones) & of("offered") & (of("reachable") | ~of("screens"))
    waited = ago - np.where(of("screens"), weeks("screen_delay"), config.screening.window_days / DAYS_PER_WEEK)
    waited = np.maximum(waited - REVIEW_WEEKS, 0.0)
    notice = _notice(config)
    wait = settled.assessment_weeks
    patient = weeks("patience_assessment") > np.minimum(waited, wait)
    assessed = waited >= wait + notice + APPOINTMENT_WEEKS
    put(to_assess & ~assessed & patient, Place.ASSESSMENT, waited)

    there = to_assess & assessed & patient
    waited = waited - wait - notice - APPOINTMENT_WEEKS
    names = np.array([reroute(config, outcome) for outcome in OUTCOMES])[of("outcome")]
    comes_back = (names == "onward") & ~of("accepted") & of("bounced_back")
    comes_back &= reroute(config, "hub_therapy") == "hub_therapy"
    individual = there & ((names == "hub_therapy") | (names == "therapy_and_onward") | comes_back)
    suitable, first = of("modality"), of("modality").copy()
    by_group = np.zeros(len(ago), dtype=bool)
    planned, then, then_sessions = of("course_sessions").copy(), np.full(len(ago), -1), of("step_up_sessions")
    for m, kind in enumerate(kinds):
        mine, up = suitable == m, pathway.modalities[kind].steps_up_to
        step = config.staffing.first_step.get(kind)
        if step is None:
            if up is not None:
                then[mine & of("steps_up")] = kinds.index(up)
            continue
        then[mine & (of("step_up_luck") < step.step_up_share)] = m
        then_sessions = np.where(mine, of("course_sessions"), then_sessions)
        if step.starts_with == "group":
            by_group |= mine
        else:
            first[mine] = kinds.index(step.starts_with)
            planned[mine] = course_lengths(pathway.modalities[step.starts_with], of("course_luck")[mine])
    in_group = (there & (names == "group")) | (individual & by_group)
    to_group = of("tie") * settled.group_weeks
    put(in_group & (waited < to_group) & (weeks("patience_group") > waited), Place.GROUP, waited)
    place[(place == Place.GROUP) & individual] = Place.THERAPY  # the first step to therapy
    individual &= ~by_group
    therapy, pace = np.array(settled.therapy_weeks), np.array(settled.session_weeks)
    wait, patience = therapy[first], weeks("patience_therapy")
    put(individual & (waited < wait) & (patience > waited), Place.THERAPY, waited)

    begun = individual & (waited >= wait) & (patience > wait)
    had = np.floor(np.maximum(waited - wait - notice, 0.0) / pace[first]).astype(np.int64)
    put(begun & (had < np.minimum(planned, of("drop_out_session"))), Place.COURSE, waited)
    left = np.where(place == Place.COURSE, planned - had, left)

    weeks_of_group = to_group + notice + pathway.groups.sessions * pathway.groups.interval_days / DAYS_PER_WEEK
    goes_on = begun & (of("drop_out_session") >= planned) & (had >= planned)
    goes_on |= there & by_group & in_group & (names != "group") & (waited >= weeks_of_group)
    goes_on &= then >= 0
    before = np.where(by_group, 0.0, wait)
    waited = waited - np.where(by_group, weeks_of_group, wait + notice + planned * pace[first])
    after = np.maximum(then, 0)
    wait = therapy[after]
    next_list = goes_on & (waited < wait) & (patience > before + np.maximum(waited, 0.0))
    put(next_list, Place.NEXT_LIST, before + np.maximum(waited, 0.0))  # as long as patience has run
    had = np.floor(np.maximum(waited - wait - notice, 0.0) / pace[after]).astype(np.int64)
    next_course = goes_on & (waited >= wait) & (patience > before + wait) & (had < then_sessions)
    put(next_course, Place.NEXT_COURSE, waited)
    left = np.where(place == Place.NEXT_COURSE, then_sessions - had, left)

    return place, since, left
