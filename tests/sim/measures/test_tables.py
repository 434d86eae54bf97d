"""The tables that are kept on request, on a history written by hand."""

import pytest

from sim.measures.tables import event_table

pytestmark = pytest.mark.unit


def test_the_log_of_events_tells_everybodys_way_in_the_order_of_time_and_no_work_without_a_person(paper):
    at = paper.at
    cases = [{"referred": at(0), "closed": at(12)}, {"referred": at(2)}]
    stays = [("assessment", 1, at(3), at(70), "waiting"), ("assessment", 0, at(1), at(9), "taken")]
    work = [
        (1, "assessment", at(9), 60, 0, "attended"),
        # A group's lead and a team's workshop are nobody's.
        (0, "group", at(3), 90, -1, "attended"), (0, "team_support", at(4), 120, -1, "done"),
    ]  # fmt: skip
    cohort = paper.people([at(0), at(2)], staff_group=[0, 2])
    told = event_table(paper.history(paper.plain(), cohort, paper.told(70, cases, stays=stays, work=work)))
    rows = list(
        zip(told["time"], told["entity_id"], told["event_type"], told["event"], told["resource_id"], strict=True)
    )
    nine, ten = 9 / 24, 10 / 24
    assert rows == [
        (0 + nine, 0, "arrival_departure", "arrival", None),
        (1 + nine, 0, "queue", "waits for assessment", None),
        (2 + nine, 1, "arrival_departure", "arrival", None),
        (3 + nine, 1, "queue", "waits for assessment", None),
        (9 + nine, 0, "resource_use", "assessment attended", 2),
        (9 + ten, 0, "resource_use_end", "assessment attended", 2),
        (12 + nine, 0, "arrival_departure", "depart", None),
    ]
    assert told["pathway"] == ["nhs_hospital_community"] * 2 + ["ambulance"] * 2 + ["nhs_hospital_community"] * 3
    assert told["client_id"] == [cohort.client_ids[case] for case in told["entity_id"]]
