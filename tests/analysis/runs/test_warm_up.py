"""A steady-state question gets the run-in that it needs, and is refused where there is no steady state."""

import numpy as np
import pytest
from matplotlib.image import imread

from analysis.runs.enough import mser5, with_warm_up
from sim.errors import HubError

pytestmark = pytest.mark.integration

QUIET = {"run.warm_up": True, "run.jobs": 2, "demand.multiplier": 0.5}


def test_what_rises_to_a_level_is_cut_where_it_gets_there():
    noise = np.random.default_rng(5).normal(0, 1, 400)
    rising = np.minimum(np.arange(400) / 60, 1) * 50
    assert 45 <= mser5(rising + noise) <= 65


def test_what_is_level_is_not_cut_and_what_grows_on_is_never_settled():
    assert mser5(np.full(100, 7.0)) == 0
    assert mser5(np.arange(100.0)) is None


def test_a_worked_example():
    # Ten batches of means 0, 10, 10, … : leaving out the first makes the sum of squares 0.
    assert mser5([0.0] * 5 + [10.0] * 45) == 5


@pytest.mark.drawn
def test_a_quiet_hub_gets_a_run_in_and_a_figure(hub_config, tmp_path):
    config = hub_config(**QUIET, **{"run.horizon_days": 1000, "run.seed": 3})
    longer, line = with_warm_up(config, tmp_path)
    assert longer.run.opening.mode == "run_in" and longer.run.run_in_days < 500
    assert longer.run.run_in_days % 35 == 0  # batches of five weeks
    assert f"{longer.run.run_in_days} days of run-in, for " in line
    assert imread(tmp_path / "warm_up.png").std() > 0.05
    assert longer.model_copy(update={"run": config.run}) == config


def test_a_list_that_people_give_up_has_a_steady_state_however_many_join(hub_config, tmp_path):
    few = {"demand.multiplier": 1.0, "staffing.roles.therapist.lines.therapist.wte": 0.5, "run.horizon_days": 1500}
    config = hub_config(**QUIET | few)
    longer, _ = with_warm_up(config, tmp_path)
    assert longer.run.run_in_days < 750


@pytest.mark.parametrize(
    ("overrides", "changes", "reason"),
    [
        (["scenario=major_incident"], {}, "incident changes demand over time"),
        ([], {"demand.growth_per_year": 0.2}, "demand.growth_per_year changes demand over time"),
        ([], {"run.horizon_days": 90}, "run.horizon_days: got 90; a warm-up is found in 350 days or more"),
        (
            [],
            {"demand.multiplier": 2.0, "run.horizon_days": 400, "pathway.patience.assessment_leave_per_week": 0.0},
            "no steady state. The list for assessment grows by",
        ),
    ],
)
def test_where_there_is_no_steady_state_it_is_refused_with_the_reason(hub_config, tmp_path, overrides, changes, reason):
    with pytest.raises(HubError, match=reason):
        with_warm_up(hub_config(*overrides, **QUIET | changes), tmp_path)
    assert list(tmp_path.iterdir()) == []
