"""Remote appointments: of some people between two dates, with minutes, missed appointments and reach of their own."""

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.service.enums import Result

pytestmark = pytest.mark.integration

KEY = "policies.remote"
HALF = {f"{KEY}.assessment_share": 0.5, f"{KEY}.therapy_share": 0.5, f"{KEY}.missed_times": 1.0}
NEUTRAL = HALF | {f"{KEY}.in_hours_accepted_share": 0.6}


def work_of(history):
    work = history.record.work
    return [column.tolist() for column in (work.post, work.activity, work.minute, work.minutes, work.case, work.result)]


def test_remote_appointments_like_any_other_change_nothing(history_of):
    assert work_of(history_of(**NEUTRAL)) == work_of(history_of())


def test_the_remote_share_is_that_of_people_seen_while_it_is_offered(history_of, figures_of):
    throughout = figures_of(history_of(**NEUTRAL))
    assert throughout["remote_share", "assessment", "all"].value == pytest.approx(0.5, abs=0.08)
    assert throughout["remote_share", "therapy", "all"].value == pytest.approx(0.5, abs=0.15)
    later = figures_of(history_of(**NEUTRAL | {f"{KEY}.from_day": 250}))
    assert later["remote_share", "assessment", "all"].value == pytest.approx(0.25, abs=0.08)


def test_remote_sessions_take_their_own_minutes_and_notes_the_usual_ones(history_of):
    everybody = {f"{KEY}.therapy_share": 1.0, f"{KEY}.minutes_times": 0.5, "run.opening.mode": "empty"}
    history = history_of(**everybody | {"run.opening.run_in_days": 0})
    therapy = (history.work_activity == ACTIVITIES.index("therapy")) & (history.work_result == Result.ATTENDED)
    cbt, trauma, guided = history.config.pathway.modalities.values()
    expected = {
        round(0.5 * minutes) + one.admin_minutes
        for one in (cbt, trauma, guided)
        for minutes in (one.first_minutes, one.next_minutes)
    }
    assert set(history.work_minutes[therapy]) <= expected


def test_fewer_remote_appointments_are_missed_where_that_is_said(history_of):
    def missed(times):
        changes = {f"{KEY}.assessment_share": 1.0, f"{KEY}.missed_times": times, f"{KEY}.from_day": 0}
        history = history_of(**changes)
        visits = history.work_activity == ACTIVITIES.index("assessment")
        visits &= history.work_minute > 60 * MINUTES_PER_DAY
        return np.mean(history.work_result[visits] == Result.MISSED)

    assert missed(0.3) < 0.6 * missed(1.0)


def test_more_shift_workers_come_while_it_is_offered_where_that_is_said(history_of):
    changes = NEUTRAL | {f"{KEY}.from_day": 200, f"{KEY}.uptake_times_shift_workers": 3.0}
    more, usual = history_of(**changes), history_of(**NEUTRAL)

    def referrals(history, shift_worker, first, last):
        minute = history.cohort.referred_minute
        inside = (minute >= first * MINUTES_PER_DAY) & (minute < last * MINUTES_PER_DAY)
        return int((inside & (history.cohort.shift_worker == shift_worker)).sum())

    assert referrals(more, True, 0, 200) == referrals(usual, True, 0, 200)
    assert referrals(more, True, 200, 500) == pytest.approx(3 * referrals(usual, True, 200, 500), rel=0.25)
    assert referrals(more, False, 200, 500) == pytest.approx(referrals(usual, False, 200, 500), rel=0.15)
