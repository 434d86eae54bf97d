"""Uncertain parameters in the results: the three kinds of uncertainty told apart, and draws as clusters."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.intervals import mean_interval
from analysis.estimates.tables import by_draw, estimate, estimates_of, split
from analysis.runs.one_run import run_and_report
from sim.config import HubConfig


def figures(values: np.ndarray) -> pd.DataFrame:
    """A measures table of one count."""
    return pd.DataFrame(
        {"hub": 0, "replication": range(len(values)), "measure": "referrals", "stage": "", "dimension": "all",
         "group": "all", "value": values, "numerator": values, "denominator": math.nan, "unit": "referrals"}
    )  # fmt: skip


NO_WAITS = pd.DataFrame(columns=["replication", "stage", "dimension", "group", "wait_days", "outcome", "count"])


@pytest.mark.unit
def test_the_split_is_that_of_a_one_way_layout() -> None:
    # Draws (1, 3) and (7, 9): means 2 and 8, variance inside 2, between means 18; parameters 18 - 2 / 2 = 17.
    found = split([1, 3, 7, 9], 2)
    assert found == pytest.approx((5, math.sqrt(18 / 2), math.sqrt(2), math.sqrt(17)))


@pytest.mark.unit
def test_the_split_finds_what_was_put_in() -> None:
    random = np.random.default_rng(5)
    values = np.repeat(random.normal(0, 3, 4000), 2) + random.normal(0, 2, 8000)
    found = split(values, 2)
    assert (found.futures, found.parameters) == pytest.approx((2, 3), rel=0.05)


@pytest.mark.unit
def test_one_replication_a_draw_or_one_draw_cannot_be_split() -> None:
    assert all(math.isnan(part) for part in (*split([1, 2, 3], 1), *split([1, 2], 2)))


@pytest.mark.unit
def test_intervals_treat_draws_as_clusters_and_ranges_single_futures() -> None:
    random = np.random.default_rng(2)
    truth, covered, naive = 10.0, 0, 0
    for _ in range(100):
        table = figures(truth + np.repeat(random.normal(0, 3, 15), 4) + random.normal(0, 1, 60))
        found, wrong = mean_interval(by_draw(table, 4)["value"]), mean_interval(table["value"])
        covered += found.low <= truth <= found.high
        naive += wrong.low <= truth <= wrong.high
    assert covered >= 90
    assert naive < 80
    row = estimates_of(table, NO_WAITS, 4).iloc[0]
    assert (row["low"], row["high"]) == found[1:]
    assert (row["range_low"], row["replications"]) == (estimate(table).iloc[0]["range_low"], 60)


@pytest.mark.unit
def test_a_draw_adds_its_people_before_shares_are_taken() -> None:
    table = figures(np.array([0.5, 1.0])).assign(measure="share", numerator=[1.0, 9.0], denominator=[2.0, 9.0])
    [row] = by_draw(table, 2).to_dict("records")
    assert row["value"] == pytest.approx(10 / 11)
    assert by_draw(table, 1) is table


@pytest.mark.integration
def test_a_run_with_drawn_parameters_tells_where_its_spread_comes_from(
    hub_config: Callable[..., HubConfig], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = hub_config(
        "uncertainty=psa", **{"run.horizon_days": 120, "run.opening.mode": "empty", "run.replications": 6}
    )
    assert run_and_report(config, tmp_path) == 0
    table = pd.read_csv(tmp_path / "uncertainty.csv").set_index("measure")
    assert table.loc["referrals", "parameters"] > 0
    assert "from uncertain parameters" in capsys.readouterr().out


@pytest.mark.integration
def test_one_draw_says_how_many_replications_would_tell(
    hub_config: Callable[..., HubConfig], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = hub_config(
        "uncertainty=psa", **{"run.horizon_days": 60, "run.opening.mode": "empty", "run.replications": 1}
    )
    assert run_and_report(config, tmp_path) == 0
    said = capsys.readouterr().out
    assert "run.replications=4" in said
    assert "nan" not in said
