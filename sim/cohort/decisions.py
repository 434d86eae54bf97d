"""What each person will decide in each episode, drawn before the service runs: inverse CDFs of keyed uniforms."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import scipy  # its submodules load when something of theirs is first used

from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY
from sim.cohort.table import Decisions, Luck
from sim.config import HubConfig
from sim.config.pathway import DRAWS_PER_EPISODE, OUTCOMES, Length, Modality, Navigation, Pathway
from sim.config.screening import NEEDS, TIER_OF_NEED, TIERS, Screening
from sim.streams import Bools, EpisodeDraw, Floats, Ints, standard_normal

SMALLEST_HAZARD = 1e-15
"""Below this nobody drops out in any number of sessions."""
NEVER = np.int64(2**53)
"""A duration longer than any horizon: this person does not give up."""


def decide_all(config: HubConfig, luck: Luck, need: Ints, ethnicity: Ints) -> Decisions:
    """Map everybody's uniforms to decisions; of an episode that cannot happen every decision is 0."""
    first = decide(config, luck.first, need, ethnicity)
    if luck.later.shape[1] == 0:
        return first
    later = decide(config, luck.later, need[luck.returning], ethnicity[luck.returning])
    joined = {}
    for part in fields(Decisions):
        of_first = getattr(first, part.name)
        joined[part.name] = both = np.zeros((len(need), 1 + luck.later.shape[1]), dtype=of_first.dtype)
        both[:, :1] = of_first
        both[luck.returning, 1:] = getattr(later, part.name)
    return Decisions(**joined)


def decide(config: HubConfig, draws: Floats, need: Ints, ethnicity: Ints) -> Decisions:
    """Map uniforms to decisions.

    Parameters
    ----------
    draws
        Uniforms, shape (people, episodes that can happen, 32 or more), columns as `EpisodeDraw`.
    need
        Position in `NEEDS` of each person, shape (people,).
    ethnicity
        Position in the configuration's list of each person, shape (people,).
    """
    tier = np.array(TIER_OF_NEED)[need]
    pathway, screening = config.pathway, config.screening
    assessment, navigation = pathway.assessment, pathway.navigation

    def column(name: EpisodeDraw) -> Floats:
        return draws[:, :, name]

    offered = np.array([assessment.offered_share[name] for name in TIERS])[tier][:, None]
    completes = column(EpisodeDraw.COMPLETES_SCREEN)
    delay, in_time = _screen_delay(screening, completes, column(EpisodeDraw.SCREEN_DELAY))
    modality, sessions, step_up_sessions = _courses(pathway, draws, need)
    step_up_share = np.array([m.step_up_share for m in pathway.modalities.values()])[modality]
    write_up = lengths(assessment.write_up, column(EpisodeDraw.ASSESSMENT_WRITE_UP))
    patience = pathway.patience
    self_help, remote = config.policies.guided_self_help, config.policies.remote
    matched = _matched(config, ethnicity, column(EpisodeDraw.MATCHED))
    return Decisions(
        screens=in_time,
        screen_delay=delay,
        offered=column(EpisodeDraw.OFFERED) < offered,
        reachable=column(EpisodeDraw.REACHABLE) >= pathway.lists.unreachable_share,
        assessment_minutes=lengths(assessment.contact, column(EpisodeDraw.ASSESSMENT_CONTACT)) + write_up,
        assessment_write_up=write_up,
        outcome=_outcomes(config, column(EpisodeDraw.OUTCOME), tier),
        modality=modality,
        course_sessions=sessions,
        steps_up=column(EpisodeDraw.STEP_UP) < step_up_share,
        step_up_sessions=step_up_sessions,
        course_luck=column(EpisodeDraw.COURSE),
        step_up_luck=column(EpisodeDraw.STEP_UP),
        drop_out_session=_drop_out(config, column(EpisodeDraw.DROP_OUT), matched),
        patience_assessment=_patience(patience.assessment_leave_per_week, column(EpisodeDraw.PATIENCE_ASSESSMENT)),
        patience_therapy=_patience(patience.therapy_leave_per_week, column(EpisodeDraw.PATIENCE_THERAPY)),
        patience_group=_patience(patience.group_leave_per_week, column(EpisodeDraw.PATIENCE_GROUP)),
        navigation_contacts=1 + _poisson(navigation.contacts_mean - 1, column(EpisodeDraw.CONTACTS)),
        navigation_minutes=lengths(navigation.contact_minutes, column(EpisodeDraw.CONTACT_MINUTES)),
        accepted=column(EpisodeDraw.ACCEPTED) < navigation.accepted_share,
        opted_in=column(EpisodeDraw.OPTED_IN) < navigation.opted_in_share,
        external_wait=_external_wait(navigation, column(EpisodeDraw.EXTERNAL_WAIT)),
        bounced_back=column(EpisodeDraw.BOUNCED_BACK) < navigation.bounced_back_share,
        re_referred=column(EpisodeDraw.RE_REFERRED) < pathway.re_referral.share,
        re_referral_delay=_minutes(
            -pathway.re_referral.mean_delay_days * np.log1p(-column(EpisodeDraw.RE_REFERRAL_DELAY))
        ),
        returns_unassessed=column(EpisodeDraw.RE_REFERRED) < config.policies.assessment_threshold.return_share,
        takes_self_help=column(EpisodeDraw.SELF_HELP) < self_help.offered_share * self_help.taken_up_share,
        needs_no_therapy=column(EpisodeDraw.SELF_HELP_ENOUGH) < self_help.enough_share,
        remote_assessment=column(EpisodeDraw.REMOTE) < remote.assessment_share,
        remote_therapy=column(EpisodeDraw.REMOTE) < remote.therapy_share,
        matched=matched,
        tie=column(EpisodeDraw.TIE),
    )


