"""Plans across scenarios: regret known exactly, holes in the grid, weights, and another way to the same figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from raw_sweep import ASSESSMENT, COST, SHARE, THERAPY, made_up, write_raw
from recomputed import of_every_cell, regrets, satisficing

from analysis.comparison.across import Across, across
from analysis.comparison.across_tables import across_tables, standards_of
from analysis.comparison.answer import answer_sentences
from analysis.comparison.compare import compare
from analysis.comparison.pairs import BETTER, MIXED, NO_MATTER, PARTLY, SAME, UNDECIDED, WORSE
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.steps import NOT_JUDGED, verdict_in_all
from sim.config import HubConfig
from sim.errors import HubError

pytestmark = pytest.mark.integration

STEADY, BUSY, INCIDENT = "Steady", "Busy", "Incident"
IN_TIME = {
    ("Cautious", STEADY): 80, ("Cautious", BUSY): 70, ("Cautious", INCIDENT): 60,
    ("Bold", STEADY): 95, ("Bold", BUSY): 85, ("Bold", INCIDENT): 30,
}  # fmt: skip
"""Of 100 people, how many are assessed in time, in each of four replications."""


def toy(hub_config: Callable[..., HubConfig], folder: Path, left_out: tuple[str, str] | None = None) -> Across:
    """Write and compare two plans in three scenarios; therapy is as good everywhere and Bold costs 50,000 more."""
    cells = {
        (plan, scenario): {
            (SHARE, ASSESSMENT): [(in_time, 100)] * 4,
            (SHARE, THERAPY): [(96, 100), (94, 100), (95, 100), (95, 100)],
            (COST, ""): [(450_000 + 50_000 * (plan == "Bold") + 1000 * luck, 0) for luck in range(4)],
        }
        for (plan, scenario), in_time in IN_TIME.items()
        if (plan, scenario) != left_out
    }
    write_raw(folder, hub_config(), cells)
    return across(compare(read_sweep(folder), "Cautious"))


@pytest.fixture(scope="module")
def found(hub_config: Callable[..., HubConfig], tmp_path_factory: pytest.TempPathFactory) -> Across:
    return toy(hub_config, tmp_path_factory.mktemp("toy"))


def test_regret_is_the_difference_to_the_best_plan_of_the_same_scenario(found: Across) -> None:
    wait = found.comparison.headlines[0]
    by_scenario = {
        plan: [found.regret_in(plan, one, wait).estimate for one in found.scenarios] for plan in ("Cautious", "Bold")
    }
    assert by_scenario["Cautious"] == pytest.approx([0.15, 0.15, 0.0], abs=1e-15)
    assert by_scenario["Bold"] == pytest.approx([0.0, 0.0, 0.30], abs=1e-15)
    bold, cautious = found.regret("Bold", wait), found.regret("Cautious", wait)
    assert (bold.regret_scenario, bold.worst_scenario) == (INCIDENT, INCIDENT)
    assert bold.most == pytest.approx((0.30, 0.30, 0.30), abs=1e-15)  # nothing varies, so neither does the regret
    assert cautious.most.estimate == pytest.approx(0.15, abs=1e-15)
    assert (cautious.worst_scenario, cautious.worst.estimate) == (INCIDENT, pytest.approx(0.60))
    assert found.regret("Bold", found.comparison.cost).most == pytest.approx((50_000, 50_000, 50_000))


def test_a_plan_meets_the_standards_only_where_it_meets_every_one(found: Across) -> None:
    waits = dict(standards_of(found))
    assert [found.met("Bold", wait).scenarios.estimate for wait in waits.values()] == pytest.approx([2 / 3, 1, 2 / 3])
    # In one future of four therapy is in time for 94 of 100 people, and 95 are asked for.
    assert [found.met("Bold", wait).futures.estimate for wait in waits.values()] == pytest.approx([2 / 3, 0.75, 0.5])
    assert [found.met("Cautious", wait).futures.estimate for wait in waits.values()] == pytest.approx(
        [1 / 3, 0.75, 0.25]
    )


def test_weights_are_the_users_and_nobody_elses(found: Across) -> None:
    assert np.isnan(found.regret("Bold", found.comparison.headlines[0]).weighted_regret.estimate)
    weighted = across(found.comparison, {STEADY: 5, BUSY: 3, INCIDENT: 2})
    mine = weighted.regret("Bold", found.comparison.headlines[0])
    assert mine.weighted_regret.estimate == pytest.approx(0.2 * 0.30)
    assert mine.weighted_level.estimate == pytest.approx(0.5 * 0.95 + 0.3 * 0.85 + 0.2 * 0.30)
    for wrong in ({STEADY: 1}, {"Stedy": 1, BUSY: 1, INCIDENT: 1}, {STEADY: -1, BUSY: 1, INCIDENT: 1},
                  {STEADY: 0, BUSY: 0, INCIDENT: 0}):  # fmt: skip
        with pytest.raises(HubError, match="--weights: got"):
            across(found.comparison, wrong)


def test_a_scenario_is_never_an_option(found: Across) -> None:
    comparison = found.comparison
    assert [comparison.names[plan] for plan in comparison.options] == ["Steady / Cautious", "Steady / Bold"]
    assert set(comparison.baseline_of) == {f"{scenario}/Bold" for scenario in (STEADY, BUSY, INCIDENT)}
    assert all(comparison.is_option(plan) for plan in comparison.baseline_of)
    for scenario in (STEADY, BUSY, INCIDENT):
        assert set(comparison.choices[scenario, comparison.headlines[0]].not_beaten) == {
            f"{scenario}/Bold", f"{scenario}/Cautious",
        }  # fmt: skip


def test_a_plan_that_helps_on_one_standard_alone_makes_a_difference_that_matters(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    luck = [0, 1, 2, 3, 1, 0, 2, 3]
    cells = {
        (plan, STEADY): {
            (SHARE, ASSESSMENT): [(80 + each + one * (place % 2), 100) for place, each in enumerate(luck)],
            (SHARE, THERAPY): [(40 + each + 30 * one, 100) for each in luck],
            (COST, ""): [(450_000 + 60_000 * one, 0)] * 8,
        }
        for plan, one in (("As now", 0), ("A second therapist", 1))
    }
    write_raw(tmp_path, hub_config(), cells)
    plan = f"{STEADY}/A second therapist"
    each = compare(read_sweep(tmp_path), "As now", delta=0.02)
    assert [each.of(plan, wait).verdict for wait in each.deciding] == [NO_MATTER, BETTER]  # type: ignore[union-attr]
    assert each.verdict_of(plan) == BETTER
    asked = compare(read_sweep(tmp_path), "As now", stage="referral_to_assessment", delta=0.02)
    assert asked.verdict_of(plan) == NO_MATTER  # it was all that was asked for


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ([NO_MATTER, BETTER], BETTER), ([NO_MATTER, SAME], NO_MATTER), ([BETTER, WORSE], MIXED),
        ([UNDECIDED, NO_MATTER], UNDECIDED), ([WORSE, UNDECIDED], PARTLY[WORSE]),
        ([UNDECIDED, BETTER], PARTLY[BETTER]), ([BETTER, NOT_JUDGED], NOT_JUDGED),
        ([SAME, SAME], SAME), ([], UNDECIDED),
    ],
)  # fmt: skip
def test_a_plan_is_better_only_where_that_is_conclusive_on_every_standard_that_differs(
    said: list[str], together: str
) -> None:
    assert verdict_in_all(said) == together


def test_a_hole_in_the_grid_is_told_and_its_scenario_does_not_count(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    holed = toy(hub_config, tmp_path, left_out=("Bold", INCIDENT))
    assert holed.scenarios == [STEADY, BUSY]
    line = holed.comparison.grid.missing_line
    assert line.startswith("Not run: “Bold” in “Incident”.") and line.endswith("“Steady” and “Busy”.")
    assert holed.regret("Bold", holed.comparison.headlines[0]).most.estimate == 0
    missing = across_tables(holed)["map.csv"].query("cell == ''")
    assert set(missing["plan"]) == {"Bold"} and set(missing["scenario"]) == {INCIDENT}


def test_an_independent_recomputation_from_the_raw_tables_agrees(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    write_raw(tmp_path, hub_config(), made_up(("A", "B", "C"), ("Calm", "Busy", "Worse", "Worst"), 24, seed=7))
    found = across(compare(read_sweep(tmp_path), "A"))
    tables = across_tables(found)
    units = {found.comparison.headlines[number].words: scale for number, scale in ((0, 100), (1, 1e-3), (2, 100))}
    keys = {found.comparison.headlines[n].words: "/".join(found.comparison.headlines[n].measure) for n in range(3)}
    mine = tables["regret.csv"]
    mine = mine[mine["figure"].isin(units)].assign(figure=lambda table: table["figure"].map(keys))
    both = mine.merge(regrets(tmp_path), on=["plan", "figure"], suffixes=("", "_theirs"))
    assert len(both) == 9
    scales = both["figure"].map({keys[words]: scale for words, scale in units.items()})
    for column in ("worst_level", "most_regret"):
        assert_same(both, column, scales)
    assert (both["worst_scenario"] == both["worst_scenario_theirs"]).all()
    assert both["most_regret"].max() > 1 and (both["most_regret_high"] >= both["most_regret_low"]).all()
    named = {wait.words: wait.measure.stage for wait in found.comparison.deciding}
    ours = tables["satisficing.csv"].assign(standard=lambda table: table["standard"].map(named).fillna("all"))
    pair = ours.merge(satisficing(tmp_path), on=["plan", "standard", "scenario"], suffixes=("", "_theirs"))
    assert len(pair) == len(ours) == 45  # three plans, three ways to meet, four scenarios and all of them
    for column in ("scenarios_met", "futures_met"):
        assert_same(pair, column)
    met = pair[pair["scenario"] == ""]
    assert 0 < met["futures_met"].min() + met["futures_met"].max() < 2
    assert (met["scenarios_met_low"] < met["scenarios_met_high"]).any()


def test_an_independent_recomputation_of_every_plan_in_every_scenario_agrees(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    write_raw(tmp_path, hub_config(), made_up(("A", "B", "C"), ("Calm", "Busy", "Worse"), 21, seed=5))
    found = across(compare(read_sweep(tmp_path), "A"))
    keys = {one.words: ("/".join(one.measure), one.scale) for one in found.comparison.headlines[:3]}
    ours = across_tables(found)["map.csv"]
    ours = ours[ours["figure"].isin(keys)]
    scales = ours["figure"].map({words: scale for words, (_, scale) in keys.items()})
    ours = ours.assign(figure=ours["figure"].map({words: key for words, (key, _) in keys.items()}), scale=scales)
    pair = ours.merge(of_every_cell(tmp_path, "A"), on=["plan", "scenario", "figure"], suffixes=("", "_theirs"))
    assert len(pair) == 27
    for column in ("level", "regret"):
        assert_same(pair, column, pair["scale"])
    others = pair[pair["plan"] != "A"]
    assert_same(others, "difference", others["scale"])
    assert (others["difference_low"] < others["difference_high"]).all()


def assert_same(pair: pd.DataFrame, column: str, scale: float | pd.Series = 1.0) -> None:
    """Hold an estimate and both ends of its interval to what was recomputed."""
    for end in ("", "_low", "_high"):
        ours, theirs = pair[f"{column}{end}"], pair[f"{column}{end}_theirs"] * scale
        assert ours.to_numpy(float) == pytest.approx(theirs.to_numpy(float), rel=1e-9, abs=1e-9, nan_ok=True), column


def test_an_interval_of_regret_holds_what_ever_plan_is_the_best(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    write_raw(tmp_path, hub_config(), made_up(("A", "B"), ("Calm", "Busy"), 30, seed=3))
    found = across(compare(read_sweep(tmp_path), "A"))
    for headline in found.comparison.headlines[:3]:
        regret = [found.regret_in(plan, one, headline) for plan in ("A", "B") for one in found.scenarios]
        assert all(0 <= one.low <= one.high for one in regret)
        assert sum(one.estimate == 0 for one in regret) >= 2  # somebody is the best in each scenario
    assert isinstance(across_tables(found)["map.csv"], pd.DataFrame)


def test_of_many_plans_the_one_that_falls_the_least_behind_is_said_in_a_sentence(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    therapy = {"Cautious": 60, "Bold": 90, "Third": 50, "Fourth": 40}
    in_time = IN_TIME | {(plan, one): 20 for plan in ("Third", "Fourth") for one in (STEADY, BUSY, INCIDENT)}
    cells = {
        (plan, scenario): {
            (SHARE, ASSESSMENT): [(assessed, 100)] * 4,
            (SHARE, THERAPY): [(therapy[plan], 100)] * 4,
            (COST, ""): [(450_000, 0)] * 4,
        }
        for (plan, scenario), assessed in in_time.items()
    }
    write_raw(tmp_path, hub_config(), cells)
    lines = answer_sentences(across(compare(read_sweep(tmp_path), "Cautious")))
    assert [line for line in lines if "worst scenario" in line] == [
        "In its worst scenario “Cautious” is 15 points behind the best plan for assessment, the least of all plans.",
        "In its worst scenario “Bold” is 0 points behind the best plan for therapy, the least of all plans.",
    ]
