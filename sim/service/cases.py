"""The people of the service: one number a referral (a case), with what was drawn for it and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.cohort.decisions import Decisions
from sim.cohort.table import Bools, Cohort, Ints
from sim.config.pathway import DRAWS_PER_EPISODE
from sim.service.record import NOT_YET

if TYPE_CHECKING:
    from sim.service.hub import Hub
    from sim.service.rules import Rules

HIGHEST_TIER = 3
VISITS = 2 * DRAWS_PER_EPISODE
"""Uniforms of an episode: those of its assessment visits, then those of its therapy visits."""


class CaseDraws:
    """The cohort's decisions as lists by case: an attribute for each field of `Decisions`."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> list[Any]: ...

    def __init__(self, decisions: Decisions) -> None:
        self._columns = []
        for field in fields(Decisions):
            drawn = getattr(decisions, field.name)
            by_case = drawn[:, 0].tolist()
            setattr(self, field.name, by_case)
            self._columns.append((by_case, drawn))

    def add(self, client: int, episode: int) -> None:
        """Add the case of a person's further episode."""
        for by_case, drawn in self._columns:
            by_case.append(drawn.item(client, episode))


def standing(rules: Rules, tier: Ints, risk: Bools) -> tuple[Ints, Ints]:
    """Return each person's class under the list policy, and the minutes by which a lower tier is set back."""
    below_highest = HIGHEST_TIER - tier
    nobody = np.zeros_like(tier)
    if rules.policy == "first_come":
        return nobody, nobody
    if rules.policy == "by_need":
        return np.where(risk, 0, 1 + below_highest), nobody
    return np.where(risk, 0, 1), np.where(risk, 0, below_highest * rules.ageing_minutes_per_tier)


class Course:
    """Individual therapy of one case: what is planned and how it goes.

    `then` is the modality that follows when the course is complete, -1 for none, with `then_sessions` sessions.
    """

    __slots__ = (
        "_next_minutes", "_next_odds", "case", "ends_with", "interval_days", "minutes", "missed_in_a_row", "modality",
        "odds", "sessions_left", "started", "then", "then_sessions", "visits",
    )  # fmt: skip

    def __init__(
        self, hub: Hub, case: int, modality: int, sessions_left: int, then: int = -1, then_sessions: int = 0
    ) -> None:
        rules, cases = hub.rules, hub.cases
        self.case = case
        self.modality = modality
        self.sessions_left = sessions_left
        self.then = then
        self.then_sessions = then_sessions
        self.started = False
        self.missed_in_a_row = 0
        attended = hub.journeys.attended[case]
        self.ends_with = max(0, sessions_left - max(1, hub.draws.drop_out_session[case] - attended))
        """How many sessions are left at its end: none, or some when the person stops coming before."""
        self.visits = cases.therapy_visits(case)
        """The uniform of each visit from the next one on."""
        shifts = cases.shift_worker[case]
        self.interval_days = (rules.shift_worker_interval_days if shifts else rules.interval_days)[modality]
        self.minutes = rules.first_minutes[modality]
        """Staff minutes of the next session, notes included; the first of a course is longer."""
        self.odds = rules.first_odds
        """How the next session may go."""
        self._next_minutes = rules.next_minutes[modality]
        self._next_odds = rules.next_odds

    def start(self) -> None:
        """Have the first session behind it."""
        self.started = True
        self.minutes = self._next_minutes
        self.odds = self._next_odds


class Cases:
    """Where every case stands, as lists by case number."""

    def __init__(self, cohort: Cohort, rules: Rules) -> None:
        people = len(cohort)
        self.draws = CaseDraws(cohort.decisions)
        rank, set_back = standing(rules, cohort.tier, cohort.risk)
        self.rank = rank.tolist()
        """The class of each case on the lists."""
        self.set_back = set_back.tolist()
        """By how many minutes each is placed behind somebody of the highest tier who came at the same time."""
        self.risk = cohort.risk.tolist()
        self.shift_worker = cohort.shift_worker.tolist()
        self.client = list(range(people))
        self.episode = [0] * people
        self.state = ["referred"] * people
        self.strands = [0] * people
        """Things the Hub is still doing for the case (therapy, navigation); it closes when there are none."""
        self.place: list[int] = [0] * people
        """The minute by which the case is ordered on the assessment list."""
        self.assessment_visits = [0] * people
        self.assessments_missed = [0] * people
        self.contacts_left = [0] * people
        self.attempts = [0] * people
        self.last_end = [NOT_YET] * people
        self.next_check_in: dict[int, int] = {}
        self.to_check_in: set[int] = set()
        """People whose check-in call waits to be made."""
        self.courses: dict[int, Course] = {}
        self._therapy_visits: dict[int, Iterator[float]] = {}
        self._offers_made: dict[int, int] = {}
        self._offers = cohort.offers
        self._in_hours_accepted = rules.in_hours_accepted
        self._attendance = cohort.attendance.reshape(-1).data
        self._episodes: int = cohort.attendance.shape[1]

    def add(self, client: int, episode: int) -> int:
        """Open a further episode of a person and return its case number."""
        self.draws.add(client, episode)
        for values in (self.rank, self.set_back, self.risk, self.shift_worker):
            values.append(values[client])
        self.client.append(client)
        self.episode.append(episode)
        self.state.append("referred")
        self.last_end.append(NOT_YET)
        for counts in (
            self.strands, self.place, self.assessment_visits, self.assessments_missed, self.contacts_left,
            self.attempts,
        ):  # fmt: skip
            counts.append(0)
        return len(self.client) - 1

    def assessment_luck(self, case: int) -> float | None:
        """Return the uniform of the next assessment visit; None when the episode's draws are used up."""
        n = self.assessment_visits[case]
        self.assessment_visits[case] = n + 1
        if n >= DRAWS_PER_EPISODE:
            return None
        episode = self.client[case] * self._episodes + self.episode[case]
        return self._attendance[episode * VISITS + n]

    def therapy_visits(self, case: int) -> Iterator[float]:
        """Return the uniforms of an episode's therapy and group visits, from the next visit on."""
        visits = self._therapy_visits.get(case)
        if visits is None:
            first = (self.client[case] * self._episodes + self.episode[case]) * VISITS + DRAWS_PER_EPISODE
            visits = self._therapy_visits[case] = iter(self._attendance[first : first + DRAWS_PER_EPISODE])
        return visits

    def accepts(self, case: int) -> bool:
        """Return whether a shift worker can take an appointment in hours."""
        client = self.client[case]
        n = self._offers_made.get(client, 0)
        self._offers_made[client] = n + 1
        return n >= self._offers.shape[1] or self._offers.item(client, n) < self._in_hours_accepted
