"""How many replications are enough: until the measures that matter are known as precisely as asked.

The rule is that of Hoad, Robinson and Davies (2010, J Oper Res Soc 61:1632) with absolute half-widths: replications are
looked at in order of number, so the answer does not depend on how many cores simulated them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimates.headline import HEADLINES, of_everyone
from analysis.estimates.intervals import interval_of
from analysis.estimates.tables import over_hubs
from sim.errors import HubError, nearest
from sim.run.replicate import Replication

if TYPE_CHECKING:
    from sim.config import HubConfig

FEWEST = 5
"""No half-width is trusted before so many replications (n0)."""
LOOK_AHEAD, PER = 5, 100


def look_ahead(number: int) -> int:
    """Return for how many further replications the half-widths must stay small."""
    return LOOK_AHEAD * max(number, PER) // PER


def first_precise(met: Sequence[bool], fewest: int = FEWEST) -> int | None:
    """Return the smallest number of replications that is enough, or none if that cannot be said yet.

    Parameters
    ----------
    met
        Whether all half-widths were small enough after 1, 2, 3, … replications.
    fewest
        It is no less.
    """
    for number in range(max(fewest, FEWEST), len(met) + 1):
        last = number + look_ahead(number)
        if last > len(met):
            return None
        if all(met[number - 1 : last]):
            return number
    return None


class Precision:
    """Looks at replications one by one and says when there are enough (`CellRun.enough`)."""

    def __init__(self, config: HubConfig) -> None:
        self._asked = dict(config.run.precision or {})
        self._fewest = config.run.replications
        self._measures = [headline for headline in HEADLINES if headline.name in self._asked]
        self._seen: dict[str, list[tuple[float, float, float]]] = {name: [] for name in self._asked}
        self._units: dict[str, str] = {}
        self._met: dict[str, list[bool]] = {name: [] for name in self._asked}
        self._half: dict[str, float] = {}
        self._enough: int | None = None

    def __call__(self, result: Replication) -> bool:
        """Take the next replication in and return whether it was the last that is needed."""
        rows = over_hubs(of_everyone(result.tables["measures"].to_pandas(), self._measures))
        for measure in self._measures:
            [row] = rows[(rows["measure"] == measure.measure) & (rows["stage"] == measure.stage)].to_dict("records")
            self._units[measure.name] = str(row["unit"])
            self._seen[measure.name].append((row["value"], row["numerator"], row["denominator"]))
            self._half[measure.name] = half = self._half_width(measure.name)
            self._met[measure.name].append(half <= self._asked[measure.name])
        all_met = [all(each) for each in zip(*self._met.values(), strict=True)]
        self._enough = first_precise(all_met, self._fewest)
        return self._enough is not None

    def _half_width(self, name: str) -> float:
        values, numerators, denominators = zip(*self._seen[name], strict=True)
        found = interval_of(values, numerators, denominators, self._units[name])
        return math.inf if math.isnan(found.low) else (found.high - found.low) / 2

    def told(self) -> dict[str, Any]:
        """Return what the manifest says: whether it was reached, after how many, and which measure was the last."""
        since = {name: self._met_since(met) for name, met in self._met.items()}
        return {
            "asked_half_width": self._asked,
            "half_width": {name: round(half, 10) for name, half in self._half.items()},
            "reached": self._enough is not None,
            "enough_replications": self._enough,
            "last_measure": max(since, key=lambda name: since[name]),
        }

    @staticmethod
    def _met_since(met: Sequence[bool]) -> int:
        """Return after how many replications a half-width became small enough for good."""
        return max((number for number, good in enumerate(met, start=1) if not good), default=0) + 1

    def sentence(self) -> str:
        """Say it in a line."""
        told = self.told()
        last, number = told["last_measure"], len(self._met[told["last_measure"]])
        half = f"±{self._half[last]:.3g} ({self._units[last]})"
        if told["reached"]:
            return f"Precise enough after {told['enough_replications']} replications; the last was {last}, now {half}"
        asked = f"±{self._asked[last]:g}"
        return f"Not as precise as asked after {number} replications: {last} is known to {half}, not {asked}"


def stopping_rule(config: HubConfig) -> Precision | None:
    """Return the rule that a configuration asks for; none if it names a number of replications.

    Raises
    ------
    HubError
        When it nominates a measure that is none of the headlines.
    """
    if not config.run.precision:
        return None
    names = [headline.name for headline in HEADLINES]
    if other := next((name for name in config.run.precision if name not in names), None):
        raise HubError(f"run.precision: got {other}; {nearest(other, names)}")
    return Precision(config)
