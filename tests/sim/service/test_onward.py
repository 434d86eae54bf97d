"""What follows an assessment: advice, navigation elsewhere, bouncing back, both at once, rerouting and coming back."""

import pytest

pytestmark = pytest.mark.unit


def run(paper, cohort, config=None, navigator=100, **special):
    """Serve people who are assessed on day 2, with a navigator (contacts of 20 minutes) and a therapist."""
    config = paper.with_roles(
        config or paper.plain(100),
        senior_clinician=paper.role({"assessment": 1.0}),
        navigator=paper.role({"navigation": 1.0}),
        therapist=paper.role({"therapy": 1.0}),
    )
    roster = paper.roster(
        paper.post(config, "senior_clinician", {"assessment": 420}),
        paper.post(config, "navigator", {"navigation": navigator}),
        paper.post(config, "therapist", {"therapy": 200}, places=3, **special),
    )
    return paper.serve(config, cohort, roster)


def assessed(paper, outcome, people=1, **columns):
    return paper.people(list(range(-people, 0)), opening=1, outcome=outcome, **columns)


def contacts(paper, record, case=0):
    return [
        (minute // paper.DAY, minute % paper.DAY)
        for _, minute, _, whose, _ in paper.work_of(record, "navigation")
        if whose == case
    ]


def test_advice_closes_the_case_at_the_end_of_the_assessment(paper):
    record = run(paper, assessed(paper, "advice"))
    assert paper.milestones(record, "assessed", "closed") == [(paper.at(2), paper.at(2, 600))]
    assert record.journeys.ended == ["advice"]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("advice", "closed"), ("hub_therapy", "therapy_list"), ("group", "group_list"), ("onward", "navigation"),
        ("therapy_and_onward", "therapy_list"),
    ],
)  # fmt: skip
def test_each_outcome_leads_to_its_own_state(paper, outcome, state):
    # Nobody but the senior is there.
    record = run(paper, assessed(paper, outcome), navigator=0, sick=range(100))
    assert record.journeys.outcome == [outcome]
    assert record.states == [state]


def test_navigation_is_contacts_a_week_apart_of_which_the_first_refers(paper):
    # Due on day 2 at 10:00, made on day 3 at nine until 09:20. A week later is day 10 at 09:20, after reception has
    # opened, so day 11; the last is due on day 18 at 09:20 and made on Monday, day 21 (19 and 20 are a weekend).
    record = run(paper, assessed(paper, "onward", navigation_contacts=3))
    assert contacts(paper, record) == [(3, 540), (11, 540), (21, 540)]
    assert paper.milestones(record, "external_referred", "navigated", "closed") == [
        (paper.at(3, 560), paper.at(21, 560), paper.at(21, 560)),
    ]  # fmt: skip
    assert record.journeys.ended == ["onward"]


def test_navigation_waits_for_the_navigators_minutes(paper):
    # 8 minutes a day: on day 3 there are 32, and 12 are left after the first contact; on day 4 there are 20 again.
    record = run(paper, assessed(paper, "onward", people=2), navigator=8)
    assert contacts(paper, record, 0) == [(3, 540)]
    assert contacts(paper, record, 1) == [(4, 540)]


def test_somebody_refused_elsewhere_may_bounce_back_to_the_hubs_own_therapy(paper):
    # Referred on day 3 at 09:20; the refusal comes ten days later, on Sunday, day 13; the therapist books on day 14.
    cohort = assessed(paper, "onward", accepted=False, bounced_back=True, course_sessions=1)
    record = run(paper, cohort)
    assert paper.milestones(record, "therapy_joined", "therapy_booked", "therapy_first", "closed") == [
        (paper.at(13, 560), paper.at(14), paper.at(16), paper.at(16, 600)),
    ]  # fmt: skip
    assert record.journeys.ended == ["completed"]


def test_somebody_who_bounced_back_and_still_waits_has_not_ended(paper):
    record = run(paper, assessed(paper, "onward", accepted=False, bounced_back=True), sick=range(100))
    assert record.states == ["therapy_list"]
    assert record.journeys.ended == [""]


@pytest.mark.parametrize(("accepted", "bounced_back"), [(True, True), (False, False)])
def test_nobody_else_bounces_back(paper, accepted, bounced_back):
    record = run(paper, assessed(paper, "onward", accepted=accepted, bounced_back=bounced_back))
    assert paper.milestones(record, "therapy_joined", "closed") == [(None, paper.at(3, 560))]


