"""The cells of a sweep: told apart by readable names, listed in a CSV, and blamed one by one."""

import pytest

from sim.composed import Place
from sim.errors import ConfigProblem
from sim.launch.cells import blamed, levers_of
from sim.launch.compose import compose_cells
from sim.launch.names import names_of

pytestmark = pytest.mark.unit


def test_a_lever_is_what_differs_and_the_name_says_it():
    sweep = [
        ["scenario=surge", "run.seed=7", "staffing.roles.senior.lines.core.wte=2", "run.replications=9"],
        ["scenario=surge", "run.seed=8", "staffing.roles.senior.lines.core.wte=2.5", "run.replications=9"],
    ]
    levers = levers_of(sweep)
    assert levers == [
        {"run.seed": 7, "staffing.roles.senior.lines.core.wte": 2},
        {"run.seed": 8, "staffing.roles.senior.lines.core.wte": 2.5},
    ]
    assert names_of([("surge", "mixed")] * 2, levers) == [
        "surge,mixed,seed=7,core.wte=2",
        "surge,mixed,seed=8,core.wte=2.5",
    ]


def test_names_are_unique_even_where_cells_are_the_same_or_keys_end_alike():
    assert names_of([("a", "b")] * 3, [{}] * 3) == ["a,b", "a,b (2)", "a,b (3)"]
    levers = [{"roles.x.core.wte": 1, "roles.y.core.wte": 2}]
    assert names_of([("a", "b")], levers) == ["a,b,roles.x.core.wte=1,roles.y.core.wte=2"]


def test_one_run_has_no_levers():
    assert levers_of([["run.seed=7"]]) == [{}]


def test_a_refusal_names_the_cells_at_fault_unless_all_are():
    one, two = Place("a=1"), Place("a=2")
    assert blamed({"x": [one, two], "y": [two]}, 2) == ["x", "y (in a=2)"]
    assert blamed({"x": [Place("plans.csv:2", in_file=True)]}, 1) == ["x (in plans.csv:2)"]


def design(tmp_path, text):
    (tmp_path / "plans.csv").write_text(text, encoding="utf-8")
    return f"run.design={tmp_path / 'plans.csv'}"


def test_every_row_of_a_design_is_a_cell(tmp_path):
    rows = 'scenario,staffing,run.seed,run.keep\nbaseline,senior_led,1,\nmajor_incident,,,"[journeys,events]"\n\n'
    first, second = compose_cells([design(tmp_path, rows), "run.replications=3"], multirun=True)
    assert (first.scenario, first.config["run"]["seed"], first.config["run"]["keep"]) == ("baseline", 1, [])
    assert (second.scenario, second.config["run"]["keep"]) == ("major_incident", ["journeys", "events"])
    assert second.config["run"]["seed"] != 1 and second.config["run"]["replications"] == 3
    assert first.levers == {"run.seed": 1}
    assert second.name.startswith("major_incident,senior_led,keep=")


def test_a_design_is_crossed_with_what_the_command_line_sweeps(tmp_path):
    cells = compose_cells([design(tmp_path, "run.seed\n1\n2\n"), "scenario=baseline,major_incident"], multirun=True)
    assert [(cell.scenario, cell.config["run"]["seed"]) for cell in cells] == [
        ("baseline", 1), ("major_incident", 1), ("baseline", 2), ("major_incident", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("scenario\nbaseline\nsruge\n", "scenario: got sruge;"),
        ("run.sede\n1\n", "plans.csv:1: run.sede: there is no such key: did you mean run.seed?"),
        ("run.seed\n1,2\n", "plans.csv:2: got 2 values; the heading has 1 keys"),
        ('run.seed\n1\n"2,3"\n', "plans.csv:3: got run.seed=2,3; write 2.3, or a list as [a,b]"),
        ("run.seed,run.seed\n1,2\n", "plans.csv:1: run.seed: appears in the heading twice; keep one"),
        (
            "scenario;run.seed\nbaseline;1\n",
            "plans.csv:1: scenario;run.seed: separate columns with commas",
        ),
        ("run.seed,\n1,2\n", "plans.csv:1: a column: has no heading; write the key that it sets"),
        ("run.jobs\n1\n", "plans.csv:1: run.jobs: is on the command line too; set it in one place"),
        ("hydra.sweep.dir\nx\n", "plans.csv:1: hydra.sweep.dir: cannot be set by a design; leave the column out"),
        ("run.seed\n", "plans.csv; it needs a heading of keys and a row for each cell"),
        ("purpose\na 'b\n", "plans.csv:2: purpose: got a 'b; put text with spaces or symbols in quotes"),
    ],
)
def test_a_mistake_in_a_design_is_told_with_its_line(tmp_path, text, line):
    with pytest.raises(ConfigProblem) as problem:
        compose_cells([design(tmp_path, text), "run.jobs=2"], multirun=True)
    [told] = problem.value.lines
    assert line in told
    assert "plans.csv:" in told or line.startswith("plans.csv;")
