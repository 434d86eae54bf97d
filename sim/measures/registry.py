"""What is known of every measure: its words, unit, which way is better, and how several Hubs make one figure.

Each file of `sim/measures` declares what it counts. What is not declared cannot be counted, and nothing is declared
without a rule for several Hubs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    """Which way is better for those whom the Hub serves and pays for."""

    LESS = "less"
    MORE = "more"
    NEITHER = "neither"


class OverHubs(Enum):
    """How the figures of several Hubs make one."""

    ADDED = "added"
    """Counts, amounts, and peaks, which are each Hub's own."""
    POOLED = "numerators over denominators, both added"
    """Shares, means and other ratios."""
    AT_ONCE = "numerators added, over the time that Hubs share"
    """Amounts per unit of time: mean lists and yearly costs add."""
    AVERAGED = "the plain mean of the Hubs"
    """What can be neither added nor pooled: quantiles, weeks, gaps."""
    GREATEST = "the greatest of the Hubs"


RATIOS = (OverHubs.POOLED, OverHubs.AT_ONCE)
"""Rules for what has a numerator and a denominator."""


@dataclass(frozen=True)
class Measure:
    """A measure, as it is declared where it is counted."""

    name: str
    words: str
    unit: str
    better: Better
    over_hubs: OverHubs

    def __post_init__(self) -> None:
        if not isinstance(self.over_hubs, OverHubs):
            raise TypeError(f"{self.name}: got {self.over_hubs!r}; say how several Hubs make one figure (OverHubs)")


MEASURES: dict[str, Measure] = {}
"""Every measure by its name, once `sim.measures` is loaded."""


def declare(*measures: Measure) -> None:
    """Add measures to the register.

    Raises
    ------
    ValueError
        When one of that name is there already.
    """
    for measure in measures:
        if measure.name in MEASURES:
            raise ValueError(f"{measure.name}: is declared twice; give one of the two another name")
        MEASURES[measure.name] = measure


def declared(name: str) -> Measure:
    """Return what is known of a measure.

    Raises
    ------
    ValueError
        When nothing is: it could not be said how several Hubs make one figure.
    """
    if name not in MEASURES:
        raise ValueError(f"{name}: is no declared measure; declare it where it is counted, in sim/measures")
    return MEASURES[name]
