"""Plans are compared as `hub sweep` and `hub compare` do, to the byte, and a sizing is what `hub size` finds."""

from __future__ import annotations

import pandas as pd
import pytest

import resilience_hub as hub
from analysis.commands import main
from analysis.tell.wording import csv_of

pytestmark = pytest.mark.integration
SHORT = ["run.horizon_days=150", "run.opening.run_in_days=30", "run.replications=3", "run.jobs=1", "run.store=null"]


@pytest.fixture(scope="module")
def plans():
    """Two staffing models under the names that a sweep gives them."""
    first = hub.load(*SHORT)
    return {"baseline,senior_led": first, "baseline,mixed_skill": first.change(staffing="mixed_skill")}


@pytest.fixture(scope="module")
def comparison(plans):
    """The two compared."""
    return hub.compare(plans, delta_points=2, progress=False)


def test_a_comparison_is_that_of_the_commands_to_the_byte(comparison, tmp_path):
    sweep, out = tmp_path / "sweep", tmp_path / "compared"
    assert main(["sweep", "staffing=senior_led,mixed_skill", *SHORT, f"hydra.sweep.dir={sweep}"]) == 0
    assert main(["compare", str(sweep), "--baseline", "senior_led", "--delta", "2", "--out", str(out)]) == 0
    names = ("headlines", "differences", "levels", "equity", "choice")
    for name in names:
        here, there = csv_of(getattr(comparison, name)), (out / f"{name}.csv").read_text(encoding="utf-8")
        assert here == there if name != "differences" else sorted(here.split("\n")) == sorted(there.split("\n")), name


def test_plans_are_called_what_their_user_calls_them(plans):
    first, second = plans.values()
    found = hub.compare({"As now": first, "A mix": second}, baseline="A mix", replications=2, progress=False)
    assert "As now against A mix" in str(found)
    assert repr(found) == "<A mix, As now compared over 2 pairs of replications>"
    assert set(found.headlines["baseline"]) == {"A mix"}
    assert found.plot("differences")._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("changes", "asked", "told"),
    [
        ({"run__seed": 1}, {}, "run__seed: got 20240512 in a and 1 in b; plans can be compared pair by pair only if"),
        ({}, {"baseline": "c"}, "baseline: got c; "),
        ({}, {"replications": 1}, "replications: got 1; run each plan at least twice"),
        ({}, {"delta_points": 0}, "delta_points: got 0; give percentage points"),
        ({}, {"delta_points": "2"}, "delta_points: got '2'; give percentage points"),
        ({}, {"baseline": 2}, "baseline: got 2; choose from a, b"),
        ({"run__keep": ["journeys"]}, {}, "run__keep: got ['journeys']; only simulate() obeys it"),
        ({}, {"stage": "screening_call"}, "stage: got screening_call"),
    ],
)
def test_plans_that_are_no_pairs_are_refused_before_anything_is_drawn(plans, changes, asked, told):
    first = plans["baseline,senior_led"]
    with pytest.raises(hub.HubError) as problem:
        hub.compare({"a": first, "b": first.change(**changes)}, progress=False, **{"replications": 2} | asked)
    assert str(problem.value).startswith(told)


def test_one_plan_alone_cannot_be_compared(plans):
    with pytest.raises(hub.HubError, match="plans: got 1; give two configurations or more"):
        hub.compare({"alone": plans["baseline,senior_led"]})


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda one: [one, one], "plans: got a list; give each plan a name"),
        (lambda one: {"a": one, "b": "mixed_skill"}, "plans: got 'b': a str; give a configuration that load"),
        (lambda one: {1: one, 2: one}, "plans: got 1: a Configuration; give a configuration that load"),
    ],
)
def test_what_is_no_plan_by_name_is_refused_with_what_to_give(plans, make, told):
    with pytest.raises(hub.HubError) as problem:
        hub.compare(make(plans["baseline,senior_led"]), progress=False)
    assert str(problem.value).startswith(told)


def test_results_are_compared_by_what_was_simulated(plans):
    first, second = plans.values()
    results = {"a": first.simulate(2, progress=False), "b": second.simulate(2, progress=False)}
    found = hub.compare(results, progress=False)
    pd.testing.assert_frame_equal(
        found.differences, hub.compare({"a": first, "b": second}, replications=2, progress=False).differences
    )


def test_reaching_more_people_is_a_plan_and_growing_demand_a_scenario(plans):
    first = plans["baseline,senior_led"]
    named = {"As now": first, "Reach": first.change(scenario="improved_reach")}
    named["Busier"] = first.change(scenario="growing_demand")
    found = hub.compare(named, replications=2, progress=False)
    assert list(found.choice["scenario"].unique()) == ["baseline", "growing_demand"]
    assert set(found.choice[found.choice["scenario"] == "baseline"]["plan"]) == {"As now", "Reach"}


def test_plans_in_two_scenarios_are_compared_each_within_its_own(plans):
    first, second = plans.values()
    kinds = {"senior_led": first, "mixed_skill": second}
    busier = {f"growing_demand/{name}": plan.change(scenario="growing_demand") for name, plan in kinds.items()}
    named = {f"baseline/{name}": plan for name, plan in kinds.items()} | busier
    found = hub.compare(named, baseline="baseline/senior_led", replications=2, progress=False)
    pairs = found.headlines[["plan", "baseline"]].drop_duplicates().set_index("plan")["baseline"].to_dict()
    assert pairs == {
        "baseline/mixed_skill": "baseline/senior_led",
        "growing_demand/senior_led": "baseline/senior_led",  # what the scenario does
        "growing_demand/mixed_skill": "growing_demand/senior_led",
    }
    assert "Not run" not in str(found)


def test_two_plans_that_decide_alike_keep_their_own_names(plans):
    first = plans["baseline,senior_led"]
    found = hub.compare({"As now": first, "The same": first}, replications=2, progress=False)
    assert set(found.headlines["plan"]) == {"The same"}
    assert set(found.headlines["baseline"]) == {"As now"}
