"""The fit that simulates: the pathway's shares without a source; and the scenario that holds every fitted value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy  # its submodules load when something of theirs is first used

from analysis.calibration.expected import Changes, Fitted, client_covariate_shares, fitted_to, positive_pattern
from analysis.calibration.targets import FITTED, OWN, PULL, Target, by_model, run_figures
from sim.composed import put
from sim.config import HubConfig
from sim.config.screening import TIER_OF_POSITIVES, TIERS
from sim.disk import write_whole
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
STEP = 0.25
"""Of the differences that give the slopes, in halves of a value's range: far above the grain of counted people."""
REACH = 0.5
"""No step of the search goes further than this in halves of a range."""
SETTLED = 0.02
"""The search ends when no value moves further than this."""
NAME = "calibrated"
PURPOSE = "The default Hub with every value that has no source fitted to the study's figures."


def fit_pathway(
    config: HubConfig, targets: list[Target], replications: int, jobs: int, told: Callable[[str], None]
) -> Changes:
    """Fit who is not reached, answers without contact, gets advice only and waits elsewhere.

    Aims at contact, support and waiting of the mirrored survey and, with half the weight, at our own beliefs about
    load and the wait for therapy. A target missed by half its tolerance weighs as much as a value half its range away
    from the evidence: both are about two standard errors. Held-out figures are not looked at. Support found without
    the Hub and patience are left as they are: the aims cannot tell them from advice and from waits elsewhere. Every
    evaluation has the same luck (common random numbers); `told` is called with a line on each.
    """
    aims, pulls = by_model(targets, FITTED), by_model(targets, PULL)

    def values(positions: Floats) -> dict[str, float]:
        return {name: placed(pulls[name], float(where)) for name, where in zip(FREE, positions, strict=True)}

    def residuals(positions: Floats) -> Floats:
        trial = values(positions)
        found = run_figures(fitted_to(config, pathway_changes(config, trial)), replications, jobs)
        missed = [
            (OWN_WEIGHT if aims[name].whose == OWN else 1) * aims[name].missed(found[name].estimate) for name in AIMS
        ]
        told("  ".join(f"{name} {value:.4f}" for name, value in trial.items()))
        return np.array([*missed, *positions])

    pathway = config.pathway
    reached = pathway.lists.unreachable_share, pathway.follow_up.response_share_if_no_contact
    present = (*reached, advice_share(config), pathway.navigation.wait_median_days)
    start = np.array([position(pulls[name], value) for name, value in zip(FREE, present, strict=True)])
    return pathway_changes(config, values(search(residuals, start, STEPS, told)))


def pathway_changes(config: HubConfig, values: Mapping[str, float]) -> Changes:
    """Return the configuration's values for a set of free ones; `advice_share` becomes a table of outcomes."""
    contact, days = "contact, 73 % (PATH-01)", float(round(values["wait_elsewhere_days"]))
    answered = _rounded(values["response_share_if_no_contact"])
    fitted = {
        "pathway.lists.unreachable_share": Fitted(_rounded(values["unreachable_share"]), contact),
        "pathway.follow_up.response_share_if_no_contact": Fitted(answered, contact),
        "pathway.navigation.wait_median_days": Fitted(days, "on a waiting list, 11 % (PATH-03)"),
    }
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
    rows = config.pathway.assessment.outcome_share
    tiers = tier_shares_of_assessed(config)
    present = np.array([rows[tier].get("advice", 0.0) for tier in TIERS])

    def advice(log_factor: float) -> Floats:
        times = np.exp(log_factor)
        moved: Floats = present * times / (1 - present + present * times)
        return moved

    moved = advice(scipy.optimize.brentq(lambda log_factor: float(tiers @ advice(log_factor)) - wanted, -10, 10))
    return {
        tier: adding_up({
            outcome: new if outcome == "advice" else share * (1 - new) / (1 - old) for outcome, share in row.items()
        })
        for (tier, row), old, new in zip(rows.items(), present.tolist(), moved.tolist(), strict=True)
    }  # fmt: skip


def adding_up(row: dict[str, float]) -> dict[str, float]:
    """Round shares; the largest takes the difference."""
    rounded = {name: _rounded(share) for name, share in row.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rounded[largest] = _rounded(1 - sum(share for name, share in rounded.items() if name != largest))
    return rounded


def _rounded(share: float) -> float:
    return round(share, SHARE_DIGITS)


def placed(pull: Target, position: float) -> float:
    """Return the value at a position in the range of the evidence: -1 its low end, 0 its value, 1 its high end."""
    return pull.target + position * (pull.high - pull.target if position > 0 else pull.target - pull.low)


def position(pull: Target, value: float) -> float:
    """Return where a value lies in the range of the evidence; see `placed`."""
    return (value - pull.target) / (pull.high - pull.target if value > pull.target else pull.target - pull.low)


def search(
    residuals: Callable[[Floats], Floats], start: Floats, steps: int, told: Callable[[str], None] | None = None
) -> Floats:
    """Find the positions, each within -1 and 1, with the least sum of squares by damped Gauss-Newton.

    For functions, of n positions to m residuals, that are dear (a simulation) and the same each time they are asked.
    Slopes come from one-sided differences at the start and are corrected after every evaluation (Broyden), of which
    there are at most so many `steps`; a step that does not help is halved. `told` is called with a line on each.
    """

    def ask(where: Floats, what: str) -> Floats:
        found = residuals(where)
        if told is not None:
            told(f"{what}: sum of squares {found @ found:.4f}")
        return found

    best = np.clip(start, -1, 1)
    at_best = ask(best, "start")
    slopes = np.empty((len(at_best), len(best)))
    for n in range(len(best)):
        difference = STEP if best[n] + STEP <= 1 else -STEP
        aside = best.copy()
        aside[n] += difference
        slopes[:, n] = (ask(aside, f"slope {n + 1}") - at_best) / difference
    reach = REACH
    for n in range(steps):
        low, high = np.maximum(-1 - best, -reach), np.minimum(1 - best, reach)
        # A value at the end of its range may still not move outwards; lsq_linear wants room between bounds.
        low, high = np.minimum(low, -1e-9), np.maximum(high, 1e-9)
        step = scipy.optimize.lsq_linear(slopes, -at_best, bounds=(low, high)).x
        if np.abs(step).max() < SETTLED:
            break
        there = np.clip(best + step, -1, 1)
        found = ask(there, f"step {n + 1}")
        slopes += np.outer(found - at_best - slopes @ step, step) / (step @ step)
        if found @ found < at_best @ at_best:
            best, at_best = there, found
        else:
            reach = float(np.abs(step).max()) / 2
    return best


def scenario_text(changes: Changes) -> str:
    """Return the scenario as YAML, with what each value was fitted to beside it."""
    tree: dict[str, Any] = {}
    for path, fitted in changes.items():
        put(tree, path, fitted)
    return "\n".join(["# @package _global_", f"purpose: {json.dumps(PURPOSE)}", *_lines(tree, "")]) + "\n"


def _lines(tree: dict[str, Any], indent: str) -> Iterator[str]:
    for key, node in tree.items():
        if isinstance(node, Fitted):
            yield f"{indent}{key}: {node.value!r} # {node.why}"
        else:
            yield f"{indent}{key}:"
            yield from _lines(node, indent + "  ")


def write_scenario(changes: Changes, folder: Path) -> Path:
    """Write `folder`/scenario/calibrated.yaml whole or not at all, and return its path."""
    path = folder / "scenario" / f"{NAME}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, scenario_text(changes))
    return path
