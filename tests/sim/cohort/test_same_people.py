"""The same people come in every scenario: what a scenario changes touches nobody else."""

import numpy as np
import pytest

from sim.cohort import draw_cohort, hub_size
from sim.config import validate

pytestmark = pytest.mark.integration

UPTAKE = "demand.uptake_per_person_year"
ONE_YEAR = {"run.horizon_days": 365, "run.opening.run_in_days": 90}


@pytest.fixture(scope="module")
def baseline(draw_people):
    return draw_people(**ONE_YEAR)


def same(one, other, ids):
    return {name: one.traits[name] for name in ids} == {name: other.traits[name] for name in ids}


def test_a_higher_uptake_moves_the_same_people_earlier_and_adds_people_after_them(draw_people, baseline):
    busier = draw_people(**ONE_YEAR, **{"demand.multiplier": 1.6})
    assert baseline.ids < busier.ids
    assert all(busier.minute[name] <= minute for name, minute in baseline.minute.items())
    assert any(busier.minute[name] < minute for name, minute in baseline.minute.items())
    assert same(baseline, busier, baseline.ids)
    for name in busier.ids - baseline.ids:
        stratum, _, number = name.rpartition("/")
        most_ready = sum(known.rpartition("/")[0] == stratum for known in baseline.ids)
        assert int(number) >= most_ready


def test_a_staff_group_that_stops_coming_changes_nobody_else(draw_people, baseline):
    without = draw_people(**ONE_YEAR, **{f"{UPTAKE}.nhs_primary_care": 0.0})
    others = {name for name in baseline.ids if name.split("/")[2] != "nhs_primary_care"}
    assert len(others) < len(baseline.ids)
    assert without.minute == {name: baseline.minute[name] for name in others}
    assert same(baseline, without, others)


def test_staffing_and_costs_never_change_who_comes(draw_people, baseline):
    other = draw_people(
        **ONE_YEAR,
        **{
            "staffing.roles.senior_clinician.lines.senior.wte": 9.5,
            "staffing.absence.annual_leave_days": 10,
            "staffing.recruitment.turnover_per_year": 2.0,
            "costs.overhead_share": 0.5,
            "standards.stages.assessment.days": 99,
            "run.replications": 7,
        },
    )
    assert other == baseline


def test_policies_of_the_service_never_change_who_comes(draw_people, baseline):
    other = draw_people(
        **ONE_YEAR,
        **{"pathway.lists.policy": "first_come", "pathway.groups.max_size": 15, "pathway.lists.notice_days": 9},
    )
    assert other == baseline


def test_a_longer_horizon_changes_nobody_who_came_before_its_end(draw_people, baseline):
    longer = draw_people(**ONE_YEAR | {"run.horizon_days": 800})
    before = {name for name, minute in longer.minute.items() if minute < 365 * 1440}
    assert before == baseline.ids < longer.ids
    assert baseline.minute == {name: longer.minute[name] for name in before}
    assert same(baseline, longer, before)


def test_a_longer_run_in_brings_the_more_ready_earlier_and_changes_nothing_else_of_them(draw_people, baseline):
    longer = draw_people(**ONE_YEAR | {"run.opening.run_in_days": 400})
    assert baseline.ids < longer.ids
    assert all(longer.minute[name] <= minute for name, minute in baseline.minute.items())
    assert same(baseline, longer, baseline.ids)


def test_a_longer_run_in_leaves_an_incidents_people_alone(draw_people):
    short, long = (
        draw_people("scenario=major_incident", **ONE_YEAR | {"run.opening.run_in_days": days}) for days in (30, 400)
    )
    hurt = {name for name in short.ids if "/incident/" in name}
    assert len(hurt) > 50
    assert {name: short.minute[name] for name in hurt} == {n: m for n, m in long.minute.items() if "/incident/" in n}
    assert same(short, long, hurt)


def test_a_longer_run_in_leaves_later_team_requests_alone(hub_config):
    short, long = (draw_cohort(hub_config(**ONE_YEAR | {"run.opening.run_in_days": days}), 0) for days in (30, 400))
    kept = long.team_request_minute >= -30 * 1440
    assert (short.team_request_minute < 0).any()
    np.testing.assert_array_equal(long.team_request_minute[kept], short.team_request_minute)
    np.testing.assert_array_equal(long.team_request_length[kept], short.team_request_length)


def test_teams_ask_on_every_day_of_the_run_in_and_the_run_and_on_no_other(hub_config):
    busy = {"run.opening.run_in_days": 30, "run.horizon_days": 40, "pathway.team_support.requests_per_month": 300.0}
    days = draw_cohort(hub_config(**busy), 0).team_request_minute // 1440
    assert set(days.tolist()) == set(range(-30, 40))


def permuted(container, order):
    groups = container["population"]["staff_groups"]
    names = list(groups)
    container["population"]["staff_groups"] = {names[position]: groups[names[position]] for position in order}
    return container


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1, 0), (2, 0, 5, 1, 4, 3)])
def test_the_order_of_staff_groups_does_not_matter(container, by_person, names_of, order):
    given = container("scenario=major_incident", **ONE_YEAR)
    one, other = validate(given), validate(permuted(container("scenario=major_incident", **ONE_YEAR), order))
    first, second = draw_cohort(one, 0), draw_cohort(other, 0)
    assert first.client_ids == second.client_ids
    np.testing.assert_array_equal(first.referred_minute, second.referred_minute)
    for what in ("staff_group", "sector", "gender", "ethnicity"):
        np.testing.assert_array_equal(names_of(one, first, what), names_of(other, second, what))
    rows, other_rows = by_person(first).traits, by_person(second).traits
    for name, row in rows.items():
        assert row | {"staff_group": None} == other_rows[name] | {"staff_group": None}


