"""Morris screening and Sobol' indices with SALib, and every strong factor by itself: a table, and the tornado."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.headline import Headline
from analysis.sensitivity.factors import Factor, Response
from analysis.tell.style import ACCENT, DARK, INK, LIGHT
from analysis.tell.wording import sentence

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Respond = Callable[[list[Mapping[str, float]], str], Response]
"""Runs points and returns the figure there; the text says what is being done."""
LEVELS = 4
SEED = 20240512
TAILS = (0.025, 0.975)
GRADES = {
    "D": (ACCENT, "///", "D: assumption"),
    "C": (LIGHT, "..", "C: unchecked"),
    "B": (DARK, "", "B: read elsewhere"),
    "A": (INK, "", "A: stated in the study"),
}


def morris(found: list[Factor], respond: Respond, trajectories: int) -> pd.DataFrame:
    """Screen factors by elementary effects (Morris 1991, Campolongo 2007), the strongest first.

    Returns
    -------
    pandas.DataFrame
        By factor: `mu_star` (mean absolute effect of crossing the whole range, in the unit of the figure),
        `mu_star_conf` (95 % half-width) and `sigma` (spread of effects: curvature and interaction).
    """
    import pandas as pd
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    problem = _problem(found)
    points = sample.sample(problem, trajectories, num_levels=LEVELS, seed=SEED)
    response = respond(_named(found, points), "screening")
    effects = analyse.analyze(problem, points, response.means, num_levels=LEVELS, seed=SEED)
    table = pd.DataFrame(
        {name: np.asarray(effects[name], dtype=float) for name in ("mu_star", "mu_star_conf", "sigma")}
    )
    return _about(found, table).sort_values("mu_star", ascending=False, ignore_index=True)


def sobol(found: list[Factor], respond: Respond, points: int) -> tuple[pd.DataFrame, Response]:
    """Share out the variance of the figure over factors (Sobol' 1993, Saltelli 2010), the strongest first.

    Returns
    -------
    table
        By factor: `S1` (alone), `ST` (with its interactions), each with its 95 % half-width.
    response
        Of all points, to tell how much of the variance is chance.
    """
    import pandas as pd
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = _problem(found)
    sampled = sample.sample(problem, points, calc_second_order=False, seed=SEED)
    response = respond(_named(found, sampled), "shares of variance")
    indices = analyse.analyze(problem, response.means, calc_second_order=False, seed=SEED)
    table = pd.DataFrame({name: np.asarray(indices[name], dtype=float) for name in ("S1", "S1_conf", "ST", "ST_conf")})
    return _about(found, table).sort_values("ST", ascending=False, ignore_index=True), response


def tornado(found: list[Factor], respond: Respond) -> tuple[pd.DataFrame, float]:
    """Move every factor by itself from one end of its range to the other, the widest swing first.

    Returns
    -------
    table
        By factor: `result_low` and `result_high`, the figure with the factor at the 2.5th and 97.5th percentile of what
        is believed of it and everything else as configured, and `swing` between them.
    base
        The figure as configured.
    """
    import pandas as pd

    points: list[Mapping[str, float]] = [{}]
    points += [{factor.key: tail} for factor in found for tail in TAILS]
    means = respond(points, "one at a time").means
    ends = means[1:].reshape(-1, 2)
    table = pd.DataFrame(ends, columns=["result_low", "result_high"]).assign(swing=np.abs(ends[:, 1] - ends[:, 0]))
    return _about(found, table).sort_values("swing", ascending=False, ignore_index=True), float(means[0])


def _problem(found: list[Factor]) -> dict[str, Any]:
    return {"num_vars": len(found), "names": [factor.key for factor in found], "bounds": [[0.0, 1.0]] * len(found)}


def _named(found: list[Factor], points: NDArray[np.float64]) -> list[Mapping[str, float]]:
    return [dict(zip((factor.key for factor in found), map(float, row), strict=True)) for row in points]


def _about(found: list[Factor], table: pd.DataFrame) -> pd.DataFrame:
    columns = ("key", "words", "grade", "unit", "low", "high")
    for place, name in enumerate(columns):
        table.insert(place, name, [getattr(factor, name) for factor in found])
    return table


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
