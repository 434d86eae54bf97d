"""A Hub whose months are held against the model: of data that the model itself made, 9 in 10 months lie inside."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.own_hub.check import INSIDE, compared, simulated_months
from sim.config import validate
from sim.launch.compose import compose
from sim.run.replicate import replicate

pytestmark = pytest.mark.heavy
FUTURES, REPETITIONS = 100, 100


def test_nine_in_ten_months_of_the_models_own_lie_in_the_range_that_hub_check_draws(verdicts):
    config = validate(compose("run.horizon_days=365"))
    months = simulated_months(replicate(config, number, ("months",)) for number in range(FUTURES + REPETITIONS))
    futures = {key: values[:FUTURES] for key, values in months.items()}
    inside = []
    for number in range(FUTURES, FUTURES + REPETITIONS):
        happened = {key: values[number] for key, values in months.items() if not np.isnan(values[number])}
        inside.append(np.mean([row.verdict == INSIDE for row in compared(happened, futures)]))
    verdicts.equivalent(
        f"default Hub, {REPETITIONS} repetitions of 12 months", "share of months in their range, less 90 %", 0.05,
        np.array(inside) - 0.9,
    )  # fmt: skip
