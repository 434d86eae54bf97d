"""Uncertainty of plans and of their differences, told apart by kind."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.comparison import Comparison
from analysis.comparison.spread import share_rows, split_rows, told_shares
from analysis.estimates.tables import Split, split
from sim.config import HubConfig
from sim.evidence.futures import future_of

pytestmark = pytest.mark.integration

BASE, TWIN = "baseline,senior_led", "twin,senior_led"


def with_draws(comparison: Comparison, mode: str, per_draw: int) -> Comparison:
    """Take a comparison for one whose replications share draws of the parameters."""
    plans = {}
    for name, plan in comparison.sweep.plans.items():
        drawn = plan.config.uncertainty.model_copy(update={"mode": mode, "replications_per_draw": per_draw})
        plans[name] = dataclasses.replace(plan, config=plan.config.model_copy(update={"uncertainty": drawn}))
    return dataclasses.replace(comparison, sweep=dataclasses.replace(comparison.sweep, plans=plans))


def test_the_spread_of_every_plan_and_of_its_difference_to_the_baseline_is_split(compared: Comparison) -> None:
    rows = split_rows(with_draws(compared, "psa", 2))
    levels, differences = rows[rows["baseline"] == ""], rows[rows["baseline"] != ""]
    for found, plans in ((levels, compared.plans), (differences, compared.plans[1:])):
        shown = [(plan, headline.words) for plan in plans for headline in compared.headlines]
        assert list(found[["plan", "figure"]].itertuples(index=False, name=None)) == shown
    assert set(differences["baseline"]) == {BASE}
    twin = differences[differences["plan"] == TWIN]
    assert (twin[[*Split._fields]] == 0).all(axis=None)
    cost = compared.headlines[1]
    of_base = compared.by_replication[BASE].loc[cost.key].to_numpy() * cost.scale
    [own] = levels[(levels["plan"] == BASE) & (levels["figure"] == cost.words)].itertuples(index=False)
    assert own[4:] == pytest.approx(split(of_base, 2))


@pytest.mark.parametrize(("mode", "per_draw"), [("none", 2), ("psa", 1)])
def test_where_no_draw_is_repeated_nothing_is_split(compared: Comparison, mode: str, per_draw: int) -> None:
    assert split_rows(with_draws(compared, mode, per_draw)).empty


def test_what_the_range_of_every_plan_and_difference_comes_from_is_told_where_futures_differ(
    compared: Comparison, hub_config: Callable[..., HubConfig]
) -> None:
    assert share_rows(compared).empty
    config, random, cost = hub_config("uncertainty=futures"), np.random.default_rng(1), compared.headlines[1]
    plans = dict.fromkeys((BASE, TWIN), SimpleNamespace(config=config))
    values = {
        name: pd.DataFrame(random.random((len(table), 60)), index=table.index)
        for name, table in compared.by_replication.items()
    }
    level = [future_of(config, number)["demand_level"] for number in range(60)]
    values[TWIN].loc[cost.key] += 1000 * np.array(level)
    differ: Any = SimpleNamespace(
        sweep=SimpleNamespace(numbers=range(60), plans=plans), plans=[BASE, TWIN], baseline_of={TWIN: BASE},
        by_replication=values, headlines=compared.headlines, names={BASE: "Base", TWIN: "Twin"},
    )  # fmt: skip
    rows = share_rows(differ)
    assert rows.groupby(["plan", "baseline", "figure"])["share"].sum().to_numpy() == pytest.approx(1)
    assert set(rows["driver"]) == {"demand", "recruitment", "chance"}
    demand = rows[(rows["driver"] == "demand") & (rows["figure"] == cost.words)].set_index(["plan", "baseline"])
    assert demand.loc[(TWIN, ""), "share"] > 0.95
    assert demand.loc[(TWIN, BASE), "share"] > 0.95  # the difference is demand's as much as the level
    assert demand.loc[(BASE, ""), "share"] < 0.3
    assert [of for of, _, _ in told_shares(differ)] == [
        *["Base"] * 3,
        *["Twin", "Twin less Base"] * 3,
    ]