def test_a_staff_group_renamed_with_its_stream_key_kept_brings_the_same_people(container, by_person):
    def renamed(part):
        if isinstance(part, dict):
            return {("paramedics" if key == "ambulance" else key): renamed(value) for key, value in part.items()}
        return part

    given = container("scenario=major_incident", **ONE_YEAR)
    other = renamed(given)
    other["population"]["staff_groups"]["paramedics"]["stream_key"] = "ambulance"
    one, two = validate(given), validate(other)
    assert by_person(draw_cohort(one, 1)) == by_person(draw_cohort(two, 1))


def test_a_staff_group_renamed_without_its_stream_key_brings_others(container, by_person):
    given = container(**ONE_YEAR)
    given["population"]["staff_groups"]["ambulance"]["stream_key"] = "another"
    with_key = by_person(draw_cohort(validate(given), 0))
    without = by_person(draw_cohort(validate(container(**ONE_YEAR)), 0))
    assert {n for n in with_key.ids if "/ambulance/" not in n and "/another/" not in n} == {
        n for n in without.ids if "/ambulance/" not in n
    }
    theirs = sorted(minute for name, minute in with_key.minute.items() if "/another/" in name)
    assert theirs != sorted(minute for name, minute in without.minute.items() if "/ambulance/" in name)


def test_replications_and_seeds_bring_different_futures(draw_people, baseline):
    for other in (draw_people(replication=1, **ONE_YEAR), draw_people(**ONE_YEAR, **{"run.seed": 7})):
        common = baseline.ids & other.ids
        assert len(common) > 100
        assert not any(baseline.minute[name] == other.minute[name] for name in list(common)[:50])


def test_a_cohort_is_in_order_of_referral_and_inside_the_run(hub_config):
    cohort = draw_cohort(hub_config("scenario=major_incident", **ONE_YEAR), 0)
    assert (np.diff(cohort.referred_minute) >= 0).all()
    assert cohort.referred_minute[cohort.opening < 0].min() >= -90 * 1440
    assert cohort.referred_minute.max() < 365 * 1440
    assert len(set(cohort.client_ids)) == len(cohort)


def test_hubs_side_by_side_share_nobody_and_differ(draw_people):
    three = {"hubs.count": 3, **ONE_YEAR}
    hubs = [draw_people(hub=hub, **three) for hub in range(3)]
    assert [name.partition("/")[0] for name in (min(people.ids) for people in hubs)] == ["0", "1", "2"]
    assert len({len(people.ids) for people in hubs}) == 3
    assert not hubs[0].ids & hubs[1].ids


def test_a_hub_is_the_same_hub_however_many_stand_beside_it(draw_people):
    among_three = draw_people(hub=2, **ONE_YEAR, **{"hubs.count": 3})
    assert draw_people(hub=2, **ONE_YEAR, **{"hubs.count": 40}) == among_three


def test_hub_sizes_have_mean_one_and_the_configured_spread(hub_config):
    sizes = np.array(
        [
            hub_size(hub_config(**{"hubs.count": 40, "hubs.size_cv": 0.5, "run.seed": seed}), hub)
            for seed in range(10)
            for hub in range(40)
        ]
    )
    # Standard errors of 400 gamma draws: mean 0.025, coefficient of variation about 0.02.
    assert abs(sizes.mean() - 1) < 0.1
    assert abs(sizes.std() / sizes.mean() - 0.5) < 0.08
    assert hub_size(hub_config(), 0) == 1.0


def test_a_hub_twice_the_size_has_twice_the_catchment(hub_config):
    config = hub_config(**{"hubs.count": 3}, **ONE_YEAR)
    for hub in range(3):
        sources = draw_cohort(config, 0, hub).sources
        heads = sum(source.headcount for source in sources if source.kind == "background")
        people = sum(group.headcount for group in config.population.staff_groups.values())
        assert heads == pytest.approx(people * hub_size(config, hub), abs=6)


def test_a_hub_without_demand_has_an_empty_cohort(hub_config):
    cohort = draw_cohort(hub_config(**{"demand.multiplier": 0.0}, **ONE_YEAR), 0)
    assert len(cohort) == 0
    assert cohort.points.shape == (0, 5)
    assert cohort.decisions.tie.shape == (0, 3)


def test_where_nobody_comes_back_first_episodes_are_the_same(hub_config):
    new = ONE_YEAR | {"run.opening.mode": "empty"}
    some, nobody = (draw_cohort(hub_config(**new, **{"pathway.re_referral.share": s}), 0) for s in (0.5, 0.0))
    assert some.attendance.shape == (3, len(some), 2, 64)
    np.testing.assert_array_equal(nobody.attendance, some.attendance[:1])
    np.testing.assert_array_equal(nobody.offers, some.offers)
    for name, decided in vars(nobody.decisions).items():
        if name != "re_referred":
            np.testing.assert_array_equal(decided, getattr(some.decisions, name)[:, :1], err_msg=name)
    assert some.decisions.re_referred.any()
    assert not nobody.decisions.re_referred.any()
