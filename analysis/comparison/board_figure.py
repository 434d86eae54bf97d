"""The figure of the page for a board: both waits against their standards, staff groups, and the lists by date."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.comparison.comparison import Comparison
from analysis.comparison.figures import WIDTH, key_of_plans, looks_of, names_in, standard_line
from analysis.comparison.taken_apart import of_concern
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import range_by_week
from analysis.estimates.tables import list_by_week
from analysis.runs.figures import mark_incidents
from analysis.tell.dates import date_axis
from analysis.tell.style import name_rows, point
from analysis.tell.wording import sentence, words
from sim.stages import DRAWN, Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

MOST_PLANS = 6
HEIGHT, PER_PLAN, KEY, ONE_LINE = 2.9, 0.08, 0.2, 0.4
"""Inches: of two plans, for each plan more, a line of the key, and a key of lines alone."""
SMALL, LISTS = 7.5, 2
LONGEST_KEY = 36
"""Characters of a plan's name beside its line."""
NARROW, WIDER = 1.2, 1.6
"""Width of the last plan's line on the lists, and how much wider those before it are at most, in points."""
CLOSE_LINES = 0.02
"""Lines that are nowhere further apart than this part of the tallest lie on one another."""
LABEL = 0.19
"""Of the height of all rows: what the words on a line take under them."""
WHOLE = 100


def overview(comparison: Comparison, equity: pd.DataFrame, key: bool = True) -> Figure:
    """Draw the options: both waits, staff groups, and lists by date; beside its table lines alone need a key."""
    from matplotlib.figure import Figure

    plans = comparison.options[:MOST_PLANS]
    height = HEIGHT + PER_PLAN * (len(plans) - 2) + (KEY * (len(plans) + 1) if key else 0)
    height += ONE_LINE * (not key)
    figure = Figure(figsize=(WIDTH, height))
    parts: Any = figure.subfigures(2, 1, height_ratios=(1.45, 1 + (KEY * len(plans) if key else ONE_LINE)))
    top, bottom = parts
    above = top.subplots(1, len(comparison.waits) + 1, width_ratios=(*[1] * len(comparison.waits), 1.25))
    for axes, wait in zip(above, comparison.waits, strict=False):
        _in_time(axes, comparison, wait, plans)
    _staff_groups(above[-1], comparison, equity, plans)
    lists = bottom.subplots(1, LISTS)
    for axes, stage in zip(lists, DRAWN, strict=False):
        _lists(axes, comparison, stage, plans)
        mark_incidents(comparison.sweep.plans[plans[0]].config, axes)
        for label in axes.texts:
            label.set(fontsize=6.5, in_layout=False)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
    if key:
        key_of_plans(bottom, comparison, plans, small=False)
    else:
        _name_lines(bottom, comparison, plans)
    return figure


def _lists(axes: Axes, comparison: Comparison, stage: Stage, plans: list[str]) -> None:
    """Draw how many are on a list week by week, each line narrower than the one before: what it covers still shows."""
    drawn: list[tuple[str, Any]] = []
    for number, plan in enumerate(plans):
        weeks, lengths = list_by_week(comparison.sweep.of(plan, "weekly"), stage.name)
        drawn.append((plan, range_by_week(lengths)[1]))
        width = NARROW + WIDER * (1 - (number + 1) / len(plans))
        axes.plot(weeks, drawn[-1][1], color=looks_of(comparison)[plan][0], linewidth=width)
        date_axis(axes, comparison.config.run.start_date, weeks[-1], 5)
    twins = [
        other
        for number, (_, line) in enumerate(drawn)
        for other, its in drawn[:number]
        if line.shape == its.shape and np.allclose(line, its, rtol=0, atol=CLOSE_LINES * max(its.max(), 1.0))
    ]
    if twins:
        told = "some lines lie on one another" if len(plans) > LISTS else "the lines lie on one another"
        axes.annotate(told, (0.99, 0.04), xycoords="axes fraction", ha="right", fontsize=6.5)
    _dress(axes, f"On the list for {stage.words}, people")


def _name_lines(figure: SubFigure, comparison: Comparison, plans: list[str]) -> None:
    """Name the lines of the lists; the marks of the table are the key of the rest."""
    from matplotlib.lines import Line2D

    names = names_in(comparison, plans, LONGEST_KEY)
    keys = [Line2D([], [], color=looks_of(comparison)[plan][0], linewidth=2, label=names[plan]) for plan in plans]
    figure.legend(handles=keys, loc="outside lower left", ncols=len(keys), fontsize=6.8, handlelength=1.6)


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=7.6, pad=3)
    axes.tick_params(labelsize=SMALL)


def _in_time(axes: Axes, comparison: Comparison, wait: Headline, plans: list[str]) -> None:
    """Draw the share seen in time under each plan, in the order of the table, with its interval."""
    for row, plan in enumerate(plans):
        found = comparison.level(plan, wait.key).times(wait.scale)
        point(axes, row, found.estimate, (found.low, found.high), *looks_of(comparison)[plan], size=5, width=1.3)
    name_rows(axes, [""] * len(plans))
    _room_below(axes, len(plans))
    axes.set_xlim(0, WHOLE)
    standard_line(axes, comparison, wait)
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=5)
    _dress(axes, fill(f"{sentence(wait.words)}, %", 26))


def _room_below(axes: Axes, rows: int) -> None:
    """Leave room under the last row for the words on the line of the standard."""
    axes.set_ylim(rows - 0.4 + LABEL * rows, -0.6)


def _staff_groups(axes: Axes, comparison: Comparison, equity: pd.DataFrame, plans: list[str]) -> None:
    """Draw the share of each staff group seen in time, the plans side by side in its row."""
    wait = comparison.headlines[0]
    mine = of_concern(equity, wait)
    mine = mine[mine["dimension"] == "staff_group"]
    groups = [str(group) for group in mine["group"].unique()]
    for place, group in enumerate(groups):
        here = mine[mine["group"] == group].set_index("plan")
        for number, plan in enumerate(plans):
            found = here.loc[plan].to_dict()
            height = place + 0.72 * ((number + 0.5) / len(plans) - 0.5)
            ends = found["low"], found["high"]
            point(axes, height, found["estimate"], ends, *looks_of(comparison)[plan], not found["small"], 3.2, 0.8)
    name_rows(axes, [sentence(words(group)) for group in groups])
    _room_below(axes, len(groups))
    axes.set_xlim(0, WHOLE)
    standard_line(axes, comparison, wait)
    axes.grid(axis="x")
    _dress(axes, fill(f"{sentence(wait.words)}, %, by staff group", 34))
    axes.tick_params(axis="y", labelsize=6.6)
