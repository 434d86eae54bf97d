"""A waiting-list initiative: extra sessions for those who have waited longest, capped, paid one by one, then over."""

import itertools

import numpy as np
import pytest

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.measures.capacity import minutes_available
from sim.measures.cost import ledger
from sim.measures.policy_cost import price_of_extra_hour
from sim.service.enums import Listed, Result, Why

pytestmark = pytest.mark.integration

BUSY = ("demand.multiplier=1.6",)
OFFERED = {"sessions_a_week": 3, "wait_over_days": 30.0, "from_day": 50, "to_day": 300}


def changes(**policy):
    return {f"policies.waiting_list_initiative.{key}": value for key, value in (OFFERED | policy).items()}


@pytest.fixture(scope="module", params=["assessment", "therapy"])
def stage(request):
    return request.param


@pytest.fixture(scope="module")
def extra(history_of, stage):
    return history_of(*BUSY, **changes(stage=stage))


@pytest.fixture(scope="module")
def none(history_of):
    return history_of(*BUSY, **changes(sessions_a_week=0))


def price_of(config):
    return price_of_extra_hour(config, config.policies.waiting_list_initiative)


def sessions(history):
    """Return which pieces of work are an initiative's."""
    return np.array([post.frame.is_extra for post in history.roster.posts])[history.work_post]


def test_extra_sessions_are_of_the_stage_and_no_more_a_week_than_there_are(extra, stage):
    mine = sessions(extra)
    assert mine.sum() > 20
    assert set(extra.work_activity[mine]) == {ACTIVITIES.index(stage)}
    weeks = np.unique(extra.work_minute[mine] // MINUTES_PER_DAY // 7, return_counts=True)[1]
    assert weeks.mean() <= 3
    on = extra.work_minute[mine] // MINUTES_PER_DAY
    assert on.min() >= 50
    if stage == "assessment":
        assert on.max() < 300 + 14  # what was booked before the end is kept


def test_nobody_is_offered_one_who_has_not_waited_too_long(extra, stage):
    mine = sessions(extra) & (extra.work_result != Result.DONE)
    first_seen = {}
    for case, minute in zip(extra.work_case[mine].tolist(), extra.work_minute[mine].tolist(), strict=True):
        first_seen.setdefault(case, minute)
    joined = extra.at("assessment_joined" if stage == "assessment" else "therapy_joined")
    waited = [(minute - joined[case]) / MINUTES_PER_DAY for case, minute in first_seen.items()]
    assert min(waited) > 30


def test_the_longest_waits_and_those_who_give_up_become_fewer(extra, none, stage, figures_of):
    with_it, without = figures_of(extra), figures_of(none)
    for measure in ("wait_days_p90", "left_waiting_share"):
        assert with_it[measure, stage, "all"].value < without[measure, stage, "all"].value
    assert with_it["within_standard_share", stage, "all"].denominator > 0


def test_each_session_is_paid_on_a_line_of_its_own_and_its_minutes_count_as_time_there_was(extra, none, figures_of):
    mine = sessions(extra) & extra.in_window(extra.work_minute)
    books = ledger(extra)
    hours = extra.work_minutes[mine].sum() / 60
    assert books.extra.sum() == pytest.approx(hours * price_of(extra.config)) != 0
    figures = figures_of(extra)
    assert figures["cost_policy_gbp", "", "waiting_list_initiative"].value == pytest.approx(books.extra.sum())
    assert figures["extra_sessions", "", "all"].value == mine.sum()
    parts = (books.pay, books.agency, books.recruitment, books.extra)
    rest = books.overhead + books.non_staff + books.outreach + books.set_up
    assert figures["cost_total_gbp", "", "all"].value == pytest.approx(sum(part.sum() for part in parts) + rest)
    assert extra.roster.posts[-1].frame.is_extra
    assert minutes_available(extra)[-1] == extra.work_minutes[mine].sum()
    assert ("cost_policy_gbp", "", "waiting_list_initiative") not in figures_of(none)


def test_overtime_is_time_and_a_half_with_national_insurance_and_agency_its_premium(hub_config):
    by_overtime, by_agency = (price_of(hub_config(**changes(by=by))) for by in ("overtime", "agency"))
    an_hour = 70769 / (365.25 / 7 * 37.5)  # the first line of senior clinicians is a consultant of band 8c
    assert by_overtime == pytest.approx(an_hour * 1.5 * 1.143)
    assert by_agency == pytest.approx(an_hour * 1.6)


def test_a_price_for_each_session_is_paid_for_each_kept_or_not(history_of):
    history = history_of(*BUSY, **changes(gbp_per_session=100.0))
    assert ledger(history).extra.sum() == 100 * (sessions(history) & history.in_window(history.work_minute)).sum()


def test_a_course_that_was_begun_goes_on_after_the_initiative_has_ended(history_of):
    history = history_of(*BUSY, **changes(stage="therapy", to_day=150))
    post = len(history.roster.posts) - 1
    minute, who, change = history.caseload_changes
    begun = minute[(who == post) & (change > 0)]
    assert begun.max() < 150 * MINUTES_PER_DAY
    assert history.work_minute[history.work_post == post].max() > (150 + 21) * MINUTES_PER_DAY


def test_while_nobody_waits_too_long_there_is_no_session_and_no_cost(history_of):
    history = history_of(**changes(wait_over_days=400.0))
    assert not sessions(history).any()
    assert ledger(history).extra.sum() == 0


def test_who_has_waited_longest_is_taken_whatever_the_need(history_of):
    history = history_of(*BUSY, **changes())
    stays = history.record.stays
    mine = sessions(history)
    on_list = stays.listed == Listed.ASSESSMENT
    joined = history.at("assessment_joined")
    for case, minute in itertools.islice(zip(history.work_case[mine], history.work_minute[mine], strict=True), 10):
        taken = on_list & (stays.case == case) & (stays.why == Why.TAKEN) & (stays.left < minute)
        when = stays.left[taken].max()
        waits = on_list & (stays.joined <= when) & (stays.left > when)
        assert joined[case] <= joined[stays.case[waits]].min()


def test_an_initiative_needs_a_role_whose_work_it_is(refusal):
    key = "policies.waiting_list_initiative"
    assert refusal("policies=waiting_list_initiative", **{f"{key}.role": "navigator"}) == [
        f"{key}.role: got 'navigator'; must be a role with funding whose job plan has assessment"
    ]
