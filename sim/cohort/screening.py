"""Five correlated screening scores: a one-factor Gaussian copula whose thresholds give the published shares."""

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


class Copula(NamedTuple):
    """A fitted copula.

    loadings (5,), thresholds (5,) and covariate shifts (6, 5), all in latent standard deviations.
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

    Exact: the covariates' 64 combinations are enumerated, nothing is sampled.
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
    """Return each covariate combination's summed shift, shape (64, 5), and its probability, shape (64,)."""
    present = np.array(list(itertools.product((0.0, 1.0), repeat=len(shares))))
    weight = np.prod(np.where(present == 1, shares, 1 - np.array(shares)), axis=1)
    return present @ shifts, weight


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
        Which predictors each person has, shape (n, 6).
    extra_shift_sd
        Added to each latent score of a person (incident severity, newly reached, invited), shape (n, 5).
    known
        Points to be taken as they are, shape (n, 5); below 0 where there are none.
    """
    copula = fit_copula(screening)
    latent = np.outer(factor, copula.loadings) + residuals * np.sqrt(1 - copula.loadings**2)
    latent += covariates @ copula.shifts + extra_shift_sd
    above = latent - copula.thresholds
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
