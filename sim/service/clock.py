"""The clock: SimPy's, in whole minutes, with an explicit order for things that happen at the same minute."""

from __future__ import annotations

import simpy

DESK_TURN = 0
"""The desk's turn within a day; posts follow, each with a turn of its own."""


class Alarm:
    """What wakes one process. Of those that wake at the same minute the lower turn goes first.

    `env.timeout` would let the order in which processes went to sleep decide. A process waits for one thing at a time,
    so that one event serves it from morning to morning.
    """

    __slots__ = ("_env", "_event", "_turn")

    def __init__(self, env: simpy.Environment, turn: int) -> None:
        self._env = env
        self._turn = turn
        self._event = env.event()
        self._event._ok, self._event._value = True, None

    def at(self, minute: int) -> simpy.Event:
        """Set it for a minute, once it has gone off, and return what the process waits for."""
        env, event = self._env, self._event
        event.callbacks = []
        # SimPy sorts by (time, priority, age); its annotation names two priorities, any whole number works.
        env.schedule(event, self._turn, minute - env.now)  # type: ignore[arg-type]
        return event
