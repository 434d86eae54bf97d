"""The clock: SimPy's, in whole minutes, with an explicit order for things that happen at the same minute."""

from __future__ import annotations

import simpy

DESK_TURN = 0
"""The desk's turn within a day; posts follow, each with a turn of its own."""


def waking(env: simpy.Environment, minute: int, turn: int) -> simpy.Event:
    """Return what wakes a process at a minute. Of those that wake at the same minute the lower turn goes first.

    `env.timeout` would let the order in which processes went to sleep decide.
    """
    event = env.event()
    event._ok, event._value = True, None
    # SimPy sorts by (time, priority, age); its annotation names two priorities, any whole number works.
    env.schedule(event, priority=turn, delay=minute - env.now)  # type: ignore[arg-type]
    return event
