"""Choosing the best plan: what is kept, what is dropped, and how often the choice is right."""

import numpy as np
import pytest

from analysis.comparison.pairs import FIRST_STAGE, probability_not_beaten, screen, select_best

pytestmark = pytest.mark.unit


def plans(means: list[float], replications: int, seed: int, own: float = 1.0) -> dict[str, np.ndarray]:
    """Plans that share the luck of each replication and have some of their own."""
    random = np.random.default_rng(seed)
    shared = random.normal(0, 3, replications)
    return {f"plan {n}": mean + shared + random.normal(0, own, replications) for n, mean in enumerate(means)}


def test_screening_drops_what_is_clearly_behind_and_keeps_the_rest() -> None:
    assert screen(plans([10, 10.1, 14], 40, seed=1)) == ["plan 0", "plan 1"]
    assert screen(plans([10, 10.1, 14], 40, seed=1), smaller_is_better=False) == ["plan 2"]


@pytest.mark.parametrize(("behind", "kept"), [(0.36, 2), (0.42, 1)])
def test_of_two_plans_the_second_is_dropped_once_it_is_a_one_sided_t_interval_behind(behind: float, kept: int) -> None:
    # 20 differences with s = 1: 1.729 (t with 19 degrees of freedom, 5 % above) / √20 = 0.387.
    noise = np.random.default_rng(4).normal(size=20)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    assert len(screen({"a": np.zeros(20), "b": noise + behind})) == kept


def test_plans_that_are_the_same_are_all_kept() -> None:
    same = np.array([4.0, 2.0, 7.0])
    assert screen({"a": same, "b": same}) == ["a", "b"]


def test_screening_keeps_the_best_as_often_as_it_says() -> None:
    kept = sum("plan 0" in screen(plans([0, 0.05, 0.1, 0.1], 20, seed)) for seed in range(300))
    assert kept / 300 >= 0.93


def test_the_margin_is_that_of_kim_and_nelson() -> None:
    # Two plans, differences of variance s² over the first 20: η = ½((2·0.05)^(−2/19) − 1), h² = 38 η.
    values = plans([0, 0.3], 400, seed=5)
    spread = np.var((values["plan 0"] - values["plan 1"])[:FIRST_STAGE], ddof=1)
    h_squared = 38 * 0.5 * (0.1 ** (-2 / 19) - 1)
    found = select_best(values, delta=0.3)
    [after] = found.dropped_after.values()
    running = np.cumsum(values["plan 1"] - values["plan 0"]) / np.arange(1, 401)
    ahead = [r for r in range(20, 401) if abs(running[r - 1]) > max(0, 0.3 / 2 / r * (h_squared * spread / 0.09 - r))]
    assert after == ahead[0]
    assert (found.left, found.needed) == (["plan 0"], None)


def test_the_right_plan_is_selected_as_often_as_it_says() -> None:
    # The least favourable means: every other plan just delta behind the best.
    right = sum(select_best(plans([0, 0.5, 0.5, 0.5], 250, seed), delta=0.5).left == ["plan 0"] for seed in range(200))
    assert right / 200 >= 0.93


def test_plans_that_are_equal_end_in_one_choice_and_too_few_replications_in_none() -> None:
    same = np.arange(30.0)
    assert len(select_best({"a": same, "b": same}, delta=1).left) == 1
    values = plans([0, 0.1], 25, seed=2)
    open_still = select_best(values, delta=0.1)
    assert len(open_still.left) == 2
    spread = np.var((values["plan 0"] - values["plan 1"])[:FIRST_STAGE], ddof=1)
    assert open_still.needed == int(19 * (0.1 ** (-2 / 19) - 1) * spread / 0.1**2) + 1 > 25


def test_selection_refuses_fewer_replications_than_its_first_stage() -> None:
    with pytest.raises(ValueError, match="needs 20"):
        select_best(plans([0, 1], 19, seed=1), delta=1)


def test_a_plan_that_costs_more_for_longer_waits_is_beaten() -> None:
    cost = {"cheap": [1, 1.1, 0.9], "dear": [2, 2.1, 1.9], "waste": [3, 3.1, 2.9]}
    wait = {"cheap": [30, 33, 28], "dear": [20, 21, 19], "waste": [25, 26, 24]}
    assert probability_not_beaten(cost, wait) == {"cheap": 1, "dear": 1, "waste": 0}


def test_the_same_plan_twice_does_not_beat_itself() -> None:
    figures = {"a": [1.0, 2.0], "b": [1.0, 2.0]}
    assert probability_not_beaten(figures, figures) == {"a": 1, "b": 1}


@pytest.mark.unit
def test_a_replication_in_which_nobody_waited_counts_for_no_plan() -> None:
    cost = {"now": [10.0, 10.0, 10.0, 10.0], "more": [12.0, 12.0, 12.0, 12.0]}
    wait = {"now": [30.0, 31.0, np.nan, 29.0], "more": [20.0, 35.0, 1.0, 19.0]}
    seen = [0, 1, 3]
    without = [{plan: np.array(values)[seen] for plan, values in figures.items()} for figures in (cost, wait)]
    assert probability_not_beaten(cost, wait) == probability_not_beaten(*without)
    nobody = dict.fromkeys(wait, [np.nan] * 4)
    assert np.isnan(list(probability_not_beaten(cost, nobody).values())).all()
