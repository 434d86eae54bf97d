"""Staff time: how much there was of whom, and what it was used for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.measures.history import ACTIVITY_NUMBER, History
from sim.measures.rows import ADDED, LESS, MORE, NEITHER, NONE, POOLED, Measure, Rows, declare
from sim.roster import Post, PostFrame
from sim.service.enums import Result
from sim.streams import Floats, Ints

declare(
    Measure("utilisation", "client-facing time that is booked", "share", NEITHER, POOLED),
    Measure("places_filled_share", "caseload places that are taken", "share", NEITHER, POOLED),
    Measure("vacancy_share", "funded time in which a post has no holder", "share", LESS, POOLED),
    Measure("on_leave_share", "funded time in which a post's holder is on maternity leave", "share", NEITHER, POOLED),
    Measure("stand_in_share", "somebody stands in, of time vacant or on maternity leave", "share", MORE, POOLED),
    Measure("minutes_supervision", "staff time for supervision, given and received", "minutes", NEITHER, ADDED),
    Measure("unsupervised_share", "supervision that nobody can give, of what is due", "share", LESS, POOLED),
    Measure("lent_share", "client-facing time that is lent to a partner Hub", "share", NEITHER, POOLED),
    Measure("minutes_lost_missed", "staff time lost to missed appointments", "minutes", LESS, ADDED),
    Measure("minutes_team_support", "staff time for teams", "minutes", NEITHER, ADDED),
    Measure("minutes_used", "staff time used, by activity", "minutes", NEITHER, ADDED),
)


def minutes_available(history: History) -> Ints:
    """Return client-facing minutes each post earned between `run.start_date` and the horizon."""

    def earned(number: int, post: Post) -> int:
        if post.frame.is_extra:  # paid by the session: there is as much as is used
            return int(minutes_used(history)[number].sum())
        first, last = np.searchsorted(post.days, (0, history.horizon_days))
        return int(post.minutes[first:last].sum())

    return history.once(
        "minutes available",
        lambda: np.array([earned(number, post) for number, post in enumerate(history.roster.posts)], dtype=np.int64),
    )


def minutes_lent(history: History) -> Floats:
    """Return minutes each post was lent to a partner Hub between `run.start_date` and the horizon, whole ones."""

    def lent(post: Post) -> float:
        first, last = np.searchsorted(post.days, (0, history.horizon_days))
        return round(float(post.lent[first:last].sum()))

    return history.once("minutes lent", lambda: np.array([lent(post) for post in history.roster.posts], dtype=float))


def minutes_used(history: History) -> Ints:
    """Return minutes worked in the window, shape (posts, activities)."""

    def used() -> Ints:
        inside = history.in_window(history.work_minute)
        key = history.work_post[inside] * len(ACTIVITIES) + history.work_activity[inside]
        size = len(history.roster.posts) * len(ACTIVITIES)
        minutes = np.bincount(key, weights=history.work_minutes[inside], minlength=size)
        return minutes.astype(np.int64).reshape(-1, len(ACTIVITIES))

    return history.once("minutes used", used)


def caseload_days(history: History) -> tuple[Floats, Floats]:
    """Return person-days that each post's caseload held in the window, and place-days that it had, shape (posts,).

    A day at work says how many places there are until the next, or until the clients are handed back: on leaving, or
    when somebody is away for long. A post that gives no therapy has none, and extra sessions fill nobody's.
    """
    roles, days_run, posts = history.config.staffing.roles, history.horizon_days, history.roster.posts
    minute, who, change = history.caseload_changes
    remaining = change * (history.horizon - np.clip(minute, 0, history.horizon))
    held = np.bincount(who, weights=remaining, minlength=len(posts)) / MINUTES_PER_DAY

    def place_days(post: Post) -> float:
        if not roles[post.frame.role].gives_therapy or post.frame.is_extra:
            return 0.0
        handed_over = np.append(post.handover_days, days_run)[np.searchsorted(post.handover_days, post.days)]
        until = np.minimum(np.append(post.days[1:], days_run), handed_over + 1)
        inside = np.minimum(until, days_run) - np.maximum(post.days, 0)
        return float((post.places * np.maximum(inside, 0)).sum())

    held[[post.frame.is_extra for post in posts]] = 0.0
    return held, np.array([place_days(post) for post in posts])


@dataclass(frozen=True)
class Tenure:
    """Days of the window on which a post was funded, was held and worked in, and people recruited.

    Its holder may be on leave, or somebody else stand in. A day on which part of the post's hours is funded counts as
    that part.
    """

    funded_days: float
    filled_days: float
    hires: int
    leave_days: float = 0.0
    stand_in_days: float = 0.0


def tenure(frame: PostFrame, horizon_days: int) -> Tenure:
    """Return a post's funded and filled days inside the window."""

    def inside(start: int, end: int) -> float:
        at, last = max(start, 0), min(end, horizon_days)
        total, share = 0.0, 1.0
        for day, left in (*frame.steps, (last, 0.0)):
            until = min(max(day, at), last)
            total, at, share = total + share * max(0, until - at), until, left
        return total

    filled = sum(inside(spell.start_day, spell.end_day) for spell in frame.spells if not spell.stands_in)
    stood_in = sum(inside(spell.start_day, spell.end_day) for spell in frame.spells if spell.stands_in)
    on_leave = sum(inside(*leave) for leave in frame.on_leave)
    hires = sum(spell.recruited and 0 <= spell.start_day < horizon_days for spell in frame.spells)
    return Tenure(inside(frame.funded_from, frame.funded_to), filled, hires, on_leave, stood_in)


