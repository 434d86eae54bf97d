"""The two fits that simulate nothing: uptake, from expected referrals, and the screening pattern, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import scipy  # its submodules load when something of theirs is first used

from analysis.calibration.targets import DAYS_PER_MONTH, FITTED, PULL, Target, by_model
from sim.cohort.background import background_sources
from sim.cohort.screening import covariate_mix, fit_copula, positions
from sim.cohort.sources import client_mix
from sim.config import HubConfig, changed
from sim.config.screening import COVARIATES, MEASURES, Screening
from sim.streams import Floats, Ints

LIGHT = 0.25
"""Weight of evidence that was itself derived from the study's figures (SEV-05..08, RCH-01..06): it chooses among values
that fit alike, and may not stand against the figures a second time."""
SECTORS = ("nhs", "social_care", "emergency")
MIX = tuple(f"clients_{name}" for name in (*SECTORS, "women", "men", "white_british", "minority_ethnic"))
FREE_GENDER, FREE_ETHNICITY = "men", "minority_ethnic"
DOUBLED = float(np.log(2.0))
"""How far, on the log scale, half a range of a group within its sector is taken to reach: there is no evidence."""
SHIFTED = ("gad7", "phq9", "ptsd")
"""Measures whose shares move together."""


class Fitted(NamedTuple):
    """A fitted value of the configuration and what it was fitted to."""

    value: float
    why: str


Changes = dict[str, Fitted]
"""Fitted values by their path: `pathway.lists.unreachable_share`."""


def fitted_to(config: HubConfig, changes: Changes) -> HubConfig:
    """Return a configuration with fitted values in place."""
    return changed(config, {path: fitted.value for path, fitted in changes.items()})


class Strata(NamedTuple):
    """Strata with their people and cumulative hazards of the configured uptake, each of shape (strata,)."""

    staff_group: Ints
    gender: Ints
    ethnicity: Ints
    headcount: Floats
    before: Floats
    """Hazard up to day 0."""
    by_the_end: Floats
    """Hazard up to the horizon."""


def strata(config: HubConfig) -> Strata:
    """Return the strata of one Hub without weekly shocks."""
    steady = config.demand.model_copy(update={"dispersion_ratio": 1.0})
    sources = background_sources(config.model_copy(update={"demand": steady}), 0, 1.0, 0)
    group, gender, ethnicity = np.array([[each.staff_group, each.gender, each.ethnicity] for each in sources]).T
    headcount = np.array([source.headcount for source in sources], dtype=float)
    before, by_the_end = np.array([[source.hazard[-source.first_day], source.hazard[-1]] for source in sources]).T
    return Strata(group, gender, ethnicity, headcount, before, by_the_end)


def expected_referrals(groups: Strata, times: Floats | float = 1.0) -> Floats:
    """Return first referrals between day 0 and the horizon by stratum, with uptake multiplied by `times`.

    Of N people with cumulative hazard H each refers with probability 1 - exp(-H): people run out.
    """
    expected: Floats = groups.headcount * (np.exp(-times * groups.before) - np.exp(-times * groups.by_the_end))
    return expected


def uptake_figures(config: HubConfig, groups: Strata, referrals: Floats, rereferred: float) -> dict[str, float]:
    """Return expected referrals a month, client mix and crude yearly rates, of first referrals, shape (strata,)."""
    population = config.population
    names, staff = list(population.staff_groups), list(population.staff_groups.values())
    sector = np.array([SECTORS.index(group.sector) for group in staff])[groups.staff_group]
    total = float(referrals.sum())
    found = {"referrals_per_month": total / (1 - rereferred) / (config.run.horizon_days / DAYS_PER_MONTH)}
    genders, ethnicities = (population.genders, groups.gender), (population.ethnicities, groups.ethnicity)
    for group_names, codes in (genders, ethnicities, (SECTORS, sector)):
        found |= {f"clients_{name}": float(referrals[codes == n].sum()) / total for n, name in enumerate(group_names)}
    years = config.run.horizon_days / (12 * DAYS_PER_MONTH)
    for group_names, codes in ((SECTORS, sector), (names, groups.staff_group)):
        for n, name in enumerate(group_names):
            mine = codes == n
            people = float(groups.headcount[mine].sum())
            found[f"rate_{name}"] = float(referrals[mine].sum()) / people / years if people else np.nan
    return found


def fit_uptake(config: HubConfig, targets: list[Target], rereferred: float) -> Changes:
    """Fit the groups' uptake and the relative uptake of men and minority ethnic staff.

    Aims at the referrals a month and the client mix; pulled towards the evidence on the log scale, and each group
    towards its present ratio to the others of its sector, of which nothing is known.
    """
    aims, pulls = by_model(targets, FITTED), by_model(targets, PULL)
    population, demand = config.population, config.demand
    groups = strata(config)
    staff = list(population.staff_groups.values())
    free = (FREE_GENDER, FREE_ETHNICITY)
    man, minority = population.genders.index(FREE_GENDER), population.ethnicities.index(FREE_ETHNICITY)
    present = np.array([demand.relative_uptake.gender[FREE_GENDER], demand.relative_uptake.ethnicity[FREE_ETHNICITY]])

    def residuals(logs: Floats) -> Floats:
        times = np.exp(logs[groups.staff_group] + logs[-2] * (groups.gender == man))
        times *= np.exp(logs[-1] * (groups.ethnicity == minority))
        found = uptake_figures(config, groups, expected_referrals(groups, times), rereferred)
        missed = [aims[name].missed(found[name]) for name in ("referrals_per_month", *MIX)]
        relative = present * np.exp(logs[-2:])
        drawn = [_log_missed(pulls[name], value) for name, value in zip(free, relative, strict=True)]
        # Crude rates against the evidence: NHS staff a year, the others against NHS staff.
        rates = {name: found[name] for name in pulls if name.startswith("rate_") and name in found}
        drawn += [_log_missed(pulls[n], r if n == "rate_nhs" else r / rates["rate_nhs"]) for n, r in rates.items()]
        for sector in SECTORS:
            mine = logs[:-2][[group.sector == sector for group in staff]]
            drawn += ((mine - mine.mean()) / DOUBLED).tolist() if len(mine) else []
        return np.array([*missed, *(LIGHT * pull for pull in drawn)])

    logs = scipy.optimize.least_squares(residuals, np.zeros(len(staff) + 2)).x
    uptake = [demand.uptake_per_person_year[name] for name in population.staff_groups]
    why = {
        f"uptake_per_person_year.{name}": "55 referrals a month and the client mix (ARR-01, POP-07..09)"
        for name in population.staff_groups
    }
    why[f"relative_uptake.gender.{FREE_GENDER}"] = "women and men (DEM-01, DEM-02)"
    why[f"relative_uptake.ethnicity.{FREE_ETHNICITY}"] = "White British and minority ethnic staff (DEM-03, DEM-04)"
    values = np.array([*uptake, *present]) * np.exp(logs)
    # Three digits: the figures say no more.
    return {f"demand.{key}": Fitted(float(f"{value:.3g}"), why[key]) for key, value in zip(why, values, strict=True)}


def _log_missed(pull: Target, value: float) -> float:
    """Return how far a value is from the evidence, in halves of its range, both on the log scale."""
    return float(2 * np.log(value / pull.target) / np.log(pull.high / pull.low))


class Pattern(NamedTuple):
    """Shares of people with 0 to 5 measures positive, shape (6,), and with each measure positive, shape (5,)."""

    counts: Floats
    positive: Floats

    def figures(self) -> dict[str, float]:
        """Return the figures that have targets, by name."""
        return {
            "positive_none": float(self.counts[0]),
            "positive_3_or_more": float(self.counts[3:].sum()),
            "positive_functioning": float(self.positive[-1]),
        }


def positive_pattern(screening: Screening, covariate_shares: list[float] | None = None) -> Pattern:
    """Return the exact pattern of positive measures.

    Given the common factor and a combination of covariates the measures are independent, so that the number positive
    is Poisson-binomial. The covariate shares are those among the people in question; those to which the thresholds were
    set if not given.
    """
    shares = covariate_shares or [covariate.share for covariate in screening.covariates.values()]
    above, weight = positions(screening, shares)
    positive = scipy.special.ndtr(above)
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
    shares = {name: config.screening.covariates[name].share for name in COVARIATES}
    groups = list(config.population.staff_groups.values())
    by_group = client_mix(config).reshape(len(groups), -1).sum(axis=1)
    shares["icu_or_emergency"] = float(by_group @ [group.icu_or_emergency_share for group in groups])
    return list(shares.values())


def fit_screening(config: HubConfig, targets: list[Target]) -> Changes:
    """Fit the positive shares to three or more measures, none, and functioning.

    One probit shift moves GAD-7, PHQ-9 and the PTSD measure from their evidence values; the AUDIT share is free within
    its evidence range; functioning is set to its target. Both free values are pulled towards the evidence.
    """
    aims, pulls = by_model(targets, FITTED), by_model(targets, PULL)
    covariate_shares = client_covariate_shares(config)
    by_share = scipy.special.ndtri
    usual = by_share([pulls[name].target for name in SHIFTED])
    half = float(np.mean([by_share(pulls[name].high) - by_share(pulls[name].low) for name in SHIFTED])) / 2

    def shares(values: Floats) -> dict[str, float]:
        moved = dict(zip(SHIFTED, scipy.special.ndtr(usual + values[0]).tolist(), strict=True))
        return moved | {"audit": float(values[1]), "wsas": aims["positive_functioning"].target}

    def residuals(values: Floats) -> Floats:
        found = positive_pattern(with_shares(config.screening, shares(values)), covariate_shares).figures()
        missed = [aims[name].missed(found[name]) for name in ("positive_3_or_more", "positive_none")]
        drawn = [values[0] / half, pulls["audit"].missed(float(values[1]))]
        return np.array([*missed, *(LIGHT * pull for pull in drawn)])

    alcohol = pulls["audit"]
    bounds = ([-2 * half, alcohol.low], [2 * half, alcohol.high])
    best = scipy.optimize.least_squares(residuals, [0.0, alcohol.target], bounds=bounds, x_scale=[half, alcohol.half]).x
    why = "three or more measures positive in 60 %, none in 10 % (SEV-01, SEV-03)"
    fitted = {name: Fitted(round(share, 4), why) for name, share in shares(best).items()}
    fitted["wsas"] = Fitted(shares(best)["wsas"], "functioning impaired (SEV-02)")
    return {f"screening.measures.{name}.positive_share": value for name, value in fitted.items()}


def with_shares(screening: Screening, shares: Mapping[str, float]) -> Screening:
    """Return the screening with other positive shares."""
    plain: dict[str, Any] = screening.model_dump()
    for name, share in shares.items():
        plain["measures"][name]["positive_share"] = share
    return Screening.model_validate(plain)
