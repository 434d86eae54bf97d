"""Screening: five correlated scores whose shares positive are the published ones."""

import numpy as np
import pytest
from scipy import stats

from sim.cohort import draw_cohort
from sim.cohort.screening import fit_copula, one_factor_loadings, risk_shares, score
from sim.config.screening import COVARIATES, MEASURES

pytestmark = pytest.mark.unit

NO_EFFECT = {f"screening.covariates.{name}.odds_ratio": 1.0 for name in COVARIATES}
PEOPLE = 60_000


def of_one_factor(loadings):
    """Correlations that a single factor explains entirely."""
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def scored(screening, shift=0.0, people=PEOPLE):
    """Scores of many people whose predictors are as common as configured, and their predictors."""
    generator = np.random.default_rng(1)
    share = [covariate.share for covariate in screening.covariates.values()]
    covariates = generator.random((people, len(COVARIATES))) < share
    return (
        score(
            screening,
            generator.standard_normal(people),
            generator.standard_normal((people, len(MEASURES))),
            covariates,
            np.full((people, len(MEASURES)), shift),
        ),
        covariates,
    )


@pytest.mark.parametrize(
    "loadings", [[0.9, 0.8, 0.7, 0.2, 0.6], [0.5] * 5, [0.95, 0.9, 0.85, 0.8, 0.1], [0.9, 0.8, 0.7, -0.4, 0.6]]
)
def test_the_loadings_behind_one_factor_correlations_are_recovered(loadings):
    np.testing.assert_allclose(one_factor_loadings(of_one_factor(loadings)), loadings, atol=1e-5)


def test_without_predictors_the_copulas_loadings_are_those_of_the_correlations(hub_config):
    loadings = [0.9, 0.8, 0.7, 0.2, 0.6]
    matrix = of_one_factor(loadings)
    matrix = (matrix + matrix.T) / 2
    copula = fit_copula(hub_config(**NO_EFFECT, **{"screening.correlations": matrix.tolist()}).screening)
    np.testing.assert_allclose(copula.loadings, loadings, atol=1e-5)
    np.testing.assert_array_equal(copula.shifts, 0.0)


def test_without_predictors_a_threshold_is_the_normal_quantile_of_its_share(hub_config):
    screening = hub_config(**NO_EFFECT).screening
    shares = np.array([measure.positive_share for measure in screening.measures.values()])
    np.testing.assert_allclose(fit_copula(screening).thresholds, stats.norm.isf(shares), atol=1e-9)


@pytest.mark.parametrize("option", ["pcl5", "itq"])
def test_each_measure_is_positive_in_the_configured_share(hub_config, option):
    screening = hub_config(f"screening={option}").screening
    scores, _ = scored(screening)
    cut_off = [measure.cut_off for measure in screening.measures.values()]
    wanted = np.array([measure.positive_share for measure in screening.measures.values()])
    found = (scores.points >= cut_off).mean(axis=0)
    assert (np.abs(found - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / PEOPLE)).all()


def test_latent_correlations_are_the_configured_ones_where_one_factor_can_give_them(hub_config):
    # Scores far from floor and ceiling: their correlation is the latent one, coarsened to whole points.
    loadings = np.array([0.9, 0.8, 0.7, 0.3, 0.6])
    matrix = of_one_factor(loadings)
    changes = {f"screening.measures.{name}.max_score": 200 for name in MEASURES}
    changes |= {f"screening.measures.{name}.cut_off": 100 for name in MEASURES}
    changes |= {f"screening.measures.{name}.points_per_sd": 12.0 for name in MEASURES}
    screening = hub_config(**changes, **{"screening.correlations": ((matrix + matrix.T) / 2).tolist()}).screening
    scores, _ = scored(screening)
    found = np.corrcoef(scores.points.T)
    assert np.abs(found - matrix).max() < 0.02  # four standard errors of a correlation are at most 0.016


def test_default_scores_correlate_in_the_published_order(hub_config):
    screening = hub_config().screening
    found = stats.spearmanr(scored(screening)[0].points).statistic
    wanted = np.array(screening.correlations)
    pairs = [(i, j) for i in range(5) for j in range(i)]
    for one in pairs:
        for other in pairs:
            if wanted[one] > wanted[other] + 0.1:
                assert found[one] > found[other]


def test_scores_lie_within_their_instrument_and_reach_both_ends(hub_config):
    screening = hub_config().screening
    most = [measure.max_score for measure in screening.measures.values()]
    points = np.concatenate([scored(screening, shift)[0].points for shift in (-8.0, 0.0, 8.0)])
    np.testing.assert_array_equal(points.max(axis=0), most)
    np.testing.assert_array_equal(points.min(axis=0), 0)


