"""The referral desk: on every working day it takes in everything that came due since the last one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE
from sim.service.clock import DESK_ORDER, Wake

if TYPE_CHECKING:
    from sim.service.hub import Hub

Step = Callable[["Hub", int, int], None]


class Desk:
    """A diary of what will come due: (minute, ticket, step, case)."""

    def __init__(self) -> None:
        self._diary: list[tuple[int, int, Step, int]] = []
        self._ticket = 0

    def expect(self, minute: int, step: Step, case: int) -> None:
        """Have a step of the pathway happen to a case on the first working day at or after a minute."""
        self._ticket += 1
        heappush(self._diary, (minute, self._ticket, step, case))

    def working_life(self, hub: Hub, days: list[int]) -> Generator[Wake, None, None]:
        """Open on each working day and take in what came due since the last one."""
        for day in days:
            opens = day * MINUTES_PER_DAY + OPENING_MINUTE
            yield Wake(hub.env, opens, DESK_ORDER)
            hub.now = opens
            self.take_in(hub, opens)

    def take_in(self, hub: Hub, until: int) -> None:
        """Let everything happen that is due by a minute, each thing at its own minute."""
        diary = self._diary
        while diary and diary[0][0] <= until:
            minute, _, step, case = heappop(diary)
            step(hub, case, minute)
