"""Limits that the service must respect, whatever else changes."""

import gc

import numpy as np
import pytest

from sim.service.codes import NOT_YET
from sim.service.hub import run_service

pytestmark = pytest.mark.unit
MISS = 0.05
ENVIRONMENT = 100
"""Objects that SimPy's own environment leaves to the collector, and some more."""
ALL = {"screening_review": 0.2, "assessment": 0.3, "therapy": 0.3, "group": 0.1, "navigation": 0.1}


def everybody(paper, **columns):
    """Return 60 people who come over seven weeks, at all hours, with all outcomes."""
    random = np.random.default_rng(1)
    outcomes = ["advice", "hub_therapy", "group", "onward", "therapy_and_onward"]
    return paper.people(
        sorted(random.integers(0, 49 * 1440, 60).tolist()),
        screen_delay=random.integers(1, 4000, 60), outcome=[outcomes[k % 5] for k in range(60)],
        **columns,
    )  # fmt: skip


def posts(paper, config, number, **special):
    minutes = dict.fromkeys(ALL, 400)
    return [paper.post(config, "clinician", minutes, places=25, **special) for _ in range(number)]


@pytest.fixture
def config(paper):
    return paper.with_roles(paper.plain(horizon_days=140), clinician=paper.role(ALL))


def next_weekday(day: int) -> int:
    return day if day % 7 < 5 else day + 7 - day % 7


def test_with_no_limit_of_capacity_only_administrative_delay_remains(paper):
    # A screen is reviewed on the first morning on or after its completion; the appointment is made on the next working
    # day and is two days later. Twenty posts have more minutes, and longer days, than anybody needs.
    config = paper.with_roles(paper.plain(140, staffing__working_day_minutes=900), clinician=paper.role(ALL))
    cohort = everybody(paper)
    record = paper.serve(config, cohort, paper.roster(*posts(paper, config, 20)))
    for case, (screened, reviewed, booked, assessed) in enumerate(
        paper.milestones(record, "screened", "reviewed", "booked", "assessed")
    ):
        assert screened == cohort.referred_minute[case] + cohort.decisions.screen_delay[case, 0]
        morning = next_weekday(-((paper.NINE - screened) // paper.DAY))
        assert reviewed // paper.DAY == morning
        assert booked == paper.at(next_weekday(morning + 1))
        assert assessed // paper.DAY == next_weekday(booked // paper.DAY + 2)
    assert set(record.states) == {"closed"}


def test_without_staff_nobody_is_seen_and_everybody_waits(paper, config):
    record = paper.serve(config, everybody(paper), paper.roster())
    assert set(record.journeys.assessed) == {NOT_YET}
    assert set(record.states) == {"screening_review"}
    assert record.work == []


def test_without_assessors_everybody_whose_patience_is_finite_leaves(paper):
    config = paper.with_roles(paper.plain(horizon_days=140), assistant=paper.role({"screening_review": 1.0}))
    cohort = everybody(paper, patience_assessment=[2**53 if k == 7 else 10 * paper.DAY for k in range(60)])
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "assistant", {"screening_review": 400})))
    waits = set(zip(record.journeys.ended, record.states, strict=True))
    assert waits == {("left_assessment_list", "closed"), ("", "assessment_list")}
    assert record.states.count("assessment_list") == 1


def test_if_nobody_attends_nobody_completes(paper, config):
    record = paper.serve(config, everybody(paper, luck=MISS), paper.roster(*posts(paper, config, 5)))
    assert set(record.journeys.ended) == {"missed_assessment"}
    cohort = paper.people([-2, -1], opening=2, luck=MISS)
    record = paper.serve(config, cohort, paper.roster(*posts(paper, config, 1)))
    assert set(record.journeys.ended) == {"missed_therapy"}
    assert record.journeys.attended == [0, 0]


def test_with_nobody_to_serve_all_time_is_left_over(paper, config):
    record = paper.serve(config, paper.people([]), paper.roster(*posts(paper, config, 2)))
    assert record.work == []
    assert record.stays == []


def contents(record):
    return vars(record.journeys), record.stays, record.work, record.passed, record.caseload, record.states


def test_a_post_that_starts_after_the_horizon_changes_nothing(paper, config):
    with_late = [*posts(paper, config, 2), *posts(paper, config, 1, first=140)]
    late = paper.serve(config, everybody(paper), paper.roster(*with_late))
    without = paper.serve(config, everybody(paper), paper.roster(*posts(paper, config, 2)))
    assert contents(late) == contents(without)


def test_the_same_people_and_posts_give_the_same_record(paper, config):
    first, second = (paper.serve(config, everybody(paper), paper.roster(*posts(paper, config, 2))) for _ in range(2))
    assert contents(first) == contents(second)
    assert first.balances == second.balances


def test_serving_leaves_cohort_and_roster_as_they_were(paper, config):
    cohort, roster = everybody(paper), paper.roster(*posts(paper, config, 2))
    before = [cohort.referred_minute.copy(), cohort.attendance.copy(), roster.posts[0].minutes.copy()]
    paper.serve(config, cohort, roster)
    after = [cohort.referred_minute, cohort.attendance, roster.posts[0].minutes]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_screen_completed_after_the_last_opening_is_on_the_list_at_the_horizon(paper):
    # The run ends on Sunday night (day 7 at 00:00); the screen is completed on Saturday.
    config = paper.with_roles(paper.plain(horizon_days=7), assistant=paper.role({"screening_review": 1.0}))
    roster = paper.roster(paper.post(config, "assistant", {"screening_review": 60}))
    record = paper.serve(config, paper.people([paper.at(5)]), roster)
    assert record.stays == [("screening_review", 0, paper.at(5), paper.at(7, 0), "waiting")]


@pytest.mark.parametrize("everybody_leaves", [{}, {"end": 60}], ids=["with sessions booked", "with a group left alone"])
def test_a_run_that_is_over_is_gone_from_memory(paper, config, everybody_leaves):
    cohort = everybody(paper, course_sessions=60)
    roster = paper.roster(*posts(paper, config, 4, **everybody_leaves))
    gc.collect()
    gc.disable()
    try:
        assert (run_service(config, cohort, roster).journeys.ended == 0).sum() > 10  # still with the Hub
        assert gc.collect() < ENVIRONMENT
    finally:
        gc.enable()
