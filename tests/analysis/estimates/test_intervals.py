"""Estimators against values worked out by hand, and against what they promise over many data sets."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimates.intervals import (
    assurance,
    clopper_pearson,
    mean_interval,
    quantile_intervals,
    quantile_ranges,
    range_of_futures,
    ranges_of_futures,
    ratio_interval,
)
from analysis.estimates.tables import KEYS, RESULTS, estimate, estimates_of, look_up

pytestmark = pytest.mark.unit

T_WITH_1 = 12.7062047
T_WITH_2 = 4.30265273


def figures(measure: str, values: list[float], unit: str = "persons", hub: int = 0) -> list[dict[str, Any]]:
    return [
        {"hub": hub, "replication": r, "measure": measure, "stage": "", "dimension": "all", "group": "all",
         "value": value, "numerator": value, "denominator": math.nan, "unit": unit}
        for r, value in enumerate(values)
    ]  # fmt: skip


def ratios(measure: str, pairs: list[tuple[float, float]], unit: str = "share", hub: int = 0) -> list[dict[str, Any]]:
    rows = figures(measure, [top / bottom if bottom else math.nan for top, bottom in pairs], unit, hub)
    return [row | {"numerator": top, "denominator": bottom} for row, (top, bottom) in zip(rows, pairs, strict=True)]


def only_row(rows: list[dict[str, Any]]) -> pd.Series:
    [(_, row)] = estimate(pd.DataFrame(rows)).iterrows()
    return row


def test_a_count_is_its_mean_over_replications_with_a_t_interval() -> None:
    row = only_row(figures("referrals", [10, 12, 14]))  # s = 2
    half = T_WITH_2 * 2 / math.sqrt(3)
    assert (row["estimate"], row["replications"]) == (12, 3)
    assert (row["low"], row["high"]) == pytest.approx((12 - half, 12 + half))


def test_no_interval_of_people_or_days_begins_below_zero_but_that_of_a_gap_may() -> None:
    waiting = only_row(figures("queue_end", [0, 0, 8]))
    mean_wait = only_row(ratios("wait_days_mean", [(0, 3), (0, 3), (90, 1)], "days"))
    assert [waiting["low"], mean_wait["low"]] == [0, 0]
    assert waiting["high"] == pytest.approx(8 / 3 * (1 + T_WITH_2))  # the half width is t times the mean here
    gap = only_row([row | {"numerator": math.nan} for row in figures("within_standard_gap", [0.1, -0.2, 0], "share")])
    assert gap["low"] < gap["estimate"] < 0


def test_no_quantile_of_a_wait_begins_below_zero() -> None:
    nobody_waits, month = [9, 0, 0] + [0] * 28, [0] * 30 + [9]
    [median] = quantile_intervals([nobody_waits, nobody_waits, month], [0.5])
    assert median.low == 0 < median.estimate < median.high


def test_the_ranges_of_many_figures_are_those_of_each() -> None:
    figures = [np.array(values) for values in ([3.0, 1, 2.5], [7.0], [np.nan, 4, 9.1], [0.1, 0.7, 0.2], [np.nan])]
    np.testing.assert_array_equal(ranges_of_futures(figures), [range_of_futures(values) for values in figures])


def test_the_range_of_futures_is_that_of_replications_and_no_interval() -> None:
    assert range_of_futures(list(range(101))) == (5, 95)
    row = only_row(figures("referrals", list(range(101))))
    assert row["range_high"] - row["range_low"] == 90
    assert row["high"] - row["low"] < 12


def test_a_share_weighs_replications_by_their_people() -> None:
    row = only_row(ratios("within_standard_share", [(10, 10), (0, 90)]))
    assert row["estimate"] == pytest.approx(0.1)  # not the mean of 1 and 0


def test_a_share_carries_the_clustered_interval_on_the_logit_scale() -> None:
    # p = 0.5, residuals -1 and 1, so se^2 = 2 / (2 x 1 x 4^2) = 1/16; half width in logits 12.7 x 0.25 / 0.25
    row = only_row(ratios("within_standard_share", [(1, 4), (3, 4)]))
    low = 1 / (1 + math.exp(T_WITH_1))
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((0.5, low, 1 - low))


def test_a_ratio_that_is_no_share_carries_a_plain_t_interval() -> None:
    # Ratio 300 / 3 = 100, residuals 0, -50 and 50.
    found = ratio_interval([100, 50, 150], [1, 1, 1], share=False)
    half = T_WITH_2 * math.sqrt((50**2 + 50**2) / (3 * 2)) / 1
    assert found == pytest.approx((100, 100 - half, 100 + half))


def test_equal_denominators_give_the_interval_of_the_mean() -> None:
    assert ratio_interval([3, 5, 10], [2, 2, 2], share=False) == pytest.approx(mean_interval([1.5, 2.5, 5]))


@pytest.mark.parametrize("tops", [[0, 0, 0], [5, 9, 2]])
def test_a_share_of_nobody_or_everybody_has_the_exact_interval_over_replications(tops: list[int]) -> None:
    found = ratio_interval(tops, [5, 9, 2])
    edge = 1 - 0.025 ** (1 / 3)
    assert found == pytest.approx((0, 0, edge) if tops[0] == 0 else (1, 1 - edge, 1))


def test_a_replication_in_which_nobody_was_counted_makes_a_share_neither_surer_nor_less_sure() -> None:
    assert ratio_interval([1, 2, 0], [4, 4, 0]) == ratio_interval([1, 2], [4, 4])


def test_clopper_pearson_matches_the_published_table() -> None:
    assert clopper_pearson(0, 10) == pytest.approx((0, 0.3085), abs=5e-5)
    assert clopper_pearson(5, 10) == pytest.approx((0.1871, 0.8129), abs=5e-5)
    assert clopper_pearson(10, 10) == pytest.approx((0.6915, 1), abs=5e-5)


def test_a_load_above_one_still_has_an_interval() -> None:
    found = ratio_interval([11, 13], [10, 10])
    assert found.estimate == pytest.approx(1.2)
    assert found.low < found.estimate < found.high


def test_one_replication_has_neither_interval_nor_range() -> None:
    for rows in (figures("referrals", [7]), ratios("within_standard_share", [(3, 4)])):
        row = only_row(rows)
        assert not math.isnan(row["estimate"])
        assert row[["low", "high", "range_low", "range_high"]].isna().all()


def test_replications_without_a_value_are_left_out_and_not_counted() -> None:
    median = only_row(figures("wait_days_median", [10, math.nan, 14], "days"))
    share = only_row(ratios("within_standard_share", [(1, 2), (0, 0), (1, 2)]))
    assert (median["estimate"], median["replications"]) == (12, 2)
    assert (share["estimate"], share["replications"]) == (0.5, 2)
    nobody = only_row(figures("wait_days_median", [math.nan, math.nan], "days"))
    assert (math.isnan(nobody["estimate"]), nobody["replications"]) == (True, 0)


def test_hubs_are_put_together_within_a_replication_first() -> None:
    # Two replications of two Hubs: 10 + 1 and 20 + 3. Over replications 11 and 23: mean 17, s = 8.485.
    row = only_row(figures("referrals", [10, 20]) + figures("referrals", [1, 3], hub=1))
    half = T_WITH_1 * math.sqrt(72) / math.sqrt(2)
    assert (row["estimate"], row["replications"]) == (17, 2)
    assert row["high"] == pytest.approx(17 + half)


@pytest.mark.parametrize(
    ("measure", "together"),
    [("queue_mean", 6.0), ("caseload_mean", 6.0), ("utilisation", 3.0), ("cost_per_year_gbp", 6.0)],
)
def test_means_of_list_lengths_add_over_hubs_but_shares_do_not(measure: str, together: float) -> None:
    days = [(2.0 * 365, 365.0)] * 2
    other = [(4.0 * 365, 365.0)] * 2
    row = only_row(ratios(measure, days, "persons") + ratios(measure, other, "persons", hub=1))
    assert row["estimate"] == pytest.approx(together)
    assert row["range_high"] == pytest.approx(together)


def test_medians_are_averaged_and_the_longest_wait_is_the_longest_of_any_hub() -> None:
    for measure, together in (("wait_days_median", 20), ("wait_days_max", 30), ("queue_peak", 40)):
        row = only_row(figures(measure, [10, 10]) + figures(measure, [30, 30], hub=1))
        assert row["estimate"] == together


def test_two_runs_are_not_estimated_as_one() -> None:
    rows = pd.DataFrame(figures("referrals", [1, 2])).assign(cell=["a", "b"])
    with pytest.raises(ValueError, match="several runs"):
        estimate(rows)


def test_the_table_is_tidy_and_can_be_looked_up() -> None:
    table = estimate(pd.DataFrame(figures("referrals", [1, 3]) + ratios("offered_share", [(1, 2), (1, 2)])))
    assert list(table.columns) == [*KEYS, *RESULTS]
    assert look_up(table, "referrals").estimate == 2
    assert look_up(table, "offered_share").times(100).estimate == 50
    assert math.isnan(look_up(table, "screened").estimate)


def test_futures_that_share_a_draw_are_no_independent_trials() -> None:
    values = [0.9, 0.9, 0.7, 0.7, 0.9, 0.9, 0.7, 0.7, 0.9, 0.9]
    alone, shared = assurance(values, 0.8), assurance(values, 0.8, draws=[0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    assert alone.estimate == shared.estimate == 0.6
    assert (alone.low, alone.high) == pytest.approx(clopper_pearson(6, 10))
    assert shared.high - shared.low > alone.high - alone.low
    assert assurance(values, 0.8, draws=range(10)) == alone


def waits_of(replications: list[list[int]]) -> pd.DataFrame:
    """A table of waits for assessment in which everybody was seen, from each replication's whole days."""
    rows = [(number, day, days.count(day)) for number, days in enumerate(replications) for day in sorted({*days})]
    table = pd.DataFrame(rows, columns=["replication", "wait_days", "count"])
    return table.assign(stage="assessment", dimension="all", group="all", outcome="seen")


