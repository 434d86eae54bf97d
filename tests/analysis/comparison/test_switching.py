"""Switching values: where a difference changes its sign, on lines whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from raw_sweep import ASSESSMENT, COST, SHARE, THERAPY, write_raw

from analysis.comparison.board import turns
from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.sign_change import BENT, NEVER, OPEN, TURNS, Driver, switch
from analysis.comparison.switching import DRAWN, RUNS, switching_lines, switching_table
from sim.config import HubConfig
from sim.evidence.futures import future_of

pytestmark = pytest.mark.unit


def line(crossing: float, noise: float, futures: int = 200, seed: int = 1) -> tuple[np.ndarray, Driver]:
    random = np.random.default_rng(seed)
    drawn = random.uniform(0.8, 1.25, futures)
    return 0.5 * (drawn - crossing) + random.normal(0, noise, futures), Driver("x", "x", drawn, 0.8, 1.25)


def test_without_luck_the_value_is_exact() -> None:
    differences, driver = line(1.1, 0)
    found = switch(differences, driver, 0.95)
    assert found.verdict == TURNS
    assert found.value == pytest.approx((1.1, 1.1, 1.1))
    assert found.slope.estimate == pytest.approx(0.5)
    assert found.at_low.estimate == pytest.approx(-0.15)


def test_a_value_beyond_the_range_changes_nothing() -> None:
    found = switch(*line(2.0, 0.01), 0.95)
    assert found.verdict == NEVER
    assert np.isnan(found.value.estimate)


def test_luck_alone_turns_nothing() -> None:
    random = np.random.default_rng(3)
    driver = Driver("x", "x", random.uniform(0, 1, 100), 0, 1)
    assert switch(random.normal(0, 1, 100), driver, 0.999).verdict == OPEN
    assert switch(random.normal(5, 1, 100), driver, 0.999).verdict == NEVER
    assert switch(random.normal(5, 1, 4), Driver("x", "x", np.arange(4.0), 0, 3), 0.95).verdict == OPEN


def test_the_interval_of_the_value_holds_it_as_often_as_it_says() -> None:
    found = [switch(*line(1.0, 0.05, futures=60, seed=seed), 0.95) for seed in range(400)]
    turning = [one.value for one in found if one.verdict == TURNS]
    bent = sum(one.verdict == BENT for one in found)
    assert len(turning) + bent >= 0.99 * len(found)
    assert 0.02 <= bent / len(found) <= 0.08  # as often as a test of 95% finds a bend that is none
    assert 0.92 <= sum(low <= 1.0 <= high for _, low, high in turning) / len(turning) <= 0.98
    assert all(0.8 < low < high < 1.25 for _, low, high in turning)


def test_a_sign_that_is_clear_at_one_end_of_the_range_alone_is_not_known_to_change() -> None:
    # The line passes nothing at 1.19, the slope is no chance, and at the high end the difference is not clear.
    found = switch(*line(1.19, 0.12, futures=60, seed=2), 0.95)
    assert found.slope.low > 0
    assert found.at_low.high < 0
    assert found.at_high.low < 0 < found.at_high.estimate
    assert found.verdict == OPEN
    assert np.isnan(found.value.estimate)


def test_where_changes_of_sign_are_said_by_luck_they_are_as_rare_as_the_confidence_allows() -> None:
    said = [switch(*line(1.25, 0.2, futures=60, seed=seed), 0.95).verdict for seed in range(400)]
    assert said.count(TURNS) / 400 <= 0.04  # at the high end the truth is nothing: one side of 95%


def test_a_line_through_a_bend_says_no_change_of_sign_where_there_is_none() -> None:
    random = np.random.default_rng(4)
    drawn = random.uniform(0.8, 1.25, 400)
    late = np.maximum(drawn - 1.1, 0) + random.normal(0, 0.01, 400)  # nothing up to 1.1, then more and more
    found = switch(late, Driver("x", "x", drawn, 0.8, 1.25), 0.95)
    assert found.at_low.high < 0 < found.at_high.low  # as the line has it
    assert found.verdict == BENT
    said = []
    for seed in range(400):
        random = np.random.default_rng(seed)  # so much luck that the bend is not always seen
        drawn = random.uniform(0.8, 1.25, 60)
        late = np.maximum(drawn - 1.1, 0) + random.normal(0, 0.1, 60)
        said.append(switch(late, Driver("x", "x", drawn, 0.8, 1.25), 0.95).verdict)
    assert said.count(TURNS) / 400 <= 0.025  # was 0.14 by the line alone
    two = np.repeat([0.8, 1.25], 20)
    assert switch(0.5 * (two - 1.0), Driver("x", "x", two, 0.8, 1.25), 0.95).verdict == TURNS


@pytest.mark.integration
def test_a_plan_that_wins_only_in_calm_weather_says_at_which_demand(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    config = hub_config("uncertainty=futures")
    demand = [future_of(config, number)["demand_level"] for number in range(60)]
    random = np.random.default_rng(5)
    people = 10_000
    cells = {
        (plan, "Steady"): {
            (SHARE, stage): [
                (round(people * (0.7 - 0.2 * calm * (level - 1.08) + random.normal(0, 0.002))), people)
                for level in demand
            ]
            for stage in (ASSESSMENT, THERAPY)
        }
        | {(COST, ""): [(5e5, 0)] * 60}
        for plan, calm in (("As now", 0), ("Calm weather", 1))
    }
    write_raw(tmp_path, config, cells)
    comparison = compare(read_sweep(tmp_path), "As now")
    table = switching_table(comparison)
    mine = table[(table["source"] == DRAWN) & (table["key"] == "demand_level")]
    assert list(mine["verdict"]) == [TURNS, TURNS]
    assert mine["switches_at"].to_numpy() == pytest.approx(1.08, abs=0.01)
    assert (mine["slope"] < 0).all()  # the busier, the worse it is against what there is now
    told = switching_lines(comparison, table)
    assert any("demand level, times as configured 1.08 (1.0" in text for text in told)
    assert "range 0.8 to 1.25" in told[0]


def between_runs(
    hub_config: Callable[..., HubConfig], folder: Path, plans: dict[str, dict[float, float]], noise: float = 0.002
) -> Comparison:
    """Compare plans with “As now” at several values of demand; a plan has a difference in share at each of them."""
    random = np.random.default_rng(6)
    cells, people = {}, 10_000
    for plan, more in plans.items():
        for level in more:
            shares = 0.6 + more[level] + random.normal(0, noise, 40)
            cells[plan, f"demand.multiplier={level}"] = {
                (SHARE, stage): [(round(people * share), people) for share in shares] for stage in (ASSESSMENT, THERAPY)
            } | {(COST, ""): [(5e5, 0)] * 40}
    write_raw(folder, hub_config(), cells)
    sweep = read_sweep(folder)
    placed = {}
    for name, plan in sweep.plans.items():
        level = float(plan.world.partition("=")[2])
        config = hub_config(**{"demand.multiplier": level})
        placed[name] = replace(plan, config=config, levers={"demand.multiplier": level}, scenario="baseline")
    return compare(replace(sweep, plans=placed), "As now")


@pytest.mark.integration
def test_between_runs_a_sign_changes_where_it_is_clear_on_either_side(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    level = {1.0: 0.0, 1.1: 0.0, 1.25: 0.0}
    found = between_runs(hub_config, tmp_path, {"As now": level, "Calm": {1.0: 0.1, 1.1: 0.04, 1.25: -0.11}})
    table = switching_table(found)
    assert list(table["source"].unique()) == [RUNS]
    assert list(table["verdict"]) == [TURNS, TURNS]
    assert table["switches_at"].to_numpy() == pytest.approx(1.14, abs=0.003)
    assert ((table["switches_at_low"] > 1.138) & (table["switches_at_high"] < 1.143)).all()
    assert "“Calm” and “As now” change places" in turns(found, table)[0]


@pytest.mark.integration
def test_the_page_says_which_plans_were_tested_against_which_over_which_values(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    level, more = {1.0: 0.0, 1.25: 0.0}, {1.0: 0.2, 1.25: 0.05}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    two = between_runs(hub_config, tmp_path / "one", {"As now": level, "A": more, "B": {1.0: 0.1, 1.25: 0.1}})
    # Both are better than now at either end; which of them is the best differs.
    assert turns(two, switching_table(two)) == [
        "With “Demand: multiplier” between 1 and 1.25, no plan changes from better to worse than “As now”, or back. "
        "Plans were tested against it alone, not against each other."
    ]
    table = switching_table(two).assign(verdict=BENT)
    assert turns(two, table) == [
        "With “Demand: multiplier” between 1 and 1.25, the difference to “As now” follows no straight line: where it "
        "changes its sign is not known."
    ]
    unclear = between_runs(hub_config, tmp_path / "two", {"As now": level, "A": {1.0: 0.2, 1.25: -0.01}}, noise=0.05)
    assert set(switching_table(unclear)["verdict"]) == {OPEN}
    assert "From so few simulated futures" in turns(unclear, switching_table(unclear))[0]
    one = switching_table(two)
    one = one[one["plan"] == "A"]
    assert turns(two, one) == [
        "With “Demand: multiplier” between 1 and 1.25, “A” does not change from better to worse than “As now”, or back."
    ]
