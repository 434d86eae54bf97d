"""How workbooks look: one set of cells, headings and pages, so that each prints on A4 and no text is a formula."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.tell.wording import BEGINS_A_FORMULA

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

INK, MUTED, BAND, EDGE = "1F2A37", "5B6776", "E8EDF5", "D5DBE5"
FONT = "Arial"
LINE, AIR = 1.2, 2.0
"""Height of a line over the size of its letters; points above and below a text."""
ALIKE = {"ijl'|": 0.23, " ftI.,:;!/[]": 0.28, "r-()": 0.34, "ckJsvxyz": 0.5, "mM%": 0.86, "wCDGHNOQRU": 0.75, "W@": 1.0}
WIDTHS = {letter: width for letters, width in ALIKE.items() for letter in letters}
CAPITAL, OTHER = 0.67, 0.56
"""Widths of letters of Arial over their size."""
BOLD = 1.08
MOST_WIDE = 240
"""Units of width of a table that can be read when they are printed across a page."""
UNIT, PADDING, INDENT = 5.56, 4.0, 8.0
"""Points of a unit of a column's width, and of what margins and an indent take of it."""
LONGEST = 32_000
"""Characters; a cell takes some more."""
SHARE, ONE_DECIMAL, WHOLE, POUNDS = "0.0%", "#,##0.0", "#,##0", "[$£-809]#,##0"
DATE, TEXT, AS_IT_IS = "d mmm yyyy", "@", "General"


class Look(NamedTuple):
    """How a cell looks."""

    form: str = AS_IT_IS
    bold: bool = False
    size: int = 10
    muted: bool = False
    fill: str = ""
    right: bool = False
    wrap: bool = False
    boxed: bool = False
    indent: int = 0


class Column(NamedTuple):
    """A column of a table: what heads it, how its values are shown, and how wide it is."""

    heading: str
    form: str = TEXT
    width: float = 12
    wrap: bool = False
    printed: bool = True
    """Whether it goes on paper, which has little room; those that do not come last."""


class Block(NamedTuple):
    """A text in a column of a width."""

    text: str
    width: float
    size: float = 10
    bold: bool = False
    indented: bool = True


class Shown(NamedTuple):
    """A number that is shown otherwise than the rest of its column."""

    value: Any
    form: str


def new_book() -> Workbook:
    """Return a workbook without sheets."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    styles: Any = vars(book)["_named_styles"]
    styles["Normal"].font = Font(name=FONT, size=10)  # widths of columns are counted in its digits
    return book


def content_of(book: Workbook) -> bytes:
    """Return a workbook as the bytes of its file."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def put(cell: Cell | Any, value: Any) -> None:
    """Write a value into a cell: a text is a text whatever it begins with, and what is no number leaves it empty."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if value == "":
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST]
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula, and #N/A for an error
        cell.quotePrefix = value.startswith(BEGINS_A_FORMULA)  # nor does it become one when somebody edits the cell
    elif not (value is None or (isinstance(value, float) and not math.isfinite(value))):
        cell.value = value
    elif isinstance(value, float) and math.isinf(value):
        put(cell, "∞")


def dress(cell: Cell | Any, look: Look) -> None:
    """Give a cell its look."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell.font = Font(name=FONT, size=look.size, bold=look.bold, color=MUTED if look.muted else INK)
    cell.number_format = look.form
    side, indent = ("right", 0) if look.right else ("left", look.indent)
    cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=look.wrap, indent=indent)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.boxed:
        line = Side("thin", color=EDGE)
        cell.border = Border(bottom=line, top=line, left=line, right=line)


class Dresser:
    """Dresses many cells alike: a look is worked out once for a workbook, which is most of the time it takes."""

    def __init__(self) -> None:
        self._known: dict[Look, Any] = {}

    def write(self, cell: Any, value: Any, look: Look) -> None:
        """Write a value and give the cell its look."""
        if look not in self._known:
            dress(cell, look)
            self._known[look] = cell._style
        else:
            cell._style = self._known[look].__copy__()
        put(cell, value)


def page(book: Workbook, title: str, landscape: bool = True) -> Worksheet:
    """Add a sheet that prints on A4, as wide as the paper, with its title and the number of each page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet: Worksheet = book.create_sheet(title)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.8
    for part, text in ((sheet.oddHeader, title.replace("&", "&&")), (sheet.oddFooter, "page &P of &N")):
        assert part is not None
        part.right.text, part.right.size = text, 9
    return sheet


def table(
    book: Workbook, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], dresser: Dresser,
    frozen: int = 1,
) -> Worksheet:  # fmt: skip
    """Add a sheet with one table, its headings in the first row, which stays when one scrolls and on every page.

    `frozen` is how many columns stay too. A value may be `Shown`, or a date.
    """
    from openpyxl.utils import get_column_letter

    sheet = page(book, title)
    heads = Look(bold=True, fill=BAND, wrap=True, boxed=True, indent=1)
    for place, column in enumerate(columns, 1):
        dresser.write(sheet.cell(1, place), column.heading, heads._replace(right=column.form != TEXT))
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    tall(sheet, 1, [Block(each.heading, each.width, bold=True, indented=each.form == TEXT) for each in columns])
    last = 1
    for last, row in enumerate(rows, 2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            form = column.form
            if isinstance(value, Shown):
                value, form = value  # noqa: PLW2901
            elif isinstance(value, datetime.date):
                form = DATE
            text = isinstance(value, str)
            look = Look(form=TEXT if text else form, right=not text, wrap=column.wrap, indent=1)
            dresser.write(sheet.cell(last, place), value, look)
        cells = zip(columns, row, strict=True)
        tall(sheet, last, [Block(text, of.width) for of, text in cells if of.wrap and isinstance(text, str)])
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = "1:1"
    printed = sum(column.printed for column in columns)
    sheet.print_area = f"A1:{get_column_letter(printed)}{last}"
    wide = sum(column.width for column in columns[:printed])
    if wide > MOST_WIDE:  # on several pages, those that stay on each
        stay = sum(column.width for column in columns[:frozen])
        sheet.page_setup.fitToWidth = math.ceil((wide - stay) / (MOST_WIDE - stay))
        sheet.print_title_cols = f"A:{get_column_letter(frozen)}"
    return sheet


def tall(sheet: Worksheet, row: int, blocks: Iterable[Block]) -> float:
    """Make a row as tall as its texts need, as not every program does by itself; return the height in points."""
    height, one = 0.0, 0.0
    for block in blocks:
        line = block.size * LINE
        room = block.width * UNIT - PADDING - INDENT * block.indented
        room /= block.size * (BOLD if block.bold else 1)
        height = max(height, line * sum(_lines(text, room) for text in block.text.split("\n")))
        one = max(one, line)
    if height > one:  # other rows grow by themselves when somebody types more
        sheet.row_dimensions[row].height = height + AIR
    return max(height, one) + AIR


@lru_cache(maxsize=4096)  # most cells of a column say the same few things
def _lines(text: str, room: float) -> int:
    """Return how many lines a text takes where a line has room for so many widths of its size."""
    lines, used = 1, 0.0
    for word in text.split():
        wide = sum(WIDTHS.get(letter, CAPITAL if letter.isupper() else OTHER) for letter in word)
        if used and used + WIDTHS[" "] + wide > room:
            lines, used = lines + 1, 0.0
        used += wide + (WIDTHS[" "] if used else 0)
        if used > room:  # one word that is broken where the line ends
            lines, used = lines + int(used // room), used % room
    return lines
