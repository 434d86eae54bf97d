"""`results.xlsx`: what a run, a sweep or a comparison has found, as a workbook with the figures of its CSV files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.runs.read_run import manifest_of
from analysis.tell.book import Dresser, content_of, new_book
from analysis.workbook.about import add_about
from analysis.workbook.compared import add_tables, parts_of_comparison, sheets_of
from analysis.workbook.parts import Part, part_of_run, parts_of_sweep
from analysis.workbook.sheets import (
    add_assumptions,
    add_cost,
    add_headlines,
    add_lists,
    add_reach,
    add_waits,
    add_words,
)
from analysis.workbook.side_by_side import add_differing, add_side_by_side
from sim.errors import HubError

if TYPE_CHECKING:
    from openpyxl import Workbook

    from analysis.comparison.comparison import Comparison

FILE = "results.xlsx"
COMPARED = "differences.csv"
ALWAYS: dict[str, Callable[[Workbook, Sequence[Part], Dresser], None]] = {
    "Headlines": add_headlines,
    "Waits": add_waits,
    "Reach": add_reach,
    "Lists by week": add_lists,
    "Cost": add_cost,
    "Assumptions": add_assumptions,
    "Words": add_words,
}
"""Sheets that every workbook has."""


def workbook_of(folder: Path, argument: str) -> bytes:
    """Return the workbook of a finished run or sweep; HubError where the folder holds neither, or was changed."""
    if (folder / COMPARED).is_file():
        raise HubError(f"{argument}: got {folder}, a comparison; {FILE} is in it already, written with it")
    manifest = manifest_of(folder, "give the folder of a finished run or sweep", argument)
    swept = "config" not in manifest
    parts = parts_of_sweep(manifest, folder, argument) if swept else [part_of_run(manifest, folder, argument)]
    book, dresser = new_book(), Dresser()
    add_about(book, parts, dresser, [*(["Side by side", "What differs"] if swept else []), *ALWAYS])
    if swept:
        add_side_by_side(book, folder, parts, dresser)
        add_differing(book, parts, dresser)
    _add_always(book, parts, dresser)
    return content_of(book)


def workbook_of_comparison(comparison: Comparison, folder: Path) -> bytes:
    """Return the workbook of a comparison from the tables that it has written into a folder."""
    parts = parts_of_comparison(comparison, folder)
    book, dresser = new_book(), Dresser()
    add_about(
        book, parts, dresser, [*sheets_of(folder), "What differs", *ALWAYS], f"{comparison.grid.counted} compared"
    )
    add_tables(book, folder, comparison, dresser)
    add_differing(book, parts, dresser)
    _add_always(book, parts, dresser)
    return content_of(book)


def _add_always(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    for add in ALWAYS.values():
        add(book, parts, dresser)
