"""Why a plan differs: from the baseline's level to the plan's, lever by lever."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from analysis.comparison.attribution import Attribution
from analysis.comparison.compare import Comparison
from analysis.comparison.figures.looks import WIDTH, short_name
from analysis.estimates.headline import Headline
from analysis.tell.style import ACCENT, DARK, GREY, INK
from analysis.tell.wording import change_in, level_in, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BESIDE: dict[str, Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8.5}


def waterfall(comparison: Comparison, reason: Attribution) -> Figure:
    """Draw the primary wait and the cost, from baseline to plan; black lines are 95 % intervals of each step."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    figure = Figure(figsize=(WIDTH, 1.35 + 0.32 * (len(reason.levers) + 2)))
    panels = figure.subplots(1, 2)
    for number, (axes, headline) in enumerate(zip(panels, comparison.headlines[:2], strict=True)):
        _panel(axes, comparison, reason, headline, named=number == 0)
    keys = [Patch(color=DARK, label="better"), Patch(color=ACCENT, label="worse"), Patch(color=GREY, label="level")]
    figure.legend(handles=keys, loc="outside lower left", ncols=3, fontsize=8.5)
    return figure


def _panel(axes: Axes, comparison: Comparison, reason: Attribution, headline: Headline, named: bool) -> None:
    scale, level = headline.scale, level_in(headline.unit)
    at = comparison.level(reason.baseline, headline.key).estimate * scale
    labels = [short_name(comparison, reason.baseline), *(sentence(lever.name) for lever in reason.levers)]
    labels.append(short_name(comparison, reason.plan))
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
    wrapped = ["\n".join(textwrap.wrap(label, 26)) for label in labels]
    axes.set_yticks(range(len(labels)), wrapped if named else [""] * len(labels), fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(last + 0.6, -0.6)
    axes.set_xlim(0, reached * 1.18)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{headline.words}, {headline.unit}", fontsize=8.5)
