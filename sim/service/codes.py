"""The numbers that the rules use by name: members of the enums, keys by which lists are ordered, columns of numbers.

`sim.service.enums` defines the members. The rules find them here as plain numbers, each enum's an object of a class of
its own: up to Python 3.11 looking a member up in its enum, or in a `SimpleNamespace`, takes several times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim import service
from sim.service.enums import ENUMS, Activity, Ending, Listed, Modality, Outcome, Result, State, Step, Why

__all__ = (
    "CLASS", "COMPILED", "FOREVER", "LONGEST_SET_BACK", "MASK", "MAY_RETURN", "MINUTE", "NEVER", "NOT_YET", "TIE_BITS",
    "ZERO", "Activity", "Column", "Ending", "Fractions", "Listed", "Modality", "Outcome", "Result", "State", "Step",
    "Wholes", "Why", "fractions", "whole",
)  # fmt: skip

if not TYPE_CHECKING:
    for _enum in ENUMS:
        _numbers = globals()[_enum.__name__] = type(_enum.__name__, (), {})()
        for _member in _enum:
            setattr(_numbers, _member.name, int(_member))

COMPILED: Final[bool] = service.COMPILED
"""Compiled, numbers are fastest in arrays; interpreted, in lists. The few places that do both ask for it."""
NOT_YET: Final[int] = -(2**62)
"""A milestone that has not happened."""
NEVER: Final[int] = 2**53
"""Later than any minute or day of a run, and longer than any piece of work."""
MAY_RETURN = frozenset(
    {
        Ending.ADVISED, Ending.ADVICE, Ending.ONWARD, Ending.COMPLETED, Ending.DROPPED_OUT, Ending.MISSED_THERAPY,
        Ending.BELOW_THRESHOLD, Ending.SELF_HELP_ENOUGH,
    }
)  # fmt: skip
"""How an episode must have ended for the person to return later; people who gave up waiting do not."""

# --- Keys ------------------------------------------------------------------------------------------------------------
# A key says where somebody stands in a list: class x CLASS + minute x MINUTE + tie. The smallest is served first.

TIE_BITS: Final[int] = 24
MINUTE: Final[int] = 1 << TIE_BITS
MASK: Final[int] = MINUTE - 1
"""Of a key, what is the tie: the order of everybody's pre-drawn tie breaker, 0 for the smallest."""
ZERO: Final[int] = 1 << 32
"""Added to minutes, so that those before day 0 are whole numbers too; 8,000 years either way."""
CLASS: Final[int] = 1 << 57
"""Class 0 is the head of the list, the policy's own classes follow: up to 5."""
FOREVER: Final[int] = 1 << 62
"""More than any key."""
LONGEST_SET_BACK: Final[int] = 1 << 29
"""A thousand years: nobody has waited longer, and no lower tier is set back by more."""

# --- Columns ---------------------------------------------------------------------------------------------------------
# A memory view is indexed faster than an array, and gives Python's own numbers. Interpreted, a list is faster still,
# but not of fractions: few of those drawn for visits are ever read, and each would be made into a number first.

if TYPE_CHECKING:
    Wholes = memoryview[int]
    Fractions = memoryview[float]
    Column = memoryview[int]
else:
    Wholes = Fractions = Column = memoryview
    """Whole numbers and numbers between 0 and 1 to be read; whole numbers that are written."""


def whole(values: np.ndarray) -> Wholes:
    """Return whole numbers as the service reads them: row by row, in 64 bits."""
    cells = np.ascontiguousarray(values, dtype=np.int64).reshape(-1)
    return cells.data if COMPILED else cells.tolist()  # type: ignore[return-value]


def fractions(values: np.ndarray) -> Fractions:
    """Return numbers between 0 and 1 as the service reads them: row by row."""
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1).data  # type: ignore[return-value]
