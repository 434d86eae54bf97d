"""Rows of the measures table, collected one measure at a time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.measures.history import Grouping

Numbers = NDArray[np.float64] | NDArray[np.int64]
NONE = ""
"""The stage of a measure that belongs to none."""


class Row(NamedTuple):
    """One figure: a count has itself as numerator and no denominator; a mean, share or ratio has both."""

    measure: str
    stage: str
    dimension: str
    group: str
    value: float
    numerator: float
    denominator: float
    unit: str


class Rows(list[Row]):
    """The figures of one Hub in one replication."""

    def figure(self, measure: str, stage: str, dimension: str, group: str, value: float, unit: str) -> None:
        """Add a figure that is not a ratio."""
        self.append(Row(measure, stage, dimension, group, float(value), float(value), math.nan, unit))

    def ratio(
        self, measure: str, stage: str, dimension: str, group: str, numerator: float, denominator: float, unit: str
    ) -> None:
        """Add numerator ÷ denominator; not a number where nobody is in the denominator."""
        value = numerator / denominator if denominator else math.nan
        self.append(Row(measure, stage, dimension, group, value, float(numerator), float(denominator), unit))

    def counts(self, measure: str, stage: str, groupings: list[Grouping], cases: NDArray[np.bool_], unit: str) -> None:
        """Add how many cases a mask holds, in every group of every grouping."""
        for grouping in groupings:
            tally = np.bincount(grouping.of_case[cases], minlength=len(grouping.names))
            for name, number in zip(grouping.names, tally.tolist(), strict=True):
                self.figure(measure, stage, grouping.dimension, name, number, unit)

    def shares(
        self,
        measure: str,
        stage: str,
        groupings: list[Grouping],
        among: NDArray[np.bool_],
        weight: Numbers,
        unit: str = "share",
    ) -> None:
        """Add the mean of `weight` (or the share for which it is true) among cases, in every group."""
        for grouping in groupings:
            size, codes = len(grouping.names), grouping.of_case[among]
            numbers = np.bincount(codes, minlength=size)
            sums = np.bincount(codes, weights=weight[among], minlength=size)
            for name, top, bottom in zip(grouping.names, sums.tolist(), numbers.tolist(), strict=True):
                self.ratio(measure, stage, grouping.dimension, name, top, bottom, unit)
