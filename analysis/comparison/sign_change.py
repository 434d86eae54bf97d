"""Where a difference changes its sign, as a straight line on what was drawn of one number has it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.estimates.intervals import NOTHING, Interval, t_quantile
from sim.streams import Floats

TURNS = "changes the sign"
NEVER = "no value within its range changes it"
OPEN = "not known with so few futures"
BENT = "not known, as the differences follow no straight line"
FEWEST = 10
"""Pairs from which a line is drawn through them."""
ROUNDING = 1e-9
"""What arithmetic alone may leave of a bend where there is none."""


class Switch(NamedTuple):
    """What one driver does to a difference: plan less baseline, in the unit of the figure as stored."""

    slope: Interval
    """By how much the difference moves for each unit of the driver."""
    at_low: Interval
    """The mean difference where the driver is at the low end of its range, all else as it falls."""
    at_high: Interval
    value: Interval
    """Where the difference changes its sign; not a number where it does not within the range."""
    verdict: str


class Driver(NamedTuple):
    """An uncertain input: what was drawn of it, and its range."""

    key: str
    words: str
    drawn: Floats
    low: float
    high: float


def switch(differences: Floats, driver: Driver, confidence: float) -> Switch:
    """Regress paired differences on what was drawn of a driver, and find where they change their sign.

    Inputs are drawn independently, so that each may be looked at by itself. A change of sign is said only where the
    difference is clearly of one sign at one end of the range and clearly of the other at the other end, on the line and
    on a parabola: the interval of the value, Fieller's, then lies within the range. Where the parabola fits clearly
    better, the line says nothing of it.
    """
    known = ~np.isnan(differences)
    y, x = differences[known], driver.drawn[known]
    number, spread = len(y), float(((x - x.mean()) ** 2).sum()) if len(x) else 0.0
    if number < FEWEST or spread == 0:
        return Switch(NOTHING, NOTHING, NOTHING, NOTHING, OPEN)
    mean, centre = float(y.mean()), float(x.mean())
    slope = float(((x - centre) * y).sum() / spread)
    variance = float(((y - mean - slope * (x - centre)) ** 2).sum() / (number - 2))
    reach = t_quantile(number - 1, confidence)

    def at(value: float) -> Interval:
        middle = mean + slope * (value - centre)
        half = reach * math.sqrt(variance * (1 / number + (value - centre) ** 2 / spread))
        return Interval(middle, middle - half, middle + half)

    half = reach * math.sqrt(variance / spread)
    steep, low, high = Interval(slope, slope - half, slope + half), at(driver.low), at(driver.high)
    sides = side(low), side(high)
    line = {driver.low - centre: low.estimate, driver.high - centre: high.estimate}
    bent, curved = _on_a_curve(x - centre, y - mean - slope * (x - centre), line, confidence)
    if bent:
        return Switch(steep, low, high, NOTHING, BENT)
    if sides[0] * sides[1] > 0:
        return Switch(steep, low, high, NOTHING, NEVER)
    if sides[0] * sides[1] < 0 and curved in ([], [*sides]):
        turn = centre - mean / slope
        ends = _fieller(mean, slope, reach**2 * variance / number, reach**2 * variance / spread)
        return Switch(steep, low, high, Interval(turn, centre + ends[0], centre + ends[1]), TURNS)
    return Switch(steep, low, high, NOTHING, OPEN)


def _on_a_curve(x: Floats, left: Floats, line: dict[float, float], confidence: float) -> tuple[bool, list[int]]:
    """Return whether a parabola fits clearly better than a line, and on which side of nothing it lies at some places.

    `x` and the places are taken from the middle of what was drawn; `left` is what the line leaves, `line` what it has.
    """
    middle, tilt = float((x**2).mean()), float((x**3).sum() / (x**2).sum())
    square = x**2 - middle - tilt * x
    spread = float((square**2).sum())
    if spread <= ROUNDING * float((x**4).sum()):  # two values alone, which a line always fits
        return False, []
    bend = float((square * left).sum() / spread)
    variance = float(((left - bend * square) ** 2).sum()) / (len(x) - 3)
    reach, sides = t_quantile(len(x) - 2, confidence), []
    for place, level in line.items():
        more = place**2 - middle - tilt * place
        found = level + bend * more
        half = reach * math.sqrt(variance * (1 / len(x) + place**2 / float((x**2).sum()) + more**2 / spread))
        sides.append(side(Interval(found, found - half, found + half)))
    return abs(bend) > max(reach * math.sqrt(variance / spread), ROUNDING / float(np.ptp(square))), sides


def side(found: Interval) -> int:
    """Return on which side of nothing a whole interval lies; 0 where it does not."""
    return int(found.low > 0) - int(found.high < 0)


def _fieller(mean: float, slope: float, of_mean: float, of_slope: float) -> tuple[float, float]:
    """Return how far from the centre a line whose slope is not level may cross nothing (Fieller 1954)."""
    a, b, c = slope**2 - of_slope, 2 * mean * slope, mean**2 - of_mean
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    low, high = sorted(((-b - root) / (2 * a), (-b + root) / (2 * a)))
    return low, high
