"""What no plan can change: whether the target can be reached at all, and how few of each role could ever do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.sizing.futures import Futures, OutOfBudget, Say, Tally, searching
from analysis.sizing.plan import Menu, Option, everything, menu_of
from analysis.sizing.question import Question
from analysis.sizing.verdict import AT_ONCE, Verdict, judge, most_to_reject
from analysis.tell.wording import words
from sim.config import HubConfig
from sim.config.edit import put
from sim.roster.posts import TEMPORARY

LONGER = (7, 14, 28, 56)
"""Days added to a target in search of one that can be attained."""
LATER_WEEKS = (2, 4, 8, 12, 16)
"""Weeks after the first decision from which on people might be seen in time."""
AGENCY_WTE = 20.0
Changes = dict[tuple[str, ...], float]
"""Values of a question by their path."""


@dataclass(frozen=True)
class Attainability:
    """What the most staff that can be had, asked for on the first day, attains."""

    verdict: Verdict
    most_share: tuple[float, ...]
    """Share seen in time that they exceed in `assurance` of futures, by goal."""
    remedies: tuple[str, ...] = ()
    """What would make the target attainable, in words; empty where it is attainable."""


def attainability(futures: Futures, question: Question) -> Attainability:
    """Test the plan that asks for everything at once."""
    plan = everything(futures.menu)
    verdict = judge(futures, plan, question.search, question.target.assurance)
    shares = futures.shares(plan, range(verdict.of))
    most = np.quantile(shares, 1 - question.target.assurance, axis=0)
    return Attainability(verdict, tuple(most.tolist()))


def remedies(config: HubConfig, question: Question, tally: Tally) -> tuple[str, ...]:
    """Return what would make a target attainable, tried with the most staff on the same futures."""

    def attained(changed: Question) -> bool:
        futures = Futures(searching(config, changed), menu_of(config, changed), changed.goals, tally)
        return attainability(futures, changed).verdict.passed

    found: list[str] = []
    with suppress(OutOfBudget):
        _try_remedies(question, attained, found, tally.say)
    return tuple(found)


def _try_remedies(question: Question, attained: Callable[[Question], bool], found: list[str], say: Say) -> None:
    """Add to `found` the least change of each kind that would do; replications may be used up in the middle of it."""
    for changes in _remedies(question):
        for tried, remedy, changed in changes:
            say(f"   Unattainable; trying {tried}")
            if attained(changed):
                found.append(remedy)
                break


def _remedies(question: Question) -> Iterator[list[tuple[str, str, Question]]]:
    """Yield each kind of change, the least first: what is tried, what it is told as, and the question with it."""
    agency: Changes = {("hire", role, "most_wte", "agency"): AGENCY_WTE for role in question.hire}
    remedy = f"agency staff without the limit, up to {AGENCY_WTE:g} WTE a role"
    yield [("more agency staff", remedy, _with(question, agency))]
    deadlines: Changes = {("target", "days"): question.target.days}
    deadlines |= {("more_targets", name, "days"): goal.days for name, goal in question.more_targets.items()}
    longer = [_with(question, {key: usual + days for key, usual in deadlines.items()}) for days in LONGER]
    yield [
        (f"{days} days longer", "a standard of " + " and ".join(f"{goal.days} days" for goal in changed.goals), changed)
        for days, changed in zip(LONGER, longer, strict=True)
    ]
    first, last = question.counted.from_week, question.counted.to_week
    yield [
        (
            f"only people who come from week {week} on",
            f"counting people who are referred from week {week} on: earlier ones cannot be seen in time",
            _with(question, {("counted", "from_week"): week}),
        )
        for week in LATER_WEEKS
        if first < week < last
    ]


def _with(question: Question, values: Changes) -> Question:
    """Return a question with other values."""
    plain = question.model_dump()
    for path, value in values.items():
        put(plain, path, value)
    return Question.model_validate(plain)


@dataclass(frozen=True)
class Bounds:
    """What holds for every plan."""

    least_wte: dict[str, float] = field(default_factory=dict)
    """WTE of each role below which no plan can do, however many others there are."""
    no_effect: tuple[str, ...] = ()
    """Roles without which the share seen in time is the same (within `least_effect_share`), when there are as many of
    the others as can be had: they are left out of the search."""


def bounds_of(futures: Futures, question: Question) -> Bounds:
    """Find how few of each role could ever do, with the most of all others.

    The role gets posts better than any on offer: asked for on the first day, as fast as the fastest kind, and never
    ending. A number is ruled out when the first look rejects it.
    """
    look = range(question.search.looks[0])
    too_few = most_to_reject(len(look), question.target.assurance, question.search.reject_risk)
    least: dict[str, float] = {}
    for role in futures.menu.roles:
        tried = Futures(futures.config, _ideal(futures.menu, role), futures.goals, futures.tally)
        option = tried.menu.options[-1]

        def enough(units: int, tried: Futures = tried, option: Option = option, role: str = role) -> bool:
            wte = f"{units * option.step_wte:g} WTE {words(role)}"
            futures.tally.say(f"   Could {wte} do, with the most of everybody else?")
            *others, mine = everything(tried.menu)
            plan = (*others, (units, *mine[1:]))
            met = missed = 0
            for first in range(0, len(look), AT_ONCE):
                held = tried.met(plan, look[first : first + AT_ONCE])
                met, missed = met + int(held.sum()), missed + int((~held).sum())
                if met > too_few or missed >= len(look) - too_few:  # the rest could change nothing
                    break
            return met > too_few

        low, high = -1, 0  # low is ruled out
        while high < option.most and not enough(high):
            low, high = high, min(option.most, max(1, 2 * high))
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        least[role] = high * option.step_wte
    return Bounds(least, _without_effect(futures, question, [role for role in least if least[role] == 0]))


def _without_effect(futures: Futures, question: Question, roles: list[str]) -> tuple[str, ...]:
    """Return roles that can be left out one after the other without changing the share seen in time."""
    look = range(question.search.looks[0])
    most = futures.shares(everything(futures.menu), look)
    left_out: list[str] = []
    for role in roles:
        menu = futures.menu.without({*left_out, role})
        if not menu.options:
            break
        futures.tally.say(f"   Do {words(role)}s make a difference?")
        without = Futures(futures.config, menu, futures.goals, futures.tally).shares(everything(menu), look)
        if float((most - without).mean(axis=0).max()) < question.search.least_effect_share:
            left_out.append(role)
    return tuple(left_out)


def _ideal(menu: Menu, role: str) -> Menu:
    """Return a menu on which a role has only its fastest kind, in any number and without end."""
    mine = [option for option in menu.options if option.role == role]
    fastest = next((option for option in mine if option.kind in TEMPORARY), mine[0])
    best = replace(fastest, most=sum(option.most for option in mine), contract_days=None)
    others = tuple(option for option in menu.options if option.role != role)
    return replace(menu, options=(*others, best))
