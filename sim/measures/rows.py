"""What is measured, and the rows of a replication: how measures are declared, and the values that are counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.measures.groups import Groupings
from sim.streams import Bools, Ints


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


LESS, MORE, NEITHER = Better
ADDED, POOLED, AT_ONCE, AVERAGED, GREATEST = OverHubs

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

    Raises ValueError when one of that name is there already.
    """
    for measure in measures:
        if measure.name in MEASURES:
            raise ValueError(f"{measure.name}: is declared twice; give one of the two another name")
        MEASURES[measure.name] = measure


def declared(name: str) -> Measure:
    """Return what is known of a measure.

    Raises ValueError when nothing is: it could not be said how several Hubs make one figure.
    """
    if name not in MEASURES:
        raise ValueError(f"{name}: is no declared measure; declare it where it is counted, in sim/measures")
    return MEASURES[name]


NONE = ""
"""The stage of a measure that belongs to none."""


class MeasureRow(NamedTuple):
    """One figure: a count has itself as numerator and no denominator; a mean, share or ratio has both."""

    measure: str
    stage: str
    dimension: str
    group: str
    value: float
    numerator: float
    denominator: float
    unit: str


class Rows(list[MeasureRow]):
    """The figures of one Hub in one replication."""

    def figure(self, measure: str, stage: str, dimension: str, group: str, value: float) -> None:
        """Add a figure that is not a ratio."""
        unit = _unit(measure, ratio=False)
        self.append(MeasureRow(measure, stage, dimension, group, float(value), float(value), math.nan, unit))

    def figures(self, measure: str, stage: str, groups: Sequence[tuple[str, str]], values: Sequence[float]) -> None:
        """Add one for each of several groups, given by dimension and name."""
        unit = _unit(measure, ratio=False)
        for (dimension, group), value in zip(groups, map(float, values), strict=True):
            self.append(MeasureRow(measure, stage, dimension, group, value, value, math.nan, unit))

    def ratio(self, measure: str, stage: str, dimension: str, group: str, numerator: float, denominator: float) -> None:
        """Add numerator ÷ denominator; not a number where nobody is in the denominator."""
        self.ratios(measure, stage, [(dimension, group)], [numerator], [denominator])

    def ratios(
        self,
        measure: str,
        stage: str,
        groups: Sequence[tuple[str, str]],
        numerators: Sequence[float],
        denominators: Sequence[float],
    ) -> None:
        """Add one for each of several groups, given by dimension and name."""
        unit = _unit(measure, ratio=True)
        for (dimension, group), top, bottom in zip(groups, numerators, denominators, strict=True):
            value = top / bottom if bottom else math.nan
            self.append(MeasureRow(measure, stage, dimension, group, value, float(top), float(bottom), unit))

    def gap(self, measure: str, stage: str, dimension: str, group: str, value: float) -> None:
        """Add a difference between two figures, which has neither numerator nor denominator."""
        unit = _unit(measure, ratio=False)
        self.append(MeasureRow(measure, stage, dimension, group, value, math.nan, math.nan, unit))

    def counts(self, measure: str, stage: str, groupings: Groupings, cases: Ints | Bools) -> None:
        """Add how many cases there are, in every group of every grouping; given as a mask, or one by one."""
        self.figures(measure, stage, groupings.names, groupings.tally(cases))

    def shares(self, measure: str, stage: str, groupings: Groupings, among: Bools, of_these: Bools) -> None:
        """Add the share of cases that are also among these, in every group of every grouping."""
        tops, bottoms = groupings.tally(among & of_these), groupings.tally(among)
        self.ratios(measure, stage, groupings.names, tops, bottoms)


def _unit(measure: str, ratio: bool) -> str:
    """Return the unit of a declared measure, which must be a ratio or none as its rule for several Hubs says."""
    known = declared(measure)
    if (known.over_hubs in RATIOS) is not ratio:
        what = "is counted" if ratio else "is not counted"
        raise ValueError(f"{measure}: {what} as a ratio, and its rule for several Hubs is {known.over_hubs}")
    return known.unit


def named(names: Sequence[str], codes: NDArray[np.int64]) -> pa.DictionaryArray:
    """Return a column of text that is given by positions in a list of names, with the names in order of appearance."""
    places: dict[str, int] = {}
    place = np.array([places.setdefault(name, position) for position, name in enumerate(names)], dtype=np.int64)
    found = pa.array(place[codes]).dictionary_encode()
    texts = pa.array([names[position] for position in found.dictionary.to_pylist()], type=pa.string())
    return pa.DictionaryArray.from_arrays(found.indices, texts)
