"""The working day at hand, as everybody on duty sees it, and the mornings that wake everybody on SimPy's clock."""

from __future__ import annotations

from collections.abc import Iterable

import simpy

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE


class WorkingDay:
    """The day at hand: its number, the minute at which it opened and the minute at which it closes.

    Staff work from the lists as they stood at its opening: who joins a list later in the day can be taken on the
    next one.
    """

    __slots__ = ("closes", "length", "number", "opens")

    def __init__(self, first_day: int, length: int) -> None:
        self.number = first_day
        self.length = length
        self.opens = first_day * MINUTES_PER_DAY
        self.closes = self.opens

    def begin(self, number: int) -> None:
        """Begin a day."""
        self.number = number
        self.opens = opening_of(number)
        self.closes = self.opens + self.length


def opening_of(day: int) -> int:
    """Return the minute at which a day opens."""
    return day * MINUTES_PER_DAY + OPENING_MINUTE


def mornings_of(days: Iterable[int], env: simpy.Environment) -> list[simpy.Event]:
    """Return the opening of each day as one event for everybody to wait for.

    SimPy wakes those who wait for one event in the order in which they began to. As everybody waits for every morning,
    and goes back to sleep before the next one is woken, each day goes in the order in which the processes were started.
    """
    return [env.timeout(opening_of(day) - env.now) for day in days]
