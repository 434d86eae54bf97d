import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.sizing.futures import Tally, share_in_time
from sim.config import HubConfig
from sim.run.experiment import simulate


@pytest.mark.integration
def test_a_search_sees_the_shares_that_everything_counted_shows(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    changes = {"run.horizon_days": 200, "run.opening.mode": "empty", "run.store": str(tmp_path), "run.jobs": 1}
    config = hub_config(**changes)
    for _ in ("simulated", "from the store"):
        goals = list(simulate(config, range(2), goals_only=True))
        assert [list(result.tables) for result in goals] == [["in_time"]] * 2
        for searched, whole in zip(goals, simulate(config, range(2)), strict=True):
            for stage in config.standards.stages:
                assert share_in_time(searched, stage) == share_in_time(whole, stage)
    assert len(list(tmp_path.rglob("*.in_time"))) == len(list(tmp_path.rglob("*.tables"))) == 2


@pytest.mark.unit
def test_how_long_the_rest_takes_is_told_at_the_speed_of_what_was_simulated_and_not_of_what_was_kept() -> None:
    halfway = Tally(used=300, from_store=200, began=time.monotonic() - 10)
    assert halfway.at_most(1_200) == "at most 1,200 more replications, about 2 minutes"
    assert Tally(used=200, from_store=200).at_most(1_200) == "at most 1,200 more replications"
