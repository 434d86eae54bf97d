"""The propensity clock: people refer in the order of a readiness that no scenario changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.cohort.sources import Source, referral_minutes

pytestmark = pytest.mark.unit

SEED = 20240512
DAY = 1440


def stratum(headcount: int, hazard: np.ndarray, name: str = "nurses", first_day: int = 0) -> Source:
    return Source(
        owner=(0, "background", name),
        kind="background",
        staff_group=0,
        gender=0,
        ethnicity=0,
        headcount=headcount,
        hazard=np.asarray(hazard, dtype=float),
        first_day=first_day,
    )


def test_the_kth_to_come_is_the_kth_most_ready():
    # Of N people with Exp(1) readiness the k-th comes at sum 1/(N-j+1) on average, variance sum 1/(N-j+1)^2.
    people, runs = 8, 2000
    hazard = np.linspace(0, 30, 30_001)  # a thousandth of a unit a day: minutes are fine enough
    came = [referral_minutes(stratum(people, hazard), SEED, r) / DAY / 1000 for r in range(runs)]
    readiness = np.array(came)
    assert readiness.shape == (runs, people)
    steps = 1 / (people - np.arange(people))
    error = np.sqrt(np.cumsum(steps**2) / runs)
    assert (np.abs(readiness.mean(axis=0) - np.cumsum(steps)) < 4 * error).all()  # four standard errors


def test_arrivals_on_the_hazards_own_clock_are_exponential():
    days = np.arange(3000)
    daily = 0.01 * (1.2 + np.sin(days / 40)) * np.where(days % 7 >= 5, 0.3, 1.0)
    hazard = np.concatenate([[0], np.cumsum(daily)])
    came = referral_minutes(stratum(4000, hazard), SEED, 0)
    assert len(came) == 4000
    # A referral is put down to the minute: spread within it, as the hazard is.
    rescaled = np.interp((came + 0.5) / DAY, np.arange(len(hazard)), hazard)
    assert stats.kstest(rescaled, "expon").pvalue > 0.001


def test_a_finite_population_saturates():
    came = referral_minutes(stratum(50, [0.0, 500.0, 1000.0]), SEED, 0)
    assert len(came) == 50
    assert came.max() < 2 * DAY


def test_nobody_comes_without_hazard():
    assert len(referral_minutes(stratum(50_000, np.zeros(366)), SEED, 0)) == 0


@pytest.mark.parametrize("headcount", [1, 30, 5000])
def test_the_share_who_come_is_one_less_e_to_the_minus_hazard(headcount):
    runs = 40_000 // headcount + 40
    hazard = np.linspace(0, 0.7, 101)
    came = sum(len(referral_minutes(stratum(headcount, hazard), SEED, r)) for r in range(runs))
    share = 1 - np.exp(-0.7)
    error = np.sqrt(share * (1 - share) / (runs * headcount))
    assert abs(came / (runs * headcount) - share) < 4 * error


@settings(derandomize=True, deadline=None, max_examples=60, database=None)
@given(
    headcount=st.integers(1, 3000),
    daily=st.lists(st.floats(0, 0.05), min_size=1, max_size=60),
    factor=st.floats(1, 10),
)
def test_a_higher_hazard_moves_the_same_people_earlier_and_adds_the_next_most_ready(headcount, daily, factor):
    hazard = np.concatenate([[0], np.cumsum(daily)])
    low = referral_minutes(stratum(headcount, hazard), SEED, 0)
    high = referral_minutes(stratum(headcount, hazard * factor), SEED, 0)
    assert len(low) <= len(high) <= headcount
    assert (high[: len(low)] <= low).all()
    assert (np.diff(high) >= 0).all()


def test_people_come_only_on_days_with_hazard():
    hazard = np.cumsum([0, 0.0, 0.4, 0.0, 0.0, 0.4, 0.0])
    came = referral_minutes(stratum(2000, hazard, first_day=-3), SEED, 0)
    assert set((came // DAY).tolist()) == {-2, 1}


def test_later_days_change_nobody_who_came_before():
    days = np.arange(800)
    hazard = np.concatenate([[0], np.cumsum(0.001 * (1 + np.cos(days)))])
    long = referral_minutes(stratum(9000, hazard), SEED, 0)
    short = referral_minutes(stratum(9000, hazard[:401]), SEED, 0)
    assert 0 < len(short) < len(long)
    np.testing.assert_array_equal(long[: len(short)], short)


def test_strata_have_their_own_readiness():
    hazard = np.linspace(0, 3, 301)
    nurses = referral_minutes(stratum(100, hazard, "nurses"), SEED, 0)
    porters = referral_minutes(stratum(100, hazard, "porters"), SEED, 0)
    assert nurses[:20].tolist() != porters[:20].tolist()
