"""People and sessions counted, staff time used and lost, and vacancies, on a history written by hand."""

import numpy as np
import pytest

from sim.measures.capacity import Tenure, count_capacity, tenure
from sim.measures.people import count_people, count_risk_calls, count_sessions
from sim.measures.rows import Rows
from sim.measures.tables import staff_day_table
from sim.roster import PostFrame, Spell

pytestmark = pytest.mark.unit


def value(rows, measure, dimension="all", group="all"):
    found = [row for row in rows if (row.measure, row.dimension, row.group) == (measure, dimension, group)]
    assert len(found) == 1
    return found[0].value


def counted(count, history):
    rows = Rows()
    count(history, rows)
    return rows


def test_every_milestone_inside_the_window_is_counted_once(paper):
    at = paper.at
    treated = {"referred": at(1), "screened": at(2), "assessed": at(9), "therapy_first": at(20), "closed": at(40)}
    cases = [
        # Referred before the window, assessed in it.
        {"referred": at(-5), "screened": at(-4), "assessed": at(3)},
        treated | {"ended": "completed"},
        treated | {"ended": "dropped_out"},
        {"referred": at(1), "external_referred": at(12), "closed": at(50), "ended": "onward"},
        # A second referral of the last person, closed by letter.
        {"referred": at(60), "screened": at(61), "closed": at(62), "ended": "advised", "client": 3, "episode": 1},
    ]  # fmt: skip
    work = [
        (0, "screening_review", at(2), 20, 1, "done"), (0, "assessment", at(3), 60, 0, "attended"),
        (0, "assessment", at(9), 60, 1, "attended"), (0, "assessment", at(9), 60, 2, "attended"),
        (0, "navigation", at(12), 20, 3, "done"), (0, "assessment", at(62), 60, 4, "missed"),
    ]  # fmt: skip
    cohort = paper.people([at(-5), at(1), at(1), at(1)], staff_group=[0, 0, 1, 1])
    rows = counted(count_people, paper.history(paper.plain(), cohort, paper.told(70, cases, work=work)))
    expected = {
        "referrals": 4, "rereferred": 1, "screened": 3, "assessed": 3, "therapy_started": 2, "therapy_completed": 1,
        "navigated": 1, "supported": 4,
    }  # fmt: skip
    assert {name: value(rows, name) for name in expected} == expected
    assert value(rows, "referrals", "staff_group", "nhs_hospital_community") == 1
    assert value(rows, "referrals", "staff_group", "nhs_primary_care") == 3


def test_a_session_is_a_persons_visit_to_therapy_or_group(paper):
    at = paper.at
    work = [
        (0, "therapy", at(2), 60, 0, "attended"), (0, "therapy", at(9), 45, 0, "missed"),
        (0, "therapy", at(16), 45, 0, "cancelled"), (0, "assessment", at(1), 60, 0, "attended"),
        # A group session: once for its lead, and once, without minutes, for each of two people.
        (0, "group", at(3), 90, -1, "attended"), (0, "group", at(3), 0, 0, "attended"),
        (0, "group", at(3), 0, 1, "missed"),
        # Before the window.
        (0, "therapy", at(-2), 60, 1, "attended"),
    ]  # fmt: skip
    record = paper.told(70, [{"referred": 0}, {"referred": 0}], work=work)
    rows = counted(count_sessions, paper.history(paper.plain(), paper.people([0, 0]), record))
    assert (value(rows, "sessions_attended"), value(rows, "sessions_missed")) == (2, 2)


def test_risk_calls_are_on_time_on_the_same_or_next_working_day(paper):
    # Screened on Friday, day 4: called that day, on Monday, on Tuesday and never, so two of four in time. One more was
    # screened on Friday, day 11, whose next working day is after the horizon, and the last has no risk flag.
    at = paper.at
    screened = [at(4), at(4), at(4), at(4), at(11), at(4)]
    called = [at(4, 600), at(7), at(8), None, None, None]
    cases = [
        {"referred": 0, "screened": a} | ({"reviewed": b, "risk_called": b} if b is not None else {})
        for a, b in zip(screened, called, strict=True)
    ]
    cohort = paper.people([0] * 6, risk=[True] * 5 + [False])
    rows = counted(count_risk_calls, paper.history(paper.plain(12), cohort, paper.told(12, cases)))
    assert value(rows, "risk_call_on_time_share") == 0.5


def test_a_risk_call_after_a_late_review_is_late_however_soon_it_follows(paper):
    # Two complete a screen on Monday, day 0. One screen is read on Tuesday, the other on the Monday after, and each is
    # called on the day of its review; a third screen nobody has read by the horizon.
    at = paper.at
    cases = [{"referred": 0, "screened": at(0), "reviewed": at(day), "risk_called": at(day, 600)} for day in (1, 7)] + [
        {"referred": 0, "screened": at(0)}
    ]
    cohort = paper.people([0] * 3, risk=True)
    rows = counted(count_risk_calls, paper.history(paper.plain(12), cohort, paper.told(12, cases)))
    assert value(rows, "risk_call_on_time_share") == pytest.approx(1 / 3)


