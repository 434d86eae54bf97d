"""Five correlated screening scores, from a one-factor Gaussian copula, and the risk flag that goes with them.

Thresholds and the flag's odds are solved, and not sampled, so that the published shares come out.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.cohort.background import LOGIT_TO_PROBIT
from sim.config.screening import COVARIATES, MEASURES, NEEDS, TIER_OF_NEED, TIER_OF_POSITIVES, Screening
from sim.streams import Bools, Floats, Ints

BISECTIONS = 60
SETTLED = 1e-12
NODES = 160
"""Of the quadrature over the common factor."""
FLAG_BY = MEASURES.index("phq9")
"""The measure whose score says how likely a risk flag is."""


class Copula(NamedTuple):
    """A fitted copula.

    loadings (5,), thresholds (5,) and covariate shifts (8, 5), all in latent standard deviations.
    """

    loadings: Floats
    thresholds: Floats
    shifts: Floats


class Scores(NamedTuple):
    """Scores of n people: points (n, 5), measures_positive (n,), need tier (n,)."""

    points: NDArray[np.int64]
    measures_positive: NDArray[np.int64]
    tier: NDArray[np.int64]


def fit_copula(screening: Screening) -> Copula:
    """Fit loadings to what the covariates leave of the correlations, then solve the thresholds.

    Exact: the covariates' 256 combinations are enumerated, nothing is sampled.
    """
    return _fitted(screening.model_dump_json(include={"measures", "correlations", "covariates"}))


@lru_cache(maxsize=256)
def _fitted(screening_json: str) -> Copula:
    import json

    from scipy.special import ndtr

    given = json.loads(screening_json)
    shifts = np.zeros((len(COVARIATES), len(MEASURES)))
    for c, covariate in enumerate(given["covariates"].values()):
        for measure in covariate["measures"]:
            shifts[c, MEASURES.index(measure)] = math.log(covariate["odds_ratio"]) * LOGIT_TO_PROBIT
    shares = [covariate["share"] for covariate in given["covariates"].values()]
    combined, weight = covariate_mix(shares, shifts)
    loadings = one_factor_loadings(_left_by_covariates(np.array(given["correlations"]), combined, weight))
    wanted = np.array([measure["positive_share"] for measure in given["measures"].values()])
    low, high = np.full(len(MEASURES), -20.0), np.full(len(MEASURES), 20.0)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        too_many = weight @ ndtr(combined - middle) > wanted
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    return Copula(loadings, (low + high) / 2, shifts)


def covariate_mix(shares: list[float], shifts: Floats) -> tuple[Floats, Floats]:
    """Return each covariate combination's summed shift, shape (256, 5), and its probability, shape (256,)."""
    present = np.array(list(itertools.product((0.0, 1.0), repeat=len(shares))))
    weight = np.prod(np.where(present == 1, shares, 1 - np.array(shares)), axis=1)
    return present @ shifts, weight


def positions(screening: Screening, covariate_shares: list[float]) -> tuple[Floats, Floats]:
    """Return how far above its threshold each measure lies, by common factor and covariates, and how likely these are.

    In standard deviations of what is each measure's own, shape (160, 256, 5), and weights, shape (160, 256): given both
    the measures are independent. Combinations are enumerated, the factor is for a Gauss-Hermite quadrature.
    """
    from scipy.special import roots_hermitenorm

    copula = fit_copula(screening)
    combined, combination_weight = covariate_mix(covariate_shares, copula.shifts)
    factor, factor_weight = roots_hermitenorm(NODES)
    weight = np.outer(factor_weight / factor_weight.sum(), combination_weight)
    above = combined - copula.thresholds + (factor[:, None] * copula.loadings)[:, None, :]
    return above / np.sqrt(1 - copula.loadings**2), weight


def risk_shares(screening: Screening) -> Floats:
    """Return how many carry a risk flag of those with a measure positive, by PHQ-9 score, shape (max_score + 1,).

    The odds grow by a ratio with each point; their level is solved so that the configured share of all people with a
    measure positive carries the flag.
    """
    return _risk_shares(screening.model_dump_json())


