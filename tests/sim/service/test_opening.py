"""The opening position: people who already wait or are in therapy when the run begins."""

import pytest

pytestmark = pytest.mark.unit


def test_people_who_wait_for_a_review_are_reviewed_in_the_order_of_their_waits(paper):
    config = paper.with_roles(paper.plain(), assistant=paper.role({"screening_review": 1.0}))
    cohort = paper.people([paper.at(-9), paper.at(-3)], opening=0)
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "assistant", {"screening_review": 20})))
    # One review of 20 minutes a day.
    assert paper.milestones(record, "screened", "reviewed") == [
        (paper.at(-9), paper.at(0, 560)), (paper.at(-3), paper.at(1, 560)),
    ]  # fmt: skip


def test_waits_so_far_count_and_patience_begins_with_the_run(paper):
    # Waiting for 60 and 50 days; one appointment a day. 0 is booked on day 0; 1 would be on day 1 but gives up before.
    config = paper.with_roles(paper.plain(), senior_clinician=paper.role({"assessment": 1.0}))
    cohort = paper.people([paper.at(-60), paper.at(-50)], opening=1, patience_assessment=[paper.at(1), 1000])
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "senior_clinician", {"assessment": 60})))
    stays = [stay[1:] for stay in record.stays if stay[0] == "assessment"]
    assert sorted(stays) == [(0, paper.at(-60), paper.at(0), "taken"), (1, paper.at(-50), 1000, "left")]
    assert paper.milestones(record, "assessment_joined", "assessed")[0] == (paper.at(-60), paper.at(2))


def therapists(paper, *posts):
    config = paper.with_roles(paper.plain(), therapist=paper.role({"therapy": 1.0}))
    return config, paper.roster(*(paper.post(config, "therapist", {"therapy": 300}, **special) for special in posts))


def test_the_opening_caseload_goes_on_with_the_sessions_left(paper):
    # Half an interval of 7 days: the first is on day 3, the second a week later; both are follow-up sessions.
    config, roster = therapists(paper, {"places": 1})
    record = paper.serve(config, paper.people([-1], opening=3, sessions_left=2, tie=0.5), roster)
    sessions = [(minute // paper.DAY, minutes) for _, minute, minutes, _, _ in paper.work_of(record, "therapy")]
    assert sessions == [(3, 45), (10, 45)]
    assert record.journeys.ended == ["completed"]
    assert record.journeys.transferred == [0]


def test_the_opening_caseload_goes_to_the_post_with_most_room_and_the_rest_to_the_head_of_the_list(paper):
    # Two places and one: 1 and 2 go to the first post, 3 to the second. 4 waits for the first place that falls free,
    # before 0, who has waited for therapy for months.
    config, roster = therapists(paper, {"places": 2}, {"places": 1})
    cohort = paper.people(
        [paper.at(-90), -4, -3, -2, -1], opening=[2, 3, 3, 3, 3], sessions_left=[0, 1, 9, 9, 1], course_sessions=1,
        tie=0.0,
    )  # fmt: skip
    record = paper.serve(config, cohort, roster)
    assert [post for minute, post, change in record.caseload if change > 0 and minute == 0] == [0, 0, 1]
    # Person 1 has one session left, on day 0, and is gone that morning: 4 has the place at once, for day 2.
    assert paper.milestones(record, "therapy_last")[4] == (paper.at(2),)
    assert paper.milestones(record, "therapy_first")[0] == (paper.at(4),)
    assert record.journeys.transferred == [0, 0, 0, 0, 0]  # 4 had no clinician who could hand over


def test_nobody_of_the_opening_caseload_is_given_to_a_post_that_is_not_filled_yet(paper):
    # The second post has more places, but nobody is in it before day 28.
    config, roster = therapists(paper, {"places": 1}, {"places": 5, "first": 28})
    record = paper.serve(config, paper.people([-1], opening=3, sessions_left=1, tie=0.0), roster)
    assert [(post, minute) for post, minute, *_ in paper.work_of(record, "therapy")] == [(0, paper.at(0))]


def test_without_any_post_the_opening_caseload_waits_at_the_head_of_the_list(paper):
    config, _ = therapists(paper)
    record = paper.serve(config, paper.people([-1], opening=3, sessions_left=1), paper.roster())
    assert record.states == ["therapy_list"]


def test_a_post_that_is_filled_but_never_at_work_holds_nobody_of_the_opening_caseload(paper):
    config, roster = therapists(paper, {"places": 1}, {"places": 5, "sick": range(400)})
    record = paper.serve(config, paper.people([-1], opening=3, sessions_left=1, tie=0.0), roster)
    assert [post for post, *_ in paper.work_of(record, "therapy")] == [0]


@pytest.mark.parametrize("opening", [2, 3])
def test_a_hub_that_gives_no_therapy_helps_its_opening_lists_onward(paper, opening):
    settings = paper.plain_settings()
    settings["staffing"]["reroute"] = {"hub_therapy": "onward"}
    config = paper.with_roles(paper.validate(settings), navigator=paper.role({"navigation": 1.0}))
    cohort = paper.people([paper.at(-9)], opening=opening, sessions_left=4)
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "navigator", {"navigation": 60})))
    assert (record.journeys.outcome, record.journeys.ended) == (["onward"], ["onward"])
    assert paper.milestones(record, "external_referred", "therapy_joined") == [(paper.at(0, 560), None)]


def test_people_on_the_opening_list_for_therapy_begin_with_the_staffing_models_first_step(paper):
    settings = paper.plain_settings()
    settings["staffing"]["first_step"] = {"cbt": {"starts_with": "group", "step_up_share": 0.0}}
    config = paper.with_roles(paper.validate(settings), lead=paper.role({"group": 1.0}))
    cohort = paper.people([paper.at(-9)] * 3, opening=2, patience_group=[1, 10**9, 10**9])
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "lead", {"group": 90})))
    # The first loses patience at once; the two others start when they have waited for three weeks.
    assert record.journeys.ended[0] == "left_group_list"
    assert record.journeys.modality == ["group"] * 3
