"""Plans of other kinds than the cheapest found: agency alone, no agency, all at once, fewer of the dearest role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.futures import Futures, Tally
from analysis.sizing.next_plan import Ruled
from analysis.sizing.plan import Joint, Menu, Plan, everything, wte_of
from analysis.sizing.search import Search
from analysis.sizing.verdict import FIRST_FRESH, Verdict, judge
from analysis.tell.wording import words
from sim.config.staffing import TEMPORARY

EXPLORED = 2
"""Plans tried below the cheapest of a kind, before its search ends."""
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


def restricted(menu: Menu, plan: Plan) -> Iterator[tuple[str, Menu]]:
    """Yield each kind that the plan is not of, with what may be asked for in it."""
    for name, within in KINDS:
        other = within(menu, plan)
        if not other.allows(plan) and any(option.most for option in other.options):
            yield name(menu) if callable(name) else name, other


def _only(keep: Callable[[str], bool]) -> Callable[[Menu, Plan], Menu]:
    def within(menu: Menu, _: Plan) -> Menu:
        nobody = (0,) * menu.shape[1]
        options = (option if keep(option.kind) else replace(option, most_by=nobody) for option in menu.options)
        return replace(menu, options=tuple(options))

    return within


def _at_once(menu: Menu, _: Plan) -> Menu:
    """Return the menu of the first decision week."""
    first = (replace(option, most_by=(option.most_by[0],) * menu.shape[1]) for option in menu.options)
    return replace(menu, options=tuple(first))


def _dearest(menu: Menu) -> str:
    """Return the role whose WTE costs most."""
    price = menu.price_gbp[:, 0] / [option.step_wte for option in menu.options]
    return menu.options[int(np.argmax(price))].role


def _mixed(menu: Menu, plan: Plan) -> Menu:
    """Return the menu with fewer of the dearest role than the plan has."""
    role = _dearest(menu)
    each = tuple(option.step_wte * (option.role == role) for option in menu.options)
    fewer = Joint(f"fewer {words(role)}s", each, np.floor(LESS_OF_DEAREST * wte_of(menu, plan)[role]))
    return replace(menu, joint=(*menu.joint, fewer))


KINDS: tuple[tuple[str | Callable[[Menu], str], Callable[[Menu, Plan], Menu]], ...] = (
    ("agency alone", _only(lambda kind: kind in TEMPORARY)),
    ("no agency", _only(lambda kind: kind not in TEMPORARY)),
    ("all asked for at once", _at_once),
    (lambda menu: f"a quarter fewer {words(_dearest(menu))}s", _mixed),
)


def other_kinds(search: Search, loads: list[Load], plan: Plan) -> tuple[OtherKind, ...]:
    """Search each other kind for its cheapest plan, in the same futures and with what is known of plans.

    Each search takes at most `search.kind_replications`, and first asks whether the most staff of the kind would do.
    """
    question, tally, found = search.question, search.futures.tally, []
    few = question.model_copy(update={"search": question.search.model_copy(update={"most_explored": EXPLORED})})
    for name, menu in restricted(search.futures.menu, plan):
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
        found.append(OtherKind(name, best, (verdict.met, verdict.of)))
    return tuple(found)


def _enough(futures: Futures, search: Search) -> Verdict:
    question = search.question
    hard = [number for number, _ in search.failures.most_common(question.search.looks[0])]
    return judge(futures, everything(futures.menu), question.search, question.target.assurance, sorted(hard))


def fresh_numbers(attempts: int, number: int) -> range:
    """Return futures that neither the search nor a certificate has used."""
    first = FIRST_FRESH * (attempts + 1)
    return range(first, first + number)
