"""The same service code on a clock of thirty lines in place of SimPy: every record must agree to the minute."""

import importlib
import sys
from contextlib import contextmanager
from dataclasses import fields
from heapq import heappop, heappush
from types import ModuleType

import numpy as np
import pytest
from small_hub import configure

from sim.cohort.draw import draw_cohort
from sim.compiled import UNCOMPILED
from sim.roster.table import draw_roster
from sim.service.hub import run_service

BEFORE_ALL = -1
"""Order of a process's first step: before anything else at that moment."""


class Event:
    """What a process waits for."""

    def __init__(self, env):
        self.env = env
        self.callbacks = []


class Environment:
    """A heap of (moment, order, number of scheduling, event), and nothing else."""

    def __init__(self, initial_time=0):
        self.now = initial_time
        self._heap = []
        self._scheduled = 0

    def schedule(self, event, priority=1, delay=0):
        self._scheduled += 1
        heappush(self._heap, (self.now + delay, priority, self._scheduled, event))

    def process(self, generator):
        begins = Event(self)
        begins.callbacks.append(generator)
        self.schedule(begins, BEFORE_ALL)

    def run(self, until):
        while self._heap and self._heap[0][0] < until:
            self.now, _, _, event = heappop(self._heap)
            for generator in event.callbacks:
                waits_for = next(generator, None)
                if waits_for is not None:
                    waits_for.callbacks.append(generator)
        self.now = until


@contextmanager
def service_on_another_clock():
    """Import the service anew, uncompiled, with a `simpy` of this clock alone; restore everything afterwards."""
    stand_in = ModuleType("simpy")
    stand_in.Event, stand_in.Environment = Event, Environment
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "simpy"}
    kept |= {name: module for name, module in sys.modules.items() if name.startswith("sim.service")}
    parents = {name: sys.modules[name.rpartition(".")[0]] for name in kept if name.startswith("sim.service")}
    for name in kept:
        del sys.modules[name]
    sys.modules["simpy"] = stand_in
    try:
        with pytest.MonkeyPatch.context() as changed:
            changed.setenv(UNCOMPILED, "1")
            hub = importlib.import_module("sim.service.hub")
        assert hub.simpy is stand_in
        yield hub.run_service
    finally:
        for name in [name for name in sys.modules if name.startswith("sim.service") or name == "simpy"]:
            del sys.modules[name]
        sys.modules.update(kept)
        for name, parent in parents.items():
            setattr(parent, name.rpartition(".")[2], kept[name])


def differing(one, other):
    """Return the parts of two records that are not equal."""
    journeys = [f.name for f in fields(one.journeys)]
    different = [
        f"journeys.{name}" for name in journeys if getattr(one.journeys, name) != getattr(other.journeys, name)
    ]
    parts = [f.name for f in fields(one) if f.name != "journeys"]
    return different + [name for name in parts if getattr(one, name) != getattr(other, name)]


def random_settings(seed):
    """Return settings that vary everything which decides in what order things happen."""
    rng = np.random.default_rng([7, seed])
    miss = {"missed_share": float(rng.uniform(0, 0.3)), "cancelled_share": float(rng.uniform(0, 0.3))}
    modes = ("empty", "backlog", "run_in")
    policies = ("first_come", "by_need", "by_need_with_ageing")
    return {
        "run.seed": int(rng.integers(2**40)),
        "run.horizon_days": int(rng.integers(150, 500)),
        "run.opening.mode": modes[rng.integers(3)],
        "run.opening.run_in_days": int(rng.integers(0, 120)),
        "demand.multiplier": float(rng.uniform(0.3, 2.5)),
        "screening.not_completed": ("close", "phone")[rng.integers(2)],
        "pathway.lists.policy": policies[rng.integers(3)],
        "pathway.lists.notice_days": int(rng.integers(0, 10)),
        "pathway.attendance.assessment": miss,
        "pathway.attendance.therapy_first": miss,
        "pathway.attendance.therapy_next": miss,
        "pathway.patience.assessment_leave_per_week": float(rng.uniform(0, 0.2)),
        "pathway.patience.therapy_leave_per_week": float(rng.uniform(0, 0.1)),
        "pathway.check_in.every_days": int(rng.integers(0, 40)),
        "pathway.re_referral.share": float(rng.uniform(0, 0.5)),
        "staffing.recruitment.turnover_per_year": float(rng.uniform(0, 1.5)),
        "staffing.absence.handover_after_days": int(rng.integers(5, 30)),
    }


@pytest.mark.integration
def test_the_stand_in_leaves_the_service_as_it_was():
    before = {name: module for name, module in sys.modules.items() if name.startswith(("sim.service", "simpy"))}
    with service_on_another_clock() as other:
        assert other is not run_service
    after = {name: module for name, module in sys.modules.items() if name.startswith(("sim.service", "simpy"))}
    assert before == after
    assert sys.modules["sim.service"].hub is sys.modules["sim.service.hub"]


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(8), id="8 Hubs", marks=pytest.mark.integration),
        pytest.param(range(8, 108), id="100 Hubs", marks=pytest.mark.heavy),
    ],
)
def test_another_clock_gives_the_same_record_to_the_minute(verdicts, seeds):
    same, different = 0, {}
    with service_on_another_clock() as on_another_clock:
        for seed in seeds:
            config = configure(random_settings(seed))
            replication = seed % 3
            cohort, posts = draw_cohort(config, replication), draw_roster(config, replication, 0, 1.0)
            found = differing(run_service(config, cohort, posts), on_another_clock(config, cohort, posts))
            same += not found
            if found:
                different[seed] = found
    assert not different
    verdicts.of_all(
        "another clock in place of SimPy", f"records of {len(seeds)} random Hubs", "identical", same, len(seeds)
    )
