"""The people of the service: one number a referral (a case), with what was drawn for it and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sim.cohort.decisions import Decisions
from sim.cohort.table import Cohort
from sim.config.pathway import DRAWS_PER_EPISODE
from sim.service.record import NOT_YET

VISITS = 2 * DRAWS_PER_EPISODE
"""Uniforms of an episode: those of its assessment visits, then those of its therapy visits."""


class CaseDraws:
    """The cohort's decisions as lists by case: an attribute for each field of `Decisions`."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> list[Any]: ...

    def __init__(self, decisions: Decisions) -> None:
        self._columns = [(field.name, getattr(decisions, field.name)) for field in fields(Decisions)]
        for name, values in self._columns:
            setattr(self, name, values[:, 0].tolist())

    def add(self, client: int, episode: int) -> None:
        """Add the case of a person's further episode."""
        for name, values in self._columns:
            getattr(self, name).append(values.item(client, episode))


@dataclass
class Course:
    """Individual therapy of one case: what is planned and how it goes.

    `then` is the modality that follows when the course is complete, -1 for none, with `then_sessions` sessions.
    """

    modality: int
    sessions_left: int
    then: int = -1
    then_sessions: int = 0
    started: bool = False
    missed_in_a_row: int = 0


class Cases:
    """Where every case stands, as lists by case number."""

    def __init__(self, cohort: Cohort) -> None:
        people = len(cohort)
        self.draws = CaseDraws(cohort.decisions)
        self.tier = cohort.tier.tolist()
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
        self.therapy_visits = [0] * people
        self.assessments_missed = [0] * people
        self.contacts_left = [0] * people
        self.attempts = [0] * people
        self.last_end = [NOT_YET] * people
        self.next_check_in: dict[int, int] = {}
        self.courses: dict[int, Course] = {}
        self._offers_made: dict[int, int] = {}
        self._offers = cohort.offers
        self._attendance = cohort.attendance.reshape(-1).data
        self._episodes: int = cohort.attendance.shape[1]

    def add(self, client: int, episode: int) -> int:
        """Open a further episode of a person and return its case number."""
        self.draws.add(client, episode)
        for values in (self.tier, self.risk, self.shift_worker):
            values.append(values[client])
        self.client.append(client)
        self.episode.append(episode)
        self.state.append("referred")
        self.last_end.append(NOT_YET)
        for counts in (
            self.strands, self.place, self.assessment_visits, self.therapy_visits, self.assessments_missed,
            self.contacts_left, self.attempts,
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

    def therapy_luck(self, case: int) -> float | None:
        """Return the uniform of the next therapy or group visit; None when the episode's draws are used up."""
        n = self.therapy_visits[case]
        self.therapy_visits[case] = n + 1
        if n >= DRAWS_PER_EPISODE:
            return None
        episode = self.client[case] * self._episodes + self.episode[case]
        return self._attendance[episode * VISITS + DRAWS_PER_EPISODE + n]

    def accepts(self, case: int, out_of_hours: bool, in_hours_accepted: float) -> bool:
        """Return whether a person can take the appointment offered; only shift workers ever cannot."""
        if out_of_hours or not self.shift_worker[case]:
            return True
        client = self.client[case]
        n = self._offers_made.get(client, 0)
        self._offers_made[client] = n + 1
        return n >= self._offers.shape[1] or self._offers.item(client, n) < in_hours_accepted
