"""Who waits longer: each group's level under each plan, with intervals; small groups are open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.comparison.compare import Comparison
from analysis.comparison.equity import DIMENSIONS, Concern, concerns
from analysis.comparison.figures.looks import WIDTH, colours, markers, short_name
from analysis.tell.style import SMALL_GROUP
from analysis.tell.wording import sentence, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SPREAD = 0.72
"""Plans of one group share this much of its row."""
KEY_WIDTH, KEY_ROOM = 116, 7
"""Characters across the key of a figure, and what mark and gap of each entry take."""
CROWDED = 4


def equity_dots(comparison: Comparison, table: pd.DataFrame) -> Figure:
    """Draw every concern, staff group by staff group and by gender and ethnicity."""
    from matplotlib.figure import Figure

    shown = concerns(comparison.config, comparison.stage)
    figure = Figure(figsize=(WIDTH, 0.8 + 2.6 * -(-len(shown) // 2)))
    panels = figure.subplots(-(-len(shown) // 2), 2, squeeze=False)
    for number, concern in enumerate(shown):
        equity_panel(panels[number // 2][number % 2], comparison, table, concern, number % 2 == 0)
    for number in range(len(shown), panels.size):
        panels[number // 2][number % 2].set_visible(False)
    key_of_plans(figure, comparison)
    return figure


def equity_panel(axes: Axes, comparison: Comparison, table: pd.DataFrame, concern: Concern, named: bool) -> None:
    """Draw one concern: a row a group, the plans side by side in it."""
    mine = table[(table["measure"] == concern.measure) & (table["stage"] == concern.stage)]
    plans = comparison.plans
    colour, marker = colours(plans, set(comparison.baseline_of.values())), markers(plans)
    size = 3.8 if len(plans) <= CROWDED else 3.1
    rows = [
        (dimension, group)
        for dimension in DIMENSIONS
        for group in mine[mine["dimension"] == dimension]["group"].unique()
    ]
    for place, (dimension, group) in enumerate(rows):
        here = mine[(mine["dimension"] == dimension) & (mine["group"] == group)].set_index("plan")
        for number, plan in enumerate(plans):
            found = here.loc[plan]
            height = place + SPREAD * ((number + 0.5) / len(plans) - 0.5)
            if not math.isnan(found["low"]):
                axes.plot([found["low"], found["high"]], [height, height], color=colour[plan], linewidth=0.9)
            axes.plot(
                [found["estimate"]], [height], marker[plan], color=colour[plan], markersize=size,
                markerfacecolor="white" if found["small"] else colour[plan],
            )  # fmt: skip
    for place in range(1, len(rows)):
        if rows[place][0] != rows[place - 1][0]:
            axes.axhline(place - 0.5, color="#BBBBBB", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [sentence(words(group)) if named else "" for _, group in rows], fontsize=7.8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.grid(axis="x")
    unit = "" if concern.unit == "per 1,000" else f", {concern.unit}"
    axes.set_xlabel(f"{concern.words}{unit}", fontsize=8.5, loc="right" if named else "center")


def key_of_plans(figure: Figure, comparison: Comparison) -> None:
    """Add the key of plans, and of small groups, under a figure, in as many columns as the longest name allows."""
    from matplotlib.lines import Line2D

    plans = comparison.plans
    colour, marker = colours(plans, set(comparison.baseline_of.values())), markers(plans)
    keys = [
        Line2D(
            [],
            [],
            color=colour[plan],
            marker=marker[plan],
            markersize=4,
            linewidth=1,
            label=short_name(comparison, plan),
        )
        for plan in plans
    ]
    note = f"open: under {SMALL_GROUP} people"
    keys.append(Line2D([], [], color="#555555", marker="o", markerfacecolor="white", linestyle="none", label=note))
    longest = max(len(str(key.get_label())) for key in keys)
    figure.legend(
        handles=keys,
        loc="outside lower left",
        ncols=max(1, min(len(keys), KEY_WIDTH // (longest + KEY_ROOM))),
        fontsize=8,
        handletextpad=0.3,
        columnspacing=0.8,
        handlelength=1.4,
    )
