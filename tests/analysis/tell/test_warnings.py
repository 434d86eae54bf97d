"""What a reader is warned of, on weekly tables made by hand."""

import datetime
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.tell import warnings
from sim.config import HubConfig

pytestmark = pytest.mark.unit


def said_of(config: HubConfig, *tables: pd.DataFrame) -> list[str]:
    """The sentences of what is warned of."""
    return [warning.sentence for warning in warnings.warnings_of(config, *tables)]


WEEKS = 104
DAYS = WEEKS * 7
END = datetime.date(2021, 4, 1) + datetime.timedelta(DAYS)


def weekly(arrivals: float, seen: float, growth: float, stage: str = "therapy", noise: float = 0.0) -> pd.DataFrame:
    """Five replications in which a list begins at 20 and changes by `growth` a week."""
    random = np.random.default_rng(1)
    rows = []
    for replication in range(5):
        drift = growth + noise * random.normal()
        for week in range(1, WEEKS + 1):
            common = {"hub": 0, "replication": replication, "week": week, "dimension": "all", "group": "all"}
            rows.append(common | {"stage": stage, "list": 20 + drift * week, "arrivals": arrivals, "completions": seen})
            if stage != "screening":
                rows.append(common | {"stage": "screening", "list": 0, "arrivals": arrivals, "completions": arrivals})
    return pd.DataFrame(rows)


@pytest.fixture
def two_years(hub_config: Callable[..., HubConfig]) -> HubConfig:
    return hub_config(**{"run.horizon_days": DAYS, "run.replications": 10})


def test_a_growing_list_is_named_with_how_fast_it_grows_and_what_would_help(two_years: HubConfig) -> None:
    [line] = said_of(two_years, weekly(arrivals=8.1, seen=7.5, growth=0.5, noise=0.05))
    assert line.startswith("The list for therapy grows by 0.5 people a week, who join and are neither seen nor give up")
    assert "in the last 52 weeks by 27 people (95% interval 2" in line
    assert line.endswith("add capacity or expect the wait to grow")
    assert "load" not in line
    assert "\n" not in line


def test_a_steady_list_is_no_warning(two_years: HubConfig) -> None:
    assert said_of(two_years, weekly(arrivals=8, seen=8, growth=0.0)) == []


def test_a_list_held_down_by_people_giving_up_is_no_growing_list(two_years: HubConfig) -> None:
    assert said_of(two_years, weekly(arrivals=9, seen=7.5, growth=0.0)) == []


def test_growth_that_may_be_chance_is_no_warning(two_years: HubConfig) -> None:
    assert said_of(two_years, weekly(arrivals=8.1, seen=7.5, growth=0.1, noise=1.0)) == []


def test_a_season_is_no_growth(two_years: HubConfig) -> None:
    table = weekly(arrivals=8.1, seen=7.5, growth=0.0)
    table["list"] = 20 + 15 * np.sin(2 * math.pi * table["week"] / 52)
    assert said_of(two_years, table) == []


def test_growth_by_less_than_a_person_is_no_warning(two_years: HubConfig) -> None:
    assert said_of(two_years, weekly(arrivals=9, seen=8, growth=0.01)) == []


def test_a_list_from_which_nobody_is_seen_is_told_so(two_years: HubConfig) -> None:
    [line] = said_of(two_years, weekly(arrivals=1, seen=0, growth=1.0))
    assert "grows, and nobody is seen; in the last 52 weeks it grew by 52 people" in line


