"""The pictures of a card: the lists with the plan and without, its cost by month, and the price of waiting."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates.intervals import range_by_week
from analysis.sizing.aftermath import first_week
from analysis.sizing.overleaf import week_date
from analysis.sizing.plan import Month, Plan, by_month
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress
from analysis.tell.dates import date_axis
from analysis.tell.style import ACCENT, DARK, GREY, INK, sheet
from analysis.tell.wording import full_date, sentence, share
from sim.calendar import date_of
from sim.stages import STAGES, list_of

THOUSAND = 1000
BEFORE_WEEKS = 8
"""Weeks shown before the first decision, or the incident before it."""
MANY_GOALS = 3
"""From so many on panels are narrow, and say less."""
LINES = ((DARK, "o"), (ACCENT, "s"), (GREY, "^"))
"""Colour and marker of each goal."""


def lists(answer: Answer, stress: Stress) -> Figure:
    """Draw each list week by week, with the plan and without: the median and the range of simulated futures."""
    goals = answer.question.goals
    figure, panels = sheet((7.4, 2.1), 1, len(goals), squeeze=False)
    for axes, goal in zip(panels[0], goals, strict=True):
        with_plan, without = stress.with_plan[goal.stage], stress.without[goal.stage]
        start = answer.menu.decision_days[0] // DAYS_PER_WEEK
        first = max(0, min(start, first_week(answer.config, answer.question)) - BEFORE_WEEKS)
        weeks = np.arange(first, with_plan.weekly.shape[1]) + 1 - start
        most = 0.0
        drawn = (without, ACCENT, "--", "nobody hired"), (with_plan, DARK, "-", "the plan")
        for course, colour, style, name in drawn:
            low, middle, high = range_by_week(course.weekly[:, first:])
            axes.fill_between(weeks, low, high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(weeks, middle, color=colour, linestyle=style, label=name)
            most = max(most, float(high.max()))
        axes.set_ylim(0, max(1.0, most) * 1.2)
        if goal is goals[0]:
            axes.legend(loc="upper right", ncols=2 if len(goals) < MANY_GOALS else 1, fontsize=8, borderpad=0.1)
        begins, day = answer.config.run.start_date, answer.menu.decision_days[0]
        decided, first_decision = date_of(begins, start * DAYS_PER_WEEK), date_of(begins, day)
        date_axis(axes, decided, weeks[-1], 7 if len(goals) == 1 else 8 // len(goals), begins=weeks[0])
        into_week = day % DAYS_PER_WEEK / DAYS_PER_WEEK
        axes.axvline(into_week, color=GREY, linewidth=0.8)
        counted = answer.question.counted
        axes.axvspan(counted.from_week, counted.to_week, color=GREY, alpha=0.10, linewidth=0)
        if len(goals) < MANY_GOALS:
            axes.text(
                counted.from_week + 0.5,
                0.98,
                "these referrals are counted",
                transform=axes.get_xaxis_transform(),
                va="top",
                fontsize=8,
            )
        if goal is goals[0]:
            axes.set_ylabel("people waiting")
        axes.set_xlabel(
            "line: first decision" + f", {full_date(first_decision)}" * (len(goals) < MANY_GOALS), fontsize=8
        )
        title = sentence(STAGES[list_of(goal.stage)].words)
        after, idle = stress.list_of(goal.stage)
        when = f", {week_date(answer, after.peak_week)}" if len(goals) == 1 else ""
        peaks = f"peak {after.peak:,.0f}{when} (nobody hired: {idle.peak:,.0f})"
        apart = ": " if len(goals) < MANY_GOALS else "\n"
        axes.set_title(f"{title} list{apart}{peaks}", fontsize=11 if len(goals) == 1 else 8.5)
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
