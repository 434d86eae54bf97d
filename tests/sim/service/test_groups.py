"""Therapy groups: when they start, how many they hold, how each member attends, and who leads them."""

import pytest

pytestmark = pytest.mark.unit

MISS, LATE, IN_TIME, COME = 0.05, 0.15, 0.25, 0.9


def run(paper, people, *leads, luck=None, config=None, **columns):
    """Serve people who are assessed on day 2 and sent to a group: 3 or 4 members, 2 weekly sessions of 90 minutes."""
    config = paper.with_roles(
        config or paper.plain(),
        senior_clinician=paper.role({"assessment": 1.0}),
        lead=paper.role({"group": 1.0}),
    )
    senior = paper.post(config, "senior_clinician", {"assessment": 420}, end=7)
    made = [
        paper.post(config, "lead", {"group": special.pop("minutes", 90)}, **special) for special in map(dict, leads)
    ]
    cohort = paper.people(list(range(-people, 0)), opening=1, outcome="group", sessions=luck or {}, **columns)
    return paper.serve(config, cohort, paper.roster(senior, *made))


def group_sessions(paper, record):
    """Return (post, day, minutes) of the sessions that a lead gave."""
    return [
        (post - 1, minute // paper.DAY, minutes)
        for post, minute, minutes, case, _ in paper.work_of(record, "group")
        if case < 0
    ]


def members(paper, record):
    """Return who was expected at each session, by day."""
    expected: dict[int, list[int]] = {}
    for _, minute, _, case, _ in paper.work_of(record, "group"):
        if case >= 0:
            expected.setdefault(minute // paper.DAY, []).append(case)
    return expected


def test_a_group_starts_when_enough_people_wait(paper):
    # The third is assessed on day 2 until noon; day 3 has three people and books day 5, a Saturday: so Monday, day 7.
    record = run(paper, 3, {})
    assert group_sessions(paper, record) == [(0, 7, 90), (0, 14, 90)]
    assert members(paper, record) == {7: [0, 1, 2], 14: [0, 1, 2]}
    assert paper.milestones(record, "therapy_booked", "therapy_first", "closed") == [
        (paper.at(3), paper.at(7), paper.at(14, 630)),
    ] * 3  # fmt: skip
    assert record.journeys.ended == ["completed"] * 3


def test_too_few_wait_until_the_first_has_waited_long_enough(paper):
    # The first joined on day 2 at 10:00. On day 23 at nine that is an hour short of 21 days; on day 24 it is more. The
    # session two days later falls on Saturday: Monday, day 28.
    record = run(paper, 2, {})
    assert paper.milestones(record, "therapy_joined", "therapy_booked")[0] == (paper.at(2, 600), paper.at(24))
    assert group_sessions(paper, record) == [(0, 28, 90), (0, 35, 90)]


def test_a_group_never_holds_more_than_its_greatest_size(paper):
    # Six wait on day 3 and four start. The other two are too few: the fifth joined on day 2 at 14:00, so they start on
    # day 24, when the lead is free again.
    record = run(paper, 6, {})
    assert members(paper, record) == {7: [0, 1, 2, 3], 14: [0, 1, 2, 3], 28: [4, 5], 35: [4, 5]}


def test_two_leads_run_two_groups_side_by_side(paper):
    # Seven wait on day 3, one assessed after another from nine to four: four go to the first lead, three to the second.
    record = run(paper, 7, {}, {})
    assert group_sessions(paper, record) == [(0, 7, 90), (1, 7, 90), (0, 14, 90), (1, 14, 90)]
    assert members(paper, record)[14] == [0, 1, 2, 3, 4, 5, 6]


def test_a_group_waits_for_a_lead_with_time(paper):
    # 18 minutes a day: 90 are there on the fifth day at work, day 4; the session is on day 7 (6 is Sunday).
    record = run(paper, 3, {"minutes": 18})
    assert paper.milestones(record, "therapy_booked")[0] == (paper.at(4),)
    assert group_sessions(paper, record) == [(0, 7, 90), (0, 14, 90)]


def test_everybody_has_an_attendance_of_their_own(paper):
    # 0 comes twice, 1 misses one, 2 misses both and is discharged.
    record = run(paper, 3, {}, luck={1: [MISS, COME], 2: [MISS, MISS]})
    assert record.journeys.attended == [2, 1, 0]
    assert record.journeys.missed == [0, 1, 2]
    assert record.journeys.ended == ["completed", "completed", "missed_therapy"]
    assert paper.milestones(record, "therapy_first") == [(paper.at(7),), (paper.at(14),), (None,)]


def test_the_lead_spends_the_session_once_however_many_come(paper):
    record = run(paper, 4, {}, luck={0: [MISS]})
    assert sum(minutes for *_, minutes in group_sessions(paper, record)) == 180


def test_a_group_that_everybody_has_left_ends_early(paper):
    settings = paper.plain_settings()
    settings["pathway"]["groups"]["sessions"] = 6
    record = run(paper, 3, {}, luck={case: [MISS, MISS] for case in range(3)}, config=paper.validate(settings))
    assert group_sessions(paper, record) == [(0, 7, 90), (0, 14, 90)]
    assert record.journeys.ended == ["missed_therapy"] * 3


def test_somebody_drops_out_after_the_drawn_session_and_the_group_goes_on(paper):
    record = run(paper, 3, {}, drop_out_session=[65, 1, 65])
    assert members(paper, record) == {7: [0, 1, 2], 14: [0, 2]}
    assert record.journeys.ended == ["completed", "dropped_out", "completed"]


def test_sessions_missed_apart_do_not_discharge_a_member(paper):
    settings = paper.plain_settings()
    settings["pathway"]["groups"]["sessions"] = 3
    record = run(paper, 3, {}, luck={0: [MISS, COME, MISS]}, config=paper.validate(settings))
    assert record.journeys.ended == ["completed"] * 3
    assert record.journeys.missed == [2, 0, 0]


def test_who_cancels_sessions_has_not_missed_them(paper):
    settings = paper.plain_settings()
    settings["pathway"]["groups"]["sessions"] = 3
    record = run(paper, 3, {}, luck={0: [LATE, IN_TIME, COME]}, config=paper.validate(settings))
    assert (record.journeys.attended[0], record.journeys.missed[0]) == (1, 0)
    assert record.journeys.ended == ["completed"] * 3


def test_a_member_about_to_drop_out_at_the_last_session_has_completed(paper):
    record = run(paper, 3, {}, drop_out_session=2)
    assert record.journeys.ended == ["completed"] * 3


def test_when_the_lead_leaves_another_takes_the_group_over(paper):
    # The first lead leaves on day 8, after the first session; the second starts that day and books day 10.
    record = run(paper, 3, {"end": 9, "handovers": [8]}, {"first": 8, "minutes": 100})
    assert group_sessions(paper, record) == [(0, 7, 90), (1, 10, 90)]
    assert record.journeys.attended == [2, 2, 2]


def test_a_group_without_a_lead_goes_before_a_new_one(paper):
    # 3, 4 and 5 could start on day 8 as well; the second lead first takes over the group that is under way.
    config = paper.plain(groups__max_size=3)
    record = run(paper, 6, {"end": 9, "handovers": [8]}, {"first": 8, "minutes": 100}, config=config)
    assert members(paper, record)[10] == [0, 1, 2]
    assert record.journeys.ended == ["completed"] * 6


def test_somebody_may_give_up_before_the_group_starts(paper):
    # Two of three are left when the first has waited 21 days.
    record = run(paper, 3, {"first": 7}, patience_group=[2**53, 3 * 1440, 2**53])
    assert record.journeys.ended == ["completed", "left_group_list", "completed"]
    assert paper.milestones(record, "closed")[1] == (paper.at(5, 660),)


@pytest.mark.parametrize(("luck", "ended", "waits"), [(0.39, "", 1), (0.4, "completed", 0)])
def test_group_first_sends_on_to_therapy_those_who_still_need_it(paper, luck, ended, waits):
    settings = paper.plain_settings()
    settings["staffing"]["first_step"] = {"cbt": {"starts_with": "group", "step_up_share": 0.4}}
    cohort = {"outcome": ["hub_therapy", "hub_therapy", "group"], "step_up_luck": [luck, 0.9, 0.0]}
    record = run_group_first(paper, paper.validate(settings), cohort)
    # All three are in the group; who was meant for it anyway never goes on.
    assert record.journeys.modality == ["group"] * 3
    assert record.journeys.attended == [2] * 3
    assert record.journeys.ended == [ended, "completed", "completed"]
    assert sum(stay[0] == "therapy:cbt" and stay[4] == "waiting" for stay in record.stays) == waits


def run_group_first(paper, config, columns):
    config = paper.with_roles(config, senior_clinician=paper.role({"assessment": 1.0}), lead=paper.role({"group": 1.0}))
    senior = paper.post(config, "senior_clinician", {"assessment": 420}, end=7)
    lead = paper.post(config, "lead", {"group": 90})
    cohort = paper.people([-3, -2, -1], opening=1, **columns)
    return paper.serve(config, cohort, paper.roster(senior, lead))
