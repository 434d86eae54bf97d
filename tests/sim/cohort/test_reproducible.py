"""The cohort is the same in every release."""

import pytest

from sim.cohort import draw_cohort

pytestmark = pytest.mark.integration


def test_a_seed_brings_the_same_people_in_every_release(hub_config, tmp_path):
    # Written down as they were drawn. Whoever draws on purpose in another way changes every published result.
    file = tmp_path / "referrals.csv"
    file.write_text("referred_on,staff_group\n" + "".join(f"2022-04-0{day},ambulance\n" for day in range(1, 7)))
    settings = {
        "run.seed": 1,
        "run.start_date": "2022-04-01",
        "run.horizon_days": 7,
        "run.opening.mode": "empty",
        "demand.referrals_csv": str(file),
        "demand.multiplier": 1.5,
    }
    cohort = draw_cohort(hub_config(**settings), 0)
    came = zip(cohort.client_ids, (cohort.referred_minute // 1440).tolist(), cohort.points.tolist(), strict=True)
    assert {name.removeprefix("0/referrals_csv/"): (day, points) for name, day, points in came} == {
        "0": (0, [1, 2, 10, 0, 4]),
        "1": (1, [13, 10, 34, 8, 19]),
        "2": (2, [0, 3, 18, 2, 3]),
        "3": (3, [17, 11, 51, 1, 19]),
        "4": (4, [11, 11, 58, 0, 22]),
        "5": (5, [21, 23, 51, 11, 27]),
        "more/0": (1, [15, 18, 63, 0, 31]),
        "more/1": (5, [6, 0, 28, 0, 0]),
        "more/2": (2, [9, 2, 30, 3, 9]),
    }