def lengths(length: Length, uniform: Floats) -> Ints:
    """Return whole minutes of work: lognormal with the configured mean, held inside its bounds."""
    median = length.mean_minutes * math.exp(-(length.sigma**2) / 2)
    minutes = np.rint(median * np.exp(length.sigma * standard_normal(uniform)))
    return np.clip(minutes, length.low_minutes, length.high_minutes).astype(np.int64)


def course_lengths(modality: Modality, uniform: Floats) -> Ints:
    """Return planned sessions of a course: gamma with the configured mean, rounded, 1 to the most allowed."""
    sessions: Ints = np.searchsorted(course_edges(modality), uniform, side="right") + 1
    return sessions


def course_edges(modality: Modality) -> Floats:
    """Return the uniforms at which a course grows by one session, ascending, shape (most allowed - 1,)."""
    steps = np.arange(1, modality.sessions_most)
    scale = modality.sessions_mean / modality.sessions_shape
    edges = scipy.special.gammainc(modality.sessions_shape, (steps + 0.5) / scale)
    return np.asarray(edges, dtype=np.float64)


def _minutes(days: Floats) -> Ints:
    return np.minimum(np.rint(days * MINUTES_PER_DAY), float(NEVER)).astype(np.int64)


def _screen_delay(screening: Screening, completes: Floats, delay: Floats) -> tuple[Ints, Bools]:
    """Return minutes from referral to completion, and who completes inside the window."""
    days = screening.completion_median_days * np.exp(screening.completion_sigma * standard_normal(delay))
    after_reminder = completes >= screening.completed_share
    days = days + np.where(after_reminder, screening.reminder_after_days, 0.0)
    willing = completes < screening.completed_share + screening.completed_after_reminder_share
    return _minutes(days), willing & (days <= screening.window_days)


def _outcomes(config: HubConfig, uniform: Floats, tier: Ints) -> Ints:
    rows = config.pathway.assessment.outcome_share
    return _picked([[rows[name].get(outcome, 0.0) for outcome in OUTCOMES] for name in TIERS], tier, uniform)


def _picked(shares: list[list[float]], row: Ints, uniform: Floats) -> Ints:
    """Return the column that each uniform falls on in its person's row of a table of shares."""
    column = np.zeros(uniform.shape, dtype=np.int64)
    for edge in np.cumsum(shares, axis=1)[:, :-1].T:
        column += uniform >= edge[row][:, None]
    return column


def _courses(pathway: Pathway, draws: Floats, need: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the modality that suits, planned sessions, and planned sessions after a step up."""
    modalities = pathway.modalities
    kinds = list(modalities.values())
    shares = [[pathway.modality_share[name].get(kind, 0.0) for kind in modalities] for name in NEEDS]
    modality = _picked(shares, need, draws[:, :, EpisodeDraw.MODALITY])
    sessions = np.ones(modality.shape, dtype=np.int64)
    step_up = np.zeros(modality.shape, dtype=np.int64)
    for m, kind in enumerate(kinds):
        mine = modality == m
        sessions[mine] = course_lengths(kind, draws[:, :, EpisodeDraw.COURSE][mine])
        if kind.steps_up_to is not None:
            step_up[mine] = course_lengths(modalities[kind.steps_up_to], draws[:, :, EpisodeDraw.STEP_UP_COURSE][mine])
    return modality, sessions, step_up


def _matched(config: HubConfig, ethnicity: Ints, uniform: Floats) -> Bools:
    """Return who is seen by a clinician who is matched to them, of those to whom it makes a difference."""
    lever = config.pathway.attendance.matched_clinician
    to_whom = np.array([name in lever.ethnicities for name in config.population.ethnicities], dtype=bool)
    matched: Bools = to_whom[ethnicity][:, None] & (uniform < lever.share)
    return matched


def _drop_out(config: HubConfig, uniform: Floats, matched: Bools) -> Ints:
    """Return the last session of people who drop out: a constant hazard after each session but the last.

    At the end of a course it is complete, so a course of n sessions has n - 1 occasions to stop.
    """
    attendance = config.pathway.attendance
    if attendance.drop_out_share == 1:
        return np.ones(uniform.shape, dtype=np.int64)
    hazard = -math.log1p(-attendance.drop_out_share) / (attendance.drop_out_reference_sessions - 1)
    of_each = max(hazard, SMALLEST_HAZARD) * np.where(matched, attendance.matched_clinician.drop_out_times, 1.0)
    sessions = 1 + np.floor(-np.log1p(-uniform) / of_each)
    return np.asarray(np.minimum(sessions, DRAWS_PER_EPISODE + 1), dtype=np.int64)


def _external_wait(navigation: Navigation, uniform: Floats) -> Ints:
    with np.errstate(over="ignore"):  # for ever is for ever
        days = navigation.wait_median_days * np.exp(navigation.wait_sigma * standard_normal(uniform))
    return _minutes(days)


def _patience(leave_per_week: float, uniform: Floats) -> Ints:
    if leave_per_week == 0:
        return np.full(uniform.shape, NEVER)
    with np.errstate(over="ignore"):  # for ever is for ever
        days = -np.log1p(-uniform) * DAYS_PER_WEEK / leave_per_week
    return np.maximum(_minutes(days), 1)


def _poisson(mean: float, uniform: Floats) -> Ints:
    from scipy.special import pdtr

    most = int(mean + 12 * math.sqrt(mean) + 12)
    number: Ints = np.searchsorted(pdtr(np.arange(most), mean), uniform, side="right")
    return number
