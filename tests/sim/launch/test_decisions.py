"""Decisions and the world: which side a key is on, and plans and scenarios that a user names."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.commands import main
from sim.config import HubConfig
from sim.errors import ConfigProblem
from sim.launch.compose import Composer, compose_cells
from sim.launch.decisions import DECISION, SIDES, WORLD, OwnWord, Sides

pytestmark = pytest.mark.unit

THERAPIST = "staffing.roles.therapist.lines.therapist.wte"


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer()


def test_every_part_of_a_configuration_is_on_one_side() -> None:
    parts = set(HubConfig.model_fields) - {"staffing_model"}
    assert parts <= {key.partition(".")[0] for key in SIDES} | {"changes"}
    assert {side for side in SIDES.values()} == {DECISION, WORLD}


@pytest.mark.parametrize(
    ("key", "side"),
    [
        (THERAPIST, DECISION), ("staffing", DECISION), ("staffing.stand_in.therapist.by", DECISION),
        ("staffing.absence.sickness.absence_share", WORLD), ("staffing.funding_cut.share", WORLD),
        ("staffing.recruitment.freeze.from_day", WORLD), ("demand.multiplier", WORLD),
        ("pathway.lists.policy", DECISION),
        ("pathway.patience.therapy_leave_per_week", WORLD), ("policies.evening_clinics.from_day", DECISION),
        ("incident", WORLD), ("something.new", WORLD),
    ],
)  # fmt: skip
def test_staffing_and_reach_are_decided_and_demand_and_cuts_happen(key: str, side: str) -> None:
    assert Sides().of(key) == side


def test_a_dated_change_is_on_the_side_of_its_kind() -> None:
    config = {
        "changes": {"hire": {"kind": "post"}, "winter": {"kind": "wave"}, "cut": {"kind": "funding", "part_of": "plan"}}
    }
    assert Sides().of("changes.hire.from_day", config) == DECISION
    assert Sides().of("changes.winter.from_day", config) == WORLD
    assert Sides().of("changes.cut.funded_share", config) == DECISION  # it says so itself


def test_a_users_word_goes_before_the_table_and_is_refused_where_it_is_of_nothing(composer: Composer) -> None:
    own = Sides(OwnWord(("demand",), ("demand.growth_per_year", "scenario=x")))
    assert (own.of("demand.multiplier"), own.of("demand.growth_per_year")) == (DECISION, WORLD)
    asked = ["demand.multiplier=1,1.2"]
    cells = composer.cells(asked, multirun=True, own_word=OwnWord(("demand.multiplier",)))
    assert [cell.plan for cell in cells] == ["senior_led,demand.multiplier=1", "senior_led,demand.multiplier=1.2"]
    assert {cell.world for cell in cells} == {"baseline"}
    with pytest.raises(ConfigProblem, match=r"--decisions: got demand\.growth, which no cell of this sweep sets"):
        composer.cells(asked, multirun=True, own_word=OwnWord(("demand.growth",)))
    with pytest.raises(ConfigProblem, match="--decisions: got demand, which --world has too"):
        composer.cells(asked, multirun=True, own_word=OwnWord(("demand",), ("demand",)))


def test_a_scenario_that_only_spends_on_reach_is_a_plan_and_one_that_cuts_staff_happens(composer: Composer) -> None:
    asked = ["scenario=baseline,improved_reach,funding_cut", "staffing=senior_led,mixed_skill"]
    cells = composer.cells(asked, multirun=True)
    assert [(cell.plan, cell.world) for cell in cells] == [
        ("senior_led", "baseline"), ("mixed_skill", "baseline"),
        ("improved_reach,senior_led", "baseline"), ("improved_reach,mixed_skill", "baseline"),
        ("senior_led", "funding_cut"), ("mixed_skill", "funding_cut"),
    ]  # fmt: skip
    assert [cell.name for cell in cells][2] == "improved_reach,senior_led"  # names of cells are as they were
    imposed = composer.cells(asked, multirun=True, own_word=OwnWord((), ("scenario=improved_reach",)))
    assert [(cell.plan, cell.world) for cell in imposed[2:4]] == [
        ("senior_led", "improved_reach"), ("mixed_skill", "improved_reach"),
    ]  # fmt: skip


PLANS = """\
plans:
  As now: {}
  A second therapist, from April: {staffing.roles.therapist.lines.therapist.wte: 2.0}
  Mixed skill:
    staffing: mixed_skill
scenarios:
  Steady: {}
  "A quarter more": {demand: {multiplier: 1.25}}
