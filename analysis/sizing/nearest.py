"""The plan that comes nearest to a target that no plan met: the most staff to be had, less what changes little."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from analysis.sizing.futures import Futures, OutOfBudget
from analysis.sizing.next_plan import most_allowed
from analysis.sizing.plan import Plan, plan_of
from analysis.sizing.question import Question

LITTLE = 0.005
"""By how much less a future may reach of what is asked, for each role of which fewer are asked for."""


@dataclass(frozen=True)
class Nearest:
    """A plan, and what it reaches."""

    plan: Plan
    shares: tuple[float, ...]
    """Share seen in time that it exceeds in `assurance` of futures, by goal."""
    met: int
    of: int


def nearest(futures: Futures, question: Question) -> Nearest:
    """Take staff off the most that can be had, the dearest role first, as long as next to nothing is lost."""
    menu, numbers = futures.menu, range(question.search.looks[0])
    plan = most_allowed(menu)
    futures.tally.say("   The nearest plan: the most staff available, less those who change next to nothing")
    price = menu.price_gbp.max(axis=1) / [option.step_wte for option in menu.options]
    dearest = sorted(menu.roles, key=lambda role: -float(price[menu.options_of(role)].max()))
    with suppress(OutOfBudget):
        may_lose = futures.shortfall(plan, numbers)
        for role in dearest:
            may_lose += LITTLE * len(numbers)
            plan = _fewest(futures, plan, role, numbers, may_lose)
    futures.tally.limited = False  # at the least what is shown must be known
    shares = futures.shares(plan, numbers)
    reached = np.quantile(shares, 1 - question.target.assurance, axis=0)
    return Nearest(plan, tuple(reached.tolist()), int(futures.met(plan, numbers).sum()), len(numbers))


def _fewest(futures: Futures, plan: Plan, role: str, numbers: range, may_lose: float) -> Plan:
    """Return the plan with the fewest units of a role that lose no more than they may; who comes last goes first."""
    mine = futures.menu.options_of(role)
    units = [(k, o) for o in mine for k, number in enumerate(plan[o]) for _ in range(number)]
    units.sort(key=lambda place: (-place[0], -float(futures.menu.price_gbp[place[1], place[0]])))

    def without(number: int) -> Plan:
        fewer = np.array(plan)
        for k, o in units[:number]:
            fewer[o, k] -= 1
        return plan_of(fewer)

    def enough(fewer: Plan) -> bool:
        return futures.menu.allows(fewer) and futures.shortfall(fewer, numbers) <= may_lose

    low, high = 0, len(units) + 1  # so many can go; so many cannot
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if enough(without(middle)) else (low, middle)
    return without(low)
