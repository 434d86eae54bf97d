"""What happened, written by the service and counted later: referrals, stays on lists, pieces of work."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.service.waiting_list import Stay

NOT_YET = -(2**62)
"""A milestone that has not happened."""


Work = tuple[int, str, int, int, int, str]
"""Staff minutes spent: post number, activity, starting minute, minutes, case (-1: nobody's) and what came of it."""

Passed = tuple[int, int, str, str, int]
"""Minutes that changed account: post number, day, from, to (an activity or `IDLE`) and how many."""

IDLE = "idle"
ATTENDED, MISSED, CANCELLED, DONE = "attended", "missed", "cancelled", "done"


MILESTONES = (
    "screened", "reviewed", "risk_called", "assessment_joined", "booked", "assessed", "therapy_joined",
    "therapy_booked", "therapy_first", "therapy_last", "external_referred", "navigated", "closed",
)  # fmt: skip
TEXTS = ("outcome", "modality", "ended")
COUNTS = ("attended", "missed", "transferred")


@dataclass
class Journeys:
    """One row a referral (client x episode), as columns; minutes since day 0, `NOT_YET` where it has not happened."""

    client: list[int] = field(default_factory=list)
    episode: list[int] = field(default_factory=list)
    referred: list[int] = field(default_factory=list)
    screened: list[int] = field(default_factory=list)
    reviewed: list[int] = field(default_factory=list)
    risk_called: list[int] = field(default_factory=list)
    assessment_joined: list[int] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)
    assessed: list[int] = field(default_factory=list)
    therapy_joined: list[int] = field(default_factory=list)
    therapy_booked: list[int] = field(default_factory=list)
    therapy_first: list[int] = field(default_factory=list)
    therapy_last: list[int] = field(default_factory=list)
    external_referred: list[int] = field(default_factory=list)
    navigated: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    outcome: list[str] = field(default_factory=list)
    modality: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    attended: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    transferred: list[int] = field(default_factory=list)

    def open(self, clients: list[int], episode: int, referred: list[int]) -> None:
        """Add a row for each referral."""
        rows = len(clients)
        for names, nothing in ((MILESTONES, NOT_YET), (TEXTS, ""), (COUNTS, 0)):
            nothings = [nothing] * rows
            for name in names:
                getattr(self, name).extend(nothings)
        self.client += clients
        self.episode += [episode] * rows
        self.referred += referred


@dataclass
class Record:
    """Everything that a run leaves behind."""

    horizon: int
    journeys: Journeys = field(default_factory=Journeys)
    stays: list[Stay] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    caseload: list[tuple[int, int, int]] = field(default_factory=list)
    """Changes of caseload: (minute, post, +1 or -1)."""
    balances: dict[tuple[int, str], int] = field(default_factory=dict)
    """Minutes left over at the horizon, by post and activity."""
    states: list[str] = field(default_factory=list)
    """The Hub state of every case at the horizon."""
