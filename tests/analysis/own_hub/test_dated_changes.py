"""The sheet of dated changes: what becomes of its rows, and what is refused with its cell."""

from __future__ import annotations

import datetime

import pytest

from analysis.own_hub.imported import checked, summary
from analysis.own_hub.options import options_of
from analysis.own_hub.read import read_workbook
from analysis.tell.dated_changes import change_sentences

pytestmark = pytest.mark.unit
SHEET = "Dated changes"
ROWS = [
    ("funding", "2021-10-01", None, None, None, "70%", None, None, None, "grant ends"),
    ("funding", "01/07/2022", None, None, None, 0.85, None, None, None, "half is restored"),
    ("post", "2021-05-01", "2022-04-01", "Therapist", 0.8, None, None, "7", "fixed term", "Jo"),
    ("sickness", "2021-12-13", "2022-02-14", "therapist", None, None, 2, None, None, None),
    ("maternity", "2021-06-14", "2022-03-07", "Therapist", 1, None, None, None, None, None),
    ("freeze", "2021-11-01", "2022-04-01", None, None, None, None, None, None, None),
    ("wave", "2022-01-01", "2022-03-01", None, None, None, 1.3, None, None, None),
]


def rows(*given):
    """What is typed into the sheet, by cell."""
    return {
        f"{SHEET}!{letter}{number}": value
        for number, row in enumerate(given, 6)
        for letter, value in zip("ABCDEFGHIJ", row, strict=True)
        if value is not None
    }


def test_every_row_becomes_a_change_with_its_dates_and_the_cells_it_came_from(filled_in, defaults):
    typed = rows(*ROWS) | {"Hub!B7": datetime.date(2021, 4, 1)}
    options = options_of(read_workbook(filled_in(typed)), defaults)
    changes = checked(options).changes
    assert list(changes) == [f"{row[0]}_{number}" for number, row in enumerate(ROWS, 1)]
    assert [(change.from_day, change.to_day) for change in changes.values()][:3] == [
        (183, None),
        (456, None),
        (30, 365),
    ]
    assert (changes["funding_2"].funded_share, changes["wave_7"].uptake_multiplier) == (0.85, 1.3)
    assert (changes["post_3"].role, changes["post_3"].contract, changes["post_3"].note) == (
        "therapist",
        "fixed_term",
        "Jo",
    )
    assert changes["sickness_4"].roles == ["therapist"]
    [scenario] = [option.text for option in options if option.path.startswith("scenario")]
    assert "funded_share: 0.7 # sheet Dated changes, cell F6" in scenario


def named(*names):
    """Sickness waves of the sheet, one a month, with these names."""
    waves = [("sickness", f"2021-{month:02}-01", f"2021-{month:02}-15", *[None] * 3, 2) for month in range(5, 12)]
    given = rows(*((*wave, None, None, None) for wave in waves[: len(names)]))
    return given | {f"{SHEET}!K{row}": name for row, name in enumerate(names, 6) if name}


def test_a_change_is_told_apart_by_its_name_and_one_without_by_its_kind_and_row(filled_in, defaults):
    typed = named("Winter flu", None, "2nd wave") | {"Hub!B7": datetime.date(2021, 4, 1)}
    config = checked(options_of(read_workbook(filled_in(typed)), defaults))
    assert list(config.changes) == ["winter_flu", "sickness_2", "the_2nd_wave"]
    assert change_sentences(config)["winter_flu"].startswith("2 times the sickness absence, from 1 May 2021")


def test_a_sheet_of_before_without_names_is_read_all_the_same(filled_in, defaults):
    def unnamed(book):
        assert book[SHEET]["K4"].value == "Name"
        book[SHEET].delete_cols(11)

    old = filled_in(rows(*ROWS[:1]), change=unnamed)
    assert list(checked(options_of(read_workbook(old), defaults)).changes) == ["funding_1"]


def test_import_lists_the_changes_that_hold_in_the_time_that_is_simulated(filled_in, defaults):
    typed = named("Winter flu", "Of last year") | {"Hub!B7": datetime.date(2021, 6, 15)}
    options = options_of(
        read_workbook(filled_in(typed | {f"{SHEET}!B6": "2021-07-01", f"{SHEET}!C6": "2021-07-15"})), defaults
    )
    [told] = summary(checked(options), options)[2:]
    assert told == "Dated changes: winter_flu, 2 times the sickness absence, from 1 July 2021 to 14 July 2021"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Winter flu", "winter  FLU"), "cell K7: winter_flu is what cell K6 is called too; give one another name"),
        (("Sickness 2", None), "cell A7: sickness_2 is what cell K6 is called too; give one another name"),
        (("?!", None), "cell K6: got '?!'; a name needs a letter or a digit"),
    ],
)
def test_names_of_changes_must_differ(filled_in, refusal_of, names, told):
    [line] = refusal_of(filled_in(named(*names)))
    assert line.endswith(told) and f"sheet {SHEET}" in line


def test_a_workbook_of_before_without_the_sheet_is_read_all_the_same(filled_in, defaults):
    old = filled_in(change=lambda book: book.remove(book[SHEET]))
    assert checked(options_of(read_workbook(old), defaults)).changes == {}


@pytest.mark.parametrize("typed", [20, "20", "-20%", -0.2])
def test_a_cut_typed_where_what_remains_is_asked_for_is_refused_with_what_to_type(filled_in, refusal_of, typed):
    [line] = refusal_of(filled_in(rows(("funding", "2021-10-01", None, None, None, typed, *[None] * 4))))
    assert "cell F6" in line and line.endswith("; type what remains: after a cut of 20% type 80%")


def test_import_counts_posts_whose_first_day_is_known_beside_the_establishment(filled_in, defaults):
    left = ("post", "2020-05-01", "2021-01-01", "Therapist", 1, None, None, "7", "agency", None)
    typed = rows(ROWS[2], left) | {"Hub!B7": datetime.date(2021, 4, 1)}
    options = options_of(read_workbook(filled_in(typed)), defaults)
    assert summary(checked(options), options)[0].endswith(", and 0.8 WTE from 1 May 2021 (sheet Dated changes)")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("funding", "2021-10-01", *[None] * 8), "A6: a row of funding needs Share funded; type it in its row"),
        (("freeze", "2021-10-01", "2022-01-01", None, 2, *[None] * 5), "E6: a row of freeze has no use for WTE; empty"),
        (("freeze", "2021-10-01", "2021-01-01", *[None] * 7), "C6: until 2021-01-01, but it begins on 2021-10-01"),
        (
            ("sickness", "2021-10-01", "2022-01-01", "Nurse", None, None, 2, *[None] * 3),
            "D6: the sheet Job plans has no",
        ),
        (("strike", "2021-10-01", "2022-01-01", *[None] * 7), "A6: Change: got 'strike'; "),
        (
            ("maternity", "2021-10-01", "2022-01-01", "Therapist", 5, *[None] * 5),
            "E6: got 5; ",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_cell(filled_in, refusal_of, row, told):
    [line] = refusal_of(filled_in(rows(row)))
    assert told in line and f"sheet {SHEET}, cell" in line
