"""A small finished sweep that the tests of this folder read: three plans, a few replications of half a year."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.read_sweep import read_sweep
from sim.config import HubConfig

# Hand-made sweeps are imported by their bare name: an installed package may own the name `tests`.
sys.path.insert(0, str(Path(__file__).parent))

from hand_made_sweep import write_sweep

REPLICATIONS = 5
SHORT = {"run.horizon_days": 182, "run.opening.mode": "empty", "run.replications": REPLICATIONS, "run.jobs": 1}
SENIORS = "staffing.roles.senior_clinician.lines.senior.wte"
THERAPISTS = "staffing.roles.therapist.lines.therapist.wte"


@pytest.fixture(scope="session")
def plans(hub_config: Callable[..., HubConfig]) -> dict[str, HubConfig]:
    """The default Hub; one senior more; a skill mix under more demand; and the default Hub again."""
    return {
        "baseline,senior_led": hub_config(**SHORT),
        "baseline,more_seniors": hub_config(**SHORT, **{SENIORS: 3.0, "staffing_model": "more_seniors"}),
        "growth,mixed": hub_config(
            **SHORT,
            **{SENIORS: 1.5, THERAPISTS: 2.0, "demand.multiplier": 1.2, "staffing_model": "mixed",
               "scenario": "growth", "purpose": "More referrals, met by a <mix> of skills & grades."},
        ),
        "twin,senior_led": hub_config(**SHORT, scenario="twin"),
    }  # fmt: skip


@pytest.fixture(scope="session")
def sweep_folder(plans: dict[str, HubConfig], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished sweep; not to be changed."""
    folder: Path = tmp_path_factory.mktemp("sweep")
    write_sweep(folder, plans)
    return folder


@pytest.fixture(scope="session")
def compared(sweep_folder: Path) -> Comparison:
    """The finished sweep compared with its first plan."""
    return compare(read_sweep(sweep_folder), "baseline,senior_led")
