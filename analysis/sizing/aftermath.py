"""What a surge does to each list of the Hub under a plan: how long it gets, when, and when it is back as before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analysis.runs.surge import SHOWN
from analysis.sizing.futures import figures, weekly_futures
from sim.config import HubConfig
from sim.measures.queues import BEFORE_WEEKS
from sim.run.replicate import Replication
from sim.stages import STAGES
from sim.streams import Floats


class ListAfter(NamedTuple):
    """One list after the first incident, over futures."""

    words: str
    before: float
    """Mean length over the 8 weeks before the incident."""
    peak: float
    """Median over futures of the greatest length at the end of a week."""
    peak_week: float
    """Median over futures of the week of the run, the first is 1."""
    back_week: float | None
    """Week by which half of all futures are back at their level before; None where they are not within the horizon."""
    back: int
    """Futures that are back within the horizon."""
    of: int


def aftermath(config: HubConfig, results: Sequence[Replication]) -> list[ListAfter]:
    """Return the lists that a surge touches; empty without an incident after the run has begun."""
    week = min((incident.day for incident in config.incident.values()), default=-1) // 7
    if week < 1:
        return []
    return [_after(name, week, results) for name in SHOWN]


def _after(name: str, week: int, results: Sequence[Replication]) -> ListAfter:
    lengths = weekly_futures(results, name, "list")
    later = lengths[:, week:]
    back = figures(results, "recovery_week", name)
    return ListAfter(
        f"for {STAGES[name].words}",
        float(lengths[:, max(0, week - BEFORE_WEEKS) : week].mean()),
        float(np.median(later.max(axis=1))),
        float(np.median(later.argmax(axis=1))) + week + 1,
        _middle(back),
        int(np.isfinite(back).sum()),
        len(back),
    )


def _middle(weeks: Floats) -> float | None:
    """Return the median where a list that is never back counts as later than all others; None if it is never back."""
    middle = float(np.median(np.nan_to_num(weeks, nan=np.inf)))
    return middle if np.isfinite(middle) else None
