"""The figure of a sweep: one small panel a cell, all on the same scale, with the lists over time."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from analysis.estimates.headline import Measure
from analysis.estimates.intervals import RANGE
from analysis.estimates.weekly import list_by_week
from analysis.runs.sweep_table import headline_of
from analysis.tell.style import ACCENT, DARK, LIGHT, hub_style, write_png
from analysis.tell.wording import cell_words, share
from sim.stages import CAN_BE_LEFT, SEEN_FIRST

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_PANELS = 36
MOST_COLUMNS = 4
LOOKS: tuple[tuple[str, str, Any, float], ...] = (
    (ACCENT, "#F3C6A5", (0, (4, 2)), 1.6), (DARK, LIGHT, "solid", 1.8), ("#222222", "#CCCCCC", "dotted", 1.6),
)  # fmt: skip
"""Lists told apart by colour, by dash and by weight: colours of line and band, dash and weight."""
DRAWN = tuple(zip(CAN_BE_LEFT, LOOKS, strict=False))
IN_TIME = Measure("within_standard_share", SEEN_FIRST)
TITLE_WIDTH = 34
TITLE_LINE, PANEL_HEIGHT = 0.16, 1.85
LEFT, RIGHT, ABOVE, BELOW, BETWEEN = 0.75, 0.15, 0.4, 1.05, 0.15
"""Inches. Fixed room for words takes a fraction of the time that measuring every word of every panel takes."""


Lists = dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
"""By stage: the weeks, and the list's low, middle and high over replications, shape (3, weeks)."""


def lists_of(weekly: pd.DataFrame) -> Lists:
    """Return what the figure shows of one cell, from the rows for everyone of its weekly table."""
    found = {}
    for stage, _ in DRAWN:
        weeks, people = list_by_week(weekly, stage.name)
        found[stage.name] = (weeks, np.quantile(people, (RANGE[0], 0.5, RANGE[1]), axis=0))
    return found


def draw_sweep(cells: Mapping[str, Lists], table: pd.DataFrame, folder: Path) -> None:
    """Draw `sweep.png`: for each cell the lists for assessment and therapy by week.

    Parameters
    ----------
    cells
        What `lists_of` returns for each, by name.
    """
    drawn = list(cells)[:MOST_PANELS]
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(drawn))))
    rows = math.ceil(len(drawn) / columns)
    by_cell = {row["cell"]: row for row in table.to_dict("records")}
    titles = [_title(name, headline_of(by_cell[name], IN_TIME).estimate) for name in drawn]
    over = BETWEEN + TITLE_LINE * max(title.count("\n") + 1 for title in titles)
    shown = [lists for name in drawn for lists in cells[name].values()]
    weeks = max(each.max(initial=1) for each, _ in shown)
    most = 1.05 * max(people.max(initial=1) for _, people in shown)
    width, height = max(3.0 * columns, 7.0), ABOVE + rows * (over + PANEL_HEIGHT) + BELOW
    with hub_style():
        figure = Figure(figsize=(width, height), layout="none")  # type: ignore[arg-type] # documented, not in its types
        room = {"left": LEFT / width, "right": 1 - RIGHT / width, "bottom": BELOW / height}
        room |= {"top": 1 - (ABOVE + over) / height, "wspace": 0.1, "hspace": over / PANEL_HEIGHT}
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False, gridspec_kw=room).ravel()
        for axes, name, title in zip(panels, drawn, titles, strict=False):
            _panel(axes, cells[name])
            axes.set_title(title, fontsize=9, y=1.0)
        for axes in panels[len(drawn) :]:
            axes.set_visible(False)
        panels[0].yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        panels[0].set(xlim=(0, weeks), ylim=(0, most))
        for position, axes in enumerate(panels[: len(drawn)]):
            if position % columns == 0:
                axes.set_ylabel("people waiting")
            if position + columns >= len(drawn):
                axes.set_xlabel("weeks since start")
                axes.tick_params(labelbottom=True)
        of = f" (the first {len(drawn)} of {len(cells)} cells)" if len(cells) > len(drawn) else ""
        figure.suptitle(
            f"People on the lists, week by week{of}", x=0.01, y=1 - 0.15 / height, ha="left", va="top", fontsize=12
        )
        keys: list[Any] = [
            Line2D([], [], color=colour, linestyle=dash, linewidth=width, label=f"waiting for {stage.words}, median")
            for stage, (colour, _, dash, width) in DRAWN
        ]
        keys.append(Patch(color=LIGHT, alpha=0.5, label="shaded alike: 9 in 10 simulated futures"))
        figure.legend(handles=keys, loc="lower left", ncols=min(columns, 3))
        write_png(figure, folder / "sweep.png")


def _panel(axes: Axes, lists: Lists) -> None:
    axes.set_autoscale_on(False)  # else each of the two dozen panels is looked at whenever one of them gains a line
    for stage, (colour, band, dash, width) in DRAWN:
        weeks, (low, middle, high) = lists[stage.name]
        axes.fill_between(weeks, low, high, color=band, alpha=0.35, linewidth=0)
        axes.plot(weeks, middle, color=colour, linestyle=dash, linewidth=width)
    axes.grid(axis="y")


def _title(name: str, in_time: float) -> str:
    told = "" if math.isnan(in_time) else f"\nassessed in time: {share(in_time)}"
    # A line ends between two parts of a name, not within one that has room in a line.
    parts = cell_words(name).split(", ")
    held = ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") if len(part) < TITLE_WIDTH else part for part in parts)
    return "\n".join(textwrap.wrap(held, TITLE_WIDTH)) + told
