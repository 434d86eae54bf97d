"""The pictures on the card: the list against doing nothing, cost and posts over time, the price of waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.estimates import RANGE
from analysis.sizing.budget import by_month, wte_in_post
from analysis.sizing.plan import Plan
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import LIST_OF, Stress, Trial
from analysis.sizing.told import REACHED, weeks_from_start
from analysis.style import ACCENT, DARK, GREY, INK, LIGHT, sentence, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THOUSAND = 1000
BEFORE_WEEKS = 8
"""Weeks shown before the first decision."""
COLOURS = (DARK, ACCENT, LIGHT, "#009E73", "#CC79A7", "#E69F00", GREY)
HATCHES = ("", "///", "...", "xx", "++", "\\\\\\", "oo")


def lists(answer: Answer, stress: Stress) -> Figure:
    """Draw each list week by week, with the plan and without: the median and the range of simulated futures."""
    from matplotlib.figure import Figure

    goals = answer.question.goals
    figure = Figure(figsize=(7.4, 1.85))
    for axes, goal in zip(figure.subplots(1, len(goals), squeeze=False)[0], goals, strict=True):
        with_plan, without = stress.with_plan[goal.stage], stress.without[goal.stage]
        start = weeks_from_start(answer)
        first = max(0, start - BEFORE_WEEKS)
        weeks = np.arange(first, with_plan.weekly.shape[1]) + 1 - start
        most = 0.0
        for course, colour, style, name in (
            (without, ACCENT, "--", "nobody hired"),
            (with_plan, DARK, "-", "the plan"),
        ):
            low, middle, high = np.quantile(course.weekly[:, first:], (RANGE[0], 0.5, RANGE[1]), axis=0)
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
        title = sentence(words(LIST_OF[goal.stage]))
        when = f" in week {np.median(with_plan.peak_week) - start:.0f}" if len(goals) == 1 else ""
        peaks = f"peak {np.median(with_plan.peak):.0f}{when} (nobody hired: {np.median(without.peak):.0f})"
        axes.set_title(f"{title} list: {peaks}", fontsize=11 if len(goals) == 1 else 8.5)
        axes.grid(axis="y")
    return figure


def money(answer: Answer, plan: Plan) -> Figure:
    """Draw what the plan costs by month and how many are expected in post."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.4, 1.65))
    left, right = figure.subplots(1, 2)
    months = by_month(answer.menu, plan)
    places = np.arange(len(months))
    staff = [month.staff_gbp / THOUSAND for month in months]
    hires = [month.recruitment_gbp / THOUSAND for month in months]
    left.bar(places, staff, color=DARK, width=0.75, label="in post, with overheads")
    left.bar(places, hires, bottom=staff, color=ACCENT, width=0.75, hatch="///", edgecolor="white", label="recruitment")
    step = max(-(-len(months) // 5), 1)
    left.set_xticks(places[::step], [f"{month.first:%b %y}" for month in months[::step]])
    left.set_ylabel("£ thousand a month")
    left.set_title("Cost by month")
    left.grid(axis="y")
    left.legend(loc="upper center", fontsize=7.5, ncols=2, columnspacing=1.0, borderpad=0.1)
    left.set_ylim(0, max((s + h for s, h in zip(staff, hires, strict=True)), default=1.0) * 1.3)
    weeks = max((_last_week(answer, plan), answer.menu.weeks))
    posts = wte_in_post(answer.menu, plan, weeks)
    bottom = np.zeros(weeks)
    for number, ((role, kind), wte) in enumerate(posts.items()):
        colour, hatch = COLOURS[number % len(COLOURS)], HATCHES[number % len(HATCHES)]
        right.fill_between(
            np.arange(weeks), bottom, bottom + wte, step="post", facecolor=colour, hatch=hatch, edgecolor="white",
            linewidth=0.0, label=f"{words(role)}, {words(kind)}",
        )  # fmt: skip
        bottom += wte
    right.set_title("Added posts expected to be filled")
    right.set_xlabel("weeks from the first decision")
    right.set_ylabel("WTE")
    right.set_xlim(0, weeks)
    right.set_ylim(0, max(1.0, float(bottom.max())) * (1.2 + 0.36 * len(posts)))
    right.legend(loc="upper right", fontsize=7.5)
    right.grid(axis="y")
    return figure


def _last_week(answer: Answer, plan: Plan) -> int:
    menu = answer.menu
    ends = [
        menu.in_post(option, day)[1]
        for option, units in zip(menu.options, plan, strict=True)
        for day, number in zip(menu.decision_days, units, strict=True)
        if number and option.contract_days is not None
    ]
    return (max(ends, default=menu.decision_days[0]) - menu.decision_days[0]) // DAYS_PER_WEEK + 4


def trials(answer: Answer, stress: Stress) -> Figure:
    """Draw the price of waiting, and what breaks: shares seen in time, with the range of futures."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.4, 1.72))
    left, right = figure.subplots(1, 2, width_ratios=(1, 0.85))
    goal = answer.question.target
    weeks = [weeks for weeks, _ in stress.late]
    late = [trial for _, trial in stress.late]
    low, high = np.array([trial.range() for trial in late]).T * 100
    left.fill_between(weeks, low, high, color=LIGHT, alpha=0.4, linewidth=0)
    left.plot(weeks, [100 * trial.mean().estimate for trial in late], color=DARK, marker="o", markersize=4)
    for week, trial in stress.late:
        left.annotate(
            _held(trial), (week, 100 * trial.range()[0]), xytext=(0, -9), textcoords="offset points", ha="center",
            fontsize=7.5,
        )  # fmt: skip
    _goal_line(left.axhline, goal.share)
    left.set_ylim(0, 104)
    left.set_xticks(weeks)
    left.set_xlim(-0.8, weeks[-1] + 0.8)
    left.set_xlabel("weeks by which every decision is late")
    left.set_ylabel(f"% {REACHED[goal.stage]} in time")
    left.set_title("The price of waiting")
    left.grid(axis="y")
    shown = [stress.idle, *reversed(stress.breaks), stress.as_planned]
    for place, trial in enumerate(shown):
        colour = ACCENT if trial is stress.idle else DARK
        ends = [100 * end for end in trial.range()]
        right.plot(ends, [place, place], color=colour, linewidth=5, alpha=0.3, solid_capstyle="butt")
        right.plot(100 * trial.mean().estimate, place, "o", color=colour, markersize=6)
        right.text(106, place, _held(trial), va="center", fontsize=8.5, color=INK)
    _goal_line(right.axvline, goal.share)
    right.set_yticks(range(len(shown)), [trial.name for trial in shown])
    right.set_ylim(-0.6, len(shown) - 0.4)
    right.set_xlim(0, 104)
    right.set_xlabel(f"% {REACHED[goal.stage]} in time")
    right.set_title("What breaks")
    right.text(106, len(shown) - 0.45, "target\nheld in", fontsize=7.5, va="bottom", color=INK)
    right.grid(axis="x")
    return figure


def _held(trial: Trial) -> str:
    return f"{trial.met}/{trial.of}"


def _goal_line(line: object, share: float) -> None:
    line(100 * share, color=GREY, linewidth=1.0, linestyle=":")  # type: ignore[operator]
