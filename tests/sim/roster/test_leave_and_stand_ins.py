"""Maternity leave, phased return, and who stands in for a post that is empty."""

import numpy as np
import pytest

from sim.measures.capacity import tenure
from sim.roster import draw_posts, draw_roster

pytestmark = pytest.mark.unit

LEAVE = "staffing.absence.maternity_leave"
PHASED = "staffing.absence.phased_return"
STAND_IN = "staffing.stand_in"
YEARLY = {"per_year": 1.0, "least_weeks": 20.0, "most_weeks": 20.0}
ABSENT = {
    "annual_leave_days": 0, "study_days": 0, "bank_holidays": False, "handover_after_days": 21,
    "sickness": {"absence_share": 0.0, "long_spell_share": 0.1, "short_mean_days": 4, "long_mean_days": 60},
}  # fmt: skip
LEAVES_OFTEN = {
    "staffing.recruitment": {
        "lead_median_weeks": 10, "lead_sigma": 0.0, "agency_lead_median_weeks": 3, "notice_weeks": 0,
        "turnover_per_year": 1.0, "ramp_weeks": 0, "ramp_start_share": 0.25, "agency_ramp_weeks": 0,
    }
}  # fmt: skip


def with_leave(leave=YEARLY, **more):
    return {"staffing.absence": ABSENT | {"maternity_leave": leave} | more}


def test_as_many_are_on_maternity_leave_as_begin_it_and_stay_away(hub_config, nobody_away):
    line = {"line": {"band": "7", "wte": 400.0, "kind": "substantive", "pay_point": "mid"}}
    changes = with_leave({"per_year": 0.1, "least_weeks": 39.0, "most_weeks": 52.0})
    config = hub_config(**nobody_away | {"staffing.roles.therapist.lines": line} | changes)
    posts = [frame for frame in draw_posts(config, 0, 0, 1.0) if frame.role == "therapist"]
    away = np.mean([tenure(frame, 728).leave_days for frame in posts]) / 728
    # A tenth of posts a year for 45.5 weeks; those who are away already do not go again.
    assert abs(away - 0.1 * 45.5 / 52.18) < 4 * np.sqrt(0.087 * 0.4 / 400)


def test_who_is_on_maternity_leave_holds_the_post_and_hands_over_before(therapists):
    (post,) = therapists({"line": {}}, **with_leave())
    begin, back = post.frame.on_leave[-1]
    assert not ((post.days >= begin) & (post.days < back)).any()
    assert not ((post.planned_days >= begin) & (post.planned_days < back)).any()
    assert begin - 1 in post.handover_days
    time = tenure(post.frame, 728)
    assert time.filled_days + time.leave_days == time.funded_days == 728
    assert time.hires == 0


def test_who_comes_back_begins_with_fewer_hours_and_has_all_of_them_after_some_weeks(therapists):
    changes = with_leave(YEARLY | {"per_year": 0.5}, phased_return={"weeks": 4.0, "start_share": 0.5})
    posts = therapists({"line": {"wte": 10.0}}, **changes)
    seen = 0
    for post in posts:
        minutes = dict(zip(post.days.tolist(), post.minutes.sum(axis=1).tolist(), strict=True))
        if len(post.frame.on_leave) != 1 or not 5 < post.frame.on_leave[0][0] < 500:
            continue
        seen += 1
        ((begin, back),) = post.frame.on_leave
        first = min(day for day in minutes if day >= back)
        assert abs(minutes[first] - 264 * (0.5 + 0.5 * (first - back) / 28)) < 2
        assert minutes[min(day for day in minutes if day >= back + 28)] > 261
        assert minutes[max(day for day in minutes if day < begin)] > 261
    assert seen >= 2


def test_a_return_after_long_sickness_is_phased_and_after_a_cold_it_is_not(therapists):
    sickness = {"absence_share": 0.3, "long_spell_share": 0.5, "short_mean_days": 2, "long_mean_days": 90}
    ill = {"staffing.absence": ABSENT | {"sickness": sickness}}
    phased = {"staffing.absence": ill["staffing.absence"] | {"phased_return": {"weeks": 4.0, "start_share": 0.0}}}
    (whole,), (slow,) = therapists({"line": {}}, **ill), therapists({"line": {}}, **phased)
    np.testing.assert_array_equal(whole.days, slow.days)
    gone = np.flatnonzero(np.diff(whole.days) > 21)
    assert len(gone) >= 2
    for place in gone.tolist():
        assert slow.minutes[place + 1].sum() <= 1
    short = [place for place in np.flatnonzero(np.diff(whole.days) > 3).tolist() if place not in gone]
    clear = [place for place in short if not any(0 < place - long < 30 for long in gone.tolist())]
    assert clear
    for place in clear:
        assert abs(int(slow.minutes[place + 1].sum()) - int(whole.minutes[place + 1].sum())) <= 2


