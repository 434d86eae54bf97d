"""Compares every plan of a sweep with its baseline: differences, the choice between plans, and how sure both are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.pairs import (
    FIRST_STAGE,
    UNDECIDED,
    Difference,
    Selection,
    difference,
    holm,
    more_replications,
    probability_not_beaten,
    row_of,
    screen,
    select_best,
    simultaneous_confidence,
    verdict,
)
from analysis.comparison.plans import baselines, cut_names, what_differs
from analysis.comparison.read_sweep import Sweep
from analysis.comparison.steps import Step, judged, steps_of
from analysis.estimates.headline import Headline, Key, compared_headlines, of_everyone
from analysis.estimates.intervals import Interval, assurance, linearised, quantile_values
from analysis.estimates.tables import MEASURED, estimates_of, look_up, look_up_range, over_hubs, seen_by_day
from analysis.tell.wording import cell_words, sentence, words
from sim.config import HubConfig
from sim.errors import HubError
from sim.stages import COMPARED

FIGURE = ["measure", "stage", "dimension", "group"]


@dataclass(frozen=True)
class FigureAnswer:
    """What one headline figure says about one plan against its baseline."""

    plan: str
    baseline: str
    headline: Headline
    found: Difference
    """With its own interval."""
    low: float
    """Of the interval that holds for all plans and primary figures at once; for other figures the plain one."""
    high: float
    p_adjusted: float
    verdict: str
    because: str
    """Why there is no verdict: who got less far, or further; empty where there is one."""
    more: int | None
    """Replications missing to a conclusion; None where there is one already, and where they are past counting."""

    @property
    def interval(self) -> Interval:
        """The difference with the interval that goes with its verdict."""
        return Interval(self.found.difference, self.low, self.high)


@dataclass(frozen=True)
class Choice:
    """Which plans may be the best by the primary wait, and which none beats on cost and wait together."""

    may_be_best: list[str]
    """Only plans that lose nobody on the way."""
    selection: Selection | None
    """None without a smallest difference that matters, or with too few replications."""
    not_beaten: dict[str, float]
    """By plan; not a number for one that loses people."""


@dataclass(frozen=True)
class Comparison:
    """A sweep compared."""

    sweep: Sweep
    baseline_of: dict[str, str]
    headlines: list[Headline]
    by_replication: dict[str, pd.DataFrame]
    """One value a replication of every figure, by plan."""
    people: dict[str, pd.Series]
    estimates: dict[str, pd.DataFrame]
    answers: list[FigureAnswer]
    steps: dict[str, list[Step]]
    """How far everyone referred gets under each plan that has a baseline."""
    choice: Choice
    delta: float | None
    """Smallest difference that matters, in the unit of the primary wait as stored (a share)."""
    confidence: float

    @property
    def config(self) -> HubConfig:
        """The configuration of any plan, for what they share."""
        return next(iter(self.sweep.plans.values())).config

    @property
    def plans(self) -> list[str]:
        """Plans in the order of the sweep, baselines first."""
        first = list(dict.fromkeys(self.baseline_of.values()))
        return [*first, *(plan for plan in self.sweep.plans if plan not in first)]

    @property
    def names(self) -> dict[str, str]:
        """What each plan is called: no more of scenario, staffing model and cell than tells it from the others."""
        plans = self.sweep.plans.values()
        choices = (
            {plan.name: plan.called for plan in plans},
            {plan.name: words(plan.scenario) for plan in plans},
            {plan.name: words(plan.staffing) for plan in plans},
            {plan.name: f"{words(plan.scenario)} / {words(plan.staffing)}" for plan in plans},
        )
        told = (names for names in choices if len(set(names.values())) == len(names))
        names = next(told, None) or {cell: cell_words(own) for cell, own in what_differs([*self.sweep.plans]).items()}
        return cut_names({plan: sentence(name) for plan, name in names.items()})

    @property
    def stage(self) -> str:
        """The stage of the primary wait."""
        return self.headlines[0].measure.stage

    def level(self, plan: str, key: Key) -> Interval:
        """Return a plan's own estimate."""
        return look_up(self.estimates[plan], *key)

    def range_of(self, plan: str, key: Key) -> tuple[float, float]:
        """Return between what a figure lies in about 9 in 10 of a plan's simulated futures."""
        return look_up_range(self.estimates[plan], *key)

    def assurance(self, plan: str) -> Interval:
        """Return in what share of simulated futures a plan meets the standard of the primary wait."""
        standard = self.config.standards.stages[self.stage]
        shares = of_everyone(self.sweep.of(plan, "measures"), [self.headlines[0].measure])
        alone = over_hubs(shares).sort_values("replication")
        return assurance(alone["value"], standard.share, self.confidence, alone["replication"] // self.sweep.per_draw)

    def loses(self, plan: str) -> bool:
        """Return whether fewer of those referred surely get as far under a plan as under its baseline."""
        return any(step.lost for step in self.steps.get(plan, []))

    def on(self, headline: Headline) -> list[FigureAnswer]:
        """Return the answers on a figure, one for each plan that has a baseline."""
        return [answer for answer in self.answers if answer.headline == headline]

    def about(self, plan: str) -> list[FigureAnswer]:
        """Return the answers about a plan, a figure each in their order."""
        return [answer for answer in self.answers if answer.plan == plan]

    def of(self, plan: str, headline: Headline) -> FigureAnswer | None:
        """Return the answer of a plan on a figure; None for a baseline."""
        return next((answer for answer in self.on(headline) if answer.plan == plan), None)


def compare(
    sweep: Sweep, baseline: str, stage: str = COMPARED[0], delta: float | None = None, confidence: float = 0.95
) -> Comparison:
    """Compare every plan of a sweep with the baseline, which `analysis.comparison.plans.baselines` reads.

    `stage` is that of the wait that is weighed against cost, `delta` the smallest difference that matters in the share
    seen within standard, if one was stated. Raises HubError if the baseline is unknown, or the plans have no standard
    for the stage.
    """
    baseline_of = baselines(sweep.plans, baseline)
    for plan in sweep.plans.values():
        if stage not in plan.config.standards.stages:
            raise HubError(f"--stage: got {stage}, for which {plan.name} has no standard; add standards.stages.{stage}")
    figures = {plan: values_of(sweep.clusters(plan, "measures"), sweep.clusters(plan, "waits")) for plan in sweep.plans}
    values = {plan: found for plan, (found, _) in figures.items()}
    chosen = compared_headlines(next(iter(sweep.plans.values())).config, stage)
    steps = {plan: steps_of(values[plan], values[base], confidence) for plan, base in baseline_of.items()}
    kept = [plan for plan in values if not any(step.lost for step in steps.get(plan, []))]
    return Comparison(
        sweep=sweep,
        baseline_of=baseline_of,
        headlines=chosen,
        by_replication=values,
        people={plan: people for plan, (_, people) in figures.items()},
        estimates={
            plan: estimates_of(sweep.of(plan, "measures"), sweep.of(plan, "waits"), sweep.per_draw, confidence)
            for plan in sweep.plans
        },
        answers=_answers(values, baseline_of, chosen, steps, delta, confidence, sweep.per_draw),
        steps=steps,
        choice=_choice(values, kept, chosen, delta, confidence),
        delta=delta,
        confidence=confidence,
    )


def _answers(
    values: dict[str, pd.DataFrame], baseline_of: dict[str, str], chosen: list[Headline],
    steps: dict[str, list[Step]], delta: float | None, confidence: float, per_draw: int,
) -> list[FigureAnswer]:  # fmt: skip
    """Answer every headline for every plan; the primary ones hold together, each other one by itself.

    Where `per_draw` replications share a draw of the parameters the pairs are draws, and each that is missing takes so
    many replications.
    """
    primary = sum(headline.primary for headline in chosen)
    together = simultaneous_confidence(confidence, primary * len(baseline_of))
    pairs = {
        (plan, headline): (row_of(values[plan], headline.key), row_of(values[base], headline.key))
        for plan, base in baseline_of.items()
        for headline in chosen
    }
    found = {key: difference(*pair, confidence) for key, pair in pairs.items()}
    family = holm({key: own.p for key, own in found.items() if key[1].primary})
    answers = []
    for (plan, headline), own in found.items():
        wanted, matters = together if headline.primary else confidence, delta if headline == chosen[0] else None
        wide = difference(*pairs[plan, headline], wanted) if headline.primary else own
        said = verdict(wide.low, wide.high, headline.smaller_is_better, matters)
        said, because = judged(said, headline, steps[plan], own.pairs > 0)
        more = more_replications(wide, wanted, matters)
        missing = None if more is None or said != UNDECIDED else more * per_draw
        adjusted = family.get((plan, headline), np.nan)
        ends = wide.low, wide.high
        answers.append(FigureAnswer(plan, baseline_of[plan], headline, own, *ends, adjusted, said, because, missing))
    return answers


def _choice(
    values: dict[str, pd.DataFrame], kept: list[str], chosen: list[Headline], delta: float | None, confidence: float
) -> Choice:
    """Choose between the plans that lose nobody on the way: what loses people beats nothing."""
    wait, cost = chosen[:2]
    waits = {plan: row_of(table, wait.key) for plan, table in values.items()}
    costs = {plan: row_of(table, cost.key) for plan, table in values.items()}
    among, selection = {plan: waits[plan] for plan in kept}, None
    if delta and min(len(mine) for mine in waits.values()) >= FIRST_STAGE:
        selection = select_best(among, delta, confidence, smaller_is_better=wait.smaller_is_better)
    may_be_best = screen(among, confidence, smaller_is_better=wait.smaller_is_better)
    not_beaten = dict.fromkeys(values, np.nan)
    not_beaten |= probability_not_beaten({plan: costs[plan] for plan in kept}, {plan: -among[plan] for plan in kept})
    return Choice(may_be_best, selection, not_beaten)


def values_of(measures: pd.DataFrame, waits: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return one plan's figures replication by replication, and how many people each rests on, from its tables.

    A count or an amount is its own value, and a share or other ratio is `linearised`. Quantiles of waits are treated
    alike. So every figure of every plan can be averaged, subtracted and attributed replication by replication.

    The values are indexed by measure, stage, dimension and group, with one column a replication, in order; the people,
    by the same index, are the mean denominator a replication, not a number where a figure has none.
    """
    together = over_hubs(measures).set_index([*FIGURE, "replication"])
    names = ("value", "numerator", "denominator")
    wide = {name: together[name].unstack().sort_index(axis=1) for name in names}  # noqa: PD010 (one value a cell)
    value, top, bottom = (wide[name].to_numpy(float) for name in names)
    is_ratio = ~np.isnan(bottom).all(axis=1)
    linear, mean = linearised(top, bottom)
    figures, people = np.where(is_ratio[:, None], linear, value), np.where(is_ratio, mean, np.nan)
    index, numbers = wide["value"].index, wide["value"].columns
    seen = dict(seen_by_day(waits))
    for place in np.flatnonzero(index.get_level_values("measure").isin(list(MEASURED))).tolist():
        measure, *of_whom = index[place]
        if (days := seen.get(tuple(of_whom))) is not None:
            days = days.reindex(numbers, fill_value=0)
            figures[place] = quantile_values(days, MEASURED[measure])
            people[place] = float(days.to_numpy().sum()) / len(days)
    return pd.DataFrame(figures, index=index, columns=numbers), pd.Series(people, index=index)
