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

HEIGHT = 2.3
SHORT_NAME = 17
"""Characters of a name of which five stand side by side in the key."""


def overview(comparison: Comparison, equity: pd.DataFrame) -> Figure:
    """Draw the frontier on the left and the primary wait by group on the right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    left, right = figure.subplots(1, 2)
    frontier(left, comparison)
    left.set_title("Cost against waits", fontsize=9.5, pad=4)
    in_time = concerns(comparison.config, comparison.stage)[1]
    equity_panel(right, comparison, equity, in_time, named=True)
    right.set_title("Who is seen in time", fontsize=9.5, pad=4)
    longest = max(map(len, comparison.names.values()))
    key_of_plans(figure, comparison, columns=5 if longest <= SHORT_NAME else 3)
    return figure
