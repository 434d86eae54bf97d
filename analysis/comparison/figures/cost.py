"""What each plan costs a year and on what: one bar a plan, stacked by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.comparison.compare import Comparison
from analysis.comparison.figures.looks import WIDTH, wrapped_name
from analysis.tell.style import INK
from analysis.tell.wording import thousand_pounds
from sim.calendar import DAYS_PER_YEAR

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {
    "cost_pay_gbp": ("pay with on-costs", "#0072B2", ""),
    "cost_agency_gbp": ("agency and bank", "#D55E00", "///"),
    "cost_recruitment_gbp": ("recruitment", "#222222", ""),
    "cost_overhead_gbp": ("overheads", "#56B4E9", ""),
    "cost_non_staff_gbp": ("other running costs", "#BBDDF2", ""),
    "cost_outreach_gbp": ("outreach", "#009E73", "..."),
    "cost_setup_gbp": ("set-up, spread over the time simulated", "#E69F00", "xx"),
}


def cost_stack(comparison: Comparison) -> Figure:
    """Draw the cost a year of every plan by kind, with the total and its interval."""
    from matplotlib.figure import Figure

    plans = comparison.plans
    a_year = DAYS_PER_YEAR / comparison.config.run.horizon_days / 1000
    figure = Figure(figsize=(WIDTH, 1.15 + 0.36 * len(plans)))
    axes = figure.subplots()
    start = np.zeros(len(plans))
    for measure, (name, colour, hatch) in KINDS.items():
        each = [comparison.level(plan, (measure, "", "all", "all")).estimate * a_year for plan in plans]
        width = np.nan_to_num(np.array(each))
        if width.any():
            axes.barh(
                range(len(plans)), width, left=start, color=colour, hatch=hatch, height=0.62, edgecolor="white",
                linewidth=0.6, label=name,
            )  # fmt: skip
        start += width
    for row, plan in enumerate(plans):
        total = comparison.level(plan, ("cost_total_gbp", "", "all", "all")).times(a_year)
        axes.plot([total.low, total.high], [row, row], color=INK, linewidth=1.6)
        axes.annotate(
            thousand_pounds(total.estimate * 1000), (max(start[row], np.nan_to_num(total.high)), row), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    axes.set_yticks(range(len(plans)), [wrapped_name(comparison, plan) for plan in plans], fontsize=8.5)
    axes.set_ylim(len(plans) - 0.4, -0.6)
    axes.set_xlim(0, start.max() * 1.12)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"thousand pounds a year, {comparison.config.costs.price_year} prices; black: 95% interval")
    figure.legend(loc="outside lower left", ncols=4, fontsize=8.5)
    return figure
