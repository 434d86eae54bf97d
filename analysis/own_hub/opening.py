"""From what the months of a Hub are simulated: from its lists, or as one that has run for years."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from analysis.tell.wording import counted, full_date

if TYPE_CHECKING:
    from sim.config import HubConfig

FROM = {"backlog": "the lists of {day} (sheet Lists)", "empty": "an empty Hub on {day} (run.opening.mode=empty)"}
"""What is known of the first day, by mode; under `run_in` nothing is."""


class Start(NamedTuple):
    """What is asked of a Hub so that it covers some months, and the same in words."""

    overrides: list[str]
    told: str


def start_of(config: HubConfig, covered: tuple[datetime.date, int]) -> Start:
    """Say from what some months are simulated.

    What a Hub was on its first day is known, and tells more of the months after it than any average year: those that
    begin within the horizon are simulated from that day on, with what comes before them in between. Of a day before the
    lists, or so long after them that nobody asked to simulate until then, they tell nothing that could be run to:
    there the Hub is taken to have run for years when the months begin.

    Parameters
    ----------
    config
        The Hub as its options are, with its own first day, opening and horizon.
    covered
        First day of the months, and their days.
    """
    first, days = covered
    known_on, mode, horizon = config.run.start_date, config.run.opening.mode, config.run.horizon_days
    after = (first - known_on).days
    if mode in FROM and 0 <= after < horizon:
        return Start(
            _asked(mode, known_on, after + days), f"Simulated from {FROM[mode].format(day=full_date(known_on))} on."
        )
    if mode not in FROM:
        why = "no lists are given"
    elif after < 0:
        why = f"its lists are of a later day, {full_date(known_on)}"
    else:
        why = f"its lists are of {full_date(known_on)}, from which {counted(horizon, 'day')} are asked for and no more"
    return Start(
        _asked("run_in", first, days), f"Simulated as a Hub that had run for years by {full_date(first)}: {why}."
    )


def _asked(mode: str, start: datetime.date, days: int) -> list[str]:
    return [f"run.opening.mode={mode}", f"run.start_date={start}", f"run.horizon_days={days}"]
