"""Ten clients and two clinicians, followed minute by minute with pencil and paper."""

import pytest

pytestmark = pytest.mark.unit

# The senior earns 60 minutes of screening review and 120 of assessment a day, the therapist 150 of therapy and three
# places. A review takes 20 minutes, an assessment 90, a first session 60 and the second and last one 45, a week later.
# Notice is two days. Day 0 is a Monday, so days 5 and 6 are a weekend. Clients 0 to 4 complete the screen on day 0
# before nine, 5 to 9 after nine. Nobody is seen by anybody before the morning after joining a list.
REFERRED = [100, 101, 102, 103, 104, 600, 601, 602, 603, 604]
SCREEN_DELAY = 10

REVIEWED = [
    # Day 0 (three fit into 60 minutes): begun at 09:00, 09:20, 09:40.
    (0, 560), (0, 580), (0, 600),
    # Days 1 and 2: three each, those who came earlier first.
    (1, 560), (1, 580), (1, 600), (2, 560), (2, 580), (2, 600),
    # Day 3: after the two assessments that were booked for it (09:00 to 12:00).
    (3, 740),
]  # fmt: skip

BOOKED = [
    # Day 1: 240 minutes earned, 180 needed. Day 2: 180 unbooked, both. Day 3: 120, one.
    (1, 540), (1, 540), (2, 540), (2, 540), (3, 540),
    # Day 4: 150 unbooked, one. Day 7 (Monday): 180, two. Day 8: 120, one. Day 9: 150, one.
    (4, 540), (7, 540), (7, 540), (8, 540), (9, 540),
]  # fmt: skip

ASSESSED = [
    # Two days after booking; days 5 and 6 are a weekend, so what is booked on day 3 or 4 is on day 7.
    (3, 540), (3, 630), (4, 540), (4, 630), (7, 540), (7, 630), (9, 540), (9, 630), (10, 540), (11, 540),
]  # fmt: skip

THERAPY_BOOKED = [
    # Day 4: 0 and 1, who joined on day 3. Day 7: 2 takes the third place.
    (4, 540), (4, 540), (7, 540),
    # Day 14: 0 and 1 finish; 3 and 4 follow. Day 16: 2 finishes; 5 follows.
    (14, 540), (14, 540), (16, 540),
    # Day 23: 3 and 4 finish; 6 and 7 follow. Day 25: 5 finishes; 8 follows. Day 32: 6 and 7 finish; 9 follows.
    (23, 540), (23, 540), (25, 540), (32, 540),
]  # fmt: skip

FIRST_SESSION = [
    # Two days on: days 6, 27 and 34 are weekend days, so days 7, 28 and 35. Those who come for the second time have
    # been in the diary for longer and are seen first.
    (7, 540), (7, 600), (9, 540), (16, 585), (16, 645), (18, 540), (25, 585), (25, 645), (28, 540), (35, 585),
]  # fmt: skip

SECOND_SESSION = [
    (14, 540), (14, 585), (16, 540), (23, 540), (23, 585), (25, 540), (32, 540), (32, 585), (35, 540), (42, 540),
]  # fmt: skip


@pytest.fixture(scope="module")
def record(paper):

    config = paper.with_roles(
        paper.plain(horizon_days=49),
        senior_clinician=paper.role({"screening_review": 0.4, "assessment": 0.6}, band="8a"),
        therapist=paper.role({"therapy": 1.0}),
    )
    cohort = paper.people(REFERRED, screen_delay=SCREEN_DELAY, assessment_minutes=90, course_sessions=2)
    roster = paper.roster(
        paper.post(config, "senior_clinician", {"screening_review": 60, "assessment": 120}),
        paper.post(config, "therapist", {"therapy": 150}, places=3),
    )
    return paper.serve(config, cohort, roster)


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        ("reviewed", REVIEWED),
        ("assessment_joined", REVIEWED),
        ("booked", BOOKED),
        ("assessed", ASSESSED),
        ("therapy_joined", [(day, minute + 90) for day, minute in ASSESSED]),
        ("therapy_booked", THERAPY_BOOKED),
        ("therapy_first", FIRST_SESSION),
        ("therapy_last", SECOND_SESSION),
        ("closed", [(day, minute + 45) for day, minute in SECOND_SESSION]),
    ],
)
def test_every_milestone_falls_on_the_minute_worked_out_on_paper(paper, record, milestone, expected):
    assert paper.milestones(record, milestone) == [(paper.at(*moment),) for moment in expected]


def test_everybody_is_screened_when_they_complete_the_screen(paper, record):
    assert paper.milestones(record, "screened") == [(minute + SCREEN_DELAY,) for minute in REFERRED]


def test_everybody_completes_two_sessions_and_leaves_nothing_open(record):
    assert record.journeys.ended == ["completed"] * 10
    assert record.journeys.attended == [2] * 10
    assert record.journeys.missed == [0] * 10
    assert record.states == ["closed"] * 10


def test_the_minutes_left_over_are_those_earned_less_those_worked(record):
    # 35 weekdays lie before day 49, and no account grows past two weeks' worth of the role's time: 10 days x 420
    # minutes x .4 = 1680 of review, x .6 = 2520 of assessment, 4200 of therapy; only that of review is reached.
    assert record.balances[0, "screening_review"] == min(35 * 60 - 10 * 20, 1680)
    assert record.balances[0, "assessment"] == min(35 * 120 - 10 * 90, 2520)
    assert record.balances[1, "therapy"] == 35 * 150 - 10 * 60 - 10 * 45


def test_the_assessment_list_holds_everybody_from_review_to_booking(paper, record):
    stays = sorted(stay[1:] for stay in record.stays if stay[0] == "assessment")
    expected = [
        (case, paper.at(*REVIEWED[case]), paper.at(*BOOKED[case]), "taken") for case in range(10)
    ]  # fmt: skip
    assert stays == expected