@lru_cache(maxsize=256)
def _risk_shares(screening_json: str) -> Floats:
    from scipy.special import expit, logit, ndtr

    screening = Screening.model_validate_json(screening_json)
    score, wanted = screening.measures[MEASURES[FLAG_BY]], screening.risk_flag_share
    slope = math.log(screening.risk_flag_odds_ratio_per_phq9_point) * np.arange(score.max_score + 1)
    if wanted in (0, 1):
        return np.full(len(slope), wanted)
    above, weight = positions(screening, [covariate.share for covariate in screening.covariates.values()])
    own = math.sqrt(1 - fit_copula(screening).loadings[FLAG_BY] ** 2)
    reached = (np.arange(1, score.max_score + 1) - score.cut_off) / score.points_per_sd / own
    at_least = np.ones((*weight.shape, len(slope) + 1))
    at_least[..., 1:-1] = ndtr(above[..., FLAG_BY, None] - reached)
    at_least[..., -1] = 0.0
    some_other = 1 - np.delete(ndtr(-above), FLAG_BY, axis=-1).prod(axis=-1)
    flagged = np.where(np.arange(len(slope)) >= score.cut_off, 1.0, some_other[..., None])
    scores = np.einsum("fc,fcs->s", weight, flagged * (at_least[..., :-1] - at_least[..., 1:]))
    low, high = (float(logit(wanted)) - end for end in (slope.max() + 1, slope.min() - 1))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        too_many = scores @ expit(middle + slope) > wanted * scores.sum()
        low, high = (low, middle) if too_many else (middle, high)
    shares: Floats = expit((low + high) / 2 + slope)
    return shares


def _left_by_covariates(correlations: Floats, combined: Floats, weight: Floats) -> Floats:
    """Return what the factor has to explain: the covariates, which measures share, explain part already."""
    centred = combined - weight @ combined
    shared = (centred * weight[:, None]).T @ centred
    spread = np.sqrt(1 + np.diag(shared))
    left: Floats = correlations * np.outer(spread, spread) - shared
    return left


def one_factor_loadings(correlations: Floats) -> Floats:
    """Return the loadings of the one factor that fits the off-diagonal correlations best (principal axis)."""
    communality = np.full(len(correlations), 0.5)
    loadings = np.sqrt(communality)
    for _ in range(500):
        reduced = correlations.copy()
        np.fill_diagonal(reduced, communality)
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, -1] * math.sqrt(max(float(values[-1]), 0.0))
        loadings *= np.sign(loadings.sum()) or 1.0
        moved = np.abs(loadings**2 - communality).max()
        communality = np.minimum(loadings**2, 0.99)
        if moved < SETTLED:
            break
    held: Floats = np.clip(loadings, -0.995, 0.995)
    return held


def above_cut_off(
    screening: Screening, factor: Floats, residuals: Floats, covariates: NDArray[np.bool_], extra_shift_sd: Floats
) -> Floats:
    """Return how far everybody's measures are above their cut-offs, in standard deviations, shape (n, 5).

    Takes what `score` does.
    """
    copula = fit_copula(screening)
    latent = np.outer(factor, copula.loadings) + residuals * np.sqrt(1 - copula.loadings**2)
    latent += covariates @ copula.shifts + extra_shift_sd
    above: Floats = latent - copula.thresholds
    return above


def score(
    screening: Screening,
    factor: Floats,
    residuals: Floats,
    covariates: NDArray[np.bool_],
    extra_shift_sd: Floats,
    known: NDArray[np.int64] | None = None,
) -> Scores:
    """Turn standard normal draws into screening scores.

    Parameters
    ----------
    factor, residuals
        Standard normal, shapes (n,) and (n, 5).
    covariates
        Which predictors each person has, shape (n, 8).
    extra_shift_sd
        Added to each latent score of a person (incident severity, newly reached, invited), shape (n, 5).
    known
        Points to be taken as they are, shape (n, 5); below 0 where there are none.
    """
    above = above_cut_off(screening, factor, residuals, covariates, extra_shift_sd)
    cut_off = np.array([measure.cut_off for measure in screening.measures.values()])
    points_per_sd = np.array([measure.points_per_sd for measure in screening.measures.values()])
    most = np.array([measure.max_score for measure in screening.measures.values()])
    points = np.clip(np.floor(cut_off + points_per_sd * above), 0, most).astype(np.int64)
    if known is not None:
        points = np.where(known >= 0, known, points)
    positives = (points >= cut_off).sum(axis=1)
    return Scores(points, positives, np.array(TIER_OF_POSITIVES)[positives])


NEED_OF = np.array([[TIER_OF_NEED.index(tier), len(NEEDS) - 1 - TIER_OF_NEED[::-1].index(tier)] for tier in range(4)])
"""Position in `NEEDS` by tier, and by whether positive for post-traumatic stress."""


def need_of(screening: Screening, tier: Ints, points: Ints) -> Ints:
    """Return everybody's position in `NEEDS`."""
    positive: Bools = points[:, MEASURES.index("ptsd")] >= screening.measures["ptsd"].cut_off
    need: Ints = NEED_OF[tier, positive.astype(np.int64)]
    return need
