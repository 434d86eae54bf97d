"""Parameters drawn from their ranges: which, within what bounds, and shared by all plans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from sim.cohort import draw_cohort
from sim.config import HubConfig
from sim.config.run import UncertainNumber
from sim.disk import scenarios_dir
from sim.evidence.belief import WIDTH, quantile
from sim.evidence.uncertainty import drawn, numbers_at, with_numbers
from sim.run.replicate import replicate

PSA = "uncertainty=psa"
UPTAKE = "demand.uptake_per_person_year.nhs_hospital_community"


def number(distribution: str, value: float, low: float, high: float) -> UncertainNumber:
    return UncertainNumber(value=value, low=low, high=high, distribution=distribution, together=None)


def flat(config: HubConfig) -> dict[str, object]:
    from sim.composed import leaves

    return dict(leaves(config.model_dump(mode="json", exclude={"uncertainty": True})))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("distribution", "value", "low", "high"),
    [
        ("uniform", 2.0, 1, 5),
        ("triangular", 2.0, 1, 5),
        ("normal", 0.3, 0, 0.6),
        ("beta", 0.17, 0.1, 0.3),
        ("beta", 0.0, 0.0, 0.1),
        ("gamma", 10, 4, 16),
        ("lognormal", 75, 45, 120),
        ("exponential", 0.012, 0.005, 0.05),
        ("lognormal", 5, 0, 20),
    ],
)
def test_a_number_runs_through_its_range_and_never_leaves_it(
    distribution: str, value: float, low: float, high: float
) -> None:
    drawn_values = [quantile(number(distribution, value, low, high), u) for u in np.linspace(0, 1, 401)]
    assert np.all(np.diff(drawn_values) >= 0)
    assert drawn_values[0] == pytest.approx(low, abs=(high - low) * 0.02)
    assert drawn_values[-1] == pytest.approx(high, abs=(high - low) * 0.02)


@pytest.mark.unit
@pytest.mark.parametrize(("distribution", "value", "low", "high"), [("beta", 0.5, 0.3, 0.7), ("gamma", 10, 6, 14)])
def test_beta_and_gamma_keep_the_value_as_their_mean(distribution: str, value: float, low: float, high: float) -> None:
    middle = np.mean([quantile(number(distribution, value, low, high), u) for u in (np.arange(1000) + 0.5) / 1000])
    assert middle == pytest.approx(value, rel=0.02)


@pytest.mark.unit
def test_a_lognormal_number_keeps_the_value_as_its_median() -> None:
    assert quantile(number("lognormal", 20, 10, 40), 0.5) == pytest.approx(20)


@pytest.mark.unit
def test_decisions_settings_and_what_a_scenario_sets_are_not_drawn(hub_config) -> None:
    keys = hub_config(PSA, f"{UPTAKE}=0.01").uncertainty.parameters
    assert len(keys) > 100
    assert UPTAKE not in keys
    for begin in ("staffing.roles.senior_clinician.lines", "standards", "run", "demand.multiplier"):
        assert not [key for key in keys if key.startswith(begin)]


@pytest.mark.unit
def test_shares_that_add_up_are_drawn_together_or_not_at_all(hub_config) -> None:
    parameters = hub_config(PSA).uncertainty.parameters
    row = "pathway.modality_share.some_ptsd"
    assert {parameters[f"{row}.{name}"].together for name in ("cbt", "trauma_focused")} == {row}
    assert parameters["population.staff_groups.police_fire.gender.women"].together is not None
    some_set = hub_config(
        PSA, "demand.weekday_share.monday=0.22", "demand.weekday_share.tuesday=0.17"
    ).uncertainty.parameters
    assert not [key for key in some_set if key.startswith("demand.weekday_share")]


@pytest.mark.unit
def test_every_scenario_survives_many_draws(hub_config) -> None:
    for scenario in sorted(file.stem for file in scenarios_dir().glob("*.yaml")):
        config = hub_config(PSA, f"scenario={scenario}", "uncertainty.replications_per_draw=1")
        for draw in range(4):
            drawn(config, draw)  # refused if the numbers contradict each other


@pytest.mark.unit
def test_even_the_ends_of_all_ranges_together_make_a_configuration(hub_config) -> None:
    config = hub_config(PSA)
    for position in (1e-6, 1 - 1e-6):
        with_numbers(
            config, numbers_at(config.uncertainty.parameters, dict.fromkeys(config.uncertainty.parameters, position))
        )


@pytest.mark.unit
def test_plans_share_their_draws(hub_config) -> None:
    one = hub_config(PSA)
    other = hub_config(PSA, "staffing.roles.therapist.lines.therapist.wte=2")
    mine, theirs = flat(drawn(one, 6)), flat(drawn(other, 6))
    assert {key for key in mine if mine[key] != theirs[key]} == {"staffing.roles.therapist.lines.therapist.wte"}


@pytest.mark.unit
def test_replications_of_one_draw_differ_by_their_people_alone(hub_config) -> None:
    config = hub_config(PSA, "uncertainty.replications_per_draw=3")
    assert flat(drawn(config, 3)) == flat(drawn(config, 5)) != flat(drawn(config, 6))
    first, second = (draw_cohort(drawn(config, number), number, 0) for number in (3, 5))
    assert not np.array_equal(first.referred_minute, second.referred_minute)


@pytest.mark.unit
def test_a_parameter_that_is_not_drawn_leaves_the_luck_of_the_others_alone(hub_config) -> None:
    all_of_them = flat(drawn(hub_config(PSA), 0))
    fewer = flat(drawn(hub_config(PSA, f"uncertainty.leave_out=[{UPTAKE}]"), 0))
    kept = "pathway.modalities.cbt.sessions_mean"
    assert fewer[UPTAKE] == 0.0083 != all_of_them[UPTAKE]
    assert fewer[kept] == all_of_them[kept]


@pytest.mark.unit
def test_draws_move_about_their_value_within_their_range_and_whole_numbers_stay_whole(hub_config) -> None:
    config = hub_config(PSA, "uncertainty.replications_per_draw=1")
    uptake = np.array([flat(drawn(config, draw))[UPTAKE] for draw in range(200)])
    assert uptake.std() > 0
    mean, deviation = 0.0083, (0.02 - 0.004) / WIDTH
    a = mean * (mean * (1 - mean) / deviation**2 - 1)
    believed = beta(a, a * (1 - mean) / mean).expect(lb=0.004, ub=0.02, conditional=True)
    assert uptake.mean() == pytest.approx(believed, rel=0.06)  # 2.4 standard errors
    assert isinstance(flat(drawn(config, 0))["population.staff_groups.ambulance.headcount"], int)


@pytest.mark.integration
def test_without_uncertainty_nothing_changes(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config()
    assert drawn(config, 3) is config


@pytest.mark.integration
def test_a_replication_runs_with_its_draw(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config(PSA, **{"run.horizon_days": 60, "run.opening.mode": "empty"})
    by_hand = drawn(config, 1)
    assert by_hand.uncertainty.mode == "none"
    for name in ("measures", "waits"):
        assert replicate(config, 1).tables[name].equals(replicate(by_hand, 1).tables[name])


@pytest.mark.unit
def test_leaving_everything_out_is_refused(refusal: Callable[..., list[str]]) -> None:
    assert refusal(PSA, **{"uncertainty.parameters": {}}) == [
        "uncertainty: mode psa, but no number is left to draw; leave fewer out"
    ]


@pytest.mark.unit
def test_numbers_come_from_the_register_that_lies_beside_conf(hub_config) -> None:
    assert (Path(scenarios_dir().parent) / "conf" / "evidence.csv").is_file()
    parameter = hub_config(PSA).uncertainty.parameters[UPTAKE]
    assert (parameter.value, parameter.low, parameter.high) == (0.0083, 0.004, 0.02)
