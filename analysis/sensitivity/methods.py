"""Morris screening and Sobol' indices with SALib, and every strong factor by itself (the tornado)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.sensitivity.factors import Factor, Response

if TYPE_CHECKING:
    import pandas as pd

Respond = Callable[[list[Mapping[str, float]], str], Response]
"""Runs points and returns the figure there; the text says what is being done."""
LEVELS = 4
SEED = 20240512
TAILS = (0.025, 0.975)


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
