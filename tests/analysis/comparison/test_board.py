"""The page for a board: what it answers where the truth is known, and that its figures are those of other files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from known_truth import AS_NOW, CALM, SECOND, STORM, truth

from analysis.comparison.answer import answer_sentences
from analysis.comparison.by_scenario import by_scenario
from analysis.comparison.pairs import UNDECIDED
from analysis.comparison.taken_apart import Widened, concerns
from analysis.comparison.who import _gap_sentences
from analysis.estimates.intervals import Interval
from analysis.tell.wording import change_in
from sim.config import HubConfig

pytestmark = pytest.mark.integration


@pytest.fixture
def answer(hub_config: Callable[..., HubConfig], tmp_path: Path) -> Callable[[str], list[str]]:
    return lambda name: answer_sentences(truth(name, hub_config(), tmp_path))


def test_a_clear_winner_is_named_with_both_waits_and_its_price(answer: Callable[[str], list[str]]) -> None:
    first, assessed, treated, price, met = answer("winner")
    assert first == f"“{SECOND}” serves most people in time."
    assert assessed.startswith(
        "An estimated 88% are assessed within 28 days of referral, against 70% under “As now” (+18.0 points, 95% "
    )
    assert treated.startswith("An estimated 96% are in therapy within 126 days of referral, against 60% under “As now”")
    assert price.startswith("It costs about £60,000 more a year")
    assert met == "It meets both standards in about 7 in 10 simulated futures."


def test_a_tie_is_called_one_and_only_the_cost_tells_the_plans_apart(answer: Callable[[str], list[str]]) -> None:
    first, told = answer("tie")
    assert first == f"For waits it makes no difference that matters which you choose: “{AS_NOW}” or “Teams swapped”."
    assert told.startswith("“Teams swapped” against “As now”: for assessment +0.0 points (")
    assert "It costs about £30,000 more a year" in told


def test_a_gap_that_widens_in_another_scenario_is_not_denied_on_the_first_page(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    compared = truth("calm", hub_config(), tmp_path).comparison
    concern = concerns(compared.config, compared.stage)[0]
    [bold] = [plan for plan in compared.plans if plan not in compared.options and plan in compared.baseline_of][:1]
    gap = Widened(bold, concern, "gender", "men", "women", 1.0, 3.0, False)
    denied, told = _gap_sentences(compared, [gap])
    assert denied.startswith(f"In “{CALM}” no plan clearly improves")
    assert told == f"In “{STORM}” a plan improves a figure for everyone but widens gaps: see the appendix."
    assert _gap_sentences(compared, []) == [denied]


def test_a_plan_that_wins_in_calm_weather_alone_is_not_simply_the_winner(answer: Callable[[str], list[str]]) -> None:
    found = answer("calm")
    assert found[0] == "“Bold” serves most people in time in “Steady demand”, but not in “Major incident”."
    assert (
        "“Cautious” does better in “Major incident”: 60% assessed within 28 days of referral, against 30%, and 62% in "
        "therapy within 126 days of referral, against 35%."
    ) in found
    assert found[-1].startswith(
        "Whichever of the 2 scenarios comes, “Cautious” falls behind the best plan least: for assessment by 15.0 "
        "points at most, in “Steady demand”; for therapy by 16.0"
    )


def test_a_plan_of_which_it_is_open_whether_it_is_better_is_not_said_to_be_the_best(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    found = truth("winner", hub_config(), tmp_path)
    comparison = found.comparison
    open_ones = [replace(a, verdict=UNDECIDED, more=40) if a.headline.unit == "%" else a for a in comparison.answers]
    first, *_, settle = answer_sentences(replace(found, comparison=replace(comparison, answers=open_ones)))
    assert first == (
        f"Not settled yet: “{SECOND}” looks best, but for assessment and therapy it may be no better than “{AS_NOW}”."
    )
    assert settle == "To settle what is open may take about 40 more simulated futures."


def test_the_page_shows_every_plan_in_every_scenario_with_its_regret(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    found = truth("calm", hub_config(), tmp_path)
    shown = by_scenario(found, found.comparison.options)
    assert shown["names"] == [CALM, STORM]
    assert {row["name"]: (row["cells"], row["behind"]) for row in shown["rows"]} == {
        "Cautious": (["80% ✓ / 80%", "60% / 62%"], "15.0 / 16.0"),
        "Bold": (["95% ✓ / 96% ✓", "30% / 35%"], "30.0 / 27.0"),
    }


def test_an_interval_that_leaves_nothing_out_does_not_look_as_if_it_touched_nothing() -> None:
    form = change_in("%", 100)
    assert form.interval(Interval(0.004, 0.0003, 0.008)) == "+0.4 (+0.03 to +0.8)"
    assert form.interval(Interval(-0.004, -0.008, -0.000002)) == "−0.4 (−0.8 to −0.0002)"
    assert form.interval(Interval(0.0, 0.0, 0.0)) == "+0.0 (+0.0 to +0.0)"
