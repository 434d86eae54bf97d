"""A post's time: an account of minutes for each activity of its job plan."""

from __future__ import annotations

import numpy as np


class Account:
    """Minutes of one activity: earned by the roster, spent on work, passed on or left idle.

    `committed` is set aside for booked assessments, first sessions and group sessions, so that nothing else takes their
    time; later sessions of therapy are paid from `free`, on their day or as soon as it covers them. `free` may be below
    0, because a group's next session is set aside before its minutes are earned.
    """

    __slots__ = ("activity", "cap", "committed", "earned", "earned_today", "flexes_to", "free")

    def __init__(self, activity: int, earned: np.ndarray, cap: int) -> None:
        self.activity = activity
        self.earned = np.ascontiguousarray(earned, dtype=np.int64).data
        """Minutes earned on each day at work."""
        self.cap = cap
        """No more than this is kept for later."""
        self.flexes_to: Account | None = None
        """Where time that is not used passes to."""
        self.free = 0
        self.committed = 0
        self.earned_today = 0
        """What this day earned or was passed."""

    def earn(self, day: int) -> None:
        """Earn the minutes of the so many-th day at work."""
        self.earned_today = self.earned[day]
        self.free += self.earned_today

    def commit(self, minutes: int) -> None:
        """Set minutes aside for an appointment, or release them when negative."""
        self.free -= minutes
        self.committed += minutes
