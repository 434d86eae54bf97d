"""The tolerance of every validation case, and the table of cases in the file named by HUB_VALIDATION_REPORT."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

# Hand-made Hubs are imported by their bare name: an installed package may own the name `tests`.
sys.path.insert(0, str(Path(__file__).parent))

CONFIDENCE = 0.999
MOST_BIAS = 0.02
MOST_BIAS_OF_SHARE = 0.005
FEWEST_REPLICATIONS = 30
HEADING = f"""# Validation

The service code itself, set up as queues whose answers are known, against those answers. Written by `make validate`;
the formulas are in `analysis/queueing.py`, the cases in `tests/validation/`. Seeds are fixed.

A simulated mean passes when the reference lies in its {CONFIDENCE:.1%} t interval over at least {FEWEST_REPLICATIONS}
replications *and* is missed by at most {MOST_BIAS:.0%} (a share: by {100 * MOST_BIAS_OF_SHARE:g} percentage points).
Cases without an interval are exact: they pass only when every value agrees.

| case | quantity | reference | simulated | 99.9 % interval | verdict |
| --- | --- | ---: | ---: | :---: | --- |
"""


class Verdicts:
    """What each validation case found; asserts the tolerance and keeps a row for the table."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def of_mean(self, case: str, quantity: str, reference: float, replications: list[float] | np.ndarray) -> None:
        """Hold a mean over replications against a reference."""
        self._of_replications(case, quantity, reference, replications, MOST_BIAS * abs(reference))

    def of_share(self, case: str, quantity: str, reference: float, replications: list[float] | np.ndarray) -> None:
        """Hold a share, averaged over replications, against a reference."""
        self._of_replications(case, quantity, reference, replications, MOST_BIAS_OF_SHARE)

    def not_below(self, case: str, quantity: str, least: float, replications: list[float] | np.ndarray) -> None:
        """Require that nothing says that a mean over replications lies below a bound."""
        mean, half = _mean_and_half_width(replications)
        interval = f"{_short(mean - half)} to {_short(mean + half)}"
        passed = mean + half >= least
        self._row(case, quantity, f"≥ {_short(least)}", _short(mean), interval, passed)
        assert len(replications) >= FEWEST_REPLICATIONS
        assert passed, f"{case}, {quantity}: {interval} lies below {least:.6g}"

    def at_least(self, case: str, quantity: str, least: float, found: float) -> None:
        """Require that one figure is not below a bound."""
        self._row(case, quantity, f"≥ {_short(least)}", _short(found), "", found >= least)
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
        self._row(case, quantity, _short(reference), _short(simulated), f"± {tolerance:g} relative", close)
        assert close, f"{case}, {quantity}: {simulated!r} is not {reference!r} within {tolerance:g}"

    def at_most(self, case: str, quantity: str, most: float, found: float) -> None:
        """Require that a figure lies below a bound."""
        self._row(case, quantity, f"< {_short(most)}", _short(found), "", found < most)
        assert found < most, f"{case}, {quantity}: {found:.4g} is not below {most:.4g}"

    def _of_replications(
        self, case: str, quantity: str, reference: float, replications: list[float] | np.ndarray, most_bias: float
    ) -> None:
        mean, half = _mean_and_half_width(replications)
        inside, close = abs(mean - reference) <= half, abs(mean - reference) <= most_bias
        interval = f"{_short(mean - half)} to {_short(mean + half)}"
        self._row(case, quantity, _short(reference), _short(mean), interval, inside and close)
        assert len(replications) >= FEWEST_REPLICATIONS
        assert inside, f"{case}, {quantity}: {reference:.6g} is outside {interval}"
        assert close, f"{case}, {quantity}: {mean:.6g} misses {reference:.6g} by more than {most_bias:.3g}"

    def _row(self, case: str, quantity: str, reference: str, simulated: str, interval: str, passed: bool) -> None:
        self.rows.append([case, quantity, reference, simulated, interval, "pass" if passed else "**fail**"])


def _mean_and_half_width(replications: list[float] | np.ndarray) -> tuple[float, float]:
    values = np.asarray(replications, dtype=float)
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)
    return float(values.mean()), float(quantile * values.std(ddof=1) / math.sqrt(len(values)))


def _short(value: float) -> str:
    return f"{value:.4g}"


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    """Collect the verdicts of a session and write the table if HUB_VALIDATION_REPORT names a file."""
    collected = Verdicts()
    yield collected
    report = os.environ.get("HUB_VALIDATION_REPORT")
    if report:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        # Workers of one run share the parent of their folders: each leaves its rows, the last writes them all.
        own = tmp_path_factory.getbasetemp()
        shared = own.parent if worker else own
        with _alone_in(shared):
            (shared / f"verdicts-{worker}.json").write_text(json.dumps(collected.rows))
            rows = [row for part in sorted(shared.glob("verdicts-*.json")) for row in json.loads(part.read_text())]
            _write(Path(report), sorted(rows, key=lambda row: row[0]))


def _write(report: Path, rows: list[list[str]]) -> None:
    table = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(HEADING + table, encoding="utf-8")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    lock = folder / "verdicts.lock"
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.rmdir()
