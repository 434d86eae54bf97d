"""What stands in a workbook outside the cells that are read: said, or refused where it may be somebody's number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.own_hub.sheets import HUB_COLUMNS, MONTHS_AHEAD, SETTINGS, Setting
from analysis.own_hub.typed import TEN_DIGITS
from sim.calendar import DAYS_PER_YEAR
from sim.evidence import as_number, read_register

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHOWN = 40


def digits_of_people(file: str, page: Worksheet) -> Iterator[str]:
    """Refuse ten digits wherever they are, as an NHS number has, without showing them."""
    for cells in page.iter_rows():
        for cell in cells:
            if TEN_DIGITS.search(_as_text(cell.value)):
                yield (
                    f"{file}, sheet {page.title}, cell {cell.coordinate}: holds ten digits, as an NHS number has; "
                    "empty it: nothing about single people is needed"
                )


def beside(file: str, page: Worksheet, first_row: int, first_column: int) -> Iterator[str]:
    """Say what stands right of what is read."""
    for cells in page.iter_rows(min_row=first_row, min_col=first_column):
        for cell in cells:
            if text := " ".join(_as_text(cell.value).split()):
                where = f"{file}, sheet {page.title}, cell {cell.coordinate}"
                yield f"{where}: '{text[:SHOWN]}' is not read: it lies beside the table"


def typed_over_default(file: str, page: Worksheet, row: int, setting: Setting) -> Iterator[str]:
    """Say what was typed into the column of defaults of the sheet Hub, which shows them and is not read."""
    cell, mine = page.cell(row, HUB_COLUMNS.index("Default") + 1), page.cell(row, 2).value
    known = _defaults().get(setting.key)
    if known and cell.value is not None and cell.value != mine and _as_text(cell.value) not in known:
        yield (
            f"{file}, sheet {page.title}, cell {cell.coordinate}: '{_as_text(cell.value)[:SHOWN]}' is not read: it is "
            f"under Default, which only shows; type it into cell B{row} if you mean it"
        )


@lru_cache(maxsize=1)
def _defaults() -> dict[str, set[str]]:
    """Return the values that a setting with evidence has in any option, as text."""
    found: dict[str, set[str]] = {}
    for row in read_register():
        if row.key in SETTINGS and (number := as_number(row.value)) is not None:
            if row.key == MONTHS_AHEAD.key:  # days, and the sheet has months
                number = round(number * 12 / DAYS_PER_YEAR)
            found.setdefault(row.key, set()).add(_as_text(number))
    return found


def _as_text(value: object) -> str:
    """Return what a cell holds as text; a whole number without a point."""
    if value is None:
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
