"""What becomes of each list of the Hub under a plan: how long it gets, when it is back as before, who joins it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.runs.surge import SHOWN
from analysis.sizing.futures import figures, weekly_futures
from analysis.sizing.question import DAYS_PER_WEEK, Question
from sim.config import HubConfig
from sim.measures.queues import BEFORE_WEEKS
from sim.run.replicate import Replication
from sim.stages import STAGES, list_of
from sim.streams import Floats


class ListAfter(NamedTuple):
    """One list from the first incident on, or without one from the first decision on, over futures."""

    name: str
    words: str
    before: float | None
    """Mean length over the 8 weeks before; None where the run begins with that week."""
    peak: float
    """Median over futures of the greatest length at the end of a week."""
    peak_week: float
    """Median over futures of the week of the run, the first is 1."""
    back_week: float | None
    """Week by which half of all futures are back at their level before; None where they are not within the horizon,
    or where there is no before."""
    back: int
    """Futures that are back within the horizon."""
    of: int
    joined: float
    """Mean number of people who join it from then on."""


def aftermath(config: HubConfig, question: Question, results: Sequence[Replication]) -> list[ListAfter]:
    """Return what becomes of the lists that a surge touches, and of those that are asked about."""
    incidents = [incident.day for incident in config.incident.values()]
    week = min(incidents, default=question.first_day(config)) // DAYS_PER_WEEK
    names = dict.fromkeys([*SHOWN, *(list_of(goal.stage) for goal in question.goals)])
    return [_after(name, week, bool(incidents), results) for name in names]


def _after(name: str, week: int, may_be_back: bool, results: Sequence[Replication]) -> ListAfter:
    lengths = weekly_futures(results, name, "list")
    later = lengths[:, week:]
    compared = may_be_back and week > 0
    back = figures(results, "recovery_week", name) if compared else np.full(len(results), np.nan)
    return ListAfter(
        name,
        f"for {STAGES[name].words}",
        float(lengths[:, max(0, week - BEFORE_WEEKS) : week].mean()) if week else None,
        float(np.median(later.max(axis=1))),
        float(np.median(later.argmax(axis=1))) + week + 1,
        _middle(back),
        int(np.isfinite(back).sum()),
        len(back),
        float(weekly_futures(results, name, "arrivals")[:, week:].sum(axis=1).mean()),
    )


def _middle(weeks: Floats) -> float | None:
    """Return the median where a list that is never back counts as later than all others; None if it is never back."""
    middle = float(np.median(np.nan_to_num(weeks, nan=np.inf)))
    return middle if np.isfinite(middle) else None
