"""How many measures are positive, exactly, and the positive shares that give the study's pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from analysis.calibration.fitting import LIGHT, Changes, Fitted
from analysis.calibration.targets import FITTED, PULL, Target, by_model
from sim.cohort.opening import client_mix
from sim.cohort.screening import covariate_mix, fit_copula
from sim.config import HubConfig
from sim.config.screening import COVARIATES, MEASURES, Screening
from sim.streams import Floats

NODES = 160
"""Of the quadrature over the common factor."""
SHIFTED = ("gad7", "phq9", "ptsd")
"""Measures whose shares move together."""
THREE = 3


class Pattern(NamedTuple):
    """Shares of people with 0 to 5 measures positive, shape (6,), and with each measure positive, shape (5,)."""

    counts: Floats
    positive: Floats

    def figures(self) -> dict[str, float]:
        """Return the figures that have targets, by name."""
        return {
            "positive_none": float(self.counts[0]),
            "positive_3_or_more": float(self.counts[THREE:].sum()),
            "positive_functioning": float(self.positive[-1]),
        }


def positive_pattern(screening: Screening, covariate_shares: list[float] | None = None) -> Pattern:
    """Return the exact pattern of positive measures.

    Given the common factor and a combination of covariates the measures are independent, so that the number positive
    is Poisson-binomial; combinations are enumerated (64) and the factor is integrated by Gauss-Hermite quadrature.

    Parameters
    ----------
    covariate_shares
        Among the people in question; those to which the thresholds were set if not given.
    """
    from scipy.special import ndtr, roots_hermitenorm

    shares = covariate_shares or [covariate.share for covariate in screening.covariates.values()]
    copula = fit_copula(screening)
    combined, combination_weight = covariate_mix(shares, copula.shifts)
    factor, factor_weight = roots_hermitenorm(NODES)
    weight = np.outer(factor_weight / factor_weight.sum(), combination_weight)
    above = combined - copula.thresholds + (factor[:, None] * copula.loadings)[:, None, :]
    positive = ndtr(above / np.sqrt(1 - copula.loadings**2))
    counts = np.zeros((*weight.shape, len(MEASURES) + 1))
    counts[..., 0] = 1.0
    for measure in range(len(MEASURES)):
        hit = positive[..., measure, None]
        counts[..., 1:] = counts[..., 1:] * (1 - hit) + counts[..., :-1] * hit
        counts[..., :1] *= 1 - hit
    return Pattern(np.einsum("fc,fcn->n", weight, counts), np.einsum("fc,fcm->m", weight, positive))


def implied_correlations(screening: Screening) -> Floats:
    """Return the latent correlations that factor and covariates give together, shape (5, 5)."""
    copula = fit_copula(screening)
    combined, weight = covariate_mix([c.share for c in screening.covariates.values()], copula.shifts)
    centred = combined - weight @ combined
    covariance = np.outer(copula.loadings, copula.loadings)
    np.fill_diagonal(covariance, 1.0)
    covariance += (centred * weight[:, None]).T @ centred
    spread = np.sqrt(np.diag(covariance))
    correlations: Floats = covariance / np.outer(spread, spread)
    return correlations


def client_covariate_shares(config: HubConfig) -> list[float]:
    """Return how common each covariate is among expected clients; ICU or emergency work depends on the staff group."""
    shares = {name: covariate.share for name, covariate in config.screening.covariates.items()}
    groups = list(config.population.staff_groups.values())
    by_group = client_mix(config).reshape(len(groups), -1).sum(axis=1)
    shares["icu_or_emergency"] = float(by_group @ [group.icu_or_emergency_share for group in groups])
    return [shares[name] for name in COVARIATES]


def fit_screening(config: HubConfig, targets: list[Target]) -> Changes:
    """Fit the positive shares to three or more measures, none, and functioning.

    One probit shift moves GAD-7, PHQ-9 and the PTSD measure from their evidence values; the AUDIT share is free within
    its evidence range; functioning is set to its target. Both free values are pulled towards the evidence.
    """
    from scipy.optimize import least_squares
    from scipy.special import ndtr, ndtri

    aims, pulls = by_model(targets, FITTED), by_model(targets, PULL)
    covariate_shares = client_covariate_shares(config)
    usual = ndtri([pulls[name].target for name in SHIFTED])
    half = float(np.mean([ndtri(pulls[name].high) - ndtri(pulls[name].low) for name in SHIFTED])) / 2

    def shares(values: Floats) -> dict[str, float]:
        moved = dict(zip(SHIFTED, ndtr(usual + values[0]).tolist(), strict=True))
        return moved | {"audit": float(values[1]), "wsas": aims["positive_functioning"].target}

    def residuals(values: Floats) -> Floats:
        found = positive_pattern(with_shares(config.screening, shares(values)), covariate_shares).figures()
        missed = [aims[name].missed(found[name]) for name in ("positive_3_or_more", "positive_none")]
        drawn = [values[0] / half, pulls["audit"].missed(float(values[1]))]
        return np.array([*missed, *(LIGHT * pull for pull in drawn)])

    alcohol = pulls["audit"]
    bounds = ([-2 * half, alcohol.low], [2 * half, alcohol.high])
    best = least_squares(residuals, [0.0, alcohol.target], bounds=bounds, x_scale=[half, alcohol.half]).x
    why = "three or more measures positive in 60 %, none in 10 % (SEV-01, SEV-03)"
    fitted = {
        f"screening.measures.{name}.positive_share": Fitted(round(share, 4), why)
        for name, share in shares(best).items()
    }
    fitted["screening.measures.wsas.positive_share"] = Fitted(shares(best)["wsas"], "functioning impaired (SEV-02)")
    return fitted


def with_shares(screening: Screening, shares: Mapping[str, float]) -> Screening:
    """Return the screening with other positive shares."""
    plain: dict[str, Any] = screening.model_dump()
    for name, share in shares.items():
        plain["measures"][name]["positive_share"] = share
    return Screening.model_validate(plain)
