"""Who can be hired, by role, kind and decision week: what each unit costs and the capacity to expect of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.sizing.question import DAYS_PER_WEEK, Question
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.staffing import Line
from sim.measures.cost import yearly_cost
from sim.roster.posts import TEMPORARY
from sim.stages import work_on_the_way
from sim.streams import Floats, Ints


@dataclass(frozen=True)
class Option:
    """One way to hire: a role by a kind of contract, in units of `step_wte`."""

    role: str
    kind: str
    line: Line
    """Of one WTE, without dates."""
    step_wte: float
    most: int
    """Units, over all decision weeks."""
    contract_days: int | None
    """From the decision; None: for as long as the run lasts."""


@dataclass(frozen=True)
class Menu:
    """Every option and decision day; arrays run over options × decision weeks."""

    config: HubConfig
    options: tuple[Option, ...]
    decision_days: tuple[int, ...]
    """Days of the run on which staff can be asked for."""
    weeks: int
    """From the first decision to the last deadline."""

    @property
    def roles(self) -> list[str]:
        """Roles on offer, in the order of the staffing model."""
        return list(dict.fromkeys(option.role for option in self.options))

    @property
    def shape(self) -> tuple[int, int]:
        """Options and decision weeks."""
        return len(self.options), len(self.decision_days)

    @property
    def most(self) -> Ints:
        """Most units of each option, shape (options,)."""
        return np.array([option.most for option in self.options], dtype=np.int64)

    def options_of(self, role: str) -> list[int]:
        """Return the places of a role's options."""
        return [place for place, option in enumerate(self.options) if option.role == role]

    def without(self, roles: Collection[str]) -> Menu:
        """Return the menu without some roles."""
        return replace(self, options=tuple(option for option in self.options if option.role not in roles))

    def last_day(self, option: Option, decision_day: int) -> int | None:
        """Return when a contract decided on a day ends; None for never."""
        return None if option.contract_days is None else decision_day + option.contract_days

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
                staff = option.step_wte * (pay + costs.recruitment_gbp_per_hire)
                prices[o, k] = staff * (1 + costs.overhead_share + costs.non_staff_share)
        return prices

    def in_post(self, option: Option, decision_day: int) -> tuple[int, int]:
        """Return the days between which a unit is expected in post, the second exclusive."""
        first = decision_day + round(self.lead_weeks(option) * DAYS_PER_WEEK)
        end = self.last_day(option, decision_day)
        horizon = self.config.run.horizon_days
        return min(first, horizon), max(min(first, horizon), min(horizon, horizon if end is None else end))

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
        temporary = option.kind in TEMPORARY
        return recruitment.agency_lead_median_weeks if temporary else recruitment.lead_median_weeks


def menu_of(config: HubConfig, question: Question) -> Menu:
    """Return what can be hired for a question: roles of this staffing model with work on the way to a target."""
    first = question.first_day(config)
    work = {activity for goal in question.goals for activity in work_on_the_way(goal.stage)}
    options = []
    for name, role in config.staffing.roles.items():
        if name not in question.hire or not work & set(role.job_plan):
            continue
        hire = question.hire[name]
        for kind, most_wte in hire.most_wte.items():
            most = int(most_wte / hire.step_wte + 1e-9)
            if most == 0:
                continue
            weeks = question.contract_weeks.get(kind)
            line = Line(band=hire.band, wte=1.0, kind=kind, pay_point=hire.pay_point)
            days = None if weeks is None else weeks * DAYS_PER_WEEK
            options.append(Option(name, kind, line, hire.step_wte, most, days))
    longest = max(goal.days for goal in question.goals)
    return Menu(
        config=config,
        options=tuple(options),
        decision_days=tuple(first + DAYS_PER_WEEK * week for week in question.decision_weeks),
        weeks=question.counted.to_week + -(-longest // DAYS_PER_WEEK),
    )
