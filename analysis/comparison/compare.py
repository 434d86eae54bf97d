"""Compares every plan of a sweep with its baseline: differences, the choice between plans, and how sure both are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.comparison.pairs import (
    FIGURE,
    UNDECIDED,
    Difference,
    difference,
    differences,
    holm,
    more_replications,
    row_of,
    simultaneous_confidence,
    values_of,
    verdict,
)
from analysis.comparison.plans import baselines, cut_names, what_differs
from analysis.comparison.read_sweep import Sweep
from analysis.comparison.selection import FIRST_STAGE, Selection, probability_not_beaten, screen, select_best
from analysis.estimates.headline import Headline, Key, compared_headlines, of_everyone
from analysis.estimates.intervals import Interval, assurance
from analysis.estimates.tables import Split, estimates_of, look_up, look_up_range, over_hubs, split
from analysis.tell.wording import cell_words, sentence, words
from sim.errors import HubError
from sim.stages import COMPARED

if TYPE_CHECKING:
    import pandas as pd

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
    selection: Selection | None
    """None without a smallest difference that matters, or with too few replications."""
    not_beaten: dict[str, float]


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
    """Compare every plan of a sweep with the baseline.

    Parameters
    ----------
    baseline
        See `analysis.comparison.plans.baselines`.
    stage
        The wait that is weighed against cost.
    delta
        Smallest difference that matters in the share seen within standard; None if none was stated.

    Raises
    ------
    HubError
        If the baseline is unknown, or the plans have no standard for the stage.
    """
    baseline_of = baselines(sweep.plans, baseline)
    for plan in sweep.plans.values():
        if stage not in plan.config.standards.stages:
            raise HubError(f"--stage: got {stage}, for which {plan.name} has no standard; add standards.stages.{stage}")
    figures = {plan: values_of(sweep.clusters(plan, "measures"), sweep.clusters(plan, "waits")) for plan in sweep.plans}
    values = {plan: found for plan, (found, _) in figures.items()}
    chosen = compared_headlines(next(iter(sweep.plans.values())).config, stage)
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
        answers=_answers(values, baseline_of, chosen, delta, confidence, sweep.per_draw),
        choice=_choice(values, chosen, delta, confidence),
        delta=delta,
        confidence=confidence,
    )


def _answers(
    values: dict[str, pd.DataFrame],
    baseline_of: dict[str, str],
    chosen: list[Headline],
    delta: float | None,
    confidence: float,
    per_draw: int,
) -> list[FigureAnswer]:
    """Answer every headline for every plan; the primary ones hold together, each other one by itself.

    Where `per_draw` replications share a draw of the parameters the pairs are draws, and each that is missing takes so
    many replications.
    """
    primary = sum(headline.primary for headline in chosen)
    together = simultaneous_confidence(confidence, primary * len(baseline_of))
    found, wide = {}, {}
    for plan, base in baseline_of.items():
        for headline in chosen:
            pair = row_of(values[plan], headline.key), row_of(values[base], headline.key)
            found[plan, headline] = difference(*pair, confidence)
            wide[plan, headline] = difference(*pair, together) if headline.primary else found[plan, headline]
    family = holm({f"{plan}\0{h.words}": d.p for (plan, h), d in found.items() if h.primary})
    answers = []
    for (plan, headline), own in found.items():
        low, high = wide[plan, headline].low, wide[plan, headline].high
        matters = delta if headline == chosen[0] else None
        said = verdict(low, high, headline.smaller_is_better, matters)
        more = more_replications(wide[plan, headline], together if headline.primary else confidence, matters)
        missing = None if more is None or said != UNDECIDED else more * per_draw
        adjusted = family.get(f"{plan}\0{headline.words}", np.nan)
        answers.append(FigureAnswer(plan, baseline_of[plan], headline, own, low, high, adjusted, said, missing))
    return answers


def _choice(values: dict[str, pd.DataFrame], chosen: list[Headline], delta: float | None, confidence: float) -> Choice:
    wait, cost = chosen[:2]
    waits = {plan: row_of(table, wait.key) for plan, table in values.items()}
    costs = {plan: row_of(table, cost.key) for plan, table in values.items()}
    selection = None
    if delta and min(len(mine) for mine in waits.values()) >= FIRST_STAGE:
        selection = select_best(waits, delta, confidence, smaller_is_better=wait.smaller_is_better)
    may_be_best = screen(waits, confidence, smaller_is_better=wait.smaller_is_better)
    return Choice(may_be_best, selection, probability_not_beaten(costs, {plan: -mine for plan, mine in waits.items()}))


def all_differences(comparison: Comparison) -> pd.DataFrame:
    """Return the difference of every figure of every plan, tidy: one row a plan and figure."""
    import pandas as pd

    values = comparison.by_replication
    found = {
        (plan, base): differences(values[plan], values[base], comparison.confidence)
        for plan, base in comparison.baseline_of.items()
    }
    table = pd.concat(found, names=["plan", "baseline"]).reset_index()
    units = next(iter(comparison.estimates.values())).drop_duplicates(FIGURE).set_index(FIGURE)["unit"]
    table["unit"] = [units.get(tuple(row), "") for row in table[FIGURE].to_numpy()]
    return table[["plan", "baseline", *FIGURE, "unit", *Difference._fields]]


def split_rows(comparison: Comparison) -> pd.DataFrame:
    """Split the spread of every figure into Monte-Carlo error, futures and parameters.

    Returns
    -------
    pandas.DataFrame
        One row a plan and figure, in the unit of the figure: of the level where `baseline` is empty, else of the
        difference to it, replication by replication, so that plans share both people and parameters. Without rows
        where no parameters were drawn, or none twice.
    """
    import pandas as pd

    per_draw = comparison.sweep.per_draw
    columns = ["plan", "baseline", "figure", "unit", *Split._fields]
    if per_draw == 1 or comparison.config.uncertainty.mode == "none":
        return pd.DataFrame(columns=columns)
    measures = [headline.measure for headline in comparison.headlines]
    values = {}
    for plan in comparison.plans:
        rows = over_hubs(of_everyone(comparison.sweep.of(plan, "measures"), measures)).sort_values("replication")
        for (measure, stage), figure in rows.groupby(["measure", "stage"], observed=True):
            values[plan, measure, stage] = figure["value"].to_numpy(float)
    found = []
    for plan in comparison.plans:
        for headline in comparison.headlines:
            level = values[plan, *headline.measure] * headline.scale
            found.append((plan, "", headline.words, headline.unit, *split(level, per_draw)))
            if base := comparison.baseline_of.get(plan):
                less = level - values[base, *headline.measure] * headline.scale
                found.append((plan, base, headline.words, headline.unit, *split(less, per_draw)))
    return pd.DataFrame(found, columns=columns)
