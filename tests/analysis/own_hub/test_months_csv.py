"""Months of national data: small numbers suppressed, others rounded, and never a person."""

from __future__ import annotations

import datetime
import json

import numpy as np
import pytest

from analysis.own_hub.actual import Within, as_lists, known_within, of_lists, published
from analysis.own_hub.check import ABOVE, BELOW, INSIDE, Month, by_figure, happened, mean_of
from analysis.own_hub.months_csv import NATIONAL, TEMPLATE, read_actual, template
from analysis.own_hub.months_kept import months_csv, read_months
from analysis.own_hub.read import read_workbook
from analysis.own_hub.track import drivers
from sim.errors import ConfigProblem, HubError
from sim.measures.months import MONTHLY

pytestmark = pytest.mark.unit
APRIL = datetime.date(2022, 4, 1)
HEADING = "month," + ",".join(NATIONAL)


def read(tmp_path, text):
    file = tmp_path / TEMPLATE
    file.write_text(text, encoding="utf-8")
    return read_actual(file)


def test_the_template_is_read_when_it_is_filled_in(tmp_path):
    empty = template(datetime.date(2021, 4, 1))
    with pytest.raises(HubError, match="holds no month"):
        read(tmp_path, empty)
    filled = empty.replace("2022-03,,,,", "2022-03,52,131,12,44")
    march = datetime.date(2022, 3, 1)
    assert read(tmp_path, filled) == {
        ("referrals", march): 52, ("care_contacts", march): 131, ("missed", march): 12, ("closed", march): 44,
    }  # fmt: skip
    assert set(NATIONAL.values()) <= set(MONTHLY)


def test_small_numbers_and_rounded_ones_are_known_within_bounds(tmp_path):
    found = read(tmp_path, f"{HEADING}\n2022-04,45,5,*,0\n")
    assert {figure: known_within(value) for (figure, _), value in found.items()} == {
        "referrals": (43, 47), "care_contacts": (5, 7), "missed": (0, 4), "closed": (0, 2),
    }  # fmt: skip


@pytest.mark.parametrize(("typed", "most"), [("*", 4), ("<5", 4), ("< 5", 4), ("≤4", 4), ("<10", 9)])
def test_a_count_that_is_kept_back_is_known_within_bounds_however_it_is_written(tmp_path, filled_in, typed, most):
    found = read(tmp_path, f"{HEADING}\n2022-04,45,131,{typed},40\n")
    assert known_within(found["missed", APRIL]) == (0, most)
    typed_in = happened(read_workbook(filled_in({"Months!A6": APRIL, "Months!B6": 40, "Months!I6": typed})))
    assert known_within(typed_in["missed", APRIL]) == (0, most)
    assert not isinstance(typed_in["referrals", APRIL], Within)


def test_counts_that_are_no_multiples_of_five_are_exact_beside_a_suppressed_one(tmp_path):
    found = read(tmp_path, f"{HEADING}\n2022-04,45,131,*,40\n")
    assert {figure: known_within(value) for (figure, _), value in found.items()} == {
        "referrals": (45, 45), "care_contacts": (131, 131), "missed": (0, 4), "closed": (40, 40),
    }  # fmt: skip


def test_a_hubs_own_figures_are_never_taken_as_rounded(tmp_path):
    assert not any(isinstance(value, Within) for value in read(tmp_path, "month,referrals\n2022-04,45\n").values())


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(4.0, 9.0, INSIDE), (0.0, 1.0, INSIDE), (4.5, 9.0, BELOW), (-3.0, -1.0, ABOVE)]
)
def test_a_suppressed_month_is_outside_only_if_all_that_it_may_be_is(low, high, verdict):
    assert Month("missed", APRIL, Within(2, 0, 4, "*"), (low + high) / 2, low, high, 2.0).verdict == verdict


def test_what_is_written_never_shows_a_suppressed_count_as_a_number():
    rows = [Month("missed", APRIL, Within(2, 0, 4, "*"), 3.0, 1.0, 5.0, 3.2)]
    assert months_csv(rows).splitlines()[1] == "missed,2022-04-01,*,3.0,1.0,5.0,inside,0,4,3.2"
    assert mean_of(by_figure(rows)[0]) == "0 to 4"


