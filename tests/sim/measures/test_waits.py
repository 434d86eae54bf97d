"""Waits and standards on a history written by hand."""

import numpy as np
import pytest

from sim.measures.history import History
from sim.measures.rows import Rows
from sim.measures.waits import count_funnel, count_waiting_at_end, count_waits, wait_table
from sim.run.results import make_table

pytestmark = pytest.mark.unit

HORIZON = 100
STANDARD = {"days": 10, "share": 0.8}
STAGES = {"assessment": STANDARD, "referral_to_assessment": STANDARD, "referral_to_therapy": {"days": 30, "share": 0.9}}


def value(rows, measure, stage, dimension="all", group="all"):
    """Return (value, numerator, denominator) of one figure."""
    found = [row for row in rows if row[:4] == (measure, stage, dimension, group)]
    assert len(found) == 1
    return found[0].value, found[0].numerator, found[0].denominator


@pytest.fixture(scope="module")
def history(paper):
    """Ten referrals of nine people around the standard of ten days from review to assessment.

    case  reviewed  assessed         what it is
    0     day 1     day 6            5 days
    1     day 1     day 11           10 days: just in time
    2     day 1     day 11, +1 min   a minute late
    3     day 1     -                gave up on day 5
    4     day 1     -                still waits
    5     day 1     -                not offered: not eligible
    6     day 1     -                not reachable: not eligible
    7     day 91    day 92           came in too late to be judged by day 100
    8     day 90    day 95           came in at the last moment
    9     day 20    day 21           a second episode of person 0
    Everybody was referred a day before the review, and those assessed in time start therapy 10 days after it.
    """
    at, day = paper.at, paper.DAY
    reviewed = [at(d, 0) for d in (1, 1, 1, 1, 1, 1, 1, 91, 90, 20)]
    assessed = {0: at(6, 0), 1: at(11, 0), 2: at(11, 1), 7: at(92, 0), 8: at(95, 0), 9: at(21, 0)}
    cases = []
    for case in range(10):
        columns = {"referred": reviewed[case] - day, "screened": reviewed[case], "reviewed": reviewed[case]}
        if case not in (5, 6):
            columns["assessment_joined"] = reviewed[case]
        if case in assessed:
            columns |= {"assessed": assessed[case], "outcome": "hub_therapy"}
        if case in (0, 1, 9):
            columns |= {"therapy_joined": assessed[case], "therapy_first": assessed[case] + 10 * day}
        if case in (3, 5, 6):
            columns |= {"closed": at(5, 0), "ended": "left_assessment_list" if case == 3 else "advised"}
        cases.append(columns)
    cases[9] |= {"client": 0, "episode": 1}
    stays = [("assessment", 3, at(1, 0), at(5, 0), "left"), ("assessment", 4, at(1, 0), at(HORIZON, 0), "waiting")]
    config = paper.plain(HORIZON, standards__stages=STAGES)
    group = [0, 1, 1, 0, 0, 0, 0, 0, 0]
    offered, reachable = np.arange(9) != 5, np.arange(9) != 6
    referred = [0] * 7 + [at(89, 0), at(89, 0)]
    cohort = paper.people(referred, offered=offered, reachable=reachable, staff_group=group)
    return paper.history(config, cohort, paper.told(HORIZON, cases, stays=stays))


@pytest.fixture(scope="module")
def rows(history):
    rows = Rows()
    count_waits(history, rows)
    count_funnel(history, rows)
    count_waiting_at_end(history, rows)
    return rows


def test_the_wait_is_that_of_everybody_seen_in_the_window(rows):
    # 5, 10, 10 + 1/1440, 1, 5 and 1 days.
    assert value(rows, "wait_days_mean", "assessment") == pytest.approx(((32 + 1 / 1440) / 6, 32 + 1 / 1440, 6))
    assert value(rows, "wait_days_median", "assessment")[0] == 5
    # Between the fifth and the sixth of six, half way.
    assert value(rows, "wait_days_p90", "assessment")[0] == pytest.approx(10 + 0.5 / 1440)
    assert value(rows, "wait_days_max", "assessment")[0] == pytest.approx(10 + 1 / 1440)


def test_the_standard_counts_those_who_left_and_those_who_wait_as_not_seen(rows):
    # Judged: 0, 1, 2, 3, 4 and 8; in time: 0, 1 and 8. Not judged: 5 and 6, who were never to be assessed, 7, who came
    # too late to be judged, and 9, a second episode.
    assert value(rows, "within_standard_share", "assessment") == (0.5, 3, 6)


def test_the_secondary_share_is_of_those_seen(rows):
    assert value(rows, "within_standard_share_of_seen", "assessment") == (0.75, 3, 4)


def test_those_who_gave_up_are_a_share_of_those_who_joined_the_list(rows):
    # One of the eight who were to be assessed.
    assert value(rows, "left_waiting_share", "assessment") == (1 / 8, 1, 8)


def test_from_referral_the_clock_starts_a_day_earlier(rows):
    # 1 now waits 11 days. 7 was referred on day 90, just in time to be judged, and waits 2; 8 waits 6.
    assert value(rows, "within_standard_share", "referral_to_assessment") == (3 / 7, 3, 7)


def test_therapy_is_due_to_everybody_who_would_need_it_assessed_or_not(rows):
    # Everybody's drawn outcome is therapy: 0 to 4 are judged at 30 days from referral. 0 starts on day 16 and 1 on
    # day 21, so both in time. 8 and 7 came in after day 70.
    assert value(rows, "within_standard_share", "referral_to_therapy") == (2 / 5, 2, 5)


