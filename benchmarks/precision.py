"""How many replications a stated precision takes, with common random numbers and with control variates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.with_this_project import configured
from sim.run.experiment import simulate

EVERYWHERE = {"run.store": None, "run.jobs": -1}
CHANGES: dict[str, dict[str, object]] = {
    "one more senior clinician": {"staffing.roles.senior_clinician.lines.senior.wte": 3.0},
    "a tenth more demand": {"demand.multiplier": 1.1},
}
MEASURES = {
    ("wait_days_mean", "assessment"): ("mean wait for assessment, days", 1.0),
    ("within_standard_share", "referral_to_assessment"): ("seen within standard", 0.01),
    ("wait_days_mean", "therapy"): ("mean wait for therapy, days", 3.0),
    ("left_waiting_share", "therapy"): ("left the therapy list", 0.005),
    ("cost_total_gbp", ""): ("cost, £", 10_000.0),
}
"""Measure and stage: what it is called, and the half-width of a 95 % interval that is wanted."""
Z = 1.96


class Saved(NamedTuple):
    """Replications that a half-width takes in two ways."""

    what: str
    half_width: float
    plain: float
    better: float

    @property
    def factor(self) -> float:
        return self.plain / self.better if self.better else float("inf")


def outcomes(changes: dict[str, object], replications: int) -> np.ndarray:
    """Return the measures of every replication, shape (replications, measures)."""
    rows = []
    for replication in simulate(configured(EVERYWHERE | changes), range(replications)):
        table = replication.tables["measures"].to_pydict()
        columns = zip(*(table[name] for name in ("measure", "stage", "dimension", "value")), strict=True)
        found = {(measure, stage): value for measure, stage, dimension, value in columns if dimension == "all"}
        rows.append([found[key] for key in MEASURES])
    return np.array(rows)


def needed(variance: float, half_width: float) -> float:
    return variance * (Z / half_width) ** 2


def common_random_numbers(base: np.ndarray, changed: np.ndarray) -> list[Saved]:
    """Compare the difference with independent replications to that with the same people and posts."""
    independent = base.var(axis=0, ddof=1) + changed.var(axis=0, ddof=1)
    paired = (changed - base).var(axis=0, ddof=1)
    return [
        Saved(what, half, needed(plain, half), needed(better, half))
        for (what, half), plain, better in zip(MEASURES.values(), independent, paired, strict=True)
    ]


def controls(replications: int) -> np.ndarray:
    """Return what is known of each replication before its service runs, shape (replications, 3).

    People who come, their tiers of need added up, and client-facing minutes of all posts before the horizon.
    """
    from sim.cohort import draw_cohort
    from sim.roster import draw_roster

    config = configured(EVERYWHERE)
    rows = []
    for number in range(replications):
        cohort, roster = draw_cohort(config, number), draw_roster(config, number, 0, 1.0)
        earned = sum(post.minutes[post.days < config.run.horizon_days].sum() for post in roster.posts)
        rows.append([len(cohort), cohort.tier.sum(), earned])
    return np.array(rows, dtype=float)


def control_variates(base: np.ndarray, known: np.ndarray) -> list[Saved]:
    """Compare plain means to means corrected by regression on the controls, degrees of freedom paid for."""
    centred = known - known.mean(axis=0)
    n, k = centred.shape
    saved = []
    for column, (what, half) in enumerate(MEASURES.values()):
        values = base[:, column] - base[:, column].mean()
        slope, *_ = np.linalg.lstsq(centred, values, rcond=None)
        left = float(((values - centred @ slope) ** 2).sum() / (n - k - 1))
        left *= (n - 2) / (n - k - 2)  # the loss from estimating the slopes (Lavenberg and Welch)
        saved.append(Saved(what, half, needed(float(values.var(ddof=1)), half), needed(left, half)))
    return saved


__all__ = ["CHANGES", "Saved", "common_random_numbers", "control_variates", "controls", "outcomes"]
