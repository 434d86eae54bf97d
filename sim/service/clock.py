"""The clock: SimPy's, in whole minutes, with an explicit order for things that happen at the same minute."""

from __future__ import annotations

import simpy

DESK_ORDER, STAFF_ORDER = 0, 1


class Wake(simpy.Event):
    """Wakes a process at a minute. Processes woken at the same minute go in ascending `order`, never by chance."""

    def __init__(self, env: simpy.Environment, minute: int, order: int) -> None:
        # As simpy.Timeout does: the event is set up here rather than by super().__init__, for speed.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        # SimPy sorts by (time, priority, age); its annotation names two priorities, any whole number works.
        env.schedule(self, priority=order, delay=minute - env.now)  # type: ignore[arg-type]
