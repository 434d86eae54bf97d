"""Cost against waits: every plan with its intervals, and the plans that no other beats on both."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from analysis.comparison.compare import Comparison
from analysis.comparison.figures.looks import colours, markers
from analysis.tell.style import GREY, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OFTEN = 0.5
"""Plans that are not beaten in more resamples than this are joined by the frontier."""
SMALL = 8.5


def frontier(axes: Axes, comparison: Comparison) -> None:
    """Draw cost a year against the share not seen in time: down and left is better."""
    wait, cost = comparison.headlines[:2]
    colour = colours(comparison.plans, set(comparison.baseline_of.values()))
    marker = markers(comparison.plans)
    points, top = {}, 0.0
    for plan in comparison.plans:
        pounds = comparison.level(plan, cost.key).times(cost.scale)
        seen = comparison.level(plan, wait.key).times(wait.scale)
        missed, low, high = 100 - seen.estimate, 100 - seen.high, 100 - seen.low
        points[plan] = (pounds.estimate, missed)
        top = max(top, missed, 0.0 if math.isnan(high) else high)
        if not math.isnan(low):
            axes.plot([pounds.low, pounds.high], [missed, missed], color=colour[plan], linewidth=1.3)
            axes.plot([pounds.estimate] * 2, [low, high], color=colour[plan], linewidth=1.3)
        axes.plot(*points[plan], marker[plan], color=colour[plan], markersize=6.5)
    best = sorted(points[plan] for plan, often in comparison.choice.not_beaten.items() if often > OFTEN)
    if best:
        axes.plot(*zip(*best, strict=True), color=INK, linewidth=1.0, linestyle=(0, (1, 2)), zorder=0)
    axes.set_ylim(0, min(top * 1.08 + 2, 102))
    axes.margins(x=0.12)
    axes.tick_params(labelsize=SMALL)
    axes.set_xlabel("cost a year, £ thousand", fontsize=SMALL)
    axes.set_ylabel("\n".join(textwrap.wrap(f"not {wait.words}, %", 26)), fontsize=SMALL)
    axes.grid(color="#E5E5E5")
    axes.annotate("↙ better", (0.015, 0.02), xycoords="axes fraction", color=GREY, fontsize=SMALL)
