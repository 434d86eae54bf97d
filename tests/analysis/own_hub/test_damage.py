"""Whatever happens to a workbook, it is read as its author meant it or refused with sheet and cell."""

from __future__ import annotations

import datetime
import zipfile

import pytest

from analysis.own_hub.options import options_of
from analysis.own_hub.read import read_workbook
from sim.errors import HubError

pytestmark = pytest.mark.unit

UNREADABLE = {
    "text in a number": ("Posts!C6", "two", "sheet Posts, cell C6: WTE: got 'two'; type a number"),
    "a decimal comma": ("Posts!C6", "1,5", "sheet Posts, cell C6: WTE: got '1,5'; write a point, not a comma: 1.5"),
    "a range": ("Posts!C6", "1-2", "sheet Posts, cell C6"),
    "a unit": ("Posts!C6", "2 WTE", "sheet Posts, cell C6"),
    "a negative number": ("Posts!C6", -1, "sheet Posts, cell C6"),
    "a negative number as text": ("Posts!C6", "-1", "sheet Posts, cell C6"),
    "brackets for a negative number": ("Posts!C6", "(1)", "sheet Posts, cell C6"),
    "true": ("Posts!C6", True, "sheet Posts, cell C6"),
    "a date in a number": ("Posts!C6", datetime.datetime(2022, 4, 1), "sheet Posts, cell C6"),
    "a percent sign in a number": ("Posts!C6", "50%", "sheet Posts, cell C6"),
    "a formula": ("Posts!C6", "=1+1", "sheet Posts, cell C6: got the formula =1+1; type its value"),
    "a formula to another workbook": ("Posts!C6", "='[pay.xlsx]Sheet1'!A1", "sheet Posts, cell C6: got the formula"),
    "an error": ("Posts!C6", "#REF!", "sheet Posts, cell C6: got the error #REF!"),
    "not a number": ("Posts!C6", "#N/A", "sheet Posts, cell C6: got the error"),
    "a number beyond belief": ("Posts!C6", 1e12, "sheet Posts, cell C6"),
    "an emptied number": ("Posts!C6", None, "sheet Posts, cell C6: WTE is empty"),
    "spaces alone": ("Posts!C6", "   ", "sheet Posts, cell C6: WTE is empty"),
    "half a person": (
        "Staff groups!C6",
        7500.5,
        "sheet Staff groups, cell C6: People: got '7500.5'; type a whole number",
    ),
    "separators in the wrong place": ("Staff groups!C6", "75,00", "sheet Staff groups, cell C6"),
    "a share over 100": ("Staff groups!D6", "120%", "sheet Staff groups, cell D6"),
    "a percentage without its sign": ("Staff groups!D6", 77, "sheet Staff groups, cell D6: Women: got '77'"),
    "a share in words": ("Staff groups!D6", "most", "sheet Staff groups, cell D6"),
    "a sector of one's own": (
        "Staff groups!B6",
        "council",
        "sheet Staff groups, cell B6: Sector: got 'council'; choose one of",
    ),
    "shares beyond the whole": (
        "Staff groups!E6",
        0.99,
        "sheet Staff groups, cell E6: minority ethnic and white other",
    ),
    "a group twice": ("Staff groups!A7", "NHS hospital and community", "sheet Staff groups, cell A7"),
    "groups too much alike": ("Staff groups!A7", "Ambulance!", "sheet Staff groups, cell A8"),
    "no name": ("Staff groups!A6", None, "sheet Staff groups, cell A6: Staff group is empty"),
    "a band that is not there": ("Posts!B6", "9", "sheet Posts, cell B6"),
    "a role without a job plan": ("Posts!A6", "psychiatrist", "sheet Posts, cell A6: the sheet Job plans has no role"),
    "an unknown kind of post": ("Posts!D6", "permanent", "sheet Posts, cell D6: Kind: got 'permanent'; choose one of"),
    "an impossible date": (
        "Posts!F6",
        "31/02/2022",
        "sheet Posts, cell F6: Recruited from: got '31/02/2022'; there is no such day",
    ),
    "a day without its year": ("Posts!F6", "1 April", "sheet Posts, cell F6"),
    "a number for a date": ("Posts!F6", 365, "sheet Posts, cell F6"),
    "an end before the beginning": ("Posts!G6", "01/04/1999", "sheet Posts, cell"),
    "a plan that does not add up": ("Job plans!B6", None, "sheet Job plans, cell B6: Hours for clients is empty"),
    "a supervisor who is not there": ("Job plans!C7", "matron", "sheet Job plans, cell C7: there is no role matron"),
    "perhaps": ("Job plans!H6", "perhaps", "sheet Job plans, cell H6"),
    "more hours than the week": ("Job plans!B6", 50, "sheet Job plans, cell B6"),
    "pay that falls": ("Prices!C6", 99999, "sheet Prices, cell C6: got 18,546, 99,999, 19,918; pay must rise"),
    "a band of another scale": ("Prices!A6", "VSM", "sheet Prices, cell A6"),
    "pay in words": ("Prices!B6", "about 22k", "sheet Prices, cell B6"),
    "people of a list in words": ("Lists!B6", "many", "sheet Lists, cell B6"),
    "a month twice": ("Months!A7", datetime.date(2020, 4, 1), "sheet Months, cell A7"),
    "a month in words": ("Months!A6", "last spring", "sheet Months, cell A6"),
    "referrals with a comma": ("Months!B6", "5,5", "sheet Months, cell B6"),
    "the first day emptied": ("Hub!B7", None, "sheet Hub, cell B7"),
    "a first day in American": ("Hub!B7", "13/13/2021", "sheet Hub, cell B7"),
    "no months ahead": ("Hub!B8", 0, "sheet Hub, cell B8"),
    "a name like a formula": ("Hub!B6", "+cmd|' /C calc'!A0", "sheet Hub, cell B6"),
    "a label typed over": ("Hub!A10", "something else", "sheet Hub: the row"),
    "a heading typed over": ("Posts!C4", "Whole time", "sheet Posts: the column WTE is missing"),
    "the first heading typed over": ("Posts!A4", "Job", "sheet Posts: the heading Role is missing"),
    "a heading twice": ("Posts!H4", "WTE", "sheet Posts, cell H4: a second heading"),
}
READABLE = {
    "a separator of thousands": ("Staff groups!C6", "75,000", 75000),
    "a space of Word's": ("Staff groups!C6", "\u00a075,000 ", 75000),
    "a percent sign": ("Staff groups!D6", "77%", 0.77),
    "a percent sign after a space": ("Staff groups!D6", "77 %", 0.77),
    "pounds": ("Prices!B6", "£22,549", 22549),
    "a UK date": ("Posts!F6", "01/04/2022", datetime.date(2022, 4, 1)),
    "a date with points": ("Posts!F6", "1.4.2022", datetime.date(2022, 4, 1)),
    "a written month": ("Posts!F6", "1 Apr 2022", datetime.date(2022, 4, 1)),
    "a date of Excel's": ("Posts!F6", datetime.datetime(2022, 4, 1), datetime.date(2022, 4, 1)),
    "an ISO date": ("Posts!F6", "2022-04-01", datetime.date(2022, 4, 1)),
    "a number as text": ("Posts!C6", " 0.5", 0.5),
    "capitals": ("Posts!D6", "Substantive", "substantive"),
    "a space for a line": ("Posts!D6", "fixed term", "fixed_term"),
    "a band as a number": ("Posts!B9", 7, "7"),
}


