"""What happened: figures of months, exact or, as published, known within bounds only."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

Cell = tuple[str, datetime.date]
"""A figure of `sim.measures.months.MONTHLY` and the first day of its month."""
Actual = Mapping[Cell, float]


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


def known_within(value: float) -> tuple[float, float]:
    """Return the bounds of a figure; of one that is exact, itself twice."""
    return (value.low, value.high) if isinstance(value, Within) else (value, value)


def published(value: float, form: Callable[[float], str] | None = None) -> float | str:
    """Return a figure as it was given, so that nothing passes for exact that is not."""
    if isinstance(value, Within):
        return value.text
    return form(value) if form else value
