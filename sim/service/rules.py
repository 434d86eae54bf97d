"""What everybody in service reads: the rules, as plain whole minutes looked up once, and the day at hand."""

from __future__ import annotations

import numpy as np
import simpy

from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY, OPENING_MINUTE
from sim.cohort.decisions import course_edges
from sim.config import HubConfig
from sim.config.hub import reroute
from sim.config.pathway import OUTCOMES, Attendance, Visit
from sim.config.policies import Dated
from sim.config.screening import TIERS
from sim.config.staffing import ACTIVITIES
from sim.service import codes
from sim.service.codes import LONGEST_SET_BACK, NEVER, whole
from sim.stages import ONE_VISIT

WORKING_DAYS_PER_WEEK = 5


class VisitOdds:
    """How an appointment may go, as thresholds of one random number between 0 and 1.

    The first `missed` are missed, the next `late` cancelled too late, the rest of `cancelled` in time, and the others
    attended; but for those nearest to 1, who would have come had they not waited so long.
    """

    __slots__ = ("cancelled", "late", "missed", "more")

    def __init__(self, visit: Visit, attendance: Attendance) -> None:
        self.missed: float = visit.missed_share
        self.late: float = visit.cancelled_share * (1 - attendance.reusable_share)
        self.cancelled: float = visit.cancelled_share
        self.more: float = attendance.missed_share_per_week_waited / (DAYS_PER_WEEK * MINUTES_PER_DAY)
        """The share that is missed besides for each minute waited."""

    def result(self, luck: float, waited: int, times_missed: float) -> int:
        """Return how an appointment of this luck goes after a wait of so many minutes; 0 for one of many.

        It is missed `times_missed` as often as it would be by anybody.
        """
        missed = self.missed * times_missed
        if luck >= missed + self.cancelled:
            return codes.Result.ATTENDED if luck < 1 - self.more * waited else codes.Result.MISSED
        if luck < missed:
            return codes.Result.MISSED
        return codes.Result.CANCELLED if luck < missed + self.late else codes.Result.CANCELLED_IN_TIME


