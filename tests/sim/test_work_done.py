"""How much work a replication is, counted rather than timed: calls of the simulator's functions and SimPy's events."""

import sys
from pathlib import Path

import pytest
import simpy

import sim
from sim.replicate import replicate

pytestmark = pytest.mark.integration

EVENTS = 1_523
CALLS = 146_000
"""Of the default Hub's first replication of two years. Lower them when a change makes it less."""
MOST_GROWTH = 1.10
COMPREHENSIONS = {"<listcomp>", "<dictcomp>", "<setcomp>"}
"""Calls in Python 3.11 and none since."""


def test_a_replication_is_no_more_work_than_it_was(hub_config, monkeypatch):
    config = hub_config(**{"run.horizon_days": 730})
    replicate(config, 0)  # what is done once and kept is no part of it
    events = calls = 0
    package = str(Path(sim.__file__).parent)
    step = simpy.Environment.step

    def counted(env):
        nonlocal events
        events += 1
        step(env)

    def profile(frame, event, _):
        nonlocal calls
        if event == "call" and frame.f_code.co_filename.startswith(package):
            calls += frame.f_code.co_name not in COMPREHENSIONS

    monkeypatch.setattr(simpy.Environment, "step", counted)
    sys.setprofile(profile)
    try:
        replicate(config, 0)
    finally:
        sys.setprofile(None)
    assert EVENTS / 2 < events <= EVENTS * MOST_GROWTH, f"{events:,} events"
    assert CALLS / 2 < calls <= CALLS * MOST_GROWTH, f"{calls:,} calls"
