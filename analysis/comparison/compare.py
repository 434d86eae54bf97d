"""Compares every plan of a sweep with its baseline: differences, the choice between plans, and how sure both are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.comparison.comparison import Choice, Comparison, FigureAnswer
from analysis.comparison.grid import grid_of
from analysis.comparison.pairs import (
    FIRST_STAGE,
    UNDECIDED,
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
from analysis.comparison.plans import baselines
from analysis.comparison.read_sweep import Sweep
from analysis.comparison.steps import Step, judged, steps_of
from analysis.comparison.values import values_of
from analysis.estimates.headline import Headline, compared_headlines
from analysis.estimates.tables import estimates_of
from sim.config import HubConfig
from sim.errors import HubError, nearest
from sim.stages import COMPARED


def compare(
    sweep: Sweep, baseline: str, stage: str | None = None, delta: float | None = None, confidence: float = 0.95
) -> Comparison:
    """Compare every plan of a sweep with the baseline, which `analysis.comparison.plans.baselines` reads.

    `stage` is that of the wait that decides; without one each wait from referral with a standard does, in turn.
    `delta` is the smallest difference that matters in the share seen within standard, if one was stated. Raises
    HubError if the baseline or the stage is unknown, or the plans have no standard for it.
    """
    baseline_of = baselines(sweep.plans, baseline)
    configs = {plan.name: plan.config for plan in sweep.plans.values()}
    stages = stages_asked(configs, stage)
    figures = {plan: values_of(sweep.clusters(plan, "measures"), sweep.clusters(plan, "waits")) for plan in sweep.plans}
    values = {plan: found for plan, (found, _) in figures.items()}
    chosen = compared_headlines(next(iter(configs.values())), *stages)
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


def stages_asked(configs: Mapping[str, HubConfig], stage: str | None) -> list[str]:
    """Return the stages whose waits decide: the one asked for, or each with a standard; HubError if there is none."""
    if stage is None:
        first = next(iter(configs.values()))
        if found := [each for each in COMPARED if each in first.standards.stages]:
            return found
        raise HubError(f"standards.stages: got none of {', '.join(COMPARED)}; add one that plans are judged by")
    if stage not in COMPARED:
        raise HubError(f"--stage: got {stage}; {nearest(str(stage), COMPARED)}")
    for plan, config in configs.items():
        if stage not in config.standards.stages:
            raise HubError(f"--stage: got {stage}, for which {plan} has no standard; add standards.stages.{stage}")
    return [stage]


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
