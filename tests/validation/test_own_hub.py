"""A Hub whose months are held against the model: of data that the model itself made, 9 in 10 months lie inside."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.own_hub.check import INSIDE, compared, simulated_months
from analysis.own_hub.fit import fit_months, fitted
from analysis.own_hub.tunable import TUNABLE, values_at
from sim.config import validate
from sim.launch.compose import compose
from sim.run.replicate import replicate

pytestmark = pytest.mark.heavy
FUTURES, REPETITIONS = 100, 100
FITS, IN_A_STEP = 30, 20
CHANGED = {"uptake": 0.2, "reached": -0.12, "therapy": -0.3, "attendance": 0.35, "sessions": -0.2}
"""Shifts of the numbers that a fit has to find, as `analysis.own_hub.tunable` counts them."""


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


def test_hub_fit_finds_numbers_that_were_changed_within_their_intervals(verdicts):
    config = validate(compose("run.horizon_days=365"))
    truth = fitted(config, values_at(config, CHANGED))
    simulated = {}

    def ask(tried):
        if (key := tried.model_dump_json()) not in simulated:  # the start and its slopes are the same for every fit
            simulated[key] = simulated_months(replicate(tried, number, ("months",)) for number in range(IN_A_STEP))
        return simulated[key]

    inside, told = [], 0
    for number in range(FUTURES, FUTURES + FITS):
        months = simulated_months([replicate(truth, number, ("months",))])
        happened = {key: float(values[0]) for key, values in months.items() if not np.isnan(values[0])}
        found = fit_months(config, happened, sorted({month for _, month in happened}), ask).numbers
        held = [one.low <= CHANGED[one.tunable.name] <= one.high for one in found if one.told_by]
        inside.append(np.mean(held))
        told += len(held)
    case = f"default Hub, five numbers changed, {FITS} fits of 12 months"
    verdicts.at_least(case, "numbers told, of all", 0.9, told / (FITS * len(TUNABLE)))
    verdicts.equivalent(case, "share of numbers in their 95 % interval, less 95 %", 0.07, np.array(inside) - 0.95)
