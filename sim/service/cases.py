"""The people of the service: a case is one referral of one person, with what was drawn for it and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

import numpy as np

from sim.calendar import DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.cohort.table import Cohort
from sim.config.pathway import DRAWS_PER_EPISODE
from sim.errors import HubError
from sim.service import codes
from sim.service.codes import CLASS, LONGEST_SET_BACK, MASK, MINUTE, NOT_YET, ZERO, Column, fractions, whole
from sim.service.course import Course
from sim.service.logs import JourneyLog
from sim.service.rules import Rules
from sim.streams import Bools, Ints

HIGHEST_TIER = 3
DRAWS: Final[int] = DRAWS_PER_EPISODE
VISITS: Final[int] = 2 * DRAWS
"""Uniforms of an episode: those of its assessment visits, then those of its therapy visits."""

WHOLE = (
    "screens", "screen_delay", "offered", "reachable", "assessment_minutes", "drawn_outcome", "suitable_modality",
    "course_sessions", "steps_up", "step_up_sessions", "drop_out_session", "patience_assessment", "patience_therapy",
    "patience_group", "navigation_contacts", "navigation_minutes", "accepted", "bounced_back", "re_referred",
    "re_referral_delay",
)  # fmt: skip
"""The decisions that a case reads, all but the two numbers between 0 and 1."""


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


class Case(Party):
    """One referral of one person.

    Everything from `screens` to `step_up_luck` was drawn before the run (`sim.cohort.decisions.Decisions`); what is
    below it changes.
    """

    __slots__ = (
        *WHOLE, "client", "episode", "visits_row", "risk", "shift_worker", "standing", "course_luck", "step_up_luck",
        "state", "open_tasks", "counts_from", "waits_on", "key", "joined", "gives_up_at", "assessment_visits",
        "assessments_missed", "therapy_visits", "missed_in_a_row", "attempts", "contacts_left", "last_end",
        "next_check_in", "to_check_in", "course",
    )  # fmt: skip
    course: Course
    """The individual therapy that waits, is under way or was the last, once there is one."""

    def begin(self, client: int, episode: int, visits_row: int, number: int) -> None:
        """Begin where every case does: nothing has happened."""
        self.number = number
        self.client = client
        self.episode = episode
        self.visits_row = visits_row
        """Where the draws of its visits stand; `draw` finds the others in another order."""
        self.state: int = codes.State.REFERRED
        self.open_tasks = 0
        """What is still open for the case (therapy, navigation, a decision elsewhere); it closes when nothing is."""
        self.counts_from = 0
        """The minute by which the case is ordered on the assessment list."""
        self.key = 0
        """Where it stands in the list that it `waits_on`, since `joined` and no longer than `gives_up_at`."""
        self.waits_on: int = -1
        self.joined = self.gives_up_at = NOT_YET
        self.assessment_visits = self.assessments_missed = 0
        self.therapy_visits = 0
        self.missed_in_a_row = 0
        """Sessions missed since the last one attended."""
        self.attempts = self.contacts_left = 0
        self.last_end = self.next_check_in = NOT_YET
        self.to_check_in = False
        """Whether a check-in call waits to be made."""

    def draw(self, drawn: Drawn) -> None:
        """Learn what was drawn for the episode."""
        row = self.client * drawn.episodes + self.episode
        self.tie = drawn.tie[row]
        self.standing = drawn.standing[self.client]
        """The class under the list policy and what the person is set back by, as part of a key."""
        self.risk = drawn.risk[self.client]
        self.shift_worker = drawn.shift_worker[self.client]
        self.screens = drawn.screens[row]
        self.screen_delay = drawn.screen_delay[row]
        self.offered = drawn.offered[row]
        self.reachable = drawn.reachable[row]
        self.assessment_minutes = drawn.assessment_minutes[row]
        self.drawn_outcome = drawn.outcome[row]
        """Of the assessment, as drawn; the journey has what it came to after reroutes."""
        self.suitable_modality = drawn.modality[row]
        """The one that suits the person; the journey has that of the first course, which may be a step towards it."""
        self.course_sessions = drawn.course_sessions[row]
        self.steps_up = drawn.steps_up[row]
        self.step_up_sessions = drawn.step_up_sessions[row]
        self.drop_out_session = drawn.drop_out_session[row]
        self.patience_assessment = drawn.patience_assessment[row]
        self.patience_therapy = drawn.patience_therapy[row]
        self.patience_group = drawn.patience_group[row]
        self.navigation_contacts = drawn.navigation_contacts[row]
        self.navigation_minutes = drawn.navigation_minutes[row]
        self.accepted = drawn.accepted[row]
        self.bounced_back = drawn.bounced_back[row]
        self.re_referred = drawn.re_referred[row]
        self.re_referral_delay = drawn.re_referral_delay[row]
        self.course_luck: float = drawn.course_luck[row]
        self.step_up_luck: float = drawn.step_up_luck[row]

    def key_by_minute(self, minute: int) -> int:
        """Return the key in the order of minutes; on a list under the policy this is before everybody else."""
        return (minute + ZERO) * MINUTE + self.tie

    def key_by_policy(self, minute: int) -> int:
        """Return the key under the list policy of somebody who came at a minute; it never changes by waiting."""
        return self.standing + (minute + ZERO) * MINUTE + self.tie

    def waits_for_therapy(self) -> bool:
        """Return whether the person is on a list for a group or for therapy, which are the last of `Listed`."""
        return self.waits_on >= codes.Listed.GROUP

    def needs_suitable_after_first_step(self, rules: Rules) -> bool:
        """Return whether somebody who completes a lighter first step then needs the suitable modality."""
        share: float = rules.first_step_share[self.suitable_modality]
        return self.step_up_luck < share

    def plan_first_course(self, rules: Rules, modality: int, attended: int) -> None:
        """Plan the first course, and what is to follow it.

        There are two reasons for a second course: the suitable modality steps up to a stronger one (drawn: `steps_up`);
        or this staffing model starts with something lighter, and the person then needs the suitable one.
        """
        if modality == self.suitable_modality:
            then: int = rules.step_up[modality] if self.steps_up else codes.Modality.NONE
            self.plan_course(rules, modality, self.course_sessions, then, self.step_up_sessions, attended)
        else:
            sessions: int = bisect_right(rules.course_edges[modality], self.course_luck) + 1
            then = self.suitable_modality if self.needs_suitable_after_first_step(rules) else codes.Modality.NONE
            self.plan_course(rules, modality, sessions, then, self.course_sessions, attended)

    def plan_course(
        self, rules: Rules, modality: int, sessions: int, then: int, then_sessions: int, attended: int
    ) -> None:
        """Plan a course, and what is to follow when it is complete, for somebody who has attended some sessions."""
        self.missed_in_a_row = 0
        self.course = Course.__new__(Course)
        self.course.plan(rules, modality, self.shift_worker, sessions, then, then_sessions)
        self.course.stops_with = max(0, sessions - max(1, self.drop_out_session - attended))


class Drawn:
    """What was drawn for everybody, as one column a decision: a row for each episode, person after person."""

    def __init__(self, cohort: Cohort, rules: Rules) -> None:
        decisions = cohort.decisions
        people, episodes = decisions.tie.shape
        self.people: int = people
        self.episodes: int = episodes
        if people * episodes > MASK:
            most = MASK // episodes
            remedy = "lower demand, or share it between Hubs"
            raise HubError(f"{people:,} people come to one Hub; one Hub can take {most:,}: {remedy}")
        earliest = int(cohort.referred_minute.min(initial=0))
        if earliest < -LONGEST_SET_BACK:
            years = round(-earliest / MINUTES_PER_DAY / DAYS_PER_YEAR)
            raise HubError(f"run.opening.backlog: somebody has waited {years:,} years; lower mean_wait_days")
        self.screens = whole(decisions.screens)
        self.screen_delay = whole(decisions.screen_delay)
        self.offered = whole(decisions.offered)
        self.reachable = whole(decisions.reachable)
        self.assessment_minutes = whole(decisions.assessment_minutes)
        self.outcome = whole(decisions.outcome)
        self.modality = whole(decisions.modality)
        self.course_sessions = whole(decisions.course_sessions)
        self.steps_up = whole(decisions.steps_up)
        self.step_up_sessions = whole(decisions.step_up_sessions)
        self.drop_out_session = whole(decisions.drop_out_session)
        self.patience_assessment = whole(decisions.patience_assessment)
        self.patience_therapy = whole(decisions.patience_therapy)
        self.patience_group = whole(decisions.patience_group)
        self.navigation_contacts = whole(decisions.navigation_contacts)
        self.navigation_minutes = whole(decisions.navigation_minutes)
        self.accepted = whole(decisions.accepted)
        self.bounced_back = whole(decisions.bounced_back)
        self.re_referred = whole(decisions.re_referred)
        self.re_referral_delay = whole(decisions.re_referral_delay)
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
        self.drawn = Drawn(cohort, rules)
        self.journeys = journeys
        self.all: list[Case] = []
        self.by_tie: list[Any] = [None] * (people * self.drawn.episodes)
        """Cases by their tie breaker, which a key ends with."""
        self.in_hours_accepted = rules.in_hours_accepted
        self._offers_made: Column = whole(np.zeros(people))

    def open(self, client: int, episode: int, minute: int) -> Case:
        """Open the case of a person's episode."""
        case = Case.__new__(Case)  # compiled, a constructor would take its numbers as Python objects
        case.begin(client, episode, episode * self.drawn.people + client, len(self.all))
        case.draw(self.drawn)
        self.all.append(case)
        self.by_tie[case.tie] = case
        self.journeys.client[case.number] = client
        self.journeys.episode[case.number] = episode
        self.journeys.referred[case.number] = minute
        return case

    def may_come_again(self, case: Case) -> bool:
        """Return whether anything was drawn for a further episode."""
        episode: int = case.episode + 1
        return episode < self.drawn.episodes

    def next_assessment_luck(self, case: Case) -> float:
        """Use up and return the random number of the next assessment visit; below 0 when none is left."""
        n = case.assessment_visits
        case.assessment_visits = n + 1
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
        return luck < self.in_hours_accepted
