"""What a plan does beside the search, counted and drawn: nobody hired, slow hiring, more demand, a late start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

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
from analysis.sizing.kinds import fresh_numbers
from analysis.sizing.plan import Plan, nothing, staffed
from analysis.sizing.question import DAYS_PER_WEEK, Card
from analysis.sizing.sizing import Answer
from analysis.tell.wording import listed
from sim.run.replicate import Replication
from sim.stages import list_of
from sim.streams import Floats

AT_ONCE = 10
"""Futures simulated under every plan of the card before the next; a process keeps the people of about 30."""


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
    cost_gbp: Floats
    """Of the whole Hub over the horizon."""

    def numbers(self) -> dict[str, Any]:
        """Return the course as plain values: lists by week as medians and ranges of futures."""
        low, middle, high = range_by_week(self.weekly)
        return {
            "list_low": low.tolist(),
            "list_median": middle.tolist(),
            "list_high": high.tolist(),
            "cost_gbp_mean": float(self.cost_gbp.mean()),
        }


@dataclass(frozen=True)
class TestedPlan:
    """A plan of another kind than the cheapest found, and what breaks it."""

    name: str
    """Of the kind, or kinds."""
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
    """Every list that the surge touches or that is asked about, with the plan."""
    idle_lists: tuple[ListAfter, ...] = ()
    """The same with nobody hired."""
    others: tuple[TestedPlan, ...] = ()
    """Plans of other kinds."""

    @property
    def as_planned(self) -> Trial:
        """The plan with every decision on its day."""
        return self.late[0][1]

    def list_of(self, stage: str) -> tuple[ListAfter, ListAfter]:
        """Return what becomes of the list on which people wait for a stage, with the plan and with nobody hired."""
        name = list_of(stage)
        return tuple(next(row for row in rows if row.name == name) for rows in (self.lists, self.idle_lists))  # type: ignore[return-value]

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

    nobody = nothing(futures.menu)
    late = [(_late_words(weeks), _late(futures, weeks), plan) for weeks in card.later_weeks]
    wrong = [(name, changed, plan) for name, changed in what_breaks(futures, card)]
    say("   late decisions, slow hiring, more demand, more sickness, and nobody hired")
    planned, idle, *others = trials(
        [("as planned", futures, plan), ("nobody hired", futures, nobody), *late, *wrong], numbers
    )
    with_plan, lists = _courses(answer, plan, "nobody hired" if plan == nobody else "the plan")
    without, idle_lists = _courses(answer, nobody, "nobody hired")
    kinds: dict[Plan, list[str]] = {}
    for other in answer.others:
        if other.plan is not None:
            kinds.setdefault(other.plan, []).append(other.name)
    return Stress(
        idle=idle,
        breaks=tuple(others[len(late) :]),
        others=tuple(_other(answer, listed(names), of_kind) for of_kind, names in kinds.items()),
        late=((0, planned), *zip(card.later_weeks, others, strict=False)),
        with_plan=with_plan,
        without=without,
        lists=tuple(lists),
        idle_lists=tuple(idle_lists),
    )


Tried = tuple[str, Futures, Plan]
"""A trial's name, the futures in which it takes place, and the plan that is tried."""


def trials(tried: Sequence[Tried], numbers: Sequence[int]) -> list[Trial]:
    """Simulate plans in these futures, a few futures under all of them at a time: their people are drawn once."""
    for first in range(0, len(numbers), AT_ONCE):
        for _, futures, plan in tried:
            futures.shares(plan, numbers[first : first + AT_ONCE])
        if tried and first + AT_ONCE < len(numbers):
            tried[0][1].tally.say(f"      {first + AT_ONCE} of {len(numbers)} futures of each")
    return [
        Trial(name, futures.shares(plan, numbers), int(futures.met(plan, numbers).sum()))
        for name, futures, plan in tried
    ]


def _late(futures: Futures, weeks: int) -> Futures:
    return replace(futures, _known={}, late_days=weeks * DAYS_PER_WEEK)


def _late_words(weeks: int) -> str:
    return f"every decision {weeks} weeks later"


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


def _other(answer: Answer, name: str, plan: Plan) -> TestedPlan:
    """Simulate a plan of another kind in fresh futures, and in those in which something goes wrong."""
    card, futures, weeks = answer.question.card, answer.futures, answer.question.card.slip_weeks
    answer.tally.say(f"   another kind of plan, {name}: in fresh futures, and what breaks it")
    fresh = fresh_numbers(answer.question.certify.attempts, card.replications)
    wrong = [*what_breaks(futures, card), (_late_words(weeks), _late(futures, weeks))]
    breaks = trials([(what, changed, plan) for what, changed in wrong], range(card.kind_replications))
    [as_planned] = trials([("as planned", futures, plan)], fresh)
    return TestedPlan(name, plan, as_planned, tuple(breaks))


def _courses(answer: Answer, plan: Plan, who: str) -> tuple[dict[str, Course], list[ListAfter]]:
    """Run a plan over the whole horizon; return the list of each goal, and what becomes of every list."""
    answer.tally.say(f"   the list until the end of the horizon: {who}")
    goals = answer.question.goals
    config = judged(answer.config, goals, *answer.question.counted_days(answer.config))
    numbers = range(answer.question.card.replications)
    hub, results = staffed(config, answer.menu, plan), list[Replication]()
    for first in range(0, len(numbers), AT_ONCE):
        results += counted(hub, numbers[first : first + AT_ONCE], answer.tally)
        if len(results) < len(numbers):
            answer.tally.say(f"      {len(results)} of {len(numbers)} futures")
    cost = figures(results, "cost_total_gbp", "")
    found = {goal.stage: Course(weekly_futures(results, list_of(goal.stage), "list"), cost) for goal in goals}
    return found, aftermath(config, answer.question, results)
