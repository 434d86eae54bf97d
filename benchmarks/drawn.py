"""Everything random of the small Hub, drawn as arrays before anything happens: for the two lean engines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.rules import BANDS, DAY, GROUPS, OPENS, WEEK, Means, Rules

NEVER = 2**62
VISITS = 64


class Drawn(NamedTuple):
    """People who want an assessment, in order of referral."""

    group: np.ndarray
    band: np.ndarray
    reviewed: np.ndarray
    """Day on which the referral is reviewed."""
    patience_assessment: np.ndarray
    patience_therapy: np.ndarray
    assessment_missed: np.ndarray
    to_therapy: np.ndarray
    sessions: np.ndarray
    drop_out_after: np.ndarray
    missed: np.ndarray


def draw(rules: Rules, seed: int) -> Drawn:
    random = np.random.default_rng(seed)
    count = random.poisson(rules.rate * rules.horizon * rules.wants_assessment)
    referred = np.sort(random.integers(0, rules.horizon, count))
    day = -((OPENS - referred) // DAY)
    day += np.where(day % 7 > 4, 7 - day % 7, 0)
    sessions = random.gamma(rules.sessions_shape, rules.sessions_mean / rules.sessions_shape, count)
    return Drawn(
        group=random.choice(len(GROUPS), count, p=list(GROUPS.values())),
        band=np.searchsorted(np.cumsum(BANDS)[:-1], random.random(count), side="right"),
        reviewed=day,
        patience_assessment=patience(random, rules.assessment_leave_per_week, count),
        patience_therapy=patience(random, rules.therapy_leave_per_week, count),
        assessment_missed=random.random((count, rules.assessment_misses_allowed)) < rules.assessment_missed,
        to_therapy=random.random(count) < rules.goes_to_therapy,
        sessions=np.clip(np.rint(sessions), 1, rules.sessions_most).astype(np.int64),
        drop_out_after=random.geometric(rules.drop_out, count),
        missed=random.random((count, VISITS), dtype=np.float32) < rules.session_missed,
    )


def patience(random: np.random.Generator, leave_per_week: float, count: int) -> np.ndarray:
    if leave_per_week == 0:
        return np.full(count, NEVER)
    return np.maximum(np.rint(random.exponential(WEEK / leave_per_week, count)), 1).astype(np.int64)


def means_of(
    rules: Rules, drawn: Drawn, joined: np.ndarray, assessed: np.ndarray, left: np.ndarray, on_list: int, sessions: int
) -> Means:
    """Count what happened, with the waits of each staff group as any report would have them.

    Parameters
    ----------
    joined, assessed, left
        Minutes, negative where it has not happened.
    """
    came = joined >= 0
    seen = assessed >= 0
    waits = (assessed - joined) / DAY
    for group in range(len(GROUPS)):
        mine = waits[seen & (drawn.group == group)]
        if len(mine):
            np.quantile(mine, (0.5, 0.9))
    return Means(
        float(waits[seen].mean()), float((left[came] >= 0).mean()), int(sessions), float(on_list / rules.horizon)
    )
