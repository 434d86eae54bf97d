"""The page for a board: what it answers where the truth is known, and that its figures are those of other files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from known_truth import AS_NOW, CALM, SECOND, STORM, TRUTHS, truth

from analysis.comparison.answer import _kept, _open, answer_sentences, how_likely
from analysis.comparison.appendix_figures import cost_stack
from analysis.comparison.board import change_of, option
from analysis.comparison.by_scenario import by_scenario
from analysis.comparison.comparison import Comparison
from analysis.comparison.cost_words import what_it_costs
from analysis.comparison.pairs import UNDECIDED, Difference
from analysis.comparison.taken_apart import Widened, concerns
from analysis.comparison.who import _gap_sentences, loser_sentences
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import Interval
from analysis.tell.wording import change_in, level_in, thousand_pounds
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig

pytestmark = pytest.mark.integration


@pytest.fixture
def answer(hub_config: Callable[..., HubConfig], tmp_path: Path) -> Callable[[str], list[str]]:
    return lambda name: answer_sentences(truth(name, hub_config(), tmp_path))


def test_a_clear_winner_is_named_with_both_waits_its_price_and_the_standards(
    answer: Callable[[str], list[str]],
) -> None:
    first, waits, price, standards = answer("winner")
    assert first == f"Under “{SECOND}” the most people are seen in time."
    assert waits == (
        "An estimated 88% are assessed within 28 days of referral (under “As now” 70%) and 96% are in therapy within "
        "126 days of referral (under “As now” 60%)."
    )
    assert price == "It costs about £60,000 a year more (£59,000 to £61,000)."
    assert standards == (
        f"On average “As now” misses both standards; “{SECOND}” meets both standards, therapy only just, in 26 of 35 "
        "single futures."
    )


def test_a_tie_says_at_once_that_nobody_is_seen_sooner_and_that_it_costs_more(
    answer: Callable[[str], list[str]],
) -> None:
    first, standards = answer("tie")
    assert first == (
        f"“Teams swapped” sees people no sooner than “{AS_NOW}” and costs about £30,000 a year more (£29,000 to "
        "£31,000)."
    )
    assert standards == (
        f"On average “{AS_NOW}” and “Teams swapped” meet the standard for assessment and miss that for therapy."
    )


def test_a_gap_that_widens_in_another_scenario_is_not_denied_on_the_first_page(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    compared = truth("calm", hub_config(), tmp_path).comparison
    concern = concerns(compared.config, compared.stage)[0]
    [bold] = [plan for plan in compared.plans if plan not in compared.options and plan in compared.baseline_of][:1]
    gap = Widened(bold, concern, "gender", "men", "women", 1.0, 3.0, False)
    told = f"In “{STORM}” a plan improves a figure on average but widens gaps: see the appendix."
    assert _gap_sentences(compared, [gap]) == [told]
    assert _gap_sentences(compared, []) == []


def test_a_plan_that_wins_in_calm_weather_alone_is_not_simply_the_winner(answer: Callable[[str], list[str]]) -> None:
    first, _, price, standards, behind = answer("calm")
    assert first == (
        "Under “Bold” the most people are seen in time in “Steady demand”, but in “Major incident” it is “Cautious”."
    )
    assert price == "It costs about the same: at most £679 a year either way."
    assert standards.startswith(
        "On average, in “Steady demand”, “Cautious” meets the standard for assessment only just and misses that for"
    )
    assert behind == (
        "Points behind the best plan, at worst: for assessment “Cautious” 15 and “Bold” 30; for therapy “Cautious” 16 "
        "and “Bold” 27."
    )


def test_a_plan_of_which_it_is_open_whether_it_is_better_is_not_said_to_be_the_best(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    found = truth("winner", hub_config(), tmp_path)
    comparison = found.comparison
    open_ones = [replace(a, verdict=UNDECIDED, more=40) if a.headline.unit == "%" else a for a in comparison.answers]
    first, *_, settle, _ = answer_sentences(replace(found, comparison=replace(comparison, answers=open_ones)))
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
    levels = {row["name"]: [[seen.level for seen in cell] for cell in row["cells"]] for row in shown["rows"]}
    assert levels == {
        "Cautious": [["80% ✓", "80%"], ["60%", "62%"]],
        "Bold": [["95% ✓", "96% ✓"], ["30%", "35%"]],
    }
    assert shown["rows"][0]["cells"][1][0].interval == "59 to 61"
    assert {row["name"]: row["behind"] for row in shown["rows"]} == {"Cautious": "15 / 16", "Bold": "30 / 27"}


def test_every_figure_of_the_scenario_table_has_its_interval_however_many_plans_there_are(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    found = truth("calm", hub_config(), tmp_path)
    shown = by_scenario(found, found.comparison.options * 3)
    assert len(shown["rows"]) == 6
    assert all(seen.interval for row in shown["rows"] for cell in row["cells"] for seen in cell)


def test_an_interval_that_leaves_nothing_out_does_not_look_as_if_it_touched_nothing() -> None:
    form = change_in("%", 100)
    assert form.interval(Interval(0.004, 0.0003, 0.008)) == "+0.4 (+0.03 to +0.8)"
    assert form.interval(Interval(-0.004, -0.008, -0.000002)) == "−0.4 (−0.8 to −0.0002)"
    assert form.interval(Interval(0.0, 0.0, 0.0)) == "0.0 (0.0 to 0.0)"


def test_a_standard_is_said_to_be_met_or_missed_only_just_where_a_plan_is_near_it(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    assessment, therapy = truth("winner", hub_config(), tmp_path).comparison.deciding
    assert _kept({assessment: 0.1, therapy: 0.01}, several=False) == "meets both standards, therapy only just"
    assert _kept({assessment: 0.01, therapy: 0.01}, several=False) == "meets both standards only just"
    assert _kept({assessment: -0.1, therapy: -0.01}, several=True) == "miss both standards, therapy only just"
    assert _kept({assessment: 0.0, therapy: -0.1}, several=False) == (
        "meets the standard for assessment only just and misses that for therapy"
    )
    assert _kept({assessment: -0.01}, several=False) == "misses the standard only just"


def test_costs_are_about_the_same_only_where_the_whole_interval_is_near_nothing(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    comparison = truth("calm", hub_config(), tmp_path).comparison
    [price] = [answer for answer in comparison.on(comparison.cost) if answer.plan in comparison.options]
    assert change_of(comparison, price) == "about the same (−1 to +1)"
    wide = replace(price, low=-40_000.0, high=90_000.0)
    assert what_it_costs(comparison, wide) == "may cost more or less: from £40,000 less to £90,000 more a year"
    assert change_of(comparison, wide).endswith("(−40 to +90), not clear yet")


def test_staff_groups_that_lose_in_another_scenario_are_told_of_on_the_first_page(
    hub_config: Callable[..., HubConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = truth("calm", hub_config(), tmp_path).comparison

    def changes(comparison: Comparison, plan: str, wait: Headline) -> dict[str, Difference]:
        worse = -10.0 if comparison.scenario_of(plan) == STORM else 10.0
        return {"ambulance": Difference(worse, worse - 1, worse + 1, 0.0, 1.0, 1.0, 35)}

    monkeypatch.setattr("analysis.comparison.who.group_changes", changes)
    assert loser_sentences(compared) == [
        f"No staff group is clearly seen in time less often than under the baseline in “{CALM}”.",
        f"Of 6 staff groups clearly fewer in time in “{STORM}”: under “Bold” 1 for assessment and 1 for therapy.",
    ]


def test_where_no_plan_is_best_in_every_scenario_the_answer_hangs_on_which_one_comes(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    assert how_likely(truth("winner", hub_config(), tmp_path / "winner")) == []
    assert how_likely(truth("calm", hub_config(), tmp_path / "calm")) == [
        "Which scenario comes: for assessment the best plan differs, and no chances are known."
    ]


def test_a_plan_that_wins_in_another_scenario_for_one_wait_alone_is_named_for_that_wait(
    hub_config: Callable[..., HubConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = {("Cautious", CALM): (80, 80, 500), ("Bold", CALM): (95, 96, 500),
             ("Cautious", STORM): (60, 35, 500), ("Bold", STORM): (30, 62, 500)}  # fmt: skip
    monkeypatch.setitem(TRUTHS, "calm", ("Cautious", cells))
    first, level, *_ = answer_sentences(truth("calm", hub_config(), tmp_path))
    assert first == (
        f"Under “Bold” the most people are seen in time in “{CALM}”, but in “{STORM}” it is “Cautious” for assessment."
    )
    assert level.startswith("Under “Bold” an estimated 95% are assessed") and level.endswith(f"in “{CALM}”.")


def test_posts_that_end_are_priced_over_the_whole_time_too_and_not_by_an_average_year_alone(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    found = truth("winner", hub_config(), tmp_path)
    line = {"band": "8a", "wte": 8.0, "kind": "fixed_term", "pay_point": "mid", "from_day": 0, "to_day": 365}
    surge = hub_config(**{"staffing.roles.senior_clinician.lines.surge": line})
    plans = {
        name: replace(plan, config=surge) if found.comparison.said(name) == f"“{SECOND}”" else plan
        for name, plan in found.comparison.sweep.plans.items()
    }
    sweep = replace(found.comparison.sweep, plans=plans)
    surged = replace(found, comparison=replace(found.comparison, sweep=sweep))
    price = answer_sentences(surged)[2]
    assert price == (
        "It costs about £60,000 a year more (£59,000 to £61,000), £180,000 over the 3 years simulated, as posts "
        "begin or end within them."
    )
    notes = {option(surged, plan)["name"]: option(surged, plan)["cost"].notes for plan in surged.comparison.options}
    assert notes == {AS_NOW: (), SECOND: ("over 3 years 1,680 (+180)",)}


def test_the_figure_of_cost_has_the_whole_outlay_of_a_plan_whose_posts_end_and_of_no_other(
    compared: Comparison, hub_config: Callable[..., HubConfig]
) -> None:
    plan, days = "baseline,more_seniors", compared.config.run.horizon_days
    line = {"band": "8a", "wte": 8.0, "kind": "fixed_term", "pay_point": "mid", "from_day": 0, "to_day": days - 1}
    surge = hub_config(**{"staffing.roles.senior_clinician.lines.surge": line, "run.horizon_days": days})
    plans = dict(compared.sweep.plans)
    plans[plan] = replace(plans[plan], config=surge)
    drawn = cost_stack(replace(compared, sweep=replace(compared.sweep, plans=plans)))
    said = dict(zip(compared.plans, (text.get_text() for text in drawn.axes[0].texts), strict=True))
    whole = compared.level(plan, ("cost_total_gbp", "", "all", "all")).estimate
    a_year = whole * DAYS_PER_YEAR / days
    assert said.pop(plan) == f"{thousand_pounds(a_year)} a year,\n{thousand_pounds(whole)} over 0.5 years"
    assert not [text for text in said.values() if "years" in text]


def test_one_plan_that_is_named_while_all_is_open_is_said_to_look_best_and_against_which(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    comparison = truth("winner", hub_config(), tmp_path).comparison
    first, second = comparison.deciding
    best = next(plan for plan in comparison.options if comparison.said(plan) == f"“{SECOND}”")
    opened = [replace(a, verdict=UNDECIDED, more=40) if a.headline == first else a for a in comparison.answers]
    told = _open(replace(comparison, answers=opened), {first: [best], second: [best]})[0]
    assert told == (
        "Not settled yet under which plan the most are seen in time: for assessment "
        f"“{SECOND}” looks best, but is not clearly better than “{AS_NOW}”; for therapy it is “{SECOND}”."
    )


def test_an_interval_that_reads_as_its_figure_is_left_out() -> None:
    same, some = Interval(500.1, 500.0, 500.2), Interval(500, 490, 510)
    assert level_in("people").parts_unless_alike(same) == ("500", "")
    assert change_in("£ thousand").parts_unless_alike(Interval(0.0, 0.0, 0.0)) == ("0", "")
    assert level_in("people").parts_unless_alike(some) == ("500", "490 to 510")
