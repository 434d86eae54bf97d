"""Everything that ships composes, validates and stays as it was composed."""

import pytest
from pydantic import ValidationError

from sim.config import HubConfig, validate
from sim.disk import conf_dir, scenarios_dir
from sim.launch.compose import compose, compose_cells
from sim.launch.files import group_defaults
from sim.measures.audit import RULES
from sim.run.replicate import replicate

pytestmark = pytest.mark.integration

SCENARIOS = sorted(file.stem for file in scenarios_dir().glob("*.yaml"))
GROUPS = sorted(group for group in group_defaults() if group != "scenario")
OPTIONS = [(group, file.stem) for group in GROUPS for file in sorted((conf_dir() / group).glob("*.yaml"))]
STAFFING = [option for group, option in OPTIONS if group == "staffing"]
DEFAULT_STAFFING = group_defaults()["staffing"]


def in_turn(scenario):
    """Return the default staffing model and one of the others, so that every one of them meets a scenario."""
    others = [name for name in STAFFING if name != DEFAULT_STAFFING]
    return [DEFAULT_STAFFING, others[SCENARIOS.index(scenario) % len(others)]]


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.heavy)], ids=["in turn", "every one"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_runs_under_every_staffing_model(scenario, thorough):
    asked = STAFFING if thorough else in_turn(scenario)
    cells = compose_cells([f"scenario={scenario}", f"staffing={','.join(asked)}"], multirun=True)
    assert [cell.staffing for cell in cells] == asked
    # Long enough for what the scenario brings; forty Hubs take their time.
    days = {"national": 30}.get(scenario, 250)
    for cell in cells:
        config = validate(cell.config)
        assert (config.scenario, config.staffing_model) == (scenario, cell.staffing)
        assert config.purpose.endswith(".")
        cell.config["run"] |= {"horizon_days": days, "replications": 1}
        cell.config["run"]["opening"]["run_in_days"] = 30
        done = replicate(validate(cell.config), 0)
        assert done.audited == list(RULES)
        measures = done.tables["measures"].to_pandas().query("dimension == 'all'").groupby("measure")["value"].sum()
        assert measures["referrals"] > 0
        assert (measures["therapy_started"] > 0) == (cell.staffing != "navigation_only")


def test_every_staffing_model_has_its_turn():
    assert {name for scenario in SCENARIOS for name in in_turn(scenario)} == set(STAFFING)


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_is_valid_in_the_baseline(group, option):
    assert validate(compose(f"{group}={option}")).scenario == "baseline"


def test_a_configuration_cannot_be_changed_after_it_was_checked(hub_config):
    config = hub_config()
    for part, field in ((config, "scenario"), (config.run, "seed"), (config.staffing.absence, "study_days")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, field, 1)


def test_a_configuration_survives_being_written_out_and_read_back(hub_config):
    config = hub_config("scenario=major_incident")
    assert HubConfig.model_validate_json(config.model_dump_json()) == config


def test_the_other_trauma_questionnaire_replaces_only_its_own_measure(hub_config):
    pcl5, itq = hub_config("screening=pcl5").screening, hub_config("screening=itq").screening
    assert (pcl5.measures["ptsd"].instrument, itq.measures["ptsd"].instrument) == ("PCL-5", "ITQ")
    assert (itq.measures["ptsd"].max_score, itq.measures["ptsd"].cut_off) == (24, 12)
    assert {name: m for name, m in itq.measures.items() if name != "ptsd"} == {
        name: m for name, m in pcl5.measures.items() if name != "ptsd"
    }


def test_a_run_in_counts_only_where_the_opening_asks_for_it(hub_config):
    for mode, days in (("empty", 0), ("backlog", 0), ("run_in", 200)):
        config = hub_config(**{"run.opening.mode": mode, "run.opening.run_in_days": 200})
        assert config.run.run_in_days == days