def test_only_those_referred_on_the_days_of_a_cohort_are_judged(history, paper):
    # 8 was referred on day 89 and 7 on day 90; everybody else on day 0.
    days = {"standards__referred_from_day": 89, "standards__referred_to_day": 90}
    config = paper.plain(HORIZON, standards__stages=STAGES, **days)
    rows = Rows()
    count_waits(History(config, history.cohort, history.roster, history.record), rows)
    assert value(rows, "within_standard_share", "referral_to_assessment") == (1, 1, 1)
    assert value(rows, "wait_days_max", "assessment")[0] == pytest.approx(10 + 1 / 1440)


def test_nobody_seen_has_no_wait(rows):
    assert np.isnan(value(rows, "wait_days_mean", "external")[0])
    assert np.isnan(value(rows, "wait_days_median", "external")[0])


def test_a_stage_without_a_standard_has_no_share_against_it(rows):
    assert not [row for row in rows if row.measure == "within_standard_share" and row.stage == "therapy"]


def test_each_staff_group_has_its_own_figures(rows):
    # The second group, primary care: people 1 and 2; one of the two is in time.
    assert value(rows, "within_standard_share", "assessment", "staff_group", "nhs_primary_care") == (0.5, 1, 2)
    assert value(rows, "within_standard_share", "assessment", "staff_group", "nhs_hospital_community") == (0.5, 2, 4)


def test_the_funnel_counts_each_step_among_those_who_got_so_far(rows):
    # All were screened; referred by day 72 (28 days before the end) are all but 7 and 8. Reviewed: ten, nine offered,
    # of whom eight were reachable.
    assert value(rows, "screened_share", "screening") == (1.0, 8, 8)
    assert value(rows, "offered_share", "assessment") == (0.9, 9, 10)
    assert value(rows, "reached_share", "assessment") == (8 / 9, 8, 9)


def test_those_who_wait_at_the_end_are_counted_where_they_wait(rows):
    assert value(rows, "waiting_at_end", "assessment")[0] == 1
    assert value(rows, "waiting_at_end", "therapy")[0] == 0


def test_people_who_gave_up_therapy_are_a_share_of_those_who_joined_its_list(paper):
    # Four join; one gives up before the first session and one between two clinicians, which is not this wait.
    at = paper.at
    cases = [
        {"referred": 0, "therapy_joined": 10},
        {"referred": 0, "therapy_joined": 10, "therapy_first": at(3)},
        {"referred": 0, "therapy_joined": 10, "closed": at(4), "ended": "left_therapy_list"},
        {"referred": 0, "therapy_joined": 10, "therapy_first": at(3), "closed": at(9)},
    ]
    stays = [("therapy:cbt", 2, 10, at(4), "left"), ("therapy:cbt", 3, at(8), at(9), "left")]
    rows = Rows()
    count_waits(paper.history(paper.plain(), paper.people([0] * 4), paper.told(70, cases, stays=stays)), rows)
    assert value(rows, "left_waiting_share", "therapy") == (0.25, 1, 4)


def test_care_elsewhere_begins_after_the_decision_and_the_wait_there(paper):
    # Referred on day 5; the decision takes 10 days. 0 waits 20 more; 1 is not accepted; 2 does not take it up; 3 would
    # begin on day 75, after the horizon.
    at, day = paper.at, paper.DAY
    cohort = paper.people(
        [0] * 4, accepted=[True, False, True, True], opted_in=[True, True, False, True],
        external_wait=[20 * day, day, day, 60 * day],
    )  # fmt: skip
    history = paper.history(paper.plain(70), cohort, paper.told(70, [{"referred": 0, "external_referred": at(5)}] * 4))
    rows = Rows()
    count_waits(history, rows)
    assert history.external_started.tolist()[0] == at(35)
    assert value(rows, "wait_days_mean", "external") == (30, 30, 1)


def test_the_table_of_waits_has_everybody_once_with_the_outcome(history):
    table = make_table("waits", wait_table(history), hub=0, replication=0).to_pydict()
    rows = [
        (days, outcome, count)
        for stage, dimension, days, outcome, count in zip(
            *(table[name] for name in ("stage", "dimension", "wait_days", "outcome", "count")), strict=True
        )
        if (stage, dimension) == ("assessment", "all")
    ]
    # Whole days: seen after 5, 10, 10, 1, 5 and 1 days, left after 4, waiting since day 1.
    assert sorted(rows) == [(1, "seen", 2), (4, "left", 1), (5, "seen", 2), (10, "seen", 2), (99, "waiting", 1)]


def test_waits_are_told_by_tier_of_need_and_those_for_therapy_by_modality(paper):
    # Waits for therapy of 1, 2, 4 and 8 days; two people of high need, one of none, and one of some need in a group.
    day, modalities = paper.DAY, ("cbt", "self_help", "cbt", "group")
    cases = [
        {"referred": 0, "therapy_joined": 10, "therapy_first": 10 + wait * day, "modality": modality}
        for wait, modality in zip((1, 2, 4, 8), modalities, strict=True)
    ]
    cohort = paper.people([0] * 4, tier=[2, 0, 2, 1])
    rows = Rows()
    count_waits(paper.history(paper.plain(), cohort, paper.told(70, cases)), rows)
    by_tier = {tier: value(rows, "wait_days_mean", "therapy", "tier", tier) for tier in paper.TIERS}
    assert np.isnan(by_tier.pop("very_high")[0])
    assert by_tier == {"none": (2, 2, 1), "some": (8, 8, 1), "high": (2.5, 5, 2)}
    by_modality = {name: value(rows, "wait_days_max", "therapy", "modality", name)[0] for name in modalities}
    assert by_modality == {"cbt": 4, "self_help": 2, "group": 8}
    assert not [row for row in rows if row.dimension == "modality" and row.stage == "assessment"]
