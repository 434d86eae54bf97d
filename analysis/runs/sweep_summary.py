"""What a sweep shows of itself: a table with a row a cell, and a figure with a small panel a cell."""

from __future__ import annotations

import datetime
import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from analysis.estimates.headline import HEADLINES, Measure, of_everyone
from analysis.estimates.intervals import NOTHING, Interval, range_by_week
from analysis.estimates.tables import list_by_week
from analysis.tell.console import AS_WIDE_AS_IT_IS, console
from analysis.tell.dates import date_axis
from analysis.tell.style import ACCENT, DARK, LIGHT, hub_style, write_png
from analysis.tell.warning_texts import RunWarning
from analysis.tell.wording import cell_words, count, grouped, pounds, share
from sim.stages import BY_GROUP, COMPARED, DRAWN, LEFT_LAST, SEEN_FIRST, STAGES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from rich.table import Table

SHOWN = (
    *((f"{STAGES[name].seen}\nin time", Measure("within_standard_share", name), share) for name in COMPARED),
    *(
        (f"median days {since}{stage.waits_for}", Measure("wait_days_median", stage.name), count)
        for stage in BY_GROUP
        for since in ["to\n" if stage.opens == "referred" else "from\nthere to "]
    ),
    (f"left waiting\nfor {LEFT_LAST.waits_for}", Measure("left_waiting_share", LEFT_LAST.name), share),
    ("GBP a year", Measure("cost_per_year_gbp"), pounds),
)
MOST_ROWS = 60
WIDE, LONGEST_BESIDE = 150, 40
"""Characters of a line, which grows with its figures where it goes to a file; and of the longest name beside them."""
FOOTER = """\
In brackets: 95% intervals over replications. In time: of all eligible, from referral; those who left or still wait are
included. Days: of those seen. Left waiting: of those who joined the list, so fewer where fewer get that far.
{people}
Costs at {prices}.
Waits and cost rest on assumptions of grade D; no claim about cost-effectiveness can be made.
"""
SHARED = "Cells share their people: compare them in pairs, with hub compare, not by whether intervals overlap."
NOT_SHARED = "Cells of one seed share their people; those of different seeds cannot be compared in pairs."
Headlines = dict[Measure, Interval]
MOST_PANELS = 36
MOST_COLUMNS = 4
LOOKS: tuple[tuple[str, str, Any, float], ...] = (
    (ACCENT, "#F3C6A5", (0, (4, 2)), 1.6), (DARK, LIGHT, "solid", 1.8), ("#222222", "#CCCCCC", "dotted", 1.6),
)  # fmt: skip
"""Lists told apart by colour, by dash and by weight: colours of line and band, dash and weight."""
LINES = tuple(zip(DRAWN, LOOKS, strict=False))
IN_TIME = Measure("within_standard_share", SEEN_FIRST)
TITLE_WIDTH = 34
TITLE_LINE, PANEL_HEIGHT = 0.16, 1.85
LEFT, RIGHT, ABOVE, BELOW, BETWEEN = 0.75, 0.15, 0.4, 1.05, 0.15
"""Inches. Fixed room for words takes a fraction of the time that measuring every word of every panel takes."""
Lists = dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
"""By stage: the weeks, and the list's low, middle and high over replications, shape (3, weeks)."""


def headlines_in(estimates: pd.DataFrame) -> Headlines:
    """Return the headline measures of a table that `analysis.estimates.intervals.estimate` returns."""
    mine = of_everyone(estimates)
    columns = (mine[name] for name in ("measure", "stage", "estimate", "low", "high"))
    return {Measure(measure, stage): Interval(*found) for measure, stage, *found in zip(*columns, strict=True)}


def sweep_table(entries: Sequence[Mapping[str, Any]], cells: Mapping[str, Headlines]) -> pd.DataFrame:
    """Return a row a cell of the manifest: names, levers, and estimate, `_low` and `_high` of each headline measure."""
    import pandas as pd

    levers = list(dict.fromkeys(key for entry in entries for key in entry["levers"]))
    rows = []
    for entry in entries:
        row = {key: entry[key] for key in ("cell", "plan", "world", "scenario", "staffing")}
        row |= {key: entry["levers"].get(key) for key in levers}
        row |= {key: entry[key] for key in ("status", "replications")}
        mine = cells.get(entry["cell"], {})
        for headline in HEADLINES:
            row |= zip(_columns(headline), mine.get(headline, NOTHING), strict=True)
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(measure: Measure) -> list[str]:
    return [measure.name + ending for ending in ("", "_low", "_high")]


def headline_of(row: Mapping[Any, Any], measure: Measure) -> Interval:
    """Return a headline measure of a row of `sweep_table`."""
    return Interval(*(float(row[column]) for column in _columns(measure)))


