"""The members of the service's enums as its rules name them, and the numbers that stand for nothing.

`sim.service.enums` defines them. The rules find them here in plain namespaces: up to Python 3.11 looking a member up in
its enum takes several times as long, which an uncompiled run would spend a fifth of its time on.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from sim.service.enums import ENUMS, Activity, Ending, Listed, Modality, Outcome, Result, State, Step, Why

__all__ = (
    "MAY_RETURN", "NEVER", "NOT_YET", "Activity", "Ending", "Listed", "Modality", "Outcome", "Result", "State", "Step",
    "Why",
)  # fmt: skip

if not TYPE_CHECKING:
    globals().update({enum.__name__: SimpleNamespace(**enum.__members__) for enum in ENUMS})

NOT_YET = -(2**62)
"""A milestone that has not happened."""
NEVER = 2**53
"""Later than any minute or day of a run, and longer than any piece of work."""
MAY_RETURN = frozenset(
    {
        Ending.ADVISED, Ending.ADVICE, Ending.ONWARD, Ending.COMPLETED, Ending.DROPPED_OUT, Ending.MISSED_THERAPY,
    }
)  # fmt: skip
"""How an episode must have ended for the person to return later; people who gave up waiting do not."""
