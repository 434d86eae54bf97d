"""Does a plan meet its goals in enough futures? Sequential tests while searching, one strict test at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from analysis.estimates.intervals import clopper_pearson
from analysis.sizing.futures import Futures
from analysis.sizing.plan import Plan
from analysis.sizing.question import Certify, Search

Status = Literal["candidate", "rejected", "close"]
FIRST_FRESH = 1_000_000
"""Replications from this number on certify; the search never uses them."""
CHUNK = 20
"""Futures simulated between one question whether a plan can still become a candidate and the next."""
AT_ONCE = 8
"""The same for futures that are known to be hard."""
SAID_EVERY = 5 * CHUNK
"""Fresh futures after which a certificate tells how it stands."""


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

    Parameters
    ----------
    hard
        Futures in which similar plans fail; they are simulated first, and may show that no look can be passed.
    """
    if hopeless := _fails_the_hard(futures, plan, search, assurance, hard):
        return hopeless
    may_miss = most_missed(search, assurance)
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


def _fails_the_hard(
    futures: Futures, plan: Plan, search: Search, assurance: float, hard: Sequence[int]
) -> Verdict | None:
    """Return a verdict if the plan fails in so many of these futures that it can be a candidate at no look."""
    may_miss = {look: look - fewest_to_pass(look, assurance, search.accept_risk) for look in search.looks}
    last = search.looks[-1]
    missed: list[int] = []
    for first in range(0, len(hard), AT_ONCE):
        some = [number for number in hard[first : first + AT_ONCE] if number < last]
        missed += [number for number, met in zip(some, futures.met(plan, some), strict=True) if not met]
        if all(sum(number < look for number in missed) > may_miss[look] for look in search.looks):
            return Verdict(plan, "close", last - len(missed), last, at_most=True)
    return None


def certify(futures: Futures, plan: Plan, settings: Certify, assurance: float, attempt: int) -> Certificate:
    """Look once at a plan in futures of its own, with an equal part of the risk for every attempt.

    It ends at the failure after which the futures left could not help: the verdict is the same.

    Parameters
    ----------
    attempt
        From 1; each has its own futures.
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
