"""Lays what happened over a projection that was kept, and says which driver explains a month that left its range."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analysis.estimates.intervals import range_of_futures
from analysis.own_hub.actual import Actual, Cell, known_within, published
from analysis.own_hub.check import ABOVE, BELOW, INSIDE, TOO_FEW, TOO_WIDE, Month
from analysis.tell.wording import Form, count, few, listed

Simulated = Mapping[Cell, np.ndarray]
MOST_PLACES = 6
VERDICTS = {
    INSIDE: "as projected",
    ABOVE: "more than projected",
    BELOW: "less than projected",
    TOO_FEW: "too few months to tell",
    TOO_WIDE: "cannot tell: range too wide",
}
"""What is said of a figure."""


class Driver(NamedTuple):
    """Something that moves everything else: what happened of it so far beside the projection."""

    name: str
    happened: float
    median: float
    low: float
    high: float
    """The range that holds 9 of 10 simulated futures, of the same months."""

    @property
    def distance(self) -> float:
        """How far from the median, in halves of the range: beyond 1 it is outside."""
        half = (self.high - self.low) / 2
        return abs(self.happened - self.median) / half if half > 0 else 0.0


KNOWN_BY: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "demand": (("referrals",),),
    "staff": (("contacts", "missed"), ("care_contacts", "missed"), ("contacts",), ("care_contacts",)),
    "attendance": (("contacts", "missed"), ("care_contacts", "missed")),
}
"""Figures that tell a driver, the first that are known: national data has care contacts in place of contacts.

Demand is people referred, staff what they offered (contacts kept and missed), attendance the share kept of these.
"""


def drivers(actual: Actual, simulated: Simulated, until: datetime.date) -> list[Driver]:
    """Set demand, staff and attendance so far beside the projection, the furthest from it first."""
    found = []
    for name, choices in KNOWN_BY.items():
        share = name == "attendance"
        known = [(figures, _months_with(figures, actual, simulated, until)) for figures in choices]
        figures, months = next((one for one in known if one[1]), known[0])
        if not months:
            continue
        bounds = [[known_within(actual[figure, month]) for month in months] for figure in figures]
        sums = [zip(*mine, strict=True) for mine in bounds]
        (least, most), *more = [(float(sum(low)), float(sum(high))) for low, high in sums]
        drawn = [np.sum([simulated[figure, month] for month in months], axis=0) for figure in figures]
        if share:
            least, most = least / max(least + more[0][1], 1), most / max(most + more[0][0], 1)
        else:
            least, most = least + sum(one[0] for one in more), most + sum(one[1] for one in more)
        futures = drawn[0] / np.maximum(np.sum(drawn, axis=0), 1) if share else np.sum(drawn, axis=0)
        median = float(np.median(futures))
        told = min(max(median, least), most)  # of what is known within bounds, what explains least
        found.append(Driver(name, float(told), median, *range_of_futures(futures)))
    return sorted(found, key=lambda driver: -driver.distance)


def _months_with(
    figures: Sequence[str], actual: Actual, simulated: Simulated, until: datetime.date
) -> list[datetime.date]:
    """Return the months so far of which all these figures are known."""
    return [
        month
        for month in sorted({month for _, month in actual})
        if month <= until and all((figure, month) in actual and (figure, month) in simulated for figure in figures)
    ]


def explained(row: Month, actual: Actual, simulated: Simulated) -> str:
    """Say which driver explains a month that left its range: the one that is furthest outside by then."""
    found = drivers(actual, simulated, row.month)
    if not found:
        return "not told: give referrals, contacts and missed contacts too"
    first = found[0]
    if first.distance <= 1:
        names = [name for name in KNOWN_BY if name in {driver.name for driver in found}]
        lie = "lies" if len(names) == 1 else "lie"
        return f"chance: {listed(names)} so far {lie} inside, and 1 month in 10 leaves its range"
    less = "less" if first.happened < first.median else "more"
    return f"{first.name}: {less} than projected so far"


def told_of(rows: Sequence[Month], actual: Actual, simulated: Simulated) -> list[str]:
    """Say of each month what left its range, and which driver explains it."""
    lines = []
    for month in sorted({row.month for row in rows if row.verdict != INSIDE}):
        mine = [row for row in rows if row.month == month and row.verdict != INSIDE]
        left = ", ".join(f"{row.figure.replace('_', ' ')} {_beside_range(row)}" for row in mine)
        lines.append(f"{month:%B %Y}: {left}\n  {explained(mine[0], actual, simulated)}")
    return lines


def not_compared(actual: Actual, projected: tuple[datetime.date, datetime.date]) -> str:
    """Name the months that lie outside a projection, given by its first and last month; empty where none does."""
    months = sorted({month for _, month in actual})
    sides = (
        ("before it", [month for month in months if month < projected[0]]),
        ("after it", [month for month in months if month > projected[1]]),
    )
    return " and ".join(
        f"{few([f'{month:%B %Y}' for month in outside], 'months')} {side}" for side, outside in sides if outside
    )


def _beside_range(row: Month) -> str:
    """Return what happened and the range that it left, with as many decimals as show that it did."""
    nearest = row.low if row.verdict == BELOW else row.high
    least, most = known_within(row.happened)
    edge = most if row.verdict == BELOW else least
    form = (
        count
        if count(edge) != count(nearest)
        else next(
            (finer for places in range(1, MOST_PLACES) if (finer := Form(places=places))(edge) != finer(nearest)),
            Form(places=MOST_PLACES),
        )
    )
    return f"{published(row.happened, form)} ({form.range(row.low, row.high)})"