def test_a_short_run_says_nothing_about_growth(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config(**{"run.horizon_days": 70, "run.replications": 10})
    lines = said_of(config, weekly(arrivals=9, seen=7, growth=2))
    assert not any("grow" in line for line in lines)


def test_hubs_are_added_before_a_list_is_judged(two_years: HubConfig) -> None:
    first = weekly(arrivals=9, seen=8, growth=1.0)
    second = weekly(arrivals=8, seen=9, growth=-1.0).assign(hub=1)
    assert said_of(two_years, pd.concat([first, second])) == []


def test_work_that_only_roles_without_wte_do_is_told_before_anything_else(
    hub_config: Callable[..., HubConfig],
) -> None:
    enough = {"run.horizon_days": DAYS, "run.replications": 10}
    config = hub_config(**enough, **{"staffing.roles.navigator.lines.navigator.wte": 0.0})
    lines = said_of(config, weekly(arrivals=8, seen=8, growth=0.0))
    assert lines == ["Nobody does navigation: navigator has 0 WTE; add WTE or take it out of the pathway"]


def waiting(stage: str, days: list[int], count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"stage": stage, "dimension": "all", "group": "all", "wait_days": days, "outcome": "waiting", "count": count}
    )


def test_many_who_still_wait_after_half_a_year_are_told(two_years: HubConfig) -> None:
    steady = weekly(arrivals=10, seen=10, growth=0.0)  # 78 weeks x 10 x 5 replications = 3,900 screened early enough
    late = waiting("referral_to_assessment", [100, 182, 400], 150)  # 300 of 3,900 wait for 182 days or more
    [line] = said_of(two_years, steady, late)
    assert line.startswith("At least 7.7% of the people screened more than 182 days before the horizon still wait for")
    assert "assessment" in line


def test_a_few_who_still_wait_are_not_told(two_years: HubConfig) -> None:
    steady = weekly(arrivals=10, seen=10, growth=0.0)
    assert said_of(two_years, steady, waiting("referral_to_therapy", [100, 200], 150)) == []


def test_people_who_came_before_the_first_day_are_not_of_the_cohort(two_years: HubConfig) -> None:
    steady = weekly(arrivals=10, seen=10, growth=0.0)
    assert said_of(two_years, steady, waiting("referral_to_therapy", [DAYS + 10], 500)) == []


@pytest.mark.parametrize(
    ("replications", "told"), [(1, "Only 1 replication, so "), (9, "Only 9 replications, so "), (10, "")]
)
def test_few_replications_are_said_to_give_rough_intervals(
    hub_config: Callable[..., HubConfig], replications: int, told: str
) -> None:
    config = hub_config(**{"run.horizon_days": DAYS, "run.replications": replications})
    lines = said_of(config, weekly(arrivals=8, seen=8, growth=0.0))
    assert [line[: len(told)] for line in lines] == [told] * bool(told)


def test_real_referrals_with_a_run_in_are_said_to_leave_it_empty(
    hub_config: Callable[..., HubConfig], tmp_path: Path
) -> None:
    file = tmp_path / "referrals.csv"
    days = range(0, DAYS, 7)
    dates = [datetime.date(2021, 4, 6) + datetime.timedelta(day) for day in days]
    file.write_text("referred_on,staff_group\n" + "".join(f"{date},care_homes\n" for date in dates if date < END))
    enough = {"run.horizon_days": DAYS, "run.replications": 10, "demand.referrals_csv": str(file)}
    steady = weekly(arrivals=8, seen=8, growth=0.0)
    [line] = said_of(hub_config(**enough), steady)
    assert line.startswith("demand.referrals_csv replaces the run-in's referrals too, and does not reach back the 365")
    assert "run.opening.mode=backlog" in line
    assert said_of(hub_config(**enough, **{"run.opening.mode": "backlog"}), steady) == []


def test_people_whom_nobody_has_time_to_supervise_are_told(hub_config: Callable[..., HubConfig]) -> None:
    # 3.5 WTE of seniors can give three hours each; twelve assistants are due an hour each, and others one more.
    changes = {"staffing.roles.assistant_psychologist.lines.assistant.wte": 12.0}
    run = {"run.horizon_days": DAYS, "run.replications": 10}
    steady = weekly(arrivals=8.0, seen=8.0, growth=0.0)
    [line] = said_of(hub_config(**changes | run), steady)
    assert line.startswith("More supervision is due than senior clinician can give, 13 hours a week against 10.5: 19%")
    assert said_of(hub_config(**run), steady) == []