def test_nobody_bounces_back_to_a_hub_that_gives_no_therapy(paper):
    config = paper.plain(100, reroute={"hub_therapy": "onward"})
    record = run(paper, assessed(paper, "onward", accepted=False, bounced_back=True), config)
    assert record.journeys.ended == ["onward"]


def test_therapy_and_onward_closes_when_both_are_done(paper):
    # Therapy is booked on day 3 for Monday, day 7 (5 is Saturday), and is one session until 10:00.
    # Navigation of one contact ends on day 3, of three on day 21.
    short = run(paper, assessed(paper, "therapy_and_onward", course_sessions=1, navigation_contacts=1))
    assert paper.milestones(short, "navigated", "therapy_last", "closed") == [
        (paper.at(3, 560), paper.at(7), paper.at(7, 600)),
    ]  # fmt: skip
    long = run(paper, assessed(paper, "therapy_and_onward", course_sessions=1, navigation_contacts=3))
    assert paper.milestones(long, "navigated", "therapy_last", "closed") == [
        (paper.at(21, 560), paper.at(7), paper.at(21, 560)),
    ]  # fmt: skip
    assert short.journeys.ended == long.journeys.ended == ["completed"]


def test_somebody_whose_navigation_is_over_has_no_ending_while_therapy_goes_on(paper):
    # One contact on day 3; therapy of sixty sessions goes on at the horizon.
    record = run(paper, assessed(paper, "therapy_and_onward", course_sessions=60, navigation_contacts=1))
    assert paper.milestones(record, "navigated", "closed") == [(paper.at(3, 560), None)]
    assert record.journeys.ended == [""]


def test_giving_up_on_therapy_does_not_end_the_navigation(paper):
    cohort = assessed(paper, "therapy_and_onward", patience_therapy=600, navigation_contacts=3)
    record = run(paper, cohort, sick=range(100))
    assert paper.milestones(record, "navigated", "closed") == [(paper.at(21, 560), paper.at(21, 560))]
    assert record.journeys.ended == ["left_therapy_list"]


def test_a_hub_that_reroutes_therapy_helps_people_onward_instead(paper):
    config = paper.plain(100, reroute={"hub_therapy": "onward"})
    record = run(paper, assessed(paper, "hub_therapy"), config)
    assert record.journeys.outcome == ["onward"]
    assert contacts(paper, record) == [(3, 540)]


def test_the_staffing_models_reroute_follows_the_scenarios(paper):
    settings = paper.plain_settings(100)
    settings["pathway"]["reroute"] = {"group": "hub_therapy"}
    settings["staffing"]["reroute"] = {"hub_therapy": "onward", "onward": "advice"}
    record = run(paper, assessed(paper, ["group", "onward"], people=2), paper.validate(settings))
    assert record.journeys.outcome == ["onward", "advice"]


