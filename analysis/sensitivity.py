"""Which uncertain numbers drive a figure: Morris screening, Sobol' indices (SALib), and each strong one by itself."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from analysis.estimates.headline import Headline, headlines
from analysis.estimates.tables import over_hubs
from analysis.tell.console import progress
from analysis.tell.style import ACCENT, DARK, INK, LIGHT, name_rows, sheet
from analysis.tell.wording import sentence, words
from sim.config import HubConfig
from sim.errors import HubError, nearest
from sim.evidence import numbers_in_use
from sim.evidence.uncertainty import numbers_at, with_numbers
from sim.run.experiment import simulate_each
from sim.run.replicate import Replication
from sim.streams import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIRST, LAST = 0.01, 0.99
"""Factors stop short of the very ends, where a share drawn with others would be all or nothing."""
DULL = ("roles", "modalities", "staff_groups", "exposed")
"""Steps of a key that say nothing in its words."""
LEVELS = 4
SEED = 20240512
TAILS = (0.025, 0.975)
GRADES = {
    "D": (ACCENT, "///", "D: assumption"),
    "C": (LIGHT, "..", "C: unchecked"),
    "B": (DARK, "", "B: read elsewhere"),
    "A": (INK, "", "A: stated in the study"),
}


@dataclass(frozen=True)
class Factor:
    """One uncertain number."""

    key: str
    words: str
    grade: str
    unit: str
    low: float
    high: float


def factors(plans: Sequence[HubConfig], only: Sequence[str] = ()) -> list[Factor]:
    """Return the numbers, uncertain in any plan, whose keys fit `only`, if given; HubError if there are none."""
    found: dict[str, Factor] = {}
    for config in plans:
        rows = {used.key: used.row for used in numbers_in_use(config)}
        for key, number in config.uncertainty.parameters.items():
            row = rows[key]
            assert row is not None  # it came from the register
            if not only or any(fnmatchcase(key, pattern) for pattern in only):
                found.setdefault(key, Factor(key, in_words(key), row.grade, row.unit, number.low, number.high))
    if not found:
        raise HubError(f"--only: got {', '.join(only)}; no uncertain number has such a key: hub evidence lists them")
    return list(found.values())


def in_words(key: str) -> str:
    """Return a key in words: `Patience: therapy leave per week`, and with its part where little is left of it."""
    part, *steps = [step for step in key.split(".") if step not in DULL]
    return sentence(": ".join(words(step) for step in (steps if len(steps) > 1 else [part, *steps])))


def figure_named(config: HubConfig, name: str) -> Headline:
    """Return the headline figure of a name, as `run.precision` and `sweep.csv` have it; HubError if there is none."""
    known = {headline.measure.name: headline for headline in headlines(config)}
    if name not in known:
        raise HubError(f"--figure: got {name}; {nearest(name, list(known))}")
    return known[name]


def at(config: HubConfig, positions: Mapping[str, float]) -> HubConfig:
    """Return the configuration with some of its numbers at these positions and the others as they are.

    Numbers that are not uncertain in this configuration, because its scenario sets them, stay as they are.
    """
    uncertain = config.uncertainty.parameters
    cut = {key: min(max(where, FIRST), LAST) for key, where in positions.items() if key in uncertain}
    return with_numbers(config, numbers_at(uncertain, cut))


@dataclass(frozen=True)
class Response:
    """The figure, or the difference between two plans, at every point: each a mean over the same replications."""

    means: Floats
    """Shape (points,), in the unit of the figure."""
    noise: Floats
    """Variance of each value that is due to chance, shape (points,); not a number with one replication."""

    @property
    def noise_share(self) -> float:
        """At most so much of the variance between points is chance."""
        between = float(self.means.var())
        return float(self.noise.mean()) / between if between > 0 else float("nan")


Respond = Callable[[list[Mapping[str, float]], str], Response]
"""Runs points and returns the figure there; the text says what is being done."""


def respond(
    plans: Sequence[HubConfig], points: Iterable[Mapping[str, float]], figure: Headline, replications: int, what: str
) -> Response:
    """Return the figure, or that of the first of two plans less the other, at every point, with the same people."""
    configs = [at(plan, point) for point in points for plan in plans]
    values = np.full((len(configs), replications), np.nan)
    weights = np.ones_like(values)
    with progress(what) as told:
        for config, result in simulate_each(configs, range(replications), told):
            values[config, result.number], weights[config, result.number] = value_of(result, figure)
    known = ~np.isnan(values)
    if not known.any(axis=1).all():
        raise HubError(f"--figure: got {figure.words}, which some points do not have; choose another, or run longer")
    weights = np.where(known, weights, 0.0)
    means = np.where(known, values * weights, 0.0).sum(axis=1) / weights.sum(axis=1)
    signs = np.array([1.0, -1.0][: len(plans)])
    off = np.where(known, values - means[:, None], 0.0).reshape(-1, len(plans), replications)
    spread = (np.tensordot(off, signs, axes=(1, 0)) ** 2).sum(axis=1) / max(replications - 1, 1)
    return Response(means.reshape(-1, len(plans)) @ signs * figure.scale, spread / replications * figure.scale**2)


def value_of(result: Replication, figure: Headline) -> tuple[float, float]:
    """Return a figure's value in one replication and what it weighs: the people behind a share, 1 for an amount."""
    table = result.tables["measures"]
    measure, stage, dimension, _ = figure.key
    mine = pc.and_(pc.equal(table["measure"], measure), pc.equal(table["stage"], stage))
    rows = table.filter(pc.and_(mine, pc.equal(table["dimension"], dimension))).to_pandas()
    [(value, bottom)] = over_hubs(rows)[["value", "denominator"]].to_numpy(float)
    return float(value), 1.0 if np.isnan(bottom) else max(float(bottom), 1e-300)


