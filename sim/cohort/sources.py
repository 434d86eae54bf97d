"""The propensity clock: from a source's head-count and cumulative hazard to the moments its people refer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.streams import Floats, Stream, uniforms

Kind = Literal["background", "incident", "backlog", "referrals_csv"]
KINDS: tuple[Kind, ...] = ("background", "incident", "backlog", "referrals_csv")
DRAWN = -1
"""A gender or ethnicity that is drawn for each person rather than given by the source."""


@dataclass(frozen=True)
class Source:
    """People of one stratum, all equally likely to refer.

    Attributes
    ----------
    owner
        Names the source's random numbers: hub, kind and stratum, by stream keys.
    staff_group, gender, ethnicity
        Position in the configuration's lists; gender and ethnicity may be `DRAWN`.
    headcount
        People who could refer.
    hazard
        Cumulative hazard at the edges of the days from `first_day` on, shape (days + 1,), starting at 0.
    first_day
        Day number of the first edge.
    severity_shift_sd
        Added to the latent need of all its people.
    reach_multiplier
        How many times outreach multiplies uptake on each day, shape (days,), or None where there is none.
    reach_shift_sd
        Added to the latent need of people who would not have come without outreach.
    """

    owner: tuple[str | int, ...]
    kind: Kind
    staff_group: int
    gender: int
    ethnicity: int
    headcount: int
    hazard: Floats
    first_day: int
    severity_shift_sd: float = 0.0
    reach_multiplier: Floats | None = None
    reach_shift_sd: float = 0.0


def referral_minutes(source: Source, seed: int, replication: int) -> NDArray[np.int64]:
    """Return the minutes at which the source's people refer, most ready person first.

    Person k has readiness E_(k) = sum of X_j / (N - j + 1), X_j standard exponential: the order statistics of N
    independent readiness levels. A higher hazard moves the same people earlier and adds the next most ready.

    Returns
    -------
    Minutes since day 0, ascending, shape (people who refer within the hazard's days,).
    """
    total = float(source.hazard[-1])
    expected = -source.headcount * math.expm1(-total)
    rows = min(source.headcount, int(expected + 6 * math.sqrt(expected)) + 16)
    while True:
        gaps = -np.log1p(-uniforms(seed, replication, Stream.READINESS, source.owner, rows, 1)[:, 0])
        readiness = np.cumsum(gaps / (source.headcount - np.arange(rows)))
        if rows == source.headcount or readiness[-1] > total:
            break
        rows = min(source.headcount, 2 * rows)
    ready = readiness[: np.searchsorted(readiness, total, side="right")]
    edges = np.arange(source.first_day, source.first_day + len(source.hazard), dtype=np.float64)
    minutes = np.floor(np.interp(ready, source.hazard, edges) * MINUTES_PER_DAY).astype(np.int64)
    last_minute = int(edges[-1]) * MINUTES_PER_DAY - 1
    return np.minimum(minutes, last_minute)
