"""Assessments: booked with notice into the next free slot, kept, cancelled or missed, by whole and part-time posts."""

import pytest

pytestmark = pytest.mark.unit

MISS, LATE, IN_TIME, COME = 0.05, 0.15, 0.25, 0.9


def run(paper, cohort, minutes=60, config=None, **post):
    """Serve a cohort with one senior clinician who only assesses."""
    config = paper.with_roles(config or paper.plain(), senior_clinician=paper.role({"assessment": 1.0}))
    return paper.serve(
        config, cohort, paper.roster(paper.post(config, "senior_clinician", {"assessment": minutes}, **post))
    )


def waiting(paper, people, **columns):
    """Return people who wait for an assessment on the first morning, in this order."""
    return paper.people(list(range(-people, 0)), opening=1, **{"outcome": "advice"} | columns)


def days(paper, record, milestone):
    return [None if minute is None else minute // paper.DAY for (minute,) in paper.milestones(record, milestone)]


def test_one_assessment_a_day_is_booked_two_days_ahead_of_working_days(paper):
    # 60 minutes a day: one is booked each day. Day 3 + 2 is Saturday and day 4 + 2 Sunday: both on Monday, day 7.
    record = run(paper, waiting(paper, 5))
    assert days(paper, record, "booked") == [0, 1, 2, 3, 4]
    assert paper.milestones(record, "assessed") == [
        (paper.at(2),), (paper.at(3),), (paper.at(4),), (paper.at(7),), (paper.at(7, 600),),
    ]  # fmt: skip


@pytest.mark.parametrize(("notice", "day"), [(1, 1), (2, 2), (4, 4), (5, 7), (14, 14)])
def test_nobody_is_seen_before_the_notice_has_passed(paper, notice, day):
    record = run(paper, waiting(paper, 1), config=paper.plain(lists__notice_days=notice))
    assert paper.milestones(record, "assessed") == [(paper.at(day),)]


def test_planned_leave_is_not_booked(paper):
    record = run(paper, waiting(paper, 1), leave=[2, 3])
    assert paper.milestones(record, "booked", "assessed") == [(paper.at(0), paper.at(4))]


def test_an_assessment_that_sickness_prevents_moves_to_the_next_day_at_work(paper):
    record = run(paper, waiting(paper, 1), sick=[2, 3])
    assert paper.milestones(record, "booked", "assessed") == [(paper.at(0), paper.at(4))]


def test_a_day_that_is_full_is_passed_over_for_the_next(paper):
    # A working day has 450 minutes: two assessments of 200 fit into day 2, the third is on day 3.
    record = run(paper, waiting(paper, 3, assessment_minutes=200), minutes=600)
    assert paper.milestones(record, "booked", "assessed") == [
        (paper.at(0), paper.at(2)), (paper.at(0), paper.at(2, 740)), (paper.at(0), paper.at(3)),
    ]  # fmt: skip


# Four people wait; person 0 has the appointment of day 2. One appointment a day can be booked.
WHAT_BECOMES_OF_IT = {
    # Everybody comes.
    COME: [(2, 540), (3, 540), (4, 540), (7, 540)],
    # Cancelled in time: the 60 minutes of day 2 come back, so two are booked on day 2: 0, still first, and 2.
    IN_TIME: [(4, 540), (3, 540), (4, 600), (7, 540)],
    # Cancelled late: the slot is lost. 0 joins again after the lost hour, so 2 is booked on day 2, 0 first on day 3
    # and 3 on day 4; both are seen on Monday.
    LATE: [(7, 540), (3, 540), (4, 540), (7, 600)],
    # Missed: the slot is lost, and 0 goes to the back: 3 is booked on day 3, 0 on day 4.
    MISS: [(7, 600), (3, 540), (4, 540), (7, 540)],
}


@pytest.mark.parametrize(("luck", "assessed"), WHAT_BECOMES_OF_IT.items())
def test_what_a_missed_or_cancelled_assessment_does_to_the_list(paper, luck, assessed):
    record = run(paper, waiting(paper, 4, assessments={0: [luck]}))
    assert paper.milestones(record, "assessed") == [(paper.at(*moment),) for moment in assessed]


@pytest.mark.parametrize(("luck", "spent"), [(COME, 60), (LATE, 40), (MISS, 40)])
def test_nobody_writes_up_an_assessment_to_which_nobody_came(paper, luck, spent):
    # Of 60 minutes 20 are write-up.
    record = run(paper, waiting(paper, 2, assessments={0: [luck]}, assessment_write_up=20))
    assert paper.work_of(record, "assessment")[0][2] == spent


@pytest.mark.parametrize(("luck", "lost"), [(COME, []), (IN_TIME, []), (LATE, ["cancelled"]), (MISS, ["missed"])])
def test_a_slot_is_lost_only_when_missed_or_cancelled_late(paper, luck, lost):
    record = run(paper, waiting(paper, 1, assessments={0: [luck]}))
    assert [result for *_, result in paper.work_of(record, "assessment")] == [*lost, "attended"]
    # The rest of 50 days x 60 minutes is unspent.
    assert record.balances[0, "assessment"] == 50 * 60 - 60 * (1 + len(lost))


def test_somebody_who_missed_goes_to_the_back_of_the_own_class_only(paper):
    # By need: 0, 1 and 2 have very high need, 3 and 4 some. 0 misses on day 2 and is behind 2, who is booked on that
    # day, but before 3 and 4, who have waited for longer.
    tiers = [paper.TIERS[name] for name in ("very_high", "very_high", "very_high", "some", "some")]
    cohort = waiting(paper, 5, tier=tiers, assessments={0: [MISS]})
    record = run(paper, cohort, config=paper.plain(lists__policy="by_need"))
    order = sorted(range(5), key=lambda case: record.journeys.assessed[case])
    assert order == [1, 2, 0, 3, 4]


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_somebody_is_discharged_at_the_last_miss_allowed(paper, allowed):
    config = paper.plain(attendance__assessment_misses_allowed=allowed)
    record = run(paper, waiting(paper, 1, luck=MISS), config=config)
    results = [result for *_, result in paper.work_of(record, "assessment")]
    assert results == ["missed"] * allowed
    last = paper.work_of(record, "assessment")[-1]
    assert paper.milestones(record, "closed", "assessed") == [(last[1] + 60, None)]
    assert record.journeys.ended == ["missed_assessment"]


def test_somebody_who_cancels_for_ever_is_closed_when_the_draws_of_the_episode_are_used_up(paper):
    # An appointment every second working day, or so: 64 are cancelled in time, the 65th ends it.
    record = run(paper, waiting(paper, 1, luck=IN_TIME), config=paper.plain(horizon_days=400))
    assert record.journeys.ended == ["administrative"]
    assert record.work == []
    assert sum(stay[0] == "assessment" for stay in record.stays) == 65


def test_a_part_timer_of_33_minutes_a_day_assesses_whenever_the_balance_covers_the_length(paper):
    # 60 minutes are there after 2, 4 and 6 days at work (66, 132, 198 minutes): on days 1, 3 and 7.
    record = run(paper, waiting(paper, 3), minutes=33)
    assert days(paper, record, "booked") == [1, 3, 7]
    assert days(paper, record, "assessed") == [3, 7, 9]


def test_a_long_assessment_is_waited_for_and_not_overtaken_by_a_short_one(paper):
    # 0 needs 120 minutes, 1 needs 60, and 60 are earned a day: 0 is booked on day 1, 1 on day 2.
    record = run(paper, waiting(paper, 2, assessment_minutes=[120, 60]))
    assert days(paper, record, "booked") == [1, 2]


def test_what_is_earned_beyond_two_weeks_goes_idle(paper):
    # A fifth of a post of 420 minutes a day earns 84 and keeps at most 840: ten days at work, 0 to 4 and 7 to 11.
    record = run(paper, paper.people([]), minutes=84, wte=0.2, config=paper.plain(horizon_days=21))
    assert record.passed == [(0, day, "assessment", "idle", 84) for day in range(14, 19)]
    assert record.balances == {(0, "assessment"): 840}


def test_the_smallest_post_may_still_save_up_for_the_longest_assessment(paper):
    # A hundredth of a post earns 4 minutes a day; two weeks' worth, 42, would never reach the longest assessment.
    record = run(paper, waiting(paper, 1, assessment_minutes=240), minutes=4, wte=0.01, config=paper.plain(120))
    assert days(paper, record, "booked") == [81]  # the 60th day at work: 60 x 4 = 240


def test_minutes_promised_to_an_appointment_do_not_go_idle(paper):
    # Booked on day 0 with three weeks' notice; the 200 minutes of the appointment are kept beside the full balance.
    config = paper.plain(lists__notice_days=21)
    record = run(paper, waiting(paper, 1, assessment_minutes=200), minutes=200, wte=0.2, config=config)
    assert paper.milestones(record, "assessed") == [(paper.at(21),)]
    assert record.balances == {(0, "assessment"): 840}


def test_a_shift_worker_waits_for_an_offer_that_suits_and_keeps_the_place(paper):
    # Half of in-hours offers suit: of the offers to 0 the first (0.9) does not, the second (0.1) does.
    cohort = waiting(paper, 3, shift_worker=[True, False, False], offers={0: [0.9, 0.1]})
    assert days(paper, run(paper, cohort), "booked") == [1, 0, 2]


def test_a_post_that_offers_early_evening_or_weekend_appointments_suits_every_shift_worker(paper):
    cohort = waiting(paper, 2, shift_worker=True, offers={0: [0.9], 1: [0.9]})
    assert days(paper, run(paper, cohort, out_of_hours=True), "booked") == [0, 1]


def test_people_who_do_not_work_shifts_can_always_come(paper):
    cohort = waiting(paper, 2, offers={0: [0.9], 1: [0.9]})
    assert days(paper, run(paper, cohort), "booked") == [0, 1]


LATE_TWICE = {0: [LATE]}
TWICE = 2.0


@pytest.mark.parametrize(
    ("changes", "person", "result"),
    [
        ({"attendance__in_hours_missed_times": TWICE}, {"shift_worker": True}, "missed"),
        ({"attendance__in_hours_missed_times": TWICE}, {"shift_worker": False}, "cancelled"),
        ({"attendance__matched_clinician__missed_times": TWICE}, {"matched": True}, "missed"),
        ({"attendance__matched_clinician__missed_times": TWICE}, {"matched": False}, "cancelled"),
        ({}, {"shift_worker": True, "matched": True}, "cancelled"),
    ],
)
def test_whoever_misses_twice_as_many_misses_what_others_cancel(paper, changes, person, result):
    # One in ten is missed, or two; the luck of this appointment lies between.
    record = run(paper, waiting(paper, 1, assessments=LATE_TWICE, **person), config=paper.plain(**changes))
    assert paper.work_of(record, "assessment")[0][-1] == result


def test_shift_workers_miss_no_more_evenings_than_anybody_misses(paper):
    config = paper.plain(attendance__in_hours_missed_times=TWICE)
    cohort = waiting(paper, 1, assessments=LATE_TWICE, shift_worker=True)
    record = run(paper, cohort, config=config, out_of_hours=True)
    assert [each for *_, each in paper.work_of(record, "assessment")] == ["cancelled", "attended"]


def test_somebody_leaves_the_assessment_list_exactly_when_patience_ends_and_not_once_booked(paper):
    # One is booked a day: 1 leaves a minute before day 1 begins, and 2, booked in that place, would a minute after.
    patience = [10 * paper.DAY, paper.at(1, 539), paper.at(1, 541)]
    record = run(paper, waiting(paper, 3, patience_assessment=patience))
    assert paper.milestones(record, "booked", "closed")[1] == (None, paper.at(1, 539))
    assert record.journeys.ended == ["advice", "left_assessment_list", "advice"]
    assert days(paper, record, "booked") == [0, None, 1]


def test_who_waits_again_after_a_missed_appointment_has_the_patience_that_is_left(paper):
    # Three days of patience, of which nine hours are used up when the appointment of day 2 is given; it is missed, and
    # the clinician is then away: what is left runs from ten o'clock on.
    cohort = waiting(paper, 1, patience_assessment=3 * paper.DAY, assessments={0: [MISS]})
    record = run(paper, cohort, leave=range(3, 70))
    assert paper.milestones(record, "booked", "closed") == [(paper.at(0), paper.at(2, 600) + 3 * paper.DAY - 540)]
    assert record.journeys.ended == ["left_assessment_list"]


@pytest.mark.parametrize(("a_week", "missed"), [(0.0, 0), (0.02, 1), (0.2, 2)])
def test_the_longer_somebody_has_waited_the_likelier_is_the_appointment_missed(paper, a_week, missed):
    # On day 2, three and five weeks after joining the list: 0.06 more miss at 0.02 a week, and 0.1.
    cohort = paper.people([paper.at(-33), paper.at(-19)], opening=1, outcome="advice", luck=0.92)
    config = paper.plain(attendance__missed_share_per_week_waited=a_week)
    record = run(paper, cohort, minutes=120, config=config)
    assert [result for *_, result in paper.work_of(record, "assessment")[:2]].count("missed") == missed


def test_patience_ends_even_if_nobody_ever_looks_at_the_list(paper):
    record = run(paper, waiting(paper, 1, patience_assessment=12_345), minutes=0)
    assert paper.milestones(record, "closed") == [(12_345,)]


def test_when_a_clinician_leaves_booked_people_go_back_to_their_places(paper):
    # The first senior books 0 and 1 on days 0 and 1 and leaves on day 1, a day before the first appointment. The second
    # starts on day 4 and books 0, 1 and 2 in their old order.
    config = paper.with_roles(paper.plain(), senior_clinician=paper.role({"assessment": 1.0}))
    leaver = paper.post(config, "senior_clinician", {"assessment": 60}, end=2, handovers=[1])
    starter = paper.post(config, "senior_clinician", {"assessment": 60}, first=4)
    record = paper.serve(config, waiting(paper, 3), paper.roster(leaver, starter))
    assert days(paper, record, "assessed") == [7, 9, 10]
    assert record.balances[0, "assessment"] == 120


@pytest.mark.parametrize(("flexes", "moved"), [(("assessment",), 60), ((), 0)])
def test_unused_time_passes_to_the_next_activity_only_where_the_job_plan_says_so(paper, flexes, moved):
    config = paper.with_roles(
        paper.plain(horizon_days=7),
        senior_clinician=paper.role({"assessment": 0.5, "therapy": 0.5}, flexes=flexes),
    )
    roster = paper.roster(paper.post(config, "senior_clinician", {"assessment": 60}))
    record = paper.serve(config, paper.people([]), roster)
    assert record.balances == {(0, "assessment"): 5 * (60 - moved), (0, "therapy"): 5 * moved}


def test_a_reserve_whose_list_still_has_somebody_is_not_passed_on(paper):
    # The assessment takes 100 minutes and 60 a day are earned: day 0 passes nothing on, day 1 books it and passes on
    # the 20 that are left of the day, and day 2 onwards all 60.
    config = paper.with_roles(
        paper.plain(horizon_days=7),
        senior_clinician=paper.role({"assessment": 0.5, "therapy": 0.5}, flexes=("assessment",)),
    )
    roster = paper.roster(paper.post(config, "senior_clinician", {"assessment": 60}))
    record = paper.serve(config, waiting(paper, 1, assessment_minutes=100), roster)
    moves = [(0, day, "assessment", "therapy", minutes) for day, minutes in ((1, 20), (2, 60), (3, 60), (4, 60))]
    assert record.passed == moves


def test_only_the_days_own_minutes_pass_on_and_what_was_saved_stays(paper):
    # As above, but the person gives up before day 1: the 60 minutes saved on day 0 stay with assessments.
    config = paper.with_roles(
        paper.plain(horizon_days=7),
        senior_clinician=paper.role({"assessment": 0.5, "therapy": 0.5}, flexes=("assessment",)),
    )
    roster = paper.roster(paper.post(config, "senior_clinician", {"assessment": 60}))
    record = paper.serve(config, waiting(paper, 1, assessment_minutes=100, patience_assessment=paper.at(1, 0)), roster)
    assert record.passed == [(0, day, "assessment", "therapy", 60) for day in (1, 2, 3, 4)]
    assert record.balances == {(0, "assessment"): 60, (0, "therapy"): 240}
