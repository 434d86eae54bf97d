"""A list by week over simulated futures, as the page draws it, with dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.estimates.intervals import range_by_week
from analysis.estimates.tables import list_by_week
from analysis.tell.dates import month_ticks
from analysis.tell.wording import count, short_date
from sim.calendar import DAYS_PER_WEEK, date_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import HubConfig

QUARTER = 13


class WeeklyList(NamedTuple):
    """A list by week: its median over simulated futures, and in how many of 9 in 10 of them it is, in words."""

    weeks: list[int]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    ranges: list[str]
    in_table: list[int]
    """Places of the weeks that a table has: one a quarter, and the last."""

    def axis(self, config: HubConfig) -> dict[str, Any]:
        """Return the axis of weeks, with dates along it."""
        places, labels = month_ticks(config.run.start_date, self.weeks[-1])
        return {"tickvals": places, "ticktext": labels}

    def ends_on(self, config: HubConfig, at: int) -> str:
        """Return the last day of a week."""
        return short_date(date_of(config.run.start_date, self.weeks[at] * DAYS_PER_WEEK - 1))


def weekly_list(weekly: pd.DataFrame, stage: str) -> WeeklyList:
    """Return the list of a stage from the weekly table of one run."""
    weeks, lengths = list_by_week(weekly, stage)
    low, middle, high = range_by_week(lengths)
    ranges = [count.range(round(least), round(most)) for least, most in zip(low, high, strict=True)]
    in_table = [at for at, week in enumerate(weeks) if week % QUARTER == 0 or at == len(weeks) - 1]
    return WeeklyList(weeks.tolist(), low, middle, high, ranges, in_table)
