"""The search: from a fluid start down to the cheapest plan found, with every rejected plan ruling out others."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.futures import Futures, OutOfBudget
from analysis.sizing.next_plan import NARROWER, Reach, Ruled, most_allowed, proposed
from analysis.sizing.plan import (
    Plan,
    cheaper_neighbours,
    cost_gbp,
    dearer_neighbours,
    in_words,
    nothing,
    plan_of,
    wte_of,
)
from analysis.sizing.question import Question
from analysis.sizing.verdict import Verdict, fate, judge, most_missed

PRESSURES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
"""Multiples of the mean arrivals for which the fluid plan is computed, until one is not rejected."""
MOST_HARD = 96
"""So many of the futures that are hardest for plans are tried first on the next plan."""
COMPARED = 10
"""Of the futures in which a plan fails, so many tell which unit more helps most for its price."""
FEWEST_CHECKED = 3
KEPT = 0.5
"""A unit of a rejected plan stays in the plan to be checked, and comes later, with this probability each."""
TRIES = 20
"""Draws for each plan to be checked: a draw may have been simulated already."""
STREAM = 7
"""Of the random choice of plans to check; it touches no simulated luck."""


@dataclass
class Check:
    """Plans that were excluded unseen, simulated all the same."""

    checked: int = 0
    violations: list[Plan] = field(default_factory=list)
    """Those that turned out to be candidates: more staff had lowered attainment."""


@dataclass
class Search:
    """What a search knows; `run` takes it to the end or to the limit of replications."""

    futures: Futures
    question: Question
    loads: list[Load]
    ruled: Ruled
    verdicts: dict[Plan, Verdict] = field(default_factory=dict)
    reach: Reach = "capacity"
    pressure: float = 1.0
    unseen: list[Plan] = field(default_factory=list)
    """Plans that would have been tried had they not been ruled out."""
    check: Check = field(default_factory=Check)
    failures: Counter[int] = field(default_factory=Counter)
    """In how many plans each future failed."""
    limit_reached: bool = False
    budget: float = math.inf
    """The search for cheaper plans stops when so many replications have been used; what the tally still has is for the
    neighbours of the plan that it found and for plans excluded unseen."""
    unfinished: bool = False
    """Whether HiGHS or the exploration ever stopped at its limit, so that cheaper plans may have been missed."""

    def say(self, text: str) -> None:
        """Tell a text, with the replications so far."""
        self.futures.tally.say(text)

    def candidates(self) -> list[Plan]:
        """Return candidates that nothing has ruled out since, cheapest first."""
        found = [v.plan for v in self.verdicts.values() if v.passed and self._may_be(v.plan)]
        return sorted(found, key=lambda plan: (self.cost(plan), plan))

    def _may_be(self, plan: Plan) -> bool:
        """Return whether a plan is not ruled out, and whether so many can be had by then."""
        return plan not in self.ruled.cuts and self.futures.menu.allows(plan)

    def cost(self, plan: Plan) -> float:
        """Return what a plan costs, GBP."""
        return cost_gbp(self.futures.menu, plan)

    def run(self) -> Plan | None:
        """Return the cheapest candidate found, or None; called again after a plan was ruled out, it goes on."""
        tally, question = self.futures.tally, self.question
        left = question.search.most_replications - tally.searched + question.certify.replications
        self.say(f"Step 3 of 6: the search for a plan, and its certificate: {tally.at_most(left)}")
        try:
            if not self.candidates():
                self._start()
            while self.candidates():
                self.descend()
                if not (self._explore() or self._violated()):
                    break
        except OutOfBudget:
            self.limit_reached = True
            # The other half of what is left is for the neighbours of the plan.
            self.budget = (self.futures.tally.searched + self.futures.tally.most) / 2
            with suppress(OutOfBudget):
                if self.candidates():
                    self.descend()
                self._violated()
        found = self.candidates()
        return found[0] if found else None

    def rule_out(self, plan: Plan) -> None:
        """Let a plan that failed rule out itself and whatever has no more staff."""
        self.ruled.cuts[plan] = self.reach

    def judged(self, plan: Plan) -> Verdict:
        """Return the verdict on a plan, testing it if it has none yet; OutOfBudget once the replications are used."""
        if plan not in self.verdicts:
            self._spend()
            asked = in_words(self.futures.menu, plan)
            self.say(f"   Plan {len(self.verdicts) + 1}: £{self.cost(plan):,.0f}, {asked}")
            checked = self.ruled.out(plan) is not None  # what it is ruled out by is what is to be checked
            given = {} if checked or self.reach == "itself" else self.futures.implied(plan)
            settings, assurance = self.question.search, self.question.target.assurance
            verdict = judge(self.futures, plan, settings, assurance, self._hardest(), given)
            self.say(f"      {fate(verdict, self.question)}")
            self.verdicts[plan] = verdict
            self.failures.update(self.futures.failed(plan))
            if not verdict.passed:
                self.rule_out(plan)
        return self.verdicts[plan]

    def _hardest(self) -> list[int]:
        """Return futures in which plans fail most, and after them those in which the best candidate only just holds."""
        found = self.candidates()
        margin = self.futures.margins(found[0]) if found else {}
        last = self.question.search.looks[-1]
        tried = [number for number in {*self.failures, *margin} if number < last]
        return sorted(tried, key=lambda n: (-self.failures[n], margin.get(n, math.inf), n))[:MOST_HARD]

    def _spend(self) -> None:
        """Stop the search once its replications are used up."""
        if self.futures.tally.searched >= self.budget:
            raise OutOfBudget

    def _start(self) -> None:
        """Find a first candidate: fluid plans under more and more pressure, then unit by unit from the best of them."""
        menu, here = self.futures.menu, None
        for pressure in (one for one in PRESSURES if one >= self.pressure):
            # Whatever has been rejected: more pressure asks for more by itself.
            bounds = Ruled(menu, self.ruled.least_wte)
            proposal = proposed(menu, bounds, self.loads, pressure, self.question.counted)
            self.unfinished |= not proposal.finished
            if proposal.plan is None:
                break
            here, self.pressure = proposal.plan, pressure
            if self.judged(here).passed:
                break
        if here is None:
            here = nothing(menu)
            self.judged(here)
        while here in self.ruled.cuts:  # it failed, or passed here and was not certified
            here = self._climb(here) or most_allowed(menu)
            self.judged(here)
            if here == most_allowed(menu):
                return

    def _climb(self, here: Plan) -> Plan | None:
        """Add units until a plan might be a candidate, each time the one that helps most for its price.

        Only futures in which the plan fails are simulated: more staff should not lower attainment in the others.
        """
        menu, futures, start = self.futures.menu, self.futures, here
        verdict, last = self.verdicts[here], self.question.search.looks[-1]
        may_fail = max(0, most_missed(self.question.search, self.question.target.assurance) * verdict.of // last)
        implied = (number for number, held in futures.implied(here).items() if not held)
        failed = sorted({*futures.failed(here), *implied} & set(range(verdict.of)))
        while here == start or len(failed) > may_fail:
            some = failed[:COMPARED]
            before, cost = futures.shortfall(here, some), self.cost(here)
            helpful = []
            for plan in dearer_neighbours(menu, here):
                self._spend()
                self.say(f"   Would it help? {in_words(menu, plan)}")
                gain = (before - futures.shortfall(plan, some)) / (self.cost(plan) - cost)
                helpful.append((gain, -self.cost(plan), plan))
            if not helpful:
                return None
            here = max(helpful)[2]
            failed = [number for number, met in zip(failed, futures.met(here, failed), strict=True) if not met]
        return here

    def descend(self) -> None:
        """Go to the first cheaper neighbour that is a candidate, as long as there is one."""
        here: Plan | None = self.candidates()[0]
        while here is not None:
            neighbours = cheaper_neighbours(self.futures.menu, here)
            here = next((plan for plan in neighbours if not self._excluded(plan) and self.judged(plan).passed), None)

    def _excluded(self, plan: Plan) -> bool:
        """Return whether a plan need not be tried, and remember it if nobody has seen it."""
        if plan in self.verdicts:
            return plan in self.ruled.cuts
        if self.ruled.out(plan) is None and self._enough(plan):
            return False
        if plan not in self.unseen:
            self.unseen.append(plan)
        return True

    def _enough(self, plan: Plan) -> bool:
        """Return whether a plan has at least the WTE of each role below which none can do."""
        wte = wte_of(self.futures.menu, plan)
        return all(wte[role] >= least for role, least in self.ruled.least_wte.items())

    def _explore(self) -> bool:
        """Try the most promising cheaper plans; return True with the first candidate, False when none is left.

        It ends too when `most_explored` of them have failed, the most promising first: the rest promise less.
        """
        menu, counted = self.futures.menu, self.question.counted
        best = self.cost(self.candidates()[0]) * (1 - self.question.search.least_saving_share)
        for _ in range(self.question.search.most_explored):
            proposal = proposed(menu, self.ruled, self.loads, self.pressure, counted, best)
            self.unfinished |= not proposal.finished
            if proposal.plan is None:
                return False
            if proposal.plan in self.verdicts:  # only rounding inside HiGHS brings a plan back
                break
            if self.judged(proposal.plan).passed:
                return True
        self.unfinished = True
        return False

    def _violated(self) -> bool:
        """Simulate a sample of excluded plans; if one is a candidate, let rejected plans rule out less."""
        found = []
        for plan in self._sample():
            self.check.checked += 1
            self.say("   Re-checking a plan that was ruled out without a full run")
            if self.judged(plan).passed:
                found.append(plan)
        if not found:
            return False
        self.check.violations += found
        self.reach = NARROWER[self.reach]
        self.say(f"   A plan that was excluded holds: from now on a rejected plan rules out less ({self.reach})")
        self.ruled.least_wte = {}
        self.ruled.cuts = {plan: NARROWER[reach] for plan, reach in self.ruled.cuts.items()}
        return True

    def _sample(self) -> list[Plan]:
        """Return excluded plans to check: some that would have been tried, and some weaker than a rejected one.

        At least `FEWEST_CHECKED` at a time, or a share of the rejected plans that have none yet.
        """
        random = np.random.default_rng([self.futures.config.run.seed, STREAM, self.check.checked])
        wanted = round(self.question.search.excluded_share * len(self.ruled.cuts)) - self.check.checked
        wanted = max(wanted, 0 if self.check.checked and not self.check.violations else FEWEST_CHECKED)
        unseen = [plan for plan in self.unseen if plan not in self.verdicts]
        chosen = [unseen[i] for i in random.permutation(len(unseen))[: (wanted + 1) // 2]]
        cuts = list(self.ruled.cuts)
        for _ in range(TRIES * wanted):
            if len(chosen) >= wanted or not cuts:
                break
            plan = self._weakened(cuts[random.integers(len(cuts))], random)
            known = plan in self.verdicts or plan in chosen or not self.futures.menu.allows(plan)
            if not known and self.ruled.out(plan) is not None:
                chosen.append(plan)
        return chosen

    def _weakened(self, plan: Plan, random: np.random.Generator) -> Plan:
        """Return a plan without some of its units and with others asked for later."""
        units = np.zeros(self.futures.menu.shape, dtype=np.int64)
        weeks = units.shape[1]
        for (o, k), number in np.ndenumerate(np.array(plan)):
            for _ in range(number):
                stays, moves = random.random(2) < KEPT
                if stays:
                    units[o, random.integers(k, weeks) if moves else k] += 1
        return plan_of(units)
