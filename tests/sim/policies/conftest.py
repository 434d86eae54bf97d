"""Small Hubs under a policy, and what they measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.measures import History, count_measures
from sim.measures.audit import audit
from sim.run.replicate import simulate_hub

SMALL = ("run.horizon_days=500", "run.opening.run_in_days=120")


@pytest.fixture(scope="session")
def history_of(hub_config: Any) -> Callable[..., History]:
    """Simulate the first replication of a small Hub and audit it: `history_of("policies=cover", **changes)`."""

    def simulated(*overrides: str, **changes: Any) -> History:
        history, _ = simulate_hub(hub_config(*SMALL, *overrides, **changes), 0, 0)
        audit(history)
        return history

    return simulated


@pytest.fixture(scope="session")
def figures_of() -> Callable[[History], dict[tuple[str, str, str], Any]]:
    """Return the figures of everybody by measure, stage and group: `figures_of(history)["supported", "", "all"]`."""

    def figures(history: History) -> dict[tuple[str, str, str], Any]:
        return {(row.measure, row.stage, row.group): row for row in count_measures(history)}

    return figures
