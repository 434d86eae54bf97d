"""The figure of the first page: cost against waits, and who waits longer, under one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.comparison.compare import Comparison
from analysis.comparison.equity import concerns
from analysis.comparison.figures.equity import equity_panel, key_of_plans
from analysis.comparison.figures.frontier import frontier
from analysis.comparison.figures.looks import WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PLANS = 6
HEIGHT, PER_PLAN = 2.35, 0.05
"""Inches: of two plans, and for each plan more, whose dots share the rows of the groups."""


def overview(comparison: Comparison, equity: pd.DataFrame, key: bool = True) -> Figure:
    """Draw the frontier on the left and the primary wait by group on the right.

    Parameters
    ----------
    key
        Whether to tell the plans apart under the figure; on the page the table of options does so.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT + PER_PLAN * (min(len(comparison.plans), MOST_PLANS) - 2)))
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    frontier(left, comparison)
    left.set_title("Cost against waits", fontsize=9.5, pad=4)
    in_time = concerns(comparison.config, comparison.stage)[1]
    equity_panel(right, comparison, equity, in_time, named=True)
    right.set_title("Who is seen in time", fontsize=9.5, pad=4)
    if key:
        key_of_plans(figure, comparison)
    return figure