@pytest.fixture(scope="module")
def staffed(paper):
    """Two seniors and a half-time navigator over two weeks.

    The seniors earn 100 minutes of assessment on each weekday (the second is in post in the first week only, then the
    post is vacant), the navigator 50 of navigation.
    """
    config = paper.with_roles(
        paper.plain(14),
        senior_clinician=paper.role({"assessment": 0.5, "team_support": 0.5}),
        navigator=paper.role({"navigation": 1.0}),
    )
    at = paper.at
    work = [
        (0, "assessment", at(0), 60, 0, "attended"), (0, "assessment", at(1), 60, 0, "missed"),
        (0, "assessment", at(2), 50, 0, "cancelled"), (0, "team_support", at(3), 120, -1, "done"),
        (1, "assessment", at(4), 90, 0, "attended"), (2, "navigation", at(8), 25, 0, "done"),
        (2, "navigation", at(-1), 25, 0, "done"),
    ]  # fmt: skip
    record = paper.told(14, [{"referred": 0}], work=work, passed=[(0, 9, "assessment", "idle", 7)])
    roster = [
        paper.post(config, "senior_clinician", {"assessment": 100}),
        paper.post(config, "senior_clinician", {"assessment": 100}, end=7, back=14),
        paper.post(config, "navigator", {"navigation": 50}, wte=0.5),
    ]
    return paper.history(config, paper.people([0]), record, *roster)


def test_utilisation_is_minutes_used_over_minutes_there(staffed):
    # Seniors: 60 + 60 + 50 + 120 + 90 = 380 of 10 x 100 + 5 x 100; navigator 25 of 10 x 50, as the other contact was
    # before the window. Together 405 of 2000.
    rows = counted(count_capacity, staffed)
    assert value(rows, "utilisation", "role", "senior_clinician") == pytest.approx(380 / 1500)
    assert value(rows, "utilisation", "role", "navigator") == pytest.approx(25 / 500)
    assert value(rows, "utilisation") == pytest.approx(405 / 2000)


def test_vacancy_is_weighted_by_whole_time_equivalents(staffed):
    # Seniors: 7 of 28 funded days are vacant; with the navigator's 7 WTE-days, 7 of 35.
    rows = counted(count_capacity, staffed)
    assert value(rows, "vacancy_share", "role", "senior_clinician") == pytest.approx(0.25)
    assert value(rows, "vacancy_share", "role", "navigator") == 0
    assert value(rows, "vacancy_share") == pytest.approx(0.2)


def test_places_filled_are_person_days_over_place_days_until_clients_are_handed_back(paper):
    # The senior has 4 places and leaves after day 6: 28 place-days. One client is held for days 0 to 6, another for
    # half of day 3. The coordinator, who gives no therapy, has places that are nobody's.
    config = paper.with_roles(
        paper.plain(14),
        senior_clinician=paper.role({"therapy": 1.0}),
        coordinator=paper.role({"check_in": 1.0}),
    )
    at = paper.at
    caseload = [(at(0, 0), 0, 1), (at(3, 0), 0, 1), (at(3, 720), 0, -1), (at(7, 0), 0, -1)]
    history = paper.history(
        config,
        paper.people([0]),
        paper.told(14, [{"referred": 0}], caseload=caseload),
        paper.post(config, "senior_clinician", {"therapy": 100}, end=7, handovers=(6,), places=4),
        paper.post(config, "coordinator", {"check_in": 100}, places=25),
    )
    rows = counted(count_capacity, history)
    assert value(rows, "places_filled_share", "role", "senior_clinician") == pytest.approx(7.5 / 28)
    assert value(rows, "places_filled_share") == pytest.approx(7.5 / 28)
    assert np.isnan(value(rows, "places_filled_share", "role", "coordinator"))


def test_minutes_are_lost_to_missed_and_late_cancelled_appointments(staffed):
    rows = counted(count_capacity, staffed)
    assert value(rows, "minutes_lost_missed") == 110
    assert value(rows, "minutes_lost_missed", "role", "navigator") == 0


def test_time_for_teams_and_by_activity_is_what_was_worked(staffed):
    rows = counted(count_capacity, staffed)
    assert value(rows, "minutes_team_support") == 120
    assert value(rows, "minutes_used", "activity", "assessment") == 260
    assert value(rows, "minutes_used", "activity", "navigation") == 25


def test_a_role_without_posts_has_no_utilisation(staffed):
    assert np.isnan(value(counted(count_capacity, staffed), "utilisation", "role", "absent"))


def test_staff_days_are_one_row_a_post_and_day_at_work(staffed):
    table = staff_day_table(staffed)
    assert len(table["day"]) == 10 + 5 + 10
    assert sum(table["minutes_available"]) == 2000
    first = {name: values[3] for name, values in table.items()}  # the first senior's day 3
    assert (first["role"], first["day"], first["minutes_available"]) == ("senior_clinician", 3, 100)
    assert (first["team_support"], first["assessment"]) == (120, 0)
    assert sum(table["idle"]) == 7


def test_time_in_post_before_the_window_does_not_count_nor_do_those_recruited_then():
    # Funded from day -90; filled from day -30 to 40 and again from day 60 on; the window is days 0 to 69.
    spells = (Spell(-30, 40, recruited=True), Spell(60, 200, recruited=True))
    frame = PostFrame((0, "therapist", "line", 0), "therapist", "line", 0, 1.0, -90, 200, spells, 0.5)
    assert tenure(frame, 70) == Tenure(funded_days=70, filled_days=50, hires=1)
