"""Differences to the baseline with their intervals: one panel a figure, one row a plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.comparison.compare import Answer, Comparison
from analysis.comparison.figures.looks import WIDTH
from analysis.comparison.names import cut_names
from analysis.comparison.pairs import BETTER, WORSE
from analysis.tell.style import ACCENT, DARK, GREY
from analysis.tell.wording import sentence, unit_of_change

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 2
LONGEST_NAME = 36
LOOK = {BETTER: (DARK, "o", True), WORSE: (ACCENT, "s", True)}
OTHERWISE = (GREY, "o", False)


def forest(comparison: Comparison) -> Figure:
    """Draw every headline figure's paired difference: filled blue where better, orange where worse, open where open."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    plans = [plan for plan in comparison.plans if plan in comparison.baseline_of]
    rows = -(-len(comparison.headlines) // COLUMNS)
    short = cut_names(comparison.names, LONGEST_NAME)  # in one line: the rows of many plans are close to each other
    names = [short[plan] for plan in plans]
    figure = Figure(figsize=(WIDTH, 0.5 + rows * (0.56 + 0.145 * len(plans))))
    panels = figure.subplots(rows, COLUMNS, squeeze=False)
    for number, headline in enumerate(comparison.headlines):
        axes = panels[number // COLUMNS][number % COLUMNS]
        answers = [answer for plan in plans if (answer := comparison.of(plan, headline))]
        for row, answer in enumerate(answers):
            _draw(axes, answer, row)
        axes.axvline(0, color=GREY, linewidth=1.0)
        labels = names if number % COLUMNS == 0 else [""] * len(plans)
        axes.set_yticks(range(len(plans)), labels, fontsize=7)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(plans) - 0.4, -0.6)
        axes.set_title(f"{sentence(headline.words)}{' *' if headline.primary else ''}", fontsize=8, pad=4)
        axes.set_xlabel(f"difference, {unit_of_change(headline.unit)}", fontsize=8.5, labelpad=1)
        axes.spines["left"].set_visible(False)
        axes.locator_params(axis="x", nbins=6)
        axes.grid(axis="x")
    for number in range(len(comparison.headlines), rows * COLUMNS):
        panels[number // COLUMNS][number % COLUMNS].set_visible(False)
    keys = [
        Line2D([], [], color=colour, marker=marker, markerfacecolor=colour if filled else "white", label=text)
        for text, (colour, marker, filled) in {**LOOK, "open, or too small to matter": OTHERWISE}.items()
    ]
    keys.append(Line2D([], [], linestyle="none", label="* intervals hold for all plans at once"))
    figure.legend(handles=keys, loc="outside lower left", ncols=4, fontsize=8.5)
    return figure


def _draw(axes: Axes, answer: Answer, row: int) -> None:
    colour, marker, filled = LOOK.get(answer.verdict, OTHERWISE)
    scale = answer.headline.scale
    if not math.isnan(answer.low):
        axes.plot([answer.low * scale, answer.high * scale], [row, row], color=colour, linewidth=1.6)
    axes.plot(
        [answer.found.difference * scale], [row], marker, color=colour, markersize=5.5,
        markerfacecolor=colour if filled else "white",
    )  # fmt: skip
