"""A comparison taken apart: what each lever of a plan is worth (Shapley, in paired runs), and who gains and loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import BETTER, difference, row_of, verdict
from analysis.comparison.plans import PlanLever, changes, levers, pulled
from analysis.comparison.values import values_of
from analysis.estimates.headline import Headline, Measure, compared_headlines
from analysis.estimates.intervals import Interval, mean_interval
from analysis.estimates.tables import by_draw
from analysis.tell.barriers import BY_CONSTRUCTION, gaps_that_can_arise, gaps_told
from analysis.tell.style import SMALL_GROUP
from analysis.tell.wording import words
from sim.config import HubConfig, changed
from sim.errors import ConfigProblem, HubError
from sim.measures.rows import Better, declared
from sim.run.experiment import simulate
from sim.stages import LEFT_LAST

DIMENSIONS = {"staff_group": "staff_groups", "gender": "genders", "ethnicity": "ethnicities"}
"""What people are told apart by, and where the population lists its groups."""
ACCESS = "access_rate"
"""Told of all staff whom the Hub is for, so that nobody can be missing from it."""
PUT_IN = "uptake, as put in"
"""By what access differs."""
SEPARATOR = "; "
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


def attribute_plans(comparison: Comparison, say: Callable[[str], None]) -> list[Attribution]:
    """Attribute every plan that pulls two levers or more, and say how far it is; HubError where that cannot be done."""
    pulls = {
        plan: levers(changes(comparison.sweep.plans[base].config, comparison.sweep.plans[plan].config))
        for plan, base in comparison.baseline_of.items()
    }
    return [attribute(comparison, plan, mine, say) for plan, mine in pulls.items() if len(mine) > 1]


def attribute(comparison: Comparison, plan: str, mine: list[PlanLever], say: Callable[[str], None]) -> Attribution:
    """Attribute one plan's difference to its levers by running every subset of them on the same people."""
    base = comparison.baseline_of[plan]
    if len(mine) > MOST_LEVERS:
        names = ", ".join(lever.name for lever in mine)
        raise HubError(f"--why: got {len(mine)} levers in {plan} ({names}); at most {MOST_LEVERS} can be taken apart")
    everything = frozenset(range(len(mine)))
    tables = {frozenset[int](): comparison.by_replication[base], everything: comparison.by_replication[plan]}
    start, numbers = comparison.sweep.plans[base].config, comparison.sweep.numbers
    subsets = [frozenset(some) for size in range(1, len(mine)) for some in combinations(range(len(mine)), size)]
    configs = {subset: _config(start, plan, [mine[lever] for lever in sorted(subset)]) for subset in subsets}
    for done, (subset, config) in enumerate(configs.items(), start=1):
        say(f"{comparison.names[plan]}: levers, run {done} of {len(configs)}")
        tables[subset] = _run(config, numbers)
    worth = {}
    for headline in comparison.headlines:
        game = {subset: row_of(table, headline.key) for subset, table in tables.items()}
        shares = shapley(len(mine), game.__getitem__)
        worth[headline] = [mean_interval(share, comparison.confidence) for share in shares]
    return Attribution(plan, base, mine, worth)


