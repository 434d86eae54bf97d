"""From referral to the assessment list: screens, risk calls, offers and people who are hard to reach."""

import pytest

from sim.measures.audit import audit

pytestmark = pytest.mark.unit


def run(paper, cohort, minutes, plan=None, **changes):
    """Serve a cohort with one assistant who earns these minutes a day."""
    plan = plan or {"risk_call": 0.2, "screening_review": 0.8}
    config = paper.with_roles(paper.plain(**changes), assistant=paper.role(plan))
    return paper.serve(config, cohort, paper.roster(paper.post(config, "assistant", minutes)))


def test_a_screen_completed_on_saturday_is_reviewed_on_monday(paper):
    # Referred on Friday at 20:00, completed a day later; 20 minutes of review on Monday from nine.
    record = run(paper, paper.people([paper.at(4, 1200)], screen_delay=paper.DAY), {"screening_review": 100})
    assert paper.milestones(record, "screened", "reviewed") == [(paper.at(5, 1200), paper.at(7, 560))]


def test_somebody_who_never_completes_the_screen_is_closed_when_the_window_ends(paper):
    record = run(paper, paper.people([100], screens=False), {"screening_review": 100})
    assert paper.milestones(record, "screened", "closed") == [(None, paper.at(28, 100))]
    assert record.journeys.ended == ["not_screened"]
    assert record.work == []


def test_somebody_who_does_not_complete_the_screen_is_phoned_where_the_plan_says_so(paper):
    # Day 28 is a Monday: due at 01:40, phoned at nine for 45 minutes.
    record = run(paper, paper.people([100], screens=False), {"screening_review": 100}, screening__not_completed="phone")
    assert paper.milestones(record, "screened", "reviewed") == [(paper.at(28), paper.at(28, 585))]
    assert paper.work_of(record, "screening_review") == [(0, paper.at(28), 45, 0, "done")]
    assert record.states == ["assessment_list"]


def test_a_flagged_person_is_called_first_thing_from_minutes_of_any_activity(paper):
    # Screened before nine on day 0. The account of risk calls is empty: the 30 minutes come from screening review.
    record = run(paper, paper.people([1, 2], risk=[True, False]), {"risk_call": 0, "screening_review": 100})
    assert paper.work_of(record, "risk_call") == [(0, paper.at(0), 30, 0, "done")]
    assert paper.milestones(record, "risk_called") == [(paper.at(0),), (None,)]
    assert (0, 0, "screening_review", "risk_call", 30) in record.passed


def test_a_screen_with_a_risk_flag_brings_a_call_before_anybody_has_read_it(paper):
    # Nobody has time to review: 100 minutes a day are kept for risk calls and pass to nothing else.
    record = run(paper, paper.people([paper.at(0, 600)], risk=True), {"risk_call": 100, "screening_review": 0})
    assert paper.milestones(record, "screened", "reviewed", "risk_called") == [(paper.at(0, 600), None, paper.at(1))]


def test_somebody_whose_flag_shows_on_the_phone_is_called_on_the_next_working_day(paper):
    # Phoned on Monday, day 28, for 45 minutes.
    cohort = paper.people([100], screens=False, risk=True)
    record = run(paper, cohort, {"screening_review": 100}, screening__not_completed="phone")
    assert paper.milestones(record, "reviewed", "risk_called") == [(paper.at(28, 585), paper.at(29))]


def test_a_flag_raised_on_friday_is_called_on_monday(paper):
    record = run(paper, paper.people([paper.at(4, 600)], risk=True), {"risk_call": 0, "screening_review": 100})
    assert paper.milestones(record, "risk_called", "reviewed") == [(paper.at(7), paper.at(7, 590))]


def test_only_flagged_people_are_called(paper):
    record = run(paper, paper.people([1, 2, 3], risk=[False, True, False]), {"risk_call": 60, "screening_review": 100})
    assert [case for _, _, _, case, _ in paper.work_of(record, "risk_call")] == [1]


def test_a_risk_call_is_late_when_no_minutes_are_left_but_never_dropped(paper):
    # 20 minutes a day: day 0 goes to the review; 20 on day 1 are too few for a call of 30; 40 on day 2 are enough.
    record = run(paper, paper.people([1], risk=True), {"risk_call": 0, "screening_review": 20})
    assert paper.milestones(record, "reviewed", "risk_called") == [(paper.at(0, 560), paper.at(2))]


def test_a_flagged_person_who_is_not_offered_an_assessment_is_called_all_the_same(paper):
    record = run(paper, paper.people([1], risk=True, offered=False), {"risk_call": 20, "screening_review": 20})
    assert paper.milestones(record, "risk_called", "closed") == [(paper.at(0), paper.at(1, 560))]


