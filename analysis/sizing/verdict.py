"""Does a plan meet its goals in enough futures? Sequential tests while searching, one strict test at the end.

And what no plan can change, by the same tests: whether the target can be reached at all, and how few of each role could
ever do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from analysis.estimates.intervals import clopper_pearson
from analysis.sizing.binding import Reasons
from analysis.sizing.futures import Futures, OutOfBudget, Tally, searching
from analysis.sizing.plan import Menu, Option, Plan, everything
from analysis.sizing.question import Certify, Question, Search
from analysis.sizing.supply import menu_of
from analysis.tell.wording import words
from sim.composed import put
from sim.config import HubConfig
from sim.config.staffing import TEMPORARY

Status = Literal["candidate", "rejected", "close"]
FIRST_FRESH = 1_000_000
"""Replications from this number on certify; the search never uses them."""
CHUNK = 20
"""Futures simulated between one question whether a plan can still become a candidate and the next."""
AT_ONCE = 8
"""The same for futures that are known to be hard."""
SAID_EVERY = 5 * CHUNK
"""Fresh futures after which a certificate tells how it stands."""
LONGER = (7, 14, 28, 56)
"""Days added to a target in search of one that can be attained."""
LATER_WEEKS = (2, 4, 8, 12, 16)
"""Weeks after the first decision from which on people might be seen in time."""
AGENCY_WTE = 20.0
Changes = dict[tuple[str, ...], float]
"""Values of a question by their path."""


@dataclass(frozen=True)
class Verdict:
    """What a test of one plan found."""

    plan: Plan
    status: Status
    """`close`: neither good enough nor bad enough for a clear word; treated as rejected."""
    met: int
    of: int
    at_most: bool = False
    """Whether only futures in which it fails were sought, so that `met` is the most that it can be."""

    @property
    def passed(self) -> bool:
        """Whether the plan is a candidate."""
        return self.status == "candidate"


@dataclass(frozen=True)
class Certificate:
    """The one look at a plan in futures that the search has not seen: `needed` of `planned` had to meet the goals."""

    plan: Plan
    passed: bool
    met: int
    of: int
    """Futures looked at: all that were planned, or up to the failure after which the rest could not help."""
    needed: int
    planned: int
    attempt: int


def lower_bound(met: int, of: int, risk: float) -> float:
    """Return the one-sided Clopper–Pearson bound below which assurance lies with probability at most `risk`."""
    return clopper_pearson(met, of, 1 - 2 * risk)[0]


@lru_cache(maxsize=256)
def fewest_to_pass(of: int, assurance: float, risk: float) -> int:
    """Return the fewest futures met out of `of` whose lower bound reaches `assurance`; `of` + 1 if none does."""
    return next((met for met in range(of + 1) if lower_bound(met, of, risk) >= assurance), of + 1)


@lru_cache(maxsize=256)
def most_to_reject(of: int, assurance: float, risk: float) -> int:
    """Return the most futures met out of `of` whose upper bound stays below `assurance`; -1 if none does.

    Above it (one-sided, Clopper–Pearson) assurance lies with probability at most `risk`.
    """
    return next((met for met in range(of, -1, -1) if clopper_pearson(met, of, 1 - 2 * risk)[1] < assurance), -1)


def fewest_futures(assurance: float, risk: float) -> int:
    """Return how many futures without a failure it takes for the lower bound to reach `assurance`: ln risk ÷ ln γ."""
    return math.ceil(math.log(risk) / math.log(assurance))


def most_missed(search: Search, assurance: float) -> int:
    """Return the most futures in which a plan may fail and still become a candidate at some look; -1 if none may."""
    return max(look - fewest_to_pass(look, assurance, search.accept_risk) for look in search.looks)


def judge(futures: Futures, plan: Plan, search: Search, assurance: float, hard: Sequence[int] = ()) -> Verdict:
    """Test a plan at each look until the futures speak for or against it, in order of their number.

    It stops early where no result of the futures left could make the plan a candidate: the answer would be the same.
    The `hard` futures, in which similar plans fail, are simulated first, and may show that no look can be passed.
    """
    last = search.looks[-1]
    may_miss_by = {look: look - fewest_to_pass(look, assurance, search.accept_risk) for look in search.looks}
    missed: list[int] = []
    for first in range(0, len(hard), AT_ONCE):
        some = [number for number in hard[first : first + AT_ONCE] if number < last]
        missed += [number for number, met in zip(some, futures.met(plan, some), strict=True) if not met]
        if all(sum(number < look for number in missed) > most for look, most in may_miss_by.items()):
            return Verdict(plan, "close", last - len(missed), last, at_most=True)
    may_miss = max(may_miss_by.values())
    met = seen = 0
    for look in search.looks:
        while seen < look:
            more = range(seen, min(seen + CHUNK, look))
            met += int(futures.met(plan, more).sum())
            seen = more.stop
            if seen < look and seen - met > may_miss:
                return Verdict(plan, "close", met, seen)
        if met >= fewest_to_pass(look, assurance, search.accept_risk):
            return Verdict(plan, "candidate", met, look)
        if met <= most_to_reject(look, assurance, search.reject_risk):
            return Verdict(plan, "rejected", met, look)
        if look - met > may_miss:
            break
    return Verdict(plan, "close", met, seen)


def certify(futures: Futures, plan: Plan, settings: Certify, assurance: float, attempt: int) -> Certificate:
    """Look once at a plan in futures of the attempt's own (the first is 1), with an equal part of the risk for each.

    It ends at the failure after which the futures left could not help: the verdict is the same.
    """
    planned = settings.replications
    needed = fewest_to_pass(planned, assurance, settings.risk / settings.attempts)
    first = FIRST_FRESH * attempt
    met = seen = 0
    while seen < planned:
        for held in futures.met(plan, range(first + seen, first + min(seen + CHUNK, planned))):
            met, seen = met + int(held), seen + 1
            if seen - met > planned - needed:
                return Certificate(plan, False, met, seen, needed, planned, attempt)
        if seen % SAID_EVERY == 0 and seen < planned:
            futures.tally.say(f"   holds in {met} of {seen} so far")
    return Certificate(plan, True, met, seen, needed, planned, attempt)


@dataclass(frozen=True)
class Attainability:
    """What the most staff that can be had, asked for as early as they can be had, attains."""

    verdict: Verdict
    most_share: tuple[float, ...]
    """Share seen in time that they exceed in `assurance` of futures, by goal."""
    remedies: tuple[str, ...] = ()
    """What would make the target attainable, in words; empty where it is attainable."""
    reasons: Reasons = field(default_factory=Reasons)
    """Why the target is out of reach, where it is."""


def attainability(futures: Futures, question: Question) -> Attainability:
    """Test the plan that asks for everything as early as it can be had."""
    plan = everything(futures.menu)
    verdict = judge(futures, plan, question.search, question.target.assurance)
    shares = futures.shares(plan, range(verdict.of))
    most = np.quantile(shares, 1 - question.target.assurance, axis=0)
    return Attainability(verdict, tuple(most.tolist()))


def remedies(config: HubConfig, question: Question, tally: Tally) -> tuple[str, ...]:
    """Return the least change of each kind that makes a target attainable, with the most staff on the same futures."""
    found: list[str] = []
    with suppress(OutOfBudget):  # what was found until then is told
        for changes in _remedies(question):
            for tried, remedy, changed in changes:
                tally.say(f"   Cannot be met; trying {tried}")
                futures = Futures(searching(config, changed), menu_of(config, changed), changed.goals, tally)
                if attainability(futures, changed).verdict.passed:
                    found.append(remedy)
                    break
    return tuple(found)


def _remedies(question: Question) -> Iterator[list[tuple[str, str, Question]]]:
    """Yield each kind of change, the least first: what is tried, what it is told as, and the question with it."""
    agency: Changes = {("hire", role, "most_wte", "agency"): AGENCY_WTE for role in question.hire}
    remedy = f"agency staff without the limit, up to {AGENCY_WTE:g} WTE a role"
    unlimited = {kind: supply for kind, supply in question.supply.items() if kind != "agency"}
    more = _with(question, agency).model_copy(update={"supply": unlimited})
    yield [("more agency staff", remedy, more)]
    deadlines: Changes = {("target", "days"): question.target.days}
    deadlines |= {("more_targets", name, "days"): goal.days for name, goal in question.more_targets.items()}
    longer = {days: _with(question, {key: usual + days for key, usual in deadlines.items()}) for days in LONGER}
    yield [
        (f"{days} days longer", "a standard of " + " and ".join(f"{goal.days} days" for goal in changed.goals), changed)
        for days, changed in longer.items()
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
            plan = (*others, (units, *[0] * (len(mine) - 1)))
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
    mine = [menu.options[place] for place in menu.options_of(role)]
    fastest = next((option for option in mine if option.kind in TEMPORARY), mine[0])
    most_by = (sum(option.most for option in mine),) * menu.shape[1]
    best = replace(fastest, most_by=most_by, contract_days=None)
    return replace(menu, options=(*menu.without({role}).options, best), joint=())
