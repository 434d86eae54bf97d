"""Writes the workbook: every cell with its unit, what it means, a default and how well that is known."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analysis.own_hub.price_years import financial_year_of, prices_of
from analysis.own_hub.sheets import (
    CHAPTERS,
    FIRST_DAY,
    GROUPS,
    HUB,
    HUB_COLUMNS,
    JOB_PLANS,
    LIST_NAMES,
    LISTS,
    MODALITIES,
    MONTHS,
    MONTHS_AHEAD,
    MONTHS_ASKED,
    NAME,
    POSTS,
    PRICES,
    READ_ME,
    TABLES,
    UPRATED_TO,
    Column,
    Kind,
    Setting,
    Sheet,
)
from analysis.tell.book import Block, tall
from analysis.tell.wording import sentence, words
from sim.calendar import month_later
from sim.composed import leaves
from sim.config import validate
from sim.evidence import GRADES, EvidenceRow, read_register
from sim.launch.compose import compose
from sim.launch.options import Options
from sim.launch.overrides import quoted

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

EARLIEST = "costs/afc_2021_22"
"""Prices that those of later years begin from."""
MOST_ON_A_PAGE = 12
HEADING_ROW = 4
"""Of every table and of the sheet Hub; units and help stand below it."""
FORMATS = {
    Kind.WHOLE: "#,##0",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.##",
    Kind.SHARE: "0.0%",
    Kind.POUNDS: "[$£-809]#,##0",
    Kind.MONTH: "mmmm yyyy",
    Kind.DATE: "yyyy-mm-dd",
    Kind.TEXT: "@",
}
FIRST_WIDTH, LISTS_WIDTH, WIDTH, HUB_WIDTHS = 28, 44, 14, (44, 14, 22, 12, 7, 50)
SIZE, SMALL = 11, 9
"""Points of letters, and of those that explain: what is typed should be read on paper too."""
MARGIN = 0.4
"""Inches of paper."""
INK, MUTED, BAND, TYPED = "1F2A37", "5B6776", "E8EDF5", "FFFBE6"
TO_DO = (
    "Fill in the yellow cells of each sheet; what you leave as it is, is our default.",
    "A default of grade D is an assumption: replace it by what you know, where you can.",
    "Save as .xlsx and run: hub import my-hub.xlsx",
    "Every cell is checked; what cannot be read is named with its sheet and cell.",
    "Then, in the folder of this workbook: hub run --config-dir . scenario=my_hub",
    "With the sheet Months filled in: hub check . says whether the model reproduces them.",
)


def empty_workbook(first_day: str, months_from: datetime.date | None = None) -> bytes:
    """Return the workbook of a Hub that is simulated from a day on, with our defaults; ConfigProblem if it is none.

    The twelve months of what happened are those from `months_from`, by default those before the first day.

    Prices are those of the financial year of that day; of a year that has none yet, the last uprated to it.
    """
    start = validate(compose(f"run.start_date={quoted(first_day)}")).run.start_date
    config = compose(f"run.start_date={start}", f"costs={prices_of(start, Options().of('costs'))}")
    return workbook(config, months_from)


def workbook(config: Mapping[str, Any], months_from: datetime.date | None = None) -> bytes:
    """Return the workbook, filled with the values of a composed configuration."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    _read_me(book)
    _hub(book, config)
    for sheet in TABLES:
        _table(book, sheet, list(_rows(sheet, config, months_from)))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def months_between(config: Mapping[str, Any]) -> int:
    """Return the horizon of a configuration in months, rounded."""
    days: float = config["run"]["horizon_days"]
    return round(days * 12 / 365.25)


