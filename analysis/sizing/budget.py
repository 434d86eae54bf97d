"""What a plan costs by calendar month, if every post is filled on time and kept."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from analysis.sizing.menu import Menu
from analysis.sizing.plan import Plan
from sim.calendar import DAYS_PER_YEAR, date_of
from sim.measures.cost import yearly_cost

DECEMBER = 12


@dataclass(frozen=True)
class Month:
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
    start, costs = menu.config.run.start_date, menu.config.costs
    loaded = 1 + costs.overhead_share + costs.non_staff_share
    staff: dict[datetime.date, float] = {}
    recruitment: dict[datetime.date, float] = {}
    for option, units in zip(menu.options, plan, strict=True):
        daily = option.step_wte * yearly_cost(costs, option.line) / DAYS_PER_YEAR * loaded
        for day, number in zip(menu.decision_days, units, strict=True):
            first, last = menu.in_post(option, day)
            if number == 0:
                continue
            hired = number * option.step_wte * costs.recruitment_gbp_per_hire * loaded
            began = date_of(start, first).replace(day=1)
            recruitment[began] = recruitment.get(began, 0.0) + hired
            while first < last:
                month = date_of(start, first).replace(day=1)
                end = min(last, (_next(month) - start).days)
                staff[month] = staff.get(month, 0.0) + number * daily * (end - first)
                first = end
    months, month = [], date_of(start, menu.decision_days[0]).replace(day=1)
    final = max([*staff, *recruitment], default=None)
    while final is not None and month <= final:
        months.append(Month(month, staff.get(month, 0.0), recruitment.get(month, 0.0)))
        month = _next(month)
    return months


def _next(month: datetime.date) -> datetime.date:
    later = month.month == DECEMBER
    return month.replace(year=month.year + later, month=1 if later else month.month + 1)
