"""What a plan does beside the search, counted and drawn: nobody hired, slow hiring, more demand, a late start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.estimates.intervals import Interval, mean_interval, range_by_week, range_of_futures
from analysis.sizing.aftermath import ListAfter, aftermath
from analysis.sizing.futures import (
    Futures,
    counted,
    figures,
    judged,
    more_demand,
    more_sickness,
    weekly_futures,
)
from analysis.sizing.kinds import OtherKind, fresh_numbers
from analysis.sizing.plan import Plan, nothing, staffed
from analysis.sizing.question import DAYS_PER_WEEK, Card
from analysis.sizing.sizing import Answer
from sim.stages import list_of
from sim.streams import Floats


@dataclass(frozen=True)
class Trial:
    """A plan in changed circumstances: the share seen in time in each future, and how often every goal held."""

    name: str
    shares: Floats
    """Shape (futures, goals)."""
    met: int

    @property
    def of(self) -> int:
        """Futures simulated."""
        return len(self.shares)

    def mean(self, goal: int = 0) -> Interval:
        """Return the mean share over futures; its interval stays within 0 and 1."""
        estimate, low, high = mean_interval(self.shares[:, goal])
        return Interval(estimate, max(0.0, low), min(1.0, high))

    def range(self, goal: int = 0) -> tuple[float, float]:
        """Return the 5th and 95th percentile of futures."""
        return range_of_futures(self.shares[:, goal])

    def numbers(self) -> dict[str, Any]:
        """Return the trial as plain values."""
        goals = [
            {"mean": mean, "low": low, "high": high, "range": self.range(goal)}
            for goal, (mean, low, high) in enumerate(map(self.mean, range(self.shares.shape[1])))
        ]
        return {"name": self.name, "goals": goals, "met": self.met, "of": self.of}


@dataclass(frozen=True)
class Course:
    """How a list goes on over the whole horizon under a plan, by future; weeks from the start of the run."""

    weekly: Floats
    """People on the list at the end of each week, shape (futures, weeks)."""
    peak: Floats
    peak_week: Floats
    recovery_week: Floats
    """Not a number where the list does not recover."""
    cost_gbp: Floats
    """Of the whole Hub over the horizon."""

    def numbers(self) -> dict[str, Any]:
        """Return the course as plain values: lists by week as medians and ranges of futures."""
        low, middle, high = range_by_week(self.weekly)
        recovered = self.recovery_week[np.isfinite(self.recovery_week)]
        return {
            "list_low": low.tolist(),
            "list_median": middle.tolist(),
            "list_high": high.tolist(),
            "peak_median": float(np.median(self.peak)),
            "peak_week_median": float(np.median(self.peak_week)),
            "recovered": len(recovered),
            "recovery_week_median_of_recovered": float(np.median(recovered)) if len(recovered) else None,
            "cost_gbp_mean": float(self.cost_gbp.mean()),
        }


@dataclass(frozen=True)
class TestedPlan:
    """A plan of another kind than the cheapest found, and what breaks it."""

    name: str
    plan: Plan
    as_planned: Trial
    """In fresh futures."""
    breaks: tuple[Trial, ...]


@dataclass(frozen=True)
class Stress:
    """Everything on the card besides the plan."""

    idle: Trial
    breaks: tuple[Trial, ...]
    late: tuple[tuple[int, Trial], ...]
    """Weeks by which every decision is late, 0 first."""
    with_plan: dict[str, Course]
    """By stage of each goal."""
    without: dict[str, Course]
    lists: tuple[ListAfter, ...] = ()
    """Every list that the surge touches, with the plan."""
    idle_lists: tuple[ListAfter, ...] = ()
    others: tuple[TestedPlan, ...] = ()
    """Plans of other kinds."""

    @property
    def as_planned(self) -> Trial:
        """The plan with every decision on its day."""
        return self.late[0][1]

    def numbers(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "as_planned": self.as_planned.numbers(),
            "nobody_hired": self.idle.numbers(),
            "breaks": [trial.numbers() for trial in self.breaks],
            "late": [{"weeks": weeks} | trial.numbers() for weeks, trial in self.late],
            "with_plan": {stage: course.numbers() for stage, course in self.with_plan.items()},
            "without": {stage: course.numbers() for stage, course in self.without.items()},
            "lists_with_plan": [row._asdict() for row in self.lists],
            "lists_without": [row._asdict() for row in self.idle_lists],
        }


def stress(answer: Answer, plan: Plan) -> Stress:
    """Simulate everything that the card of a plan shows."""
    say = answer.tally.say
    card, futures = answer.question.card, answer.futures
    say("Step 6 of 6: what the card shows besides the plan")
    numbers = range(card.replications)

    def trial(name: str, tried: Futures, of: Plan) -> Trial:
        say(f"   {name}")
        return trial_of(name, tried, of, numbers)

    def apart(**changes: Any) -> Futures:
        return replace(futures, _known={}, **changes)

    late = [(0, trial("as planned", futures, plan))]
    for weeks in card.later_weeks:
        later = apart(late_days=weeks * DAYS_PER_WEEK)
        late.append((weeks, trial(f"every decision {weeks} weeks later", later, plan)))
    nobody = nothing(futures.menu)
    with_plan, lists = _courses(answer, plan, "nobody hired" if plan == nobody else "the plan")
    without, idle_lists = _courses(answer, nobody, "nobody hired")
    return Stress(
        idle=trial("nobody hired", futures, nobody),
        breaks=tuple(trial(name, changed, plan) for name, changed in what_breaks(futures, card)),
        others=tuple(_other(answer, other) for other in answer.others if other.plan is not None),
        late=tuple(late),
        with_plan=with_plan,
        without=without,
        lists=tuple(lists),
        idle_lists=tuple(idle_lists),
    )


def trial_of(name: str, futures: Futures, plan: Plan, numbers: Sequence[int]) -> Trial:
    """Simulate a plan in these futures."""
    return Trial(name, futures.shares(plan, numbers), int(futures.met(plan, numbers).sum()))


def what_breaks(futures: Futures, card: Card) -> list[tuple[str, Futures]]:
    """Return what may go wrong, in words, and the futures in which it does."""
    weeks = card.slip_weeks
    config, of = futures.config, futures

    def apart(**changes: Any) -> Futures:
        return replace(of, _known={}, **changes)

    return [
        (f"hiring takes {weeks} weeks longer", apart(slip_days=weeks * DAYS_PER_WEEK)),
        (
            f"demand {card.demand_increase_share:.0%} higher",
            apart(config=more_demand(config, 1 + card.demand_increase_share)),
        ),
        (
            f"sickness {card.sickness_times:g} times as high",
            apart(config=more_sickness(config, card.sickness_times)),
        ),
    ]


def _other(answer: Answer, other: OtherKind) -> TestedPlan:
    """Simulate a plan of another kind in fresh futures, and in those in which something goes wrong."""
    say, card, plan = answer.tally.say, answer.question.card, other.plan
    assert plan is not None  # only kinds with a plan are asked for
    say(f"   another kind of plan, {other.name}: in fresh futures, and what breaks it")
    fresh = fresh_numbers(answer.question.certify.attempts, card.replications)
    few, weeks = range(card.kind_replications), card.slip_weeks
    late = replace(answer.futures, _known={}, late_days=weeks * DAYS_PER_WEEK)
    wrong = [*what_breaks(answer.futures, card), (f"every decision {weeks} weeks later", late)]
    breaks = tuple(trial_of(name, changed, plan, few) for name, changed in wrong)
    return TestedPlan(other.name, plan, trial_of("as planned", answer.futures, plan, fresh), breaks)


def _courses(answer: Answer, plan: Plan, who: str) -> tuple[dict[str, Course], list[ListAfter]]:
    """Run a plan over the whole horizon; return the list of each goal, and what becomes of every list."""
    answer.tally.say(f"   the list until the end of the horizon: {who}")
    goals = answer.question.goals
    config = judged(answer.config, goals, *answer.question.counted_days(answer.config))
    numbers = range(answer.question.card.replications)
    results = list(counted(staffed(config, answer.menu, plan), numbers, answer.tally))
    found = {}
    for goal in goals:
        name = list_of(goal.stage)
        peak, peak_week = (figures(results, measure, name) for measure in ("queue_peak", "queue_peak_week"))
        recovery = figures(results, "recovery_week", name) if config.incident else np.full(len(results), np.nan)
        weekly, cost = weekly_futures(results, name, "list"), figures(results, "cost_total_gbp", "")
        found[goal.stage] = Course(weekly, peak, peak_week, recovery, cost)
    return found, aftermath(config, results)
