"""Supervision takes time of who gives it and of who receives it, and seniors can give only so much."""

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.measures.capacity import count_capacity
from sim.measures.history import History
from sim.measures.rows import Rows
from sim.roster import draw_roster
from sim.service.hub import run_service

pytestmark = pytest.mark.unit

SENIOR, THERAPIST = "staffing.roles.senior_clinician", "staffing.roles.therapist"
A_WEEK = 5
LINE = {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid"}


def supervised(hours=1.0, most=3.0, therapists=2.0, seniors=1.0, **more):
    """Changes under which therapists are supervised by seniors so many hours a week, and nobody else by anybody."""
    roles = ("navigator", "assistant_psychologist", "coordinator")
    nobody_else = {f"staffing.roles.{role}.supervised_by": None for role in roles}
    nobody_else |= {f"staffing.roles.{role}.supervision_hours_per_week": 0.0 for role in roles}
    return nobody_else | {
        f"{SENIOR}.lines": {"senior": LINE | {"band": "8a", "wte": seniors}},
        f"{SENIOR}.most_supervision_given_hours_per_week": most,
        f"{THERAPIST}.lines": {"line": LINE | {"wte": therapists}},
        f"{THERAPIST}.supervision_hours_per_week": hours,
        f"{THERAPIST}.supervised_by": "senior_clinician",
    } | more  # fmt: skip


def week_of(config, role, first=0):
    """Return the minutes for clients of a role's posts in one week, and of supervision due, received and given."""
    posts = [post for post in draw_roster(config, 0, 0, 1.0).posts if post.frame.role == role]
    picked = [(post, (post.days >= first) & (post.days < first + 7)) for post in posts]
    minutes = sum(post.minutes[mine].sum() for post, mine in picked)
    return int(minutes), sum(post.supervision[mine].sum(axis=0) for post, mine in picked)


def test_supervision_takes_minutes_of_who_gives_it_and_of_who_receives_it(hub_config, nobody_away):
    # Two therapists with an hour a week each: of their 22 hours 21 are left, of the senior's 16 there are 14.
    config = hub_config(**nobody_away | supervised())
    minutes, of_supervision = week_of(config, "therapist")
    assert minutes == pytest.approx(2 * 21 * 60, abs=4)
    np.testing.assert_allclose(of_supervision, [120, 120, 0])
    minutes, of_supervision = week_of(config, "senior_clinician")
    assert minutes == pytest.approx(14 * 60, abs=4)
    np.testing.assert_allclose(of_supervision, [0, 0, 120])


def test_without_a_supervisor_at_the_hub_supervision_takes_only_the_own_time(hub_config, nobody_away):
    config = hub_config(**nobody_away | supervised() | {f"{THERAPIST}.supervised_by": None})
    assert week_of(config, "therapist")[0] == pytest.approx(2 * 21 * 60, abs=4)
    assert week_of(config, "senior_clinician")[0] == pytest.approx(16 * 60, abs=4)


def test_seniors_give_no_more_than_they_can_and_the_rest_goes_unsupervised(hub_config, nobody_away):
    # Eight therapists are due eight hours; a senior can give three.
    config = hub_config(**nobody_away | supervised(therapists=8.0))
    minutes, of_supervision = week_of(config, "therapist")
    np.testing.assert_allclose(of_supervision, [480, 180, 0])
    assert minutes == pytest.approx(8 * 22 * 60 - 180, abs=16)
    assert week_of(config, "senior_clinician")[0] == pytest.approx(13 * 60, abs=4)


def test_half_the_hours_left_after_a_cut_take_half_the_supervision(hub_config, nobody_away):
    cut = {"changes": {"cut": {"kind": "funding", "from_day": 70, "funded_share": 0.5}}}
    config = hub_config(**nobody_away | supervised(therapists=1.0) | cut)
    np.testing.assert_allclose(week_of(config, "therapist", 63)[1], [60, 60, 0])
    np.testing.assert_allclose(week_of(config, "therapist", 70)[1], [30, 30, 0])
    np.testing.assert_allclose(week_of(config, "senior_clinician", 70)[1], [0, 0, 30])


def test_without_a_senior_in_post_nobody_is_supervised(hub_config, nobody_away):
    config = hub_config(**nobody_away | supervised(seniors=0.0))
    np.testing.assert_allclose(week_of(config, "therapist")[1], [120, 0, 0])


def test_the_unsupervised_share_and_the_minutes_are_measured(hub_config, nobody_away):
    config = hub_config(**nobody_away | supervised(therapists=8.0) | {"run.horizon_days": 70})
    cohort, roster, rows = draw_cohort(config, 0), draw_roster(config, 0, 0, 1.0), Rows()
    count_capacity(History(config, cohort, roster, run_service(config, cohort, roster)), rows)
    found = {(row.measure, row.group): row.value for row in rows}
    assert found["unsupervised_share", "therapist"] == pytest.approx(5 / 8)
    assert found["minutes_supervision", "senior_clinician"] == pytest.approx(10 * 180)
    assert found["minutes_supervision", "all"] == pytest.approx(2 * 10 * 180)


def test_a_newcomer_is_inducted_first_and_takes_more_supervision_until_the_caseload_is_full(hub_config, nobody_away):
    recruitment = nobody_away["staffing.recruitment"] | {"induction_weeks": 2.0}
    changes = {
        "staffing.recruitment": recruitment,
        "staffing.supervision": {"beyond": "unsupervised", "newcomers_times": 2.0},
        f"{THERAPIST}.lines": {"line": LINE | {"from_day": 0}},
    }
    config = hub_config(**nobody_away | supervised() | changes)
    # Starts on day 70; eight weeks to a full caseload.
    minutes, of_supervision = week_of(config, "therapist", 70)
    assert minutes == 0
    np.testing.assert_allclose(of_supervision, [120, 120, 0])
    assert week_of(config, "therapist", 84)[0] > 0
    assert week_of(config, "senior_clinician", 70)[0] == pytest.approx(14 * 60, abs=4)
    np.testing.assert_allclose(week_of(config, "therapist", 126)[1], [60, 60, 0])


def test_agency_staff_need_no_induction(hub_config, nobody_away):
    recruitment = nobody_away["staffing.recruitment"] | {"induction_weeks": 2.0}
    line = {"line": LINE | {"from_day": 0, "kind": "agency"}}
    config = hub_config(
        **nobody_away | supervised() | {"staffing.recruitment": recruitment, f"{THERAPIST}.lines": line}
    )
    assert week_of(config, "therapist", 21)[0] > 0


def test_more_people_than_can_be_supervised_are_refused_where_that_is_asked_for(hub_config, refusal):
    refuse = {"staffing.supervision.beyond": "refuse"}
    hub_config(**supervised(therapists=3.0) | refuse)
    assert refusal(**supervised(therapists=3.5) | refuse) == [
        "staffing.roles.senior_clinician: can give 3 hours of supervision a week and 3.5 are due from "
        "2020-04-01 (day -365) on; "
        "fund more of it or fewer of those it supervises, or set staffing.supervision.beyond=unsupervised"
    ]
    later = supervised(therapists=3.0) | refuse
    later[f"{THERAPIST}.lines"]["surge"] = LINE | {"kind": "agency", "from_day": 100, "to_day": 200}
    assert "are due from 2021-07-10 (day 100) on" in refusal(**later)[0]
    hub_config(**later | {"staffing.supervision.beyond": "unsupervised"})


@pytest.mark.parametrize("model", ["senior_led", "mixed_skill", "stepped_care", "group_first", "navigation_only"])
def test_every_staffing_model_that_comes_with_it_can_supervise_its_people(hub_config, model):
    hub_config(f"staffing={model}", **{"staffing.supervision.beyond": "refuse"})


def test_a_supervisor_is_a_role_of_the_hub(refusal):
    assert refusal(**{f"{THERAPIST}.supervised_by": "matron"})[0].startswith(
        "staffing.roles.therapist.supervised_by: got 'matron'; must be one of senior_clinician, therapist"
    )