def shapley(players: int, value: Callable[[Subset], NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Return each player's Shapley value, one a replication: its mean contribution over all orders of joining."""
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
        raise HubError(
            f"--why: got {plan}, whose {names} cannot be changed alone ({problem.lines[0]}); leave --why out"
        ) from None


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


def concerns(config: HubConfig, stage: str, *others: str) -> list[Headline]:
    """Return what is watched group by group: access, seen in time at every stage that decides, waits, leaving, cost."""
    what = words(stage).removeprefix("referral to ")
    left = Measure("left_waiting_share", LEFT_LAST.name)
    return [
        Headline(Measure(ACCESS), "first referrals per 1,000 staff a year", "per 1,000", 1000),
        *(compared_headlines(config, decides)[0] for decides in (stage, *others)),
        Headline(Measure("wait_days_p90", stage), f"1 in 10 waits to {what} exceed", "days", 1),
        Headline(left, f"gave up waiting for {LEFT_LAST.waits_for}", "%", 100),
        Headline(Measure("cost_direct_per_referral_gbp"), "staff time spent on them, each referral", "£", 1),
    ]


def of_concern(table: pd.DataFrame, concern: Headline) -> pd.DataFrame:
    """Return the rows of `equity_table` about one concern."""
    return table[(table["measure"] == concern.measure.measure) & (table["stage"] == concern.measure.stage)]


def groups_of(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return dimension and group of everyone that a part of `equity_table` tells apart, in order."""
    return [
        (dimension, str(group))
        for dimension in DIMENSIONS
        for group in table[table["dimension"] == dimension]["group"].unique()
    ]


@dataclass(frozen=True)
class Widened:
    """A plan that improves a figure on average and widens a group's gap."""

    plan: str
    concern: Headline
    dimension: str
    group: str
    reference: str
    gap_before: float
    gap_after: float
    small: bool


def equity_table(comparison: Comparison) -> pd.DataFrame:
    """Return every group's level, its gap to the reference group, and how the plan changes that gap.

    One row a plan, concern, dimension and group: `estimate` with `low` and `high`, `gap` (group less reference group)
    with interval, `change` (the gap less the same gap under the baseline) with interval, `people` (mean number a
    replication that the figure rests on), `small` (fewer than 30 of them) and `gap_arises_by` (what in the model makes
    a difference between groups of the dimension, or that nothing does).
    """
    rows = []
    for plan in comparison.plans:
        config = comparison.sweep.plans[plan].config
        reasons = gaps_that_can_arise(config)
        for concern in concerns(config, *comparison.stages):
            for dimension, groups in DIMENSIONS.items():
                reference = str(getattr(config.population.reference, dimension))
                why = SEPARATOR.join(reasons[dimension]) or BY_CONSTRUCTION
                why = PUT_IN if concern.measure.measure == ACCESS else why
                rows += [
                    _row(comparison, plan, concern, dimension, group, reference) | {"gap_arises_by": why}
                    for group in getattr(config.population, groups)
                ]
    return pd.DataFrame(rows)


def told_of_gaps(equity: pd.DataFrame) -> str:
    """Say which gaps the plans of `equity_table` can show, and which are equal by construction under all of them."""
    reasons: dict[str, list[str]] = {}
    found = equity[equity["measure"] != ACCESS]
    for dimension, cell in zip(found["dimension"], found["gap_arises_by"], strict=True):
        mine = reasons.setdefault(str(dimension), [])
        mine += [why for why in str(cell).split(SEPARATOR) if why not in (*mine, BY_CONSTRUCTION)]
    return gaps_told(reasons)


def _row(
    comparison: Comparison, plan: str, concern: Headline, dimension: str, group: str, reference: str
) -> dict[str, str | float | bool]:
    def values(of: str, member: str) -> np.ndarray:
        return row_of(comparison.by_replication[of], (*concern.measure, dimension, member)) * concern.scale

    own, other = values(plan, group), values(plan, reference)
    level = comparison.level(plan, (*concern.measure, dimension, group)).times(concern.scale)
    gap = difference(own, other, comparison.confidence)
    people = _people_behind(comparison, plan, concern, dimension, group)
    row: dict[str, str | float | bool] = {
        "plan": plan, "measure": concern.measure.measure, "stage": concern.measure.stage, "dimension": dimension,
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


def _people_behind(comparison: Comparison, plan: str, concern: Headline, dimension: str, group: str) -> float:
    """Return the mean number of people a replication that a group's figure rests on: those who came, not all staff."""
    if concern.measure.measure == ACCESS:
        return float(np.nanmean(row_of(comparison.by_replication[plan], ("referrals", "", dimension, group))))
    return float(comparison.people[plan].get((*concern.measure, dimension, group), 0.0))


def widened_gaps(comparison: Comparison, table: pd.DataFrame) -> list[Widened]:
    """Return where a plan surely improves a figure on average and surely widens a group's gap in it.

    A gap is widened when a group surely falls back against the reference group and ends up worse off than it, by more
    than the two were apart before. A group that loses a lead and ends nearer to the reference group is no such case.
    A plan that loses people on the way improves nothing but who comes at all.
    """
    found = []
    for plan in comparison.baseline_of:
        for concern in concerns(comparison.config, *comparison.stages):
            neither = declared(concern.measure.measure).better is Better.NEITHER  # dearer is no gain and no loss
            no_gain = comparison.loses(plan) and concern.measure.measure != ACCESS
            if neither or no_gain or _verdict_on_average(comparison, plan, concern) != BETTER:
                continue
            sign = 1 if concern.smaller_is_better else -1
            for row in of_concern(table[table["plan"] == plan], concern).to_dict("records"):
                after, before = row["gap"], row["gap"] - row["change"]
                worse_off = sign * after > 0
                falls_back = min(sign * row["change_low"], sign * row["change_high"]) > 0
                if worse_off and falls_back and abs(after) > abs(before):
                    where = row["dimension"], row["group"], row["reference"]
                    found.append(Widened(plan, concern, *where, before, after, row["small"]))
    return found


def _verdict_on_average(comparison: Comparison, plan: str, concern: Headline) -> str:
    """Return what is said of a figure: where the comparison judges it, the same, for one figure has one verdict."""
    for answer in comparison.about(plan):
        if answer.headline.key == concern.key:
            return answer.verdict
    one, other = (row_of(comparison.by_replication[each], concern.key) for each in (plan, comparison.baseline_of[plan]))
    mean = difference(one, other, comparison.confidence)
    return verdict(mean.low, mean.high, concern.smaller_is_better)
