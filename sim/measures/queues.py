"""Lists and caseloads over time: exact lengths from joining and leaving, never sampled while the service runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY
from sim.measures.history import LIST_STAGES, History
from sim.measures.rows import NONE, Rows
from sim.measures.waits import JOINED, stage
from sim.service.record import NOT_YET

Ints = NDArray[np.int64]
BEFORE_WEEKS = 8
"""The pre-incident level of a list is its mean over this many weeks."""
BACK_FOR_WEEKS = 4
"""A list has recovered when it stays at its pre-incident level for this many weeks."""


def week_ends(history: History) -> Ints:
    """Return the last minute of each whole or part week of the horizon."""
    weeks = -(-history.horizon_days // DAYS_PER_WEEK)
    return np.minimum(np.arange(1, weeks + 1) * DAYS_PER_WEEK * MINUTES_PER_DAY, history.horizon)


def lengths_at(joined: Ints, left: Ints, moments: Ints) -> Ints:
    """Return how many have joined and not left just before each moment."""
    before = np.searchsorted(np.sort(joined), moments, side="left")
    return before - np.searchsorted(np.sort(left), moments, side="left")


def peak(joined: Ints, left: Ints, opening: int = 0) -> tuple[int, int]:
    """Return the greatest length from minute 0 on and the first minute at which it was reached.

    Parameters
    ----------
    opening
        Minute from which on the peak counts; earlier stays count into the length.
    """
    moments = np.concatenate([left, joined])
    # At the same minute people leave before others join: a handover is not a moment of double length.
    change = np.concatenate([np.full(len(left), -1), np.full(len(joined), 1)])
    order = np.lexsort((change, moments))
    moments, running = moments[order], np.cumsum(change[order])
    at_opening = int(running[moments <= opening][-1]) if (moments <= opening).any() else 0
    later = moments > opening
    if not later.any() or int(running[later].max()) <= at_opening:
        return at_opening, opening
    best = int(np.argmax(running[later]))
    return int(running[later][best]), int(moments[later][best])


def count_queues(history: History, rows: Rows) -> None:
    """Add mean, peak and end length of each stage's lists; the mean is person-time divided by the horizon."""
    for number, name in enumerate(LIST_STAGES):
        mine = history.stay_stage == number
        inside = np.minimum(history.stay_left, history.horizon) - np.maximum(history.stay_joined, 0)
        person_days = np.maximum(inside, 0) / MINUTES_PER_DAY
        for grouping in history.groupings[:2]:
            codes = grouping.of_case[history.stay_case[mine]]
            area = np.bincount(codes, weights=person_days[mine], minlength=len(grouping.names))
            for group, days in zip(grouping.names, area.tolist(), strict=True):
                rows.ratio("queue_mean", name, grouping.dimension, group, days, history.horizon_days, "persons")
        joined, left = history.stay_joined[mine], history.stay_left[mine]
        most, minute = peak(joined, left)
        rows.figure("queue_peak", name, "all", "all", most, "persons")
        rows.figure("queue_peak_week", name, "all", "all", minute // MINUTES_PER_DAY // DAYS_PER_WEEK + 1, "week")
        end = lengths_at(joined, left, np.array([history.horizon]))[0]
        rows.figure("queue_end", name, "all", "all", end, "persons")
        _recovery(history, rows, name, lengths_at(joined, left, week_ends(history)))


def _recovery(history: History, rows: Rows, name: str, length: Ints) -> None:
    """Add the first week after the peak at which the list is back at its level before the first incident, and stays."""
    if not history.config.incident:
        return
    week = max(0, min(incident.day for incident in history.config.incident.values()) // DAYS_PER_WEEK)
    before = float(length[max(0, week - BEFORE_WEEKS) : max(week, 1)].mean())
    top = week + int(np.argmax(length[week:]))
    back = length[top:] <= np.ceil(before)
    run = np.convolve(back, np.ones(BACK_FOR_WEEKS), mode="valid")
    weeks = np.flatnonzero(run >= BACK_FOR_WEEKS)
    rows.figure("recovery_week", name, "all", "all", top + int(weeks[0]) + 1 if len(weeks) else np.nan, "week")


def count_caseload(history: History, rows: Rows) -> None:
    """Add mean and peak number of people in individual therapy."""
    changes = np.array(history.record.caseload, dtype=np.int64).reshape(-1, 3)
    minute, change = changes[:, 0], changes[:, 2]
    remaining = history.horizon - np.clip(minute, 0, history.horizon)
    person_days = float((change * remaining).sum()) / MINUTES_PER_DAY
    rows.ratio("caseload_mean", NONE, "all", "all", person_days, history.horizon_days, "persons")
    most, _ = peak(minute[change > 0], minute[change < 0])
    rows.figure("caseload_peak", NONE, "all", "all", most, "persons")


def weekly_table(history: History) -> dict[str, list[Any]]:
    """Return one row a week: by stage and staff group the list, who joined and who was seen; by role the time used."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "week", "stage", "role", "dimension", "group", "list", "caseload", "arrivals", "completions", "minutes",
        )
    }  # fmt: skip
    ends = week_ends(history)
    weeks = len(ends)

    def add(stage_name: str, role: str, dimension: str, group: str, **values: Ints) -> None:
        columns["week"] += range(1, weeks + 1)
        for column, text in (("stage", stage_name), ("role", role), ("dimension", dimension), ("group", group)):
            columns[column] += [text] * weeks
        for column in ("list", "caseload", "arrivals", "completions", "minutes"):
            columns[column] += values[column].tolist() if column in values else [None] * weeks

    for number, name in enumerate(LIST_STAGES):
        mine = history.stay_stage == number
        joined, seen = history.at(JOINED[name]), stage(history, name).seen
        for grouping in history.groupings[:2]:
            for code, group in enumerate(grouping.names):
                people = grouping.of_case == code
                stays = mine & people[history.stay_case]
                add(
                    name, NONE, grouping.dimension, group,
                    list=lengths_at(history.stay_joined[stays], history.stay_left[stays], ends),
                    arrivals=_per_week(joined[people & (joined != NOT_YET)], weeks),
                    completions=_per_week(seen[people & (seen != NOT_YET)], weeks),
                )  # fmt: skip
    changes = np.array(history.record.caseload, dtype=np.int64).reshape(-1, 3)
    for number, role in enumerate(history.roles):
        held = history.role_of_post[changes[:, 1]] == number
        minute, change = changes[held, 0], changes[held, 2]
        worked = history.role_of_post[history.work_post] == number
        when = history.work_minute[worked] // (DAYS_PER_WEEK * MINUTES_PER_DAY)
        inside = (when >= 0) & (when < weeks)
        spent = np.bincount(when[inside], weights=history.work_minutes[worked][inside], minlength=weeks)
        add(
            NONE, role, "role", role,
            caseload=lengths_at(minute[change > 0], minute[change < 0], ends),
            minutes=spent.astype(np.int64),
        )  # fmt: skip
    return columns


def _per_week(minutes: Ints, weeks: int) -> Ints:
    week = minutes // (DAYS_PER_WEEK * MINUTES_PER_DAY)
    return np.bincount(week[(week >= 0) & (week < weeks)], minlength=weeks)
