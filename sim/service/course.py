"""A course of individual therapy: what is planned and how far it has come."""

from __future__ import annotations

from sim.service.rules import Rules


class Course:
    """A course of one modality for one case.

    `then` is the modality that follows when the course is complete, with `then_sessions` sessions.
    """

    __slots__ = (
        "ends_with", "interval_days", "minutes", "modality", "next_minutes", "sessions_left", "started", "then",
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
        self.ends_with: int = 0
        """How many sessions are left at its end: none, or some when the person stops coming before."""
        self.interval_days: int = (
            rules.shift_worker_interval_days[modality] if shift_worker else rules.interval_days[modality]
        )
        self.minutes: int = rules.first_minutes[modality]
        """Staff minutes of the next session, notes included; the first of a course is longer."""
        self.next_minutes: int = rules.next_minutes[modality]

    def goes_on(self) -> bool:
        """Have one session more behind it; return whether the person comes to another one."""
        self.start()
        self.sessions_left -= 1
        return self.sessions_left > self.ends_with

    def start(self) -> None:
        """Have the first session behind it."""
        self.started = True
        self.minutes = self.next_minutes