def test_the_tier_of_need_counts_the_measures_at_or_above_their_cut_off(hub_config):
    screening = hub_config().screening
    scores, _ = scored(screening, people=5000)
    positives = (scores.points >= [measure.cut_off for measure in screening.measures.values()]).sum(axis=1)
    np.testing.assert_array_equal(scores.measures_positive, positives)
    tier_of = {0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 3}  # none, some, high, very high
    assert scores.tier.tolist() == [tier_of[n] for n in positives.tolist()]
    assert set(scores.tier.tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize(("name", "measure"), [("prior_wellbeing_concern", "gad7"), ("icu_or_emergency", "ptsd")])
def test_a_predictor_raises_the_odds_of_a_positive_measure_about_as_configured(hub_config, name, measure):
    alone = NO_EFFECT | {f"screening.covariates.{name}.odds_ratio": 2.5, f"screening.covariates.{name}.share": 0.5}
    screening = hub_config(**alone).screening
    scores, covariates = scored(screening)
    positive = scores.points[:, MEASURES.index(measure)] >= screening.measures[measure].cut_off
    has = covariates[:, COVARIATES.index(name)]
    with_it, without = positive[has].mean(), positive[~has].mean()
    odds_ratio = with_it / (1 - with_it) / (without / (1 - without))
    # A probit shift of sqrt(3) / pi a logit gives the ratio to about a tenth.
    assert odds_ratio == pytest.approx(2.5, rel=0.12)


def test_a_predictor_leaves_the_measures_it_does_not_predict_alone(hub_config):
    screening = hub_config(**NO_EFFECT | {"screening.covariates.icu_or_emergency.odds_ratio": 3.0}).screening
    np.testing.assert_array_equal(fit_copula(screening).shifts[:, [0, 1, 3, 4]], 0.0)
    assert fit_copula(screening).shifts[3, 2] == pytest.approx(np.log(3.0) * np.sqrt(3) / np.pi)


def test_a_shift_in_severity_never_lowers_a_score(hub_config):
    screening = hub_config().screening
    plain, shifted = scored(screening, people=5000)[0], scored(screening, shift=0.5, people=5000)[0]
    assert (shifted.points >= plain.points).all()
    assert (shifted.points.mean(axis=0) > plain.points.mean(axis=0)).all()


def test_the_itq_scores_up_to_24_and_leaves_the_other_measures_alone(hub_config):
    pcl5, itq = (draw_cohort(hub_config(f"screening={option}"), 0) for option in ("pcl5", "itq"))
    assert pcl5.client_ids == itq.client_ids
    np.testing.assert_array_equal(np.delete(pcl5.points, 2, axis=1), np.delete(itq.points, 2, axis=1))
    assert itq.points[:, 2].max() == 24
    np.testing.assert_array_equal(pcl5.points[:, 2] >= 33, itq.points[:, 2] >= 12)


def flagged(hub_config, **changes):
    """PHQ-9 scores of many people with a measure positive, and who of them carries the flag."""
    config = hub_config(**{"demand.multiplier": 4.0} | {f"screening.{key}": value for key, value in changes.items()})
    cohort = draw_cohort(config, 0)
    positive = cohort.measures_positive > 0
    assert not cohort.risk[~positive].any()
    return cohort.points[positive, MEASURES.index("phq9")], cohort.risk[positive]


@pytest.mark.parametrize("odds_ratio", [1.0, 1.2, 1.6])
@pytest.mark.parametrize("share", [0.0667, 0.3])
def test_the_share_with_a_risk_flag_is_as_configured_however_it_depends_on_severity(hub_config, share, odds_ratio):
    changes = {"risk_flag_share": share, "risk_flag_odds_ratio_per_phq9_point": odds_ratio}
    screening = hub_config(**{f"screening.{key}": value for key, value in changes.items()}).screening
    scores, _ = scored(screening, people=1_000_000)
    positive = scores.measures_positive > 0
    found = risk_shares(screening)[scores.points[positive, MEASURES.index("phq9")]]
    # The mean of known chances: its error is far below that of counted flags.
    assert found.mean() == pytest.approx(share, abs=4 * found.std() / np.sqrt(len(found)) + 1e-9)


def test_the_more_depressed_somebody_is_the_likelier_is_a_risk_flag(hub_config):
    phq9, risk = flagged(hub_config, risk_flag_share=0.2)
    bands = np.digitize(phq9, [10, 15, 20])
    shares = [risk[bands == band].mean() for band in range(4)]
    assert shares == sorted(shares)
    assert shares[3] > 4 * shares[0]


def test_without_an_odds_ratio_the_flag_does_not_depend_on_severity(hub_config):
    phq9, risk = flagged(hub_config, risk_flag_share=0.3, risk_flag_odds_ratio_per_phq9_point=1.0)
    severe = phq9 >= 15
    far = risk[severe].mean() - risk[~severe].mean()
    assert abs(far) < 4 * np.sqrt(0.3 * 0.7 * (1 / severe.sum() + 1 / (~severe).sum()))
    assert abs(risk.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / len(risk))
