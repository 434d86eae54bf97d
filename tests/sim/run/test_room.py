"""Whether there is memory for what is asked for is known when the first replication is there, not when the last is."""

import os
import resource
import subprocess
import sys

import pytest

from sim.errors import HubError
from sim.run import experiment, processes
from sim.run.experiment import run_to_folder

pytestmark = pytest.mark.integration

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 60, "run.jobs": 1, "run.replications": 100_000}


def test_more_replications_than_memory_can_hold_are_refused_after_the_first(hub_config, tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "free_memory", lambda: 8e9)
    told = []
    with pytest.raises(
        HubError, match=r"^run.replications: got 100000; to put them .* 8.0 GB is free: ask for [\d,]+ or"
    ):
        run_to_folder(hub_config(**SHORT), tmp_path / "run", lambda *both: told.append(both))
    assert told == [(1, 100_000)] and list(tmp_path.iterdir()) == []


def test_a_run_that_stops_by_itself_is_judged_by_the_fewest_that_it_takes(hub_config, tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "free_memory", lambda: 8e9)
    config = hub_config(**SHORT | {"run.replications": 2, "run.replications_max": 100_000})
    assert run_to_folder(config, tmp_path / "run", enough=lambda result: result.number == 1).replications == 2


def test_free_memory_is_less_than_there_is_and_heeds_a_limit():
    code = "from sim.run.processes import free_memory; print(free_memory())"
    limited = subprocess.run(
        [sys.executable, "-c", f"import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, -1)); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < float(limited.stdout) < 4 << 30
    assert 0 < processes.free_memory() <= resource.getpagesize() * os.sysconf("SC_PHYS_PAGES")
