"""Figures of the first page: cost against waits and who waits longer, each plan with its colour and marker."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import cycle
from textwrap import fill
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.comparison.comparison import Comparison
from analysis.comparison.plans import cut_names
from analysis.comparison.taken_apart import concerns, groups_of, of_concern, told_of_gaps
from analysis.estimates.headline import Headline
from analysis.tell.style import GREY, INK, SMALL_GROUP, name_rows, point, sheet
from analysis.tell.wording import listed, sentence, share, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

EQUITY_LINE = 112
"""Characters of a line above the figure of who gains and who loses."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222")
"""Of Okabe and Ito: told apart by the colour-blind, and with markers also in grey print."""
SHAPES = {
    "o": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "s": "M-3.6 -3.6h7.2v7.2h-7.2z",
    "^": "M0 -4.4L4.4 3.6H-4.4z",
    "D": "M0 -4.8L4.8 0L0 4.8L-4.8 0z",
    "v": "M0 4.4L4.4 -3.6H-4.4z",
    "P": "M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "X": "M-4.2 -2.1L-2.1 -4.2L0 -2.1L2.1 -4.2L4.2 -2.1L2.1 0L4.2 2.1L2.1 4.2L0 2.1L-2.1 4.2L-4.2 2.1L-2.1 0z",
    "*": "M0 -5L1.2 -1.6H4.8L1.9 0.6L3 4.2L0 2L-3 4.2L-1.9 0.6L-4.8 -1.6H-1.2z",
}
"""Markers of matplotlib as paths, for a page: 12 units wide about 0. One more than colours, so that many plans still
differ in one or the other."""
LONGEST_NAME = 60
WIDTH = 7.2
"""Inches: the width of an A4 page between its margins, so that text in figures prints at its own size."""
OFTEN = 0.5
"""Plans that are not beaten in more resamples than this are joined by the frontier."""
SMALL = 8.5
SPREAD = 0.72
"""Plans of one group share this much of its row."""
KEY_WIDTH, KEY_ROOM = 116, 7
"""Characters across the key of a figure, and what mark and gap of each entry take."""
CROWDED = 4


