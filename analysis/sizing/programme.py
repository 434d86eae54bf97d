"""A mixed-integer programme put together row by row, solved by HiGHS to the same answer every time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from sim.streams import Floats, Ints

MOST_NODES = 500
"""HiGHS stops after so many branches with the best it has: a limit in time would change the answer with the machine."""
SMALL_GAP = 0.02
"""Of the objective: what it finds is a plan to try, and nearly the best will do. That there is none is still proved."""
STOPPED = 1
"""scipy's status of a programme that reached its limit."""

STDOUT = 1
"""Number of the file that C writes to."""

Terms = list[tuple[int, float]]
"""Variable and coefficient."""


class Solution(NamedTuple):
    """What HiGHS found."""

    values: Floats | None
    """Of the variables; None where nothing was found."""
    finished: bool
    """False where HiGHS stopped at its limit: there may be better, or something where it found nothing."""


class Programme:
    """Minimise costs · variables, subject to rows."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[int] = []
        self._rows: list[Terms] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def variables(self, high: Sequence[float] | Floats | Ints, whole: bool = False, low: float = 0.0) -> list[int]:
        """Add variables between `low` and `high`; return their numbers."""
        first = len(self._costs)
        for most in high:
            self._costs.append(0.0)
            self._low.append(low)
            self._high.append(float(most))
            self._whole.append(int(whole))
        return list(range(first, len(self._costs)))

    def price(self, variable: int, cost: float) -> None:
        """Add to the cost of a variable."""
        self._costs[variable] += cost

    def at_least(self, terms: Terms, bound: float) -> None:
        """Require terms ≥ bound."""
        self._row(terms, bound, np.inf)

    def at_most(self, terms: Terms, bound: float) -> None:
        """Require terms ≤ bound."""
        self._row(terms, -np.inf, bound)

    def _row(self, terms: Terms, least: float, most: float) -> None:
        self._rows.append(terms)
        self._least.append(least)
        self._most.append(most)

    def solve(self) -> Solution:
        """Solve with HiGHS."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        entries = [(row, column, value) for row, terms in enumerate(self._rows) for column, value in terms]
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(self._rows), len(self._costs))
        places = np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32)  # HiGHS takes no longer ones
        matrix = coo_array((values, places), shape=shape).tocsr()
        with _nothing_printed():
            answer = milp(
                np.array(self._costs),
                integrality=np.array(self._whole),
                bounds=Bounds(np.array(self._low), np.array(self._high)),
                constraints=LinearConstraint(matrix, np.array(self._least), np.array(self._most)),
                options={"node_limit": MOST_NODES, "mip_rel_gap": SMALL_GAP},
            )
        found: Floats | None = None if answer.x is None else np.asarray(answer.x, dtype=np.float64)
        return Solution(found, answer.status != STOPPED)


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Keep HiGHS from writing its own notes between the lines of the answer: they come from C, past `sys.stdout`."""
    sys.stdout.flush()
    kept = os.dup(STDOUT)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), STDOUT)
        yield
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)
