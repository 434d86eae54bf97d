"""Client-facing minutes and caseload places: what a post earns, on paper."""

import numpy as np
import pytest

pytestmark = pytest.mark.unit


def test_a_year_of_minutes_is_wte_times_hours_times_weeks(therapists):
    # 2.5 WTE x 22 hours x 60 minutes x 52 weeks, four fifths of it therapy.
    posts = therapists({"line": {"wte": 2.5}})
    assert [post.frame.wte for post in posts] == [1.0, 1.0, 0.5]
    year = sum(post.minutes[post.days < 364].sum(axis=0) for post in posts)
    # Running totals are whole minutes: less than one is missing a post and activity.
    np.testing.assert_allclose(year, [2.5 * 22 * 60 * 52 * 0.8, 2.5 * 22 * 60 * 52 * 0.2], atol=3)


def test_a_half_post_earns_half_of_every_day(therapists):
    whole, half = therapists({"line": {"wte": 1.5}})
    np.testing.assert_array_equal(whole.days, half.days)
    np.testing.assert_allclose(np.cumsum(whole.minutes, axis=0) / 2, np.cumsum(half.minutes, axis=0), atol=1)


def test_every_week_has_five_days_of_work(therapists):
    (post,) = therapists({"line": {}})
    assert post.days[:10].tolist() == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert (post.days % 7 < 5).all()


def test_minutes_that_do_not_come_out_even_are_not_lost(therapists):
    # 0.1 WTE x 22 h: 26.4 minutes a day, 21.12 of therapy and 5.28 of groups.
    (post,) = therapists({"line": {"wte": 0.1}})
    assert post.minutes[0].tolist() == [21, 5]
    assert post.minutes[:5].sum(axis=0).tolist() == [105, 26]  # of 105.6 and 26.4
    assert post.minutes[:25].sum(axis=0).tolist() == [528, 132]  # five weeks, to the minute


def test_a_newcomers_day_rises_in_a_straight_line_to_a_full_one(therapists):
    # Starts on day 70 with a quarter of 264 minutes a day and has all of it eight weeks later.
    (post,) = therapists({"line": {"from_day": 0}})
    assert post.days[0] == 70
    day = {d: m for d, m in zip(post.days.tolist(), post.minutes.sum(axis=1).tolist(), strict=True)}
    by_hand = {70: 66.0, 84: 264 * 0.4375, 98: 264 * 0.625, 112: 264 * 0.8125, 126: 264.0, 400: 264.0}
    for when, minutes in by_hand.items():
        assert abs(day[when] - minutes) < 2  # two activities, each floored over its running total
    eight_weeks = sum(264 * (0.25 + 0.75 * d / 56) for d in range(56) if d % 7 < 5)
    assert abs(sum(m for d, m in day.items() if 70 <= d < 126) - eight_weeks) < 2


def test_a_newcomers_caseload_rises_with_the_ramp(therapists):
    (post,) = therapists({"line": {"from_day": 0}})
    places = dict(zip(post.days.tolist(), post.places.tolist(), strict=True))
    # 25 places: 6.25, 10.9, 15.6, 20.3 and 25 on paper.
    assert [places[d] for d in (70, 84, 98, 112, 126)] == [6, 10, 15, 20, 25]


def test_agency_staff_are_at_full_work_sooner(therapists):
    (agency,) = therapists({"line": {"from_day": 0, "kind": "agency"}})
    assert agency.days[0] == 21
    full = agency.minutes.sum(axis=1) >= 262
    assert agency.days[full][0] == 21 + 14


def test_people_in_post_from_the_start_need_no_ramp(therapists):
    (post,) = therapists({"line": {}})
    assert post.minutes[0].sum() in (263, 264)
    assert (post.places == 25).all()


def test_everybody_who_refills_a_post_begins_again_at_the_bottom(therapists):
    changes = {"staffing.recruitment.turnover_per_year": 1.5, "run.horizon_days": 2000}
    (post,) = therapists({"line": {}}, **changes)
    day = dict(zip(post.days.tolist(), post.minutes.sum(axis=1).tolist(), strict=True))
    starts = [spell.start_day for spell in post.frame.spells[1:]]
    assert len(starts) >= 2
    for start in starts:
        first = min(d for d in day if d >= start)
        assert abs(day[first] - 264 * (0.25 + 0.75 * (first - start) / 56)) < 2


def test_nobody_works_outside_a_spell(therapists):
    changes = {"staffing.recruitment.turnover_per_year": 1.5}
    for post in therapists({"line": {"wte": 5.0}}, **changes):
        inside = [any(s.start_day <= day < s.end_day for s in post.frame.spells) for day in post.days.tolist()]
        assert all(inside)


def test_without_a_ramp_newcomers_work_in_full_at_once(therapists):
    (post,) = therapists({"line": {"from_day": 0}}, **{"staffing.recruitment.ramp_weeks": 0})
    assert post.minutes[0].sum() in (263, 264)


def test_a_small_post_has_one_place_and_a_role_without_caseload_none(therapists):
    (post,) = therapists({"line": {"wte": 0.02, "from_day": 0}})
    assert (post.places == 1).all()
    (none,) = therapists({"line": {}}, **{"staffing.roles.therapist.caseload_cap_per_wte": 0})
    assert (none.places == 0).all()
