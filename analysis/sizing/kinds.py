"""Plans of other kinds than the cheapest found: agency alone, no agency, all at once, fewer of the dearest role."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.futures import Futures, Tally
from analysis.sizing.next_plan import Ruled
from analysis.sizing.plan import Joint, Menu, Option, Plan, everything
from analysis.sizing.search import Search
from analysis.sizing.verdict import FIRST_FRESH, Verdict, judge
from analysis.tell.wording import words
from sim.config.staffing import TEMPORARY

EXPLORED = 2
"""Plans tried below the cheapest of a kind, before its search ends."""
HALF = 0.5
LOOKS = 3
"""Of those of the search, so many tell whether a plan of another kind would do: it is shown, not certified."""
ACCEPT_RISK = 0.2
LESS_OF_DEAREST = 0.75
"""Of the dearest role's WTE in the cheapest plan, what a plan of mixed skills may have."""


@dataclass(frozen=True)
class OtherKind:
    """A kind of plan, and the cheapest found of it."""

    name: str
    plan: Plan | None
    """None where none of this kind met the target within the replications given to it."""
    most: tuple[int, int] = (0, 0)
    """Without a plan: in how many futures the most staff of this kind met the target, of how many."""


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
    """Return the menu of the first so many decision weeks."""

    def within(menu: Menu, _: Plan) -> Menu:
        return replace(
            menu, options=tuple(replace(option, most_by=_kept(option.most_by, weeks)) for option in menu.options)
        )

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
    """Search each other kind for its cheapest plan, in the same futures and with what is known of plans.

    Each search takes at most `search.kind_replications`, and first asks whether the most staff of the kind would do.
    """
    question, tally, found = search.question, search.futures.tally, []
    looks = question.search.looks[:LOOKS]
    short = {"most_explored": EXPLORED, "looks": looks, "accept_risk": max(question.search.accept_risk, ACCEPT_RISK)}
    few = question.model_copy(update={"search": question.search.model_copy(update=short)})
    for forms in restricted(search.futures.menu, plan):
        for name, menu in forms:
            tally.say(f"   Another kind of plan: {name}")
            mine = Tally(tally.used, tally.from_store, most=question.search.kind_replications, tell=tally.tell)
            futures = replace(search.futures, menu=menu, tally=mine)
            ruled = Ruled(menu, dict(search.ruled.least_wte), dict(search.ruled.cuts))
            mine.limited = False
            verdict = _enough(futures, search)
            mine.limited = True
            known = {tried: verdict for tried, verdict in search.verdicts.items() if menu.allows(tried)}
            failures = search.failures.copy()
            tried = Search(futures, few, loads, ruled, known, search.reach, search.pressure, failures=failures)
            best = tried.run() if verdict.passed else None
            tally.used, tally.from_store = mine.used, mine.from_store
            if best is not None:
                break
        if forms:
            found.append(OtherKind(name, best, (verdict.met, verdict.of)))
    return tuple(found)


def _enough(futures: Futures, search: Search) -> Verdict:
    """Test the most staff of a kind in few futures."""
    settings = search.question.search
    few = settings.model_copy(update={"looks": settings.looks[:LOOKS]})
    hard = [number for number, _ in search.failures.most_common(few.looks[0])]
    return judge(futures, everything(futures.menu), few, search.question.target.assurance, sorted(hard))


def fresh_numbers(attempts: int, number: int) -> range:
    """Return futures that neither the search nor a certificate has used."""
    first = FIRST_FRESH * (attempts + 1)
    return range(first, first + number)
