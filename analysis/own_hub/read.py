"""Reads a workbook that somebody has filled in: every cell, or a refusal that names sheet and cell."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.own_hub.opened import content_of, opened
from analysis.own_hub.outside import beside, digits_of_people, typed_over_default
from analysis.own_hub.sheets import ALL_ON_COSTS, CHAPTERS, HUB, HUB_COLUMNS, READ_ME, TABLES, Column, Sheet
from analysis.own_hub.typed import folded, typed
from sim.errors import ConfigProblem, closest

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS, MOST_COLUMNS = 2_000, 200


class Found(NamedTuple):
    """What a cell holds, and where it is."""

    value: Any
    where: str
    """`my-hub.xlsx, sheet Posts, cell C7`."""


Row = dict[str, Found]
"""A row of a table, by column; empty cells are not there."""


class Filled(NamedTuple):
    """Everything that a workbook says."""

    file: str
    settings: dict[str, Found]
    """By key of the configuration."""
    tables: dict[str, list[Row]]
    """By the title of the sheet."""
    remarks: list[str]
    """What was not read, and how what could be read in two ways was read."""
    headings: Mapping[tuple[str, str], str] = {}
    """Cells of headings, by the title of the sheet and the key of the column."""


def read_workbook(path: Path) -> Filled:
    """Read a workbook; see `read_uploaded` for what is refused."""
    return read_uploaded(path.name, content_of(path), str(path))


def read_uploaded(name: str, content: bytes, called: str = "") -> Filled:
    """Read a workbook that is nowhere but in memory; refusals of the whole file call it by its name, or as told.

    Raises
    ------
    ConfigProblem
        With a line for each cell that cannot be read, naming sheet and cell, and what to type.
    HubError
        When it is no workbook, is too large, or is locked.
    """
    book = opened(called or name, content)
    problems: list[str] = []
    remarks: list[str] = []
    titles = {folded(title): title for title in book.sheetnames}
    wanted = [HUB, *(sheet.title for sheet in TABLES)]
    for title in (HUB, *(sheet.title for sheet in TABLES if sheet.needed)):
        if folded(title) not in titles:
            others = [other for other in book.sheetnames if other not in (READ_ME, *wanted)]
            near = (
                f"; rename {near} to it" if (near := closest(title, others)) else "; hub new writes a workbook with it"
            )
            problems.append(f"{name}: the sheet {title} is missing{near}")
    known = {folded(title) for title in (READ_ME, *wanted)}
    remarks += [
        f"{name}, sheet {title}: not read, as it is not one of {', '.join(wanted)}"
        for title in book.sheetnames
        if folded(title) not in known
    ]
    reader = _Reader(name, book, problems, remarks)
    for page in book.worksheets:
        if page.max_row <= MOST_ROWS and page.max_column <= MOST_COLUMNS:  # more is told of with the sheet
            problems += digits_of_people(name, page)
    settings = reader.settings(book[titles[folded(HUB)]]) if folded(HUB) in titles else {}
    tables = {
        sheet.title: reader.table(book[titles[folded(sheet.title)]], sheet) if folded(sheet.title) in titles else []
        for sheet in TABLES
    }
    if problems:
        raise ConfigProblem(problems)
    return Filled(name, settings, tables, remarks, reader.headings)


class _Reader:
    def __init__(self, file: str, book: Workbook, problems: list[str], remarks: list[str]) -> None:
        self.file, self.book, self.problems, self.remarks = file, book, problems, remarks
        self.headings: dict[tuple[str, str], str] = {}

    def where(self, page: Worksheet, row: int, column: int) -> str:
        from openpyxl.utils import get_column_letter

        return f"{self.file}, sheet {page.title}, cell {get_column_letter(column)}{row}"

    def settings(self, page: Worksheet) -> dict[str, Found]:
        """Read the sheet Hub: labels in the first column, values in the second."""
        if not self.fits(page):
            return {}
        labels: dict[str, int] = {}
        for row in range(1, page.max_row + 1):
            labels.setdefault(folded(page.cell(row, 1).value or ""), row)
        found: dict[str, Found] = {}
        for chapter in CHAPTERS:
            for setting in chapter.settings:
                row = labels.get(folded(setting.label), 0)
                if setting is ALL_ON_COSTS and not (row and page.cell(row, 2).value):
                    continue
                if not row:
                    self.problems.append(
                        f"{self.file}, sheet {page.title}: the row '{setting.label}' is missing; write it into column A"
                    )
                    continue
                where = self.where(page, row, 2)
                column = Column(setting.key, setting.label, setting.kind, "")
                before = len(self.problems)
                value = self.value(page, row, 2, column)
                if value is None and len(self.problems) == before:
                    self.problems.append(f"{where}: {setting.label} is empty; type {setting.kind.value}")
                elif value is not None:
                    found[setting.key] = Found(value, where)
                self.remarks += typed_over_default(self.file, page, row, setting)
        self.remarks += beside(self.file, page, 1, len(HUB_COLUMNS) + 1)
        return found

    def table(self, page: Worksheet, sheet: Sheet) -> list[Row]:
        """Read the rows of a table, below the row that holds its headings."""
        if not self.fits(page):
            return []
        heading = next(
            (
                row
                for row in range(1, min(page.max_row, 30) + 1)
                if folded(page.cell(row, 1).value) == folded(sheet.columns[0].heading)
            ),
            None,
        )
        if heading is None:
            self.problems.append(
                f"{self.file}, sheet {sheet.title}: the heading {sheet.columns[0].heading} is missing in column A"
            )
            return []
        places: dict[str, int] = {}
        before = len(self.problems)
        for place in range(1, page.max_column + 1):
            text = folded(page.cell(heading, place).value or "")
            if text in places and text:
                told = f"a second heading '{text}'; take one column out"
                self.problems.append(f"{self.where(page, heading, place)}: {told}")
            places.setdefault(text, place)
        known = {folded(column.heading) for column in sheet.columns}
        for text, place in places.items():
            if text and text not in known:
                self.remarks.append(f"{self.where(page, heading, place)}: column '{text}' is not read")
        for column in sheet.columns:
            if folded(column.heading) in places:
                self.headings[sheet.title, column.key] = self.where(page, heading, places[folded(column.heading)])
            elif not column.may_lack:
                self.problems.append(
                    f"{self.file}, sheet {sheet.title}: the column {column.heading} is missing in row {heading}"
                )
        if len(self.problems) > before:  # of this sheet; what is wrong in others is told beside it
            return []
        first = heading + 1
        helps = folded(page.cell(first, 2).value or "")  # what to type stands below the headings
        first += helps.startswith(tuple(folded(text) for text in _HELPS))
        self.remarks += beside(self.file, page, first, max(place for text, place in places.items() if text) + 1)
        return list(self.rows(page, sheet, places, first))

    def rows(self, page: Worksheet, sheet: Sheet, places: dict[str, int], first: int) -> Iterator[Row]:
        names: dict[str, str] = {}
        for number in range(first, page.max_row + 1):
            row: Row = {}
            refused = set()
            for column in (each for each in sheet.columns if folded(each.heading) in places):
                place = places[folded(column.heading)]
                before = len(self.problems)
                value = self.value(page, number, place, column)
                if len(self.problems) > before:
                    refused.add(column.key)
                if value is not None:
                    row[column.key] = Found(value, self.where(page, number, place))
            if not row:
                continue
            for column in sheet.columns:
                if column.needed and column.key not in row and column.key not in refused:
                    told = f"{column.heading} is empty; type {column.kind.value}, or empty the row"
                    self.problems.append(f"{self.where(page, number, places[folded(column.heading)])}: {told}")
            name = sheet.columns[0]
            if name.key in ("name", "month") and name.key in row:
                same = folded(row[name.key].value)
                if same in names:
                    self.problems.append(
                        f"{row[name.key].where}: '{row[name.key].value}' is in {names[same]} too; keep one"
                    )
                names[same] = row[name.key].where.rpartition(" ")[2]
            yield row

    def fits(self, page: Worksheet) -> bool:
        """Say what is wrong with a sheet as a whole."""
        if page.max_row > MOST_ROWS or page.max_column > MOST_COLUMNS:
            told = (
                f"{page.max_row:,} rows and {page.max_column:,} columns; at most {MOST_ROWS:,} and {MOST_COLUMNS} fit"
            )
            self.problems.append(f"{self.file}, sheet {page.title}: got {told}: delete the empty ones")
            return False
        if merged := [str(area) for area in page.merged_cells.ranges]:
            self.problems.append(
                f"{self.file}, sheet {page.title}, cell {merged[0]}: cells are merged; unmerge them (Merge & Center)"
            )
        return not merged

    def value(self, page: Worksheet, row: int, place: int, column: Column) -> Any:
        """Read one cell; None when it is empty or what it holds is refused."""
        cell = page.cell(row, place)
        given = cell.value
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        where = self.where(page, row, place)
        if cell.data_type == "f" or not isinstance(given, str | int | float | datetime.date | bool):
            if isinstance(given, datetime.time):
                self.problems.append(f"{where}: {column.heading}: got the time {given:%H:%M}; type {column.kind.value}")
                return None
            shown = given if isinstance(given, str) else getattr(given, "text", "a formula")
            self.problems.append(
                f"{where}: got the formula {str(shown)[:40]}; type its value (Copy, Paste Special, Values)"
            )
            return None
        if cell.data_type == "e":
            self.problems.append(f"{where}: got the error {given}; type {column.kind.value}")
            return None
        try:
            return typed(given, column)
        except ValueError as error:
            self.problems.append(f"{where}: {column.heading}: got {' '.join(str(given).split())[:40]!r}; {error}")
            return None


_HELPS = ("whole number", "number", "share", "pounds", "date", "choose one", "agenda for change", "of the people")
"""How the line below the headings may begin in its second column."""
