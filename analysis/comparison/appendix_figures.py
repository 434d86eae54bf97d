"""Figures of the appendix: differences, lists week by week, cost by kind, and what each lever is worth."""

from __future__ import annotations

import math
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.comparison.comparison import Comparison
from analysis.comparison.cost_words import differs_from_a_year, years_simulated
from analysis.comparison.figures import LONGEST_NAME as KEY_NAME
from analysis.comparison.figures import WIDTH, names_in
from analysis.comparison.pairs import BETTER, WORSE
from analysis.comparison.taken_apart import Attribution
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import range_by_week
from analysis.estimates.tables import list_by_week
from analysis.runs.figures import mark_incidents
from analysis.tell.dates import date_axis
from analysis.tell.style import ACCENT, DARK, GREY, INK, LIGHT, name_rows, point, sheet
from analysis.tell.wording import change_in, level_in, sentence, thousand_pounds, unit_of_change
from sim.stages import DRAWN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 2
LINE_OF_NAME, FEWEST_ROWS, ROW, KEY_LINE, DECIMALS = 36, 3, 0.145, 0.16, 9
"""Characters of a plan's name beside its row; rows that a panel has room for at least; inches of a row, and of a line
of the key; decimals of a difference: without them rounding looks like one."""
ROOM_BESIDE, ROOM_FOR_WHOLE = 1.12, 1.6
"""How much longer than the longest bar of costs its axis is: the total stands after it, and the whole outlay."""
LOOK = {BETTER: (DARK, "o", True), WORSE: (ACCENT, "s", True)}
OTHERWISE = (GREY, "o", False)
KINDS = {
    "cost_pay_gbp": ("pay with on-costs", "#0072B2", ""),
    "cost_agency_gbp": ("agency and bank", "#D55E00", "///"),
    "cost_recruitment_gbp": ("recruitment", "#222222", ""),
    "cost_overhead_gbp": ("overheads", "#56B4E9", ""),
    "cost_non_staff_gbp": ("other running costs", "#BBDDF2", ""),
    "cost_outreach_gbp": ("outreach", "#009E73", "..."),
    "cost_setup_gbp": ("set-up, spread over the time simulated", "#E69F00", "xx"),
}
BESIDE: dict[str, Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8.5}


