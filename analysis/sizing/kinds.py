"""Plans of other kinds than the cheapest found: agency alone, no agency, all at once, fewer of the dearest role."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.futures import OutOfBudget, Tally
from analysis.sizing.next_plan import Ruled, most_allowed, pressure_of, proposed
from analysis.sizing.plan import Joint, Menu, Option, Plan
from analysis.sizing.search import Search
from analysis.sizing.verdict import FIRST_FRESH, fate, judge
from analysis.tell.wording import words
from sim.config.staffing import TEMPORARY

HALF = 0.5
LOOKS = 3
"""Of those of the search, so many tell whether a plan of another kind would do: it is shown, not certified."""
ACCEPT_RISK = 0.2
PRESSURES = (1.0, 1.1, 1.2, 1.35)
"""Multiples of the pressure that the cheapest plan bears as a fluid, for which plans of a kind are computed in turn."""
LESS_OF_DEAREST = 0.75
"""Of the dearest role's WTE in the cheapest plan, what a plan of mixed skills may have."""


@dataclass(frozen=True)
class OtherKind:
    """A kind of plan, and the cheapest found of it."""

    name: str
    plan: Plan | None
    """None where none of this kind met the target within the replications given to it."""
    met: tuple[int, int] = (0, 0)
    """In how many futures the most staff of this kind met the target, of how many."""
    most: Plan | None = None
    """The most staff of this kind."""


def restricted(menu: Menu, plan: Plan) -> Iterator[list[tuple[str, Menu]]]:
    """Yield each kind that the plan is not of, with what may be asked for in it; a milder form follows a strict one."""
    for forms in KINDS:
        found = [(name.format(dearest=words(_dearest(menu))), within(menu, plan)) for name, within in forms]
        if not found[0][1].allows(plan):
            yield [(name, other) for name, other in found if any(option.most for option in other.options)]


def _only(keep: Callable[[str], bool]) -> Callable[[Menu, Plan], Menu]:
    def within(menu: Menu, _: Plan) -> Menu:
        nobody = (0,) * menu.shape[1]
        options = (option if keep(option.kind) else replace(option, most_by=nobody) for option in menu.options)
        return replace(menu, options=tuple(options))

    return within


def _at_most(share: float, of: Callable[[Menu, Option], bool]) -> Callable[[Menu, Plan], Menu]:
    """Return the menu with at most a share of what the plan has of some options, in whole WTE."""

    def within(menu: Menu, plan: Plan) -> Menu:
        each = tuple(option.step_wte * of(menu, option) for option in menu.options)
        has = float(np.dot(each, np.array(plan).sum(axis=1)))
        return replace(menu, joint=(*menu.joint, Joint("less of some", each, math.floor(share * has))))

    return within


def _by_then(weeks: int) -> Callable[[Menu, Plan], Menu]:
    """Return the menu of the first so many decision weeks: later nobody can be asked for, of those left either."""

    def within(menu: Menu, _: Plan) -> Menu:
        options = tuple(replace(option, most_by=_kept(option.most_by, weeks)) for option in menu.options)
        return replace(menu, options=options, asked_by=weeks)

    return within


def _kept(most_by: tuple[int, ...], weeks: int) -> tuple[int, ...]:
    last = most_by[:weeks][-1]
    return tuple(min(most, last) for most in most_by)


def _dearest(menu: Menu) -> str:
    """Return the role whose WTE costs most."""
    price = menu.price_gbp[:, 0] / [option.step_wte for option in menu.options]
    return menu.options[int(np.argmax(price))].role


def _temporary(_: Menu, option: Option) -> bool:
    return option.kind in TEMPORARY


KINDS: tuple[tuple[tuple[str, Callable[[Menu, Plan], Menu]], ...], ...] = (
    (
        ("agency alone", _only(lambda kind: kind in TEMPORARY)),
        ("mostly agency", _at_most(HALF, lambda menu, option: not _temporary(menu, option))),
    ),
    (("no agency", _only(lambda kind: kind not in TEMPORARY)), ("half the agency", _at_most(HALF, _temporary))),
    (("all asked for at once", _by_then(1)), ("all asked for by the second decision", _by_then(2))),
    (
        (
            "a quarter fewer {dearest}s",
            _at_most(LESS_OF_DEAREST, lambda menu, option: option.role == _dearest(menu)),
        ),
    ),
)
"""Each kind, the strict form before a milder one that is tried where the most staff of the strict one do not do."""


def other_kinds(search: Search, loads: list[Load], plan: Plan) -> tuple[OtherKind, ...]:
    """Find a cheap plan of each other kind, in the same futures and with what is known of plans.

    A kind that a plan found for an earlier one is of as well is not searched again.
    """
    menu, tell = search.futures.menu, search.futures.tally.say
    enough = pressure_of(menu, loads, plan, search.question.counted)
    found: list[OtherKind] = []
    for forms in restricted(menu, plan):
        for name, of_kind in forms:
            tell(f"   Another kind of plan: {name}")
            same = next((other for other in found if other.plan is not None and of_kind.allows(other.plan)), None)
            kind = _cheapest(search, loads, name, of_kind, enough) if same is None else replace(same, name=name)
            found.append(kind)
            if kind.plan is not None:
                break
    return tuple(found)


def _cheapest(search: Search, loads: list[Load], name: str, menu: Menu, enough: float) -> OtherKind:
    """Search a kind for a cheap plan; without one, say how often its most staff met the target.

    It begins with what does as a fluid under the pressure that the cheapest plan bears, and goes down from there.
    """
    question, tally = search.question, search.futures.tally
    short = {"looks": question.search.looks[:LOOKS], "accept_risk": max(question.search.accept_risk, ACCEPT_RISK)}
    few = question.model_copy(update={"search": question.search.model_copy(update=short)})
    mine = Tally(tally.used, tally.from_store, most=question.search.kind_replications, tell=tally.tell)
    futures, most = replace(search.futures, menu=menu, tally=mine), most_allowed(menu)
    known = {tried: verdict for tried, verdict in search.verdicts.items() if menu.allows(tried)}
    ruled = Ruled(menu, dict(search.ruled.least_wte), dict(search.ruled.cuts))
    tried = Search(futures, few, loads, ruled, known, search.reach, search.pressure, failures=search.failures.copy())
    mine.limited = False
    verdict = judge(futures, most, few.search, question.target.assurance)
    mine.limited = True
    tally.say(f"      The most staff of this kind: {fate(verdict, few)}")
    if verdict.passed:
        tried.verdicts[most] = verdict
        with suppress(OutOfBudget):
            for times in PRESSURES:
                bounds = Ruled(menu, search.ruled.least_wte)
                proposal = proposed(menu, bounds, loads, times * enough, question.counted).plan
                if proposal is None or tried.judged(proposal).passed:
                    break
            tried.descend()
    tally.used, tally.from_store = mine.used, mine.from_store
    candidates = tried.candidates()
    return OtherKind(name, candidates[0] if candidates else None, (verdict.met, verdict.of), most)


def fresh_numbers(attempts: int, number: int) -> range:
    """Return futures that neither the search nor a certificate has used."""
    first = FIRST_FRESH * (attempts + 1)
    return range(first, first + number)
