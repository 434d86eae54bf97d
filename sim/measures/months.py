"""What happened month by month, as a Hub reports it: the figures that its own records can be held against."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from sim.calendar import MINUTES_PER_DAY, month_later
from sim.measures.history import History
from sim.measures.queues import lengths_at
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Result
from sim.streams import Ints

MONTHLY = {
    "referrals": "people referred (first or again)",
    "assessed": "people assessed",
    "started_therapy": "people who start therapy or a group",
    "waiting_for_assessment": "on the list for assessment on the last day",
    "waiting_for_therapy": "on the list for therapy on the last day",
    "assessment_wait_days": "median days from referral to assessment",
    "contacts": "contacts kept (assessments, sessions, groups)",
    "missed": "contacts missed",
    "care_contacts": "all care contacts kept (calls, check-ins and navigation too)",
    "closed": "people whose referral is closed",
}
"""What is counted of every whole month, and what it means."""


def whole_months(start: datetime.date, days: int) -> list[tuple[datetime.date, int, int]]:
    """Return the whole months within so many days from a date: first day, and the days when each begins and ends.

    Days are counted from `start`; a month ends on the first day of the next.
    """
    found = []
    first = start if start.day == 1 else month_later(start)
    while (following := month_later(first)) <= start + datetime.timedelta(days=days):
        found.append((first, (first - start).days, (following - start).days))
        first = following
    return found


def month_table(history: History) -> Mapping[str, Any]:
    """Return one row a whole month and figure: `month` (its first day), `figure` (of `MONTHLY`), `value`.

    The value is not a number where nobody was assessed of whom a median could be told.
    """
    months = whole_months(history.config.run.start_date, history.horizon_days)
    edges = np.array([begin for _, begin, _ in months] + [end for *_, end in months[-1:]]) * MINUTES_PER_DAY
    referred, assessed = history.at("referred"), history.at("assessed")
    visits = (history.work_case >= 0) & np.isin(
        history.work_activity, (Activity.ASSESSMENT, Activity.THERAPY, Activity.GROUP)
    )
    kept, missed = (
        history.work_minute[visits & (history.work_result == result)] for result in (Result.ATTENDED, Result.MISSED)
    )
    ends = edges[1:]
    lists = {name: history.stays[name] for name in ("assessment", "therapy")}
    values = {
        "referrals": _by_month(referred, edges),
        "assessed": _by_month(assessed, edges),
        "started_therapy": _by_month(history.at("therapy_first"), edges),
        **{f"waiting_for_{name}": lengths_at(stays.joined, stays.left, ends) for name, stays in lists.items()},
        "assessment_wait_days": _medians(referred, assessed, edges),
        "contacts": _by_month(kept, edges),
        "missed": _by_month(missed, edges),
        "care_contacts": _by_month(history.work_minute[history.clinical_contacts], edges),
        "closed": _by_month(history.at("closed"), edges),
    }
    names = [first.isoformat() for first, *_ in months]
    return {
        "month": names * len(MONTHLY),
        "figure": [figure for figure in MONTHLY for _ in names],
        "value": np.concatenate([np.asarray(values[figure], dtype=float) for figure in MONTHLY]),
    }


def _by_month(minutes: Ints, edges: Ints) -> Ints:
    """Count moments by month; shape (months,)."""
    return np.histogram(minutes[minutes != NOT_YET], edges)[0]


def _medians(opened: Ints, closed: Ints, edges: Ints) -> np.ndarray:
    days = (closed - opened) / MINUTES_PER_DAY
    of_month = [(closed != NOT_YET) & (closed >= begin) & (closed < end) for begin, end in pairwise(edges)]
    return np.array([float(np.median(days[mine])) if mine.any() else np.nan for mine in of_month])
