"""Uncertainty of plans and of their differences, told apart by kind."""

import dataclasses

import pytest

from analysis.comparison.compare import Comparison
from analysis.comparison.tables import split_rows
from analysis.estimates.tables import Split, split

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
