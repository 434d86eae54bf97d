"""What is believed of one number: its value, its range, and the value at a position between 0 and 1 in it."""

from __future__ import annotations

from math import exp, log
from typing import Any

from sim.config.run import UncertainNumber

WIDTH = 2 * 1.959964
"""A range is read as the middle 95 % of what is believed: so many standard deviations wide."""


def quantile(number: UncertainNumber, position: float) -> float:
    """Return the value at a position between 0 and 1; never outside the range.

    The value is the mean of a beta, gamma or normal distribution and the median of a lognormal one, with the range as
    its middle 95 %, cut off at its ends. Distributions that describe the quantity itself (exponential, Poisson,
    geometric) have an uncertain mean above 0, taken as lognormal. Where the value lies at an end that the
    distribution cannot reach, it is triangular.
    """
    from scipy.special import betainc, betaincinv, gammainc, gammaincinv, ndtr, ndtri

    low, value, high = number.low, number.value, number.high
    kind, spread = number.distribution, (high - low) / WIDTH
    if kind == "uniform":
        return low + position * (high - low)
    if kind == "normal":
        return _cut(lambda x: ndtr((x - value) / spread), lambda p: value + spread * ndtri(p), number, position)
    if kind == "beta" and 0 < value < 1 and spread**2 < value * (1 - value):
        size = value * (1 - value) / spread**2 - 1
        a, b = value * size, (1 - value) * size
        return _cut(lambda x: betainc(a, b, x), lambda p: betaincinv(a, b, p), number, position)
    if kind == "gamma" and value > 0:
        shape, scale = (value / spread) ** 2, spread**2 / value
        return _cut(lambda x: gammainc(shape, x / scale), lambda p: scale * gammaincinv(shape, p), number, position)
    if kind not in ("beta", "triangular") and low > 0:
        sigma = log(high / low) / WIDTH
        return _cut(lambda x: ndtr(log(x / value) / sigma), lambda p: value * exp(sigma * ndtri(p)), number, position)
    return _triangular(low, value, high, position)


def _cut(below: Any, inverse: Any, number: UncertainNumber, position: float) -> float:
    start, end = float(below(number.low)), float(below(number.high))
    return min(max(float(inverse(start + position * (end - start))), number.low), number.high)


def _triangular(low: float, value: float, high: float, position: float) -> float:
    turn = (value - low) / (high - low)
    if position < turn:
        return float(low + (position * (high - low) * (value - low)) ** 0.5)
    return float(high - ((1 - position) * (high - low) * (high - value)) ** 0.5)
