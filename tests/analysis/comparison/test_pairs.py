"""Paired differences against values worked out by hand, and against what their intervals promise."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.pairs import (
    BETTER,
    NO_MATTER,
    SAME,
    UNDECIDED,
    WORSE,
    Difference,
    difference,
    differences,
    holm,
    more_replications,
    simultaneous_confidence,
    verdict,
)
from analysis.estimates.intervals import mean_interval

pytestmark = pytest.mark.unit


def test_a_difference_is_the_mean_of_pairs_with_their_t_interval() -> None:
    found = difference([12, 15, 21], [10, 12, 14])  # differences 2, 3, 7: mean 4, s² = 7
    assert (found.difference, found.low, found.high) == pytest.approx(mean_interval([2, 3, 7]))
    assert found.correlation == pytest.approx(np.corrcoef([12, 15, 21], [10, 12, 14])[0, 1])
    assert found.variance_reduction == pytest.approx((21 + 4) / 7)
    assert found.pairs == 3
    t = 4 / math.sqrt(7 / 3)
    assert found.p == pytest.approx(1 - t / math.sqrt(t**2 + 2))  # the t distribution with two degrees of freedom


@pytest.mark.filterwarnings("error")
def test_what_does_not_vary_has_no_correlation_and_nothing_for_pairs_to_gain() -> None:
    assert math.isnan(difference([5, 5, 5], [2, 2, 2]).variance_reduction)
    for plan, baseline in (([1, 2, 3], [2, 2, 2]), ([2, 2, 2], [1, 2, 3])):
        assert math.isnan(difference(plan, baseline).correlation)


def test_the_p_value_and_the_interval_agree_about_nothing() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        found = difference(random.normal(0.6, 1, 12), random.normal(0, 1, 12))
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_a_plan_against_itself_is_exactly_nothing() -> None:
    found = difference([3.1, 4.7, 9.3], [3.1, 4.7, 9.3])
    assert found[:4] == (0, 0, 0, 1)


def test_pairs_that_always_differ_by_the_same_amount_are_certain() -> None:
    assert difference([5, 5, 5], [2, 2, 2])[:4] == (3, 3, 3, 0)
    assert difference([4.0, 6.0], [3.0, 5.0])[:4] == (1, 1, 1, 0)
    assert math.isinf(difference([4.0, 6.0], [3.0, 5.0]).variance_reduction)


def test_rounding_is_no_difference_and_no_spread() -> None:
    plan = np.array([520_000.1, 480_000.3, 511_111.7])
    certain = difference(plan / 3 * 3 + 40_000.1, plan)
    assert (certain.low, certain.high, certain.p) == (certain.difference, certain.difference, 0)
    assert math.isinf(certain.variance_reduction)
    assert difference(np.nextafter(plan, 0), plan)[:4] == (0, 0, 0, 1)


def test_pairs_without_a_value_are_left_out() -> None:
    found = difference([1, math.nan, 4], [0, 2, 1])
    assert (found.difference, found.pairs) == (2, 2)
    assert difference([math.nan], [1]).pairs == 0


def test_figures_that_only_one_plan_has_are_not_compared() -> None:
    index = pd.MultiIndex.from_tuples([("a", "", "all", "all"), ("b", "", "all", "all")])
    both = pd.DataFrame([[1.0, 2.0], [3.0, 5.0]], index=index, columns=[0, 1])
    found = differences(both, both.iloc[:1])
    assert list(found.index) == [("a", "", "all", "all")]


def test_holm_adjusts_as_worked_out_by_hand() -> None:
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "none": math.nan})
    assert [found[name] for name in "abc"] == pytest.approx([0.03, 0.06, 0.06])
    assert math.isnan(found["none"])
    likely = holm({1: 0.6, "as likely": 0.6, "rare": 0.0, "none": math.nan})  # and none is more likely than certain
    assert list(likely.values())[:3] == [1.0, 1.0, 0.0]
    assert list(likely) == [1, "as likely", "rare", "none"]
    assert holm({"none": math.nan}).keys() == {"none"}


def test_simultaneous_intervals_share_out_the_error() -> None:
    assert simultaneous_confidence(0.95, 5) == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("low", "high", "delta", "said"),
    [
        (-3, -1, None, BETTER),
        (1, 3, None, WORSE),
        (-1, 2, None, UNDECIDED),
        (-1, 2, 2.5, NO_MATTER),
        (0.1, 0.2, 1, NO_MATTER),
        (-3, -0.5, 1, BETTER),
        (0, 0, None, SAME),
        (math.nan, math.nan, 1, UNDECIDED),
    ],
)
def test_what_an_interval_of_waits_shows(low: float, high: float, delta: float | None, said: str) -> None:
    assert verdict(low, high, True, delta) == said


def test_where_more_is_better_the_verdict_turns() -> None:
    assert verdict(1, 3, smaller_is_better=False) == BETTER


def test_the_replications_asked_for_settle_four_of_five_differences() -> None:
    random = np.random.default_rng(11)
    pairs = random.normal(0, 1, 30)
    pairs = (pairs - pairs.mean()) / pairs.std(ddof=1) + 0.1  # mean 0.1, s = 1: ((1.96 + 0.84) / 0.1)² = 785 needed
    extra = more_replications(difference(pairs, np.zeros(30)))
    assert extra is not None
    assert extra + 30 == 792  # 785 by the normal curve, and a hundredth of them more for the t distribution
    settled = sum(difference(random.normal(0.1, 1, extra + 30), np.zeros(extra + 30)).low > 0 for _ in range(1000))
    assert 770 <= settled <= 840
    with_delta = more_replications(difference(pairs, np.zeros(30)), delta=1.0)  # half-width below 0.9 is there already
    assert with_delta == 0


def test_no_end_of_replications_is_asked_for_where_nothing_differs() -> None:
    pairs = np.array([-1.0, 1.0] * 10)
    assert more_replications(difference(pairs, np.zeros(20))) is None
    assert more_replications(Difference(1, math.nan, math.nan, math.nan, math.nan, math.nan, 1)) is None
