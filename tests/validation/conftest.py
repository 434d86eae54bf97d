"""The tolerance of every validation case, and its rows of docs/validation.md."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

# Hand-made Hubs are imported by their bare name: an installed package may own the name `tests`.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "analysis" / "comparison"))  # the failing Hubs

from validation_table import FAILED, PASSED, PROPERTY, Row

CONFIDENCE = 0.999
MOST_BIAS = 0.02
LEAST_P = 0.001
ROUNDING = 1e-6
"""A relative tolerance below this is no more than the rounding of numbers."""
FEWEST_REPLICATIONS = 30
Replications = list[float] | np.ndarray
Writes = Callable[[float], str]


def short(value: float) -> str:
    """Return a figure in four digits, or whole if it has more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percent(value: float) -> str:
    """Return a share as a reader writes it."""
    return f"{100 * value:.2f} %" if abs(value) < 0.1 else f"{100 * value:.1f} %"


class Verdicts:
    """Holds what a validation case found against its tolerance, and records a row of the table either way."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        self._record = record

    def of_mean(self, case: str, quantity: str, reference: float, replications: Replications) -> None:
        """Hold a mean over replications against a reference."""
        self._of_replications(case, quantity, reference, replications, short)

    def of_share(self, case: str, quantity: str, reference: float, replications: Replications) -> None:
        """Hold a share, averaged over replications, against a reference."""
        self._of_replications(case, quantity, reference, replications, percent)

    def above(self, case: str, quantity: str, bound: float, replications: Replications) -> None:
        """Require that a mean over replications surely lies above a bound."""
        mean, half = _mean_and_half_width(replications)
        interval = f"{short(mean - half)} to {short(mean + half)}"
        self._row(case, quantity, f"> {short(bound)}", short(mean), interval, mean - half > bound)
        assert len(replications) >= FEWEST_REPLICATIONS
        assert mean - half > bound, f"{case}, {quantity}: {interval} is not above {bound:.6g}"

    def not_below(self, case: str, quantity: str, least: float, replications: Replications) -> None:
        """Require that nothing says that a mean over replications lies below a bound."""
        mean, half = _mean_and_half_width(replications)
        interval = f"{short(mean - half)} to {short(mean + half)}"
        passed = mean + half >= least
        self._row(case, quantity, f"≥ {short(least)}", short(mean), interval, passed)
        assert len(replications) >= FEWEST_REPLICATIONS
        assert passed, f"{case}, {quantity}: {interval} lies below {least:.6g}"

    def at_least(self, case: str, quantity: str, least: float, found: float) -> None:
        """Require that one figure is not below a bound."""
        self._row(case, quantity, f"≥ {short(least)}", short(found), "", found >= least)
        assert found >= least, f"{case}, {quantity}: {found:.6g} is below {least:.6g}"

    def not_more_than(self, case: str, quantity: str, most: int, found: int, of: int) -> None:
        """Require that at most so many of all comparisons are something."""
        self._row(case, quantity, f"≤ {most} of {of}", f"{found} of {of}", "", found <= most)
        assert found <= most, f"{case}, {quantity}: {found} of {of}"

    def of_all(self, case: str, quantity: str, reference: str, agree: int, of: int) -> None:
        """Require that every one of so many comparisons agrees."""
        self._row(case, quantity, reference, f"{agree:,} of {of:,}", "", agree == of > 0)
        assert of > 0, f"{case}, {quantity}: nothing was compared"
        assert agree == of, f"{case}, {quantity}: {of - agree} of {of} differ"

    def of_figure(self, case: str, quantity: str, reference: float, simulated: float, tolerance: float) -> None:
        """Hold one figure against a reference within a relative tolerance."""
        close = abs(simulated - reference) <= tolerance * max(abs(reference), tolerance)
        within = f" ± {percent(tolerance)}" if tolerance > ROUNDING else ""
        self._row(case, quantity, short(reference) + within, short(simulated), "", close)
        assert close, f"{case}, {quantity}: {simulated!r} is not {reference!r} within {tolerance:g}"

    def at_most(self, case: str, quantity: str, most: float, found: float) -> None:
        """Require that a figure lies below a bound."""
        self._row(case, quantity, f"< {short(most)}", short(found), "", found < most)
        assert found < most, f"{case}, {quantity}: {found:.4g} is not below {most:.4g}"

    def equivalent(self, case: str, quantity: str, margin: float, replications: Replications) -> None:
        """Require that the 95 % interval of a difference lies within a margin of 0 on either side."""
        values = np.asarray(replications, dtype=float)
        half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
        low, high = float(values.mean()) - half, float(values.mean()) + half
        within = -margin < low and high < margin
        interval = f"{short(low)} to {short(high)}"
        self._row(case, quantity, f"0 ± {short(margin)}", short(float(values.mean())), interval, within)
        assert len(values) >= FEWEST_REPLICATIONS
        assert within, f"{case}, {quantity}: {interval} is not within {margin:g} of 0"

    def of_law(self, case: str, quantity: str, p: float) -> None:
        """Require that draws do not contradict the law that they are said to follow."""
        self._row(case, quantity, f"p ≥ {LEAST_P:g}", f"{p:.3f}", "", p >= LEAST_P)
        assert p >= LEAST_P, f"{case}, {quantity}: p = {p:.3g}"

    def told(self, row: Row) -> None:
        """Record a row that was judged elsewhere."""
        self._record(PROPERTY, json.dumps(row))

    def _of_replications(
        self, case: str, quantity: str, reference: float, replications: Replications, written: Writes
    ) -> None:
        mean, half = _mean_and_half_width(replications)
        bias = abs(mean - reference)
        inside, close = bias <= half, bias <= MOST_BIAS * abs(reference)
        interval = f"{written(mean - half)} to {written(mean + half)}"
        self._row(case, quantity, written(reference), written(mean), interval, inside and close)
        assert len(replications) >= FEWEST_REPLICATIONS
        assert inside, f"{case}, {quantity}: {reference:.6g} is outside {interval}"
        assert close, f"{case}, {quantity}: {mean:.6g} misses {reference:.6g} by more than {MOST_BIAS:.0%} of it"

    def _row(self, case: str, quantity: str, reference: str, simulated: str, interval: str, passed: bool) -> None:
        self.told(Row(case, quantity, reference, simulated, interval, PASSED if passed else FAILED))


def _mean_and_half_width(replications: Replications) -> tuple[float, float]:
    values = np.asarray(replications, dtype=float)
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)
    return float(values.mean()), float(quantile * values.std(ddof=1) / math.sqrt(len(values)))


@pytest.fixture
def verdicts(record_property: Callable[[str, object], None]) -> Verdicts:
    """Judge the cases of a test and record their rows."""
    return Verdicts(record_property)
