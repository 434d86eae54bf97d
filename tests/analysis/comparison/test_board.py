"""The page for a board: what it answers where the truth is known, and that its figures are those of other files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from known_truth import AS_NOW, CALM, SECOND, STORM, truth

from analysis.comparison.answer import answer_sentences
from analysis.comparison.taken_apart import Widened, concerns
from analysis.comparison.who import _gap_sentences
from sim.config import HubConfig

pytestmark = pytest.mark.integration


@pytest.fixture
def answer(hub_config: Callable[..., HubConfig], tmp_path: Path) -> Callable[[str], list[str]]:
    return lambda name: answer_sentences(truth(name, hub_config(), tmp_path))


def test_a_clear_winner_is_named_with_both_waits_and_its_price(answer: Callable[[str], list[str]]) -> None:
    first, assessed, treated, price, met = answer("winner")
    assert first == f"{SECOND} serves most people in time."
    assert assessed.startswith(
        "An estimated 88% are assessed within 28 days of referral, against 70% under As now (+18.0 points, 95% "
    )
    assert treated.startswith("An estimated 96% are in therapy within 126 days of referral, against 60% under As now")
    assert price.startswith("It costs about £60,000 a year more")
    assert met == "It meets both standards in about 7 in 10 simulated futures."


def test_a_tie_is_called_one_and_only_the_cost_tells_the_plans_apart(answer: Callable[[str], list[str]]) -> None:
    first, told = answer("tie")
    assert first == f"For waits it makes no difference that matters which you choose: {AS_NOW} or Teams swapped."
    assert told.startswith("Teams swapped against As now: for assessment +0.0 points (")
    assert "It costs about £30,000 a year more" in told


def test_a_gap_that_widens_in_another_scenario_is_not_denied_on_the_first_page(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    compared = truth("calm", hub_config(), tmp_path).comparison
    concern = concerns(compared.config, compared.stage)[0]
    [bold] = [plan for plan in compared.plans if plan not in compared.options and plan in compared.baseline_of][:1]
    gap = Widened(bold, concern, "gender", "men", "women", 1.0, 3.0, False)
    denied, told = _gap_sentences(compared, [gap])
    assert denied.startswith(f"In {CALM} no plan clearly improves")
    assert told == f"In {STORM} a plan improves a figure for everyone but widens gaps: see the appendix."
    assert _gap_sentences(compared, []) == [denied]


def test_a_plan_that_wins_in_calm_weather_alone_is_not_simply_the_winner(answer: Callable[[str], list[str]]) -> None:
    found = answer("calm")
    assert found[0] == "Bold serves most people in time in Steady demand, but not in Major incident."
    assert "In Major incident Cautious does better: 60% assessed within 28 days of referral, against 30%." in found
    assert found[-1].startswith(
        "Across 2 scenarios Cautious falls behind the best plan least: for assessment 15.0 points at most, in Steady"
    )
