"""The table of a sweep: a row a cell with its levers and each headline measure with its interval."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimates.headline import HEADLINES, Measure, of_everyone
from analysis.estimates.intervals import NOTHING, Interval
from analysis.tell.console import AS_WIDE_AS_IT_IS, console
from analysis.tell.wording import count, pounds, share
from sim.stages import BY_GROUP, LEFT_LAST, SEEN_FIRST, STAGES

if TYPE_CHECKING:
    import pandas as pd

SHOWN = (
    (f"{STAGES[SEEN_FIRST].seen}\nin time", Measure("within_standard_share", SEEN_FIRST), share),
    *(
        (f"median days to\n{stage.waits_for}", Measure("wait_days_median", stage.name), count)
        if stage.opens == "referred"
        else (f"median days from\nthere to {stage.waits_for}", Measure("wait_days_median", stage.name), count)
        for stage in BY_GROUP
    ),
    (f"left waiting\nfor {LEFT_LAST.waits_for}", Measure("left_waiting_share", LEFT_LAST.name), share),
    (f"waiting for\n{LEFT_LAST.waits_for} at end", Measure("waiting_at_end", LEFT_LAST.name), count),
    ("GBP a year", Measure("cost_per_year_gbp"), pounds),
)
MOST_ROWS = 60
WIDE, LONGEST_BESIDE = 150, 40
"""Characters of a line in which names and figures stand side by side, and of the longest name that has room there."""
FOOTER = """\
In brackets: 95% intervals over replications. In time: of all eligible for {waits_for}, from referral to {waits_for};
those who left or still wait are included.
{people}
Waits and cost rest on assumptions of grade D; no claim about cost-effectiveness can be made.
"""
SHARED = "Cells share their people: compare them in pairs, with hub compare, not by whether intervals overlap."
NOT_SHARED = "Cells of one seed share their people; those of different seeds cannot be compared in pairs."


Headlines = dict[Measure, Interval]


def headlines_in(estimates: pd.DataFrame) -> Headlines:
    """Return the headline measures of a table that `analysis.estimates.intervals.estimate` returns."""
    mine = of_everyone(estimates)
    columns = (mine[name] for name in ("measure", "stage", "estimate", "low", "high"))
    return {Measure(measure, stage): Interval(*found) for measure, stage, *found in zip(*columns, strict=True)}


def sweep_table(entries: Sequence[Mapping[str, Any]], cells: Mapping[str, Headlines]) -> pd.DataFrame:
    """Return a row a cell: its names, its levers, and estimate, `_low` and `_high` of each headline measure.

    Parameters
    ----------
    entries
        Of the manifest, in the order of the cells.
    cells
        What `headlines_in` returns for each cell that finished, by its name.
    """
    import pandas as pd

    levers = list(dict.fromkeys(key for entry in entries for key in entry["levers"]))
    rows = []
    for entry in entries:
        row = {key: entry[key] for key in ("cell", "scenario", "staffing")}
        row |= {key: entry["levers"].get(key) for key in levers}
        row |= {key: entry[key] for key in ("status", "replications")}
        mine = cells.get(entry["cell"], {})
        for headline in HEADLINES:
            for ending, value in zip(("", "_low", "_high"), mine.get(headline, NOTHING), strict=True):
                row[headline.name + ending] = value
        rows.append(row)
    return pd.DataFrame(rows)


def headline_of(row: Mapping[Any, Any], measure: Measure) -> Interval:
    """Return a headline measure of a row of `sweep_table`."""
    return Interval(*(float(row[measure.name + ending]) for ending in ("", "_low", "_high")))


def print_sweep(table: pd.DataFrame, warnings: Mapping[str, Sequence[str]], shared_people: bool = True) -> None:
    """Print what a planner looks at first, a line a cell, and each warning with the cells that have it."""
    from rich import box
    from rich.table import Table

    lines = console(WIDE, AS_WIDE_AS_IT_IS, sys.stdout)
    # Where names would be cut they stand below, by number.
    narrow = lines.width < WIDE or table["cell"].head(MOST_ROWS).map(len).max() > LONGEST_BESIDE
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
    lines.print(shown)
    for place, cell in enumerate(table["cell"].head(MOST_ROWS) if narrow else (), 1):
        lines.print(f"{place}  {cell}", soft_wrap=True)
    if narrow:
        lines.print()
    if len(table) > MOST_ROWS:
        lines.print(f"The first {MOST_ROWS} of {len(table)} cells; all are in sweep.csv.\n")
    lines.print(FOOTER.format(waits_for=STAGES[SEEN_FIRST].waits_for, people=SHARED if shared_people else NOT_SHARED))
    about: dict[str, list[str]] = {}
    for cell, found in warnings.items():
        for warning in found:
            about.setdefault(re.sub(r"^At least \d+% of the", "Many", re.split("[,:;]", warning)[0]), []).append(cell)
    for warning, cells in about.items():
        where = cells[0] if len(cells) == 1 else f"{len(cells)} of {len(table)} cells"
        lines.print(f"WARNING  {warning}: {where}; manifest.json of the cell says more", style="bold yellow")
