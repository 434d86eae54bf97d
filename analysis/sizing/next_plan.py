"""Which plan to try next: the cheapest or the most promising that no rejected plan rules out, by HiGHS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import highspy
import numpy as np

from analysis.sizing.fluid import Load
from analysis.sizing.plan import Menu, Plan, decided_by, plan_of
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
LEAST_PRESSURE, MOST_PRESSURE, PRESSURE_STEP = 0.5, 4.0, 0.05
TIE_BREAK = 1e-3
HIGHS = {"output_flag": False, "mip_max_nodes": 50, "mip_rel_gap": 0.05}
"""HiGHS stops after so many branches with the best it has, since a limit in time would change the answer with the
machine; what it finds is a plan to try, and nearly the best will do. That there is none is still proved."""
Terms = list[tuple[int, float]]
"""Variable and coefficient."""


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
    return np.array([wte[menu.options_of(role)].sum(axis=0) for role in menu.roles])


class Proposal(NamedTuple):
    """A plan to try next, if there is one; not finished where HiGHS stopped at its limit: then none says nothing."""

    plan: Plan | None
    finished: bool


def proposed(
    menu: Menu, ruled: Ruled, loads: Sequence[Load], pressure: float, counted: Counted, below_gbp: float | None = None
) -> Proposal:
    """Return a plan that nothing rules out: the cheapest in time as a fluid; below a price the most promising."""
    programme, units = _programme(menu, ruled)
    spent: Terms = list(zip(units.ravel().tolist(), menu.price_gbp.ravel().tolist(), strict=True))
    margin: list[int] = []
    if below_gbp is not None:
        programme.row(spent, most=below_gbp - ROUNDING)
        margin = programme.variables([10.0])
    for load in loads:
        in_time, people = _serve(programme, menu, units, load, pressure, counted)
        asked = load.share * people
        seen: Terms = [(variable, 1.0) for variable in in_time]
        programme.row(seen + [(beyond, -asked) for beyond in margin], 0.0 if margin else asked)
    for beyond in margin:
        programme.price(beyond, -1.0)
    for variable, price in spent:
        programme.price(variable, price if below_gbp is None else TIE_BREAK * price / max(below_gbp, 1.0))
    values, finished = programme.solve()
    return Proposal(None if values is None else plan_of(np.rint(values[units])), finished)


def most_allowed(menu: Menu) -> Plan:
    """Return the plan with most expected time of staff, among those that can be had, supported and supervised."""
    programme, units = _programme(menu, Ruled(menu))
    for unit, weeks in zip(units.ravel().tolist(), menu.expected_wte.sum(axis=2).ravel().tolist(), strict=True):
        programme.price(unit, -weeks)
    values, _ = programme.solve()
    assert values is not None  # nobody is always allowed
    return plan_of(np.rint(values[units]))


def pressure_of(menu: Menu, loads: Sequence[Load], plan: Plan, counted: Counted) -> float:
    """Return the greatest pressure, between `LEAST_PRESSURE` and `MOST_PRESSURE`, that a plan bears as a fluid."""
    low, high = LEAST_PRESSURE, MOST_PRESSURE
    while high - low > PRESSURE_STEP:
        middle = (low + high) / 2
        programme, units = _programme(menu, Ruled(menu))
        for unit, number in zip(units.ravel().tolist(), np.array(plan).ravel().tolist(), strict=True):
            programme.row([(unit, 1.0)], number, number)
        for load in loads:
            in_time, people = _serve(programme, menu, units, load, middle, counted)
            programme.row([(variable, 1.0) for variable in in_time], load.share * people)
        low, high = (low, middle) if programme.solve()[0] is None else (middle, high)
    return low


class Programme:
    """Variables, rows and costs of a mixed-integer programme; HiGHS minimises the costs, the same way every time."""

    def __init__(self) -> None:
        self._highs = highspy.Highs()
        for name, value in HIGHS.items():
            self._highs.setOptionValue(name, value)

    def variables(self, high: Sequence[float] | Floats, whole: bool = False) -> list[int]:
        """Add variables between 0 and `high`; return their numbers."""
        first = self._highs.getNumCol()
        numbers = list(range(first, first + len(high)))
        for variable, most in zip(numbers, high, strict=True):
            self._highs.addVar(0.0, float(most))
            if whole:
                self._highs.changeColIntegrality(variable, highspy.HighsVarType.kInteger)
        return numbers

    def price(self, variable: int, cost: float) -> None:
        """Set the cost of a variable; it is 0 otherwise."""
        self._highs.changeColCost(variable, cost)

    def row(self, terms: Terms, least: float = -np.inf, most: float = np.inf) -> None:
        """Require terms between two bounds."""
        variables = np.array([variable for variable, _ in terms], dtype=np.int32)
        self._highs.addRow(least, most, len(terms), variables, np.array([value for _, value in terms], dtype=float))

    def solve(self) -> tuple[Floats | None, bool]:
        """Return the values of the variables, None where HiGHS found nothing, and whether it came to the end."""
        self._highs.run()
        status = self._highs.getModelStatus()
        stopped = status == highspy.HighsModelStatus.kSolutionLimit
        if status != highspy.HighsModelStatus.kOptimal and not (
            stopped and np.isfinite(self._highs.getInfo().objective_function_value)
        ):
            return None, not stopped
        return np.array(self._highs.getSolution().col_value), not stopped


def _programme(menu: Menu, ruled: Ruled) -> tuple[Programme, Ints]:
    """Start a programme with the units to ask for, shape (options, decision weeks), and everything known of plans."""
    programme = Programme()
    weeks = menu.shape[1]
    asked = weeks if menu.asked_by is None else menu.asked_by
    most_in = [[option.most] * asked + [0] * (weeks - asked) for option in menu.options]
    units = np.array([programme.variables(most, whole=True) for most in most_in])
    for option, mine in zip(menu.options, units.tolist(), strict=True):
        for k, most in enumerate(option.most_by):
            programme.row([(variable, 1.0) for variable in mine[: k + 1]], most=most)
    for one in menu.joint:
        for k in range(weeks):
            taken = [(int(unit), each) for each, mine in zip(one.each, units, strict=True) for unit in mine[: k + 1]]
            programme.row([term for term in taken if term[1]], most=one.most)
    for role, least in ruled.least_wte.items():
        terms: Terms = [(int(unit), menu.options[o].step_wte) for o in menu.options_of(role) for unit in units[o]]
        programme.row(terms, least)
    for cut, reach in ruled.cuts.items():
        if reach == "itself":
            _differ(programme, menu, units, cut)
            continue
        more: Terms = []
        for terms, least in _beyond(menu, units, cut, reach):
            (here,) = programme.variables([1], whole=True)
            programme.row([*terms, (here, -least)], 0.0)
            more.append((here, 1.0))
        programme.row(more, 1.0)
    return programme, units


def _beyond(menu: Menu, units: Ints, cut: Plan, reach: Reach) -> Iterator[tuple[Terms, float]]:
    """Yield what a plan may have more of than a rejected one, so that it is not ruled out, and how much it takes.

    It may be expected capacity of a role in some week, or units decided on by some decision week.
    """
    if reach == "staff":
        decided = decided_by(cut)
        for o, k in np.ndindex(menu.shape):
            yield [(int(units[o, j]), 1.0) for j in range(k + 1)], float(decided[o, k] + 1)
        return
    had, wte = capacity(menu, cut), menu.expected_wte[:, :, ::EVERY_WEEKS]
    for r, role in enumerate(menu.roles):
        mine = menu.options_of(role)
        for week in range(had.shape[1]):
            gives = [(o, k) for o in mine for k in range(menu.shape[1]) if wte[o, k, week]]
            if gives:
                terms = [(int(units[place]), float(wte[place][week])) for place in gives]
                yield terms, float(had[r, week]) + A_LITTLE


def _differ(programme: Programme, menu: Menu, units: Ints, cut: Plan) -> None:
    """Require a plan that differs from the cut one."""
    somewhere: Terms = []
    for o, k in np.ndindex(menu.shape):
        more, fewer = programme.variables([1, 1], whole=True)
        unit, had, most = int(units[o, k]), cut[o][k], menu.options[o].most
        programme.row([(unit, 1.0), (more, -float(had + 1))], 0.0)
        programme.row([(unit, 1.0), (fewer, float(most - had + 1))], most=float(most))
        somewhere += [(more, 1.0), (fewer, 1.0)]
    programme.row(somewhere, 1.0)


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
    sees = np.array([load.per_wte.get(option.role, 0.0) for option in menu.options])
    per_unit = menu.expected_wte * sees[:, None, None]
    for t in range(weeks):
        if t:
            programme.row([(served[t], 1.0), (served[t - 1], -1.0)], 0.0)
        terms: Terms = [(served[t], 1.0)]
        if t >= load.hold_weeks:
            terms.append((served[t - load.hold_weeks], -1.0))
        gives = per_unit[:, :, t]
        terms += [(int(units[place]), -float(gives[place])) for place in zip(*np.nonzero(gives), strict=True)]
        programme.row(terms, most=float(load.base[t]))
    mine = range(counted.from_week, min(counted.to_week, weeks))
    cohort = arrivals[mine.start : mine.stop]
    in_time = programme.variables(cohort)
    reached = programme.variables([1] * len(cohort), whole=True)
    for w, variable, flag in zip(mine, in_time, reached, strict=True):
        programme.row([(variable, 1.0), (flag, -float(arrivals[w]))], most=0.0)
        # Served by the middle of the week plus the limit: part of a week counts in proportion.
        due = min(w + 0.5 + load.limit_weeks, float(weeks))
        week = min(int(due), weeks - 1)
        by: Terms = [(served[week], week - due)]
        if week:
            by.append((served[week - 1], due - week - 1.0))
        programme.row([(variable, 1.0), *by, (flag, float(joined[w] - arrivals[w]))], most=0.0)
    return in_time, float(cohort.sum())
