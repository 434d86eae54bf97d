"""What a plan does beside the search: against doing nothing, when hiring slips, demand grows or the start is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.estimates.intervals import Interval, mean_interval, range_by_week, range_of_futures
from analysis.sizing.futures import Futures, counted, figures, judged, weekly_futures
from analysis.sizing.plan import Plan, nothing, staffed
from analysis.sizing.question import DAYS_PER_WEEK, Goal
from analysis.sizing.sizing import Answer
from sim.config import HubConfig
from sim.config.edit import changed
from sim.stages import list_of
from sim.streams import Floats


@dataclass(frozen=True)
class Trial:
    """A plan in changed circumstances: the share seen in time in each future, and how often every goal held.

    Attributes
    ----------
    name
        In words.
    shares
        Shape (futures, goals).
    met
        Futures in which every goal held.
    """

    name: str
    shares: Floats
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
    """How a list goes on over the whole horizon under a plan.

    Attributes
    ----------
    weekly
        People on the list at the end of each week, shape (futures, weeks).
    peak, peak_week, recovery_week
        By future; weeks from the start of the run; not a number where the list does not recover.
    cost_gbp
        Of the whole Hub over the horizon, by future.
    """

    weekly: Floats
    peak: Floats
    peak_week: Floats
    recovery_week: Floats
    cost_gbp: Floats

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
class Stress:
    """Everything on the card besides the plan."""

    as_planned: Trial
    idle: Trial
    breaks: tuple[Trial, ...]
    late: tuple[tuple[int, Trial], ...]
    """Weeks by which every decision is late, 0 first."""
    with_plan: dict[str, Course]
    """By stage of each goal."""
    without: dict[str, Course]

    def numbers(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "as_planned": self.as_planned.numbers(),
            "nobody_hired": self.idle.numbers(),
            "breaks": [trial.numbers() for trial in self.breaks],
            "late": [{"weeks": weeks} | trial.numbers() for weeks, trial in self.late],
            "with_plan": {stage: course.numbers() for stage, course in self.with_plan.items()},
            "without": {stage: course.numbers() for stage, course in self.without.items()},
        }


def stress(answer: Answer, plan: Plan) -> Stress:
    """Simulate everything that the card of a plan shows."""
    say = answer.tally.say
    card, futures = answer.question.card, answer.futures
    say("Step 6 of 6: what the card shows besides the plan")
    numbers = range(card.replications)

    def trial(name: str, tried: Futures, of: Plan) -> Trial:
        say(f"   {name}")
        return Trial(name, tried.shares(of, numbers), int(tried.met(of, numbers).sum()))

    def apart(**changes: Any) -> Futures:
        return replace(futures, _known={}, **changes)

    late = [(0, trial("as planned", futures, plan))]
    for weeks in card.later_weeks:
        later = apart(late_days=weeks * DAYS_PER_WEEK)
        late.append((weeks, trial(f"every decision {weeks} weeks later", later, plan)))
    slower = apart(slip_days=card.slip_weeks * DAYS_PER_WEEK)
    busier = apart(config=more_demand(futures.config, 1 + card.demand_increase_share))
    return Stress(
        as_planned=late[0][1],
        idle=trial("nobody hired", futures, nothing(futures.menu)),
        breaks=(
            trial(f"hiring takes {card.slip_weeks} weeks longer", slower, plan),
            trial(f"demand {card.demand_increase_share:.0%} higher", busier, plan),
        ),
        late=tuple(late),
        with_plan=_courses(answer, plan, numbers),
        without=_courses(answer, nothing(futures.menu), numbers),
    )  # fmt: skip


def more_demand(config: HubConfig, factor: float) -> HubConfig:
    """Return a configuration in which so many times as many people refer, after incidents too."""
    more = {
        ("incident", name, "exposed", tier, "take_up_share"): min(1.0, exposure.take_up_share * factor)
        for name, incident in config.incident.items()
        for tier, exposure in incident.exposed.items()
    }
    return changed(config, {"demand.multiplier": config.demand.multiplier * factor} | more)


def _courses(answer: Answer, plan: Plan, numbers: Sequence[int]) -> dict[str, Course]:
    """Run a plan over the whole horizon."""
    who = "nobody hired" if plan == nothing(answer.menu) else "the plan"
    answer.tally.say(f"   the list until the end of the horizon: {who}")
    goals: list[Goal] = answer.question.goals
    config = judged(answer.config, goals, *answer.question.counted_days(answer.config))
    results = list(counted(staffed(config, answer.menu, plan), numbers, answer.tally))
    found = {}
    for goal in goals:
        name = list_of(goal.stage)
        recovery = figures(results, "recovery_week", name) if config.incident else np.full(len(results), np.nan)
        found[goal.stage] = Course(
            weekly=weekly_futures(results, name, "list"),
            peak=figures(results, "queue_peak", name),
            peak_week=figures(results, "queue_peak_week", name),
            recovery_week=recovery,
            cost_gbp=figures(results, "cost_total_gbp", ""),
        )
    return found
