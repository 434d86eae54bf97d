"""What a surge does to the rest of the Hub: lists and sessions for teams before the first incident and after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis.estimates.intervals import Interval, mean_interval
from analysis.estimates.tables import list_by_week
from sim.calendar import DAYS_PER_WEEK
from sim.measures.queues import BEFORE_WEEKS
from sim.stages import STAGES

if TYPE_CHECKING:
    from sim.config import HubConfig

AFTER_WEEKS = 26
SHOWN = ("assessment", "therapy", "navigation", "team_support")
"""Whose lists are shown together: an incident's people come through the first three, and take the time of the last."""
UNKNOWN = Interval(math.nan, math.nan, math.nan)
SESSIONS = "sessions for teams, a week"
"""Workshops that teams ask for, and outreach of campaigns."""


class SurgeRow(NamedTuple):
    """A list, or what is given a week: before the incident, after it, at the most, and at the end of the run."""

    words: str
    before: Interval
    """Mean over the 8 weeks before; not a number where there are none."""
    after: Interval
    """Mean over the half year after."""
    most: Interval
    """The week's greatest, after."""
    end: Interval


def surge(config: HubConfig, weekly: pd.DataFrame) -> list[SurgeRow]:
    """Return the lists that a surge touches, compared with before; empty without an incident in the window.

    Of an incident in the first week there is no before: it is not a number.
    """
    week = min((incident.day for incident in config.incident.values()), default=-1) // DAYS_PER_WEEK
    if week < 0:
        return []
    shown = [(f"for {STAGES[name].words}", name, "list") for name in SHOWN]
    rows = []
    for words, name, column in (*shown, (SESSIONS, SHOWN[-1], "completions")):
        by_week = list_by_week(weekly, name, column)[1]
        later = by_week[:, week:]
        parts = (by_week[:, max(0, week - BEFORE_WEEKS) : week], later[:, :AFTER_WEEKS])
        before, after = (mean_interval(part.mean(axis=1)).from_zero() if part.size else UNKNOWN for part in parts)
        most, end = (mean_interval(people).from_zero() for people in (later.max(axis=1), by_week[:, -1]))
        rows.append(SurgeRow(words, before, after, most, end))
    return rows


def surge_csv(rows: list[SurgeRow]) -> pd.DataFrame:
    """Return the rows as a table, a line each, every figure with its interval."""
    return pd.DataFrame([
        {"what": row.words}
        | {
            f"{name}{end}": value
            for name in ("before", "after", "most", "end")
            for end, value in zip(("", "_low", "_high"), getattr(row, name), strict=True)
        }
        for row in rows
    ])  # fmt: skip
