"""Which plan to try next: the cheapest or the most promising that no rejected plan rules out (HiGHS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.menu import Menu
from analysis.sizing.plan import Plan, decided_by, plan_of
from analysis.sizing.programme import Programme, Terms
from analysis.sizing.question import Counted
from sim.streams import Floats, Ints

Reach = Literal["capacity", "staff", "itself"]
"""What a rejected plan rules out: plans with nowhere more expected capacity, plans with nowhere more staff decided on,
or nothing but itself."""
NARROWER: dict[Reach, Reach] = {"capacity": "staff", "staff": "itself", "itself": "itself"}
EVERY_WEEKS = 2
"""Expected capacity is compared in every second week."""
A_LITTLE = 0.05
"""WTE by which capacity must be higher somewhere."""
ROUNDING = 0.5
"""GBP."""
TIE_BREAK = 1e-3


@dataclass
class Ruled:
    """What is known of plans: lower bounds by role, and rejected plans with what each rules out."""

    menu: Menu
    least_wte: dict[str, float] = field(default_factory=dict)
    cuts: dict[Plan, Reach] = field(default_factory=dict)

    def out(self, plan: Plan) -> Plan | None:
        """Return a rejected plan that rules this one out, if any does."""
        return next((cut for cut, reach in self.cuts.items() if covers(self.menu, cut, plan, reach)), None)


def covers(menu: Menu, cut: Plan, plan: Plan, reach: Reach) -> bool:
    """Return whether a rejected plan rules another out."""
    if reach == "itself":
        return cut == plan
    if reach == "staff":
        return bool((decided_by(plan) <= decided_by(cut)).all())
    return bool((capacity(menu, plan) < capacity(menu, cut) + A_LITTLE - 1e-6).all())


def capacity(menu: Menu, plan: Plan) -> Floats:
    """Return expected WTE by role in every second week, shape (roles, weeks)."""
    wte = np.einsum("ok,okt->ot", np.array(plan, dtype=float), menu.expected_wte[:, :, ::EVERY_WEEKS])
    mine = [[o for o, option in enumerate(menu.options) if option.role == role] for role in menu.roles]
    return np.array([wte[positions].sum(axis=0) for positions in mine])


class Proposal(NamedTuple):
    """A plan to try next."""

    plan: Plan | None
    """None where there is none."""
    finished: bool
    """False where the programme stopped at its limit: a missing plan then says nothing."""


def cheapest(menu: Menu, ruled: Ruled, loads: Sequence[Load], pressure: float, counted: Counted) -> Proposal:
    """Return the cheapest plan that serves `pressure` times the arrivals in time, as a fluid."""
    programme, units = _programme(menu, ruled)
    for load in loads:
        in_time, people = _serve(programme, menu, units, load, pressure, counted)
        programme.at_least([(variable, 1.0) for variable in in_time], load.share * people)
    for variable, price in zip(units.ravel().tolist(), menu.price_gbp.ravel().tolist(), strict=True):
        programme.price(variable, price)
    return _answer(programme, units)


def most_promising(
    menu: Menu, ruled: Ruled, loads: Sequence[Load], pressure: float, counted: Counted, below_gbp: float
) -> Proposal:
    """Return the plan cheaper than a limit that serves most in time, as a fluid, of all that nothing rules out."""
    programme, units = _programme(menu, ruled)
    prices = menu.price_gbp.ravel().tolist()
    spent: Terms = list(zip(units.ravel().tolist(), prices, strict=True))
    programme.at_most(spent, below_gbp - ROUNDING)
    (margin,) = programme.variables([10.0])
    for load in loads:
        in_time, people = _serve(programme, menu, units, load, pressure, counted)
        programme.at_least([*((variable, 1.0) for variable in in_time), (margin, -load.share * people)], 0.0)
    programme.price(margin, -1.0)
    for variable, price in spent:
        programme.price(variable, TIE_BREAK * price / max(below_gbp, 1.0))
    return _answer(programme, units)


def _answer(programme: Programme, units: Ints) -> Proposal:
    values, finished = programme.solve()
    return Proposal(None if values is None else plan_of(np.rint(values[units])), finished)


def _programme(menu: Menu, ruled: Ruled) -> tuple[Programme, Ints]:
    """Start a programme with the units to ask for, shape (options, decision weeks), and everything known of plans."""
    programme = Programme()
    weeks = menu.shape[1]
    units = np.array([programme.variables([option.most] * weeks, whole=True) for option in menu.options])
    for option, mine in zip(menu.options, units.tolist(), strict=True):
        programme.at_most([(variable, 1.0) for variable in mine], option.most)
    for role, least in ruled.least_wte.items():
        terms: Terms = [
            (variable, option.step_wte)
            for option, mine in zip(menu.options, units.tolist(), strict=True)
            if option.role == role
            for variable in mine
        ]
        programme.at_least(terms, least)
    for cut, reach in ruled.cuts.items():
        {"capacity": _cut_capacity, "staff": _cut_staff, "itself": _cut_itself}[reach](programme, menu, units, cut)
    return programme, units


def _cut_capacity(programme: Programme, menu: Menu, units: Ints, cut: Plan) -> None:
    """Require more expected capacity than the cut plan's in at least one role and week."""
    had = capacity(menu, cut)
    wte = menu.expected_wte[:, :, ::EVERY_WEEKS]
    somewhere: Terms = []
    for r, role in enumerate(menu.roles):
        mine = [o for o, option in enumerate(menu.options) if option.role == role]
        for week in range(had.shape[1]):
            if not wte[mine, :, week].any():
                continue
            (more,) = programme.variables([1], whole=True)
            terms: Terms = [
                (int(units[o, k]), float(wte[o, k, week]))
                for o in mine
                for k in range(menu.shape[1])
                if wte[o, k, week]
            ]
            programme.at_least([*terms, (more, -(float(had[r, week]) + A_LITTLE))], 0.0)
            somewhere.append((more, 1.0))
    programme.at_least(somewhere, 1.0)


