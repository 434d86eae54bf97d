"""How much of the range of futures comes from what: drivers that were put in are found, and the rest is chance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.drivers import FEWEST, positions_of, variance_shares
from analysis.runs.one_run import report_split
from analysis.tell.futures import sentence_of
from sim.config import HubConfig
from sim.run.replicate import replicate
from sim.streams import Floats

Configured = Callable[..., HubConfig]
DIFFER = "uncertainty=futures"


def made_up(futures: int, seed: int) -> tuple[Floats, dict[str, Floats]]:
    """Return a figure whose variance is 60 % demand's (level 45, trend 15), 0 % recruitment's and 40 % chance."""
    random = np.random.default_rng(seed)
    at = {"demand": random.random((futures, 2)), "recruitment": random.random((futures, 1))}
    level, trend = ((at["demand"] - 0.5) * np.sqrt(12)).T
    return np.sqrt(0.45) * level + np.sqrt(0.15) * trend + np.sqrt(0.4) * random.normal(size=futures), at


@pytest.mark.unit
def test_each_driver_is_given_the_variance_that_it_brought() -> None:
    shares = {of.driver: of.share for of in variance_shares(*made_up(20_000, 1))}
    assert shares == pytest.approx({"demand": 0.6, "recruitment": 0.0, "chance": 0.4}, abs=0.01)
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.unit
def test_the_interval_of_a_share_covers_it_about_as_often_as_it_says() -> None:
    covered = [of.low <= 0.6 <= of.high for seed in range(200) for of in variance_shares(*made_up(60, seed))[:1]]
    assert 0.88 <= np.mean(covered) <= 1


@pytest.mark.unit
def test_a_driver_that_works_both_ways_from_its_middle_is_seen() -> None:
    at = {"demand": np.random.default_rng(2).random((2000, 1))}
    assert variance_shares(np.abs(at["demand"][:, 0] - 0.5), at)[0].share > 0.9


@pytest.mark.unit
def test_nothing_is_said_of_few_futures_or_of_what_never_differs() -> None:
    values, at = made_up(FEWEST, 1)
    fewer = {driver: where[1:] for driver, where in at.items()}
    assert variance_shares(values, at)
    assert variance_shares(values[1:], fewer) == []
    assert variance_shares(np.ones(FEWEST), at) == []
    assert variance_shares(values, {}) == []


@pytest.mark.unit
def test_the_sentence_under_the_tables_names_what_differs(hub_config: Configured) -> None:
    assert sentence_of(hub_config()) == ""
    assert sentence_of(hub_config(DIFFER, "scenario=major_incident")) == (
        "Futures differ: the level and trend of demand, the size and take-up of incidents and how hard it is to "
        "recruit are drawn for each, the same for every plan; ranges take this in."
    )
    assert positions_of(hub_config(DIFFER), range(3))["demand"].shape == (3, 2)


@pytest.mark.integration
def test_a_run_whose_futures_differ_says_that_most_of_the_range_of_referrals_is_demand(
    hub_config: Configured, tmp_path: Path
) -> None:
    config = hub_config(DIFFER, **{"run.horizon_days": 200, "run.opening.mode": "empty"})
    made = [replicate(config, number, ["measures"]).tables["measures"].to_pandas() for number in range(FEWEST)]
    said = report_split(config, pd.concat(made), tmp_path)
    table = pd.read_csv(tmp_path / "uncertainty.csv").set_index(["measure", "driver"])
    assert table.loc[("referrals", "demand"), "share"] > 0.5
    assert said[1].startswith(" referrals: demand ")
    assert report_split(config, made[0], tmp_path) == [
        "What the range of futures comes from is shown from 40 replications on (run.replications)."
    ]
