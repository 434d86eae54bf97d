"""The map of plans and scenarios: how many are seen in time under each plan, in each scenario, against the standard."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from analysis.comparison.across import Across
from analysis.comparison.figures import WIDTH
from analysis.comparison.plans import cut_names
from analysis.tell.style import INK, sheet
from analysis.tell.wording import MISSING, sentence, share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_PLAN, LONGEST_SCENARIO = 60, 60
ROW, ABOVE_EACH, OVER = 0.46, 0.62, 0.55
"""Inches: of a plan, above each map, and of all that goes over them."""
COLOURS = "PuOr"
"""Orange under the standard and purple over it: told apart by the colour-blind; what meets it is in bold besides."""
REACH = 0.5
"""Shares so far from the standard have the full colour."""


def plan_map(found: Across) -> Figure:
    """Draw a map for each deciding wait, one below the other: plans down, scenarios across."""
    comparison = found.comparison
    grid, waits = comparison.grid, comparison.deciding
    plans = cut_names(grid.plan_names, LONGEST_PLAN)
    scenarios = cut_names(grid.scenario_names, LONGEST_SCENARIO)
    height = OVER + len(waits) * (ABOVE_EACH + ROW * len(grid.plans))
    figure, panels = sheet((WIDTH, height), len(waits), 1, squeeze=False)
    for axes, wait in zip(panels[:, 0], waits, strict=True):
        standard = comparison.config.standards.stages[wait.measure.stage].share
        levels = np.full((len(grid.plans), len(grid.scenarios)), np.nan)
        for (plan, scenario), cell in grid.cells.items():
            place = grid.plans.index(plan), grid.scenarios.index(scenario)
            levels[place] = comparison.level(cell, wait.key).estimate
        axes.imshow(levels - standard, cmap=COLOURS, vmin=-REACH, vmax=REACH, aspect="auto", alpha=0.55)
        for (row, column), level in np.ndenumerate(levels):
            plan, scenario = grid.plans[row], grid.scenarios[column]
            often = "" if np.isnan(level) else f"\nmet in {share(found.met_in(plan, scenario, wait).estimate)}"
            told = f"{share(level)}{often}" if often else f"{MISSING}\nnot run"
            weight = "bold" if level >= standard else "normal"
            axes.text(column, row, told, ha="center", va="center", fontsize=8, color=INK, weight=weight)
        axes.set_yticks(range(len(plans)), [fill(plans[plan], 30) for plan in grid.plans], fontsize=8)
        axes.set_xticks(range(len(scenarios)), [fill(scenarios[one], 18) for one in grid.scenarios], fontsize=8)
        axes.tick_params(length=0)
        title = f"{sentence(wait.words)}; standard {share(standard)}, bold where met; met in so many simulated futures"
        axes.set_title(fill(title, 76), fontsize=8, loc="left", pad=4)
    return figure
