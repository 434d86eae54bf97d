"""Every kind of interval covers the truth as often as it says, over thousands of simulated studies."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from scipy import stats

from analysis.comparison.pairs import difference, simultaneous_confidence
from analysis.estimates.intervals import (
    Interval,
    assurance,
    mean_interval,
    quantile_intervals,
    quantile_values,
    ratio_interval,
)

pytestmark = pytest.mark.unit

LEAST, MOST = 0.93, 0.97
SHARE = 0.7
MEAN_DAYS = 20.0


def coverage(study: Callable[[np.random.Generator], Interval], truth: float, studies: int = 2000) -> float:
    random = np.random.default_rng(20240512)
    found: Iterable[Interval] = (study(random) for _ in range(studies))
    return sum(interval.low <= truth <= interval.high for interval in found) / studies


def waits(random: np.random.Generator, level: np.ndarray, days: int = 130) -> np.ndarray:
    """People by whole days waited: exponential waits whose mean differs between replications."""
    people = random.poisson(60, len(level))
    waited = random.exponential(np.repeat(level, people)).astype(int).clip(max=days - 1)
    cell = np.repeat(np.arange(len(level)), people) * days + waited
    return np.bincount(cell, minlength=len(level) * days).reshape(len(level), days)


def levels(random: np.random.Generator, replications: int) -> np.ndarray:
    """Mean waits of replications: gamma about MEAN_DAYS, coefficient of variation 0.3."""
    return random.gamma(11, MEAN_DAYS / 11, replications)


def true_quantile(share: float) -> float:
    """The quantile of exponential waits whose mean is gamma: 1 − (1 + x / scale)^−shape turned round, in front."""
    level = stats.gamma(11, scale=MEAN_DAYS / 11)
    grid = level.ppf((np.arange(4000) + 0.5) / 4000)
    days = np.linspace(0, 200, 20001)
    below = np.array([1 - np.exp(-day / grid).mean() for day in days])
    return float(np.interp(share, below, days))


def test_the_interval_of_a_mean_covers() -> None:
    assert LEAST <= coverage(lambda random: mean_interval(random.gamma(4, 5, 30)), 20) <= MOST


def test_the_clustered_interval_of_a_share_covers_though_replications_differ_a_lot() -> None:
    def study(random: np.random.Generator) -> Interval:
        people = random.poisson(60, 25)
        return ratio_interval(random.binomial(people, random.beta(SHARE * 8, (1 - SHARE) * 8, 25)), people)

    assert LEAST <= coverage(study, SHARE) <= MOST


def test_the_interval_of_a_cost_per_person_covers() -> None:
    def study(random: np.random.Generator) -> Interval:
        people = random.poisson(200, 25)
        return ratio_interval(100_000 + 300 * people + random.normal(0, 8_000, 25), people, share=False)

    assert LEAST <= coverage(study, 100_000 / 200 + 300) <= MOST


def test_the_exact_interval_of_the_assurance_covers() -> None:
    def study(random: np.random.Generator) -> Interval:
        return assurance(random.random(200), 0.2)

    assert LEAST <= coverage(study, 0.8) <= MOST


@pytest.mark.parametrize("replications", [15, pytest.param(40, marks=pytest.mark.heavy)])
def test_the_intervals_of_quantiles_of_waits_cover_by_sections_and_by_bootstrap(replications: int) -> None:
    random, shares, studies = np.random.default_rng(7), (0.5, 0.9), 400
    truth = [true_quantile(share) for share in shares]
    covered = np.zeros(2)
    for _ in range(studies):
        found = quantile_intervals(waits(random, levels(random, replications)), shares)
        covered += [interval.low <= true <= interval.high for interval, true in zip(found, truth, strict=True)]
    assert (covered / studies >= LEAST).all(), covered / studies
    assert (covered / studies <= MOST).all(), covered / studies


@pytest.mark.parametrize("share", [0.5, pytest.param(0.9, marks=pytest.mark.heavy)])
def test_the_paired_difference_of_quantiles_covers(share: float) -> None:
    def study(random: np.random.Generator) -> Interval:
        level = levels(random, 40)  # both plans have the same good and bad futures
        plan, baseline = (quantile_values(waits(random, level * factor), share) for factor in (0.8, 1.0))
        return Interval(*difference(plan, baseline)[:3])

    assert LEAST <= coverage(study, -0.2 * true_quantile(share), studies=1500) <= MOST


def test_the_paired_interval_of_a_difference_covers_and_is_the_narrower() -> None:
    def paired(random: np.random.Generator) -> Interval:
        luck = random.normal(0, 5, 20)
        return Interval(*difference(luck + random.normal(2, 1, 20), luck + random.normal(0, 1, 20))[:3])

    assert LEAST <= coverage(paired, 2) <= MOST


def test_pooling_clients_as_if_independent_would_not_cover() -> None:
    def pooled(random: np.random.Generator) -> Interval:
        people = random.poisson(60, 25)
        seen = random.binomial(people, random.beta(SHARE * 8, (1 - SHARE) * 8, 25))
        share, number = seen.sum() / people.sum(), people.sum()
        half = 1.96 * np.sqrt(share * (1 - share) / number)
        return Interval(share, share - half, share + half)

    assert coverage(pooled, SHARE) < 0.7


def test_the_paired_difference_of_shares_covers_though_replications_differ_a_lot() -> None:
    def shares(random: np.random.Generator, luck: np.ndarray, people: np.ndarray, level: float) -> np.ndarray:
        seen = random.binomial(people, level * luck)
        ratio = seen.sum() / people.sum()
        value: np.ndarray = ratio + (seen - ratio * people) / people.mean()  # as `values_of` does
        return value

    def study(random: np.random.Generator) -> Interval:
        luck, people = random.beta(8, 2, 30), random.poisson(60, 30)  # the same good and bad futures, the same people
        plan, baseline = (shares(random, luck, people, level) for level in (0.9, 0.7))
        return Interval(*difference(plan, baseline)[:3])

    assert LEAST <= coverage(study, 0.2 * 0.8) <= MOST


def test_intervals_over_draws_of_the_parameters_cover_where_replications_share_a_draw() -> None:
    draws = np.repeat(np.arange(60), 4)

    def mean(random: np.random.Generator) -> Interval:
        values = np.repeat(random.normal(0, 3, 60), 4) + random.normal(10, 1, 240)
        return mean_interval(values.reshape(60, 4).mean(axis=1))

    def often(random: np.random.Generator) -> Interval:
        return assurance(np.repeat(random.normal(0, 3, 60), 4) + random.normal(1, 2, 240), 0, draws=draws)

    assert LEAST <= coverage(mean, 10) <= MOST
    assert LEAST <= coverage(often, stats.norm.cdf(1 / np.sqrt(13))) <= MOST


def test_simultaneous_intervals_hold_for_all_plans_at_once() -> None:
    random, studies, plans = np.random.default_rng(5), 1000, 5
    together = simultaneous_confidence(0.95, plans)
    all_cover = 0
    for _ in range(studies):
        luck = random.normal(0, 3, 30)
        baseline = luck + random.normal(0, 1, 30)
        found = [difference(luck + n + random.normal(0, 1, 30), baseline, together) for n in range(plans)]
        all_cover += all(one.low <= n <= one.high for n, one in enumerate(found))
    assert 0.94 <= all_cover / studies <= 0.985  # Bonferroni errs on the safe side
