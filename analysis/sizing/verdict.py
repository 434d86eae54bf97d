"""Does a plan meet its goals in enough futures? Sequential tests while searching, one strict test at the end.

And whether the target can be reached at all, by the same tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import betaln, gammaln

from analysis.estimates.intervals import clopper_pearson
from analysis.sizing.binding import Reasons
from analysis.sizing.futures import Futures, OutOfBudget, Tally, searching
from analysis.sizing.plan import Plan, everything
from analysis.sizing.question import Certify, Question, Search
from analysis.sizing.supply import menu_of
from analysis.tell.wording import share
from sim.composed import put
from sim.config import HubConfig

Status = Literal["candidate", "rejected", "close"]
FIRST_FRESH = 1_000_000
"""Replications from this number on certify; the search never uses them."""
CHUNK = 20
"""Futures simulated between one question whether a plan can still become a candidate and the next."""
AT_ONCE = 8
"""The same for futures that are known to be hard."""
MOSTLY = 0.5
"""Of so many hard futures tried at once a plan must fail in this part, or the rest are left for their turn."""
SAID_EVERY = 5 * CHUNK
"""Futures after which a test tells how it stands."""
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


def judge(
    futures: Futures,
    plan: Plan,
    search: Search,
    assurance: float,
    hard: Sequence[int] = (),
    given: Mapping[int, bool] | None = None,
) -> Verdict:
    """Test a plan at each look until the futures speak for or against it, in order of their number.

    It stops early where no result of the futures left could make the plan a candidate, or where the chance of that is
    below `search.least_chance`. After the first look the `hard` futures, in which similar plans fail, come first as
    long as the plan fails in most of them: they may show that no look can be passed. What is `given`, whether the plan
    holds in a future, is not simulated.
    """
    may_miss = {look: look - fewest_to_pass(look, assurance, search.accept_risk) for look in search.looks}
    test, seen = _Test(futures, plan, may_miss, dict(given or {})), 0
    for look in search.looks:
        if seen == search.looks[0]:
            test.try_hard([number for number in hard if number < search.looks[-1]])
        while seen < look:
            if test.is_lost():
                return test.lost(seen)
            more = range(seen, min(seen + CHUNK, look))
            test.simulate(more, in_order=True)
            seen = more.stop
            if seen % SAID_EVERY == 0 and seen < look:
                futures.tally.say(f"   holds in {seen - test.missed(seen)} of {seen} so far")
            if seen < look and test.chance() < search.least_chance:
                return test.lost(seen)
        met = look - test.missed(look)
        if met >= fewest_to_pass(look, assurance, search.accept_risk):
            return Verdict(plan, "candidate", met, look)
        if met <= most_to_reject(look, assurance, search.reject_risk):
            return Verdict(plan, "rejected", met, look)
        if test.chance() < search.least_chance:
            break
    return test.lost(seen)


@dataclass
class _Test:
    """What is known of a plan in the futures in which it is judged."""

    futures: Futures
    plan: Plan
    may_miss: dict[int, int]
    """By look: the most futures in which a candidate fails."""
    held: dict[int, bool]
    """By future, as far as is known."""
    in_order: list[bool] = field(default_factory=list)
    """The same of those that were simulated in order of their number: a fair sample of those left."""

    def simulate(self, numbers: Iterable[int], in_order: bool = False) -> list[bool]:
        """Look at those of these futures of which nothing is known; return in which of them the plan holds."""
        new = [number for number in numbers if number not in self.held]
        found = [bool(held) for held in self.futures.met(self.plan, new)]
        self.held.update(zip(new, found, strict=True))
        self.in_order += found if in_order else []
        return found

    def try_hard(self, hard: Sequence[int]) -> None:
        """Try futures in which similar plans fail, as long as this one fails in most of them and is not lost."""
        left = [number for number in hard if number not in self.held]
        for first in range(0, len(left), AT_ONCE):
            held = self.simulate(left[first : first + AT_ONCE])
            if self.is_lost() or sum(held) > (1 - MOSTLY) * len(held):
                return

    def missed(self, look: int) -> int:
        """Return in how many futures of a look the plan is known to fail."""
        return sum(not held for number, held in self.held.items() if number < look)

    def is_lost(self) -> bool:
        """Return whether it can pass no look, whatever the futures left bring."""
        return bool(self.held) and all(self.missed(look) > most for look, most in self.may_miss.items())

    def lost(self, seen: int) -> Verdict:
        """Return the verdict on a plan that is given up: at most so much where it fails in later futures too."""
        last = max(self.may_miss)
        if any(not held and number >= seen for number, held in self.held.items()):
            return Verdict(self.plan, "close", last - self.missed(last), last, at_most=True)
        return Verdict(self.plan, "close", seen - self.missed(seen), seen)

    def chance(self) -> float:
        """Return the chance that the plan passes the look that it passes most easily, as far as is known of it.

        Its misses in the futures left are beta-binomial; of their share nothing is believed beforehand (Jeffreys').
        """
        b = sum(self.in_order) + 0.5
        a = len(self.in_order) - b + 1.0
        chances = [0.0]
        for look, most in self.may_miss.items():
            left, may = look - sum(number < look for number in self.held), most - self.missed(look)
            if left == 0 or may < 0:
                chances.append(float(left == 0 and may >= 0))
                continue
            misses = np.arange(min(may, left) + 1)
            ways = gammaln(left + 1) - gammaln(misses + 1) - gammaln(left - misses + 1)
            chances.append(float(np.exp(ways + betaln(misses + a, left - misses + b) - betaln(a, b)).sum()))
        return max(chances)


def fate(verdict: Verdict, question: Question) -> str:
    """Return what a test found, in words: how often the target held, and how often it must have."""
    needed = fewest_to_pass(verdict.of, question.target.assurance, question.search.accept_risk)
    if verdict.at_most:
        hardly = ", which it is unlikely to reach" if verdict.met >= needed else ""
        return f"holds in at most {verdict.met} of {verdict.of} futures; {needed} needed{hardly}"
    held = f"held in {verdict.met} of {verdict.of} futures"
    if verdict.passed:
        return held
    if verdict.met < question.target.assurance * verdict.of:
        return f"{held}: too few"
    return f"{held}: too few futures to be sure of {share(question.target.assurance)}"


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
