"""The people of the service: a case is one referral of one person, with what was drawn for it and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

import numpy as np

from sim.calendar import DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.cohort.table import Cohort, Decisions
from sim.config.pathway import DRAWS_PER_EPISODE
from sim.errors import HubError
from sim.service import codes
from sim.service.arrays import JourneyLog
from sim.service.codes import CLASS, LONGEST_SET_BACK, MASK, MINUTE, NOT_YET, ZERO, Column, fractions, whole
from sim.service.rules import Rules
from sim.streams import Bools, Ints

HIGHEST_TIER = 3
DRAWS: Final[int] = DRAWS_PER_EPISODE
VISITS: Final[int] = 2 * DRAWS
"""Uniforms of an episode: those of its assessment visits, then those of its therapy visits."""


class Party:
    """Whoever a list holds: its number in the records and its tie with others of the same minute."""

    __slots__ = ("number", "tie")
    number: int
    tie: int


class TeamRequest(Party):
    """A team that has asked for a workshop of so many staff minutes."""

    __slots__ = ("minutes",)

    def __init__(self, number: int, minutes: int) -> None:
        self.number = self.tie = number
        self.minutes = minutes


class Course:
    """A course of one modality for one case.

    `then` is the modality that follows when the course is complete, with `then_sessions` sessions.
    """

    __slots__ = (
        "interval_days", "minutes", "modality", "next_minutes", "sessions_left", "started", "stops_with", "then",
        "then_sessions",
    )  # fmt: skip

    def plan(
        self, rules: Rules, modality: int, shift_worker: int, sessions: int, then: int, then_sessions: int
    ) -> None:
        """Plan a course of so many sessions."""
        self.modality = modality
        self.sessions_left = sessions
        self.then = then
        self.then_sessions = then_sessions
        self.started = False
        self.stops_with: int = 0
        """Sessions still left when the person drops out, after one at least; 0 for somebody who completes it."""
        self.interval_days: int = (
            rules.shift_worker_interval_days[modality] if shift_worker else rules.interval_days[modality]
        )
        self.minutes: int = rules.first_minutes[modality]
        """Staff minutes of the next session, notes included; the first of a course has a length of its own."""
        self.next_minutes: int = rules.next_minutes[modality]

    def be_remote(self, rules: Rules) -> None:
        """Be given by video or telephone: sessions have a length of their own."""
        self.next_minutes = rules.remote_next_minutes[self.modality]
        first: int = rules.remote_first_minutes[self.modality]
        self.minutes = self.next_minutes if self.started else first

    def count_session(self) -> bool:
        """Count an attended session; return whether another follows."""
        self.start()
        self.sessions_left -= 1
        return self.sessions_left > self.stops_with

    def start(self) -> None:
        """Note that the first session has been: those that follow are shorter."""
        self.started = True
        self.minutes = self.next_minutes


class Case(Party):
    """One referral of one person; what was drawn for it before the run stands in the columns of `Drawn`, at `row`."""

    __slots__ = (
        "attempts", "checks_left", "client", "contacts_left", "counts_from", "course", "episode", "gives_up_at",
        "is_remote", "joined", "key", "last_end", "missed_in_a_row", "next_check_in", "open_tasks", "patience_left",
        "row", "shift_worker", "standing", "state", "therapy_visits", "to_check_in", "visit_minutes", "visits",
        "visits_missed", "visits_row", "waits_on",
    )  # fmt: skip
    course: Course
    """The individual therapy that waits, is under way or was the last, once there is one."""

    def begin(self, client: int, episode: int, number: int, drawn: Drawn) -> None:
        """Begin where every case does: nothing has happened."""
        self.number = number
        self.client = client
        self.episode = episode
        self.row = client * drawn.episodes + episode
        self.visits_row = episode * drawn.people + client
        """The same for the draws of its visits, which stand in another order."""
        self.tie = drawn.tie[self.row]
        self.standing = drawn.standing[client]
        """The class under the list policy and what the person is set back by, as part of a key."""
        self.shift_worker = drawn.shift_worker[client]
        self.state: int = codes.State.REFERRED
        self.open_tasks = 0
        """What is still open for the case (therapy, navigation, a decision elsewhere); it closes when nothing is."""
        self.counts_from = 0
        """The minute by which the case is ordered on a list for one appointment."""
        self.key = 0
        """Where it stands in the list that it `waits_on`, since `joined` and no longer than `gives_up_at`."""
        self.waits_on: int = -1
        self.joined = self.gives_up_at = NOT_YET
        self.patience_left = 0
        """Minutes for which it still waits, on all lists for the same thing together: what was drawn is used up."""
        self.visit_minutes = 0
        """Staff minutes of the one appointment that it waits for or was given last."""
        self.visits = self.visits_missed = self.therapy_visits = 0
        self.missed_in_a_row = 0
        """Sessions missed since the last one attended."""
        self.attempts = self.contacts_left = self.checks_left = 0
        self.is_remote = 0
        """Whether the appointments that it waits for or has are remote."""
        self.last_end = self.next_check_in = NOT_YET
        self.to_check_in = False
        """Whether a check-in call waits to be made."""

    def key_by_minute(self, minute: int) -> int:
        """Return the key in the order of minutes; on a list under the policy this is before everybody else."""
        return (minute + ZERO) * MINUTE + self.tie

    def key_by_policy(self, minute: int) -> int:
        """Return the key under the list policy of somebody who came at a minute; it never changes by waiting."""
        return self.standing + (minute + ZERO) * MINUTE + self.tie

    def waits_for_therapy(self) -> bool:
        """Return whether the person is on a list for a group or for therapy, which are the last of `Listed`."""
        return self.waits_on >= codes.Listed.GROUP


class Drawn:
    """What was drawn for everybody, as one column a decision: a row for each episode, person after person.

    What only a stage of one appointment reads stands with it (`VisitStage`).
    """

    def __init__(self, cohort: Cohort, rules: Rules) -> None:
        decisions = cohort.decisions
        people, episodes = decisions.tie.shape
        self.people: int = people
        self.episodes: int = episodes
        if people * episodes > MASK:
            most = MASK // episodes
            remedy = f"one Hub can take {most:,}: lower demand, or share it between Hubs"
            raise HubError(f"demand: got {people:,} people who come to one Hub; {remedy}")
        earliest = int(cohort.referred_minute.min(initial=0))
        if earliest < -LONGEST_SET_BACK:
            years = round(-earliest / MINUTES_PER_DAY / DAYS_PER_YEAR)
            raise HubError(f"run.opening.backlog: got somebody who has waited {years:,} years; lower mean_wait_days")
        self.screens = whole(decisions.screens)
        self.screen_delay = whole(decisions.screen_delay)
        self.offered = whole(decisions.offered)
        self.reachable = whole(decisions.reachable)
        self.outcome = whole(decisions.outcome)
        self.modality = whole(decisions.modality)
        self.course_sessions = whole(decisions.course_sessions)
        self.steps_up = whole(decisions.steps_up)
        self.step_up_sessions = whole(decisions.step_up_sessions)
        self.drop_out_session = whole(decisions.drop_out_session)
        self.patience_therapy = whole(decisions.patience_therapy)
        self.patience_group = whole(decisions.patience_group)
        self.navigation_contacts = whole(decisions.navigation_contacts)
        self.navigation_minutes = whole(decisions.navigation_minutes)
        self.accepted = whole(decisions.accepted)
        self.bounced_back = whole(decisions.bounced_back)
        self.re_referred = whole(decisions.re_referred)
        self.re_referral_delay = whole(decisions.re_referral_delay)
        self.matched = whole(decisions.matched)
        self.takes_self_help = whole(decisions.takes_self_help)
        self.needs_no_therapy = whole(decisions.needs_no_therapy)
        self.remote_therapy = whole(decisions.remote_therapy)
        self.returns_unassessed = whole(decisions.returns_unassessed)
        self.below_threshold = whole((cohort.tier < rules.below_tier) & ~cohort.risk)
        self.course_luck = fractions(decisions.course_luck)
        self.step_up_luck = fractions(decisions.step_up_luck)
        by_tie = np.argsort(decisions.tie.T.reshape(-1), kind="stable")
        ranks = np.empty(len(by_tie), dtype=np.int64)
        ranks[by_tie] = np.arange(len(by_tie))
        self.tie = whole(ranks.reshape(episodes, people).T)
        """The order of everybody's pre-drawn tie breaker, 0 for the smallest."""
        rank, set_back = standing(rules, cohort.tier, cohort.risk)
        self.standing = whole((rank + 1) * CLASS + set_back * MINUTE)
        self.risk = whole(cohort.risk)
        self.shift_worker = whole(cohort.shift_worker)
        self.offers = fractions(cohort.offers)
        self.offers_known: int = cohort.offers.shape[1]
        self.attendance = fractions(cohort.attendance)


