"""What the shipped scenarios and staffing models say about themselves."""

import re

import pandas as pd
import pytest
import yaml

from sim.disk import conf_dir, scenarios_dir
from sim.evidence import read_register
from sim.measures.cost import yearly_cost
from sim.run.replicate import replicate

pytestmark = pytest.mark.integration

SHIPPED = {
    "average_hub", "baseline", "care_homes_only", "funding_cut", "growing_demand", "improved_reach",
    "incident_during_backlog", "major_incident", "national", "pandemic_wave", "recruitment_freeze",
}  # fmt: skip
WITHOUT_NUMBERS = {"baseline", "major_incident", "pandemic_wave"}
NOISE = 0.03
"""By which a load may differ between twelve futures and all."""
STAFFING = sorted(file.stem for file in (conf_dir() / "staffing").glob("*.yaml"))


def yearly_staff_cost(config, temporary):
    return sum(
        line.wte * yearly_cost(config.costs, line)
        for role in config.staffing.roles.values()
        for line in role.lines.values()
        if (line.kind == "agency") == temporary
    )


def test_the_library_is_complete():
    assert {file.stem for file in scenarios_dir().glob("*.yaml")} >= SHIPPED
    models = {
        "average_hub",
        "senior_led",
        "mixed_skill",
        "stepped_care",
        "group_first",
        "navigation_only",
        "surge_agency",
    }
    assert models <= {*STAFFING}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_purpose_states_no_figure_that_a_key_can_make_untrue(name):
    """A user's own milder growth stood under a purpose that said 72 % a year: only years of history may stand there."""
    purpose = yaml.safe_load((scenarios_dir() / f"{name}.yaml").read_text(encoding="utf-8"))["purpose"]
    assert re.sub(r"\b20\d\d\b", "", purpose) == re.sub(r"\d+", "", purpose)
    assert not re.search(r"\b(two|three|four|fourth|six|half|quarter)\b", purpose, re.IGNORECASE)


def test_every_number_of_a_shipped_scenario_has_its_row():
    registered = {row.option.partition("/")[2] for row in read_register() if row.option.startswith("scenario/")}
    assert registered == SHIPPED - WITHOUT_NUMBERS


@pytest.mark.parametrize("model", STAFFING)
def test_staffing_models_cost_about_the_same_unless_they_say_otherwise(hub_config, model):
    ratio = {"navigation_only": 0.77, "average_hub": 1.92}.get(model, 1.0)
    config, senior_led = (hub_config(f"staffing={name}") for name in (model, "senior_led"))
    expected = ratio * yearly_staff_cost(senior_led, temporary=False)
    assert yearly_staff_cost(config, temporary=False) == pytest.approx(expected, rel=0.01)
    assert (yearly_staff_cost(config, temporary=True) > 0) == (model == "surge_agency")


def test_every_scenario_and_staffing_model_is_described():
    text = (conf_dir().parent / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert [name for name in (*sorted(SHIPPED), *STAFFING) if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize(
    ("scenario", "model", "least", "most"),
    [("baseline", "senior_led", 0.45e6, 0.55e6), ("average_hub", "average_hub", 0.9e6, 1.1e6)],
)
def test_every_role_of_a_shipped_hub_is_loaded_as_its_plan_expects(hub_config, scenario, model, least, most):
    run = {"run.opening.run_in_days": 731, "run.horizon_days": 731}
    config = hub_config(f"scenario={scenario}", f"staffing={model}", **run)
    measures = pd.concat([replicate(config, n, ["measures"]).tables["measures"].to_pandas() for n in range(12)])
    by_role = measures[(measures["measure"] == "utilisation") & (measures["dimension"] == "role")]
    found = by_role.groupby("group", observed=True)[["numerator", "denominator"]].sum()
    for name, role in config.staffing.roles.items():
        load = found.loc[name, "numerator"] / found.loc[name, "denominator"]
        assert role.load_band.low - NOISE <= load <= role.load_band.high + NOISE, (name, load)
    assert least < measures.loc[measures["measure"] == "cost_per_year_gbp", "value"].mean() < most


def test_an_average_hub_has_about_twice_the_staff_of_the_default(hub_config):
    small, average = (
        sum(r.wte for r in hub_config(*said).staffing.roles.values()) for said in ((), ("staffing=average_hub",))
    )
    assert average == pytest.approx(2 * small, rel=0.06)
