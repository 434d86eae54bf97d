"""The uncertain numbers of a configuration as factors between 0 and 1, and the figure that they move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.headlines import STAGES, Headline, headlines
from analysis.evidence import numbers_in_use
from analysis.progress import progress
from analysis.style import sentence, words
from sim.config import HubConfig
from sim.errors import HubError
from sim.experiment import simulate_each
from sim.replicate import Replication
from sim.uncertainty import numbers_at, with_numbers

FIRST, LAST = 0.01, 0.99
"""Factors stop short of the very ends, where a share drawn with others would be all or nothing."""
DULL = ("roles", "modalities", "staff_groups", "exposed")
"""Steps of a key that say nothing in its words."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """One uncertain number."""

    key: str
    words: str
    grade: str
    unit: str
    low: float
    high: float


def factors(config: HubConfig, only: Sequence[str] = ()) -> list[Factor]:
    """Return the uncertain numbers of a configuration composed with `uncertainty=psa`.

    Parameters
    ----------
    only
        Patterns of keys; all by default.

    Raises
    ------
    HubError
        If no number fits.
    """
    rows = {used.key: used.row for used in numbers_in_use(config.model_dump(mode="json"))}
    found = []
    for key, number in config.uncertainty.parameters.items():
        row = rows[key]
        assert row is not None  # it came from the register
        if not only or any(fnmatchcase(key, pattern) for pattern in only):
            found.append(Factor(key, in_words(key), row.grade, row.unit, number.low, number.high))
    if not found:
        raise HubError(f"--only: got {', '.join(only)}; no uncertain number has such a key: hub-evidence lists them")
    return found


def in_words(key: str) -> str:
    """Return a key in words: `patience: therapy leave per week`."""
    steps = [step for step in key.split(".")[1:] if step not in DULL]
    return sentence(": ".join(words(step) for step in steps))


def figure_named(config: HubConfig, name: str) -> Headline:
    """Return the headline figure that a name stands for: `MEASURE` or `STAGE_MEASURE`.

    Raises
    ------
    HubError
        If there is none.
    """
    known = {"_".join(filter(None, (h.key[1], h.key[0]))): h for h in headlines(config, STAGES[0])}
    if name not in known:
        raise HubError(f"--figure: got {name}; choose from {', '.join(known)}")
    return known[name]


def at(config: HubConfig, positions: Mapping[str, float]) -> HubConfig:
    """Return the configuration with some of its numbers at these positions and the others as they are."""
    cut = {key: min(max(position, FIRST), LAST) for key, position in positions.items()}
    return with_numbers(config, numbers_at(config.uncertainty.parameters, cut))


@dataclass(frozen=True)
class Response:
    """The figure at every point, each a mean over the same replications."""

    means: Floats
    """Shape (points,), in the unit of the figure."""
    noise: Floats
    """Variance of each value that is due to chance, shape (points,); not a number with one replication."""

    @property
    def noise_share(self) -> float:
        """At most so much of the variance between points is chance."""
        between = float(self.means.var())
        return float(self.noise.mean()) / between if between > 0 else float("nan")


def respond(
    config: HubConfig, points: Iterable[Mapping[str, float]], figure: Headline, replications: int, what: str
) -> Response:
    """Run every point in the same replications and return the figure there."""
    configs = [at(config, point) for point in points]
    values = np.full((len(configs), replications), np.nan)
    weights = np.ones_like(values)
    with progress(what) as told:
        for point, result in simulate_each(configs, range(replications), told):
            values[point, result.number], weights[point, result.number] = value_of(result, figure)
    known = ~np.isnan(values)
    if not known.any(axis=1).all():
        raise HubError(f"--figure: got {figure.words}, which some points do not have; choose another, or run longer")
    weights = np.where(known, weights, 0.0)
    means = np.where(known, values * weights, 0.0).sum(axis=1) / weights.sum(axis=1)
    squares = np.where(known, (values - means[:, None]) ** 2, 0.0).sum(axis=1)
    spread = squares / np.maximum(known.sum(axis=1) - 1, 1)
    return Response(means * figure.scale, spread / known.sum(axis=1) * figure.scale**2)


def value_of(result: Replication, figure: Headline) -> tuple[float, float]:
    """Return a figure's value in one replication and what it weighs: the people behind a share, 1 for an amount.

    Several Hubs are put together as `analysis.estimates.over_hubs` does.
    """
    import pyarrow.compute as pc

    from analysis.estimates import over_hubs

    table = result.tables["measures"]
    measure, stage, dimension, _ = figure.key
    mine = pc.and_(pc.equal(table["measure"], measure), pc.equal(table["stage"], stage))
    rows = table.filter(pc.and_(mine, pc.equal(table["dimension"], dimension))).to_pandas()
    [row] = over_hubs(rows).to_dict("records")
    value, bottom = float(row["value"]), float(row["denominator"])
    return value, 1.0 if np.isnan(bottom) else max(bottom, 1e-300)
