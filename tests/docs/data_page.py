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

`make docs` writes this page from the schemas that every table is checked against (`sim/run/results.py`) and what is
said of each column (`analysis/tell/columns.py`); a test fails when it no longer says what they say. Days count from
`run.start_date`, which `manifest.json` holds beside the whole configuration; “of the row” means that the column `unit`
says the unit.

{"".join(_section(file) + chr(10) for file in FILES)}## sweep.csv

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