def morris(found: list[Factor], respond: Respond, trajectories: int) -> pd.DataFrame:
    """Screen factors by elementary effects (Morris 1991, Campolongo 2007), the strongest first.

    By factor: `mu_star` (mean absolute effect of crossing the whole range, in the unit of the figure), `mu_star_conf`
    (95 % half-width) and `sigma` (spread of effects: curvature and interaction).
    """
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    problem = _problem(found)
    points = sample.sample(problem, trajectories, num_levels=LEVELS, seed=SEED)
    response = respond(_named(found, points), "screening")
    effects = analyse.analyze(problem, points, response.means, num_levels=LEVELS, seed=SEED)
    return _ranked(found, {name: effects[name] for name in ("mu_star", "mu_star_conf", "sigma")}, "mu_star")


def sobol(found: list[Factor], respond: Respond, points: int) -> tuple[pd.DataFrame, Response]:
    """Share out the variance of the figure over factors (Sobol' 1993, Saltelli 2010), the strongest first.

    By factor: `S1` (alone), `ST` (with its interactions), each with its 95 % half-width. Beside it the response at all
    points, to tell how much of the variance is chance.
    """
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = _problem(found)
    sampled = sample.sample(problem, points, calc_second_order=False, seed=SEED)
    response = respond(_named(found, sampled), "shares of variance")
    indices = analyse.analyze(problem, response.means, calc_second_order=False, seed=SEED)
    return _ranked(found, {name: indices[name] for name in ("S1", "S1_conf", "ST", "ST_conf")}, "ST"), response


def tornado(found: list[Factor], respond: Respond) -> tuple[pd.DataFrame, float]:
    """Move every factor by itself from one end of its range to the other, the widest swing first.

    By factor: `result_low` and `result_high`, the figure with the factor at the 2.5th and 97.5th percentile of what is
    believed of it and everything else as configured, and `swing` between them. Beside it the figure as configured.
    """
    points: list[Mapping[str, float]] = [{}]
    points += [{factor.key: tail} for factor in found for tail in TAILS]
    means = respond(points, "one at a time").means
    low, high = means[1:].reshape(-1, 2).T
    columns = {"result_low": low, "result_high": high, "swing": np.abs(high - low)}
    return _ranked(found, columns, "swing"), float(means[0])


def _problem(found: list[Factor]) -> dict[str, Any]:
    return {"num_vars": len(found), "names": [factor.key for factor in found], "bounds": [[0.0, 1.0]] * len(found)}


def _named(found: list[Factor], points: Floats) -> list[Mapping[str, float]]:
    return [dict(zip((factor.key for factor in found), map(float, row), strict=True)) for row in points]


def _ranked(found: list[Factor], columns: Mapping[str, Any], by: str) -> pd.DataFrame:
    """Return a table of factors with what was found of each, the largest in one column first."""
    import pandas as pd

    results = {name: np.asarray(values, dtype=float) for name, values in columns.items()}
    table = pd.DataFrame(found).assign(**results)
    return table.sort_values(by, ascending=False, ignore_index=True)


def tornado_figure(table: pd.DataFrame, base: float, figure: Headline, title: str, difference: bool = False) -> Figure:
    """Draw one bar a factor, the widest on top; the ends of its range stand at the ends of its bar."""
    from matplotlib.patches import Patch

    drawn, axes = sheet((8.5, 1.7 + 0.5 * len(table)), title=title)
    for row, factor in enumerate(table.to_dict("records")):
        colour, hatch, _ = GRADES[factor["grade"]]
        (left, at_left), (right, at_right) = sorted(
            ((factor["result_low"], factor["low"]), (factor["result_high"], factor["high"]))
        )
        axes.barh(row, right - left, left=left, color=colour, hatch=hatch, height=0.6, edgecolor="white")
        for result, end, side, shift in ((left, at_left, "right", -4), (right, at_right, "left", 4)):
            beside: dict[str, Any] = {"xytext": (shift, 0), "textcoords": "offset points", "ha": side, "va": "center"}
            axes.annotate(f"{end:.3g}", (result, row), fontsize=8.5, **beside)
    axes.axvline(base, color=INK, linewidth=1.2)
    labels = [textwrap.fill(f"{name}, {unit}", 44) for name, unit in zip(table["words"], table["unit"], strict=True)]
    name_rows(axes, labels, fontsize=8.5)
    ends = [*table["result_low"], *table["result_high"], base]
    room = 0.12 * (max(ends) - min(ends) or 1.0)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.grid(axis="x")
    unit = "percentage points" if difference and figure.unit == "%" else figure.unit
    what = f"Difference in {figure.words}" if difference else sentence(figure.words)
    axes.set_xlabel(f"{what}, {unit}; black line: as configured")
    used = [GRADES[grade] for grade in GRADES if grade in set(table["grade"])]
    keys = [Patch(facecolor=c, hatch=hatch, edgecolor="white", label=f"grade {text}") for c, hatch, text in used]
    drawn.legend(handles=keys, loc="outside lower left", ncols=4)
    return drawn
