"""Interleaved rounds of the small Hub in every engine: how long each takes, and whether all come to the same."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time

import numpy as np

from benchmarks.rules import WEEK, Means, Rules

ENGINES = {
    "this project": "with_this_project",
    "SimPy, idiomatic": "with_simpy",
    "Ciw": "with_ciw",
    "salabim": "with_salabim",
    "plain Python, heapq": "with_heapq",
    "compiled kernel (numba)": "with_numba",
}
OURS, IDIOMATIC, KERNEL = "this project", "SimPy, idiomatic", "compiled kernel (numba)"
EXACT = "plain Python, heapq"
MANY = 300
"""Replications of the kernel from which the true means are taken."""
MOST_STANDARD_ERRORS = 4.0
LEAST_SECONDS = 0.3
"""Of a round: replications too short for it follow one another, as in a run of fifty; each has a seed of its own."""


@dataclass
class Timed:
    """One engine's rounds."""

    engine: str
    seconds: list[float] = field(default_factory=list)
    means: list[Means] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))


def run_of(engine: str) -> Callable[[Rules, int], Means]:
    run: Callable[[Rules, int], Means] = importlib.import_module(f"benchmarks.{ENGINES[engine]}").run
    return run


def interleaved(rules: Rules, rounds: dict[str, int], tell: Callable[[str], None]) -> dict[str, Timed]:
    """Run every engine in every round, as many rounds as are given for it; what is timed is a replication."""
    timed = {engine: Timed(engine) for engine in rounds}
    runs = {engine: run_of(engine) for engine in rounds}
    for run in runs.values():
        run(Rules(horizon=8 * WEEK), 0)  # imports, caches and compilation are no part of a replication
    for number in range(max(rounds.values())):
        for engine, run in runs.items():
            if number < rounds[engine]:
                tell(f"{engine}, round {number + 1}")
                means, spent = list[Means](), 0.0
                started = process_time()
                while spent < LEAST_SECONDS:
                    means.append(run(rules, number + 1 + 100 * len(means)))
                    spent = process_time() - started
                timed[engine].seconds.append(spent / len(means))
                timed[engine].means += means
    return timed


def truth(rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Return the means over many replications of the kernel and their spread between replications, shape (4,)."""
    run = run_of(KERNEL)
    many = np.array([run(rules, 1000 + seed) for seed in range(MANY)])
    return many.mean(axis=0), many.std(axis=0, ddof=1)


def ratios(timed: dict[str, Timed], engine: str, to: str) -> tuple[float, float, float]:
    """Return how many times longer `to` takes than `engine`: the median of the rounds, the least and the most."""
    by_round = [b / a for a, b in zip(timed[engine].seconds, timed[to].seconds, strict=False)]
    return float(np.median(by_round)), min(by_round), max(by_round)


def agreement(timed: Timed, mean: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Return an engine's means, the largest deviation in standard errors, and whether all lie within the bound."""
    found = np.array(timed.means).mean(axis=0)
    error = spread * math.sqrt(1 / len(timed.means) + 1 / MANY)
    off = np.abs(found - mean)
    # What never varies, as the share who leave when nobody does, must be equal.
    worst = float(np.where(off == 0, 0.0, off / np.where(error > 0, error, 1e-12)).max())
    return found, worst, worst <= MOST_STANDARD_ERRORS