def _rows(sheet: Sheet, config: Mapping[str, Any], months_from: datetime.date | None) -> Iterator[dict[str, Any]]:
    """List the default rows of a table."""
    roles = config["staffing"]["roles"]
    if sheet is GROUPS:
        for name, group in config["population"]["staff_groups"].items():
            mix = {"women": group["gender"]["women"], **group["ethnicity"]}
            yield {**group, **mix, "name": sentence(words(name))}
    elif sheet is POSTS:
        for name, role in roles.items():
            for line in role["lines"].values():
                yield {"role": sentence(words(name)), **line, **_dated(line, config)}
    elif sheet is JOB_PLANS:
        for name, role in roles.items():
            shares = {f"share:{activity}": plan["share"] for activity, plan in role["job_plan"].items()}
            gives = {modality: "yes" if modality in role["modalities"] else "no" for modality in MODALITIES}
            supervisor = sentence(words(role["supervised_by"])) if role.get("supervised_by") else None
            yield {"name": sentence(words(name)), **role, **gives, **shares, "supervised_by": supervisor}
    elif sheet is PRICES:
        for band, pay in config["costs"]["pay_gbp_per_year"].items():
            yield {"name": band, **pay}
    elif sheet is LISTS:
        for name in LIST_NAMES.values():
            yield {"name": name}
    elif sheet is MONTHS:
        first = months_from or month_later(datetime.date.fromisoformat(str(config["run"]["start_date"])), -MONTHS_ASKED)
        for months in range(MONTHS_ASKED):
            yield {"month": month_later(first, months)}


def _dated(line: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, datetime.date]:
    start = datetime.date.fromisoformat(str(config["run"]["start_date"]))
    days = {key: line[key] for key in ("from_day", "to_day") if line.get(key) is not None}
    return {key: start + datetime.timedelta(days=int(day)) for key, day in days.items()}


def _read_me(book: Workbook) -> None:
    page = _page(book, READ_ME, "Your own Hub", "What to do with this workbook")
    for row, text in enumerate(TO_DO, start=HEADING_ROW):
        _write(page.cell(row, 1, f"{row - HEADING_ROW + 1}.  {text}"))
    row = HEADING_ROW + len(TO_DO) + 1
    _write(page.cell(row, 1, "How well a default is known"), bold=True)
    for grade, meaning in GRADES.items():
        row += 1
        _write(page.cell(row, 1, f"{grade}: {meaning}"))
    page.column_dimensions["A"].width = 100


