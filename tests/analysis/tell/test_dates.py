"""Dates along axes that count weeks."""

import datetime

import pytest

from analysis.tell.dates import month_ticks

pytestmark = pytest.mark.unit
APRIL = datetime.date(2021, 4, 1)


def test_three_years_are_marked_by_the_half_year_each_date_at_its_own_week():
    places, labels = month_ticks(APRIL, 156)
    assert labels == ["Jul 2021", "Jan 2022", "Jul 2022", "Jan 2023", "Jul 2023", "Jan 2024"]
    assert [APRIL + datetime.timedelta(days=round(7 * place)) for place in places] == [
        datetime.date(year, month, 1) for year in (2021, 2022, 2023, 2024) for month in (1, 7)
    ][1:-1]


@pytest.mark.parametrize("weeks", [1, 3, 9, 26, 52, 104, 260, 520, 2600])
@pytest.mark.parametrize("most", [3, 7])
def test_no_axis_has_more_dates_than_fit_and_none_has_none(weeks, most):
    places, labels = month_ticks(datetime.date(2022, 1, 17), weeks, most)
    assert 1 <= len(labels) == len(set(labels)) <= most
    assert all(0 <= place <= weeks for place in places)


def test_a_run_of_days_is_marked_by_its_first_day():
    assert month_ticks(datetime.date(2022, 1, 17), 1) == ([0.0], ["17 Jan 2022"])
