"""The day at hand, as everybody on duty sees it."""

from __future__ import annotations

import simpy

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE


class Today:
    """The day at hand: its number, the minute at which it opened and the minute at which it closes.

    Staff work from the lists as they stood at its opening: who joins a list later in the day can be taken on the
    next working day. It may be a weekend or a bank holiday on which there is only a handover.
    """

    __slots__ = ("closes", "length", "morning", "number", "opens")

    def __init__(self, first_day: int, length: int) -> None:
        self.number = first_day
        self.length = length
        self.opens = first_day * MINUTES_PER_DAY
        self.closes = self.opens
        self.morning: simpy.Event | None = None
        """The event of the next morning, for which everybody waits; None when there is none.

        The desk wakes first, and sets it before any clinician wakes.
        """

    def begin(self, number: int) -> None:
        """Begin a day."""
        self.number = number
        self.opens = opening_of(number)
        self.closes = self.opens + self.length


def opening_of(day: int) -> int:
    """Return the minute at which a day opens."""
    return day * MINUTES_PER_DAY + OPENING_MINUTE
