"""Ways to divide cases: by who people are, by need and by modality; each counted in one pass over the cases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.streams import Bools, Ints


@dataclass(frozen=True)
class Grouping:
    """One way to divide cases: a dimension and its groups.

    A stratum is a combination of groups, such as a staff group x gender x ethnicity: every group is made of whole
    strata.
    """

    dimension: str
    names: list[str]
    of_stratum: Ints
    stratum_of_case: Ints

    @cached_property
    def of_case(self) -> Ints:
        """Each case's group."""
        return self.of_stratum[self.stratum_of_case]

    def tally(self, by_stratum: Ints) -> list[int]:
        """Return whole numbers of each stratum added up by group."""
        found: list[int] = np.bincount(self.of_stratum, by_stratum, len(self.names)).astype(np.int64).tolist()
        return found


class Groupings(list[Grouping]):
    """Several ways to divide the same cases, everybody first, by the same strata.

    Their groups are numbered through; a dimension of one group is everybody, has that number and is not counted again.
    """

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Dimension and name of each group."""
        return [(grouping.dimension, name) for grouping in self for name in grouping.names]

    @cached_property
    def _sizes(self) -> list[int]:
        return [
            len(grouping.names) if place == 0 or len(grouping.names) > 1 else 0 for place, grouping in enumerate(self)
        ]

    @property
    def counted(self) -> list[Grouping]:
        """Everybody, and the dimensions of more than one group."""
        return [grouping for grouping, size in zip(self, self._sizes, strict=True) if size]

    @cached_property
    def total(self) -> int:
        """How many numbers there are."""
        return sum(self._sizes)

    @cached_property
    def numbers(self) -> Ints:
        """The number of each of `names`."""
        first = np.cumsum(self._sizes) - self._sizes
        places = zip(first, self._sizes, self, strict=True)
        return np.concatenate(
            [np.arange(size) + start if size else [0] * len(each.names) for start, size, each in places]
        )

    @cached_property
    def of_case(self) -> Ints:
        """The number of each case's group in each dimension that is counted, shape (dimensions, cases)."""
        return self.numbered([grouping.of_case for grouping in self.counted])

    @cached_property
    def _of_stratum(self) -> Ints:
        return self.numbered([grouping.of_stratum for grouping in self.counted])

    def numbered(self, places: list[Ints]) -> Ints:
        """Return the numbers of groups given by their places in each dimension that is counted, of the same shape."""
        sizes = [size for size in self._sizes if size]
        first: Ints = np.cumsum(sizes, dtype=np.int64) - sizes
        return np.stack(places) + first[:, None]

    def tally(self, cases: Ints | Bools) -> list[int]:
        """Return how many cases there are in each group; given as a mask, or one by one."""
        by_stratum = np.bincount(self[0].stratum_of_case[cases], minlength=len(self[0].of_stratum))
        by_number = sums(self._of_stratum, by_stratum, self.total)
        return [int(people) for people in by_number[self.numbers].tolist()]

    @cached_property
    def everybody(self) -> Groupings:
        """Everybody only."""
        return Groupings(self[:1])


def crossed(names: dict[str, list[str]], of_case: list[Ints]) -> Groupings:
    """Return all cases as one grouping and then a grouping for each dimension, all with the same strata.

    `names` are each dimension's groups, `of_case` each case's group in each of them, shape (dimensions, cases).
    """
    shape = tuple(len(groups) for groups in names.values())
    stratum = np.ravel_multi_index(tuple(of_case), shape)
    groups = np.indices(shape).reshape(len(shape), -1)
    everybody = Grouping("all", ["all"], np.zeros_like(groups[0]), stratum)
    dimensions = zip(names.items(), groups, strict=True)
    return Groupings([everybody, *(Grouping(name, each, mine, stratum) for (name, each), mine in dimensions)])


def undivided(cases: int) -> Groupings:
    """Return so many as one group."""
    return Groupings([Grouping("all", ["all"], np.zeros(1, dtype=np.int64), np.zeros(cases, dtype=np.int64))])


def sums(of_case: Ints, weights: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return the sum of the cases' weights in each of so many groups, in the order of the cases.

    `of_case` are numbers of groups, shape (groupings, cases).
    """
    by_case: NDArray[Any] = np.broadcast_to(weights, of_case.shape)
    found: NDArray[Any] = np.bincount(of_case.ravel(), by_case.ravel(), groups)
    return found