def test_bounds_that_read_alike_are_shown_once():
    rows = [Month("missed", APRIL, value, 3.0, 1.0, 5.0, 3.2) for value in (Within(2, 0, 4, "*"), *[26.0] * 60)]
    assert mean_of(by_figure(rows)[0]) == "26"


def test_months_that_were_written_are_read_back_as_they_were(tmp_path):
    actual = {("missed", APRIL): Within(4.5, 0, 9, "<10"), ("closed", APRIL): Within(45, 43, 47, "45"),
              ("referrals", APRIL): 12.0}  # fmt: skip
    rows = [Month(figure, month, value, 3.0, 1.0, 5.0, 3.2) for (figure, month), value in actual.items()]
    file = tmp_path / "months.csv"
    file.write_text(months_csv(rows), encoding="utf-8")
    kept = of_lists(json.loads(json.dumps(as_lists(actual))))
    for again in ({(row.figure, row.month): row.happened for row in read_months(file)}, kept):
        assert again == actual
        assert [known_within(value) for value in again.values()] == [(0, 9), (43, 47), (12, 12)]
        assert [published(value) for value in again.values()] == ["<10", "45", 12]


def test_rounding_alone_explains_no_month():
    months = [datetime.date(2022, month, 1) for month in range(4, 10)]
    simulated = {("referrals", month): np.full(50, 47.0) for month in months}
    rounded = {("referrals", month): Within(45, 43, 47, "45") for month in months}
    exact = {("referrals", month): 45.0 for month in months}
    assert drivers(rounded, simulated, months[-1])[0].happened == 47.0 * len(months)
    assert drivers(exact, simulated, months[-1])[0].happened == 45.0 * len(months)


@pytest.mark.parametrize(
    "text",
    [
        "nhs_number,month\n4857773456,2022-04",
        "NHS Number,date_of_birth\n485 777 3456,1980-01-01",
        "month,patient_id\n2022-04,1",
        "month,referrals,Gender\n2022-04,1,F",
        "month,referrals,postcode\n2022-04,1,M1 1AA",
        "month,referrals_received\n2022-04,4857773456",
        "month,referrals_received,note\n2022-04,5,485-777-3456",
    ],
)
def test_rows_about_people_are_refused_in_one_line_that_does_not_repeat_them(text, tmp_path):
    with pytest.raises(HubError) as refusal:
        read(tmp_path, text)
    told = str(refusal.value)
    assert "add people up by month first" in told
    assert "\n" not in told
    assert not any(secret in told for secret in ("4857773456", "485 777 3456", "1980", "M1 1AA"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{HEADING}\n2022-04,many,1,1,1", f"{TEMPLATE}:2: column referrals_received: "),
        (f"{HEADING}\n2022-04,-5,1,1,1", f"{TEMPLATE}:2: column referrals_received: got '-5'"),
        (f"{HEADING}\n2022-04,5,1,1,**", f"{TEMPLATE}:2: column referrals_closed: "),
        (f"# one\n{HEADING}\nspring,5,1,1,1", f"{TEMPLATE}:3: column month: got 'spring'"),
        (
            f"{HEADING}\n2022-04,5,1,1,1\n2022-04-13,6,1,1,1",
            f"{TEMPLATE}:3: April 2022 appears twice; give one row",
        ),
        (f"{HEADING},closed\n2022-04,5,1,1,1,1", "name a column month, and each once"),
        ("month,referals_received\n2022-04,5", "did you mean referrals_received?"),
        ("month,assessment_wait_days\n2022-04,*", "column assessment_wait_days: got '*'; only a count"),
    ],
)
def test_a_cell_that_cannot_be_read_names_line_and_column(text, told, tmp_path):
    with pytest.raises((HubError, ConfigProblem)) as refusal:
        read(tmp_path, text)
    assert told in str(refusal.value)
