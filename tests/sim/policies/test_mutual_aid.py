"""Mutual aid: a partner's clinicians see those who have waited longest, for hours in return."""

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.measures.capacity import minutes_available, minutes_lent
from sim.measures.cost import ledger
from sim.service.enums import Result

pytestmark = pytest.mark.integration

KEY = "policies.mutual_aid"
BUSY = ("demand.multiplier=1.6",)
RECEIVED = {"sessions_a_week": 3, "wait_over_days": 30.0, "from_day": 50, "to_day": 300}
LENT = {"lends_hours_per_week": 6.0, "lends_role": "senior_clinician", "lends_from_day": 100, "lends_to_day": 400}


def changes(*parts):
    return {f"{KEY}.{key}": value for part in parts for key, value in part.items()}


@pytest.fixture(scope="module", params=["assessment", "therapy"])
def stage(request):
    return request.param


@pytest.fixture(scope="module")
def received(history_of, stage):
    return history_of(*BUSY, **changes(RECEIVED, {"stage": stage}))


@pytest.fixture(scope="module")
def none(history_of):
    return history_of(*BUSY)


@pytest.fixture(scope="module")
def lent(history_of):
    return history_of(*BUSY, **changes(LENT))


def by_partner(history):
    """Return which pieces of work are of the partner's clinicians."""
    return np.array([post.frame.policy == "mutual_aid" for post in history.roster.posts])[history.work_post]


def work_of(history):
    work = history.record.work
    return [column.tolist() for column in (work.post, work.activity, work.minute, work.minutes, work.case, work.result)]


def test_an_agreement_without_sessions_or_hours_changes_nothing(history_of, none):
    said = {"gbp_per_session": 300.0, "wait_over_days": 1.0, "lends_role": "therapist", "from_day": 0}
    assert work_of(history_of(*BUSY, **changes(said))) == work_of(none)


