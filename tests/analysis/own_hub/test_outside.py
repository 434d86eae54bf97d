"""What stands outside what is read: said with its cell, or refused where it may be somebody's number."""

from __future__ import annotations

import datetime

import pytest
from openpyxl import load_workbook

from analysis.commands import main, own_hub
from analysis.own_hub.read import read_workbook
from analysis.own_hub.typed import month_of
from analysis.own_hub.write import empty_workbook
from sim.errors import ConfigProblem, HubError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("place", ["Posts!H7", "Hub!H3", "Months!B40", "Read me!C3", "Posts!C7"])
@pytest.mark.parametrize("number", [9434765919, "943 476 5919", "NHS no. 943-476-5919"])
def test_ten_digits_are_refused_wherever_they_stand(place, number, filled_in):
    with pytest.raises(ConfigProblem) as refused:
        read_workbook(filled_in({place: number}))
    sheet, _, cell = place.partition("!")
    assert any(f"sheet {sheet}, cell {cell}: holds ten digits" in line for line in refused.value.lines)
    assert not any("943" in line and "ten digits" in line for line in refused.value.lines)


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("Posts!H7", "actually 2.6 from May", "sheet Posts, cell H7: 'actually 2.6 from May' is not read"),
        ("Hub!G15", "see notes", "sheet Hub, cell G15: 'see notes' is not read"),
        ("Hub!D15", "15%", "sheet Hub, cell D15: '15%' is not read: it is under Default"),
        ("Hub!D15", 0.15, "type it into cell B15 if you mean it"),
    ],
)
def test_what_stands_beside_what_is_read_is_said(place, value, told, filled_in):
    remarks = read_workbook(filled_in({place: value})).remarks
    assert any(told in remark for remark in remarks), remarks


def test_other_months_to_look_ahead_leave_the_default_beside_them_alone(filled_in):
    assert read_workbook(filled_in({"Hub!B8": 24})).remarks == []
    [remark] = read_workbook(filled_in({"Hub!D8": 24})).remarks
    assert "sheet Hub, cell D8: '24' is not read" in remark


@pytest.mark.parametrize("day", ["2021-04-01", "2024-04-01", "2026-11-01"])
def test_a_workbook_as_written_has_nothing_beside_what_is_read(day, tmp_path):
    file = tmp_path / "my-hub.xlsx"
    file.write_bytes(empty_workbook(day))
    assert read_workbook(file).remarks == []


def test_a_default_of_a_price_year_has_the_source_of_that_year(tmp_path):
    file = tmp_path / "my-hub.xlsx"
    file.write_bytes(empty_workbook("2022-06-01"))
    rows = {row[0]: row for row in load_workbook(file)["Hub"].iter_rows(values_only=True)}
    insurance, pension = rows["Employer's National Insurance"], rows["Employer's pension contribution"]
    assert insurance[3] == 0.1453
    assert insurance[5].startswith("Employer's National Insurance 2022/23")
    assert "As in 2024/25" not in pension[5]


def test_a_new_workbook_says_its_first_day_and_prices_and_takes_uk_dates(tmp_path, capsys):
    assert main(["new", str(tmp_path / "two lists"), "--first-day", "01/06/2022"]) == 0
    said = capsys.readouterr().out
    assert "begins on 2022-06-01 at prices of 2022/23" in said
    assert f'hub import "{tmp_path / "two lists" / "my-hub.xlsx"}"' in said
    assert load_workbook(tmp_path / "two lists" / "my-hub.xlsx")["Hub"]["B7"].value == datetime.datetime(2022, 6, 1)


def test_a_new_workbook_says_which_months_it_asks_for_and_takes_others(tmp_path, capsys):
    assert main(["new", str(tmp_path / "before"), "--first-day", "2022-06-15"]) == 0
    assert "asks for June 2021 to May 2022 (others: --months-from)" in capsys.readouterr().out
    assert main(["new", str(tmp_path / "after"), "--first-day", "2022-06-15", "--months-from", "06/2022"]) == 0
    assert "asks for June 2022 to May 2023" in capsys.readouterr().out
    page = load_workbook(tmp_path / "after" / "my-hub.xlsx")["Months"]
    assert [page["A6"].value, page["A17"].value] == [datetime.datetime(2022, 6, 1), datetime.datetime(2023, 5, 1)]
    assert page["A6"].number_format == "mmmm yyyy"
    assert "\n2022-06,,,," in (tmp_path / "after" / "mhsds-f06.csv").read_text(encoding="utf-8")
    with pytest.raises(HubError, match="--months-from: got 'April'; type a month with its year"):
        own_hub.new([str(tmp_path / "no"), "--months-from", "April"])
    assert not (tmp_path / "no").exists()