def test_risk_calls_never_take_minutes_that_a_booked_assessment_needs(paper):
    # 0 and 1 wait for the assessment of 60 minutes; 0 is booked on day 0 for day 2 with all that has been earned. The
    # call to 2, who completes the screen after nine on day 0, takes 30 of the 60 minutes of day 1: what is left books
    # nobody on that day, and 0 is seen when promised.
    config = paper.with_roles(
        paper.plain(),
        senior_clinician=paper.role({"risk_call": 0.0, "assessment": 1.0}),
        assistant=paper.role({"screening_review": 1.0}),
    )
    cohort = paper.people([-2, -1, 600], opening=[1, 1, -1], risk=[False, False, True])
    roster = paper.roster(
        paper.post(config, "senior_clinician", {"assessment": 60}),
        paper.post(config, "assistant", {"screening_review": 100}),
    )
    record = paper.serve(config, cohort, roster)
    expected = [
        (None, paper.at(0), paper.at(2)),
        (None, paper.at(2), paper.at(4)),
        (paper.at(1), paper.at(3), paper.at(7)),
    ]
    assert paper.milestones(record, "risk_called", "booked", "assessed") == expected


def test_somebody_not_offered_an_assessment_is_advised_and_closed_at_the_review(paper):
    record = run(paper, paper.people([1], offered=False), {"screening_review": 100})
    assert paper.milestones(record, "assessment_joined", "closed") == [(None, paper.at(0, 560))]
    assert record.journeys.ended == ["advised"]


def test_somebody_who_cannot_be_reached_is_closed_after_the_last_attempt(paper):
    # Reviewed on day 0 at 09:20. Attempts of 10 minutes: day 1; four days later is Saturday at 09:10, so Monday, day 7;
    # four days later is day 11 at 09:10, after reception has opened, so day 14.
    record = run(paper, paper.people([1], reachable=False), {"screening_review": 100})
    attempts = [entry for entry in paper.work_of(record, "screening_review") if entry[4] == "no_answer"]
    assert attempts == [(0, paper.at(day), 10, 0, "no_answer") for day in (1, 7, 14)]
    assert paper.milestones(record, "assessment_joined", "closed") == [(None, paper.at(14, 550))]
    assert record.journeys.ended == ["unreachable"]


def test_somebody_who_was_phoned_for_the_screen_has_been_reached(paper):
    cohort = paper.people([100], screens=False, reachable=False)
    record = run(paper, cohort, {"screening_review": 100}, screening__not_completed="phone")
    assert paper.milestones(record, "reviewed", "assessment_joined") == [(paper.at(28, 585), paper.at(28, 585))]


def test_fewer_attempts_close_earlier(paper):
    record = run(paper, paper.people([1], reachable=False), {"screening_review": 100}, lists__contact_attempts=1)
    assert paper.milestones(record, "closed") == [(paper.at(1, 550),)]


def on_leave(paper, covers, leave):
    """Serve one person at risk, screened on Monday at one, with an assistant who is on leave on these days.

    A therapist who earns 100 minutes of therapy a day is at work on all.
    """
    config = paper.with_roles(
        paper.plain(),
        assistant=paper.role({"risk_call": 0.4, "screening_review": 0.6}),
        therapist=paper.role({"therapy": 1.0}, covers=covers),
    )
    posts = [
        paper.post(config, "therapist", {"therapy": 100}, places=4),
        paper.post(config, "assistant", {"risk_call": 40, "screening_review": 60}, leave=leave),
    ]
    cohort = paper.people([paper.at(0, 1)], risk=True)
    record = paper.serve(config, cohort, paper.roster(*posts))
    audit(paper.history(config, cohort, record, *posts))
    return record


def test_a_clinician_on_duty_makes_risk_calls_and_reviews_screens_while_those_who_do_are_away(paper):
    record = on_leave(paper, ["risk_call", "screening_review"], range(14))
    assert paper.milestones(record, "risk_called", "reviewed") == [(paper.at(0), paper.at(0, 590))]
    assert record.work[:2] == [
        (0, "risk_call", paper.at(0), 30, 0, "done"), (0, "screening_review", paper.at(0, 570), 20, 0, "done"),
    ]  # fmt: skip
    assert record.passed[:2] == [(0, 0, "therapy", "risk_call", 30), (0, 0, "therapy", "screening_review", 20)]


def test_without_cover_both_wait_until_somebody_is_back(paper):
    record = on_leave(paper, [], range(14))
    assert paper.milestones(record, "risk_called", "reviewed") == [(paper.at(14), paper.at(14, 590))]


def test_nobody_covers_while_somebody_is_there_whose_work_it_is(paper):
    record = on_leave(paper, ["risk_call", "screening_review"], ())
    assert {post for post, activity, *_ in record.work if activity in {"risk_call", "screening_review"}} == {1}


def test_who_covers_reviews_alone_leaves_risk_calls(paper):
    record = on_leave(paper, ["screening_review"], range(14))
    assert paper.milestones(record, "reviewed", "risk_called") == [(paper.at(0, 560), paper.at(14))]
