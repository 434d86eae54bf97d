"""How few of each role could ever do, and which roles make no difference: what holds for every plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from analysis.sizing.futures import Futures
from analysis.sizing.plan import Menu, Option, everything
from analysis.sizing.question import Question
from analysis.sizing.verdict import AT_ONCE, most_to_reject
from analysis.tell.wording import words
from sim.config.staffing import TEMPORARY


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
