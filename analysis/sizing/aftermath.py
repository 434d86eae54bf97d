"""What becomes of each list of the Hub under a plan: how long it gets, when it is back as before, who joins it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.estimates.intervals import range_by_week
from analysis.runs.surge import SHOWN
from analysis.sizing.futures import figures, weekly_futures
from analysis.sizing.question import DAYS_PER_WEEK, Question
from sim.config import HubConfig
from sim.measures.queues import BEFORE_WEEKS, back_as_before
from sim.run.replicate import Replication
from sim.stages import STAGES, list_of
from sim.streams import Floats

IN_1_OF_10 = 0.9
"""The quantile that is exceeded in 1 of 10 futures."""


class ListAfter(NamedTuple):
    """One list from the first incident on, or without one from the first decision on, over futures."""

    name: str
    words: str
    before: float | None
    """Mean of the drawn line over the 8 weeks before; None where the run begins with that week."""
    peak: float
    """The greatest value of the drawn line: the median over futures of the length at the end of each week."""
    peak_week: int
    """Week of the run in which the line is there, the first is 1."""
    rises_to: float
    """What the greatest length at the end of a week exceeds in 1 of 10 futures, whenever it comes."""
    back_week: int | None
    """Week with which the line is back at its level before for four weeks; None where it is not within the horizon,
    or where there is no before."""
    back: int
    """Futures that are themselves back within the horizon."""
    of: int
    joined: float
    """Mean number of people who join it from then on."""


def aftermath(config: HubConfig, question: Question, results: Sequence[Replication]) -> list[ListAfter]:
    """Return what becomes of the lists that a surge touches, and of those that are asked about."""
    week, incident = first_week(config, question), bool(config.incident)
    names = dict.fromkeys([*SHOWN, *(list_of(goal.stage) for goal in question.goals)])
    return [_after(name, week, incident and week > 0, results) for name in names]


def first_week(config: HubConfig, question: Question) -> int:
    """Return the week, counted from 0, with which the after begins: of the first incident, or the first decision."""
    incidents = (incident.day for incident in config.incident.values())
    return min(incidents, default=question.first_day(config)) // DAYS_PER_WEEK


def _after(name: str, week: int, compared: bool, results: Sequence[Replication]) -> ListAfter:
    lengths = weekly_futures(results, name, "list")
    back = figures(results, "recovery_week", name) if compared else np.full(len(results), np.nan)
    before, peak, peak_week, back_week = told_of(lengths, week)
    return ListAfter(
        name,
        f"for {STAGES[name].words}",
        before,
        peak,
        peak_week,
        float(np.quantile(lengths[:, week:].max(axis=1), IN_1_OF_10)),
        back_week if compared else None,
        int(np.isfinite(back).sum()),
        len(back),
        float(weekly_futures(results, name, "arrivals")[:, week:].sum(axis=1).mean()),
    )


def told_of(lengths: Floats, week: int) -> tuple[float | None, float, int, int | None]:
    """Return level before, peak, week of the peak and week back as before, all of the line that the card draws.

    `lengths` has shape (futures, weeks); the line is their median week by week. A median of the futures' own peaks
    beside a median of their own weeks would tell of a peak that no line has.
    """
    line = range_by_week(lengths)[1]
    top = week + int(line[week:].argmax())
    before = float(line[max(0, week - BEFORE_WEEKS) : week].mean()) if week else None
    back = np.nan if before is None else back_as_before(line, top, before)
    return before, float(line[top]), top + 1, int(back) if np.isfinite(back) else None
