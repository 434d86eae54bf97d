"""What the report says: plain words, what drives the answer, and what is not known."""

import json
import math
from pathlib import Path

import pytest

from analysis.estimates import Interval
from analysis.report.drivers import Driver, Drivers, read_drivers
from analysis.report.phrases import bracketed, futures, listed
from sim.errors import HubError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "hardly any simulated future"),
        (0.03, "about 3 in 100 simulated futures"),
        (0.07, "about 1 in 10 simulated futures"),
        (0.88, "about 9 in 10 simulated futures"),
        (0.95, "about 95 in 100 simulated futures"),
        (0.97, "about 97 in 100 simulated futures"),
        (1.0, "nearly every simulated future"),
        (math.nan, "an unknown share of simulated futures"),
    ],
)
def test_shares_of_futures_are_natural_frequencies(share: float, said: str) -> None:
    assert futures(share) == said


def test_estimates_carry_their_interval_and_lists_read_as_sentences() -> None:
    assert bracketed(Interval(49.2, 41.8, 56.6)) == "49 (42 to 57)"
    assert bracketed(Interval(4.26, math.nan, math.nan), 1) == "4.3"
    assert listed(["A", "B", "C"]) == "A, B and C"


def test_the_drivers_are_those_that_sensitivity_analysis_left(tmp_path: Path) -> None:
    driver = {"key": "demand.x", "words": "uptake", "grade": "D", "unit": "a year", "low": 1.0, "high": 2.0}
    driver |= {"result_low": 70.0, "result_high": 30.0}
    content = {"scenario": "baseline", "staffing": "senior_led", "figure": "in time", "unit": "%", "drivers": [driver]}
    (tmp_path / "sensitivity.json").write_text(json.dumps(content))
    assert read_drivers(tmp_path) == Drivers("baseline", "senior_led", "in time", "%", [Driver(**driver)])
    assert read_drivers(tmp_path).found[0].swing == 40
    assert read_drivers(None) is None
    with pytest.raises(HubError, match=r"--sensitivity: got .* holds no"):
        read_drivers(tmp_path / "elsewhere")