def test_the_partner_sees_people_only_while_somebody_has_waited_beyond_the_limit(received, stage):
    mine = by_partner(received)
    assert mine.sum() > 20
    assert set(received.work_activity[mine]) == {ACTIVITIES.index(stage)}
    first_seen = {}
    for case, minute in zip(received.work_case[mine].tolist(), received.work_minute[mine].tolist(), strict=True):
        first_seen.setdefault(case, minute)
    joined = received.at("assessment_joined" if stage == "assessment" else "therapy_joined")
    assert min((minute - joined[case]) / MINUTES_PER_DAY for case, minute in first_seen.items()) > 30
    weeks = np.unique(received.work_minute[mine] // MINUTES_PER_DAY // 7, return_counts=True)[1]
    assert weeks.mean() <= 3
    assert min(first_seen.values()) >= 50 * MINUTES_PER_DAY
    assert max(first_seen.values()) < (300 + 14) * MINUTES_PER_DAY


def test_while_nobody_waits_beyond_the_limit_no_aid_is_received_and_none_is_paid_for(history_of):
    history = history_of(**changes(RECEIVED, {"wait_over_days": 400.0}))
    assert not by_partner(history).any()
    assert ledger(history).total == ledger(history_of()).total


def test_aid_received_shortens_the_longest_waits_and_costs_the_price_of_each_session(received, none, stage, figures_of):
    with_it, without = figures_of(received), figures_of(none)
    assert with_it["wait_days_p90", stage, "all"].value < without["wait_days_p90", stage, "all"].value
    sessions = int((by_partner(received) & received.in_window(received.work_minute)).sum())
    assert with_it["aid_sessions", "", "all"].value == sessions
    assert with_it["cost_policy_gbp", "", "mutual_aid"].value == 150 * sessions
    assert ledger(received).total == pytest.approx(ledger(none).total + 150 * sessions)


def test_the_partners_appointments_are_in_ordinary_hours_and_not_all_suit_shift_workers(received):
    assert received.roster.posts[-1].frame.policy == "mutual_aid"
    assert not received.roster.posts[-1].out_of_hours


def test_hours_lent_are_taken_from_the_time_for_clients_to_the_minute(lent, none):
    given, usual = (
        np.array([post.minutes[(post.days >= 0) & (post.days < 500)].sum() for post in history.roster.posts])
        for history in (lent, none)
    )
    activities = [len(post.plan) for post in lent.roster.posts]
    assert (np.abs(given + minutes_lent(lent) - usual) <= np.array(activities) + 1).all()
    assert (minutes_available(lent) <= minutes_available(none) + np.array(activities)).all()
    for post in lent.roster.posts:
        if post.frame.role != "senior_clinician":
            assert post.lent.sum() == 0
        else:
            assert set(np.flatnonzero(post.lent > 0)) <= set(np.flatnonzero((post.days >= 100) & (post.days < 400)))


def test_as_many_hours_are_lent_as_agreed_while_somebody_is_there_to_lend_them(history_of):
    nobody_leaves = {"staffing.recruitment.turnover_per_year": 0.0, "staffing.absence.maternity_leave": None}
    history = history_of(*BUSY, **changes(LENT) | nobody_leaves)
    by_day = {}
    for post in history.roster.posts:
        for day, minutes in zip(post.days.tolist(), post.lent.tolist() or [0.0] * len(post.days), strict=True):
            by_day[day] = by_day.get(day, 0.0) + minutes
    each = [minutes for day, minutes in by_day.items() if 100 <= day < 400 and minutes > 0]
    assert max(each) == pytest.approx(6.0 * 60 / 5)
    assert np.median(each) == pytest.approx(6.0 * 60 / 5)


def test_hours_lent_lengthen_the_own_list_and_are_told_as_lent(lent, none, figures_of):
    with_it, without = figures_of(lent), figures_of(none)
    for stage in ("assessment", "referral_to_assessment"):
        assert with_it["wait_days_mean", stage, "all"].value > without["wait_days_mean", stage, "all"].value
    share = with_it["lent_share", "", "senior_clinician"]
    assert share.numerator == minutes_lent(lent).sum() > 0
    assert with_it["lent_share", "", "therapist"].value == 0
    assert ("lent_share", "", "senior_clinician") not in without
    activities = [row.value for key, row in with_it.items() if key[0] == "cost_activity_gbp"]
    assert sum(activities) == pytest.approx(ledger(lent).staff)


@pytest.mark.parametrize("recharged", [True, False])
def test_the_partner_pays_for_an_hour_what_it_charges_for_one_or_nothing(history_of, none, recharged):
    history = history_of(*BUSY, **changes(LENT, {"lends_recharged": recharged}))
    an_hour = 150 / 2.0 if recharged else 0.0  # an assessment takes two hours with its report
    assert ledger(history).income.sum() == pytest.approx(minutes_lent(history).sum() / 60 * an_hour)
    assert ledger(history).total == pytest.approx(ledger(none).total - ledger(history).income.sum())


def test_an_agreement_that_gives_as_much_as_it_gets_gains_no_staff(history_of, none):
    given_back = {"sessions_a_week": 3, "lends_hours_per_week": 6.0, "wait_over_days": 30.0}
    history = history_of(*BUSY, **changes(given_back))
    mine = by_partner(history) & history.in_window(history.work_minute)
    received, given = history.work_minutes[mine].sum(), minutes_lent(history).sum()
    assert received > 0
    assert minutes_available(history).sum() <= minutes_available(none).sum() + 0.05 * given
    assert received <= 1.05 * given


def test_missed_sessions_with_the_partner_happen_as_with_anybody(received):
    mine = by_partner(received)
    missed = np.mean(received.work_result[mine] == Result.MISSED)
    assert 0 < missed < 0.4


def test_hubs_that_are_all_simulated_cannot_receive_more_than_they_lend(refusal, hub_config):
    (line,) = refusal("hubs.count=4", **changes({"sessions_a_week": 4, "lends_hours_per_week": 7.0}))
    assert line == (
        f"{KEY}.sessions_a_week: got 4, for which 4 Hubs would each receive 8 hours a week and lend 7 meanwhile; among "
        "Hubs that are all simulated lend as much: lends_hours_per_week=8 on the same days, or set hubs.count=1"
    )
    as_much = {"sessions_a_week": 4, "lends_hours_per_week": 8.0, "from_day": 10, "to_day": 300}
    later = as_much | {"lends_from_day": 20, "lends_to_day": 400}
    assert "lend 0 meanwhile" in refusal("hubs.count=4", **changes(later))[0]
    hub_config("hubs.count=4", **changes(as_much))
    hub_config("hubs.count=4", "policies=mutual_aid")
    hub_config(**changes(RECEIVED))


def test_nobody_lends_hours_that_the_staffing_model_does_not_have(refusal):
    assert refusal(**changes({"lends_hours_per_week": 24.0, "lends_role": "therapist"})) == [
        f"{KEY}.lends_hours_per_week: got 24 hours of therapist; at most the 22.5 for clients can be lent"
    ]
    (line,) = refusal(**changes({"lends_hours_per_week": 2.0, "lends_role": "navigater"}))
    assert line.startswith(f"{KEY}.lends_role: got 'navigater'; must be a role with funding: one of senior_clinician,")