class Rules:
    """What the service follows; minutes and days are whole, tuples run over the configured modalities."""

    def __init__(self, config: HubConfig) -> None:
        pathway, screening = config.pathway, config.screening
        lists, groups, navigation = pathway.lists, pathway.groups, pathway.navigation
        # Lists and notice.
        self.policy: str = lists.policy
        self.ageing_minutes: int = min(round(lists.ageing_days_per_tier * MINUTES_PER_DAY), LONGEST_SET_BACK)
        """By which each lower tier is set back; beyond a thousand years more makes no difference to the order."""
        self.notice_days: int = lists.notice_days
        self.working_day_minutes: int = config.staffing.working_day_minutes
        self.balance_cap_days: float = config.staffing.balance_cap_weeks * WORKING_DAYS_PER_WEEK
        # Screening and reaching people.
        self.screening_window = round(screening.window_days * MINUTES_PER_DAY)
        self.phones: bool = screening.not_completed == "phone"
        """Whether people who do not complete the screen in the window are phoned; else they are closed."""
        self.review_minutes: int = screening.review_minutes
        self.phone_screen_minutes: int = screening.phone_screen_minutes
        self.risk_call_minutes: int = lists.risk_call_minutes
        self.contact_attempts: int = lists.contact_attempts
        self.contact_attempt_minutes: int = lists.contact_attempt_minutes
        self.contact_attempt_interval: int = lists.contact_attempt_interval_days * MINUTES_PER_DAY
        # Assessment and what follows.
        threshold = config.policies.assessment_threshold
        self.below_tier: int = TIERS.index(threshold.from_tier)
        """A first referral of a lower tier is not offered an assessment between these minutes, unless at risk."""
        between = minutes_of(threshold, threshold.is_on)
        self.threshold_from: int = between[0]
        self.threshold_to: int = between[1]
        self.outcomes = tuple(OUTCOMES.index(reroute(config, outcome)) for outcome in OUTCOMES)
        """What follows each drawn outcome, after rerouting."""
        self.gives_therapy: bool = reroute(config, "hub_therapy") == "hub_therapy"
        """Whether people whose assessment comes to Hub therapy get it here, refused ones who come back included."""
        self._plan_therapy(config)
        self.group_min: int = groups.min_size
        self.group_max: int = groups.max_size
        self.group_max_wait = round(groups.max_wait_days * MINUTES_PER_DAY)
        self.group_sessions: int = groups.sessions
        self.group_minutes: int = groups.session_minutes
        self.group_interval_days: int = groups.interval_days
        # Navigation and check-ins.
        self.navigation_interval: int = navigation.contact_interval_days * MINUTES_PER_DAY
        self.decision_minutes = round(navigation.decision_days * MINUTES_PER_DAY)
        self.check_in_interval: int = pathway.check_in.every_days * MINUTES_PER_DAY
        """0: nobody is called while waiting."""
        self.check_in_minutes: int = pathway.check_in.minutes
        self.administration_minutes: int = pathway.administration.minutes
        """For each letter or record; 0: nobody has any."""
        # Guided self-help while waiting, evening clinics and remote appointments, each between two minutes.
        self_help, remote = config.policies.guided_self_help, config.policies.remote
        between = minutes_of(self_help, self_help.is_on)
        self.self_help_from: int = between[0]
        self.self_help_to: int = between[1]
        self.self_help_checks: int = self_help.checks
        self.self_help_minutes: int = self_help.check_minutes
        self.self_help_interval: int = self_help.check_every_days * MINUTES_PER_DAY
        between = minutes_of(config.policies.evening_clinics, config.policies.evening_clinics.is_on)
        self.evenings_from: int = between[0]
        self.evenings_to: int = between[1]
        between = minutes_of(remote, remote.is_on)
        self.remote_from: int = between[0]
        self.remote_to: int = between[1]
        self.remote_times: float = remote.minutes_times
        self.remote_missed: float = remote.missed_times
        self.remote_accepted: float = remote.in_hours_accepted_share
        # Attendance.
        attendance = pathway.attendance
        self.visit_odds: dict[str, VisitOdds] = {
            name: VisitOdds(getattr(attendance, name), attendance) for name in ONE_VISIT
        }
        """Of each stage of one appointment."""
        self.first_odds = VisitOdds(attendance.therapy_first, attendance)
        self.next_odds = VisitOdds(attendance.therapy_next, attendance)
        self.group_odds = VisitOdds(attendance.group, attendance)
        # These count the miss that closes the case; it is not the last one tolerated, whatever the keys are called.
        self.visit_misses_to_close: dict[str, int] = {
            name: getattr(attendance, f"{name}_misses_allowed") for name in ONE_VISIT
        }
        self.misses_in_a_row_to_close: int = attendance.therapy_misses_in_a_row_allowed
        self.in_hours_accepted: float = attendance.in_hours_accepted_share
        self.in_hours_missed: float = attendance.in_hours_missed_times
        self.matched_missed: float = attendance.matched_clinician.missed_times
        """Times as many appointments are missed, by shift workers in ordinary hours and with a matched clinician."""

    def _plan_therapy(self, config: HubConfig) -> None:
        modalities = config.pathway.modalities
        names = self.modality_names = tuple(modalities)
        of = tuple(modalities.values())
        self.interval_days = tuple(m.interval_days for m in of)
        """Days between sessions."""
        self.shift_worker_interval_days = tuple(m.shift_worker_interval_days for m in of)
        self.first_minutes = tuple(m.first_minutes + m.admin_minutes for m in of)
        """Staff minutes of a first session, notes included."""
        self.next_minutes = tuple(m.next_minutes + m.admin_minutes for m in of)
        times = config.policies.remote.minutes_times
        self.remote_first_minutes = tuple(max(1, round(times * m.first_minutes)) + m.admin_minutes for m in of)
        self.remote_next_minutes = tuple(max(1, round(times * m.next_minutes)) + m.admin_minutes for m in of)
        self.step_up = tuple(names.index(m.steps_up_to) if m.steps_up_to else int(codes.Modality.NONE) for m in of)
        """The stronger modality to which each steps up, for those for whom that was drawn."""
        steps = {name: config.staffing.first_step.get(name) for name in names}
        begins = {name: step.starts_with if step else name for name, step in steps.items()}
        self.first_step = tuple(
            int(codes.Modality.GROUP) if first == "group" else names.index(first) for first in begins.values()
        )
        """What each begins with under this staffing model: a modality, itself as a rule, or a group."""
        self.first_step_share = tuple(step.step_up_share if step else 0.0 for step in steps.values())
        """Of those who complete the first step instead of each: share who then get the modality itself."""
        self.course_edges = tuple(
            course_edges(m).tolist() if name in begins.values() else [] for name, m in modalities.items()
        )
        """For each that another begins with: the random numbers at which its course grows by a session."""


