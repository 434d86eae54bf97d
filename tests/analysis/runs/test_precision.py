"""Replications stop when what matters is known as precisely as asked: in order of number, whoever simulated them."""

import json
import warnings

import numpy as np
import pytest

from analysis.estimates.intervals import mean_interval
from analysis.runs.enough import first_precise, look_ahead, stopping_rule
from analysis.runs.one_run import run_and_report
from analysis.runs.sweep import planned, run_sweep
from sim.config import validate
from sim.errors import HubError
from sim.launch.compose import compose_cells
from sim.run.experiment import run_to_folder
from sim.run.results import read_table

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 60, "run.replications": 5, "run.jobs": 1}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("met", "number"),
    [
        ([True] * 10, 5),  # not before five, and five more must hold
        ([True] * 9, None),
        ([False] * 7 + [True] * 6, 8),
        ([True] * 8 + [False] + [True] * 6, 10),  # lost within the look-ahead: begin anew
        ([False] * 20, None),
    ],
)
def test_the_first_number_that_holds_over_the_look_ahead_is_enough(met, number):
    assert first_precise(met) == number


@pytest.mark.unit
def test_the_look_ahead_is_five_and_grows_from_a_hundred_replications_on():
    assert [look_ahead(number) for number in (5, 100, 119, 120, 200, 1000)] == [5, 5, 5, 6, 10, 50]


class Model:
    """What sim-tools asks for."""

    def __init__(self, values):
        self.values = values

    def single_run(self, replication_number):
        return {"wait": self.values[replication_number]}


@pytest.mark.unit
@pytest.mark.parametrize("seed", range(12))
def test_with_relative_half_widths_of_a_positive_mean_it_agrees_with_sim_tools(seed):
    from sim_tools.output_analysis import ReplicationsAlgorithm  # seconds to load, which no other test waits for

    # Only there is sim-tools right: it divides by the signed mean.
    values = np.random.default_rng(seed).gamma(4, 10, 600)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        algorithm = ReplicationsAlgorithm(half_width_precision=0.08, initial_replications=5, replication_budget=500)
        theirs, _ = algorithm.select(Model(values), ["wait"])
    met = []
    while first_precise(met) is None:
        mean, low, high = mean_interval(values[: len(met) + 1])
        met.append(bool((high - low) / 2 / mean <= 0.08))
    assert first_precise(met) == theirs["wait"]


@pytest.mark.integration
def test_it_stops_when_all_measures_are_known_and_says_which_was_the_last(hub_config, tmp_path, capsys):
    asked = {"referrals": 5.0, "referral_to_assessment_within_standard_share": 0.2}
    config = hub_config(**SHORT, **{"run.precision": asked, "run.replications_max": 100})
    assert run_and_report(config, tmp_path) == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    told, number = manifest["precision"], manifest["replications"]
    assert told["reached"] and 10 <= number < 100
    assert number == told["enough_replications"] + 5
    assert all(told["half_width"][name] <= half for name, half in asked.items())
    measures = read_table(tmp_path, "measures").to_pandas()
    mine = measures[(measures["measure"] == "referrals") & (measures["dimension"] == "all")]["value"].to_numpy()
    assert len(mine) == number
    halves = [(high - low) / 2 for _, low, high in (mean_interval(mine[:n]) for n in range(2, number + 1))]
    assert halves[-1] == pytest.approx(told["half_width"]["referrals"])
    if told["last_measure"] == "referrals":
        assert halves[told["enough_replications"] - 3] > 5.0 or told["enough_replications"] == 5
    printed = capsys.readouterr().out
    assert f"Precise enough after {told['enough_replications']} replications; the last was" in printed
    assert f"{number} replications of 60 days" in printed


@pytest.mark.integration
def test_the_number_of_cores_does_not_change_where_it_stops(hub_config, tmp_path):
    stopped = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        cells = compose_cells(
            ["demand.multiplier=1,2.5", "run.precision={referrals: 10}", "run.replications=5", "run.horizon_days=60",
             "run.opening.mode=empty", "run.store=null", f"run.jobs={jobs}"], multirun=True
        )  # fmt: skip
        assert run_sweep(planned(cells, [validate(cell.config) for cell in cells], folder), folder) == 0
        stopped.append([cell["replications"] for cell in json.loads((folder / "manifest.json").read_text())["cells"]])
        assert len(set(stopped[-1])) == 2
    assert stopped[0] == stopped[1]
    one, two = ((tmp_path / jobs / "measures.parquet").read_bytes() for jobs in ("1", "2"))
    assert one == two


@pytest.mark.integration
def test_what_cannot_be_reached_stops_at_the_most_and_says_so(hub_config, tmp_path):
    config = hub_config(**SHORT, **{"run.precision": {"referrals": 1e-6}, "run.replications_max": 7})
    rule = stopping_rule(config)
    assert run_to_folder(config, tmp_path, enough=rule).replications == 7
    assert rule.told()["reached"] is False
    assert rule.sentence().startswith("Not as precise as asked after 7 replications: referrals is known to ±")


@pytest.mark.unit
def test_only_headline_measures_can_be_nominated(hub_config):
    with pytest.raises(HubError, match=r"^run.precision: got referral; did you mean referrals\?$"):
        stopping_rule(hub_config(**{"run.precision": {"referral": 1.0}}))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"run.precision": {"referrals": 0.0}}, "run.precision.referrals: got 0.0; must be more than 0.0"),
        (
            {"run.precision": {"referrals": 1.0}, "run.replications": 50, "run.replications_max": 20},
            "run.replications_max: got 20; must be run.replications or more",
        ),
        ({"run.backend": "dask"}, "run.scheduler: got None; backend dask needs one: tcp://HOST:PORT"),
        (
            {"run.scheduler": "tcp://there:8786"},
            "run.scheduler: got tcp://there:8786; add run.backend=dask, or leave it out",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(refusal, changes, line):
    assert refusal(**changes) == [line]


@pytest.mark.unit
def test_a_run_without_precision_has_no_rule(hub_config):
    assert stopping_rule(hub_config()) is None
