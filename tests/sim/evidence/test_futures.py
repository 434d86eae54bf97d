"""Futures that differ: the same future for every plan, a level that stays, and hiring that is hard for everybody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.cohort import draw_cohort
from sim.config import HubConfig
from sim.evidence.futures import drivers_of, future_of, in_future
from sim.evidence.uncertainty import drawn
from sim.roster import draw_roster
from sim.run.replicate import replicate
from sim.streams import Floats

Configured = Callable[..., HubConfig]
DIFFER = "uncertainty=futures"
ALIKE = {"low": 1.0, "high": 1.0}
YEAR = 365 * MINUTES_PER_DAY
FUTURES = 60


def by_year(config: HubConfig) -> Floats:
    """Return referrals of each of three years, shape (futures, 3)."""
    found = []
    for number in range(FUTURES):
        cohort = draw_cohort(drawn(config, number), number)
        found.append(np.histogram(cohort.referred_minute, [0, YEAR, 2 * YEAR, 3 * YEAR])[0])
    return np.array(found, dtype=float)


@pytest.fixture(scope="module")
def only_the_level(hub_config: Configured) -> Floats:
    return by_year(
        hub_config(DIFFER, **{"run.opening.mode": "empty", "uncertainty.futures.demand_trend": ALIKE, "run.seed": 3})
    )


@pytest.fixture(scope="module")
def by_chance_alone(hub_config: Configured) -> Floats:
    return by_year(hub_config(**{"run.opening.mode": "empty", "run.seed": 3}))


@pytest.mark.unit
def test_the_same_future_meets_every_plan(hub_config: Configured) -> None:
    few, many = (
        hub_config(DIFFER, "scenario=major_incident", f"staffing={staffing}")
        for staffing in ("senior_led", "surge_agency")
    )
    assert [future_of(few, number) for number in range(5)] == [future_of(many, number) for number in range(5)]
    assert len({tuple(future_of(few, number).values()) for number in range(5)}) == 5
    cohorts = [draw_cohort(drawn(config, 4), 4) for config in (few, many)]
    assert np.array_equal(cohorts[0].referred_minute, cohorts[1].referred_minute)


@pytest.mark.unit
def test_a_level_drawn_high_stays_high_all_the_horizon(only_the_level: Floats, by_chance_alone: Floats) -> None:
    with_level, without = (np.corrcoef(years[:, 0], years[:, 2])[0, 1] for years in (only_the_level, by_chance_alone))
    assert with_level > 0.6
    assert abs(without) < 0.35  # 2.7 standard errors


@pytest.mark.unit
def test_the_yearly_range_widens_to_what_the_level_implies(only_the_level: Floats, by_chance_alone: Floats) -> None:
    of_level = np.diff([0.8, 1.25])[0] / 3.92 * 0.88  # lognormal, nearly normal, cut off at its middle 95 %
    total, chance = (years[:, 0].std() / years[:, 0].mean() for years in (only_the_level, by_chance_alone))
    assert total == pytest.approx(np.hypot(of_level, chance), rel=0.25)  # 2.7 standard errors
    assert total > 1.5 * chance


@pytest.mark.unit
def test_a_trend_drawn_upwards_grows_from_the_configured_growth_on(hub_config: Configured) -> None:
    config = in_future(hub_config(DIFFER, **{"demand.growth_per_year": 0.5}), {"demand_trend": 1.2})
    assert config.demand.growth_per_year == pytest.approx(0.8)
    assert config.demand.multiplier == 1


@pytest.mark.unit
def test_where_recruitment_is_hard_every_hire_comes_later_and_the_same_people_refer(hub_config: Configured) -> None:
    config = hub_config(DIFFER, "staffing=surge_agency", "scenario=major_incident")
    easy, hard = (in_future(config, {"recruitment_time": times}) for times in (1.0, 2.0))
    first = [
        [post.frame.spells[0] for post in draw_roster(each, 0, 0, 1.0).posts if post.frame.spells]
        for each in (easy, hard)
    ]
    hired = [(soon, late) for soon, late in zip(*first, strict=True) if soon.recruited]
    assert hired
    assert all(late.start_day > soon.start_day for soon, late in hired)
    cohorts = [draw_cohort(each, 0) for each in (easy, hard)]
    refer = [cohort.opening < 0 for cohort in cohorts]  # and not who is there already
    one, other = zip(cohorts, refer, strict=True)
    for what in ("referred_minute", "points"):
        assert np.array_equal(getattr(one[0], what)[one[1]], getattr(other[0], what)[other[1]])


@pytest.mark.unit
def test_a_larger_incident_exposes_more_and_never_do_more_than_all_of_them_come(hub_config: Configured) -> None:
    config = hub_config(DIFFER, "scenario=major_incident")
    before = config.incident["manchester_arena"].exposed["responder"]
    after = in_future(config, {"incident_size": 2.0, "incident_take_up": 100.0}).incident["manchester_arena"]
    assert after.exposed["responder"].persons == {group: 2 * people for group, people in before.persons.items()}
    assert after.exposed["responder"].take_up_share == 1


@pytest.mark.unit
def test_only_what_a_hub_has_is_drawn_for_its_futures(hub_config: Configured) -> None:
    assert list(drivers_of(hub_config(DIFFER))) == ["demand", "recruitment"]
    assert list(drivers_of(hub_config(DIFFER, "scenario=major_incident"))) == ["demand", "incident", "recruitment"]
    assert drivers_of(hub_config()) == {}
    assert future_of(hub_config(), 0) == {}


@pytest.mark.integration
def test_a_future_with_every_factor_at_one_is_the_configured_hub_to_the_byte(hub_config: Configured) -> None:
    short = {"run.horizon_days": 60, "run.opening.mode": "empty", "incident.manchester_arena.day": 10}
    names = ("demand_level", "demand_trend", "incident_size", "incident_take_up", "recruitment_time")
    same = hub_config(
        DIFFER, "scenario=major_incident", **{f"uncertainty.futures.{name}": ALIKE for name in names}, **short
    )
    other = hub_config("scenario=major_incident", **short)
    assert replicate(same, 1).tables["measures"].equals(replicate(other, 1).tables["measures"])


@pytest.mark.unit
def test_a_factor_whose_range_leaves_out_what_is_configured_is_refused(refusal: Callable[..., list[str]]) -> None:
    assert refusal(DIFFER, **{"uncertainty.futures.demand_level.low": 1.2}) == [
        "uncertainty.futures.demand_level.low: got 1.2; must be at most 1, which is as configured"
    ]
    assert refusal(**{"uncertainty.mode": "futures"}) == [
        "uncertainty.mode: got futures; choose how futures differ with uncertainty=futures, none or psa"
    ]
