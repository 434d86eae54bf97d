"""Switching values: where a difference changes its sign, on lines whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from raw_sweep import ASSESSMENT, COST, SHARE, THERAPY, write_raw

from analysis.comparison.compare import compare
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.switching import DRAWN, NEVER, OPEN, TURNS, Driver, switch, switching_lines, switching_table
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
    held = 0
    for seed in range(400):
        found = switch(*line(1.0, 0.05, futures=60, seed=seed), 0.95)
        assert found.verdict == TURNS
        held += found.value.low <= 1.0 <= found.value.high
    assert 0.92 <= held / 400 <= 0.98


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
