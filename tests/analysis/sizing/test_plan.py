"""A plan becomes posts, each with luck of its own, and a price that its months add up to."""

import numpy as np
import pytest

from analysis.sizing.plan import (
    by_month,
    cheaper_neighbours,
    cost_gbp,
    dearer_neighbours,
    decided_by,
    everything,
    nothing,
    plan_of,
    staffed,
)
from analysis.sizing.question import read_question
from analysis.sizing.supply import established_wte, menu_of
from sim.roster import draw_posts
from sim.run.manifest import config_hash

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def menu(hub_config):
    return menu_of(hub_config("scenario=major_incident"), read_question())


@pytest.fixture(scope="module")
def plan(menu):
    units = np.zeros(menu.shape, dtype=int)
    units[option(menu, "senior_clinician", "agency")] = [2, 0, 1, 0]
    units[option(menu, "senior_clinician", "fixed_term")] = [0, 1, 0, 0]
    units[option(menu, "coordinator", "agency")] = [1, 1, 0, 0]
    return plan_of(units)


@pytest.fixture
def seniors(menu, plan):
    """The plan without its coordinators, which ask for more support than so few others bring."""
    rows = zip(menu.options, plan, strict=True)
    return plan_of(np.array([row if one.role != "coordinator" else [0] * 4 for one, row in rows]))


def option(menu, role, kind):
    return next(o for o, found in enumerate(menu.options) if (found.role, found.kind) == (role, kind))


def posts(config, replication=3):
    return {post.post_id: post for post in draw_posts(config, replication, 0, 1.0)}


def test_only_roles_with_work_on_the_way_to_the_target_are_on_offer(menu, hub_config):
    assert menu.roles == ["senior_clinician", "assistant_psychologist", "coordinator"]
    both = menu_of(hub_config("scenario=major_incident"), read_question(["sizing=assessment_and_therapy"]))
    assert "therapist" in both.roles


def test_of_a_small_team_few_can_be_had_in_the_first_weeks_and_more_later(menu):
    assert established_wte(menu.config) == 7.0
    seniors = {menu.options[o].kind: menu.options[o].most_by for o in menu.options_of("senior_clinician")}
    # Agency: half of 7 WTE at first, and a quarter of it more every four weeks; the market ends at 7.
    assert seniors["agency"] == (3, 5, 7, 7)
    assert all(most[0] < most[-1] for most in seniors.values())


def test_a_team_twice_as_large_can_take_in_twice_as_many(hub_config):
    double = hub_config("scenario=major_incident", "staffing.roles.senior_clinician.lines.senior.wte=9.0")
    question = read_question(["sizing.hire.senior_clinician.most_wte.agency=30"])
    agency = next(one for one in menu_of(double, question).options if one.kind == "agency")
    assert agency.most_by == (7, 10, 14, 17)


def test_coordinators_come_with_those_they_support_and_not_in_their_place(menu):
    units = np.zeros(menu.shape, dtype=int)
    units[option(menu, "coordinator", "agency"), 0] = 2
    assert not menu.allows(plan_of(units))
    units[option(menu, "senior_clinician", "fixed_term"), 0] = 4
    assert not menu.allows(plan_of(units))  # one coordinator for four others
    units[option(menu, "senior_clinician", "agency"), 0] = 1
    assert menu.allows(plan_of(units))


def test_no_more_may_be_asked_for_than_the_seniors_can_supervise(hub_config):
    few = hub_config(
        "scenario=major_incident", "staffing.roles.senior_clinician.most_supervision_given_hours_per_week=1.0"
    )
    menu = menu_of(few, read_question(["sizing=assessment_and_therapy"]))
    # Of 3.5 hours 2 are given already: 1.5 are left, for three therapists at half an hour each.
    units = np.zeros(menu.shape, dtype=int)
    units[option(menu, "therapist", "fixed_term"), 0] = 3
    assert menu.allows(plan_of(units))
    units[option(menu, "therapist", "agency"), 0] = 1
    assert not menu.allows(plan_of(units))
    units[option(menu, "senior_clinician", "agency"), 0] = 1
    assert menu.allows(plan_of(units))


def test_no_neighbour_asks_for_more_than_can_be_had(menu, seniors):
    found = (*cheaper_neighbours(menu, seniors), *dearer_neighbours(menu, seniors))
    assert len(found) > 4
    assert all(menu.allows(other) for other in (seniors, *found))


def test_nobody_hired_is_the_hub_as_it_is(menu):
    assert config_hash(staffed(menu.config, menu, nothing(menu))) == config_hash(menu.config)
    assert cost_gbp(menu, nothing(menu)) == 0


def test_a_plan_asks_on_its_days_and_ends_with_its_contracts(menu, plan):
    lines = staffed(menu.config, menu, plan).staffing.roles["senior_clinician"].lines
    added = {name: line for name, line in lines.items() if name.startswith("sizing")}
    assert {name: line.from_day for name, line in added.items()} == {
        "sizing_agency_01": 180,
        "sizing_agency_02": 180,
        "sizing_agency_03": 236,
        "sizing_fixed_term_01": 208,
    }
    assert added["sizing_agency_03"].to_day == 236 + 26 * 7
    assert added["sizing_fixed_term_01"].to_day == 208 + 52 * 7


