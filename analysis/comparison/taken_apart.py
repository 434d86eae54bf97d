"""A comparison taken apart: what each lever of a plan is worth (Shapley, in paired runs), and who gains and loses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.compare import Comparison, row_of, values_of
from analysis.comparison.pairs import BETTER, difference, verdict
from analysis.comparison.plans import PlanLever, changes, levers, pulled
from analysis.estimates.headline import Headline, compared_headlines
from analysis.estimates.intervals import Interval, mean_interval
from analysis.estimates.tables import by_draw
from analysis.tell.style import SMALL_GROUP
from analysis.tell.wording import words
from sim.config import HubConfig, changed
from sim.errors import ConfigProblem, HubError
from sim.measures.rows import Better, declared
from sim.run.experiment import simulate
from sim.stages import LEFT_LAST

DIMENSIONS = {"staff_group": "staff_groups", "gender": "genders", "ethnicity": "ethnicities"}
"""What people are told apart by, and where the population lists its groups."""
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


@dataclass(frozen=True)
class Concern:
    """One figure that is watched group by group."""

    measure: str
    stage: str
    words: str
    unit: str
    scale: float

    @property
    def smaller_is_better(self) -> bool | None:
        """Whether less of it is better; None where neither way is: a dearer group is not a gain or a loss."""
        better = declared(self.measure).better
        return None if better is Better.NEITHER else better is Better.LESS


def concerns(config: HubConfig, stage: str) -> list[Concern]:
    """Return what is watched: access, waits, leaving and cost."""
    what = words(stage).removeprefix("referral to ")
    in_time = compared_headlines(config, stage)[0]
    return [
        Concern("access_rate", "", "first referrals per 1,000 staff a year", "per 1,000", 1000),
        Concern(in_time.measure.measure, stage, in_time.words, in_time.unit, in_time.scale),
        Concern("wait_days_p90", stage, f"1 in 10 waits to {what} exceed", "days", 1),
        Concern("left_waiting_share", LEFT_LAST.name, f"gave up waiting for {LEFT_LAST.waits_for}", "%", 100),
        Concern("cost_direct_per_referral_gbp", "", "staff time spent on them, each referral", "£", 1),
    ]


@dataclass(frozen=True)
class Widened:
    """A plan that improves a figure for everyone and widens a group's gap."""

    plan: str
    concern: Concern
    dimension: str
    group: str
    reference: str
    gap_before: float
    gap_after: float
    small: bool


def equity_table(comparison: Comparison) -> pd.DataFrame:
    """Return every group's level, its gap to the reference group, and how the plan changes that gap.

    Returns
    -------
    pandas.DataFrame
        One row a plan, concern, dimension and group: `estimate` with `low` and `high`, `gap` (group less reference
        group) with interval, `change` (the gap less the same gap under the baseline) with interval, `people` (mean
        number a replication that the figure rests on) and `small` (fewer than 30 of them).
    """
    rows = []
    for plan in comparison.plans:
        config = comparison.sweep.plans[plan].config
        for concern in concerns(config, comparison.stage):
            for dimension, groups in DIMENSIONS.items():
                reference = str(getattr(config.population.reference, dimension))
                rows += [
                    _row(comparison, plan, concern, dimension, group, reference)
                    for group in getattr(config.population, groups)
                ]
    return pd.DataFrame(rows)


def _row(
    comparison: Comparison, plan: str, concern: Concern, dimension: str, group: str, reference: str
) -> dict[str, str | float | bool]:
    def values(of: str, member: str) -> np.ndarray:
        found = row_of(comparison.by_replication[of], (concern.measure, concern.stage, dimension, member))
        return found * concern.scale

    own, other = values(plan, group), values(plan, reference)
    level = comparison.level(plan, (concern.measure, concern.stage, dimension, group)).times(concern.scale)
    gap = difference(own, other, comparison.confidence)
    people = _people_behind(comparison, plan, concern, dimension, group)
    row: dict[str, str | float | bool] = {
        "plan": plan, "measure": concern.measure, "stage": concern.stage, "dimension": dimension,
        "group": group, "reference": reference, "unit": concern.unit,
        "estimate": level.estimate, "low": level.low, "high": level.high,
        "gap": gap.difference, "gap_low": gap.low, "gap_high": gap.high,
        "people": people, "small": bool(people < SMALL_GROUP),
    }  # fmt: skip
    if base := comparison.baseline_of.get(plan):
        before = values(base, group) - values(base, reference)
        change = difference(own - other, before, comparison.confidence)
        row |= {"change": change.difference, "change_low": change.low, "change_high": change.high}
    return row


def _people_behind(comparison: Comparison, plan: str, concern: Concern, dimension: str, group: str) -> float:
    """Return the mean number of people a replication that a group's figure rests on: those who came, not all staff."""
    if concern.measure == "access_rate":
        return float(np.nanmean(row_of(comparison.by_replication[plan], ("referrals", "", dimension, group))))
    return float(comparison.people[plan].get((concern.measure, concern.stage, dimension, group), 0.0))


def widened_gaps(comparison: Comparison, table: pd.DataFrame) -> list[Widened]:
    """Return where a plan surely improves a figure for everyone and surely widens a group's gap in it.

    A gap is widened when a group surely falls back against the reference group and ends up worse off than it, by more
    than the two were apart before. A group that loses a lead and ends nearer to the reference group is no such case.
    """
    found = []
    for plan, base in comparison.baseline_of.items():
        for concern in concerns(comparison.config, comparison.stage):
            if concern.smaller_is_better is None:
                continue
            key = (concern.measure, concern.stage, "all", "all")
            mean = difference(
                row_of(comparison.by_replication[plan], key),
                row_of(comparison.by_replication[base], key),
                comparison.confidence,
            )
            if verdict(mean.low, mean.high, concern.smaller_is_better) != BETTER:
                continue
            sign = 1 if concern.smaller_is_better else -1
            mine = table[(table["plan"] == plan) & (table["measure"] == concern.measure)]
            for row in mine.to_dict("records"):
                after, before = row["gap"], row["gap"] - row["change"]
                worse_off = sign * after > 0
                falls_back = min(sign * row["change_low"], sign * row["change_high"]) > 0
                if worse_off and falls_back and abs(after) > abs(before):
                    where = row["dimension"], row["group"], row["reference"]
                    found.append(Widened(plan, concern, *where, before, after, row["small"]))
    return found