def senior_and_therapist(hub_config, nobody_away, cover, **changes):
    """Return the roster of a senior post that falls vacant and of three therapists who stay."""
    line = {"wte": 1.0, "kind": "substantive", "pay_point": "mid", "from_day": None, "to_day": None}
    config = hub_config(
        **nobody_away
        | {
            "staffing.roles.therapist.lines": {"line": line | {"band": "7", "wte": 3.0, "kind": "agency"}},
            "staffing.roles.senior_clinician.lines": {"line": line | {"band": "8a"}},
            STAND_IN: {"senior_clinician": cover} if cover else {},
        }
        | changes
    )
    posts = draw_roster(config, 0, 0, 1.0).posts
    return {role: [post for post in posts if post.frame.role == role] for role in ("senior_clinician", "therapist")}


def test_agency_stands_in_for_a_vacant_post_until_it_has_a_holder_again(hub_config, nobody_away):
    often = LEAVES_OFTEN | {"staffing.roles.therapist.lines": {}}
    cover = {"by": "agency", "after_weeks": 3.0, "share": 0.5}
    line = {"line": {"band": "8a", "wte": 1.0, "kind": "substantive", "pay_point": "mid"}}
    changes = often | {"staffing.roles.senior_clinician.lines": line, "run.horizon_days": 2000}

    def senior(cover):
        posts = draw_roster(hub_config(**nobody_away | changes | {STAND_IN: cover}), 0, 0, 1.0).posts
        return next(post for post in posts if post.frame.role == "senior_clinician")

    empty, covered = senior({}), senior({"senior_clinician": cover})
    holders = [spell for spell in covered.frame.spells if not spell.stands_in]
    assert holders == list(empty.frame.spells)
    stand_ins = [spell for spell in covered.frame.spells if spell.stands_in]
    assert len(stand_ins) >= 2
    for before, between, after in zip(*(covered.frame.spells[n:] for n in range(3)), strict=False):
        if between.stands_in:
            assert (between.start_day - before.end_day, between.end_day) == (21, after.start_day)
    inside = [day for day in covered.days.tolist() if any(s.start_day <= day < s.end_day for s in stand_ins)]
    minutes = dict(zip(covered.days.tolist(), covered.minutes.sum(axis=1).tolist(), strict=True))
    assert np.mean([minutes[day] for day in inside]) == pytest.approx(0.5 * 16 * 12, abs=1)
    time = tenure(covered.frame, 2000)
    assert time.stand_in_days > 0
    assert time.filled_days == tenure(empty.frame, 2000).filled_days


def test_who_acts_up_gives_a_vacant_post_the_hours_that_their_own_loses(hub_config, nobody_away):
    cover = {"by": "acting_up", "after_weeks": 0.0, "share": 1.0, "from_role": "therapist"}
    same_hours = {"staffing.roles.senior_clinician.client_facing_hours_per_week": 22.0}
    stays = {"staffing.absence": ABSENT | {"maternity_leave": YEARLY}}
    before = senior_and_therapist(hub_config, nobody_away, None, **same_hours, **stays)
    after = senior_and_therapist(hub_config, nobody_away, cover, **same_hours, **stays)

    def minutes(posts):
        return {role: sum(int(post.minutes.sum()) for post in mine) for role, mine in posts.items()}

    plain, acting = minutes(before), minutes(after)
    assert acting["senior_clinician"] > plain["senior_clinician"] + 5000
    moved = acting["senior_clinician"] - plain["senior_clinician"]
    assert plain["therapist"] - acting["therapist"] == pytest.approx(moved, rel=0.02)


def test_a_stand_in_names_who_acts_up_and_nobody_else(refusal):
    senior = {"by": "acting_up", "after_weeks": 4.0, "share": 1.0}
    assert refusal(**{STAND_IN: {"senior_clinician": senior}}) == [
        "staffing.stand_in.senior_clinician.from_role: got None; say whose people act up"
    ]
    assert refusal(**{STAND_IN: {"senior_clinician": senior | {"from_role": "nurse"}}})[0].startswith(
        "staffing.stand_in.senior_clinician.from_role: got 'nurse'; must be one of therapist, navigator"
    )
    assert refusal(**{STAND_IN: {"nurse": senior | {"from_role": "therapist"}}})[0].startswith(
        "staffing.stand_in: got 'nurse'; must be one of senior_clinician"
    )
