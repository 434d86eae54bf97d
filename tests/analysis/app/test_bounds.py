from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.app.view import LIMITS, refuse_beyond
from sim.config import HubConfig
from sim.errors import ConfigProblem


@pytest.mark.integration
@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("hubs.count", {"hubs.count": 41}),
        ("run.horizon_days", {"run.horizon_days": 1_828}),
        ("run.replications", {"run.replications": 501}),
        ("run.opening.run_in_days", {"run.opening.run_in_days": 3_000}),
        ("people expected to refer", {"demand.multiplier": 100.0, "hubs.count": 2}),
        ("run.opening.backlog", {"run.opening.mode": "backlog", "run.opening.backlog.therapy.people": 900_000}),
    ],
)
def test_more_than_one_visitor_may_ask_for_is_refused_by_key(
    hub_config: Callable[..., HubConfig], key: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ConfigProblem) as problem:
        refuse_beyond(hub_config(**changes))
    assert len(problem.value.lines) == 1 and key in str(problem.value)


@pytest.mark.integration
@pytest.mark.parametrize("scenario", ["baseline", "major_incident", "national", "growing_demand"])
def test_every_sort_of_preset_is_within_bounds(hub_config: Callable[..., HubConfig], scenario: str) -> None:
    refuse_beyond(hub_config(f"scenario={scenario}", **{"run.replications": LIMITS.replications}))