def print_sweep(
    table: pd.DataFrame, warnings: Mapping[str, Sequence[RunWarning]], prices: str, shared_people: bool = True
) -> None:
    """Print what a planner looks at first, a line a cell, and each warning with the cells that have it.

    `prices` says the year whose prices the costs are told in.
    """
    lines = console(WIDE, AS_WIDE_AS_IT_IS, sys.stdout)
    # Where names would be cut they stand below, by number.
    narrow = lines.width < WIDE or table["cell"].head(MOST_ROWS).map(len).max() > LONGEST_BESIDE
    shown = _beside(table, narrow)
    needed = lines.measure(shown, options=lines.options.update(max_width=10 * WIDE)).maximum
    if not narrow and needed > lines.width and lines.is_terminal:
        narrow, shown = True, _beside(table, narrow=True)
    elif not narrow:
        lines.width = max(lines.width, needed)
    lines.print(shown)
    for place, cell in enumerate(table["cell"].head(MOST_ROWS) if narrow else (), 1):
        lines.print(f"{place}  {cell}", soft_wrap=True)
    if narrow:
        lines.print()
    if len(table) > MOST_ROWS:
        lines.print(f"The first {MOST_ROWS} of {len(table)} cells; all are in sweep.csv.\n")
    lines.print(FOOTER.format(people=SHARED if shared_people else NOT_SHARED, prices=prices))
    alike = grouped((warning.title, (cell, warning)) for cell, found in warnings.items() for warning in found)
    for title, having in alike.items():
        (cell, first), several = having[0], len(having) > 1
        whole = f"{cell}: {first.sentence}"
        told = f"{title} in {len(having)} of {len(table)} cells. In the first of them, {whole}" if several else whole
        lines.print(f"WARNING  {told}", style="bold yellow")


def _beside(table: pd.DataFrame, narrow: bool) -> Table:
    """Return names and figures side by side; where the line is narrow, numbers for the names."""
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    shown.add_column("cell", overflow="fold", min_width=0 if narrow else 30)
    shown.add_column("n", justify="right")
    for heading, *_ in SHOWN:
        shown.add_column(heading, justify="right", no_wrap=not narrow, overflow="fold")
    for place, row in enumerate(table.head(MOST_ROWS).to_dict("records"), 1):
        cell = str(place) if narrow else row["cell"]
        if row["status"] != "finished":
            shown.add_row(cell, "0", "failed", *[""] * (len(SHOWN) - 1))
            continue
        figures = (form.interval(headline_of(row, measure)) for _, measure, form in SHOWN)
        shown.add_row(cell, count(int(row["replications"])), *figures)
    return shown


def lists_of(weekly: pd.DataFrame) -> Lists:
    """Return what the figure shows of one cell, from the rows for everyone of its weekly table."""
    by_stage = {stage.name: list_by_week(weekly, stage.name) for stage, _ in LINES}
    return {name: (weeks, range_by_week(people)) for name, (weeks, people) in by_stage.items()}


def draw_sweep(
    cells: Mapping[str, Lists], table: pd.DataFrame, folder: Path, start: datetime.date | None = None
) -> None:
    """Draw `sweep.png`: the lists for assessment and therapy by week, as `lists_of` returns them for each cell.

    With the first day of all cells, where they share one, dates stand along the axes.
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
        if start is not None:
            date_axis(panels[0], start, weeks, 3)
        for position, axes in enumerate(panels[: len(drawn)]):
            if position % columns == 0:
                axes.set_ylabel("people waiting")
            if position + columns >= len(drawn):
                axes.set_xlabel("" if start else "weeks since the start")
                axes.tick_params(labelbottom=True)
        of = f" (the first {len(drawn)} of {len(cells)} cells)" if len(cells) > len(drawn) else ""
        figure.suptitle(
            f"People on the lists, week by week{of}", x=0.01, y=1 - 0.15 / height, ha="left", va="top", fontsize=12
        )
        keys: list[Any] = [
            Line2D([], [], color=colour, linestyle=dash, linewidth=width, label=f"waiting for {stage.words}, median")
            for stage, (colour, _, dash, width) in LINES
        ]
        keys.append(Patch(color=LIGHT, alpha=0.5, label="shaded alike: 9 in 10 simulated futures"))
        figure.legend(handles=keys, loc="lower left", ncols=min(columns, 3))
        write_png(figure, folder / "sweep.png")


def _panel(axes: Axes, lists: Lists) -> None:
    axes.set_autoscale_on(False)  # else each of the two dozen panels is looked at whenever one of them gains a line
    for stage, (colour, band, dash, width) in LINES:
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