@pytest.mark.parametrize("damage", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_sheet_and_cell(damage, filled_in, refusal_of):
    place, typed, told = UNREADABLE[damage]
    lines = refusal_of(filled_in({place: typed}))
    assert any(told in line for line in lines), lines


@pytest.mark.parametrize("form", READABLE)
def test_what_people_type_is_read_as_they_mean_it(form, filled_in):
    place, typed, meant = READABLE[form]
    sheet, _, cell = place.partition("!")
    tables = read_workbook(filled_in({place: typed})).tables
    found = {each.where.rpartition(" ")[2]: each.value for row in tables[sheet] for each in row.values()}
    assert found[cell] == meant


CHANGES = {
    "a missing sheet": (lambda book: book.remove(book["Posts"]), "the sheet Posts is missing"),
    "a renamed sheet": (lambda book: setattr(book["Posts"], "title", "Post list"), "is missing; rename Post list"),
    "merged cells": (lambda book: book["Posts"].merge_cells("A6:B6"), "sheet Posts, cell A6:B6: cells are merged"),
    "a row far below": (lambda book: book["Posts"].cell(5000, 1, "x"), "sheet Posts: got 5,000 rows"),
    "a column far away": (lambda book: book["Posts"].cell(6, 900, "x"), "sheet Posts: got"),
    "no staff group": (lambda book: book["Staff groups"].delete_rows(6, 20), "sheet Staff groups: no row is filled in"),
    "a role without posts": (lambda book: book["Posts"].delete_rows(6, 40), "has no post of the role"),
}  # fmt: skip


@pytest.mark.parametrize("damage", CHANGES)
def test_a_damaged_sheet_is_refused_by_name(damage, filled_in, refusal_of):
    change, told = CHANGES[damage]
    lines = refusal_of(filled_in(change=change))
    assert any(told in line for line in lines), lines


def test_rows_may_be_taken_out_put_in_and_sorted(filled_in):
    def change(book):
        page = book["Staff groups"]
        page.delete_rows(8, 2)
        page.insert_rows(6)

    assert len(read_workbook(filled_in(change=change)).tables["Staff groups"]) == 4


def test_a_sheet_and_a_column_that_are_not_read_are_told_of(filled_in):
    def change(book):
        book.create_sheet("Notes")
        book["Posts"].cell(4, 9, "Comment")

    remarks = read_workbook(filled_in(change=change)).remarks
    assert any("sheet Notes: not read" in line for line in remarks)
    assert any("cell I4: column 'comment' is not read" in line for line in remarks)


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".ods", ".csv"])
def test_another_kind_of_file_is_told_to_be_saved_as_a_workbook(suffix, tmp_path):
    file = tmp_path / f"my-hub{suffix}"
    file.write_bytes(b"x")
    with pytest.raises(HubError, match=r"save it as \.xlsx"):
        read_workbook(file)


