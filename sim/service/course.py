"""A course of individual therapy: what is planned and how far it has come."""

from __future__ import annotations

from sim.service.rules import Rules


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

    def count_session(self) -> bool:
        """Count an attended session; return whether another follows."""
        self.start()
        self.sessions_left -= 1
        return self.sessions_left > self.stops_with

    def start(self) -> None:
        """Note that the first session has been: those that follow are shorter."""
        self.started = True
        self.minutes = self.next_minutes
