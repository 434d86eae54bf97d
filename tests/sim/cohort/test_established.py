"""Who is at an established Hub when its run begins: as many as its demand, staff and patience keep there."""

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.cohort.established import Place
from sim.cohort.expected import need_shares, team_of
from sim.cohort.screening import need_of
from sim.cohort.steady import settled, steady
from sim.config.screening import NEEDS

pytestmark = pytest.mark.integration

SHORT = {"run.horizon_days": 7, "run.opening.run_in_days": 0}
MORE_SENIORS = {"staffing.roles.senior_clinician.lines.senior.wte": 6.0}
LEAVE = "pathway.patience.therapy_leave_per_week"


def at_opening(config, replications=20):
    """Mean number of people at the opening by place."""
    cohorts = [draw_cohort(config, replication) for replication in range(replications)]
    return np.mean([[(cohort.opening == place).sum() for place in Place] for cohort in cohorts], axis=0)


def waits(config):
    places = at_opening(config)
    return places[[Place.THERAPY, Place.NEXT_LIST]].sum()


def test_a_list_settles_where_as_many_leave_as_join():
    lost, weeks = settled(joins=4.0, could=3.0, leaves=0.01)
    assert lost == pytest.approx(1.0, rel=0.02)
    assert weeks == pytest.approx(-np.log(3 / 4) / 0.01, rel=0.03)


def test_a_list_with_time_to_spare_is_short_and_one_that_nobody_gives_up_has_no_steady_state_beyond_capacity():
    assert settled(joins=4.0, could=8.0, leaves=0.01)[1] < 0.6
    assert settled(joins=4.0, could=8.0, leaves=0.0)[1] == pytest.approx(0.5)
    assert settled(joins=4.0, could=4.0, leaves=0.0) == (0.0, 0.0)
    assert settled(joins=0.0, could=0.0, leaves=0.01) == (0.0, 0.0)


def test_the_expected_mix_of_needs_is_that_of_those_who_come(hub_config):
    config = hub_config(**{"run.opening.mode": "empty"})
    cohorts = [draw_cohort(config, replication) for replication in range(20)]
    needs = np.concatenate([need_of(config.screening, cohort.tier, cohort.points) for cohort in cohorts])
    shares = np.bincount(needs, minlength=len(NEEDS)) / len(needs)
    assert need_shares(config.screening).sum() == pytest.approx(1)
    np.testing.assert_allclose(shares, need_shares(config.screening), atol=4 * np.sqrt(0.25 / len(needs)))


def test_with_more_staff_fewer_wait_when_the_run_begins(hub_config):
    fewer, more = (waits(hub_config(**SHORT, **changes)) for changes in ({}, MORE_SENIORS))
    assert fewer > 30
    assert more < fewer / 2


def test_with_more_demand_more_wait_when_the_run_begins(hub_config):
    one, other = (waits(hub_config(**SHORT, **{"demand.multiplier": times})) for times in (1.0, 1.4))
    assert other > one + 10


def test_with_less_patience_fewer_wait_when_the_run_begins(hub_config):
    one, other = (waits(hub_config(**SHORT, **{LEAVE: share})) for share in (0.012, 0.05))
    assert other < 0.6 * one


def test_who_waits_has_waited_no_longer_than_patience_lasts(hub_config):
    cohort = draw_cohort(hub_config(**SHORT), 0)
    waiting = np.flatnonzero(cohort.opening == Place.THERAPY)
    assert len(waiting) > 20
    assert (-cohort.referred_minute[waiting] < cohort.decisions.patience_therapy[waiting, 0] + 2).all()
    assert (cohort.referred_minute[cohort.opening >= 0] < 0).all()


def test_caseloads_begin_nearly_full_where_people_wait_for_a_place(hub_config):
    config = hub_config(**SHORT)
    places = sum(team_of(config, role).places for role in ("senior_clinician", "therapist"))
    in_therapy = at_opening(config)[[Place.COURSE, Place.NEXT_COURSE]].sum()
    assert 0.85 * places < in_therapy < 1.3 * places  # guided self-help, which has room, beside


@pytest.mark.parametrize("changes", [{"run.opening.mode": "empty"}, {"demand.launch_ramp_days": 200.0}])
def test_nobody_is_at_a_new_hub_already(hub_config, changes):
    assert (draw_cohort(hub_config(**SHORT | changes), 0).opening == -1).all()


def test_who_is_there_already_is_nobody_who_refers_later_and_changes_nobody(hub_config, draw_people):
    config = hub_config(**SHORT)
    cohort = draw_cohort(config, 0)
    there = {name for name, place in zip(cohort.client_ids, cohort.opening, strict=True) if place >= 0}
    later = draw_people(**SHORT)
    assert there and not there & later.ids
    assert later == draw_people(**SHORT | {"run.opening.mode": "empty"})


def test_a_plan_that_begins_after_the_opening_changes_nobody_who_is_there(hub_config):
    line = {"band": "8a", "wte": 5.0, "kind": "substantive", "pay_point": "mid", "from_day": 30}
    plan = {"staffing.roles.senior_clinician.lines.more": line}
    assert steady(hub_config(**SHORT, **plan)) == steady(hub_config(**SHORT))
