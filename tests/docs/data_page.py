"""Write docs/data.md, the data dictionary, from the schemas and what is said of each column: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
from stages_page import table

from analysis.estimates.headline import FIGURES
from analysis.tell.columns import FILES, NAMES, meaning_of
from sim.run.results import SCHEMAS

PAGE = Path(__file__).parents[2] / "docs" / "data.md"


def type_of(kind: pa.DataType) -> str:
    """Return a type as a reader of tables knows it."""
    if pa.types.is_integer(kind):
        return "whole number"
    if pa.types.is_floating(kind):
        return "number"
    return "yes or no" if pa.types.is_boolean(kind) else "text"


def columns_of(file: str) -> list[tuple[str, str]]:
    """Return the columns of a file and their types; those of a CSV file are numbers or text."""
    name, _, kind = file.partition(".")
    if kind == "parquet":
        return [(field.name, type_of(field.type)) for field in SCHEMAS[name]]
    return [(column, "") for column in FILES[file][1]]


def _section(file: str) -> str:
    rows = []
    for column, kind in columns_of(file):
        unit, meaning = meaning_of(file, column)
        rows.append((f"`{column}`", kind, unit or "–", meaning) if kind else (f"`{column}`", unit or "–", meaning))
    heads = ("column", "type", "unit", "meaning") if file.endswith("parquet") else ("column", "unit", "meaning")
    also = "" if file.endswith("parquet") else "\n\nBeside the columns that say what a row is about (see the end):"
    return f"## {file}\n\n{FILES[file][0].capitalize()}.{also}\n\n{table(heads, rows)}\n"


def page() -> str:
    """Return the whole page."""
    figures = [(f"`{figure.measure.name}`", figure.words.replace("{days} days", "the standard")) for figure in FIGURES]
    shared = [(f"`{name}`", unit or "–", meaning) for name, (unit, meaning) in NAMES.items()]
    return f"""# Data dictionary

What stands in the files of results, column by column: first those that open in Excel, then those for Python
and R.

**If you work in Excel**, begin with `results.xlsx`: `hub excel FOLDER` writes it for a run or a sweep, with dates,
units and words explained, and you may not need this page. A file that ends in `.csv` opens in Excel too; one that ends
in `.parquet` is for [Python](tutorial.md) or R.

| you want | open |
| --- | --- |
| the answer of one run | [`summary.csv`](#summarycsv): `estimate`, and how far it may lie off |
| your own months beside the model's | [`months.csv`](#monthscsv) |
| what a fit changed | [`fit.csv`](#fitcsv) |
| several runs, a row for each | [`sweep.csv`](#sweepcsv) |
| what an incident does to the lists | [`surge.csv`](#surgecsv); of a sizing, [`lists.csv`](#listscsv) |
| which plan is better | [`headlines.csv`](#headlinescsv), then [`equity.csv`](#equitycsv): who waits longer |
| single waits, weeks or people | `waits.parquet`, `weekly.parquet`, `journeys.parquet` |

Day 0 is the first day of the simulation (`run.start_date` in `manifest.json`, which also holds every number that was
used). Where the unit is “of the row”, the column `unit` says it. Shares are fractions: 0.62 is 62%. What the workbook
of [your own Hub](your_own_hub.md) asks for stands in its own cells.

For maintainers: `make docs` writes this page from the schemas (`sim/run/results.py`) and from what is said of each
column (`analysis/tell/columns.py`); a test fails when it is out of date.

{"".join(_section(file) + chr(10) for file in sorted(FILES, key=lambda file: file.endswith("parquet")))}## sweep.csv

One row for each cell: `cell`, `plan` (what is decided), `world` (what happens), `scenario`, `staffing`, a column for
each lever, `status`, `replications`, and of each figure
below the estimate, `_low` and `_high` of its 95% interval. Shares are fractions, costs pounds, and figures
"a year" are the total over the horizon.

{table(("column", "figure"), figures)}

## Columns that many files share

{table(("column", "unit", "meaning"), shared)}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