def _hub(book: Workbook, config: Mapping[str, Any]) -> None:
    from openpyxl.styles import Protection
    from openpyxl.worksheet.datavalidation import DataValidation

    page = _page(book, HUB, HUB, "One value a row; what you do not know may stay as it is.")
    for place, heading in enumerate(HUB_COLUMNS, 1):
        _write(page.cell(HEADING_ROW, place, heading), bold=True, fill=BAND)
    values = dict(leaves(config))
    prices = f"costs/afc_{str(values['costs.price_year']).replace('/', '_')}"
    rows = [
        row for row in read_register() if not row.option.startswith("costs/afc_2") or row.option in (EARLIEST, prices)
    ]
    register = {row.key: row for row in rows}
    row = HEADING_ROW
    for chapter in CHAPTERS:
        row += 1
        _write(page.cell(row, 1, chapter.heading), bold=True)
        for setting in chapter.settings:
            row += 1
            value = "My Hub" if setting is NAME else _default(setting, values, config)
            _write(page.cell(row, 1, setting.label), wrap=True)
            cell = page.cell(row, 2, value)
            _write(cell, FORMATS[setting.kind], fill=TYPED, right=True)
            cell.protection = Protection(locked=False)
            _write(page.cell(row, 3, setting.kind.value), muted=True, wrap=True, size=SMALL)
            _write(page.cell(row, 4, value), FORMATS[setting.kind], muted=True, right=True)
            known = register.get(setting.key)
            _write(page.cell(row, 5, known.grade if known else ""), muted=True, wrap=True)
            _write(page.cell(row, 6, _source(known)), muted=True, wrap=True, size=SMALL)
            small = ((setting.kind.value, HUB_WIDTHS[2]), (_source(known), HUB_WIDTHS[5]))
            tall(page, row, [Block(setting.label, HUB_WIDTHS[0], SIZE), *(Block(*each, SMALL) for each in small)])
            if setting.kind is Kind.SHARE:
                check = DataValidation(
                    type="decimal", operator="between", formula1="0", formula2="1", showErrorMessage=True
                )
                check.error, check.errorTitle = "A share lies between 0% and 100%.", setting.label[:32]
                check.add(cell)
                page.add_data_validation(check)
    for letter, width in zip("ABCDEF", HUB_WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes, page.print_title_rows = f"B{HEADING_ROW + 1}", f"{HEADING_ROW}:{HEADING_ROW}"


def _default(setting: Setting, values: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    if setting is MONTHS_AHEAD:
        return months_between(config)
    first_day = datetime.date.fromisoformat(str(values[FIRST_DAY.key]))
    if setting is FIRST_DAY:
        return first_day
    if setting is UPRATED_TO:
        return max(str(values["costs.price_year"]), financial_year_of(first_day))
    return values.get(setting.key)


def _source(known: EvidenceRow | None) -> str:
    return f"{known.source}. {known.note}"[:200] if known else ""


def _table(book: Workbook, sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    from openpyxl.styles import Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    page = _page(book, sheet.title, sheet.title, sheet.purpose)
    widths = [LISTS_WIDTH if sheet is LISTS else FIRST_WIDTH, *[WIDTH] * (len(sheet.columns) - 1)]
    for place, column in enumerate(sheet.columns, 1):
        _write(page.cell(HEADING_ROW, place, column.heading), bold=True, fill=BAND, wrap=True)
        _write(page.cell(HEADING_ROW + 1, place, _help(column)), muted=True, wrap=True, size=SMALL)
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = widths[place - 1]
        last = HEADING_ROW + 1 + sheet.rows
        for row in range(HEADING_ROW + 2, last + 1):
            index = row - HEADING_ROW - 2
            cell = page.cell(row, place, rows[index].get(column.key) if index < len(rows) else None)
            fixed = sheet is LISTS and place == 1
            _write(cell, FORMATS[column.kind], fill="" if fixed else TYPED, right=column.kind is not Kind.TEXT)
            cell.protection = Protection(locked=fixed)
        if column.choices:
            check = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', showErrorMessage=True)
            check.error, check.errorTitle = f"Choose one of {', '.join(column.choices)}.", column.heading
            check.add(f"{letter}{HEADING_ROW + 2}:{letter}{last}")
            page.add_data_validation(check)
    of_width = list(zip(sheet.columns, widths, strict=True))
    tall(page, HEADING_ROW, [Block(column.heading, width, SIZE, bold=True) for column, width in of_width])
    tall(page, HEADING_ROW + 1, [Block(_help(column), width, SMALL) for column, width in of_width])
    page.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW + 1}"
    page.freeze_panes = f"B{HEADING_ROW + 2}"
    if len(sheet.columns) > MOST_ON_A_PAGE:  # in print half of them on each page, beside the names
        page.page_setup.fitToWidth, page.print_title_cols = 2, "A:A"


def _help(column: Column) -> str:
    kind = "" if column.kind is Kind.TEXT else column.kind.value.partition(",")[0].removeprefix("a ")
    return "; ".join(filter(None, (kind, column.help)))


def _page(book: Workbook, title: str, heading: str, purpose: str) -> Worksheet:
    from openpyxl.worksheet.properties import PageSetupProperties

    page: Worksheet = book.create_sheet(title)
    _write(page.cell(1, 1, heading), bold=True, size=16)
    _write(page.cell(2, 1, purpose), muted=True)
    page.sheet_view.showGridLines = False
    page.protection.sheet = True  # without a password: against slips
    page.protection.formatColumns = page.protection.formatRows = False
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_margins.left = page.page_margins.right = MARGIN
    page.page_margins.top = page.page_margins.bottom = 2 * MARGIN
    page.row_dimensions[1].height = 24
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return page


def _write(
    cell: Cell | Any, form: str = "General", *, bold: bool = False, size: int = SIZE, muted: bool = False,
    fill: str = "", right: bool = False, wrap: bool = False,
) -> None:  # fmt: skip
    """Dress a cell."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell.font = Font(name="Arial", size=size, bold=bold, color=MUTED if muted else INK)
    cell.number_format = form
    cell.alignment = Alignment(
        horizontal="right" if right else "left", vertical="top", wrap_text=wrap, indent=int(bool(fill) or wrap)
    )
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
        line = Side("thin", color="D5DBE5")
        cell.border = Border(bottom=line, top=line, left=line, right=line)