def minutes_of(policy: Dated, is_on: bool) -> tuple[int, int]:
    """Return the minutes between which a policy holds (the second exclusive); none before `NEVER` where it is off."""
    if not is_on:
        return NEVER, NEVER
    first = -NEVER if policy.from_day is None else policy.from_day * MINUTES_PER_DAY
    return first, NEVER if policy.to_day is None else policy.to_day * MINUTES_PER_DAY


def longest_work(config: HubConfig) -> list[int]:
    """Return the longest single piece of work of each activity: no account is capped below it."""
    pathway, screening, lists = config.pathway, config.screening, config.pathway.lists
    longest = {
        "risk_call": lists.risk_call_minutes,
        "screening_review": max(
            screening.review_minutes, screening.phone_screen_minutes, lists.contact_attempt_minutes
        ),
        "therapy": max(max(m.first_minutes, m.next_minutes) + m.admin_minutes for m in pathway.modalities.values()),
        "group": pathway.groups.session_minutes,
        "navigation": pathway.navigation.contact_minutes.high_minutes,
        "check_in": max(pathway.check_in.minutes, config.policies.guided_self_help.check_minutes),
        "administration": pathway.administration.minutes,
        "team_support": pathway.team_support.staff_minutes.high_minutes,
    }
    visits = {name: getattr(pathway, name) for name in ONE_VISIT}
    longest |= {name: one.contact.high_minutes + one.write_up.high_minutes for name, one in visits.items()}
    return [longest[name] for name in ACTIVITIES]


class Today:
    """The day at hand: its number, the minute at which it opened and the minute at which it closes.

    Staff work from the lists as they stood at its opening: who joins a list later in the day can be taken on the
    next working day. It may be a weekend or a bank holiday on which there is only a handover.
    """

    __slots__ = ("_attended", "_first_day", "activities", "closes", "length", "morning", "number", "opens")

    def __init__(self, first_day: int, length: int, attended: np.ndarray) -> None:
        self.number = first_day
        self._first_day = first_day
        self.activities: int = attended.shape[1]
        self._attended = whole(attended)
        """Of each day from the first on, and of each activity: whether somebody is at work who has it in the plan."""
        self.length = length
        self.opens = first_day * MINUTES_PER_DAY
        self.closes = self.opens
        self.morning: simpy.Event | None = None
        """The event of the next morning, for which everybody waits; None when there is none.

        Reception wakes first, and sets it before any clinician wakes.
        """

    def begin(self, number: int) -> None:
        """Begin a day."""
        self.number = number
        self.opens = opening_of(number)
        self.closes = self.opens + self.length

    def nobody_for(self, activity: int) -> bool:
        """Return whether nobody is at work today who has an activity in the job plan."""
        return self._attended[(self.number - self._first_day) * self.activities + activity] == 0


def opening_of(day: int) -> int:
    """Return the minute at which a day opens."""
    return day * MINUTES_PER_DAY + OPENING_MINUTE
