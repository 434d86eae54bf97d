"""The numbers of the small Hub (spec.md), the same for every engine, and what each engine must report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

DAY = 1440
WEEK = 7 * DAY
OPENS = 9 * 60
DAYS_PER_YEAR = 365.25
BANDS = (6 / 32, 10 / 32, 15 / 32, 1 / 32)
"""Share of each priority band, most urgent first: 4-5, 3, 1-2 or 0 of five even coins."""
GROUPS = {
    "hospital_community": 0.55,
    "primary_care": 0.10,
    "ambulance": 0.05,
    "care_homes": 0.10,
    "social_care_other": 0.20,
}


@dataclass(frozen=True)
class Rules:
    """The small Hub; times in minutes, rates a minute."""

    horizon: int = 156 * WEEK
    referrals_per_year: float = 2000.0
    assessors: int = 6
    assessment_minutes: int = 90
    wants_assessment: float = 0.9
    assessment_missed: float = 0.1
    assessment_misses_allowed: int = 2
    assessment_leave_per_week: float = 0.1
    goes_to_therapy: float = 0.6
    therapists: int = 12
    places: int = 10
    therapy_leave_per_week: float = 0.05
    session_minutes: int = 60
    sessions_mean: float = 6.0
    sessions_shape: float = 3.0
    sessions_most: int = 16
    session_missed: float = 0.1
    misses_in_a_row_allowed: int = 2
    drop_out_share: float = 0.2
    drop_out_reference: float = 6.0

    @property
    def rate(self) -> float:
        """Referrals a minute."""
        return self.referrals_per_year / (DAYS_PER_YEAR * DAY)

    @property
    def drop_out(self) -> float:
        """Chance of stopping after an attended session that is not the last."""
        return 1 - (1 - self.drop_out_share) ** (1 / (self.drop_out_reference - 1))


REFERENCE = Rules()
LONG_LIST = Rules(referrals_per_year=4000.0, assessment_leave_per_week=0.0)
"""Twice the demand and nobody gives up: about 3,000 wait on average."""


def opening_from(minute: float) -> int:
    """Return the first opening (9:00, Monday to Friday) at or after a minute; minute 0 begins a Monday."""
    day = math.ceil((minute - OPENS) / DAY)
    over = day % 7
    return (day + (7 - over if over > 4 else 0)) * DAY + OPENS


def opening_after(minute: float) -> int:
    """Return the first opening after a minute."""
    return opening_from(math.floor(minute) + 1)


def openings(horizon: int) -> list[int]:
    """Return every opening before the horizon."""
    return [day * DAY + OPENS for day in range(horizon // DAY) if day % 7 < 5]


class Means(NamedTuple):
    """What one replication comes to, to be compared between engines."""

    wait_days: float
    """From joining the assessment list to the attended assessment, of those assessed."""
    left_share: float
    """Of those who joined the assessment list."""
    sessions: float
    """Therapy sessions attended."""
    list_mean: float
    """People on the assessment list, over time."""


class Journey(NamedTuple):
    """What the process-oriented engines keep of one person who joined the assessment list."""

    group: str
    joined: float
    assessed: float | None
    left: bool
    on_list: float
    sessions: int


def means_of(journeys: list[Journey], horizon: int) -> Means:
    """Count what happened, with the waits of each staff group as any report would have them."""
    import numpy as np

    groups = np.array([journey.group for journey in journeys])
    waits = np.array([math.nan if j.assessed is None else j.assessed - j.joined for j in journeys]) / DAY
    for group in GROUPS:
        mine = waits[(groups == group) & ~np.isnan(waits)]
        if len(mine):
            np.quantile(mine, (0.5, 0.9))
    return Means(
        float(np.nanmean(waits)),
        sum(journey.left for journey in journeys) / len(journeys),
        sum(journey.sessions for journey in journeys),
        sum(journey.on_list for journey in journeys) / horizon,
    )
