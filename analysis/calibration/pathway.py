"""The pathway's shares without a source, fitted by simulation to the study's follow-up survey."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analysis.calibration.expected import client_covariate_shares, positive_pattern
from analysis.calibration.figures import run_figures
from analysis.calibration.fitting import Changes, Fitted, fitted_to, placed, position, search
from analysis.calibration.targets import FITTED, OWN, PULL, Target, by_model
from sim.config import HubConfig
from sim.config.screening import TIER_OF_POSITIVES, TIERS
from sim.streams import Floats

FREE = ("unreachable_share", "response_share_if_no_contact", "advice_share", "wait_elsewhere_days")
AIMS = (
    "followup_contact_share", "followup_supported_share", "followup_waiting_share",
    "senior_load", "therapy_wait_median_days",
)  # fmt: skip
OWN_WEIGHT = 0.5
"""Of our own beliefs: the study comes first."""
STEPS = 6
SHARE_DIGITS = 4


def fit_pathway(
    config: HubConfig, targets: list[Target], replications: int, jobs: int, told: Callable[[str], None]
) -> Changes:
    """Fit who is not reached, answers without contact, gets advice only and waits elsewhere.

    Aims at contact, support and waiting of the mirrored survey and, with half the weight, at our own beliefs about
    load and the wait for therapy. A target missed by half its tolerance weighs as much as a value half its range away
    from the evidence: both are about two standard errors. Held-out figures are not looked at. Support found without
    the Hub and patience are left as they are: the aims cannot tell them from advice and from waits elsewhere. Every
    evaluation has the same luck (common random numbers).

    Parameters
    ----------
    config
        With what was fitted before in place.
    told
        Called with a line on each evaluation.
    """
    aims, pulls = by_model(targets, FITTED), by_model(targets, PULL)
    ranges = [pulls[name] for name in FREE]

    def residuals(positions: Floats) -> Floats:
        values = [placed(pull, float(where)) for pull, where in zip(ranges, positions, strict=True)]
        trial = fitted_to(config, pathway_changes(config, dict(zip(FREE, values, strict=True))))
        found = run_figures(trial, replications, jobs)
        missed = [
            (OWN_WEIGHT if aims[name].whose == OWN else 1) * aims[name].missed(found[name].estimate) for name in AIMS
        ]
        told("  ".join(f"{name} {value:.4f}" for name, value in zip(FREE, values, strict=True)))
        return np.array([*missed, *positions])

    follow_up, lists = config.pathway.follow_up, config.pathway.lists
    present = (
        lists.unreachable_share,
        follow_up.response_share_if_no_contact,
        advice_share(config),
        config.pathway.navigation.wait_median_days,
    )
    start = np.array([position(pull, value) for pull, value in zip(ranges, present, strict=True)])
    best = search(residuals, start, STEPS, told)
    values = [placed(pull, float(where)) for pull, where in zip(ranges, best, strict=True)]
    return pathway_changes(config, dict(zip(FREE, values, strict=True)))


def pathway_changes(config: HubConfig, values: Mapping[str, float]) -> Changes:
    """Return the configuration's values for a set of free ones; `advice_share` becomes a table of outcomes."""
    fitted = {
        "pathway.lists.unreachable_share": Fitted(_rounded(values["unreachable_share"]), "contact, 73 % (PATH-01)"),
        "pathway.follow_up.response_share_if_no_contact": Fitted(
            _rounded(values["response_share_if_no_contact"]), "contact, 73 % (PATH-01)"
        ),
    }
    days = float(round(values["wait_elsewhere_days"]))
    fitted["pathway.navigation.wait_median_days"] = Fitted(days, "on a waiting list, 11 % (PATH-03)")
    for tier, row in outcomes_with_advice(config, values["advice_share"]).items():
        for outcome, share in row.items():
            path = f"pathway.assessment.outcome_share.{tier}.{outcome}"
            fitted[path] = Fitted(share, "supported and waiting (PATH-02, PATH-03)")
    return fitted


def tier_shares_of_assessed(config: HubConfig) -> Floats:
    """Return the expected need tiers of the people offered an assessment, shape (4,)."""
    counts = positive_pattern(config.screening, client_covariate_shares(config)).counts
    tiers = np.bincount(TIER_OF_POSITIVES, weights=counts, minlength=len(TIERS))
    offered = tiers * [config.pathway.assessment.offered_share[tier] for tier in TIERS]
    shares: Floats = offered / offered.sum()
    return shares


def advice_share(config: HubConfig) -> float:
    """Return the share of all assessments that end in advice only."""
    rows = config.pathway.assessment.outcome_share
    return float(tier_shares_of_assessed(config) @ [rows[tier].get("advice", 0.0) for tier in TIERS])


def outcomes_with_advice(config: HubConfig, wanted: float) -> dict[str, dict[str, float]]:
    """Return the outcome table with this share of advice over all tiers; the other outcomes keep their proportions.

    The odds of advice are multiplied by one factor in every tier.
    """
    from scipy.optimize import brentq

    rows = config.pathway.assessment.outcome_share
    tiers = tier_shares_of_assessed(config)
    present = np.array([rows[tier].get("advice", 0.0) for tier in TIERS])

    def advice(log_factor: float) -> Floats:
        times = np.exp(log_factor)
        moved: Floats = present * times / (1 - present + present * times)
        return moved

    moved = advice(brentq(lambda log_factor: float(tiers @ advice(log_factor)) - wanted, -10, 10))
    return {
        tier: _adding_up({
            outcome: new if outcome == "advice" else share * (1 - new) / (1 - old) for outcome, share in row.items()
        })
        for (tier, row), old, new in zip(rows.items(), present.tolist(), moved.tolist(), strict=True)
    }  # fmt: skip


def _adding_up(row: dict[str, float]) -> dict[str, float]:
    """Round shares; the largest takes the difference."""
    rounded = {name: _rounded(share) for name, share in row.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rounded[largest] = _rounded(1 - sum(share for name, share in rounded.items() if name != largest))
    return rounded


def _rounded(share: float) -> float:
    return round(share, SHARE_DIGITS)