def test_a_check_in_calls_those_who_still_wait_for_therapy_and_nobody_else(paper):
    # Calls every 14 days. 0 and 1 wait from the last minute of Sunday on, 1 gives up on day 20; 2 is in therapy from
    # day 0. Due at the end of day 13, made on Monday, day 14; due again on the last minute of day 27, made on day 28.
    config = paper.with_roles(
        paper.plain(check_in__every_days=14),
        therapist=paper.role({"therapy": 1.0}),
        coordinator=paper.role({"check_in": 1.0}),
    )
    cohort = paper.people(
        [-2, -1, -1], opening=2, modality=[1, 1, 0], patience_therapy=[paper.at(40), paper.at(20), paper.at(40)],
        course_sessions=10,
    )  # fmt: skip
    roster = paper.roster(
        paper.post(config, "therapist", {"therapy": 200}, places=1),
        paper.post(config, "coordinator", {"check_in": 60}),
    )
    changed = config.model_dump()
    changed["staffing"]["roles"]["therapist"]["modalities"] = ["cbt"]
    record = paper.serve(paper.validate(changed), cohort, roster)
    calls = [(case, minute // paper.DAY) for _, minute, _, case, _ in paper.work_of(record, "check_in")]
    assert calls == [(0, 14), (1, 14), (0, 28)]


def letters(paper, **away):
    """Run one person from referral to assessment with letters of 20 minutes; the coordinator may be on leave."""
    config = paper.with_roles(
        paper.plain(administration__minutes=20),
        reviewer=paper.role({"screening_review": 1.0}),
        senior_clinician=paper.role({"assessment": 1.0}, covers=["administration"]),
        coordinator=paper.role({"administration": 1.0}),
    )
    roster = paper.roster(
        paper.post(config, "reviewer", {"screening_review": 60}),
        paper.post(config, "senior_clinician", {"assessment": 100}),
        paper.post(config, "coordinator", {"administration": 60}, **away),
    )
    record = paper.serve(config, paper.people([-1]), roster)
    return [
        (post, minute // paper.DAY, minutes) for post, minute, minutes, *_ in paper.work_of(record, "administration")
    ]


def test_a_referral_an_appointment_and_its_outcome_make_a_letter_each(paper):
    # Booked on day 1, after the coordinator acted, for day 3; each letter is written on the next day.
    assert letters(paper) == [(2, 0, 20), (2, 2, 20), (2, 4, 20)]


def test_letters_are_written_by_who_covers_while_the_coordinator_is_away(paper):
    assert letters(paper, leave=range(3)) == [(1, 0, 20), (1, 1, 20), (2, 4, 20)]


def test_team_support_takes_time_from_assessments(paper):
    # 60 minutes a day go to teams first and to assessments when no team waits. Without a request 0 is booked on day 0;
    # a workshop of 120 minutes asked for before uses days 0 and 1, and 0 is booked on day 2.
    config = paper.with_roles(
        paper.plain(),
        senior_clinician=paper.role({"team_support": 0.5, "assessment": 0.5}, flexes=("team_support",)),
    )
    roster = paper.roster(paper.post(config, "senior_clinician", {"team_support": 60}))
    for requests, day in (([], 0), ([-100], 2)):
        cohort = paper.people([-1], opening=1, team_requests=requests)
        record = paper.serve(config, cohort, roster)
        assert paper.milestones(record, "booked") == [(paper.at(day),)]
        assert [entry[1:3] for entry in paper.work_of(record, "team_support")] == [(paper.at(1), 120)] * len(requests)


def test_somebody_who_comes_back_opens_a_new_episode_at_the_drawn_delay(paper):
    # Advised on day 2 at 10:00; back after 10 days and 7 minutes: Saturday, day 12, at 10:07.
    cohort = assessed(paper, "advice", re_referred=[[True, False, False]], re_referral_delay=10 * 1440 + 7)
    record = run(paper, cohort)
    assert record.journeys.client == [0, 0]
    assert record.journeys.episode == [0, 1]
    assert record.journeys.referred == [-1, paper.at(12, 607)]


def test_nobody_has_more_than_three_episodes(paper):
    # Nobody is offered an assessment; advised within a day of each referral, and back a week later for ever.
    config = paper.with_roles(paper.plain(), assistant=paper.role({"screening_review": 1.0}))
    cohort = paper.people([1], offered=False, re_referred=True, re_referral_delay=7 * 1440)
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "assistant", {"screening_review": 60})))
    assert record.journeys.episode == [0, 1, 2]
    assert record.journeys.ended == ["advised"] * 3


def test_an_episode_has_decisions_of_its_own(paper):
    cohort = assessed(
        paper, [["advice", "onward", "onward"]], re_referred=[[True, False, False]], re_referral_delay=1440
    )  # fmt: skip
    config = paper.with_roles(
        paper.plain(),
        senior_clinician=paper.role({"screening_review": 0.5, "assessment": 0.5}),
    )
    post = paper.post(config, "senior_clinician", {"screening_review": 60, "assessment": 120})
    record = paper.serve(config, cohort, paper.roster(post))
    assert record.journeys.outcome == ["advice", "onward"]


def test_people_who_gave_up_waiting_do_not_come_back(paper):
    cohort = assessed(paper, "advice", patience_assessment=100, re_referred=True, re_referral_delay=1440)
    record = run(paper, cohort)
    assert record.journeys.ended == ["left_assessment_list"]


def test_nobody_is_called_after_having_left(paper):
    # Due on day 14 with two others; 2 gives up at 09:20 that day, before the third call would begin, at 09:30.
    config = paper.with_roles(paper.plain(check_in__every_days=14), coordinator=paper.role({"check_in": 1.0}))
    cohort = paper.people([-3, -2, -1], opening=2, patience_therapy=[paper.at(40), paper.at(40), paper.at(14, 560)])
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "coordinator", {"check_in": 60})))
    assert [case for *_, case, _ in paper.work_of(record, "check_in") if case == 2] == []
