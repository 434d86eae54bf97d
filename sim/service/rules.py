"""The pathway's rules as plain whole minutes, looked up once so that the service reads without arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.decisions import course_edges
from sim.config import HubConfig
from sim.config.checks import reroute
from sim.config.pathway import OUTCOMES, Attendance, Visit

WORKING_DAYS_PER_WEEK = 5
ITSELF, GROUP = -1, -2
"""First steps that are no other modality: straight to the one that suits, or a group."""


@dataclass(frozen=True, slots=True)
class VisitOdds:
    """Thresholds of one uniform: below `missed` missed, below `late` cancelled too late, below `any` cancelled."""

    missed: float
    late: float
    any: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What the service follows; minutes and days are whole."""

    policy: str
    ageing_minutes_per_tier: int
    notice_days: int
    contact_attempts: int
    contact_attempt_minutes: int
    contact_attempt_interval: int
    risk_call_minutes: int
    review_minutes: int
    phone_screen_minutes: int
    phones_after: int | None
    """Minutes after referral at which people who did not complete the screen are phoned; None: they are closed."""
    screening_window: int
    outcomes: tuple[str, ...]
    """What follows each drawn outcome, after rerouting."""
    gives_therapy: bool
    """Whether people whose assessment comes to Hub therapy get it here, refused ones who come back included."""
    modality_names: tuple[str, ...]
    interval_days: tuple[int, ...]
    """Days between sessions, by modality."""
    shift_worker_interval_days: tuple[int, ...]
    first_minutes: tuple[int, ...]
    """Staff minutes of a first session, notes included, by modality."""
    next_minutes: tuple[int, ...]
    step_up: tuple[int, ...]
    """Position of the modality to which each steps up, or -1."""
    first_step: tuple[int, ...]
    """What each modality begins with under this staffing model: a modality's position, `GROUP`, or `ITSELF`."""
    first_step_share: tuple[float, ...]
    """Of those who complete the first step in place of each modality: share who then get the modality itself."""
    course_edges: tuple[list[float], ...]
    """For each modality that is somebody's first step: the uniforms at which its course grows by a session."""
    group_min: int
    group_max: int
    group_max_wait: int
    group_sessions: int
    group_minutes: int
    group_interval_days: int
    navigation_interval: int
    decision_minutes: int
    check_in_interval: int
    check_in_minutes: int
    assessment_odds: VisitOdds
    first_odds: VisitOdds
    next_odds: VisitOdds
    group_odds: VisitOdds
    assessment_misses_allowed: int
    misses_in_a_row_allowed: int
    in_hours_accepted: float
    working_day_minutes: int
    balance_cap_days: float
    longest: dict[str, int]
    """The longest single piece of work of each activity: no balance is capped below it."""


def rules_of(config: HubConfig) -> Rules:
    """Collect the rules of a configuration."""
    pathway, screening = config.pathway, config.screening
    lists, attendance, groups = pathway.lists, pathway.attendance, pathway.groups
    modalities = pathway.modalities
    names = tuple(modalities)
    steps = {name: config.staffing.first_step.get(name) for name in names}
    begins = {name: step.starts_with if step else name for name, step in steps.items()}
    window = round(screening.window_days * MINUTES_PER_DAY)
    longest = {
        "risk_call": lists.risk_call_minutes,
        "screening_review": max(
            screening.review_minutes, screening.phone_screen_minutes, lists.contact_attempt_minutes
        ),
        "assessment": pathway.assessment.contact.high_minutes + pathway.assessment.write_up.high_minutes,
        "therapy": max(max(m.first_minutes, m.next_minutes) + m.admin_minutes for m in modalities.values()),
        "group": groups.session_minutes,
        "navigation": pathway.navigation.contact_minutes.high_minutes,
        "check_in": pathway.check_in.minutes,
        "team_support": pathway.team_support.staff_minutes.high_minutes,
    }
    return Rules(
        policy=lists.policy,
        ageing_minutes_per_tier=round(lists.ageing_days_per_tier * MINUTES_PER_DAY),
        notice_days=lists.notice_days,
        contact_attempts=lists.contact_attempts,
        contact_attempt_minutes=lists.contact_attempt_minutes,
        contact_attempt_interval=lists.contact_attempt_interval_days * MINUTES_PER_DAY,
        risk_call_minutes=lists.risk_call_minutes,
        review_minutes=screening.review_minutes,
        phone_screen_minutes=screening.phone_screen_minutes,
        phones_after=window if screening.not_completed == "phone" else None,
        screening_window=window,
        outcomes=tuple(reroute(config, outcome) for outcome in OUTCOMES),
        gives_therapy=reroute(config, "hub_therapy") == "hub_therapy",
        modality_names=names,
        interval_days=tuple(m.interval_days for m in modalities.values()),
        shift_worker_interval_days=tuple(m.shift_worker_interval_days for m in modalities.values()),
        first_minutes=tuple(m.first_minutes + m.admin_minutes for m in modalities.values()),
        next_minutes=tuple(m.next_minutes + m.admin_minutes for m in modalities.values()),
        step_up=tuple(names.index(m.steps_up_to) if m.steps_up_to else -1 for m in modalities.values()),
        first_step=tuple(
            ITSELF if first == name else GROUP if first == "group" else names.index(first)
            for name, first in begins.items()
        ),
        first_step_share=tuple(step.step_up_share if step else 0.0 for step in steps.values()),
        course_edges=tuple(
            course_edges(m).tolist() if name in begins.values() else [] for name, m in modalities.items()
        ),
        group_min=groups.min_size,
        group_max=groups.max_size,
        group_max_wait=round(groups.max_wait_days * MINUTES_PER_DAY),
        group_sessions=groups.sessions,
        group_minutes=groups.session_minutes,
        group_interval_days=groups.interval_days,
        navigation_interval=pathway.navigation.contact_interval_days * MINUTES_PER_DAY,
        decision_minutes=round(pathway.navigation.decision_days * MINUTES_PER_DAY),
        check_in_interval=pathway.check_in.every_days * MINUTES_PER_DAY,
        check_in_minutes=pathway.check_in.minutes,
        assessment_odds=_odds(attendance.assessment, attendance),
        first_odds=_odds(attendance.therapy_first, attendance),
        next_odds=_odds(attendance.therapy_next, attendance),
        group_odds=_odds(attendance.group, attendance),
        assessment_misses_allowed=attendance.assessment_misses_allowed,
        misses_in_a_row_allowed=attendance.therapy_misses_in_a_row_allowed,
        in_hours_accepted=attendance.in_hours_accepted_share,
        working_day_minutes=config.staffing.working_day_minutes,
        balance_cap_days=config.staffing.balance_cap_weeks * WORKING_DAYS_PER_WEEK,
        longest=longest,
    )


def _odds(visit: Visit, attendance: Attendance) -> VisitOdds:
    late = visit.cancelled_share * (1 - attendance.reusable_share)
    return VisitOdds(visit.missed_share, visit.missed_share + late, visit.missed_share + visit.cancelled_share)