def median_of(replications: list[list[int]], medians_in_minutes: list[float], per_draw: int = 1) -> pd.Series:
    measured = pd.DataFrame(figures("wait_days_median", medians_in_minutes)).assign(stage="assessment")
    return estimates_of(measured, waits_of(replications), per_draw).iloc[0]


def test_a_short_wait_and_its_range_of_futures_are_both_in_whole_days() -> None:
    """Everybody waits 0.9 days: in whole days that is the first day, over which people are spread evenly."""
    row = median_of([[0] * 20] * 5, [0.9] * 5)
    assert (row["estimate"], row["range_low"], row["range_high"]) == (0.5, 0.5, 0.5)


def test_the_range_of_a_wait_is_of_each_future_and_its_interval_of_each_draw() -> None:
    """Medians of single futures 0.5, 2.5, 4.5, 6.5; of draws of two futures 1 and 5 to 6, of all 4."""
    futures = [[0] * 10, [2] * 10, [4] * 10, [6] * 10]
    alone, drawn = median_of(futures, [9.0] * 4), median_of(futures, [9.0] * 4, per_draw=2)
    for row in (alone, drawn):
        assert (row["range_low"], row["range_high"]) == pytest.approx(np.quantile([0.5, 2.5, 4.5, 6.5], (0.05, 0.95)))
    assert alone["estimate"] == drawn["estimate"] == 3
    assert drawn["high"] - drawn["low"] > alone["high"] - alone["low"]


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=9), min_size=2, max_size=9))
def test_a_quantile_of_everyone_lies_between_those_of_the_futures(futures: list[list[int]]) -> None:
    width = 1 + max(map(max, futures))
    counts = np.array([np.bincount(days, minlength=width) for days in futures])
    for share in (0.5, 0.9):
        own = [quantile_intervals(row[None], [share])[0].estimate for row in counts]
        assert min(own) - 1e-9 <= quantile_intervals(counts, [share])[0].estimate <= max(own) + 1e-9
        assert quantile_ranges(counts, [share])[0] == pytest.approx(np.quantile(own, (0.05, 0.95)))
