"""The study's follow-up survey on eight people made by hand, of whom five answer."""

import pytest

from sim.measures.people import count_follow_up
from sim.measures.rows import Rows

pytestmark = pytest.mark.unit

HORIZON = 400


def value(rows, measure):
    found = [row for row in rows if row.measure == measure]
    assert len(found) == 1
    return found[0].value, found[0].numerator, found[0].denominator


@pytest.fixture(scope="module")
def rows(paper):
    """Everybody is asked 200 days after the screen.

    0  assessed, then came to therapy              contact, supported through the Hub
    1  on the assessment list since day 5          waiting
    2  assessed with advice                        contact, supported through the Hub
    3  never heard, found help without the Hub     supported, not through the Hub
    4  assessed, gave up waiting for therapy       contact, not helped
    5  assessed, but does not answer
    6  screened on day 250: asked after the horizon
    7  a second episode of person 0
    Person 1 is assessed after the survey, which no longer counts.
    """
    at = paper.at
    cases = [
        {"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "hub_therapy", "therapy_first": at(50)},
        {"referred": 0, "screened": at(1), "reviewed": at(5), "assessed": at(300), "booked": at(290)},
        {"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "advice"},
        {"referred": 0, "screened": at(1)},
        {"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "hub_therapy", "closed": at(90)},
        {"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "advice"},
        {"referred": 0, "screened": at(250), "assessed": at(260), "outcome": "advice"},
        {"referred": at(100), "screened": at(101), "client": 0, "episode": 1},
    ]
    work = [(0, "assessment", at(20), 60, case, "attended") for case in (0, 2, 4, 5)]
    work += [
        (0, "therapy", at(40), 60, 0, "missed"), (0, "therapy", at(50), 60, 0, "attended"),
        (0, "assessment", at(300), 60, 1, "attended"), (0, "assessment", at(260), 60, 6, "attended"),
        # Reading a screen and trying to reach somebody are no contact.
        (0, "screening_review", at(2), 20, 1, "done"), (0, "screening_review", at(9), 10, 3, "no_answer"),
    ]  # fmt: skip
    stays = [
        ("assessment", 1, at(5), at(290), "taken"),
        ("therapy:cbt", 4, at(20, 600), at(90), "left"),
    ]
    answers = [True, False, True, False, True, False, True]
    cohort = paper.people(
        [0] * 7, survey_if_contact=answers, survey_if_no_contact=[False, True, False, True, False, True, False],
        supported_elsewhere=[False, False, False, True, False, False, False],
    )  # fmt: skip
    rows = Rows()
    count_follow_up(
        paper.history(paper.plain(HORIZON), cohort, paper.told(HORIZON, cases, work=work, stays=stays)), rows
    )
    return rows


@pytest.mark.parametrize(
    ("measure", "among", "people"),
    [
        ("followup_contact_share", 5, 3),
        ("followup_supported_share", 5, 3),
        ("followup_waiting_share", 5, 1),
        ("followup_via_hub_share", 3, 2),
        ("followup_helped_elsewhere_share", 5, 0),
        ("followup_not_helped_share", 5, 1),
    ],
)
def test_the_survey_is_answered_by_five_people_as_worked_out_by_hand(rows, measure, among, people):
    assert value(rows, measure) == (people / among, people, among)


def test_somebody_helped_into_a_service_elsewhere_waits_until_it_begins_and_is_then_supported_through_the_hub(paper):
    # Both are referred on day 30, decided on day 40; 0 waits 100 days, until day 140, and 1 waits 300.
    at, day = paper.at, paper.DAY
    cohort = paper.people([0, 0], external_wait=[100 * day, 300 * day])
    cases = [
        {"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "onward", "external_referred": at(30)}
    ] * 2
    rows = Rows()
    count_follow_up(paper.history(paper.plain(HORIZON), cohort, paper.told(HORIZON, cases)), rows)
    assert value(rows, "followup_supported_share") == (0.5, 1, 2)
    assert value(rows, "followup_via_hub_share") == (1.0, 1, 1)
    assert value(rows, "followup_waiting_share") == (0.5, 1, 2)
    assert value(rows, "followup_not_helped_share") == (0.0, 0, 2)
    assert value(rows, "followup_helped_elsewhere_share") == (1.0, 2, 2)


@pytest.mark.parametrize(
    ("accepted", "opted_in", "not_helped"),
    [(False, True, 1), (False, False, 1), (True, False, 0)],
    ids=["turned down", "turned down and would have declined", "taken on and declined"],
)
def test_only_who_declined_a_service_that_would_take_them_was_helped_without_it(paper, accepted, opted_in, not_helped):
    at = paper.at
    cohort = paper.people([0], accepted=accepted, opted_in=opted_in)
    cases = [{"referred": 0, "screened": at(1), "assessed": at(20), "outcome": "onward", "external_referred": at(30)}]
    rows = Rows()
    count_follow_up(paper.history(paper.plain(HORIZON), cohort, paper.told(HORIZON, cases)), rows)
    assert value(rows, "followup_not_helped_share") == (not_helped, not_helped, 1)
    assert value(rows, "followup_helped_elsewhere_share")[1] == accepted
