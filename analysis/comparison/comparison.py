"""A comparison that is finished: what each figure says about each plan, and the choice within each scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.comparison.grid import Grid
from analysis.comparison.pairs import Difference, Selection
from analysis.comparison.plans import cut_names
from analysis.comparison.read_sweep import Sweep
from analysis.comparison.steps import Step, verdict_in_all
from analysis.estimates.headline import Headline, Key, of_everyone
from analysis.estimates.intervals import NOTHING, Interval, assurance
from analysis.estimates.tables import all_by_key, over_hubs
from analysis.tell.wording import in_quotes, sentence
from sim.config import HubConfig


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

    @cached_property
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

    @cached_property
    def names(self) -> dict[str, str]:
        """What each plan is called: as its user says, else by its plan, its scenario, or both where both differ."""
        called = {plan.name: plan.called for plan in self.sweep.plans.values() if plan.called}
        own = len(set(called.values())) == len(self.sweep.plans)
        return cut_names({plan: sentence(name) for plan, name in called.items()}) if own else self.grid.cell_names

    @cached_property
    def names_at_home(self) -> dict[str, str]:
        """What each option is called where only options are told of: by its plan, as all are in one scenario."""
        plans = {cell: plan for (plan, _), cell in self.grid.cells.items()}
        several = len(self.options) > 1 and len(self.grid.scenarios) > 1
        called = self.grid.plan_names
        return {cell: called[plans[cell]] if several else self.names[cell] for cell in self.options}

    def said(self, plan: str) -> str:
        """Return a plan's name as it stands in a sentence of the page, in quotation marks."""
        return in_quotes(self.names_at_home.get(plan) or self.names[plan])

    @property
    def waits(self) -> list[Headline]:
        """Seen in time at each standard from referral, those that decide first."""
        return [one for one in self.headlines if one.measure.measure == self.headlines[0].measure.measure]

    @property
    def stages(self) -> list[str]:
        """The stages of the deciding waits, the primary one first."""
        return [wait.measure.stage for wait in self.deciding]

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
        return self._looked_up(plan, key)[0]

    def range_of(self, plan: str, key: Key) -> tuple[float, float]:
        """Return between what a figure lies in about 9 in 10 of a plan's simulated futures."""
        return self._looked_up(plan, key)[1]

    def _looked_up(self, plan: str, key: Key) -> tuple[Interval, tuple[float, float]]:
        if plan not in self._levels:
            self._levels[plan] = all_by_key(self.estimates[plan])
        return self._levels[plan].get(key, (NOTHING, (math.nan, math.nan)))

    @cached_property
    def _levels(self) -> dict[str, dict[Key, tuple[Interval, tuple[float, float]]]]:
        return {}

    def assurance(self, plan: str, headline: Headline | None = None) -> Interval:
        """Return in what share of simulated futures a plan meets the standard of a wait, by default the first."""
        headline = headline or self.headlines[0]
        standard = self.config.standards.stages[headline.measure.stage]
        alone = self.shares_by_future(plan, headline)
        draws = alone.index.to_numpy() // self.sweep.per_draw
        return assurance(alone, standard.share, self.confidence, draws)

    def shares_by_future(self, plan: str, headline: Headline) -> pd.Series:
        """Return the share seen in time in each future by itself, by replication in order."""
        if (plan, headline) not in self._shares:
            shares = of_everyone(self.sweep.of(plan, "measures"), [headline.measure])
            by_future = over_hubs(shares).set_index("replication")["value"].sort_index()
            self._shares[plan, headline] = by_future
        return self._shares[plan, headline]

    @cached_property
    def _shares(self) -> dict[tuple[str, Headline], pd.Series]:
        return {}

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