"""


def cells_of(composer: Composer, path: Path, text: str, *more: str):  # type: ignore[no-untyped-def] # as composed
    path.write_text(text, encoding="utf-8")
    return composer.cells([f"run.design={path}", *more], multirun=True)


def test_a_file_of_plans_crosses_them_with_its_scenarios(composer: Composer, tmp_path: Path) -> None:
    cells = cells_of(composer, tmp_path / "plans.yaml", PLANS)
    assert [cell.name for cell in cells] == [
        f"{scenario}/{plan}"
        for scenario in ("Steady", "A quarter more")
        for plan in ("As now", "A second therapist, from April", "Mixed skill")
    ]
    assert cells[1].folder == "1_Steady_A-second-therapist_from-April"
    assert cells[4].config["staffing"]["roles"]["therapist"]["lines"]["therapist"]["wte"] == 2.0
    assert cells[4].config["demand"]["multiplier"] == 1.25
    assert cells[5].staffing == "mixed_skill" and cells[4].decisions == (THERAPIST,)


def test_the_name_column_of_a_design_names_plans_in_every_scenario(composer: Composer, tmp_path: Path) -> None:
    text = f"name,{THERAPIST}\nAs now,1\nTwo therapists,2\n"
    cells = cells_of(composer, tmp_path / "plans.csv", text, "scenario=baseline,major_incident")
    assert [(cell.plan, cell.world) for cell in cells] == [
        ("As now", "baseline"), ("As now", "major_incident"),
        ("Two therapists", "baseline"), ("Two therapists", "major_incident"),
    ]  # fmt: skip
    calm = cells_of(composer, tmp_path / "worlds.csv", "name,demand.multiplier\nCalm,1\nBusy,1.3\n")
    assert [(cell.plan, cell.world) for cell in calm] == [("senior_led", "Calm"), ("senior_led", "Busy")]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("p.csv", f"name,{THERAPIST}\nA,1\n,2\n", "p.csv:3: name: got nothing; give each row a name"),
        ("p.csv", f"name,{THERAPIST}\nA,1\nA,2\n", "name: got A for senior_led"),
        ("p.csv", f"name,{THERAPIST}\n{'A' * 61},1\n", "p.csv:2: name: got 61 characters"),
        ("p.csv", f"name,{THERAPIST}\nA/B,1\n", "name: got 'A/B'; leave / out"),
        ("p.yaml", "plan:\n  A: {}\n", "p.yaml:1: got no plans; write plans: and below it"),
        ("p.yaml", "plans:\n  A: {}\n  a: {}\n", "p.yaml:3: plans: got 'a', which line 2 has too"),
        ("p.yaml", "plans:\n  A: {}\nworlds:\n  B: {}\n", "p.yaml:3: worlds: there is no such part; did you mean"),
        ("p.yaml", "plans:\n  A: 3\n", "p.yaml:2: plans.A: got 3; write {KEY: VALUE}"),
        ("p.yaml", "plans:\n  A: {run.jobs: 1}\n", "p.yaml:2: run.jobs: is on the command line too"),
        ("p.yaml", "plans:\n  A: {run.store: x}\n", "only the command line sets it"),
        ("p.yaml", "plans:\n  A: {demand.multiplier: 1}\nscenarios:\n  B: {demand.multiplier: 2}\n",
         "p.yaml:3: demand.multiplier: set by plans and by scenarios"),
        ("p.yaml", "plans:\n  A: {demand.multiplyer: 1}\n", "demand.multiplyer: got"),
        ("p.yaml", "plans:\n  A: {}\nworld: demand\n", "p.yaml:3: world: got demand; write a list of keys"),
    ],
)  # fmt: skip
def test_a_name_or_a_file_of_plans_that_will_not_do_is_refused_with_its_line(
    composer: Composer, tmp_path: Path, name: str, text: str, line: str
) -> None:
    with pytest.raises(ConfigProblem) as problem:
        cells_of(composer, tmp_path / name, text, "run.jobs=2")
    assert any(line in told for told in problem.value.lines)


@pytest.mark.parametrize("name", ["=1+1", "<b>Bold</b>", "-3 seniors", "Größer & besser"])
def test_a_name_may_hold_what_is_no_folders(composer: Composer, tmp_path: Path, name: str) -> None:
    if "<" in name:
        with pytest.raises(ConfigProblem, match="leave < out"):
            cells_of(composer, tmp_path / "p.yaml", f"plans:\n  '{name}': {{}}\n  As now: {{staffing: mixed_skill}}\n")
        return
    cells = cells_of(composer, tmp_path / "p.yaml", f"plans:\n  '{name}': {{}}\n  As now: {{staffing: mixed_skill}}\n")
    assert cells[0].plan == name
    assert not set(cells[0].folder) & set('/\\:*?"<>|=')


@pytest.mark.parametrize(
    ("plan", "scenario", "ends"),
    [
        ("{}", "{demand.multplier: 1.2}", "did you mean demand.multiplier? (in FILE:6, “More”)"),
        ("{}", "{demand.multiplier: -1}", "must be 0.0 or more (in FILE:6, “More”)"),
        ("{staffing: mixd_skill}", "{demand.multiplier: 1.2}", "(in FILE:3, “Mixed”)"),
    ],
)
def test_a_refusal_names_the_line_of_the_plan_or_of_the_scenario_that_set_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], plan: str, scenario: str, ends: str
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        f"plans:\n  As now: {{}}\n  Mixed: {plan}\nscenarios:\n  Steady: {{}}\n  More: {scenario}\n", encoding="utf-8"
    )
    assert main(["sweep", f"run.design={file}", f"hydra.sweep.dir={tmp_path / 'out'}", "run.store=null"]) == 2
    assert capsys.readouterr().err.strip().endswith(ends.replace("FILE", str(file)))


def test_a_post_set_value_by_value_is_refused_in_one_line_that_shows_how_to_add_it(tmp_path: Path) -> None:
    post = "{band: 8a, wte: 8.0, kind: fixed_term, pay_point: mid}"
    nested = f"{{staffing: {{roles: {{senior_clinician: {{lines: {{surge: {post}}}}}}}}}}}"
    file = tmp_path / "p.yaml"
    file.write_text(f"plans:\n  As now: {{}}\n  Seniors: {nested}\n  More: {nested}\n", encoding="utf-8")
    with pytest.raises(ConfigProblem) as problem:
        compose_cells([f"run.design={file}"], multirun=True)
    [line] = problem.value.lines
    entry = "staffing.roles.senior_clinician.lines.surge"
    assert line.startswith(f"{entry}: got 4 values of an entry that is not there yet; add it whole: +{entry}={{KEY: ")
    assert line.endswith("p.yaml:3, “Seniors” and “More”)")
    file.write_text(f"plans:\n  As now: {{}}\n  Seniors: {{+{entry}: {post}}}\n", encoding="utf-8")
    assert len(compose_cells([f"run.design={file}"], multirun=True)) == 2