def test_two_halves_asked_for_together_are_one_post_and_apart_are_two(menu, plan):
    apart = staffed(menu.config, menu, plan).staffing.roles["coordinator"].lines
    assert {name: apart[name].wte for name in apart if "sizing" in name} == {
        "sizing_agency_01": 0.5,
        "sizing_agency_01b": 0.5,
    }
    units = np.array(plan)
    units[option(menu, "coordinator", "agency")] = [2, 0, 0, 0]
    together = staffed(menu.config, menu, plan_of(units)).staffing.roles["coordinator"].lines
    assert {name: together[name].wte for name in together if "sizing" in name} == {"sizing_agency_01": 1.0}


def test_hiring_one_more_or_one_earlier_changes_the_luck_of_nobody_else(menu, plan):
    before = posts(staffed(menu.config, menu, plan))
    units = np.array(plan)
    units[option(menu, "senior_clinician", "agency")] = [2, 1, 1, 0]
    after = posts(staffed(menu.config, menu, plan_of(units)))
    # The third is now asked for four weeks earlier, and starts as much earlier; the fourth is new.
    moved, new = "0/senior_clinician/sizing_agency_03/0", "0/senior_clinician/sizing_agency_04/0"
    assert set(after) - set(before) == {new}
    assert all(after[name] == before[name] for name in before if name != moved)
    assert before[moved].spells[0].start_day - after[moved].spells[0].start_day == 28


def test_late_decisions_move_contracts_and_slow_hiring_shortens_them(menu, plan):
    def dates(**moved):
        line = staffed(menu.config, menu, plan, **moved).staffing.roles["senior_clinician"].lines["sizing_agency_01"]
        return line.from_day, line.to_day

    assert dates() == (180, 362)
    assert dates(late_days=28) == (208, 390)
    assert dates(slip_days=28) == (208, 362)


def test_the_months_add_up_to_the_price_of_the_plan(menu, plan):
    months = by_month(menu, plan)
    assert sum(month.total_gbp for month in months) == pytest.approx(cost_gbp(menu, plan))
    assert (months[0].first.year, months[0].first.month) == (2021, 9)  # day 180 is 28 September 2021
    assert months[0].total_gbp == 0  # nobody starts before the lead time is over


def test_a_plan_that_hires_nobody_costs_nothing_in_no_month(menu):
    assert by_month(menu, nothing(menu)) == []


def test_the_price_of_an_agency_post_is_its_pay_for_the_time_in_post(menu):
    o = option(menu, "senior_clinician", "agency")
    # 26 weeks less 3 of lead time, band 8a mid with the premium; one recruitment; overheads and running costs.
    pay = 50172.5 * 1.6 * 23 * 7 / 365.25
    assert menu.price_gbp[o, 0] == pytest.approx((pay + 3000) * 1.35)


def test_posts_are_expected_after_the_lead_time_until_the_contract_ends(menu):
    agency = menu.options[option(menu, "senior_clinician", "agency")]
    assert menu.lead_weeks(agency) == 3
    assert menu.in_post(agency, 180) == (180 + 21, 180 + 26 * 7)
    wte = menu.expected_wte[option(menu, "senior_clinician", "agency"), 2]  # asked for in week 8
    assert wte[:11].tolist() == [0] * 11
    assert 0 < wte[11] <= wte[15] == 1


def test_every_cheaper_neighbour_is_cheaper_and_one_step_away(menu, plan):
    here = cost_gbp(menu, plan)
    found = cheaper_neighbours(menu, plan)
    assert found == sorted(found, key=lambda other: cost_gbp(menu, other))
    for other in found:
        change = np.array(other) - np.array(plan)
        assert cost_gbp(menu, other) < here
        assert (change < 0).sum() == 1
        assert change.sum() in (-1, 0)
    assert len(set(found)) == len(found)


def test_a_dearer_neighbour_is_not_offered_where_a_cheaper_option_does_as_much(menu, seniors):
    added = [np.array(other) - np.array(seniors) for other in dearer_neighbours(menu, seniors)]
    kinds = {menu.options[int(np.argwhere(change > 0)[0][0])].kind for change in added}
    assert kinds == {"agency", "fixed_term"}  # a substantive post starts no sooner and costs more


def test_a_cheaper_role_does_not_stand_in_for_a_dearer_one(hub_config):
    alone = "sizing.hire.coordinator.most_per_other_wte=null"
    whole = read_question(["sizing.hire.assistant_psychologist.step_wte=1.0", alone])
    menu = menu_of(hub_config("scenario=major_incident"), whole)
    more = [np.argwhere(plan)[0][0] for plan in dearer_neighbours(menu, nothing(menu))]
    assert {menu.options[o].role for o in more} == set(menu.roles)


def test_nothing_more_can_be_had_than_everything(menu):
    assert dearer_neighbours(menu, everything(menu)) == []
    assert (decided_by(everything(menu))[:, -1] == [option.most for option in menu.options]).all()
