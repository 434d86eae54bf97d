"""Every policy together: people and minutes add up, what a run has on is told, and off means that nothing changes."""

import sys
from pathlib import Path

import pytest

from analysis.tell.input_warnings import input_warnings
from analysis.tell.policies import SENTENCES, policy_sentences
from sim.config import validate
from sim.config.policies import OFF, Policy
from sim.disk import conf_dir
from sim.evidence.uncertainty import uncertain_parameters
from sim.launch.compose import compose
from sim.measures.audit import RULES, audit
from sim.run.replicate import simulate_hub

sys.path.insert(0, str(Path(__file__).parents[2] / "golden"))

from configurations import GOLDEN, SHORT

OPTIONS = sorted(file.stem for file in (conf_dir() / "policies").glob("*.yaml") if file.stem != "none")


@pytest.fixture(scope="module")
def everything():
    return validate(compose(*SHORT, *GOLDEN["every_policy"]))


@pytest.mark.integration
@pytest.mark.parametrize("replication", range(3))
def test_with_every_policy_at_once_people_and_minutes_add_up(everything, replication):
    assert set(everything.policies.in_force) == set(SENTENCES) == set(OPTIONS)
    history, _ = simulate_hub(everything, replication, 0)
    assert audit(history) == list(RULES)


@pytest.mark.unit
def test_without_a_policy_none_is_in_force_and_each_option_turns_one_on(hub_config):
    assert hub_config().policies.in_force == ()
    assert policy_sentences(hub_config()) == []
    for option in OPTIONS:
        config = hub_config(f"policies={option}")
        assert config.policies.in_force == (option,)
        assert all(", from 1 April 2021: " in said for said in policy_sentences(config))


@pytest.mark.unit
def test_every_policy_says_what_it_is_when_it_is_off(hub_config):
    parts = {name: one for name, one in hub_config().policies if isinstance(one, Policy)}
    assert {name: one.NEUTRAL for name, one in parts.items()} == OFF


@pytest.mark.unit
def test_the_numbers_of_a_policy_are_drawn_only_where_it_is_on(container):
    def drawn(*overrides):
        return {key for key in uncertain_parameters(container(*overrides), ()) if key.startswith("policies.")}

    assert drawn() == set()
    assert drawn("policies=remote") == {f"policies.remote.{name}" for name in (
        "minutes_times", "missed_times", "in_hours_accepted_share",
    )}  # fmt: skip


@pytest.mark.unit
def test_whoever_changes_a_number_of_a_policy_that_is_off_is_told(hub_config):
    (warning,) = [
        warning for warning in input_warnings(hub_config(**{"policies.remote.missed_times": 0.8}))
        if warning.about == "policies.remote.missed_times"
    ]  # fmt: skip
    assert "its policy is off" in warning.sentence
