"""Compares every plan of a sweep with its baseline: differences, the choice between plans, and how sure both are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.grid import Grid, grid_of
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
from analysis.comparison.plans import baselines, cut_names
from analysis.comparison.read_sweep import Sweep
from analysis.comparison.steps import Step, judged, steps_of, verdict_in_all
from analysis.comparison.values import values_of
from analysis.estimates.headline import Headline, Key, compared_headlines, of_everyone
from analysis.estimates.intervals import Interval, assurance
from analysis.estimates.tables import estimates_of, look_up, look_up_range, over_hubs
from analysis.tell.wording import sentence
from sim.config import HubConfig
from sim.errors import HubError
from sim.stages import COMPARED


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
    """Which plans of one scenario may be the best by one wait, and which none beats on cost and waits together."""

    may_be_best: list[str]
    """Only plans that lose nobody on the way."""
    selection: Selection | None
    """None without a smallest difference that matters, or with too few replications."""
    not_beaten: dict[str, float]
    """By plan; not a number for one that loses people."""


@dataclass(frozen=True)
class Comparison:
    """A sweep compared. What is called a plan here is a cell: a plan in a scenario."""

    sweep: Sweep
    grid: Grid
    baseline_of: dict[str, str]
    headlines: list[Headline]
    by_replication: dict[str, pd.DataFrame]
    """One value a replication of every figure, by plan."""
    people: dict[str, pd.Series]
    estimates: dict[str, pd.DataFrame]
    answers: list[FigureAnswer]
    steps: dict[str, list[Step]]
    """How far everyone referred gets under each plan that has a baseline."""
    choices: dict[tuple[str, Headline], Choice]
    """By scenario and deciding wait: plans are chosen within a scenario, and scenarios never."""
    delta: float | None
    """Smallest difference that matters, in the unit of the deciding waits as stored (a share)."""
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
    def home(self) -> str:
        """The scenario in which the board's question is asked: that of the first baseline."""
        return self.scenario_of(next(iter(self.baseline_of.values())))

    @property
    def options(self) -> list[str]:
        """What a board can choose between: the plans of the scenario at home, the baseline first."""
        return [plan for plan in self.plans if self.scenario_of(plan) == self.home]

    @property
    def deciding(self) -> list[Headline]:
        """The waits that decide: the one asked for or, if none was, seen in time at each standard in turn."""
        return [headline for headline in self.headlines if headline.primary and headline != self.cost]

    @property
    def cost(self) -> Headline:
        """The cost a year."""
        return self.headlines[1]

    @property
    def choice(self) -> Choice:
        """The choice at home, by the first of the deciding waits."""
        return self.choices[self.home, self.headlines[0]]

    def scenario_of(self, plan: str) -> str:
        """Return the name of the scenario in which a plan was run."""
        return self.sweep.plans[plan].world

    def is_option(self, plan: str) -> bool:
        """Return whether a plan was compared with one in the same scenario: else the scenario makes the difference."""
        return self.scenario_of(plan) == self.scenario_of(self.baseline_of.get(plan, plan))

    @property
    def names(self) -> dict[str, str]:
        """What each plan is called: as its user says, else by its plan, its scenario, or both where both differ."""
        called = {plan.name: plan.called for plan in self.sweep.plans.values() if plan.called}
        own = len(set(called.values())) == len(self.sweep.plans)
        return cut_names({plan: sentence(name) for plan, name in called.items()}) if own else self.grid.cell_names

    @property
    def names_at_home(self) -> dict[str, str]:
        """What each option is called where only options are told of: by its plan, as all are in one scenario."""
        plans = {cell: plan for (plan, _), cell in self.grid.cells.items()}
        several = len(self.options) > 1 and len(self.grid.scenarios) > 1
        called = self.grid.plan_names
        return {cell: called[plans[cell]] if several else self.names[cell] for cell in self.options}

    @property
    def waits(self) -> list[Headline]:
        """Seen in time at each standard from referral, those that decide first."""
        return [one for one in self.headlines if one.measure.measure == self.headlines[0].measure.measure]

    @property
    def stage(self) -> str:
        """The stage of the primary wait."""
        return self.headlines[0].measure.stage

    def verdict_of(self, plan: str) -> str:
        """Return what the deciding waits come to together, each standard in turn."""
        found = (self.of(plan, headline) for headline in self.deciding)
        return verdict_in_all([answer.verdict for answer in found if answer is not None])

    def level(self, plan: str, key: Key) -> Interval:
        """Return a plan's own estimate."""
        return look_up(self.estimates[plan], *key)

    def range_of(self, plan: str, key: Key) -> tuple[float, float]:
        """Return between what a figure lies in about 9 in 10 of a plan's simulated futures."""
        return look_up_range(self.estimates[plan], *key)

    def assurance(self, plan: str, headline: Headline | None = None) -> Interval:
        """Return in what share of simulated futures a plan meets the standard of a wait, by default the first."""
        headline = headline or self.headlines[0]
        standard = self.config.standards.stages[headline.measure.stage]
        alone = self.shares_by_future(plan, headline)
        draws = alone.index.to_numpy() // self.sweep.per_draw
        return assurance(alone, standard.share, self.confidence, draws)

    def shares_by_future(self, plan: str, headline: Headline) -> pd.Series:
        """Return the share seen in time in each future by itself, by replication in order."""
        shares = of_everyone(self.sweep.of(plan, "measures"), [headline.measure])
        return over_hubs(shares).set_index("replication")["value"].sort_index()

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
    sweep: Sweep, baseline: str, stage: str | None = None, delta: float | None = None, confidence: float = 0.95
) -> Comparison:
    """Compare every plan of a sweep with the baseline, which `analysis.comparison.plans.baselines` reads.

    `stage` is that of the wait that decides; without one each wait from referral with a standard does, in turn.
    `delta` is the smallest difference that matters in the share seen within standard, if one was stated. Raises
    HubError if the baseline is unknown, or the plans have no standard for the stage.
    """
    baseline_of = baselines(sweep.plans, baseline)
    configs = {plan.name: plan.config for plan in sweep.plans.values()}
    for plan, config in configs.items():
        if stage is not None and stage not in config.standards.stages:
            raise HubError(f"--stage: got {stage}, for which {plan} has no standard; add standards.stages.{stage}")
    first = next(iter(configs.values()))
    stages = [each for each in COMPARED if each in first.standards.stages] if stage is None else [stage]
    if not stages:
        raise HubError(f"standards.stages: got none of {', '.join(COMPARED)}; add one that plans are judged by")
    figures = {plan: values_of(sweep.clusters(plan, "measures"), sweep.clusters(plan, "waits")) for plan in sweep.plans}
    values = {plan: found for plan, (found, _) in figures.items()}
    chosen = compared_headlines(first, *stages)
    steps = {plan: steps_of(values[plan], values[base], confidence) for plan, base in baseline_of.items()}
    lost = {plan for plan in values if any(step.lost for step in steps.get(plan, []))}
    grid = grid_of(sweep.plans)
    among = {
        scenario: {cell: values[cell] for cell in grid.in_scenario(scenario).values()} for scenario in grid.scenarios
    }
    return Comparison(
        sweep=sweep,
        grid=grid,
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
        choices={
            (scenario, wait): _choice(mine, lost, wait, chosen, delta, confidence)
            for scenario, mine in among.items()
            for wait in chosen
            if wait.primary and wait != chosen[1]
        },
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
        decides = headline.primary and headline != chosen[1]
        wanted, matters = together if headline.primary else confidence, delta if decides else None
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
    values: dict[str, pd.DataFrame], lost: set[str], wait: Headline, chosen: list[Headline], delta: float | None,
    confidence: float,
) -> Choice:  # fmt: skip
    """Choose between the plans of one scenario that lose nobody on the way: what loses people beats nothing."""
    waits = {plan: row_of(table, wait.key) for plan, table in values.items()}
    among, selection = {plan: row for plan, row in waits.items() if plan not in lost}, None
    if delta and among and min(len(mine) for mine in waits.values()) >= FIRST_STAGE:
        selection = select_best(among, delta, confidence, smaller_is_better=wait.smaller_is_better)
    may_be_best = screen(among, confidence, smaller_is_better=wait.smaller_is_better) if among else []
    primary = [headline for headline in chosen if headline.primary]
    figures = [
        {plan: row_of(values[plan], each.key) * (1 if each.smaller_is_better else -1) for plan in among}
        for each in primary
    ]
    not_beaten = dict.fromkeys(values, np.nan) | (probability_not_beaten(*figures) if among else {})
    return Choice(may_be_best, selection, not_beaten)
