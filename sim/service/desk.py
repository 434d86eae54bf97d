"""The referral desk: on every working day it takes in everything that came due since the last one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE
from sim.service.clock import DESK_ORDER, Wake

if TYPE_CHECKING:
    from sim.service.hub import Hub

Step = Callable[["Hub", int, int], None]


class Desk:
    """A diary by day of what will come due: (minute, ticket, step, case)."""

    def __init__(self, opens_on: int) -> None:
        self._days: defaultdict[int, list[tuple[int, int, Step, int]]] = defaultdict(list)
        """What comes due by the opening of each day and after that of the day before, as a heap."""
        self._next_day = opens_on
        """The first day that has not been taken in."""
        self._ticket = 0

    def expect(self, minute: int, step: Step, case: int) -> None:
        """Have a step of the pathway happen to a case on the first working day at or after a minute."""
        self._ticket = ticket = self._ticket + 1
        day = -((OPENING_MINUTE - minute) // MINUTES_PER_DAY)
        heappush(self._days[max(day, self._next_day)], (minute, ticket, step, case))

    def working_life(self, hub: Hub, days: list[int]) -> Generator[Wake, None, None]:
        """Open on each working day and take in what came due since the last one."""
        for day in days:
            opens = day * MINUTES_PER_DAY + OPENING_MINUTE
            yield Wake(hub.env, opens, DESK_ORDER)
            hub.now = opens
            self.take_in(hub, opens)

    def take_in(self, hub: Hub, until: int) -> None:
        """Let everything happen that is due by a minute, each thing at its own minute."""
        last = -((OPENING_MINUTE - until) // MINUTES_PER_DAY)
        for day in range(self._next_day, last + 1):
            self._next_day = day
            diary = self._days[day]
            while diary and diary[0][0] <= until:
                minute, _, step, case = heappop(diary)
                step(hub, case, minute)
