"""The uncertain numbers of one plan or two as factors between 0 and 1, and the figure or difference that they move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from analysis.estimates.headline import Headline, headlines
from analysis.tell.console import progress
from analysis.tell.wording import sentence, words
from sim.config import HubConfig
from sim.errors import HubError, nearest
from sim.evidence.register import numbers_in_use
from sim.evidence.uncertainty import numbers_at, with_numbers
from sim.run.experiment import simulate_each
from sim.run.replicate import Replication
from sim.streams import Floats

FIRST, LAST = 0.01, 0.99
"""Factors stop short of the very ends, where a share drawn with others would be all or nothing."""
DULL = ("roles", "modalities", "staff_groups", "exposed")
"""Steps of a key that say nothing in its words."""


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
    """Return the numbers that are uncertain in at least one of the plans, composed with `uncertainty=psa`.

    Parameters
    ----------
    only
        Patterns of keys; all by default.

    Raises
    ------
    HubError
        If no number fits.
    """
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
    """Return a key in words: `patience: therapy leave per week`."""
    steps = [step for step in key.split(".")[1:] if step not in DULL]
    return sentence(": ".join(words(step) for step in steps))


def figure_named(config: HubConfig, name: str) -> Headline:
    """Return the headline figure that a name stands for, as `run.precision` and `sweep.csv` have it.

    Raises
    ------
    HubError
        If there is none.
    """
    known = {headline.measure.name: headline for headline in headlines(config)}
    if name not in known:
        raise HubError(f"--figure: got {name}; {nearest(name, list(known))}")
    return known[name]


def at(config: HubConfig, positions: Mapping[str, float]) -> HubConfig:
    """Return the configuration with some of its numbers at these positions and the others as they are.

    Numbers that are not uncertain in this configuration, because its scenario sets them, stay as they are.
    """
    mine = positions.keys() & config.uncertainty.parameters.keys()
    cut = {key: min(max(positions[key], FIRST), LAST) for key in positions if key in mine}
    return with_numbers(config, numbers_at(config.uncertainty.parameters, cut))


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


def respond(
    plans: Sequence[HubConfig],
    points: Iterable[Mapping[str, float]],
    figure: Headline,
    replications: int,
    what: str,
) -> Response:
    """Run every point in the same replications and return the figure there.

    Parameters
    ----------
    plans
        One, or two: then it is the first one's figure less the second one's, at the same numbers with the same people.
    """
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
    """Return a figure's value in one replication and what it weighs: the people behind a share, 1 for an amount.

    Several Hubs are put together as `analysis.estimates.tables.over_hubs` does.
    """
    import pyarrow.compute as pc

    from analysis.estimates.tables import over_hubs

    table = result.tables["measures"]
    measure, stage, dimension, _ = figure.key
    mine = pc.and_(pc.equal(table["measure"], measure), pc.equal(table["stage"], stage))
    rows = table.filter(pc.and_(mine, pc.equal(table["dimension"], dimension))).to_pandas()
    [row] = over_hubs(rows).to_dict("records")
    value, bottom = float(row["value"]), float(row["denominator"])
    return value, 1.0 if np.isnan(bottom) else max(bottom, 1e-300)
