"""What the model refuses of a workbook is refused with sheet and cell, whichever of its checks it is."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.unit

FUNDING = {"Dated changes!A{}": "funding", "Dated changes!B{}": "2021-06-01", "Dated changes!F{}": 0.5}
TWICE = {place.format(row): value for row in (6, 7) for place, value in FUNDING.items()}
LEAVE = {"A": "maternity", "B": "2021-06-01", "C": "2021-09-01", "D": "therapist", "E": 5}
SICK = {"A": "sickness", "B": "2021-06-01", "C": "2021-09-01", "G": 99}
REFUSED = {
    "a number out of its bounds": ({"Posts!C6": 1e6}, "Posts, cell C6: got 1000000.0; must be 500.0 or less"),
    "a number that must be above 0": ({"Job plans!B6": 0}, "Job plans, cell B6: got 0.0; must be more than 0.0"),
    "a whole number out of its bounds": ({"Hub!B21": 0}, "Hub, cell B21: Days between sessions of CBT: got 0; must be"),
    "a first day beyond the calendar": ({"Hub!B7": "1800-01-01"}, "Hub, cell B7"),
    "shares that exceed the whole": ({"Hub!B15": 1}, "Hub, cell B16: Assessments cancelled by the client: got 0.12"),
    "a share beside a default of ours": ({"Hub!B23": 1}, "Hub, cell B23"),
    "a number above that of another cell": ({"Hub!B31": 1}, "whole-time equivalent (sheet Hub, cell B31) 1"),
    "a role whose plan lacks a modality": ({"Job plans!H7": "no", "Job plans!J7": "no"}, "cell G7: got none"),
    "therapy that nobody gives": ({"Job plans!I6": "no"}, "Job plans, cell I4: no role gives it"),
    "two steps of funding at once": (TWICE, "cell B7: got 2021-06-01; sheet Dated changes, cell A6 begins on that day"),
    "more leave than posts": (
        {f"Dated changes!{column}6": value for column, value in LEAVE.items()},
        "Dated changes, cell E6: got 5; therapist has 1 WTE in post",
    ),
    "nearly everybody sick": (
        {f"Dated changes!{column}6": value for column, value in SICK.items()},
        "Dated changes, cell G6: got 99; with all waves",
    ),
    "a list beyond memory": ({"Lists!B7": 10**8, "Lists!C7": 10}, "Lists, cell B7: got 100000000"),
    "people beyond memory": ({"Staff groups!C6": 10**8}, "Staff groups, cell C6: got 100000000"),
}  # fmt: skip


@pytest.mark.parametrize("check", REFUSED)
def test_every_check_of_the_model_names_the_cell_of_the_workbook(check, filled_in, refusal_of):
    typed, told = REFUSED[check]
    lines = refusal_of(filled_in(typed))
    assert any(told in line for line in lines), lines
    assert all(line.startswith("my-hub.xlsx, sheet ") and ", cell " in line for line in lines), lines
    assert not any(".yaml" in line or "pathway.modalities" in line for line in lines)