def standing(rules: Rules, tier: Ints, risk: Bools) -> tuple[Ints, Ints]:
    """Return each person's class under the list policy, and the minutes by which a lower tier is set back."""
    below_highest = HIGHEST_TIER - tier
    nobody = np.zeros_like(tier)
    if rules.policy == "first_come":
        return nobody, nobody
    if rules.policy == "by_need":
        return np.where(risk, 0, 1 + below_highest), nobody
    return np.where(risk, 0, 1), np.where(risk, 0, below_highest * rules.ageing_minutes)


class Cases:
    """Everybody who has been referred, and what opens every case."""

    def __init__(self, cohort: Cohort, rules: Rules, journeys: JourneyLog) -> None:
        people = len(cohort)
        self.decisions: Decisions = cohort.decisions
        self.drawn = Drawn(cohort, rules)
        self.rules = rules
        self.journeys = journeys
        self.all: list[Case] = []
        self.by_tie: list[Any] = [None] * (people * self.drawn.episodes)
        """Cases by their tie breaker, which a key ends with."""
        self.in_hours_accepted = rules.in_hours_accepted
        self.remote_accepted = rules.remote_accepted
        self._offers_made: Column = whole(np.zeros(people))

    def open(self, client: int, episode: int, minute: int) -> Case:
        """Open the case of a person's episode."""
        case = Case.__new__(Case)  # compiled, a constructor would take its numbers as Python objects
        case.begin(client, episode, len(self.all), self.drawn)
        self.all.append(case)
        self.by_tie[case.tie] = case
        self.journeys.client[case.number] = client
        self.journeys.episode[case.number] = episode
        self.journeys.referred[case.number] = minute
        return case

    def needs_suitable_after_first_step(self, case: Case) -> bool:
        """Return whether somebody who completes a lighter first step then needs the suitable modality."""
        share: float = self.rules.first_step_share[self.drawn.modality[case.row]]
        return self.drawn.step_up_luck[case.row] < share

    def plan_first_course(self, case: Case, modality: int, attended: int) -> None:
        """Plan the first course, and what is to follow it.

        There are two reasons for a second course: the suitable modality steps up to a stronger one (drawn: `steps_up`);
        or this staffing model starts with something lighter, and the person then needs the suitable one.
        """
        drawn, row = self.drawn, case.row
        suitable = drawn.modality[row]
        if modality == suitable:
            then: int = self.rules.step_up[modality] if drawn.steps_up[row] else codes.Modality.NONE
            self.plan_course(case, modality, drawn.course_sessions[row], then, drawn.step_up_sessions[row], attended)
        else:
            sessions: int = bisect_right(self.rules.course_edges[modality], drawn.course_luck[row]) + 1
            then = suitable if self.needs_suitable_after_first_step(case) else codes.Modality.NONE
            self.plan_course(case, modality, sessions, then, drawn.course_sessions[row], attended)

    def plan_course(
        self, case: Case, modality: int, sessions: int, then: int, then_sessions: int, attended: int
    ) -> None:
        """Plan a course, and what is to follow when it is complete, for somebody who has attended some sessions."""
        case.missed_in_a_row = 0
        case.course = Course.__new__(Course)
        case.course.plan(self.rules, modality, case.shift_worker, sessions, then, then_sessions)
        case.course.stops_with = max(0, sessions - max(1, self.drawn.drop_out_session[case.row] - attended))

    def next_visit_luck(self, case: Case) -> float:
        """Use up and return the random number of the next visit of its own; below 0 when none is left."""
        n = case.visits
        case.visits = n + 1
        return self.drawn.attendance[case.visits_row * VISITS + n] if n < DRAWS else -1.0

    def next_therapy_luck(self, case: Case) -> float:
        """Use up and return the random number of the next therapy or group visit; below 0 when none is left."""
        n = case.therapy_visits
        if n >= DRAWS:
            return -1.0
        case.therapy_visits = n + 1
        luck: float = self.drawn.attendance[case.visits_row * VISITS + DRAWS + n]
        return luck

    def accepts_next_offer(self, case: Case) -> bool:
        """Count an offer in hours to a shift worker; return whether the person can take it."""
        n = self._offers_made[case.client]
        self._offers_made[case.client] = n + 1
        known = self.drawn.offers_known
        if n >= known:
            return True
        luck: float = self.drawn.offers[case.client * known + n]
        return luck < (self.remote_accepted if case.is_remote else self.in_hours_accepted)
