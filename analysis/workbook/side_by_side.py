"""Sheets of several plans: their headline figures in a row each, and what sets them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.estimates.headline import headlines
from analysis.tell.book import ONE_DECIMAL, TEXT, Column, Dresser, table
from analysis.tell.wording import key_words, read_csv, sentence, words
from analysis.workbook.parts import Part
from analysis.workbook.sheets import FORMS, PLAN
from sim.measures.rows import declared

if TYPE_CHECKING:
    from openpyxl import Workbook

SWEEP = "sweep.csv"
ENDS = {"": "", "_low": ", from", "_high": ", to"}
"""What columns of `sweep.csv` end with, and how it is told."""
SIDES = {"plan": "What is decided", "world": "What happens"}
"""Columns of `sweep.csv` that name the two sides of a cell, and what they are called."""


def add_side_by_side(book: Workbook, folder: Path, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add `sweep.csv`, its headings in words."""
    swept = read_csv(folder / SWEEP)
    told = {headline.measure.name: headline for headline in headlines(parts[0].config)}
    columns = []
    for name in map(str, swept.columns):
        ending = next((end for end in ("_low", "_high") if name.endswith(end)), "")
        headline = told.get(name.removesuffix(ending))
        if headline is None:
            columns.append(
                PLAN if name == "cell" else Column(SIDES.get(name) or sentence(key_words(name)), TEXT, 14, wrap=True)
            )
            continue
        # sweep.csv holds totals over the horizon where the figure is told by the year
        words = headline.words.removesuffix(" a year") + ", in all" if headline.unit == "people" and (
            headline.words.endswith(" a year")) else headline.words  # fmt: skip
        form = FORMS.get(declared(headline.measure.measure).unit, ONE_DECIMAL)
        columns.append(Column(sentence(words) + ENDS[ending], form, 13))
    names = {part.cell: part.name for part in parts}
    rows = (
        [names.get(str(cell), str(cell)), *map(_plain, rest)]
        for cell, *rest in swept.itertuples(index=False, name=None)
    )
    table(book, "Side by side", columns, rows, dresser)


def _plain(value: Any) -> Any:
    """Return a value of pandas as Python's own."""
    return value.item() if hasattr(value, "item") else value


def add_differing(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add what sets plans apart: a row a plan and key."""
    from analysis.comparison.plans import changes
    from sim.composed import NOTHING

    def told(value: object) -> Any:
        if value is NOTHING:
            return "–"
        if isinstance(value, list | tuple):
            return ", ".join(str(told(each)) for each in value) or "none"
        if isinstance(value, Mapping):
            return ", ".join(f"{words(str(key))} {told(each)}" for key, each in value.items())
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value if isinstance(value, int | float) else words(str(value))

    columns = [PLAN, Column("What differs from the first plan", width=50, wrap=True),
               Column("First plan", "#,##0.######", 24, wrap=True), Column("This plan", "#,##0.######", 24, wrap=True),
               Column("Key", width=60, printed=False)]  # fmt: skip
    rows = [
        [part.name, sentence(key_words(change.key)), told(change.before), told(change.after), change.key]
        for part in parts[1:]
        for change in changes(parts[0].config, part.config)
    ]
    table(book, "What differs", columns, rows, dresser)
