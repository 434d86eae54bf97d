"""Individual therapy: one clinician for the whole course, places, sessions missed, steps up, absences and handovers."""

import pytest

from sim.cohort.decisions import course_lengths

pytestmark = pytest.mark.unit

MISS, IN_TIME, COME = 0.05, 0.25, 0.9
PLAN = {"therapy": 1.0}


def run(paper, cohort, *posts, config=None, therapist=None):
    """Serve a cohort with therapists; each of `posts` says what is special about one (minutes 300, one place)."""
    config = paper.with_roles(config or paper.plain(), therapist=therapist or paper.role(PLAN))
    made = [
        paper.post(config, "therapist", {"therapy": special.pop("minutes", 300)}, **{"places": 1} | special)
        for special in (dict(post) for post in posts or [{}])
    ]
    return paper.serve(config, cohort, paper.roster(*made))


def waiting(paper, people, **columns):
    """Return people who wait for therapy on the first morning, in this order."""
    return paper.people(list(range(-people, 0)), opening=2, **columns)


def sessions(paper, record, case=0):
    """Return (post, day, minutes, result) of a case's sessions."""
    return [
        (post, minute // paper.DAY, minutes, result)
        for post, minute, minutes, whose, result in paper.work_of(record, "therapy")
        if whose == case
    ]


def attended(paper, record, case=0):
    return [day for _, day, _, result in sessions(paper, record, case) if result == "attended"]


def test_a_course_is_a_long_first_session_and_shorter_ones_a_week_apart(paper):
    # 60 and 45 minutes with the client and 10 of notes each; booked on day 0 for day 2.
    settings = paper.plain_settings()
    settings["pathway"]["modalities"]["cbt"]["admin_minutes"] = 10
    record = run(paper, waiting(paper, 1), config=paper.validate(settings))
    assert sessions(paper, record) == [(0, 2, 70, "attended"), (0, 9, 55, "attended"), (0, 16, 55, "attended")]
    assert paper.milestones(record, "therapy_first", "therapy_last", "closed") == [
        (paper.at(2), paper.at(16), paper.at(16, 595)),
    ]  # fmt: skip


def test_shift_workers_come_at_their_own_interval(paper):
    record = run(paper, waiting(paper, 1, shift_worker=True))
    assert attended(paper, record) == [2, 16, 30]


def test_one_clinician_keeps_a_person_for_the_whole_course(paper):
    record = run(paper, waiting(paper, 6, course_sessions=4), {"places": 2}, {"places": 1})
    for case in range(6):
        assert len({post for post, *_ in sessions(paper, record, case)}) == 1
        assert len(attended(paper, record, case)) == 4


def test_nobody_is_taken_on_beyond_the_places(paper):
    # Two places and plenty of time: 0 and 1 start on day 2 and end on day 9 (two sessions); 2 and 3 are booked then.
    record = run(paper, waiting(paper, 4, course_sessions=2), {"places": 2})
    held = most = 0
    for _, _, change in sorted(record.caseload):
        held += change
        most = max(most, held)
    assert most == 2
    assert [attended(paper, record, case) for case in range(4)] == [[2, 9], [2, 9], [11, 18], [11, 18]]


def test_a_free_place_is_filled_only_when_the_first_session_has_been_earned(paper):
    # 25 minutes a day: 60 are there on day 2, the third day at work; the session is two days later, on Monday.
    record = run(paper, waiting(paper, 1), {"minutes": 25})
    assert paper.milestones(record, "therapy_booked") == [(paper.at(2),)]


def test_a_session_whose_minutes_are_not_there_moves_to_the_next_day_at_work(paper):
    # 10 minutes a day: 60 are there on the sixth day at work, day 7; the session is held on day 9.
    record = run(paper, waiting(paper, 1, course_sessions=4), {"minutes": 10})
    # Balance after each: day 9: 80 - 60 = 20; day 16: 20 + 50 - 45 = 25; day 23: 25 + 50 - 45 = 30; day 30: 35.
    assert attended(paper, record) == [9, 16, 23, 30]
    # 8 minutes a day: 60 are there on the eighth day at work, day 9; held on day 11 with 80 - 60 = 20 left; day 18 has
    # 20 + 40 - 45 = 15; day 25: 15 + 40 - 45 = 10; day 32: 5.
    record = run(paper, waiting(paper, 1, course_sessions=5), {"minutes": 8})
    assert attended(paper, record) == [11, 18, 25, 32, 39]
    # 7 minutes a day: the ninth day at work, day 10, has 63; held on day 14 (12 is Saturday) with 77 - 60 = 17 left.
    # Day 21 has 17 + 35 = 52 and leaves 7; day 28 has 42, too few: held on day 29 with 49.
    record = run(paper, waiting(paper, 1, course_sessions=3), {"minutes": 7})
    assert attended(paper, record) == [14, 21, 29]


def test_a_session_missed_is_lost_and_the_next_is_an_interval_later(paper):
    record = run(paper, waiting(paper, 1, sessions={0: [COME, MISS]}))
    results = [(2, 60, "attended"), (9, 45, "missed"), (16, 45, "attended"), (23, 45, "attended")]
    assert [entry[1:] for entry in sessions(paper, record)] == results
    assert record.journeys.missed == [1]
    assert record.journeys.ended == ["completed"]


def test_a_session_cancelled_in_time_costs_nothing(paper):
    record = run(paper, waiting(paper, 1, sessions={0: [COME, IN_TIME]}))
    assert [entry[1:] for entry in sessions(paper, record)] == [
        (2, 60, "attended"), (16, 45, "attended"), (23, 45, "attended"),
    ]  # fmt: skip
    assert record.journeys.missed == [0]


def test_a_first_session_that_was_missed_is_a_long_one_again(paper):
    record = run(paper, waiting(paper, 1, sessions={0: [MISS]}))
    assert [entry[1:3] for entry in sessions(paper, record)] == [(2, 60), (9, 60), (16, 45), (23, 45)]
    assert paper.milestones(record, "therapy_first") == [(paper.at(9),)]


def test_two_sessions_missed_in_a_row_end_the_course(paper):
    record = run(paper, waiting(paper, 1, sessions={0: [COME, MISS, MISS]}))
    assert record.journeys.ended == ["missed_therapy"]
    assert paper.milestones(record, "closed") == [(paper.at(16, 585),)]
    assert (record.journeys.attended, record.journeys.missed) == ([1], [2])


def test_sessions_missed_apart_do_not(paper):
    record = run(paper, waiting(paper, 1, sessions={0: [MISS, COME, MISS, COME, MISS]}))
    assert record.journeys.ended == ["completed"]
    assert (record.journeys.attended, record.journeys.missed) == ([3], [3])


def test_somebody_who_drops_out_stops_after_the_drawn_session(paper):
    record = run(paper, waiting(paper, 1, course_sessions=6, drop_out_session=2))
    assert record.journeys.ended == ["dropped_out"]
    assert attended(paper, record) == [2, 9]
    assert paper.milestones(record, "closed") == [(paper.at(9, 585),)]


def test_a_course_that_is_done_is_completed_even_by_somebody_about_to_drop_out(paper):
    record = run(paper, waiting(paper, 1, course_sessions=2, drop_out_session=2))
    assert record.journeys.ended == ["completed"]


def test_a_course_ends_administratively_at_the_cap_of_draws_and_never_wraps(paper):
    # Cancelled in time for ever, every day at work from day 2 on: the 65th visit would be on working day 66, day 92.
    settings = paper.plain_settings(horizon_days=120)
    settings["pathway"]["modalities"]["cbt"]["interval_days"] = 1
    record = run(paper, waiting(paper, 1, luck=IN_TIME), config=paper.validate(settings))
    assert record.journeys.ended == ["administrative"]
    assert paper.milestones(record, "closed") == [(paper.at(92),)]
    assert record.work == []


@pytest.mark.parametrize(("steps_up", "posts"), [(True, [0, 0, 1, 1]), (False, [0, 0])])
def test_somebody_who_steps_up_waits_for_the_stronger_therapy_and_starts_it_afresh(paper, steps_up, posts):
    # The assistant gives self-help (30 and 20 minutes), the therapist CBT (60 and 45).
    config = paper.with_roles(
        paper.plain(),
        assistant=paper.role(PLAN, modalities=["self_help"]),
        therapist=paper.role(PLAN, modalities=["cbt"]),
    )
    roster = paper.roster(
        paper.post(config, "assistant", {"therapy": 100}, places=1),
        paper.post(config, "therapist", {"therapy": 100}, places=1),
    )
    cohort = waiting(paper, 1, modality=1, course_sessions=2, steps_up=steps_up, step_up_sessions=2)
    record = paper.serve(config, cohort, roster)
    assert [post for post, *_ in sessions(paper, record)] == posts
    # Self-help on days 2 and 9; joins the other list on day 9, is booked on day 10 for day 14 (12 is Saturday).
    minutes = [(2, 30), (9, 20), (14, 60), (21, 45)][: len(posts)]
    assert [entry[1:3] for entry in sessions(paper, record)] == minutes
    assert record.journeys.ended == ["completed"]
    assert record.journeys.transferred == [0]


def test_somebody_steps_up_once_at_most(paper):
    # Two modalities that step up to each other.
    settings = paper.plain_settings(horizon_days=150)
    settings["pathway"]["modalities"]["cbt"]["steps_up_to"] = "self_help"
    cohort = waiting(paper, 1, course_sessions=1, steps_up=True, step_up_sessions=1)
    record = run(paper, cohort, config=paper.validate(settings))
    assert record.journeys.attended == [2]


def test_a_session_moves_to_the_next_day_at_work_when_the_clinician_is_sick(paper):
    # Due on day 9; held on day 11, and the next a week after that.
    record = run(paper, waiting(paper, 1), {"sick": [9, 10]})
    assert attended(paper, record) == [2, 11, 18]


def test_a_session_is_booked_around_planned_leave(paper):
    record = run(paper, waiting(paper, 1), {"leave": [7, 8, 9, 10, 11]})
    assert attended(paper, record) == [2, 14, 21]


def test_a_leaver_hands_the_caseload_to_the_head_of_the_list_with_the_sessions_left(paper):
    # The first therapist sees 0 on days 2, 9 and 16 and leaves on that day; a successor comes on day 56. No
    # further session can be booked, so 0 goes to the head of the list on day 16 at 09:45. 1 has waited all the while.
    # The second therapist, with one place, starts on day 21 and takes 0 first, for the two short sessions left.
    leaver = {"end": 17, "handovers": [16], "back": 56}
    record = run(paper, waiting(paper, 2, course_sessions=[5, 1]), leaver, {"first": 21})
    assert sessions(paper, record, 0) == [
        (0, 2, 60, "attended"), (0, 9, 45, "attended"), (0, 16, 45, "attended"),
        (1, 23, 45, "attended"), (1, 30, 45, "attended"),
    ]  # fmt: skip
    assert sessions(paper, record, 1) == [(1, 32, 60, "attended")]
    assert record.journeys.transferred == [1, 0]
    assert ("therapy:cbt", 0, paper.at(16, 585), paper.at(21), "taken") in record.stays


def test_when_funding_ends_a_person_is_handed_over_as_soon_as_no_further_session_can_be_booked(paper):
    # Seen on days 2 and 9; the next would be on day 16, after the post's last day. Handed over on day 9 at 09:45.
    record = run(paper, waiting(paper, 1), {"end": 12, "handovers": [11]}, {"first": 14})
    assert ("therapy:cbt", 0, paper.at(9, 585), paper.at(14), "taken") in record.stays
    assert [entry[:2] for entry in sessions(paper, record)] == [(0, 2), (0, 9), (1, 16)]
    assert record.journeys.transferred == [1]


def test_a_long_absence_hands_the_caseload_over_and_a_short_one_does_not(paper):
    # Sick from day 3 on. Three weeks after day 2 the diary goes back to the list; the other therapist takes the person
    # that same morning, for two days later.
    away = {"sick": range(3, 200), "handovers": [23]}
    record = run(paper, waiting(paper, 1), away, {"first": 21})
    assert sessions(paper, record) == [(0, 2, 60, "attended"), (1, 25, 45, "attended"), (1, 32, 45, "attended")]
    assert record.journeys.transferred == [1]
    record = run(paper, waiting(paper, 1), {"sick": range(3, 21)}, {"first": 21})
    assert sessions(paper, record) == [(0, 2, 60, "attended"), (0, 21, 45, "attended"), (0, 28, 45, "attended")]
    assert record.journeys.transferred == [0]


def test_somebody_may_give_up_between_two_clinicians(paper):
    cohort = waiting(paper, 1, patience_therapy=5 * paper.DAY)
    record = run(paper, cohort, {"end": 12, "handovers": [11]})
    assert record.journeys.ended == ["left_between_clinicians"]
    # Handed over on day 9 at 09:45, as above, and gone when five days are over, of which nine hours had been used up.
    assert paper.milestones(record, "therapy_first", "closed") == [(paper.at(2), paper.at(14, 585) - 540)]


def test_somebody_gives_up_on_the_therapy_list_at_the_minute_patience_ends(paper):
    record = run(paper, waiting(paper, 2, patience_therapy=[paper.at(40), 1000]), {"first": 7})
    assert record.journeys.ended == ["completed", "left_therapy_list"]
    assert paper.milestones(record, "therapy_first", "closed")[1] == (None, 1000)


def test_only_a_clinician_who_gives_the_modality_takes_somebody_on(paper):
    record = run(paper, waiting(paper, 2, modality=[0, 1]), therapist=paper.role(PLAN, modalities=["self_help"]))
    assert paper.milestones(record, "therapy_booked") == [(None,), (paper.at(0),)]
    assert record.states == ["therapy_list", "closed"]


def test_lists_of_two_modalities_are_served_in_the_order_of_joining(paper):
    # One place and courses of one session: on day 0, then at the end of each course.
    record = run(paper, waiting(paper, 4, modality=[1, 0, 1, 0], course_sessions=1))
    order = sorted(range(4), key=lambda case: record.journeys.therapy_first[case])
    assert order == [0, 1, 2, 3]


def test_a_shift_worker_whom_no_offer_suits_is_passed_over_and_keeps_the_place(paper):
    # On day 0 the offer does not suit 0 and goes to 1; when 1 has ended, on day 2, the next one suits 0.
    cohort = waiting(paper, 2, shift_worker=[True, False], offers={0: [0.9, 0.1]}, course_sessions=1)
    record = run(paper, cohort)
    assert paper.milestones(record, "therapy_booked") == [(paper.at(2),), (paper.at(0),)]


def test_first_sessions_are_missed_at_a_rate_of_their_own(paper):
    # Luck 0.4 misses a first session (rate one half) and attends any other (rate one tenth).
    config = paper.plain(attendance__therapy_first={"missed_share": 0.5, "cancelled_share": 0.0})
    record = run(paper, waiting(paper, 1, course_sessions=2, sessions={0: [0.4, COME, 0.4]}), config=config)
    assert [result for *_, result in sessions(paper, record)] == ["missed", "attended", "attended"]


def stepped(paper, first, step_up_share=0.5):
    """Return a configuration whose people suited to CBT begin with another step; courses of up to 64 sessions."""
    settings = paper.plain_settings(horizon_days=150)
    settings["staffing"]["first_step"] = {"cbt": {"starts_with": first, "step_up_share": step_up_share}}
    settings["pathway"]["modalities"]["self_help"] |= {"sessions_mean": 2.0, "sessions_most": 2}
    return paper.validate(settings)


@pytest.mark.parametrize(("luck", "steps"), [(0.49, [30, 20, 60, 45, 45]), (0.5, [30, 20])])
def test_stepped_care_begins_low_and_steps_up_those_who_still_need_it(paper, luck, steps):
    # Self-help of at most two sessions (30 and 20 minutes) first; then the whole course of CBT (60 and 45).
    cohort = waiting(paper, 1, course_sessions=3, course_luck=0.99, step_up_luck=luck)
    record = run(paper, cohort, config=stepped(paper, "self_help"))
    assert [minutes for _, _, minutes, _ in sessions(paper, record)] == steps
    assert record.journeys.modality == ["self_help"]
    assert record.journeys.ended == ["completed"]


def test_the_first_steps_length_comes_from_the_same_luck_as_the_courses_own(paper):
    config = stepped(paper, "self_help", step_up_share=0.0)
    for luck in (0.01, 0.3, 0.99):
        record = run(paper, waiting(paper, 1, course_luck=luck), config=config)
        assert record.journeys.attended == [int(course_lengths(config.pathway.modalities["self_help"], luck))]


def test_the_opening_caseload_keeps_the_therapy_it_has(paper):
    cohort = paper.people([-1], opening=3, sessions_left=2)
    record = run(paper, cohort, config=stepped(paper, "self_help"))
    assert record.journeys.modality == ["cbt"]
    assert record.journeys.attended == [2]
