"""How numbers, dates and names are written: one way each, everywhere."""

import datetime
import math

import pytest

from analysis.estimates.intervals import NOTHING, Interval
from analysis.tell.wording import (
    Form,
    change_in,
    count,
    counted,
    duration,
    few,
    frequency,
    full_date,
    level_in,
    listed,
    pounds,
    share,
    thousand_pounds,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        (count, 1234.4, "1,234"),
        (count, 9.96, "10"),
        (count, 4.26, "4.3"),
        (count, 4, "4"),
        (count, -0.01, "0.0"),
        (share, 0.593, "59%"),
        (share, 0.0731, "7.3%"),
        (share, 0.0, "0%"),
        (pounds, 841_234.0, "£841,000"),
        (pounds, 0.0, "£0"),
        (thousand_pounds, 841_234.0, "£841k"),
        (level_in("%", 100), 0.593, "59"),
        (level_in("£ thousand", 1e-3), 1_234_567.0, "1,230"),
        (change_in("%", 100), -0.0123, "−1.2"),
        (change_in("£ thousand", 1e-3), 12_345.0, "+12"),
        (thousand_pounds, 1_909_395.0, "£1,910k"),
        (change_in("people"), 120.4, "+120"),
        (change_in("£ thousand", 1e-3), -458.0, "−0.5"),
        (change_in("£ thousand", 1e-3), 0.0, "0"),
        (change_in("%", 100), 0.0004, "+0.04"),
        (change_in("%", 100), -1e-9, "0.0"),
    ],
)
def test_each_kind_of_number_is_written_one_way(form: Form, value: float, written: str) -> None:
    assert form(value) == written


def test_an_interval_has_the_decimals_of_its_figure_and_says_the_unit_once() -> None:
    assert share.interval(Interval(0.593, 0.531, 0.652)) == "59% (53 to 65)"
    assert share.interval(Interval(0.05, 0.019, 0.127)) == "5.0% (1.9 to 12.7)"
    assert pounds.interval(Interval(500_000, 495_100, 504_900)) == "£500,000 (495,000 to 505,000)"
    assert share.parts(Interval(0.593, 0.531, 0.652)) == ("59%", "53 to 65")
    assert share.range(0.531, 0.652) == "53% to 65%"


def test_nobody_waits_less_than_no_days_but_a_difference_may_be_negative() -> None:
    assert count.interval(Interval(2.34, -0.4, 5.1)) == "2.3 (0.0 to 5.1)"
    assert change_in("days").interval(Interval(2.34, -0.4, 5.1)) == "+2.3 (−0.4 to +5.1)"
    assert pounds.interval(Interval(0.0, 0.0, 0.0)) == "£0 (0 to 0)"


def test_a_difference_that_rounds_to_nothing_has_no_sign_that_is_not_its_own() -> None:
    form = change_in("£ thousand")
    assert form.interval(Interval(-0.458, -3.1, 2.2)) == "−0.5 (−3 to +2)"
    assert form.parts_unless_alike(Interval(-0.458, -0.458, -0.458)) == ("−0.5", "")


def test_figures_without_a_value_are_a_dash_and_without_an_interval_stand_alone() -> None:
    assert [form.interval(NOTHING) for form in (count, share, pounds, change_in("%"))] == ["–"] * 4
    assert count.interval(Interval(12.3, math.nan, math.nan)) == "12"
    assert share.range(math.nan, math.nan) == "–"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (0.0, "hardly any"),
        (0.03, "about 3 in 100"),
        (0.07, "about 1 in 10"),
        (0.88, "about 9 in 10"),
        (0.95, "about 95 in 100"),
        (0.97, "about 97 in 100"),
        (1.0, "nearly all"),
        (math.nan, "an unknown number of"),
    ],
)
def test_shares_of_futures_are_natural_frequencies(of: float, said: str) -> None:
    assert frequency(of) == said


def test_lists_dates_and_lengths_of_time_read_as_they_are_said() -> None:
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert listed(["A"]) == "A"
    assert few(["A", "B", "C"], "options", last="or") == "A, B or C"
    assert few(["A", "B", "C", "D"], "options") == "4 options"
    assert full_date(datetime.date(2021, 4, 1)) == "1 April 2021"
    assert (counted(1, "replication"), counted(2000, "replication")) == ("1 replication", "2,000 replications")
    assert (duration(40), duration(100), duration(9000)) == ("40 seconds", "2 minutes", "2.5 hours")
