from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from analysis.app.compared import Comparison
from analysis.app.plans import NamedView, cells_of, design_of, keep_design
from analysis.app.view import View, from_link
from analysis.comparison.tables import NO_CHOICE

NOW = View("baseline", "senior_led")
MORE = NOW.with_change("wte.therapist.therapist", 3.0)


@pytest.mark.integration
def test_plans_keep_their_names_in_the_design_and_one_plan_in_two_scenarios_is_one_plan(tmp_path: Path) -> None:
    plans = [
        NamedView("As it is", NOW),
        NamedView("=One/more", MORE),
        NamedView("More, and busier", MORE.with_change("referrals", 1.5)),
    ]
    names = keep_design(plans, tmp_path, 3)
    cells = cells_of(tmp_path / "plans.csv", 3, None)
    assert [cell.name for cell in cells] == names
    assert [cell.plan for cell in cells] == ["As it is", "'=One more", "'=One more"]
    assert cells[0].world == cells[1].world != cells[2].world
    assert "\n'=One more," in (tmp_path / "plans.csv").read_text()


@pytest.mark.integration
def test_what_only_differs_by_what_happens_is_named_as_a_scenario_and_is_no_plan(tmp_path: Path) -> None:
    keep_design([NamedView("Calm", NOW), NamedView("Busy", NOW.with_change("referrals", 1.5))], tmp_path, 3)
    cells = cells_of(tmp_path / "plans.csv", 3, None)
    assert [cell.world for cell in cells] == ["Calm", "Busy"] and cells[0].plan == cells[1].plan


@pytest.mark.integration
def test_reaching_out_better_is_a_plan_on_the_page_too(tmp_path: Path) -> None:
    keep_design([NamedView("As it is", NOW), NamedView("Reach", View("improved_reach", "senior_led"))], tmp_path, 3)
    cells = cells_of(tmp_path / "plans.csv", 3, None)
    assert [(cell.plan, cell.world) for cell in cells] == [("As it is", "baseline"), ("Reach", "baseline")]


@pytest.mark.unit
def test_a_day_before_the_start_is_no_formula_in_a_design() -> None:
    early = View("major_incident", "senior_led")
    text = design_of([NamedView("A", early.with_change("size.manchester_arena", 2.0)), NamedView("B", early)])
    assert "'" not in text and "\r" not in text


@pytest.mark.unit
def test_a_policy_is_a_lever_with_its_first_and_last_day() -> None:
    on = (
        NOW.with_change("policies", "cover").with_change("day.cover.from_day", 100).with_change("day.cover.to_day", 200)
    )
    assert [lever.name for lever, _ in on.changed] == ["policies", "day.cover.from_day", "day.cover.to_day"]
    for role in on.config(1).policies.cover.values():
        assert (role.from_day, role.to_day) == (100, 201)  # the configuration has the first day after it
    assert from_link(on.link()) == on
    assert on.with_change("policies", "none").changed == []


def compared(cells: dict[str, tuple[str, bool]]) -> Comparison:
    """Return a comparison of cells: the scenario of each, and whether it may be the best. The first is the baseline."""
    first, *others = cells
    choice = pd.DataFrame(
        {"plan": cell, "scenario": scenario, "may_be_best": best, "loses_people": False, "meets_standard": 0.5,
         "probability_not_beaten": 0.5}
        for cell, (scenario, best) in cells.items()
    )  # fmt: skip
    headlines = pd.DataFrame(
        {"plan": cell, "baseline": first, "figure": "seen in time", "unit": "%", "primary": True, "verdict": "better",
         "because": "", "more_replications": math.nan, "baseline_level": 50.0, "plan_level": 60.0}
        | {f"{at}{end}": 10.0 for at in ("", "simultaneous_") for end in ("low", "high")} | {"difference": 10.0}
        for cell in others
    )  # fmt: skip
    empty = pd.DataFrame()
    said = {"answer": ["Under “More” most.", "It costs £1."], "missing": "Not run: 1 * 2.", "caveat": "Only so."}
    return Comparison(headlines, choice, empty, empty, empty, {}, NOW.config(1), "referral_to_assessment", said)


@pytest.mark.unit
def test_a_scenario_is_never_among_what_can_be_chosen() -> None:
    found = compared({"Now": ("baseline", False), "More": ("baseline", True), "Surge": ("surge", True)})
    assert found.options == ["Now", "More"]
    assert [verdict for _, _, verdict in found.primary("seen in time")] == ["better", NO_CHOICE]
    assert "▲" not in found.rows()[1]["verdict"] and found.rows()[0]["against"] == "Now"
    assert [row["verdict"] for row in found.rows()] == ["▲ better", NO_CHOICE]


@pytest.mark.unit
def test_the_answer_is_what_the_page_for_a_board_says_its_first_sentence_in_bold() -> None:
    found = compared({"Now": ("baseline", False), "More": ("baseline", True)})
    assert found.sentences() == ["**Under “More” most.** It costs £1.", "Not run\\: 1 \\* 2.", "Only so."]
