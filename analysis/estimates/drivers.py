"""How much of the range of simulated futures comes from what: demand, an incident, recruitment, and the rest chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimates.tables import over_hubs
from sim.config import HubConfig
from sim.evidence.futures import drivers_of, luck_of
from sim.streams import Floats

if TYPE_CHECKING:
    import pandas as pd

CHANCE = "chance"
FEWEST = 40
"""Futures from which shares are told; below, their intervals would reach from nothing to all."""
SURE = 1.959964


class Share(NamedTuple):
    """The part of a figure's variance over futures that a driver explains by itself, with its 95 % interval."""

    driver: str
    share: float
    low: float
    high: float


def positions_of(config: HubConfig, replications: Sequence[int]) -> dict[str, Floats]:
    """Return where each future lies in the range of each factor, by driver; shapes (replications, factors)."""
    luck = [luck_of(config, number) for number in replications]
    return {
        driver: np.array([[at[name] for name in factors] for at in luck])
        for driver, factors in drivers_of(config).items()
    }


def variance_shares(values: ArrayLike, positions: Mapping[str, Floats]) -> list[Share]:
    """Share out the variance of a figure over futures among its drivers; what is left is chance.

    A regression on the first two Legendre polynomials of each factor's position; a driver's share is what it adds to
    the adjusted R², averaged over the orders in which drivers can be added (Shapley). What drivers do only together
    counts as chance. Intervals leave out one future at a time (jackknife).

    Parameters
    ----------
    values
        One value a future; those that are not a number are left out.
    positions
        As `positions_of` returns them.

    Returns
    -------
    One share a driver, then chance; they add up to 1. Empty with fewer than `FEWEST` futures or nothing to explain.
    """
    given = np.asarray(values, dtype=float)
    known = ~np.isnan(given)
    y = given[known]
    if not positions or len(y) < FEWEST or np.ptp(y) == 0:
        return []
    blocks, columns, start = [np.ones((len(y), 1))], {}, 1
    for driver, at in positions.items():
        x = 2 * at[known] - 1
        blocks.append(np.hstack([x, 1.5 * x**2 - 0.5]))
        columns[driver] = list(range(start, start + blocks[-1].shape[1]))
        start += blocks[-1].shape[1]
    rows = np.hstack([*blocks, ((y - y.mean()) / y.std())[:, None]])
    each = rows[:, :, None] * rows[:, None, :]
    found = _shared_out(each.sum(axis=0)[None], columns)[0]
    without = _shared_out(each.sum(axis=0) - each, columns)
    error = np.sqrt((len(y) - 1) * without.var(axis=0))
    whole = np.maximum(found, 0) / np.maximum(found, 0).sum()
    ends = np.clip([whole - SURE * error, whole + SURE * error], 0, 1)
    return [Share(*of) for of in zip((*columns, CHANCE), whole.tolist(), *ends.tolist(), strict=True)]


def _shared_out(products: Floats, columns: Mapping[str, Sequence[int]]) -> Floats:
    """Return the share of each driver, and of chance, from sums of products; shapes (n, k, k) and (n, drivers + 1)."""
    names = list(columns)
    explained = {
        some: _adjusted(products, [column for name in some for column in columns[name]])
        for size in range(len(names) + 1)
        for some in combinations(names, size)
    }
    shares = []
    for name in names:
        total = np.zeros(len(products))
        for some, before in explained.items():
            if name not in some:
                after = explained[tuple(n for n in names if n in (*some, name))]
                total += (after - before) / (len(names) * comb(len(names) - 1, len(some)))
        shares.append(total)
    return np.stack([*shares, 1 - explained[tuple(names)]], axis=1)


def _adjusted(products: Floats, columns: Sequence[int]) -> Floats:
    """Return the adjusted R² of a regression of the last column on the first, which is all ones, and some others."""
    mine, n = [0, *columns], products[:, 0, 0]
    left = products[:, mine][:, :, mine]
    right = products[:, mine, -1]
    fitted = np.einsum("ni,ni->n", right, np.linalg.solve(left, right[:, :, None])[:, :, 0])
    residual = (products[:, -1, -1] - fitted) / (n - len(mine))
    total = (products[:, -1, -1] - right[:, 0] ** 2 / n) / (n - 1)
    adjusted: Floats = 1 - residual / total
    return adjusted


def share_table(config: HubConfig, measures: pd.DataFrame) -> pd.DataFrame:
    """Share out the variance of every figure for everyone of one run; one row a figure and driver."""
    import pandas as pd

    keys = ["measure", "stage", "unit"]
    everyone = over_hubs(measures[measures["dimension"] == "all"])
    positions = positions_of(config, numbers := sorted(everyone["replication"].unique()))
    rows = []
    for key, figure in everyone.groupby(keys, observed=True, sort=False):
        values = figure.set_index("replication")["value"].reindex(numbers)
        rows += [(*key, *of) for of in variance_shares(values, positions)]
    return pd.DataFrame(rows, columns=[*keys, *Share._fields])
