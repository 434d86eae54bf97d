"""The calendar: working days are Monday to Friday less England's bank holidays."""

import datetime
import hashlib

import numpy as np
import pytest

from sim.calendar import date_of, weekdays, working_days

pytestmark = pytest.mark.unit

START = datetime.date(2021, 4, 1)


def is_open(date: datetime.date, bank_holidays: bool = True) -> bool:
    return bool(working_days(START, (date - START).days, 1, bank_holidays)[0])


@pytest.mark.parametrize(
    "date",
    [
        datetime.date(2021, 12, 27),  # Christmas Day fell on a Saturday
        datetime.date(2021, 12, 28),  # Boxing Day fell on a Sunday
        datetime.date(2022, 4, 15),  # Good Friday
        datetime.date(2022, 4, 18),  # Easter Monday
        datetime.date(2022, 6, 2),  # Spring bank holiday, moved for the jubilee
        datetime.date(2022, 6, 3),  # Platinum Jubilee
        datetime.date(2022, 9, 19),  # State funeral
        datetime.date(2022, 12, 26),
        datetime.date(2022, 12, 27),
        datetime.date(2023, 5, 8),  # Coronation
    ],
)
def test_nobody_works_on_a_bank_holiday_unless_the_hub_ignores_them(date):
    assert date.weekday() < 5
    assert not is_open(date)
    assert is_open(date, bank_holidays=False)


@pytest.mark.parametrize(
    "date",
    [
        datetime.date(2022, 5, 30),  # the spring bank holiday moved away from here
        datetime.date(2022, 3, 17),  # Northern Ireland's, not England's
        datetime.date(2022, 8, 1),  # Scotland's summer bank holiday, not England's
        datetime.date(2022, 11, 30),  # Scotland's St Andrew's Day
        datetime.date(2022, 12, 28),
    ],
)
def test_other_nations_bank_holidays_are_working_days(date):
    assert is_open(date)


def test_no_weekend_is_a_working_day():
    days = working_days(START, -400, 2000, True)
    assert not days[weekdays(START, -400, 2000) >= 5].any()


def test_2022_had_250_working_days_in_england():
    # 260 weekdays less ten bank holidays: New Year's Day was kept on Monday 3 January, Christmas Day on the 27th.
    first = (datetime.date(2022, 1, 1) - START).days
    assert int(working_days(START, first, 365, False).sum()) == 260
    assert int(working_days(START, first, 365, True).sum()) == 250


def closed_weekdays(year: int) -> list[datetime.date]:
    first = (datetime.date(year, 1, 1) - START).days
    days = (datetime.date(year + 1, 1, 1) - START).days - first
    closed = working_days(START, first, days, False) & ~working_days(START, first, days, True)
    return [date_of(START, first + int(day)) for day in np.flatnonzero(closed)]


ONE_MORE = {1981, 1999, 2002, 2011, 2012, 2023}
"""Royal weddings, jubilees, the end of the millennium, a coronation: all decreed for one year."""


def test_england_has_eight_bank_holidays_a_year_and_more_only_where_one_was_decreed():
    by_year = {year: len(closed_weekdays(year)) for year in range(1978, 2101)}
    assert by_year == {year: 10 if year == 2022 else 9 if year in ONE_MORE else 8 for year in range(1978, 2101)}


def test_bank_holidays_are_the_same_days_whichever_version_of_their_package_is_installed():
    days = [day.isoformat() for year in range(1978, 2101) for day in closed_weekdays(year)]
    assert hashlib.sha256(" ".join(days).encode()).hexdigest()[:16] == "5d390daa323174ab"


def test_weekdays_count_from_the_start_date_in_both_directions():
    # 1 April 2021 was a Thursday.
    np.testing.assert_array_equal(weekdays(START, -3, 8), [0, 1, 2, 3, 4, 5, 6, 0])
    assert date_of(START, -1) == datetime.date(2021, 3, 31)
    assert date_of(START, 365) == datetime.date(2022, 4, 1)


def test_a_longer_calendar_begins_with_the_shorter_one():
    np.testing.assert_array_equal(working_days(START, 0, 2000, True)[:500], working_days(START, 0, 500, True))


def test_the_same_date_is_a_working_day_whatever_day_the_run_starts():
    other = datetime.date(2020, 2, 29)
    shift = (START - other).days
    np.testing.assert_array_equal(working_days(START, 0, 1500, True), working_days(other, shift, 1500, True))