def forest(comparison: Comparison, among: list[str] | None = None) -> Figure:
    """Draw every headline figure's paired difference: filled blue where better, orange where worse, open where open."""
    from matplotlib.lines import Line2D

    plans = [plan for plan in among or comparison.plans if plan in comparison.baseline_of]
    rows = -(-len(comparison.headlines) // COLUMNS)
    names = [*names_in(comparison, plans).values()]
    by_number = max(map(len, names)) > LINE_OF_NAME  # there is a line for each: longer names stand in the key
    labels = [str(row) for row in range(1, len(plans) + 1)] if by_number else names
    height = 0.5 + by_number * KEY_LINE * (len(plans) + 2) + rows * (0.56 + ROW * max(len(plans), FEWEST_ROWS))
    figure, panels = sheet((WIDTH, height), rows, COLUMNS, squeeze=False)
    for number, headline in enumerate(comparison.headlines):
        axes, scale = panels.flat[number], headline.scale
        for row, answer in enumerate(filter(None, (comparison.of(plan, headline) for plan in plans))):
            at, *ends = (round(end * scale, DECIMALS) for end in (answer.found.difference, answer.low, answer.high))
            point(axes, row, at, (ends[0], ends[1]), *LOOK.get(answer.verdict, OTHERWISE))
        axes.axvline(0, color=GREY, linewidth=1.0)
        name_rows(axes, labels if number % COLUMNS == 0 else [""] * len(plans), fontsize=6.6)
        axes.set_title(f"{sentence(headline.words)}{' *' if headline.primary else ''}", fontsize=8, pad=4)
        axes.set_xlabel(f"difference, {unit_of_change(headline.unit)}", fontsize=8.5, labelpad=1)
        axes.locator_params(axis="x", nbins=6)
        if not any(np.any(line.get_xdata()) for line in axes.lines):
            axes.set_xlim(-1, 1)  # no difference at all
        axes.grid(axis="x")
    for axes in panels.flat[len(comparison.headlines) :]:
        axes.set_visible(False)
    keys = [
        Line2D([], [], color=colour, marker=marker, markerfacecolor=colour if filled else "white", label=text)
        for text, (colour, marker, filled) in {**LOOK, "open, not judged, or too small to matter": OTHERWISE}.items()
    ]
    keys.append(Line2D([], [], linestyle="none", label="* intervals hold for all plans at once"))
    if by_number:
        called = [f"{label}  {name}" for label, name in zip(labels, names, strict=True)]
        keys += [Line2D([], [], linestyle="none", label=text) for text in called]
    figure.legend(handles=keys, loc="outside lower left", ncols=1 if by_number else 2, fontsize=8)
    return figure


def fans(comparison: Comparison, plans: list[str] | None = None) -> Figure:
    """Draw one row a plan, one column a list, every column on one scale."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    plans = plans or comparison.plans
    names = names_in(comparison, plans)
    shared: dict[str, Any] = {"sharex": True, "sharey": "col", "squeeze": False}
    figure, panels = sheet((WIDTH, 0.7 + 1.25 * len(plans)), len(plans), len(DRAWN), **shared)
    tops = dict.fromkeys(DRAWN, 1.0)
    for row, plan in zip(panels, plans, strict=True):
        weekly = comparison.sweep.of(plan, "weekly")
        for axes, stage in zip(row, DRAWN, strict=True):
            weeks, lengths = list_by_week(weekly, stage.name)
            low, middle, high = range_by_week(lengths)
            axes.fill_between(weeks, low, high, color=LIGHT, alpha=0.45, linewidth=0)
            axes.plot(weeks, middle, color=DARK, linewidth=1.6)
            axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
            date_axis(axes, comparison.config.run.start_date, weeks[-1], 2)
            axes.grid(axis="y")
            axes.set_ylabel(f"people waiting\nfor {stage.words}", fontsize=8)
            axes.tick_params(labelsize=8.5)
            mark_incidents(comparison.sweep.plans[plan].config, axes)
            for label in axes.texts:
                label.set(fontsize=6.5, in_layout=False)  # it may reach over its panel, and narrows none
            tops[stage] = max(tops[stage], float(high.max()))
        row[0].set_title(names[plan], fontsize=9, pad=4)
    for axes, stage in zip(panels[0], DRAWN, strict=True):
        axes.set_ylim(0, tops[stage] * 1.08)
    keys = [
        Line2D([], [], color=DARK, label="median of simulated futures"),
        Patch(color=LIGHT, alpha=0.45, label="range: about 9 in 10 simulated futures, week by week"),
    ]
    figure.legend(handles=keys, loc="outside lower left", ncols=2, fontsize=8.5)
    return figure


def cost_stack(comparison: Comparison, plans: list[str] | None = None) -> Figure:
    """Draw the cost a year of every plan by kind, with its interval, and the whole where posts come or go."""
    plans = plans or comparison.plans
    names, years = names_in(comparison, plans), years_simulated(comparison)
    a_year, room = 1 / years / 1000, ROOM_BESIDE
    figure, axes = sheet((WIDTH, 1.15 + 0.36 * len(plans)))
    start = np.zeros(len(plans))
    for measure, (name, colour, hatch) in KINDS.items():
        each = [comparison.level(plan, (measure, "", "all", "all")).estimate * a_year for plan in plans]
        width = np.nan_to_num(np.array(each))
        if width.any():
            look = {"color": colour, "hatch": hatch, "height": 0.62, "edgecolor": "white", "linewidth": 0.6}
            axes.barh(range(len(plans)), width, left=start, label=name, **look)
        start += width
    for row, plan in enumerate(plans):
        total = comparison.level(plan, ("cost_total_gbp", "", "all", "all")).times(a_year)
        axes.plot([total.low, total.high], [row, row], color=INK, linewidth=1.6)
        end = max(start[row], np.nan_to_num(total.high))
        told = thousand_pounds(total.estimate * 1000)
        if differs_from_a_year(comparison, plan):
            told += f" a year,\n{thousand_pounds(total.estimate * 1000 * years)} over {years:.2g} years"
            room = ROOM_FOR_WHOLE
        axes.annotate(told, (end, row), **BESIDE | {"xytext": (5, 0), "fontsize": 9})
    # Over two lines at most.
    name_rows(axes, [fill(names[plan], KEY_NAME * 2 // 3) for plan in plans], fontsize=8.5)
    axes.set_xlim(0, start.max() * room)
    axes.set_xlabel(f"thousand pounds a year, {comparison.config.costs.prices}; black: 95% interval")
    figure.legend(loc="outside lower left", ncols=4, fontsize=8.5)
    return figure


def waterfall(comparison: Comparison, reason: Attribution) -> Figure:
    """Draw the primary wait and the cost, from baseline to plan; black lines are 95 % intervals of each step."""
    from matplotlib.patches import Patch

    figure, panels = sheet((WIDTH, 1.35 + 0.32 * (len(reason.levers) + 2)), 1, 2)
    for number, (axes, headline) in enumerate(zip(panels, comparison.headlines[:2], strict=True)):
        _panel(axes, comparison, reason, headline, named=number == 0)
    keys = [Patch(color=DARK, label="better"), Patch(color=ACCENT, label="worse"), Patch(color=GREY, label="level")]
    figure.legend(handles=keys, loc="outside lower left", ncols=3, fontsize=8.5)
    return figure


def _panel(axes: Axes, comparison: Comparison, reason: Attribution, headline: Headline, named: bool) -> None:
    scale, level = headline.scale, level_in(headline.unit)
    at = comparison.level(reason.baseline, headline.key).estimate * scale
    names = names_in(comparison, [reason.baseline, reason.plan])
    labels = [names[reason.baseline], *(sentence(lever.name) for lever in reason.levers), names[reason.plan]]
    axes.barh(0, at, color=GREY, height=0.55)
    axes.annotate(level(at), (at, 0), **BESIDE)
    reached = at
    for row, step in enumerate(reason.worth[headline], start=1):
        move = step.times(scale)
        good = (move.estimate < 0) == headline.smaller_is_better
        axes.barh(row, move.estimate, left=at, color=DARK if good else ACCENT, height=0.55)
        axes.plot([at, at], [row - 1, row], color=GREY, linewidth=0.8)
        end = at + move.estimate
        if not math.isnan(move.low):
            axes.plot([at + move.low, at + move.high], [row, row], color=INK, linewidth=1.3)
        right = max(at, end, 0 if math.isnan(move.high) else at + move.high)
        reached = max(reached, right)
        axes.annotate(change_in(headline.unit)(move.estimate), (right, row), **BESIDE)
        at = end
    last = len(labels) - 1
    axes.plot([at, at], [last - 1, last], color=GREY, linewidth=0.8)
    axes.barh(last, at, color=GREY, height=0.55)
    axes.annotate(level(at), (at, last), **BESIDE)
    name_rows(axes, [fill(label, 26) if named else "" for label in labels], fontsize=8.5)
    axes.set_xlim(0, reached * 1.18)
    axes.set_xlabel(f"{headline.words}, {headline.unit}", fontsize=8.5)
