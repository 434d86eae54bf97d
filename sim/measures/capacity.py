"""What staff time was there, what it was used for, and what was lost; vacancies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.measures.history import ACTIVITY_NUMBER, History
from sim.measures.rows import NONE, Better, Measure, OverHubs, Rows, declare
from sim.roster.posts import Post, PostFrame
from sim.service.enums import Activity, Result
from sim.streams import Ints

declare(
    Measure("utilisation", "client-facing time that is booked", "share", Better.NEITHER, OverHubs.POOLED),
    Measure("vacancy_share", "funded time without anybody in post", "share", Better.LESS, OverHubs.POOLED),
    Measure("minutes_lost_missed", "staff time lost to missed appointments", "minutes", Better.LESS, OverHubs.ADDED),
    Measure("minutes_team_support", "staff time for teams", "minutes", Better.NEITHER, OverHubs.ADDED),
    Measure("minutes_used", "staff time used, by activity", "minutes", Better.NEITHER, OverHubs.ADDED),
)


def minutes_available(history: History) -> Ints:
    """Return client-facing minutes each post earned between `run.start_date` and the horizon."""

    def earned(post: Post) -> int:
        first, last = np.searchsorted(post.days, (0, history.horizon_days))
        return int(post.minutes[first:last].sum())

    return history.once(
        "minutes available", lambda: np.array([earned(post) for post in history.roster.posts], dtype=np.int64)
    )


def minutes_used(history: History) -> Ints:
    """Return minutes worked in the window, shape (posts, activities)."""

    def used() -> Ints:
        inside = history.in_window(history.work_minute)
        key = history.work_post[inside] * len(ACTIVITIES) + history.work_activity[inside]
        size = len(history.roster.posts) * len(ACTIVITIES)
        minutes = np.bincount(key, weights=history.work_minutes[inside], minlength=size)
        return minutes.astype(np.int64).reshape(-1, len(ACTIVITIES))

    return history.once("minutes used", used)


@dataclass(frozen=True)
class Tenure:
    """Days of the window on which a post was funded and on which somebody was in it, and people recruited.

    A day on which part of the post's hours is funded counts as that part.
    """

    funded_days: float
    filled_days: float
    hires: int


def tenure(frame: PostFrame, horizon_days: int) -> Tenure:
    """Return a post's funded and filled days inside the window."""

    def inside(start: int, end: int) -> float:
        first, last = max(start, 0), min(end, horizon_days)
        cut = min(max(frame.cut_day, first), last)
        return max(0, cut - first) + frame.share_after_cut * max(0, last - cut)

    filled = sum(inside(spell.start_day, spell.end_day) for spell in frame.spells)
    hires = sum(spell.recruited and 0 <= spell.start_day < horizon_days for spell in frame.spells)
    return Tenure(inside(frame.funded_from, frame.funded_to), filled, hires)


def count_capacity(history: History, rows: Rows) -> None:
    """Add utilisation, vacancies, time lost to missed appointments and time for teams, for all posts and by role."""
    available, used = minutes_available(history), minutes_used(history)
    frames = [post.frame for post in history.roster.posts]
    tenures = [tenure(frame, history.horizon_days) for frame in frames]
    wte = np.array([frame.wte for frame in frames])
    funded = wte * np.array([t.funded_days for t in tenures])
    vacant = funded - wte * np.array([t.filled_days for t in tenures])
    lost = _minutes_by_post(history, (Result.MISSED, Result.CANCELLED))
    for group, mine in _roles(history):
        dimension = "all" if group == "all" else "role"
        rows.ratio("utilisation", NONE, dimension, group, used[mine].sum(), available[mine].sum())
        rows.ratio("vacancy_share", NONE, dimension, group, vacant[mine].sum(), funded[mine].sum())
        rows.figure("minutes_lost_missed", NONE, dimension, group, lost[mine].sum())
        teams = used[mine, ACTIVITY_NUMBER["team_support"]].sum()
        rows.figure("minutes_team_support", NONE, dimension, group, teams)
    for activity, minutes in zip(ACTIVITIES, used.sum(axis=0).tolist(), strict=True):
        rows.figure("minutes_used", NONE, "activity", activity, minutes)


def _roles(history: History) -> list[tuple[str, NDArray[np.bool_]]]:
    posts = history.role_of_post
    by_role = [(name, posts == number) for number, name in enumerate(history.roles)]
    return [("all", np.ones(len(posts), dtype=bool)), *by_role]


def _minutes_by_post(history: History, results: tuple[Result, ...]) -> Ints:
    inside = history.in_window(history.work_minute)
    mine = inside & np.isin(history.work_result, results)
    posts = len(history.roster.posts)
    return np.bincount(history.work_post[mine], weights=history.work_minutes[mine], minlength=posts).astype(np.int64)


def staff_day_table(history: History) -> dict[str, list[Any]]:
    """Return one row a post and day at work: minutes available, used by activity, and gone idle."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in ("post_id", "role", "line", "band", "day", "minutes_available", *ACTIVITIES, "idle")
    }  # fmt: skip
    idle: dict[tuple[int, int], int] = {}
    passed = history.record.passed
    lost = passed.target == Activity.IDLE
    columns_lost = (column[lost].tolist() for column in (passed.post, passed.day, passed.minutes))
    for who, day, minutes in zip(*columns_lost, strict=True):
        idle[who, day] = idle.get((who, day), 0) + minutes
    work_day = history.work_minute // MINUTES_PER_DAY
    for number, post in enumerate(history.roster.posts):
        keep = post.days < history.horizon_days
        days, frame = post.days[keep], post.frame
        mine = history.work_post == number
        position = np.searchsorted(days, work_day[mine])
        key = position * len(ACTIVITIES) + history.work_activity[mine]
        used = np.bincount(key, weights=history.work_minutes[mine], minlength=len(days) * len(ACTIVITIES))
        by_activity = used.astype(np.int64).reshape(-1, len(ACTIVITIES))
        band = history.config.staffing.roles[frame.role].lines[frame.line].band
        for column, text in (("post_id", frame.post_id), ("role", frame.role), ("line", frame.line), ("band", band)):
            columns[column] += [text] * len(days)
        columns["day"] += days.tolist()
        columns["minutes_available"] += post.minutes[keep].sum(axis=1).tolist()
        for activity, values in zip(ACTIVITIES, by_activity.T.tolist(), strict=True):
            columns[activity] += values
        columns["idle"] += [idle.get((number, day), 0) for day in days.tolist()]
    return columns
