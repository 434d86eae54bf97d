"""What differs between two scenarios, leaf by leaf, and the command that prints it."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.commands import main
from analysis.commands.look import cell_named
from analysis.evidence import Difference, differences, folded
from sim.composed import Cell
from sim.evidence import read_register

pytestmark = pytest.mark.integration


def between(before, after):
    return {one.key: one for one in differences(before, after, read_register())}


def cell(**config):
    return Cell("mine", "senior_led", (), config)


def test_every_leaf_that_differs_is_named_with_both_values_unit_and_grade():
    found = between(cell_named("baseline"), cell_named("growing_demand"))
    path = ("demand", "growth_per_year")
    assert list(found.values()) == [Difference(path, "0", "0.72", "per year", "B")]


def test_what_only_one_of_them_has_stands_against_a_dash():
    found = between(cell_named("baseline"), cell_named("funding_cut"))
    assert [(one.key, one.before, one.after, one.grade) for one in found.values()] == [
        ("changes.cut.kind", "–", "funding", ""),
        ("changes.cut.from_day", "–", "365", "setting"),
        ("changes.cut.funded_share", "–", "0.75", "D"),
    ]
    back = between(cell_named("funding_cut"), cell_named("baseline"))
    assert [(one.before, one.after) for one in back.values()] == [("funding", "–"), ("365", "–"), ("0.75", "–")]


def test_a_cell_does_not_differ_from_itself():
    assert between(cell_named("major_incident/mixed_skill"), cell_named("major_incident/mixed_skill")) == {}


def test_a_number_of_ones_own_has_a_unit_but_no_grade():
    # The path is known but not the value; or only its name is, everywhere in the same unit.
    lines = {"roles": {"therapist": {"lines": {"therapist": {"wte": 1.0}}}}}
    more = {"roles": {"therapist": {"lines": {"therapist": {"wte": 7.5}, "locum": {"wte": 0.25}}}}}
    found = between(cell(staffing=lines), cell(staffing=more))
    assert [(one.after, one.unit, one.grade) for one in found.values()] == [("7.5", "WTE", ""), ("0.25", "WTE", "")]


def test_lists_texts_and_truth_values_are_leaves():
    before = cell(run={"keep": [], "profile": False}, demand={"season_index": [1.0, 2.0]})
    after = cell(run={"keep": ["cohort"], "profile": True}, demand={"season_index": [1.0, 3.0]})
    shown = {one.key: (one.before, one.after) for one in between(before, after).values()}
    assert shown == {
        "demand.season_index": ("1, 2", "1, 3"),
        "run.profile": ("false", "true"),
        "run.keep": ("–", "cohort"),
    }


def test_what_is_alike_but_for_one_step_is_told_once():
    one = Difference(("changes", "men", "cost_gbp"), "–", "5", "GBP", "D")
    women, day = replace(one, path=("changes", "women", "cost_gbp")), replace(one, path=("run", "day"))
    assert [each.key for each in folded([one, day, women])] == ["changes.{men,women}.cost_gbp", "run.day"]
    assert folded([one, replace(women, after="6")]) == [one, replace(women, after="6")]
    assert folded([]) == []


def test_the_command_prints_a_screen_that_holds_every_difference(capsys):
    assert main(["diff", "baseline", "improved_reach/stepped_care"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) < 46
    for letter, name in (("A", "baseline/senior_led"), ("B", "improved_reach/stepped_care")):
        purpose = cell_named(name).config["purpose"].split()[0]
        assert f"{letter}  {name.replace('/', ', ')}: {purpose} " in out
    for words in ("changes", "cost_gbp", "30,000", "GBP", "first_step", "0.35", "Grade D: assumption"):
        assert words in out


def test_the_command_says_when_nothing_differs(capsys):
    assert main(["diff", "baseline", "baseline/senior_led"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing differs."


def test_ones_own_scenario_can_be_compared(tmp_path: Path, capsys):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("# @package _global_\npurpose: Mine.\nhubs: {count: 2}\n")
    assert main(["diff", "baseline", "mine", "--config-dir", str(tmp_path)]) == 0
    assert "count" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("growing_demnd", "scenario: got growing_demnd; did you mean growing_demand?"),
        ("baseline/mixed", "staffing: got mixed; did you mean mixed_skill?"),
        ("baseline,national", "hub diff: got 'baseline,national'; write SCENARIO or SCENARIO/STAFFING"),
        ("a/b/c", "hub diff: got 'a/b/c'; write SCENARIO or SCENARIO/STAFFING"),
        ("", "hub diff: got ''; write SCENARIO or SCENARIO/STAFFING"),
    ],
)
def test_a_name_that_is_none_is_refused_in_one_line(capsys, name, told):
    assert main(["diff", "baseline", name]) == 2
    assert capsys.readouterr().err == f"{told}\n"
