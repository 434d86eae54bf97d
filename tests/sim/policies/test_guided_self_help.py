"""Guided self-help while people wait for therapy: its checks take time, and who leaves the list by it stays counted."""

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Result

pytestmark = pytest.mark.integration

KEY = "policies.guided_self_help"
OFFERED = {
    f"{KEY}.offered_share": 1.0, f"{KEY}.taken_up_share": 0.8, f"{KEY}.enough_share": 0.5, f"{KEY}.checks": 2,
    f"{KEY}.from_day": 50, f"{KEY}.to_day": 300,
}  # fmt: skip


@pytest.fixture(scope="module")
def offered(history_of):
    return history_of(**OFFERED)


@pytest.fixture(scope="module")
def nobody(history_of):
    return history_of(**OFFERED | {f"{KEY}.offered_share": 0.0})


def test_some_need_no_therapy_and_leave_the_list_but_stay_among_those_who_were_to_have_it(offered, nobody, figures_of):
    enough = offered.ended == Ending.SELF_HELP_ENOUGH
    assert enough.sum() > 10
    assert (offered.at("therapy_first")[enough] == NOT_YET).all()
    joined = offered.at("therapy_joined")[enough] // MINUTES_PER_DAY
    assert joined.min() >= 50 and joined.max() < 300
    with_it, without = figures_of(offered), figures_of(nobody)
    key = "within_standard_share", "referral_to_therapy", "all"
    assert with_it[key].denominator == without[key].denominator
    therapy = "therapy_started", "", "all"
    assert with_it["self_help_enough", "", "all"].value == enough.sum()
    assert with_it["self_help_taken_up", "", "all"].value > enough.sum()
    assert with_it[therapy].value < without[therapy].value + with_it["self_help_enough", "", "all"].value


def test_the_list_for_therapy_is_shorter_than_without_it(offered, nobody, figures_of):
    lists = [figures_of(history)["queue_mean", "therapy", "all"].value for history in (offered, nobody)]
    assert lists[0] < lists[1]


def test_each_check_takes_minutes_of_the_role_that_makes_them(offered):
    role = offered.roles.index("assistant_psychologist")
    mine = offered.role_of_post[offered.work_post] == role
    checks = mine & (offered.work_activity == ACTIVITIES.index("check_in"))
    assert checks.sum() > 30
    assert set(offered.work_minutes[checks]) == {20}
    assert set(offered.work_result[checks]) == {Result.DONE}
    two_checks = np.bincount(offered.work_case[checks])[np.flatnonzero(offered.ended == Ending.SELF_HELP_ENOUGH)]
    assert set(two_checks) == {2}


def test_nobody_can_make_checks_whom_the_staffing_model_does_not_have(refusal):
    assert refusal(**OFFERED | {f"{KEY}.role": "navigater"}) == [
        f"{KEY}.role: got 'navigater'; this staffing model has no such role; did you mean navigator?"
    ]
