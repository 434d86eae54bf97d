"""Who can be hired, and a plan of who is asked for in which decision week: what it costs, what to expect, its Hub."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analysis.sizing.question import DAYS_PER_WEEK
from analysis.tell.wording import words
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig, changed
from sim.config.staffing import TEMPORARY, Line
from sim.measures.cost import yearly_cost
from sim.streams import Floats, Ints

A_LITTLE = 1e-9
Plan = tuple[tuple[int, ...], ...]
"""Units newly asked for, by option and decision week."""


@dataclass(frozen=True)
class Option:
    """One way to hire: a role by a kind of contract, in units of `step_wte`."""

    role: str
    kind: str
    line: Line
    """Of one WTE, without dates."""
    step_wte: float
    most_by: tuple[int, ...]
    """Units that can have been asked for by each decision week, earlier ones included; never falling."""
    contract_days: int | None
    """From the decision; None: for as long as the run lasts."""

    @property
    def most(self) -> int:
        """Units, over all decision weeks."""
        return self.most_by[-1]

    def last_day(self, decision_day: int) -> int | None:
        """Return when a contract decided on a day ends; None for never."""
        return None if self.contract_days is None else decision_day + self.contract_days


class Joint(NamedTuple):
    """A limit that options share: what all units asked for by a decision week take, less what they give."""

    words: str
    each: tuple[float, ...]
    """Of a unit of each option: positive takes, negative gives."""
    most: float


@dataclass(frozen=True)
class Menu:
    """Every option and decision day; arrays run over options × decision weeks."""

    config: HubConfig
    options: tuple[Option, ...]
    decision_days: tuple[int, ...]
    """Days of the run on which staff can be asked for."""
    weeks: int
    """From the first decision to the last deadline."""
    joint: tuple[Joint, ...] = ()
    """What options can have of each other's limits."""
    asked_by: int | None = None
    """Decision weeks in which staff can be asked for, the first so many; None: in all."""

    @property
    def roles(self) -> list[str]:
        """Roles on offer, in the order of the staffing model."""
        return list(dict.fromkeys(option.role for option in self.options))

    @property
    def shape(self) -> tuple[int, int]:
        """Options and decision weeks."""
        return len(self.options), len(self.decision_days)

    @property
    def decision_weeks(self) -> list[int]:
        """Weeks from the first decision at which staff can be asked for."""
        return [(day - self.decision_days[0]) // DAYS_PER_WEEK for day in self.decision_days]

    def options_of(self, role: str) -> list[int]:
        """Return the places of a role's options."""
        return [place for place, option in enumerate(self.options) if option.role == role]

    def without(self, roles: Collection[str]) -> Menu:
        """Return the menu without some roles."""
        kept = [place for place, option in enumerate(self.options) if option.role not in roles]
        joint = tuple(one._replace(each=tuple(one.each[place] for place in kept)) for one in self.joint)
        return replace(self, options=tuple(self.options[place] for place in kept), joint=joint)

    def allows(self, plan: Plan) -> bool:
        """Return whether so many can be had by then, and supported and supervised."""
        decided = decided_by(plan)
        most = np.array([option.most_by for option in self.options]).reshape(self.shape)
        together = (np.array(one.each) @ decided <= one.most + A_LITTLE for one in self.joint)
        if self.asked_by is not None and np.array(plan)[:, self.asked_by :].any():
            return False
        return bool((decided <= most).all()) and all(within.all() for within in together)

    @cached_property
    def price_gbp(self) -> Floats:
        """GBP of one unit, shape (options, weeks): pay, on-costs and overheads while in post, and recruitment.

        For a post that is filled at its median lead time and kept until the contract or the run ends.
        """
        costs = self.config.costs
        prices = np.zeros(self.shape)
        for o, option in enumerate(self.options):
            for k, day in enumerate(self.decision_days):
                first, last = self.in_post(option, day)
                pay = yearly_cost(costs, option.line) * (last - first) / DAYS_PER_YEAR
                staff = option.step_wte * (pay + costs.recruitment_gbp_per_hire * costs.uplift)
                prices[o, k] = staff * (1 + costs.overhead_share + costs.non_staff_share)
        return prices

    def in_post(self, option: Option, decision_day: int) -> tuple[int, int]:
        """Return the days between which a unit is expected in post, the second exclusive."""
        horizon, end = self.config.run.horizon_days, option.last_day(decision_day)
        first = min(horizon, decision_day + round(self.lead_weeks(option) * DAYS_PER_WEEK))
        return first, max(first, horizon if end is None else min(horizon, end))

    @cached_property
    def expected_wte(self) -> Floats:
        """WTE to expect of one unit in each week from the first decision, shape (options, decision weeks, weeks)."""
        recruitment = self.config.staffing.recruitment
        middle = self.decision_days[0] + DAYS_PER_WEEK * (np.arange(self.weeks) + 0.5)
        wte = np.zeros((*self.shape, self.weeks))
        for o, option in enumerate(self.options):
            ramp_weeks = recruitment.agency_ramp_weeks if option.kind in TEMPORARY else recruitment.ramp_weeks
            for k, day in enumerate(self.decision_days):
                first, last = self.in_post(option, day)
                risen = np.clip((middle - first) / max(ramp_weeks * DAYS_PER_WEEK, 1.0), 0.0, 1.0)
                ramp = recruitment.ramp_start_share + (1 - recruitment.ramp_start_share) * risen
                wte[o, k] = option.step_wte * ramp * ((middle >= first) & (middle < last))
        return wte

    def lead_weeks(self, option: Option) -> float:
        """Return the median time from asking to starting."""
        recruitment = self.config.staffing.recruitment
        return recruitment.agency_lead_median_weeks if option.kind in TEMPORARY else recruitment.lead_median_weeks


def plan_of(units: Ints | Floats) -> Plan:
    """Return an array of units, shape (options, decision weeks), as a plan."""
    return tuple(tuple(round(number) for number in row) for row in np.asarray(units).tolist())


def nothing(menu: Menu) -> Plan:
    """Return the plan that hires nobody."""
    return plan_of(np.zeros(menu.shape))


def everything(menu: Menu) -> Plan:
    """Return the plan that asks for the most of everything as early as it can be had.

    It may be more than can be supported and supervised: no plan that may be asked for has more of anything.
    """
    return tuple(tuple(np.diff(option.most_by, prepend=0).tolist()) for option in menu.options)


def cost_gbp(menu: Menu, plan: Plan) -> float:
    """Return what a plan costs if every post is filled at its median lead time and kept."""
    return float((np.array(plan) * menu.price_gbp).sum())


def wte_of(menu: Menu, plan: Plan) -> dict[str, float]:
    """Return WTE asked for by role, in the order of the menu."""
    wte = dict.fromkeys(menu.roles, 0.0)
    for option, units in zip(menu.options, plan, strict=True):
        wte[option.role] += option.step_wte * sum(units)
    return wte


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
    """Return what a plan costs by month, from the first decision to the last contract; nothing if it hires nobody."""
    run, costs = menu.config.run, menu.config.costs
    loaded = 1 + costs.overhead_share + costs.non_staff_share
    staff, recruitment = np.zeros((2, run.horizon_days + 1))
    for option, units in zip(menu.options, plan, strict=True):
        for day, number in zip(menu.decision_days, units, strict=True):
            first, last = menu.in_post(option, day)
            wte = number * option.step_wte
            staff[first:last] += wte * yearly_cost(costs, option.line) / DAYS_PER_YEAR * loaded
            recruitment[first] += wte * costs.recruitment_gbp_per_hire * costs.uplift * loaded
    spent = np.flatnonzero(staff + recruitment)
    if not spent.size:
        return []
    month_of = (np.datetime64(run.start_date) + np.arange(len(staff))).astype("datetime64[M]")
    months = [(month, month_of == month) for month in np.unique(month_of[menu.decision_days[0] : spent[-1] + 1])]
    return [Month(month.item(), float(staff[its].sum()), float(recruitment[its].sum())) for month, its in months]


def decided_by(plan: Plan) -> Ints:
    """Return units asked for by each decision week, all earlier ones included, shape (options, decision weeks)."""
    return np.cumsum(np.array(plan, dtype=np.int64), axis=1)


def staffed(config: HubConfig, menu: Menu, plan: Plan, late_days: int = 0, slip_days: int = 0) -> HubConfig:
    """Return the Hub with a plan's posts.

    The j-th unit of an option has a line of its own, whenever it is asked for: hiring one more, or one earlier, changes
    the luck of nobody else. Two halves asked for at the same time are one post. Every decision is taken `late_days`
    later, with contracts as long; everybody starts `slip_days` later than the lead time says, with contracts that end
    when they would have ended.
    """
    lines: dict[tuple[str, ...], Any] = {}
    for option, units in zip(menu.options, plan, strict=True):
        days = [day for day, number in zip(menu.decision_days, units, strict=True) for _ in range(number)]
        role = ("staffing", "roles", option.role, "lines")
        for name, wte, decided in _posts(option.step_wte, days):
            end = option.last_day(decided + late_days)
            start = decided + late_days + slip_days
            if end is None or end > start:
                dated = {"wte": wte, "from_day": start, "to_day": end}
                lines[*role, f"sizing_{option.kind}_{name}"] = option.line.model_dump() | dated
    return changed(config, lines)


def _posts(step_wte: float, days: list[int]) -> Iterator[tuple[str, float, int]]:
    """Yield name, WTE and decision day of each post; `days` holds one decision day for each unit, in order."""
    at_once = round(1 / step_wte)
    for number, first in enumerate(range(0, len(days), at_once), 1):
        one_post = days[first : first + at_once]
        for letter, day in zip(("", "b"), dict.fromkeys(one_post), strict=False):
            yield f"{number:02d}{letter}", step_wte * one_post.count(day), day


def cheaper_neighbours(menu: Menu, plan: Plan) -> list[Plan]:
    """Return the plans that one step makes cheaper, cheapest first.

    A step takes one unit away, replaces it by another kind of the same role, or asks for it a decision week later.
    """
    here = cost_gbp(menu, plan)
    found = set()
    for o, k in np.argwhere(np.array(plan)):
        fewer = np.array(plan)
        fewer[o, k] -= 1
        found.add(plan_of(fewer))
        for other in menu.options_of(menu.options[o].role):
            for week in range(k, min(k + 2, menu.shape[1])):
                moved = fewer.copy()
                moved[other, week] += 1
                found.add(plan_of(moved))
    cheaper = [(cost_gbp(menu, other), other) for other in found if menu.allows(other)]
    return [other for cost, other in sorted(cheaper) if cost < here - 0.5]


def dearer_neighbours(menu: Menu, plan: Plan) -> list[Plan]:
    """Return the plans with one unit more as early as it can be had, of each option that no cheaper one stands in for.

    An option is left out while another of the same role gives as much capacity in every week for less money.
    """
    free: dict[int, tuple[Floats, float, Plan]] = {}
    for o in range(len(menu.options)):
        for k in range(menu.shape[1]):
            more = np.array(plan)
            more[o, k] += 1
            if menu.allows(added := plan_of(more)):
                free[o] = menu.expected_wte[o, k], float(menu.price_gbp[o, k]), added
                break
    found = []
    for o, (wte, price, more_of_it) in free.items():
        rivals = (free[p] for p in menu.options_of(menu.options[o].role) if p in free)
        if not any((other >= wte).all() and cheaper < price for other, cheaper, _ in rivals):
            found.append(more_of_it)
    return found


def in_words(menu: Menu, plan: Plan) -> str:
    """Return a plan in a line: `2 WTE senior clinician (agency) in week 0`; weeks count from the first decision."""
    parts = []
    for option, units in zip(menu.options, plan, strict=True):
        for day, number in zip(menu.decision_days, units, strict=True):
            if number:
                week = (day - menu.decision_days[0]) // DAYS_PER_WEEK
                wte = number * option.step_wte
                parts.append(f"{wte:g} WTE {words(option.role)} ({words(option.kind)}) in week {week}")
    return ", ".join(parts) or "nobody"
