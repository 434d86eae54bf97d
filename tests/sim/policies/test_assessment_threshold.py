"""A threshold for assessment: who is below it is advised, stays in every denominator, and may come back."""

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.service.codes import NOT_YET
from sim.service.enums import Ending

pytestmark = pytest.mark.integration

THRESHOLD = {"from_tier": "high", "return_share": 0.5, "from_day": 100, "to_day": 300}
ON = {"policies.assessment_threshold": THRESHOLD, "pathway.re_referral": {"share": 0.0, "mean_delay_days": 20.0}}


@pytest.fixture(scope="module")
def with_threshold(history_of):
    return history_of(**ON)


@pytest.fixture(scope="module")
def without(history_of):
    return history_of(**ON | {"policies.assessment_threshold": THRESHOLD | {"from_tier": "none"}})


def test_only_lower_need_without_a_risk_flag_is_turned_away_and_only_between_the_dates(with_threshold):
    history = with_threshold
    below = history.ended == Ending.BELOW_THRESHOLD
    tier, risk = history.cohort.tier[history.client], history.cohort.risk[history.client]
    reviewed = history.at("reviewed")
    inside = (reviewed >= 100 * MINUTES_PER_DAY) & (reviewed < 300 * MINUTES_PER_DAY)
    first = history.episode == 0
    assert below.sum() > 10
    assert np.array_equal(below, inside & first & (tier < 2) & ~risk & history.drawn("offered"))
    assert (history.at("assessment_joined")[below] == NOT_YET).all()


def test_who_is_not_offered_an_assessment_stays_among_those_whom_the_standard_is_about(
    with_threshold, without, figures_of
):
    some, nobody = figures_of(with_threshold), figures_of(without)
    for stage in ("referral_to_assessment", "referral_to_therapy"):
        key = "within_standard_share", stage, "all"
        assert some[key].denominator == nobody[key].denominator
    assert some["offered_share", "assessment", "all"].value < nobody["offered_share", "assessment", "all"].value
    assert ("below_threshold", "", "all") not in nobody
    share = some["below_threshold_share", "", "all"]
    assert share.numerator == some["below_threshold", "", "all"].value > 0


def test_who_comes_back_after_being_turned_away_is_assessed_like_anybody(with_threshold):
    history = with_threshold
    below = history.ended == Ending.BELOW_THRESHOLD
    again = np.isin(history.client, history.client[below]) & (history.episode == 1)
    assert again.sum() / below.sum() == pytest.approx(0.5, abs=0.25)
    assert (history.at("assessed")[again] != NOT_YET).any()
    assert not below[again].any()


def test_a_letter_goes_to_everybody_who_is_turned_away(with_threshold, without):
    def letters(history):
        return len(history.stays["administration"].case)

    below = int((with_threshold.ended == Ending.BELOW_THRESHOLD).sum())
    assert below > 0
    assert letters(with_threshold) != letters(without)
