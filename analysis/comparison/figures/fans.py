"""The lists week by week under each plan: the median and the range of simulated futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.comparison.compare import Comparison
from analysis.comparison.figures.looks import WIDTH, short_name
from analysis.estimates.intervals import RANGE
from analysis.estimates.weekly import list_by_week
from analysis.runs.figures import mark_incidents, weeks_apart
from analysis.tell.style import DARK, LIGHT
from sim.stages import CAN_BE_LEFT

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def fans(comparison: Comparison) -> Figure:
    """Draw one row a plan, one column a list, every column on one scale."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    plans = comparison.plans
    figure = Figure(figsize=(WIDTH, 0.7 + 1.25 * len(plans)))
    panels = figure.subplots(len(plans), len(CAN_BE_LEFT), sharex=True, sharey="col", squeeze=False)
    tops = dict.fromkeys(CAN_BE_LEFT, 1.0)
    for row, plan in zip(panels, plans, strict=True):
        weekly = comparison.sweep.of(plan, "weekly")
        for axes, stage in zip(row, CAN_BE_LEFT, strict=True):
            weeks, lengths = list_by_week(weekly, stage.name)
            low, middle, high = np.quantile(lengths, (RANGE[0], 0.5, RANGE[1]), axis=0)
            axes.fill_between(weeks, low, high, color=LIGHT, alpha=0.45, linewidth=0)
            axes.plot(weeks, middle, color=DARK, linewidth=1.6)
            axes.set_xlim(0, weeks[-1])
            axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
            axes.xaxis.set_major_locator(MultipleLocator(weeks_apart(len(weeks))))
            axes.grid(axis="y")
            axes.set_ylabel(f"people waiting\nfor {stage.words}", fontsize=8)
            axes.tick_params(labelsize=8.5)
            mark_incidents(comparison.sweep.plans[plan].config, axes)
            tops[stage] = max(tops[stage], float(high.max()))
        row[0].set_title(short_name(comparison, plan), fontsize=9, pad=4)
    for axes, stage in zip(panels[0], CAN_BE_LEFT, strict=True):
        axes.set_ylim(0, tops[stage] * 1.08)
    for axes in panels[-1]:
        axes.set_xlabel("weeks since the start", fontsize=9)
    keys = [
        Line2D([], [], color=DARK, label="median of simulated futures"),
        Patch(color=LIGHT, alpha=0.45, label="range: about 9 in 10 simulated futures, week by week"),
    ]
    figure.legend(handles=keys, loc="outside lower left", ncols=2, fontsize=8.5)
    return figure
