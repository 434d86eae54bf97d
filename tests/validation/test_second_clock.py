"""The same service code on a clock of thirty lines in place of SimPy: every record must agree to the minute."""

from heapq import heappop, heappush

import numpy as np
import pytest
from small_hub import configure, differing

from sim.cohort import draw_cohort
from sim.roster import draw_roster
from sim.service.hub import run_service

BEFORE_ALL = -1
"""Order of a process's first step: before anything else at that moment."""


class Event:
    """What a process waits for."""

    def __init__(self):
        self.callbacks = []


class Environment:
    """A heap of (moment, order, number of scheduling, event), and nothing else."""

    def __init__(self, initial_time=0):
        self.now = initial_time
        self._heap = []
        self._scheduled = 0

    def timeout(self, delay, order=1):
        event = Event()
        self._scheduled += 1
        heappush(self._heap, (self.now + delay, order, self._scheduled, event))
        return event

    def process(self, generator):
        self.timeout(0, BEFORE_ALL).callbacks.append(generator)

    def run(self, until):
        while self._heap and self._heap[0][0] < until:
            self.now, _, _, event = heappop(self._heap)
            for generator in event.callbacks:
                waits_for = next(generator, None)
                if waits_for is not None:
                    waits_for.callbacks.append(generator)
        self.now = until


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


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(8), id="8 Hubs", marks=pytest.mark.integration),
        pytest.param(range(8, 108), id="100 Hubs", marks=pytest.mark.heavy),
    ],
)
def test_another_clock_gives_the_same_record_to_the_minute(verdicts, seeds):
    same, different = 0, {}
    for seed in seeds:
        config = configure(random_settings(seed))
        replication = seed % 3
        cohort, posts = draw_cohort(config, replication), draw_roster(config, replication, 0, 1.0)
        on_another_clock = run_service(config, cohort, posts, environment=Environment)
        found = differing(run_service(config, cohort, posts), on_another_clock)
        same += not found
        if found:
            different[seed] = found
    assert not different
    verdicts.of_all(
        "another clock in place of SimPy", f"records of {len(seeds)} random Hubs", "identical", same, len(seeds)
    )
