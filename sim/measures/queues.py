"""Lists and caseloads over time: exact lengths from joining and leaving, never sampled while the service runs."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY
from sim.measures.groups import sums
from sim.measures.history import History
from sim.measures.rows import ADDED, AT_ONCE, AVERAGED, LESS, NEITHER, NONE, Measure, Rows, declare, named
from sim.measures.waiters import lists_of, waiters_at
from sim.stages import LISTED
from sim.streams import Ints

MINUTES_PER_WEEK = DAYS_PER_WEEK * MINUTES_PER_DAY
BEFORE_WEEKS = 8
"""The pre-incident level of a list is its mean over this many weeks."""
BACK_FOR_WEEKS = 4
"""A list has recovered when it stays at its pre-incident level for this many weeks."""


declare(
    Measure("queue_mean", "mean length of the lists", "persons", LESS, AT_ONCE),
    Measure("queue_peak", "greatest length of the lists", "persons", LESS, ADDED),
    Measure("queue_peak_week", "week in which the lists are longest", "week", NEITHER, AVERAGED),
    Measure("queue_end", "length of the lists at the horizon", "persons", LESS, ADDED),
    Measure("recovery_week", "week in which the lists are back as before the incident", "week", LESS, AVERAGED),
    Measure("caseload_mean", "mean number of people in individual therapy", "persons", NEITHER, AT_ONCE),
    Measure("caseload_peak", "greatest number of people in individual therapy", "persons", NEITHER, ADDED),
)


def week_ends(history: History) -> Ints:
    """Return the last minute of each whole or part week of the horizon."""
    weeks = -(-history.horizon_days // DAYS_PER_WEEK)
    return np.minimum(np.arange(1, weeks + 1) * DAYS_PER_WEEK * MINUTES_PER_DAY, history.horizon)


def lengths_at(joined: Ints, left: Ints, moments: Ints) -> Ints:
    """Return how many have joined and not left just before each moment."""
    before = np.searchsorted(np.sort(joined), moments, side="left")
    return before - np.searchsorted(np.sort(left), moments, side="left")


def course(joined: Ints, left: Ints) -> tuple[Ints, Ints]:
    """Return every moment at which somebody joins or leaves, ascending, and the length from then on.

    At the same minute people leave before others join: a handover is not a moment of double length.
    """
    steps = np.sort(np.concatenate([left * 2, joined * 2 + 1]))
    return steps >> 1, np.cumsum((steps & 1) * 2 - 1)


def peak(joined: Ints, left: Ints, opening: int = 0) -> tuple[int, int]:
    """Return the greatest length from minute 0 on and the first minute at which it was reached.

    The peak counts from the minute `opening` on; earlier stays count into the length.
    """
    moments, running = course(joined, left)
    at_opening = int(running[moments <= opening][-1]) if (moments <= opening).any() else 0
    later = moments > opening
    if not later.any() or int(running[later].max()) <= at_opening:
        return at_opening, opening
    best = int(np.argmax(running[later]))
    return int(running[later][best]), int(moments[later][best])


def count_queues(history: History, rows: Rows) -> None:
    """Add mean, peak and end length of each stage's lists; the mean is person-time divided by the horizon."""
    for stage in LISTED:
        name, stays = stage.name, history.stays[stage.name]
        groupings, of_stay = lists_of(history, stage)
        inside = np.minimum(stays.left, history.horizon) - np.maximum(stays.joined, 0)
        person_days = sums(of_stay, np.maximum(inside, 0) / MINUTES_PER_DAY, groupings.total)[
            groupings.numbers
        ].tolist()
        groups = zip(groupings.names, groupings.numbers.tolist(), person_days, strict=True)
        for dimension, of_dimension in itertools.groupby(groups, key=lambda group: group[0][0]):
            some = list(of_dimension)
            days = [days for _, _, days in some]
            rows.ratios("queue_mean", name, [group for group, _, _ in some], days, [history.horizon_days] * len(days))
            for (_, group), number, _ in some if dimension != "staff_group" else ():
                mine = (of_stay == number).any(axis=0) if number else slice(None)
                joined, left = stays.joined[mine], stays.left[mine]
                most, minute = peak(joined, left)
                end = int((joined < history.horizon).sum() - (left < history.horizon).sum())
                for measure, value in (
                    ("queue_peak", most),
                    ("queue_peak_week", minute // MINUTES_PER_DAY // DAYS_PER_WEEK + 1),
                    ("queue_end", end),
                ):
                    rows.figure(measure, name, dimension, group, value)
        _recovery(history, rows, name, stays.joined, stays.left)


def _recovery(history: History, rows: Rows, name: str, joined: Ints, left: Ints) -> None:
    """Add the first week after the peak at which the list is back at its level before the first incident, and stays."""
    if not history.config.incident:
        return
    length = lengths_at(joined, left, week_ends(history))
    week = max(0, min(incident.day for incident in history.config.incident.values()) // DAYS_PER_WEEK)
    before = float(length[max(0, week - BEFORE_WEEKS) : max(week, 1)].mean())
    top = week + int(np.argmax(length[week:]))
    rows.figure("recovery_week", name, "all", "all", back_as_before(length, top, before))


def back_as_before(length: NDArray[Any], top: int, before: float) -> float:
    """Return the first week (1 is the first) from `top` on with which `BACK_FOR_WEEKS` at this level begin, or nan."""
    back = length[top:] <= np.ceil(before)
    run = np.convolve(back, np.ones(BACK_FOR_WEEKS), mode="valid")
    weeks = np.flatnonzero(run >= BACK_FOR_WEEKS)
    return top + int(weeks[0]) + 1 if len(weeks) else np.nan


def count_caseload(history: History, rows: Rows) -> None:
    """Add mean and peak number of people in individual therapy."""
    minute, _, change = history.caseload_changes
    remaining = history.horizon - np.clip(minute, 0, history.horizon)
    person_days = float((change * remaining).sum()) / MINUTES_PER_DAY
    rows.ratio("caseload_mean", NONE, "all", "all", person_days, history.horizon_days)
    most, _ = peak(minute[change > 0], minute[change < 0])
    rows.figure("caseload_peak", NONE, "all", "all", most)


def weekly_table(history: History) -> dict[str, Any]:
    """Return one row a week: by stage and staff group the list, who joined and who was seen; by role the time used."""
    weeks = len(week_ends(history))
    lists: list[Ints] = []
    arrivals: list[Ints] = []
    completions: list[Ints] = []
    of_list: list[tuple[str, str, str, str]] = []
    for stage in LISTED:
        stays, waiters = history.stays[stage.name], waiters_at(history, stage.name)
        groupings, of_stay = lists_of(history, stage)
        groups = groupings.total
        joined, left = _week(history, stays.joined), _week(history, stays.left)
        change = _table(of_stay, joined, groups, weeks + 1) - _table(of_stay, left, groups, weeks + 1)
        lists.append(np.cumsum(change, axis=1)[groupings.numbers, :weeks])
        for when, into in ((waiters.joined, arrivals), (waiters.seen, completions)):
            inside = np.flatnonzero(history.in_window(when))
            of_case = np.take(groupings.of_case, inside, axis=1)
            into.append(_table(of_case, when[inside] // MINUTES_PER_WEEK, groups, weeks)[groupings.numbers])
        of_list += [(stage.name, NONE, *group) for group in groupings.names]
    roles = len(history.roles)
    minute, post, change = history.caseload_changes
    held = _table(history.role_of_post[post], _week(history, minute), roles, weeks + 1, change)
    work = np.flatnonzero(history.in_window(history.work_minute))
    role, week = history.role_of_post[history.work_post[work]], history.work_minute[work] // MINUTES_PER_WEEK
    minutes = _table(role, week, roles, weeks, history.work_minutes[work])
    of_row = of_list + [(NONE, role, "role", role) for role in history.roles]
    row = np.repeat(np.arange(len(of_row)), weeks)
    is_role = row >= len(of_list)
    texts = zip(("stage", "role", "dimension", "group"), zip(*of_row, strict=True), strict=True)
    return {
        "week": np.tile(np.arange(1, weeks + 1), len(of_row)),
        **{column: named(names, row) for column, names in texts},
        **{
            column: _where(~is_role, np.concatenate(tables))
            for column, tables in (("list", lists), ("arrivals", arrivals), ("completions", completions))
        },
        "caseload": _where(is_role, np.cumsum(held, axis=1)[:, :weeks]),
        "minutes": _where(is_role, minutes),
    }


def _week(history: History, minutes: Ints) -> Ints:
    """Return the week of each moment, from 0: the first for all before it, one more than the last at the horizon."""
    weeks = len(week_ends(history))
    return np.where(minutes >= history.horizon, weeks, np.clip(minutes // MINUTES_PER_WEEK, 0, weeks))


def _table(row: Ints, column: Ints, rows: int, columns: int, weights: Ints | None = None) -> Ints:
    """Return how often each row and column come together, or the sum of whole numbers there.

    Of some ways to divide the same at once, shape (ways, columns), each with rows of its own.
    """
    table = np.bincount((row * columns + column).ravel(), weights, rows * columns)
    return table.astype(np.int64).reshape(rows, columns)


def _where(present: NDArray[np.bool_], values: Ints) -> pa.Array:
    """Return a column that has these values where they are present and is empty elsewhere."""
    column = np.zeros(len(present), dtype=np.int64)
    column[present] = values.ravel()
    return pa.array(column, mask=~present)
