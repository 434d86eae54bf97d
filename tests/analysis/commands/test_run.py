"""A key of the command line that hub would not obey in this very run is refused; what another cell obeys is not."""

import pytest

from analysis.commands.arguments import refuse_unheeded
from sim.errors import ConfigProblem

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("override", "changes", "told"),
    [
        ("run.replications_max=9", {}, "run.replications_max: got 9; it goes with run.precision"),
        ("uncertainty.replications_per_draw=1", {}, "uncertainty.replications_per_draw: got 1; it goes with uncertai"),
        ("run.opening.run_in_days=9", {"run.warm_up": True}, "run.opening.run_in_days: got 9; run.warm_up finds the"),
    ],
)
def test_a_key_that_this_run_would_not_obey_is_refused(hub_config, override, changes, told):
    with pytest.raises(ConfigProblem) as problem:
        refuse_unheeded([override], [hub_config(**changes)])
    (line,) = problem.value.lines
    assert line.startswith(told)


def test_a_key_that_one_cell_of_a_sweep_obeys_is_let_through(hub_config):
    asked = {"run.precision": {"referrals": 5.0}}
    refuse_unheeded(["run.replications_max=1000"], [hub_config(), hub_config(**asked)])


@pytest.mark.parametrize("override", ["run.replications=9", "run.opening.run_in_days=9", "run.seed=1", "+run.keep=[]"])
def test_what_a_run_obeys_is_let_through(hub_config, override):
    refuse_unheeded([override], [hub_config()])
