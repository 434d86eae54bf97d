"""How much work a replication is, counted rather than timed: calls of the simulator's functions and SimPy's events."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import simpy

import sim
from sim.compiled import UNCOMPILED
from sim.config import validate
from sim.launch.compose import compose
from sim.run.replicate import replicate

pytestmark = pytest.mark.integration

EVENTS = 776
CALLS = 430_000
"""Of the default Hub's first replication of two years, uncompiled. Lower them when a change makes it less."""
MOST_GROWTH = 1.10
COMPREHENSIONS = {"<listcomp>", "<dictcomp>", "<setcomp>"}
"""Calls in Python 3.11 and none since."""


def test_a_replication_is_no_more_work_than_it_was():
    told = subprocess.run(
        [sys.executable, __file__], env=os.environ | {UNCOMPILED: "1"}, capture_output=True, text=True, check=True
    )
    events, calls = json.loads(told.stdout)
    assert EVENTS / 2 < events <= EVENTS * MOST_GROWTH, f"{events:,} events"
    assert CALLS / 2 < calls <= CALLS * MOST_GROWTH, f"{calls:,} calls"


def count() -> tuple[int, int]:
    """Return the events and calls of a replication, in a process of its own: a compiled call cannot be counted."""
    config = validate(compose("run.horizon_days=730", "run.store=null"))
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

    simpy.Environment.step = counted
    sys.setprofile(profile)
    replicate(config, 0)
    sys.setprofile(None)
    return events, calls


if __name__ == "__main__":
    print(json.dumps(count()))
