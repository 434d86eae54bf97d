"""What happened: figures of months, exact or, as published, known within bounds only."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Cell = tuple[str, datetime.date]
"""A figure of `sim.measures.months.MONTHLY` and the first day of its month."""
Actual = Mapping[Cell, float]


FEWEST, ANY = 5, "*"
"""Below national level a count under 5 is published as a star."""
BELOW = re.compile(r"([<≤]) ?(\d{1,2})")


class Within(float):
    """A count that is known to lie between two numbers; as a number it is what is published, or their middle."""

    low: float
    high: float
    text: str

    def __new__(cls, value: float, low: float, high: float, text: str) -> Within:
        """Hold a count with its bounds, both included, and how it was published."""
        one = super().__new__(cls, value)
        one.low, one.high, one.text = low, high, text
        return one


def suppressed(text: str) -> Within | None:
    """Return a count that is kept back, as * or <5 (0 to 4) or <10 (0 to 9) says; None if the text is none."""
    if text == ANY:
        most = FEWEST - 1
    elif match := BELOW.fullmatch(text):
        most = max(int(match[2]) - (match[1] == "<"), 0)
    else:
        return None
    return Within(most / 2, 0, most, text)


def known_within(value: float) -> tuple[float, float]:
    """Return the bounds of a figure; of one that is exact, itself twice."""
    return (value.low, value.high) if isinstance(value, Within) else (value, value)


def as_lists(actual: Actual) -> list[list[Any]]:
    """Return figures as they are kept in a file, each with its month, bounds and how it was published."""
    return [
        [figure, month.isoformat(), float(value), *known_within(value), str(published(value))]
        for (figure, month), value in actual.items()
    ]


def of_lists(kept: Sequence[Sequence[Any]]) -> dict[Cell, float]:
    """Return figures that `as_lists` kept."""
    return {
        (figure, datetime.date.fromisoformat(month)): bounded(value, low, high, text)
        for figure, month, value, low, high, text in kept
    }


def bounded(value: float, low: float, high: float, text: str) -> float:
    """Return a figure as it was: exact, or with its bounds."""
    return value if low == high else Within(value, low, high, text)


def published(value: float, form: Callable[[float], str] | None = None) -> float | str:
    """Return a figure as it was given, so that nothing passes for exact that is not."""
    if isinstance(value, Within):
        return value.text
    return form(value) if form else value