def test_two_days_of_one_month_are_refused_with_both_cells(filled_in):
    with pytest.raises(ConfigProblem, match=r"cell A7: '2020-04-01' is in A6 too; keep one"):
        read_workbook(filled_in({"Months!A6": "2020-04-01", "Months!A7": "30/04/2020"}))


@pytest.mark.parametrize(
    ("first_day", "told"),
    [
        ("2021-04-01", "Months: 2 filled in, April 2020 to June 2020, before the first day, 1 April 2021"),
        ("2020-04-15", "Months: 2 filled in, April 2020 to June 2020, from the first day, 15 April 2020"),
        ("2020-05-01", "Months: 2 filled in, April 2020 to June 2020, around the first day, 1 May 2020"),
    ],
)
def test_import_says_which_months_it_took(filled_in, first_day, told, capsys):
    day = datetime.date.fromisoformat(first_day)
    assert main(["import", str(filled_in({"Hub!B7": day, "Months!B6": 40, "Months!B8": 41}))]) == 0
    assert told in capsys.readouterr().out.splitlines()


def test_the_months_are_those_of_the_workbook_that_was_imported(filled_in, tmp_path, capsys):
    from argparse import Namespace

    from analysis.commands.own_hub import actual_of

    months = {f"Months!B{row}": 40 + row for row in range(6, 18)}
    ok = filled_in(months).rename(tmp_path / "ok.xlsx")
    filled_in()
    assert main(["import", str(ok)]) == 0
    capsys.readouterr()
    actual, name = actual_of(Namespace(actual=None, FOLDER=tmp_path))
    assert (name, len(actual)) == ("ok.xlsx", 12)


@pytest.mark.parametrize("text", ["2022-09", "09/2022", "9/2022", "2022-9", "14/09/22", "2022-9-14", "Sep 2022"])
def test_a_month_is_read_as_people_write_it(text):
    assert month_of(text) == datetime.date(2022, 9, 1)


@pytest.mark.parametrize("text", ["2022", "13/2022", "soon", "9/22/2022", "April", "Apr", "04"])
def test_what_is_no_month_is_told_how_a_month_is_written(text):
    with pytest.raises(ValueError, match="type a month with its year, as April 2022 or 2022-04"):
        month_of(text)


def test_a_missing_sheet_and_a_wrong_band_are_told_with_every_other_mistake(filled_in):
    def change(book):
        book.remove(book["Months"])
        book["Posts"]["B6"], book["Posts"]["C7"], book["Prices"]["A7"] = "9", "two", "VSM"
        book["Hub"]["B13"] = datetime.time(8, 30)

    with pytest.raises(ConfigProblem) as refused:
        read_workbook(filled_in(change=change))
    said = str(refused.value)
    assert all(
        told in said
        for told in (
            "the sheet Months is missing",
            "sheet Posts, cell B6: Band: got '9'; choose one of 2, 3",
            "sheet Posts, cell C7: WTE: got 'two'",
            "sheet Prices, cell A7: Band: got 'VSM'",
            "sheet Hub, cell B13: Minutes with the client in an assessment: got the time 08:30",
        )
    ), said
    assert len(refused.value.lines) == 5


def test_a_group_without_a_letter_is_refused_with_its_cell(filled_in, refusal_of):
    lines = refusal_of(filled_in({"Staff groups!A6": "\N{HOSPITAL}"}))
    assert any(
        "sheet Staff groups, cell A6: got '\N{HOSPITAL}'; a name needs a letter or a digit" in line for line in lines
    )


def test_a_group_called_yes_is_refused_with_its_cell(filled_in):
    with pytest.raises(ConfigProblem) as refused:
        read_workbook(filled_in({"Staff groups!A6": True}))
    assert "sheet Staff groups, cell A6: Staff group: got 'True'; type text: it is true or false" in str(refused.value)
