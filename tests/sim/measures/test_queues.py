"""Lists and caseloads over time, against a drawing of who waits when."""

import numpy as np
import pytest

from sim.measures.queues import count_caseload, count_queues, peak, weekly_table
from sim.measures.rows import Rows
from sim.run.results import make_table

pytestmark = pytest.mark.unit


def value(rows, measure, stage, dimension="all", group="all"):
    found = [row for row in rows if row[:4] == (measure, stage, dimension, group)]
    assert len(found) == 1
    return found[0].value


# The assessment list over two weeks (a dash is half a day):
#   A  since day -3 |----            to day 2
#   B               |----------      day 0 to 5
#   C               |  ------        day 1 to 4
#   D               |        --------------------  day 4 to the end
#   E to G          |                --            day 8 to 9
#   H               |                           -  day 13.5 to the end
DRAWING = [(-3, 2), (0, 5), (1, 4), (4, 14), (8, 9), (8, 9), (8, 9), (13.5, 14)]


@pytest.fixture(scope="module")
def history(paper):
    stays = [
        ("assessment", case, round(joined * paper.DAY), round(left * paper.DAY), "waiting" if left == 14 else "taken")
        for case, (joined, left) in enumerate(DRAWING)
    ]
    cases = [{"referred": 0, "reviewed": max(0, stay[2])} for stay in stays]
    cohort = paper.people([0] * 8, staff_group=[1, 0, 0, 0, 0, 0, 0, 0])
    return paper.history(paper.plain(14), cohort, paper.told(14, cases, stays=stays))


@pytest.fixture(scope="module")
def rows(history):
    rows = Rows()
    count_queues(history, rows)
    return rows


def test_the_mean_list_is_person_time_over_the_horizon(rows):
    # Inside the window: 2 + 5 + 3 + 10 + 3 x 1 + 0.5 = 23.5 days; the days before day 0 do not count.
    assert value(rows, "queue_mean", "assessment") == pytest.approx(23.5 / 14)


def test_the_mean_list_of_a_staff_group_is_its_own_part(rows):
    assert value(rows, "queue_mean", "assessment", "staff_group", "nhs_primary_care") == pytest.approx(2 / 14)
    assert value(rows, "queue_mean", "assessment", "staff_group", "nhs_hospital_community") == pytest.approx(21.5 / 14)


def test_the_peak_is_the_longest_list_and_its_week(rows):
    # Three on day 1 (A, B, C), four on day 8 (D to G), which is in week 2.
    assert value(rows, "queue_peak", "assessment") == 4
    assert value(rows, "queue_peak_week", "assessment") == 2


def test_the_end_is_the_list_at_the_horizon(rows):
    assert value(rows, "queue_end", "assessment") == 2


def test_a_list_that_nobody_joined_is_empty_throughout(rows):
    assert [value(rows, name, "therapy") for name in ("queue_mean", "queue_peak", "queue_end")] == [0, 0, 0]


def test_a_place_that_passes_from_one_to_the_next_is_not_two_people():
    assert peak(np.array([0, 10]), np.array([10, 20])) == (1, 0)


def test_people_who_wait_from_before_are_the_peak_if_the_list_only_shrinks():
    assert peak(np.array([-9, -8, 30]), np.array([5, 40, 50])) == (2, 0)


def test_the_weekly_table_has_the_list_at_the_end_of_each_week(history):
    table = make_table("weekly", weekly_table(history), hub=0, replication=0).to_pydict()
    mine = [
        (week, length)
        for week, stage, dimension, length in zip(
            table["week"], table["stage"], table["dimension"], table["list"], strict=True
        )
        if (stage, dimension) == ("assessment", "all")
    ]
    assert mine == [(1, 1), (2, 2)]  # D after seven days; D and H at the end


def test_the_weekly_table_counts_arrivals_and_completions_by_week(paper):
    # On the list from days 1, 6 and 8; assessed on days 6, 8 and 13.
    at = paper.at
    cases = [{"referred": 0, "assessment_joined": at(a), "assessed": at(b)} for a, b in ((1, 6), (6, 8), (8, 13))]
    history = paper.history(paper.plain(14), paper.people([0] * 3), paper.told(14, cases))
    table = make_table("weekly", weekly_table(history), hub=0, replication=0).to_pydict()
    mine = [
        position
        for position, (stage, dimension) in enumerate(zip(table["stage"], table["dimension"], strict=True))
        if (stage, dimension) == ("assessment", "all")
    ]
    assert [table["arrivals"][position] for position in mine] == [2, 1]
    assert [table["completions"][position] for position in mine] == [1, 2]


def test_caseload_is_places_held_over_time(paper):
    # Ten days: one person from day 0 to 4, one from day 2 to the end: 4 + 8 = 12 person-days, two at most.
    at = paper.at
    caseload = [(at(0, 0), 0, 1), (at(2, 0), 0, 1), (at(4, 0), 0, -1)]
    rows = Rows()
    history = paper.history(paper.plain(10), paper.people([0]), paper.told(10, [{"referred": 0}], caseload=caseload))
    count_caseload(history, rows)
    assert value(rows, "caseload_mean", "") == pytest.approx(1.2)
    assert value(rows, "caseload_peak", "") == 2


def after_an_incident(paper, *stays):
    """Return the recovery week of a list of five people for a year, with more people from and to these days.

    The incident is on day 70, the first of week 11.
    """
    settings = paper.plain_settings(364)
    exposure = {"persons": {"ambulance": 10}, "take_up_share": 0.1, "severity_shift_sd": 0.0}
    delay = {"early_share": 1.0, "early_mean_days": 30.0, "pulses": [], "tail_share": 0.0, "tail_mean_days": 90.0}
    settings["incident"] = {"fire": {"day": 70, "exposed": {"responder": exposure}, "delay": delay}}
    written = [
        ("therapy:cbt", 0, joined * paper.DAY, left * paper.DAY, "taken") for joined, left in [*[(0, 364)] * 5, *stays]
    ]
    record = paper.told(364, [{"referred": 0}], stays=written)
    rows = Rows()
    count_queues(paper.history(paper.validate(settings), paper.people([0]), record), rows)
    return value(rows, "recovery_week", "therapy")


def test_the_list_has_recovered_in_the_first_of_four_weeks_at_its_old_level(paper):
    # Four more people from day 71 to day 138: at the end of week 19 (day 133) nine wait, of week 20 (day 140) five.
    assert after_an_incident(paper, *[(71, 138)] * 4) == 20


def test_a_list_that_rises_again_within_four_weeks_had_not_recovered(paper):
    # One more person at the end of week 22 (day 154): back for good from week 23.
    assert after_an_incident(paper, *[(71, 138)] * 4, (150, 155)) == 23


def test_a_list_that_stays_long_never_recovers(paper):
    assert np.isnan(after_an_incident(paper, (71, 364)))


def test_without_an_incident_there_is_nothing_to_recover_from(rows):
    assert not [row for row in rows if row.measure == "recovery_week"]


def test_a_list_that_rises_again_after_four_weeks_had_recovered(paper):
    # Weeks 20 to 23 are at the old level; one more person at the end of week 24 (day 168) comes too late to matter.
    assert after_an_incident(paper, *[(71, 138)] * 4, (164, 169)) == 20
