"""The tornado: how far each strong assumption moves the figure by itself, coloured by how good its evidence is."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from analysis.estimates.headline import Headline
from analysis.tell.style import ACCENT, DARK, INK, LIGHT
from analysis.tell.wording import sentence

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

GRADES = {
    "D": (ACCENT, "///", "D: assumption"),
    "C": (LIGHT, "..", "C: unchecked"),
    "B": (DARK, "", "B: read elsewhere"),
    "A": (INK, "", "A: stated in the study"),
}


def tornado_figure(table: pd.DataFrame, base: float, figure: Headline, title: str, difference: bool = False) -> Figure:
    """Draw one bar a factor, the widest on top; the ends of its range stand at the ends of its bar."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    drawn = Figure(figsize=(8.5, 1.7 + 0.5 * len(table)))
    axes = drawn.subplots()
    drawn.suptitle(title, x=0.01, ha="left", fontsize=12)
    for row, factor in enumerate(table.to_dict("records")):
        colour, hatch, _ = GRADES[factor["grade"]]
        (left, at_left), (right, at_right) = sorted(
            ((factor["result_low"], factor["low"]), (factor["result_high"], factor["high"]))
        )
        axes.barh(row, right - left, left=left, color=colour, hatch=hatch, height=0.6, edgecolor="white")
        for result, end, side, shift in ((left, at_left, "right", -4), (right, at_right, "left", 4)):
            axes.annotate(
                f"{end:.3g}", (result, row), xytext=(shift, 0), textcoords="offset points", ha=side, va="center",
                fontsize=8.5,
            )  # fmt: skip
    axes.axvline(base, color=INK, linewidth=1.2)
    labels = [f"{factor['words']}, {factor['unit']}" for factor in table.to_dict("records")]
    axes.set_yticks(range(len(labels)), ["\n".join(textwrap.wrap(label, 44)) for label in labels], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    ends = [*table["result_low"], *table["result_high"], base]
    room = 0.12 * (max(ends) - min(ends) or 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    unit = "percentage points" if difference and figure.unit == "%" else figure.unit
    what = f"Difference in {figure.words}" if difference else sentence(figure.words)
    axes.set_xlabel(f"{what}, {unit}; black line: as configured")
    used = [GRADES[grade] for grade in GRADES if grade in set(table["grade"])]
    keys = [Patch(facecolor=c, hatch=hatch, edgecolor="white", label=f"grade {text}") for c, hatch, text in used]
    drawn.legend(handles=keys, loc="outside lower left", ncols=4)
    return drawn
