from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim import cohort as kept
from sim.cohort import draw_cohort
from sim.config import HubConfig, changed
from sim.evidence.uncertainty import drawn
from sim.run.manifest import people_key

Configure = Callable[..., HubConfig]


@pytest.fixture(autouse=True)
def nobody_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", type(kept._kept)())


@pytest.mark.integration
def test_every_staffing_model_meets_people_who_are_drawn_once(hub_config: Configure) -> None:
    short = ("run.horizon_days=60", "run.opening.mode=empty")
    first = hub_config("staffing=senior_led", *short)
    met = kept.same_people(first, 3, 0, people_key(first))
    for staffing in ("mixed_skill", "navigation_only", "stepped_care", "group_first", "surge_agency"):
        other = hub_config(f"staffing={staffing}", *short)
        assert people_key(other) == people_key(first)
        assert kept.same_people(other, 3, 0, people_key(other)) is met
        drawn = draw_cohort(other, 3, 0)
        assert np.array_equal(drawn.attendance, met.attendance)
        assert np.array_equal(drawn.decisions.course_sessions, met.decisions.course_sessions)


@pytest.mark.integration
def test_who_is_hired_later_meets_people_who_are_drawn_once_where_futures_differ_too(hub_config: Configure) -> None:
    futures = hub_config("run.horizon_days=60", "uncertainty=futures")
    seniors = "staffing.roles.senior_clinician.lines"
    line = {"band": "8a", "wte": 3.0, "kind": "agency", "pay_point": "mid", "from_day": 14}
    more = changed(futures, {f"{seniors}.more": line})
    assert people_key(more) == people_key(futures)
    of_both = [draw_cohort(drawn(config, 3), 3) for config in (futures, more)]
    assert np.array_equal(of_both[0].referred_minute, of_both[1].referred_minute)
    assert np.array_equal(of_both[0].attendance, of_both[1].attendance)
    there = changed(futures, {f"{seniors}.more": line | {"from_day": None}})
    assert people_key(there) != people_key(futures)


@pytest.mark.integration
@pytest.mark.parametrize("change", ["demand.multiplier=2", "run.seed=7", "pathway.re_referral.share=0"])
def test_other_people_are_never_taken_for_the_same(hub_config: Configure, change: str) -> None:
    short = ("run.horizon_days=60", "run.opening.mode=empty")
    assert people_key(hub_config(*short)) != people_key(hub_config(*short, change))


@pytest.mark.integration
def test_memory_for_people_is_bounded(hub_config: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    config = hub_config("run.horizon_days=60", "run.opening.mode=empty")
    one = kept.size_of(kept.same_people(config, 0, 0, "people"))
    monkeypatch.setattr(kept, "ROOM_BYTES", 3 * one)
    for replication in range(1, 9):
        kept.same_people(config, replication, 0, "people")
    assert sum(map(kept.size_of, kept._kept.values())) <= 3 * one
    assert ("people", 8, 0) in kept._kept


@pytest.mark.integration
def test_people_of_a_file_that_has_changed_are_other_people(hub_config: Configure, tmp_path: Path) -> None:
    file = tmp_path / "referrals.csv"
    keys = set()
    for days in ("2021-04-06", "2021-04-07"):
        file.write_text(f"referred_on,staff_group\n{days},ambulance\n")
        keys.add(people_key(hub_config("run.opening.mode=empty", f"demand.referrals_csv={file}")))
    assert len(keys) == 2
