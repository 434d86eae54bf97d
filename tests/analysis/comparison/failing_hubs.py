"""Hubs that fail somewhere on the way, and what `hub compare` finds of them beside the Hub as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hand_made_sweep import write_sweep

from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.read_sweep import read_sweep
from sim.config import HubConfig

ROLES = "staffing.roles"
LONG_ENOUGH: dict[str, Any] = {"run.horizon_days": 365, "run.jobs": 1}
BASE, SHORT_OF_SENIORS = "as it is", "two seniors less"
FAILING: dict[str, dict[str, Any]] = {
    SHORT_OF_SENIORS: {f"{ROLES}.senior_clinician.lines.senior.wte": 0.0},
    "no reviewers": {
        f"{ROLES}.assistant_psychologist.lines.assistant.wte": 0.0, f"{ROLES}.coordinator.lines.coordinator.wte": 0.0,
    },
    "nobody reviews": {
        f"{ROLES}.assistant_psychologist.lines.assistant.wte": 0.0, f"{ROLES}.coordinator.lines.coordinator.wte": 0.0,
        **{f"{ROLES}.{role}.covers": [] for role in ("senior_clinician", "therapist", "navigator")},
    },
    "nobody assesses": {
        f"{ROLES}.senior_clinician.lines.{line}.wte": 0.0 for line in ("senior", "principal", "consultant")
    },
    "no therapist": {f"{ROLES}.therapist.lines.therapist.wte": 0.0},
    "no navigator": {f"{ROLES}.navigator.lines.navigator.wte": 0.0},
    "no groups": {
        f"{ROLES}.therapist.job_plan": {
            "therapy": {"share": 0.85, "flexes": True}, "group": {"share": 0.01, "flexes": False},
            "team_support": {"share": 0.14, "flexes": False},
        },
        f"{ROLES}.assistant_psychologist.job_plan": {
            "screening_review": {"share": 0.4, "flexes": True}, "therapy": {"share": 0.4, "flexes": True},
            "team_support": {"share": 0.2, "flexes": False},
        },
    },
    "three times the demand": {"demand.multiplier": 3.0},
}  # fmt: skip
"""A Hub starved at each stage in turn, and one that is swamped."""


def starved_hubs(hub_config: Callable[..., HubConfig], folder: Path, replications: int) -> Comparison:
    """Run each failing Hub and the Hub as it is, and compare them."""
    long_enough = LONG_ENOUGH | {"run.replications": replications}
    changes: dict[str, dict[str, Any]] = {BASE: {}, **FAILING}
    plans = {name: hub_config(**long_enough, **change, staffing_model=name) for name, change in changes.items()}
    write_sweep(folder, plans)
    return compare(read_sweep(folder), BASE)
