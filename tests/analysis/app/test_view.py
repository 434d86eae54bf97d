from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.app.option_folder import OWN_OPTIONS, shipped
from analysis.app.plans import NamedView, cells_of, design_of, keep_design, plan_from
from analysis.app.size import SizingForm
from analysis.app.view import View, from_link
from sim.config import validate
from sim.config.kinds import InputFile
from sim.errors import ConfigProblem
from sim.launch.compose import compose
from sim.run.manifest import config_hash

CHANGED = (
    View("baseline", "senior_led")
    .with_change("incident", "manchester_arena")
    .with_change("size.manchester_arena", 1.5)
    .with_change("day.manchester_arena", 90)
    .with_change("wte.therapist.therapist", 2.5)
    .with_change("plan.senior_clinician", 50.0)
)


@pytest.mark.integration
def test_the_command_line_of_a_view_runs_the_same_configuration() -> None:
    program, verb, *overrides = shlex.split(CHANGED.command("run.replications=7"))
    assert (program, verb) == ("hub", "run")
    assert config_hash(validate(compose(*overrides))) == config_hash(CHANGED.config(7))
    assert CHANGED.config(7).run.replications == 7


@pytest.mark.integration
@pytest.mark.parametrize(
    "view", [CHANGED, replace(CHANGED, scenario="major_incident"), View("growing_demand", "mixed_skill")]
)
def test_the_scenario_file_of_a_view_runs_the_same_configuration(view: View, tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text(view.scenario_file(7))
    mine = validate(compose("scenario=mine", config_dir=str(tmp_path)))
    assert config_hash(mine) == config_hash(view.config(7))


@pytest.mark.unit
def test_a_link_opens_the_same_view() -> None:
    assert from_link(CHANGED.link()) == CHANGED
    assert from_link({}) == View.default()


@pytest.mark.unit
@pytest.mark.parametrize(
    "parameters",
    [
        {"scenario": "nowhere"},
        {"staffing": "../../etc/passwd"},
        {"run.store": "/etc"},
        {"demand.referrals_csv": "/etc/passwd"},
        {"wte.therapist.therapist": "900"},
        {"incident": "none}"},
        {"day.manchester_arena": "5"},  # the baseline has no incident
    ],
)
def test_a_link_sets_levers_within_their_bounds_and_nothing_else(parameters: dict[str, str]) -> None:
    with pytest.raises(ConfigProblem):
        from_link(parameters)


@pytest.mark.unit
@pytest.mark.parametrize(
    "parameter", ["", "a" * 3000, "name=Now", "scenario=nowhere", "scenario=baseline&run.store=/etc"]
)
def test_a_plan_of_a_link_that_names_no_view_is_refused(parameter: str) -> None:
    with pytest.raises(ConfigProblem):
        plan_from(parameter)


@pytest.mark.unit
def test_taking_the_incident_away_takes_its_levers_along() -> None:
    assert set(CHANGED.with_change("incident", "none").changes) == {
        "incident", "wte.therapist.therapist", "plan.senior_clinician"
    }  # fmt: skip


@pytest.mark.unit
def test_own_referrals_are_no_part_of_a_link() -> None:
    own = replace(CHANGED, referrals=InputFile("referrals.csv", b"referred_on,staff_group\n2021-04-06,ambulance\n"))
    assert own.link() == CHANGED.link() and "2021-04-06" not in own.command() + own.scenario_file(7)
    assert "demand.referrals_csv=referrals.csv" in own.command()


@pytest.mark.integration
def test_plans_become_a_design_with_the_same_configurations(tmp_path: Path) -> None:
    plans = [
        NamedView("As it is", View("baseline", "senior_led")),
        NamedView("More", CHANGED),
        NamedView("Mixed", View("baseline", "mixed_skill")),
    ]
    path = tmp_path / "plans.csv"
    path.write_text(design_of(plans))
    cells = cells_of(path, 5, None)
    assert [config_hash(validate(cell.config)) for cell in cells] == [
        config_hash(plan.view.config(5)) for plan in plans
    ]
    assert len({cell.name for cell in cells}) == 3
    assert [plan_from(plan.link()) for plan in plans] == plans


@pytest.mark.integration
def test_the_same_plan_twice_too_many_and_one_alone_are_refused(tmp_path: Path) -> None:
    plan = NamedView("A", View.default())
    for plans, said in (
        ([plan, NamedView("B", plan.view)], "A and B are the same"),
        ([plan], "got 1"),
        ([plan] * 7, "got 7"),
    ):
        with pytest.raises(ConfigProblem, match=said):
            keep_design(plans, tmp_path / "plans", 5)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unit
@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_of_hundreds_of_digits_in_a_link_gets_a_sentence(digits: int) -> None:
    for name in ("days", "wte.therapist.therapist", "lead"):
        with pytest.raises(ConfigProblem) as problem:
            from_link({"scenario": "baseline", "staffing": "senior_led", name: "9" * digits})
        assert len(str(problem.value)) <= 300
    with pytest.raises(ConfigProblem) as problem:
        SizingForm.from_link({"target.days": "9" * digits})
    assert len(str(problem.value)) <= 300


def test_a_page_with_options_of_ones_own_offers_them_and_says_so_without_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "winter_surge.yaml").write_text("purpose: Our winter.\n")
    monkeypatch.setenv(OWN_OPTIONS, str(tmp_path))
    shipped.cache_clear()
    try:
        assert "winter_surge" in shipped().options("scenario")
        assert shipped().purposes["winter_surge"] == "Our winter."
        mine = from_link({"scenario": "winter_surge"})
        assert mine.command("run.seed=1") == (
            "hub run --config-dir DIR scenario=winter_surge staffing=senior_led run.seed=1"
        )
        assert mine.config(2).scenario == "winter_surge"
    finally:
        shipped.cache_clear()
