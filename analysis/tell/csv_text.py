"""Tables as the text of a CSV file, in which no name can become a formula when a workbook opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these Excel, LibreOffice and Google Sheets take a cell for a formula, or look behind them for one."""
QUOTE = "'"
"""Put before such a text: workbooks show the rest as it is."""
FORMAT = "%.10g"


def cell(value: Any) -> Any:
    """Return a value as it goes into a CSV: a text that a workbook would take for a formula has a quote before it."""
    return f"{QUOTE}{value}" if _like_a_formula(value) else value


def csv_of(table: pd.DataFrame) -> str:
    """Return a table as the text of a CSV file."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    safe = table.copy(deep=False)
    for name in table:
        if not (is_numeric_dtype(table[name]) or is_bool_dtype(table[name])):
            safe[name] = table[name].map(cell, na_action="ignore")
    return safe.rename(columns=cell).to_csv(index=False, float_format=FORMAT)


def csv_of_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows, the heading first, as the text of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def read_csv(path: Path) -> pd.DataFrame:
    """Return a table that `csv_of` has written, every name as it was; an empty cell is missing."""
    import pandas as pd

    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    for name in table.select_dtypes(include=["object", "string"]):
        table[name] = table[name].map(_as_it_was, na_action="ignore")
    return table


def _as_it_was(value: Any) -> Any:
    return value[len(QUOTE) :] if _like_a_formula(value) and value.startswith(QUOTE) else value


def _like_a_formula(value: Any) -> bool:
    """Return whether a value needs a quote before it; one that has some already gets another, so that none is lost."""
    return isinstance(value, str) and value.lstrip(QUOTE).startswith(BEGINS_A_FORMULA)
