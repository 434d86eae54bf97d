"""What a plan does beside the search, counted and drawn: nobody hired, slow hiring, more demand, a late start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates.intervals import Interval, mean_interval, range_by_week, range_of_futures
from analysis.sizing.futures import Futures, counted, figures, judged, more_demand, weekly_futures
from analysis.sizing.plan import Month, Plan, by_month, nothing, staffed
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.sizing.sizing import Answer
from analysis.tell.style import ACCENT, DARK, GREY, INK, sheet
from analysis.tell.wording import sentence, share
from sim.stages import STAGES, list_of
from sim.streams import Floats

THOUSAND = 1000
BEFORE_WEEKS = 8
"""Weeks shown before the first decision."""
LINES = ((DARK, "o"), (ACCENT, "s"), (GREY, "^"))
"""Colour and marker of each goal."""


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
class Stress:
    """Everything on the card besides the plan."""

    idle: Trial
    breaks: tuple[Trial, ...]
    late: tuple[tuple[int, Trial], ...]
    """Weeks by which every decision is late, 0 first."""
    with_plan: dict[str, Course]
    """By stage of each goal."""
    without: dict[str, Course]

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
    nobody = nothing(futures.menu)
    return Stress(
        idle=trial("nobody hired", futures, nobody),
        breaks=(
            trial(f"hiring takes {card.slip_weeks} weeks longer", slower, plan),
            trial(f"demand {card.demand_increase_share:.0%} higher", busier, plan),
        ),
        late=tuple(late),
        with_plan=_courses(answer, plan, "nobody hired" if plan == nobody else "the plan"),
        without=_courses(answer, nobody, "nobody hired"),
    )


def _courses(answer: Answer, plan: Plan, who: str) -> dict[str, Course]:
    """Run a plan over the whole horizon."""
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
    return found


def lists(answer: Answer, stress: Stress) -> Figure:
    """Draw each list week by week, with the plan and without: the median and the range of simulated futures."""
    goals = answer.question.goals
    figure, panels = sheet((7.4, 2.1), 1, len(goals), squeeze=False)
    for axes, goal in zip(panels[0], goals, strict=True):
        with_plan, without = stress.with_plan[goal.stage], stress.without[goal.stage]
        start = answer.menu.decision_days[0] // DAYS_PER_WEEK
        first = max(0, start - BEFORE_WEEKS)
        weeks = np.arange(first, with_plan.weekly.shape[1]) + 1 - start
        most = 0.0
        drawn = (without, ACCENT, "--", "nobody hired"), (with_plan, DARK, "-", "the plan")
        for course, colour, style, name in drawn:
            low, middle, high = range_by_week(course.weekly[:, first:])
            axes.fill_between(weeks, low, high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(weeks, middle, color=colour, linestyle=style, label=name)
            most = max(most, float(high.max()))
        axes.set_ylim(0, max(1.0, most) * 1.2)
        axes.legend(loc="upper right", ncols=2, fontsize=8, borderpad=0.1)
        axes.set_xlim(weeks[0], weeks[-1])
        axes.axvline(0, color=GREY, linewidth=0.8)
        counted = answer.question.counted
        axes.axvspan(counted.from_week, counted.to_week, color=GREY, alpha=0.10, linewidth=0)
        axes.text(counted.from_week + 0.5, 0.98, "counted", transform=axes.get_xaxis_transform(), va="top", fontsize=8)
        axes.set_ylabel("people waiting")
        axes.set_xlabel("weeks from the first decision")
        title = sentence(STAGES[list_of(goal.stage)].words)
        when = f" in week {np.median(with_plan.peak_week) - start:.0f}" if len(goals) == 1 else ""
        peaks = f"peak {np.median(with_plan.peak):.0f}{when} (nobody hired: {np.median(without.peak):.0f})"
        axes.set_title(f"{title} list: {peaks}", fontsize=11 if len(goals) == 1 else 8.5)
        axes.grid(axis="y")
    return figure


def months_and_waiting(answer: Answer, stress: Stress, plan: Plan) -> Figure:
    """Draw what the plan costs by month, if it hires anybody, and the price of waiting."""
    months = by_month(answer.menu, plan)
    figure, panels = sheet((7.4, 1.9), 1, 2 if months else 1, squeeze=False)
    if months:
        _months(panels[0, 0], months)
    _waiting(panels[0, -1], answer, stress)
    return figure


def _months(axes: Axes, months: list[Month]) -> None:
    places = np.arange(len(months))
    staff = [month.staff_gbp / THOUSAND for month in months]
    hires = [month.recruitment_gbp / THOUSAND for month in months]
    axes.bar(places, staff, color=DARK, width=0.75, label="in post, with overheads")
    axes.bar(places, hires, bottom=staff, color=ACCENT, width=0.75, hatch="///", edgecolor="white", label="recruitment")
    step = max(-(-len(months) // 5), 1)
    axes.set_xticks(places[::step], [f"{month.first:%b %y}" for month in months[::step]])
    axes.set_ylabel("£ thousand")
    axes.set_title("What it costs, by month")
    axes.grid(axis="y")
    axes.legend(loc="upper right", fontsize=7.5, ncols=2, columnspacing=1.0, borderpad=0.1)
    axes.set_ylim(0, max(s + h for s, h in zip(staff, hires, strict=True)) * 1.3)


def _waiting(axes: Axes, answer: Answer, stress: Stress) -> None:
    """Draw the share seen in time when every decision is late, with the range of futures."""
    weeks = [weeks for weeks, _ in stress.late]
    late = [trial for _, trial in stress.late]
    goals = answer.question.goals
    for place, (goal, (colour, marker)) in enumerate(zip(goals, LINES, strict=False)):
        low, high = np.array([trial.range(place) for trial in late]).T * 100
        axes.fill_between(weeks, low, high, color=colour, alpha=0.22, linewidth=0)
        mean = [100 * trial.mean(place).estimate for trial in late]
        axes.plot(weeks, mean, color=colour, marker=marker, markersize=4, label=STAGES[goal.stage].seen)
        axes.axhline(100 * goal.share, color=colour, linewidth=1.0, linestyle=":")
        asked = f"{share(goal.share)} asked"
        axes.text(weeks[-1] + 0.8, 100 * goal.share + 2, asked, ha="right", va="bottom", fontsize=7.5, color=colour)
    for week, trial in stress.late:
        axes.text(week, 4, f"{trial.met}/{trial.of}", ha="center", fontsize=7.5, color=INK)
    axes.text(weeks[0] - 0.7, 17, "target held in", fontsize=7.5, color=INK)
    if len(goals) > 1:
        axes.legend(loc="upper right", fontsize=7.5, ncols=2, borderpad=0.1)
    axes.set_ylim(0, 104 if len(goals) == 1 else 122)
    axes.set_yticks([0, 50, 100])
    axes.set_xticks(weeks)
    axes.set_xlim(weeks[0] - 0.9, weeks[-1] + 0.9)
    axes.set_xlabel("weeks by which every decision is late")
    axes.set_ylabel(f"% {STAGES[goals[0].stage].seen} in time" if len(goals) == 1 else "% in time")
    axes.set_title("The price of waiting")
    axes.grid(axis="y")