def _supervision(post: Post, horizon_days: int) -> Floats:
    """Return a post's minutes of supervision due, received and given between `run.start_date` and the horizon."""
    first, last = np.searchsorted(post.days, (0, horizon_days))
    minutes: Floats = post.supervision[first:last].sum(axis=0)
    return minutes


def count_capacity(history: History, rows: Rows) -> None:
    """Add load, places taken, vacancies, supervision, time lost and time for teams, for all posts and by role."""
    available, used = minutes_available(history), minutes_used(history)
    frames = [post.frame for post in history.roster.posts]
    tenures = [tenure(frame, history.horizon_days) for frame in frames]
    wte = np.array([frame.wte for frame in frames])
    funded = wte * np.array([t.funded_days for t in tenures])
    on_leave = wte * np.array([t.leave_days for t in tenures])
    stood_in = wte * np.array([t.stand_in_days for t in tenures])
    vacant = funded - on_leave - wte * np.array([t.filled_days for t in tenures])
    supervision = np.array([_supervision(post, history.horizon_days) for post in history.roster.posts]).reshape(-1, 3)
    held, places = caseload_days(history)
    lent, is_own = minutes_lent(history), np.array([not frame.is_extra for frame in frames], dtype=bool)
    lends = history.config.policies.mutual_aid.lends_hours_per_week > 0
    lost = _minutes_by_post(history, (Result.MISSED, Result.CANCELLED))
    for group, mine in _roles(history):
        dimension = "all" if group == "all" else "role"
        rows.ratio("utilisation", NONE, dimension, group, used[mine].sum(), available[mine].sum())
        if lends:
            own = mine & is_own
            rows.ratio("lent_share", NONE, dimension, group, lent[own].sum(), (available + lent)[own].sum())
        rows.ratio("places_filled_share", NONE, dimension, group, held[mine].sum(), places[mine].sum())
        rows.ratio("vacancy_share", NONE, dimension, group, vacant[mine].sum(), funded[mine].sum())
        rows.ratio("on_leave_share", NONE, dimension, group, on_leave[mine].sum(), funded[mine].sum())
        empty = (vacant + on_leave)[mine].sum()
        rows.ratio("stand_in_share", NONE, dimension, group, stood_in[mine].sum(), round(empty, 6))
        due, received, given = supervision[mine].sum(axis=0)
        rows.figure("minutes_supervision", NONE, dimension, group, received + given)
        rows.ratio("unsupervised_share", NONE, dimension, group, round(due - received, 6), due)
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
