"""A configuration as a tree: what lies where, and another with some values changed."""

import pytest

from sim.composed import NOTHING, differences, leaves, put
from sim.config import changed
from sim.errors import ConfigProblem

pytestmark = pytest.mark.unit
REFERENCE = {"staff_group": "care_homes", "gender": "women", "ethnicity": "white_british"}
TREE = {"delay": {"pulses": [{"share": 0.2}, {"share": 0.3}]}, "names": ["a", "b"], "run": {}, "trace": None}


def test_each_value_has_its_path():
    plain = {"delay.pulses[0].share": 0.2, "delay.pulses[1].share": 0.3, "trace": None}
    assert dict(leaves(TREE)) == plain | {"names[0]": "a", "names[1]": "b"}
    assert dict(leaves(TREE, whole_lists=True)) == plain | {"names": ["a", "b"]}


def test_what_is_put_is_found_where_it_was_put():
    tree = {"run": {"seed": 1}, "waves": [{"start_day": 1}]}
    for path, value in {"run.seed": 2, "waves[0].start_day": 7, "costs.overhead_share": 0.1}.items():
        put(tree, path, value)
        assert dict(leaves(tree))[path] == value
    put(tree, ("costs", "overhead_share"), NOTHING)
    assert tree["costs"] == {}


def test_a_tree_with_the_differences_of_another_is_that_other():
    other = {"delay": {"pulses": []}, "names": ["a", "b"], "run": {"a.b": {"seed": 1}}}
    tree = dict(TREE)
    for path, _, after in differences(TREE, other):
        put(tree, path, after)
    assert tree == other


def test_a_changed_configuration_is_checked_as_any_other(hub_config):
    config = hub_config()
    assert changed(config, {"run.seed": 5}).run.seed == 5
    assert changed(config, {}) == config
    with pytest.raises(ConfigProblem, match=r"run.seed: got -1; must be 0 or more"):
        changed(config, {"run.seed": -1})


def test_a_value_drawn_for_a_staff_group_that_is_not_there_stops_no_run(hub_config, container):
    groups = container()["population"]["staff_groups"]
    few = hub_config(**{"population": {"staff_groups": {"care_homes": groups["care_homes"]}, "reference": REFERENCE}})
    drawn = changed(few, {"demand.uptake_per_person_year.nhs_primary_care": 0.02})
    assert drawn.demand.uptake_per_person_year["nhs_primary_care"] == 0.02