def _cut_staff(programme: Programme, menu: Menu, units: Ints, cut: Plan) -> None:
    """Require more units than the cut plan's by at least one decision week."""
    had = decided_by(cut)
    somewhere: Terms = []
    for o in range(menu.shape[0]):
        for k in range(menu.shape[1]):
            (more,) = programme.variables([1], whole=True)
            terms: Terms = [(int(units[o, j]), 1.0) for j in range(k + 1)]
            programme.at_least([*terms, (more, -float(had[o, k] + 1))], 0.0)
            somewhere.append((more, 1.0))
    programme.at_least(somewhere, 1.0)


def _cut_itself(programme: Programme, menu: Menu, units: Ints, cut: Plan) -> None:
    """Require a plan that differs from the cut one."""
    somewhere: Terms = []
    for o, option in enumerate(menu.options):
        for k in range(menu.shape[1]):
            more, fewer = programme.variables([1, 1], whole=True)
            unit, had = int(units[o, k]), cut[o][k]
            programme.at_least([(unit, 1.0), (more, -float(had + 1))], 0.0)
            programme.at_most([(unit, 1.0), (fewer, float(option.most - had + 1))], float(option.most))
            somewhere += [(more, 1.0), (fewer, 1.0)]
    programme.at_least(somewhere, 1.0)


def _serve(
    programme: Programme, menu: Menu, units: Ints, load: Load, pressure: float, counted: Counted
) -> tuple[list[int], float]:
    """Add a list served first come first served; return people seen in time by week of joining, and all who join.

    With A(t) joined and S(t) taken off the list by week t: S(t) ≤ A(t), S(t) − S(t − hold) ≤ capacity(t), and of week
    w's arrivals at most S(w + ½ + limit) − A(w − 1) are in time.
    """
    weeks = menu.weeks
    arrivals = pressure * load.arrivals
    joined = load.listed + np.cumsum(arrivals)
    served = programme.variables(joined)
    wte = menu.expected_wte
    for t in range(weeks):
        if t:
            programme.at_least([(served[t], 1.0), (served[t - 1], -1.0)], 0.0)
        terms: Terms = [(served[t], 1.0)]
        if t >= load.hold_weeks:
            terms.append((served[t - load.hold_weeks], -1.0))
        for o, option in enumerate(menu.options):
            for k in range(menu.shape[1]):
                gives = float(wte[o, k, t]) * load.per_wte.get(option.role, 0.0)
                if gives:
                    terms.append((int(units[o, k]), -gives))
        programme.at_most(terms, float(load.base[t]))
    mine = range(counted.from_week, min(counted.to_week, weeks))
    cohort = arrivals[mine.start : mine.stop]
    in_time = programme.variables(cohort)
    reached = programme.variables([1] * len(cohort), whole=True)
    for w, variable, flag in zip(mine, in_time, reached, strict=True):
        programme.at_most([(variable, 1.0), (flag, -float(arrivals[w]))], 0.0)
        # Served by the middle of the week plus the limit: part of a week counts in proportion.
        due = min(w + 0.5 + load.limit_weeks, float(weeks))
        week = min(int(due), weeks - 1)
        by: Terms = [(served[week], week - due)]
        if week:
            by.append((served[week - 1], due - week - 1.0))
        programme.at_most([(variable, 1.0), *by, (flag, float(joined[w] - arrivals[w]))], 0.0)
    return in_time, float(cohort.sum())
