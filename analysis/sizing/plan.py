"""A staffing plan: how many of which role and kind are asked for in which decision week, what it costs, its Hub."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analysis.sizing.menu import Menu, Option
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.tell.wording import words
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.edit import changed
from sim.measures.cost import yearly_cost
from sim.streams import Floats, Ints

Plan = tuple[tuple[int, ...], ...]
"""Units newly asked for, by option and decision week."""


def plan_of(units: Ints | Floats) -> Plan:
    """Return an array of units, shape (options, decision weeks), as a plan."""
    return tuple(tuple(round(number) for number in row) for row in np.asarray(units).tolist())


def nothing(menu: Menu) -> Plan:
    """Return the plan that hires nobody."""
    return plan_of(np.zeros(menu.shape))


def everything(menu: Menu) -> Plan:
    """Return the plan that asks for the most of everything on the first decision day."""
    units = np.zeros(menu.shape)
    units[:, 0] = menu.most
    return plan_of(units)


def cost_gbp(menu: Menu, plan: Plan) -> float:
    """Return what a plan costs if every post is filled at its median lead time and kept."""
    return float((np.array(plan) * menu.price_gbp).sum())


class Month(NamedTuple):
    """GBP of one calendar month: staff in post, and recruitment of those who start."""

    first: datetime.date
    staff_gbp: float
    recruitment_gbp: float

    @property
    def total_gbp(self) -> float:
        """Both."""
        return self.staff_gbp + self.recruitment_gbp


def by_month(menu: Menu, plan: Plan) -> list[Month]:
    """Return what a plan costs in each month from the first decision to the last contract's end.

    The months add up to the price of the plan; a plan that hires nobody has none.
    """
    run, costs = menu.config.run, menu.config.costs
    loaded = 1 + costs.overhead_share + costs.non_staff_share
    staff, recruitment = np.zeros((2, run.horizon_days + 1))
    for option, units in zip(menu.options, plan, strict=True):
        for day, number in zip(menu.decision_days, units, strict=True):
            first, last = menu.in_post(option, day)
            wte = number * option.step_wte
            staff[first:last] += wte * yearly_cost(costs, option.line) / DAYS_PER_YEAR * loaded
            recruitment[first] += wte * costs.recruitment_gbp_per_hire * loaded
    spent = np.flatnonzero(staff + recruitment)
    if not spent.size:
        return []
    month_of = (np.datetime64(run.start_date) + np.arange(len(staff))).astype("datetime64[M]")
    months = np.unique(month_of[menu.decision_days[0] : spent[-1] + 1])
    return [
        Month(month.item(), float(staff[month_of == month].sum()), float(recruitment[month_of == month].sum()))
        for month in months
    ]


def decided_by(plan: Plan) -> Ints:
    """Return units asked for by each decision week, all earlier ones included, shape (options, decision weeks)."""
    return np.cumsum(np.array(plan, dtype=np.int64), axis=1)


def staffed(config: HubConfig, menu: Menu, plan: Plan, late_days: int = 0, slip_days: int = 0) -> HubConfig:
    """Return the Hub with a plan's posts.

    The j-th unit of an option has a line of its own, whenever it is asked for: hiring one more, or one earlier, changes
    the luck of nobody else. Two halves asked for at the same time are one post.

    Parameters
    ----------
    late_days
        Every decision is taken so many days later; contracts are as long.
    slip_days
        Everybody starts so many days later than the lead time says; contracts end when they would have ended.
    """
    lines: dict[tuple[str, ...], Any] = {}
    for option, units in zip(menu.options, plan, strict=True):
        days = [day for day, number in zip(menu.decision_days, units, strict=True) for _ in range(number)]
        role = ("staffing", "roles", option.role, "lines")
        for name, wte, decided in _posts(option.step_wte, days):
            end = menu.last_day(option, decided + late_days)
            start = decided + late_days + slip_days
            if end is None or end > start:
                dated = {"wte": wte, "from_day": start, "to_day": end}
                lines[*role, f"sizing_{option.kind}_{name}"] = option.line.model_dump() | dated
    return changed(config, lines)


def _posts(step_wte: float, days: list[int]) -> Iterator[tuple[str, float, int]]:
    """Yield name, WTE and decision day of each post; `days` holds one decision day for each unit, in order."""
    if step_wte == 1.0:
        yield from ((f"{number + 1:02d}", 1.0, day) for number, day in enumerate(days))
        return
    for first in range(0, len(days), 2):
        pair = days[first : first + 2]
        name = f"{first // 2 + 1:02d}"
        if len(set(pair)) == 1:
            yield name, step_wte * len(pair), pair[0]
        else:
            yield name, step_wte, pair[0]
            yield f"{name}b", step_wte, pair[1]


def cheaper_neighbours(menu: Menu, plan: Plan) -> list[Plan]:
    """Return the plans that one step makes cheaper, cheapest first.

    A step takes one unit away, replaces it by another kind of the same role, or asks for it a decision week later.
    """
    here = cost_gbp(menu, plan)
    units = np.array(plan, dtype=np.int64)
    found = set()
    for o, k in zip(*np.nonzero(units), strict=True):
        for other, option in enumerate(menu.options):
            if option.role != menu.options[o].role:
                continue
            for week in {int(k), int(k) + 1} & set(range(menu.shape[1])):
                changed = units.copy()
                changed[o, k] -= 1
                changed[other, week] += 1
                if changed[other].sum() <= option.most:
                    found.add(plan_of(changed))
        fewer = units.copy()
        fewer[o, k] -= 1
        found.add(plan_of(fewer))
    cheaper = [(cost_gbp(menu, other), other) for other in found]
    return [other for cost, other in sorted(cheaper) if cost < here - 0.5]


def dearer_neighbours(menu: Menu, plan: Plan) -> list[Plan]:
    """Return the plans with one unit more on the first decision day, of each option that no cheaper one stands in for.

    An option is left out while another of the same role gives as much capacity in every week for less money.
    """
    units = np.array(plan, dtype=np.int64)
    free = [o for o, option in enumerate(menu.options) if units[o].sum() < option.most]
    found = []
    for o in free:
        rivals = [p for p in free if p != o and menu.options[p].role == menu.options[o].role]
        wte, price = menu.expected_wte[:, 0], menu.price_gbp[:, 0]
        if any((wte[p] >= wte[o]).all() and price[p] < price[o] for p in rivals):
            continue
        more = units.copy()
        more[o, 0] += 1
        found.append(plan_of(more))
    return found


def in_words(menu: Menu, plan: Plan) -> str:
    """Return a plan in a line: `2 WTE senior clinician (agency) in week 0, 0.5 coordinator (fixed term) in week 4`."""
    parts = [
        units_words(number * option.step_wte, option, (day - menu.decision_days[0]) // DAYS_PER_WEEK)
        for option, units in zip(menu.options, plan, strict=True)
        for day, number in zip(menu.decision_days, units, strict=True)
        if number
    ]
    return ", ".join(parts) or "nobody"


def units_words(wte: float, option: Option, week: int) -> str:
    """Return so many WTE of an option in words; weeks count from the first decision."""
    return f"{wte:g} WTE {words(option.role)} ({words(option.kind)}) in week {week}"
