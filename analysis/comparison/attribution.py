"""Why a plan differs from its baseline: the difference shared out over its levers (Shapley), in paired runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.compare import Comparison
from analysis.comparison.pairs import row_of, values_of
from analysis.comparison.plans import PlanLever, changes, levers, pulled
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import Interval, mean_interval
from analysis.estimates.tables import by_draw
from sim.config import HubConfig
from sim.config.edit import changed
from sim.errors import ConfigProblem, HubError
from sim.run.experiment import simulate

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVERS = 6
"""Every subset of the levers is run: 62 more runs for six."""
Subset = frozenset[int]


@dataclass(frozen=True)
class Attribution:
    """How much of a plan's difference each lever is worth."""

    plan: str
    baseline: str
    levers: list[PlanLever]
    worth: dict[Headline, list[Interval]]
    """By lever; the estimates of a figure add up to the plan's difference exactly."""


def attribute_plans(comparison: Comparison) -> list[Attribution]:
    """Attribute every plan that pulls at least two levers; say on stderr what is run.

    Raises
    ------
    HubError
        If a plan pulls more levers than can be taken apart, or some of them do not work without the others.
    """
    pulls = {
        plan: levers(changes(comparison.sweep.plans[base].config, comparison.sweep.plans[plan].config))
        for plan, base in comparison.baseline_of.items()
    }
    return [attribute(comparison, plan, mine) for plan, mine in pulls.items() if len(mine) > 1]


def attribute(comparison: Comparison, plan: str, mine: list[PlanLever]) -> Attribution:
    """Attribute one plan's difference to its levers by running every subset of them on the same people."""
    base = comparison.baseline_of[plan]
    if len(mine) > MOST_LEVERS:
        names = ", ".join(lever.name for lever in mine)
        raise HubError(f"--why: got {len(mine)} levers in {plan} ({names}); at most {MOST_LEVERS} can be taken apart")
    everything = frozenset(range(len(mine)))
    tables = {frozenset[int](): comparison.by_replication[base], everything: comparison.by_replication[plan]}
    start = comparison.sweep.plans[base].config
    numbers = comparison.sweep.numbers
    subsets = [frozenset(some) for size in range(1, len(mine)) for some in combinations(range(len(mine)), size)]
    configs = {subset: _config(start, plan, [mine[lever] for lever in sorted(subset)]) for subset in subsets}
    for done, (subset, config) in enumerate(configs.items(), start=1):
        print(f"{comparison.names[plan]}: levers, run {done} of {len(configs)}", file=sys.stderr, flush=True)
        tables[subset] = _run(config, numbers)
    worth = {}
    for headline in comparison.headlines:
        game = {subset: row_of(table, headline.key) for subset, table in tables.items()}
        worth[headline] = [
            mean_interval(share, comparison.confidence) for share in shapley(len(mine), game.__getitem__)
        ]
    return Attribution(plan, base, mine, worth)


def shapley(players: int, value: Callable[[Subset], NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Return each player's Shapley value, element by element: its mean contribution over all orders of joining.

    Parameters
    ----------
    value
        What a subset of the players is worth, one value a replication.
    """
    everyone = range(players)
    shares = []
    for player in everyone:
        others = [other for other in everyone if other != player]
        total = np.zeros_like(value(frozenset()))
        for size in range(players):
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            for before in combinations(others, size):
                total = total + weight * (value(frozenset({*before, player})) - value(frozenset(before)))
        shares.append(total)
    return shares


def _config(start: HubConfig, plan: str, chosen: list[PlanLever]) -> HubConfig:
    try:
        return changed(pulled(start, chosen), {"run.keep": []})
    except ConfigProblem as problem:
        names = " and ".join(lever.name for lever in chosen)
        raise HubError(f"--why: got {plan}, whose {names} cannot be pulled alone ({problem.lines[0]})") from None


def _run(config: HubConfig, numbers: list[int]) -> pd.DataFrame:
    """Run a configuration in the given replications and return its values by replication."""
    import pyarrow as pa

    parts: Mapping[str, list[pa.Table]] = {"measures": [], "waits": []}
    for result in simulate(config, numbers):
        for name, tables in parts.items():
            tables.append(result.tables[name])
    measures, waits = (pa.concat_tables(tables).unify_dictionaries().to_pandas() for tables in parts.values())
    per_draw = config.uncertainty.replications_per_draw
    return values_of(by_draw(measures, per_draw), by_draw(waits, per_draw))[0]
