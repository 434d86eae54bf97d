"""What can be read but hardly be meant is said with its cell; what surely is not meant is refused."""

from __future__ import annotations

import datetime

import pytest

from analysis.own_hub.imported import checked
from analysis.own_hub.options import options_of
from analysis.own_hub.read import read_workbook

pytestmark = pytest.mark.unit
FIRST = {"Hub!B7": datetime.date(2022, 4, 1)}


def months(letter, *values):
    """Figures of the twelve months of the sheet."""
    return {f"Months!{letter}{row}": value for row, value in enumerate(values, 6)}


@pytest.fixture
def remarks_of(filled_in, defaults):
    def said(typed):
        filled = read_workbook(filled_in(typed))
        options_of(filled, defaults)
        return filled.remarks

    return said


REFUSED = {
    "a wait of nobody": ({"Lists!C7": 24}, "sheet Lists, cell C7: 24 days waited of nobody"),
    "sessions left of nobody": ({"Lists!B7": 22, "Lists!C9": 6}, "sheet Lists, cell C9: 6 sessions left of nobody"),
    "a list under another name": ({"Lists!A7": "Triage"}, "sheet Lists, cell A7: there is no list 'Triage'"),
    "a point for thousands": ({"Staff groups!C6": "24.000"}, "cell C6: People: got '24.000'; a point"),
    "a point for thousands of pounds": ({"Prices!B6": "22.549"}, "cell B6: Entry: got '22.549'; a point"),
    "more referrals than people": (
        {"Staff groups!C6": 24, "Staff groups!I6": 230},
        "sheet Staff groups, cell I6: 230 referrals a year from 24 people",
    ),
    "more referrals than people in months": (months("B", *[30000] * 12), "sheet Months: 36"),
}  # fmt: skip
REMARKED = {
    "no caseload": ({"Lists!B7": 22, "Lists!B8": 31}, "cell A9: 'In therapy (sessions left)' has no people"),
    "no wait": ({"Lists!B7": 22}, "sheet Lists, cell B7: how many days waited is empty: taken as 14"),
    "referrals of a tenth": ({"Staff groups!C6": 1000, "Staff groups!I6": 230}, "I6: 230 referrals a year from 1,000"),
    "groups against months": (
        {f"Staff groups!I{row}": 400 for row in range(6, 12)} | months("B", *[43] * 12),
        "sheet Staff groups, cell I6: the groups have 2,400 referrals a year, the sheet Months 516",
    ),
    "some groups already beyond the months": (
        {"Staff groups!I6": 900} | months("B", *[43] * 12),
        "sheet Staff groups, cell I6: the groups have 900 referrals a year, the sheet Months 516",
    ),
    "months of another year": (
        {"Hub!B7": datetime.date(2025, 4, 1)} | months("B", 40, 41),
        "sheet Months: they are April 2020 to May 2020, and the first day is 1 April 2025: are the years right?",
    ),
    "a month that is left out": (
        months("B", 40, 41, None, 43),
        "sheet Months: June 2020 is not filled in between: simulated, and not compared",
    ),
    "a month kept back between larger ones": (
        months("B", 41, 38, "<5", *[40] * 9), "sheet Months, cell B8: Referrals <5 in June 2020"
    ),
    "a contract typed until its last day": (
        FIRST | {"Posts!G6": "31/03/2023"},
        "sheet Posts, cell G6: funded until 31 March 2023, which is the first day without; type 01/04/2023 if",
    ),
    "leave typed until its last day": (
        FIRST | {f"Dated changes!{letter}6": value for letter, value in zip(
            "ABCDE", ("maternity", "2022-06-01", "2022-11-30", "Therapist", 1), strict=True)},
        "sheet Dated changes, cell C6: until 30 November 2022, which is the first day without; type 01/12/2022 if",
    ),
    "a month of a digit more": (months("B", 41, 38, 380, *[40] * 9), "sheet Months, cell B8: Referrals 380 in"),
    "a month of nothing": (months("B", *[40] * 11, 0), "sheet Months, cell B17: Referrals 0 in"),
    "more assessed than met": ({"Months!C6": 900, "Months!H6": 190}, "cell C6: Assessed 900, more than the 190"),
    "more missed than kept": ({"Months!I6": 900, "Months!H6": 190}, "cell I6: Missed 900, more than the 190"),
    "recruited before the first day": (FIRST | {"Posts!F6": "01/05/2021"}, "cell F6: recruited from 2021-05-01"),
    "a post that ended": (
        FIRST | {"Posts!F6": "01/05/2020", "Posts!G6": "01/05/2021"},
        "sheet Posts, cell G6: funded until 2021-05-01, before the first day",
    ),
    "a freeze that ended": (
        FIRST | {"Dated changes!A6": "freeze", "Dated changes!B6": "2021-01-01", "Dated changes!C6": "2021-02-01"},
        "sheet Dated changes, cell C6: until 2021-02-01, before the first day",
    ),
    "funding of before": (
        FIRST | {"Dated changes!A6": "funding", "Dated changes!B6": "2021-01-01", "Dated changes!F6": 0.7},
        "sheet Dated changes, cell B6: from 2021-01-01, before the first day",
    ),
    "a group nearly called as ours": (
        {"Staff groups!A8": "ambulence"},
        "A8: there is no default for 'ambulence', so it refers as its sector does on average; did you mean ambulance?",
    ),
    "a group nearly called as one of ours of several words": (
        {"Staff groups!A6": "NHS hospitals and communities"},
        "A6: there is no default for 'NHS hospitals and communities', so it refers as its sector does on average; "
        "did you mean NHS hospital and community?",
    ),
    "a group of one's own, well spelt or not": (
        {"Staff groups!A8": "acute trsut"},
        "A8: there is no default for 'acute trsut', so it refers as its sector does on average; type its Referrals "
        "last year if you know them",
    ),
    "somebody of last year": (
        FIRST | {f"Dated changes!{letter}6": value for letter, value in zip(
            "ABCDEHI", ("post", "2021-06-01", "2022-02-01", "Therapist", 1, "7", "agency"), strict=True)},
        "it holds only in the months before, which hub check and hub fit simulate",
    ),
    "what a cut leaves": (
        FIRST | {"Dated changes!A6": "funding", "Dated changes!B6": "2022-10-01", "Dated changes!F6": "20%",
                 "Dated changes!D6": "Therapist"},
        "sheet Dated changes, cell F6: from 1 October 2022 20% of 1 WTE is funded, that is 0.2 WTE",
    ),
    "whom a cut does not touch": (
        FIRST | {"Dated changes!A6": "funding", "Dated changes!B6": "2022-10-01", "Dated changes!F6": 0.8}
        | {f"Dated changes!{letter}7": value for letter, value in zip(
            "ABDEHI", ("post", "2022-07-01", "Therapist", 1, "7", "substantive"), strict=True)},
        ", and 1 WTE known from 1 July 2022, which this does not touch",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_cell(case, filled_in, refusal_of):
    typed, told = REFUSED[case]
    lines = refusal_of(filled_in(typed))
    assert any(told in line for line in lines), lines


@pytest.mark.parametrize("case", REMARKED)
def test_what_is_hardly_meant_is_said_with_its_cell(case, remarks_of):
    typed, told = REMARKED[case]
    remarks = remarks_of(typed)
    assert any(told in line for line in remarks), remarks


def test_a_believable_workbook_is_not_doubted(remarks_of):
    referred = [52, 55, 57, 40, 48, 44, 61, 47, 50, 53, 57, 54]
    lists = {f"Lists!{letter}{row}": 12 for letter in "BC" for row in range(6, 10)}
    growing = months("E", *range(10, 130, 10))
    groups = {f"Staff groups!I{row}": value for row, value in enumerate([330, 60, 55, 50, 60, 80], 6)}
    assert remarks_of(months("B", *referred) | lists | growing | groups) == []


def test_a_group_of_ours_may_be_called_as_its_key(remarks_of):
    assert remarks_of({"Staff groups!A6": "NHS hospital community", "Staff groups!A8": "Ambulance"}) == []


def test_maternity_leave_may_be_of_somebody_who_is_known_to_start(filled_in, defaults):
    rows = [
        ("post", "2022-09-05", None, "Therapist", 1, None, None, "7", "substantive"),
        ("maternity", "2023-02-01", "2023-09-01", "Therapist", 2, None, None, None, None),
    ]
    typed = FIRST | {
        f"Dated changes!{letter}{row}": value
        for row, cells in enumerate(rows, 6)
        for letter, value in zip("ABCDEFGHI", cells, strict=True)
    }
    changes = checked(options_of(read_workbook(filled_in(typed)), defaults)).changes
    assert changes["maternity_2"].wte == 2


def test_maternity_leave_cannot_be_of_somebody_who_has_not_started_yet(filled_in, refusal_of):
    rows = [
        ("post", "2022-09-05", None, "Therapist", 1, None, None, "7", "substantive"),
        ("maternity", "2022-08-01", "2023-09-01", "Therapist", 2, None, None, None, None),
    ]
    typed = FIRST | {
        f"Dated changes!{letter}{row}": value
        for row, cells in enumerate(rows, 6)
        for letter, value in zip("ABCDEFGHI", cells, strict=True)
    }
    [line] = refusal_of(filled_in(typed))
    assert "sheet Dated changes, cell E7: got 2; therapist has 1 WTE in post" in line
