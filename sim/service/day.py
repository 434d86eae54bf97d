"""The working day at hand, as everybody on duty sees it."""

from __future__ import annotations

import simpy

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE


class WorkingDay:
    """The day at hand: its number, the minute at which it opened and the minute at which it closes.

    Staff work from the lists as they stood at its opening: who joins a list later in the day can be taken on the
    next one.
    """

    __slots__ = ("closes", "length", "morning", "number", "opens")

    def __init__(self, first_day: int, length: int) -> None:
        self.number = first_day
        self.length = length
        self.opens = first_day * MINUTES_PER_DAY
        self.closes = self.opens
        self.morning: simpy.Event | None = None
        """The next one, which everybody waits for; None when the last day has come."""

    def begin(self, number: int) -> None:
        """Begin a day."""
        self.number = number
        self.opens = opening_of(number)
        self.closes = self.opens + self.length


def opening_of(day: int) -> int:
    """Return the minute at which a day opens."""
    return day * MINUTES_PER_DAY + OPENING_MINUTE