def looks(plans: Sequence[str], baselines: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each plan; baselines are grey."""
    colours, marked = cycle(COLOURS), zip(plans, cycle(SHAPES), strict=False)
    return {plan: (GREY if plan in baselines else next(colours), marker) for plan, marker in marked}


def looks_of(comparison: Comparison) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each cell: a plan has the same ones in every scenario."""
    bases = set(comparison.baseline_of.values())
    plans = {cell: swept.plan or cell for cell, swept in comparison.sweep.plans.items()}
    if len(comparison.grid.plans) == 1 or len(comparison.grid.cells) < len(plans):
        plans = {cell: cell for cell in plans}  # one plan in several scenarios: these are told apart
    in_order = list(dict.fromkeys(plans[cell] for cell in comparison.plans))
    found = looks(in_order, {plans[cell] for cell in bases})
    return {cell: found[plans[cell]] for cell in comparison.plans}


def blocks(comparison: Comparison, most: int) -> list[list[str]]:
    """Return the plans in blocks of at most so many, those at home first; a scenario is split only if it must be."""
    found: list[list[str]] = []
    scenarios = dict.fromkeys([comparison.home, *(comparison.scenario_of(plan) for plan in comparison.plans)])
    for scenario in scenarios:
        mine = [plan for plan in comparison.plans if comparison.scenario_of(plan) == scenario]
        size = math.ceil(len(mine) / max(math.ceil(len(mine) / most), 1))  # blocks of one size, as near as can be
        for start in range(0, len(mine), max(size, 1)):
            chunk = mine[start : start + size]
            if found and len(found[-1]) + len(chunk) <= most:
                found[-1] += chunk
            else:
                found.append(chunk)
    return found


def names_in(comparison: Comparison, plans: Sequence[str], longest: int = LONGEST_NAME) -> dict[str, str]:
    """Return what plans are called beside each other: of one scenario by the plan, so that more of its name fits."""
    places = {cell: plan for (plan, _), cell in comparison.grid.cells.items()}
    several = len(plans) > 1 and len({comparison.scenario_of(plan) for plan in plans}) == 1
    named = {cell: comparison.grid.plan_names[places[cell]] if several else comparison.names[cell] for cell in plans}
    return cut_names(named, longest)


def scenarios_in(comparison: Comparison, plans: Sequence[str]) -> str:
    """Return in which scenarios plans are, where there are several."""
    named = dict.fromkeys(comparison.grid.scenario_names[comparison.scenario_of(plan)] for plan in plans)
    return listed([*named]) if len(comparison.grid.scenarios) > 1 else ""


def frontier(axes: Axes, comparison: Comparison) -> None:
    """Draw cost a year against the share not seen in time: down and left is better."""
    wait, cost = comparison.headlines[:2]
    points, top = {}, 0.0
    for plan in comparison.options:
        colour, marker = looks_of(comparison)[plan]
        pounds = comparison.level(plan, cost.key).times(cost.scale)
        seen = comparison.level(plan, wait.key).times(wait.scale)
        missed, low, high = 100 - seen.estimate, 100 - seen.high, 100 - seen.low
        points[plan] = (pounds.estimate, missed)
        top = max(top, missed, 0.0 if math.isnan(high) else high)
        if not math.isnan(low):
            axes.plot([pounds.low, pounds.high], [missed, missed], color=colour, linewidth=1.3)
            axes.plot([pounds.estimate] * 2, [low, high], color=colour, linewidth=1.3)
        axes.plot(*points[plan], marker, color=colour, markersize=6.5)
    best = sorted(points[plan] for plan, often in comparison.choice.not_beaten.items() if often > OFTEN)
    if best:
        axes.plot(*zip(*best, strict=True), color=INK, linewidth=1.0, linestyle=(0, (1, 2)), zorder=0)
    axes.set_ylim(0, min(top * 1.08 + 2, 102))
    axes.margins(x=0.12)
    axes.tick_params(labelsize=SMALL)
    axes.set_xlabel("cost a year, £ thousand", fontsize=SMALL)
    axes.set_ylabel(fill(f"not {wait.words}, %", 26), fontsize=SMALL)
    axes.grid(color="#E5E5E5")
    axes.annotate("↙ better", (0.015, 0.02), xycoords="axes fraction", color=GREY, fontsize=SMALL)


def equity_dots(comparison: Comparison, table: pd.DataFrame, plans: list[str] | None = None) -> Figure:
    """Draw every concern, staff group by staff group and by gender and ethnicity."""
    plans = plans or comparison.plans
    shown = concerns(comparison.config, *comparison.stages)
    rows = -(-len(shown) // 2)
    figure, panels = sheet((WIDTH, 0.8 + 2.6 * rows), rows, 2, squeeze=False)
    figure.suptitle(fill(told_of_gaps(table), EQUITY_LINE), x=0.01, ha="left", fontsize=8)
    for number, concern in enumerate(shown):
        equity_panel(panels.flat[number], comparison, table, concern, plans, number % 2 == 0)
    for axes in panels.flat[len(shown) :]:
        axes.set_visible(False)
    key_of_plans(figure, comparison, plans)
    return figure


def equity_panel(
    axes: Axes, comparison: Comparison, table: pd.DataFrame, concern: Headline, plans: list[str], named: bool
) -> None:
    """Draw one concern: a row a group, the plans side by side in it, and the standard as a line where there is one."""
    mine = of_concern(table, concern)
    size = 3.8 if len(plans) <= CROWDED else 3.1
    rows = groups_of(mine)
    for place, (dimension, group) in enumerate(rows):
        here = mine[(mine["dimension"] == dimension) & (mine["group"] == group)].set_index("plan")
        for number, plan in enumerate(plans):
            found = here.loc[plan].to_dict()
            height = place + SPREAD * ((number + 0.5) / len(plans) - 0.5)
            ends = found["low"], found["high"]
            point(axes, height, found["estimate"], ends, *looks_of(comparison)[plan], not found["small"], size, 0.9)
    for place in range(1, len(rows)):
        if rows[place][0] != rows[place - 1][0]:
            axes.axhline(place - 0.5, color="#BBBBBB", linewidth=0.8)
    if concern.measure in [wait.measure for wait in comparison.deciding]:
        standard_line(axes, comparison, concern)
    name_rows(axes, [sentence(words(group)) if named else "" for _, group in rows], fontsize=7.8)
    axes.set_ylim(len(rows) + 0.4, -0.6)  # so that the words on the line of a standard stand below every mark
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.grid(axis="x")
    unit = "" if concern.unit == "per 1,000" else f", {concern.unit}"
    axes.set_xlabel(f"{concern.words}{unit}", fontsize=8.5, loc="right" if named else "center")


def standard_line(axes: Axes, comparison: Comparison, wait: Headline) -> None:
    """Draw the standard of a wait as a line with its share on it."""
    asked = comparison.config.standards.stages[wait.measure.stage].share
    axes.axvline(asked * wait.scale, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=0)
    axes.annotate(
        f"standard {share(asked)}", (asked * wait.scale, 0), xycoords=("data", "axes fraction"), xytext=(-2, 2),
        textcoords="offset points", ha="right", va="bottom", fontsize=6.8, color=INK,
    )  # fmt: skip


def key_of_plans(figure: Figure | SubFigure, comparison: Comparison, plans: list[str], small: bool = True) -> None:
    """Add the key of plans, and of small groups, under a figure, in as many columns as the longest name allows."""
    from matplotlib.lines import Line2D

    names = names_in(comparison, plans)
    keys = [
        Line2D([], [], color=colour, marker=marker, markersize=4, linewidth=1, label=names[plan])
        for plan, (colour, marker) in looks_of(comparison).items()
        if plan in plans
    ]
    note = f"hollow: under {SMALL_GROUP} people a future"
    if small:
        keys.append(Line2D([], [], color="#555555", marker="o", markerfacecolor="white", linestyle="none", label=note))
    longest = max(len(str(key.get_label())) for key in keys)
    columns = max(1, min(len(keys), KEY_WIDTH // (longest + KEY_ROOM)))
    close: dict[str, Any] = {"handletextpad": 0.3, "columnspacing": 0.8, "handlelength": 1.4}
    figure.legend(handles=keys, loc="outside lower left", ncols=columns, fontsize=8, **close)


def cost_and_waits(comparison: Comparison) -> Figure:
    """Draw cost a year against the share not seen in time, one point an option."""
    figure, axes = sheet((WIDTH, 3.0))
    frontier(axes, comparison)
    key_of_plans(figure, comparison, comparison.options, small=False)
    return figure