def test_macros_under_the_name_of_a_workbook_are_refused(filled_in):
    path = filled_in()
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"macro")
    with pytest.raises(HubError, match="holds macros"):
        read_workbook(path)


def test_a_file_of_fifty_megabytes_and_one_that_unpacks_to_more_are_refused_unread(tmp_path):
    large = tmp_path / "large.xlsx"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(HubError, match="got 50 MB"):
        read_workbook(large)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    with pytest.raises(HubError, match="unpacked"):
        read_workbook(bomb)


@pytest.mark.parametrize("content", [b"", b"PK", b"\xd0\xcf\x11\xe0 locked", b"not a workbook"])
def test_what_is_no_workbook_is_refused_in_a_line(content, tmp_path):
    file = tmp_path / "my-hub.xlsx"
    file.write_bytes(content)
    with pytest.raises(HubError, match="not an Excel workbook, or is locked"):
        read_workbook(file)


def test_a_workbook_cut_short_is_refused_in_a_line(filled_in):
    path = filled_in()
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content[: len(content) // 2] if name.endswith("sheet2.xml") else content)
    with pytest.raises(HubError, match="is damaged"):
        read_workbook(path)


def test_the_workbook_as_written_comes_to_the_defaults(filled_in, defaults):
    options = options_of(read_workbook(filled_in()), defaults)
    assert {option.path for option in options} == {
        f"{part}/my_hub.yaml" for part in ("population", "demand", "staffing", "costs", "scenario")
    }
