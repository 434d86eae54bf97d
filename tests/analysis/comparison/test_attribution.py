"""Why a plan differs: levers found in configurations, and differences shared out over them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.comparison import Comparison
from analysis.comparison.plans import changes, levers, pulled
from analysis.comparison.tables import why_rows
from analysis.comparison.taken_apart import attribute, attribute_plans, shapley
from sim.composed import NOTHING
from sim.config import HubConfig
from sim.errors import HubError

LINES = "staffing.roles.therapist.lines"


@pytest.mark.unit
def test_the_glove_game_is_shared_as_in_the_textbook() -> None:
    # One left glove, two right gloves; a pair is worth 1. Shapley: 2/3, 1/6, 1/6.
    def worth(players: frozenset[int]) -> np.ndarray:
        return np.array([float(0 in players and len(players) > 1)])

    assert [float(share[0]) for share in shapley(3, worth)] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.unit
def test_levers_are_parts_of_the_configuration_or_one_step_deeper(hub_config: Callable[..., HubConfig]) -> None:
    base = hub_config()
    both = hub_config(**{"demand.multiplier": 1.2, f"{LINES}.therapist.wte": 2.0, "scenario": "both"})
    assert [lever.name for lever in levers(changes(base, both))] == ["demand", "staffing"]
    staff = hub_config(
        **{f"{LINES}.therapist.wte": 2.0, "staffing.roles.senior_clinician.lines.senior.wte": 1.0,
           "staffing.recruitment.turnover_per_year": 0.1}
    )  # fmt: skip
    assert [lever.name for lever in levers(changes(base, staff))] == ["staffing", "staffing: recruitment"]


@pytest.mark.unit
def test_names_and_how_often_a_plan_is_run_are_no_levers(hub_config: Callable[..., HubConfig]) -> None:
    assert changes(hub_config(), hub_config(**{"purpose": "x", "run.replications": 7, "scenario": "y"})) == []


@pytest.mark.unit
def test_pulling_every_lever_gives_the_plan(hub_config: Callable[..., HubConfig]) -> None:
    base = hub_config()
    locum = '+staffing.roles.therapist.lines.locum={band: "7", wte: 1.0, kind: agency, pay_point: mid}'
    plan = hub_config("scenario=major_incident", locum)
    for start, end in ((base, plan), (plan, base)):
        found = changes(start, end)
        assert any(NOTHING in (change.before, change.after) for change in found)
        assert changes(pulled(start, levers(found)), end) == []


@pytest.mark.integration
def test_what_the_levers_are_worth_adds_up_to_the_difference(compared: Comparison) -> None:
    [reason] = attribute_plans(compared, print)
    assert (reason.plan, [lever.name for lever in reason.levers]) == ("growth,mixed", ["demand", "staffing"])
    for headline, worth in reason.worth.items():
        answer = compared.of(reason.plan, headline)
        assert answer is not None
        assert sum(step.estimate for step in worth) == pytest.approx(answer.found.difference, abs=1e-9)
    rows = pd.DataFrame(why_rows([reason])).groupby("figure")["worth"].sum()
    for headline in compared.headlines:
        answer = compared.of(reason.plan, headline)
        assert answer is not None
        assert rows[headline.words] == pytest.approx(answer.found.difference * headline.scale, abs=1e-7)
    cost = compared.headlines[1]
    demand, staffing = reason.worth[cost]
    assert abs(demand.estimate) < abs(staffing.estimate) / 20  # staff cost money, referrals do not


@pytest.mark.integration
def test_more_levers_than_can_be_taken_apart_are_refused(compared: Comparison) -> None:
    [demand, staffing] = levers(
        changes(*(compared.sweep.plans[plan].config for plan in ("baseline,senior_led", "growth,mixed")))
    )
    with pytest.raises(HubError, match="--why: got 8 levers"):
        attribute(compared, "growth,mixed", [demand, staffing] * 4, print)
