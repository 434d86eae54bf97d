"""All that people, tasks and groups wait on at a Hub: the pathway puts them there and staff take them."""

from __future__ import annotations

from typing import Any

from sim.service import codes
from sim.service.cases import Cases, TeamRequest
from sim.service.lists import TaskList, WaitingList
from sim.service.logs import StayLog


class HubLists:
    """The lists of one Hub, with everything that waits between two steps of the pathway."""

    def __init__(
        self, cases: Cases, requests: list[TeamRequest], stays: StayLog, modalities: int, horizon: int
    ) -> None:
        by_tie = cases.by_tie
        self.screening_reviews = TaskList(codes.Listed.SCREENING_REVIEW, by_tie, stays)
        self.phone_screens = TaskList(codes.Listed.PHONE_SCREEN, by_tie, stays)
        self.contacts = TaskList(codes.Listed.CONTACT, by_tie, stays)
        self.risk_calls = TaskList(codes.Listed.RISK_CALL, by_tie, stays)
        self.navigation = TaskList(codes.Listed.NAVIGATION, by_tie, stays)
        self.check_ins = TaskList(codes.Listed.CHECK_IN, by_tie, stays)
        self.workshops = TaskList(codes.Listed.TEAM_SUPPORT, requests, stays)
        self.tasks = [
            self.screening_reviews, self.phone_screens, self.contacts, self.risk_calls, self.navigation,
            self.check_ins, self.workshops,
        ]  # fmt: skip
        """Every list of tasks."""
        self.assessment = WaitingList(codes.Listed.ASSESSMENT, by_tie, stays, horizon)
        self.groups = WaitingList(codes.Listed.GROUP, by_tie, stays, horizon)
        self.therapies = [WaitingList(codes.Listed.THERAPY + n, by_tie, stays, horizon) for n in range(modalities)]
        """By modality."""
        self.groups_without_lead: list[Any] = []
        """Groups whose lead has left, is long away or has no day left to book, until somebody takes them over."""

    def for_therapy(self, listed: int) -> WaitingList:
        """Return the list for a group or for a modality by its code."""
        waiting: WaitingList = (
            self.groups if listed == codes.Listed.GROUP else self.therapies[listed - codes.Listed.THERAPY]
        )
        return waiting
