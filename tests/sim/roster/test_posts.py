"""Posts and who fills them: recruitment, turnover, notice, refilling, dated lines."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config import validate
from sim.config.absence import Recruitment
from sim.config.staffing import whole_posts
from sim.measures.capacity import tenure
from sim.roster import PLANNING_DAYS, draw_posts, draw_roster
from sim.roster.spells import SPELLS, lead_days

pytestmark = pytest.mark.unit

FEW_LEAVE = "staffing.recruitment.turnover_per_year"


def told(post):
    """Everything about a post's days, comparable with ==."""
    arrays = (post.days, post.minutes, post.places, post.planned_days, post.handover_days)
    return post.frame.post_id, post.frame.wte, post.out_of_hours, tuple(array.tobytes() for array in arrays)


def frames(hub_config, nobody_away, line, replication=0, **changes):
    whole = {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid", "from_day": None, "to_day": None}
    config = hub_config(**nobody_away | {"staffing.roles.therapist.lines": {"line": whole | line}} | changes)
    return [frame for frame in draw_posts(config, replication, 0, 1.0) if frame.role == "therapist"]


@pytest.mark.parametrize(
    ("wte", "posts"),
    [(0.0, []), (0.4, [0.4]), (1.0, [1.0]), (2.5, [1.0, 1.0, 0.5]), (3.0, [1.0, 1.0, 1.0])],
)
def test_a_line_is_whole_posts_and_one_part_time_rest(wte, posts):
    assert whole_posts(wte) == pytest.approx(posts)


@settings(derandomize=True, deadline=None, max_examples=200, database=None)
@given(st.floats(0, 500))
def test_posts_add_up_to_the_lines_wte(wte):
    posts = whole_posts(wte)
    assert sum(posts) == pytest.approx(wte, abs=2e-6)
    assert all(post == 1.0 for post in posts[:-1])
    assert all(0 < post <= 1 for post in posts)


def test_rounding_makes_no_post():
    assert whole_posts(0.1 + 0.2 - 0.3 + 2) == [1.0, 1.0]
    assert whole_posts(2.9999999999) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("more", [1.5, 2.0, 3.0, 7.5])
def test_another_post_never_disturbs_the_ones_before_it(hub_config, therapists, more):
    defaults = hub_config().staffing.model_dump(mode="json", exclude_none=False)
    chance = {
        "staffing.absence": defaults["absence"],
        "staffing.recruitment": defaults["recruitment"] | {"turnover_per_year": 0.5},
    }
    few = therapists({"line": {"wte": 1.0}, "other": {"wte": 2.0}}, **chance)
    many = therapists({"line": {"wte": more}, "other": {"wte": 2.0}, "new": {"wte": 1.0, "from_day": 5}}, **chance)
    by_id = {post.frame.post_id: told(post) for post in many}
    assert len(many) > len(few)
    assert [told(post) for post in few] == [by_id[post.frame.post_id] for post in few]


def test_every_vacancy_of_a_post_takes_a_lead_time_of_its_own(hub_config, nobody_away):
    # People stay some weeks, so that a post is filled as often as the model allows.
    often = {FEW_LEAVE: 20.0, "staffing.recruitment.notice_weeks": 0.0, "staffing.recruitment.lead_sigma": 0.5}
    changes = often | {"run.horizon_days": 20_000}
    last, one_before = [], []
    for frame in frames(hub_config, nobody_away, {"wte": 5.0}, **changes):
        vacant = [later.start_day - spell.end_day for spell, later in itertools.pairwise(frame.spells)]
        assert len(vacant) == SPELLS - 1
        last.append(vacant[-1])
        one_before.append(vacant[-2])
    assert last != one_before


def test_no_role_disturbs_another_but_by_supervising_it(hub_config):
    alone = {f"staffing.roles.{role}.supervision_hours_per_week": 0.0 for role in hub_config().staffing.roles}
    before = draw_roster(hub_config(**alone), 0, 0, 1.0)
    after = draw_roster(hub_config(**alone | {"staffing.roles.senior_clinician.lines.senior.wte": 6.0}), 0, 0, 1.0)
    by_id = {post.frame.post_id: told(post) for post in after.posts}
    unchanged = [post for post in before.posts if post.frame.line != "senior"]
    assert len(unchanged) >= 5
    assert [told(post) for post in unchanged] == [by_id[post.frame.post_id] for post in unchanged]


def test_the_roster_does_not_depend_on_who_comes(hub_config):
    quiet = draw_roster(hub_config(), 0, 0, 1.0)
    busy = draw_roster(hub_config("scenario=major_incident", **{"demand.multiplier": 3.0}), 0, 0, 1.0)
    assert [told(post) for post in quiet.posts] == [told(post) for post in busy.posts]


def test_replications_and_posts_have_their_own_luck(hub_config, nobody_away):
    changes = {FEW_LEAVE: 1.0}
    one = frames(hub_config, nobody_away, {"wte": 5.0}, **changes)
    other = frames(hub_config, nobody_away, {"wte": 5.0}, replication=1, **changes)
    firsts = [frame.spells[0].end_day for frame in (*one, *other)]
    assert len(set(firsts)) > 6


def test_a_line_without_dates_is_in_post_from_the_first_day_until_after_the_horizon(therapists):
    (post,) = therapists({"line": {}})
    assert [(s.start_day, s.recruited) for s in post.frame.spells] == [(0, False)]
    assert post.frame.spells[0].end_day > 728
    assert post.handover_days.size == 0


def test_a_dated_line_is_filled_after_the_lead_time_and_ends_when_its_funding_ends(therapists):
    # Decided on day 30; ten weeks to recruit; money until day 200.
    (post,) = therapists({"line": {"from_day": 30, "to_day": 200}})
    assert [(s.start_day, s.end_day, s.recruited) for s in post.frame.spells] == [(100, 200, True)]
    assert (post.days.min(), post.days.max()) == (100, 199)  # a Wednesday and a Friday
    assert post.handover_days.tolist() == [199]


def test_a_line_whose_money_ends_before_anybody_is_found_has_nobody(therapists):
    (post,) = therapists({"line": {"from_day": 30, "to_day": 100}})
    assert post.frame.spells == ()
    assert post.days.size == 0


def test_agency_staff_come_sooner_and_give_no_notice(hub_config, nobody_away):
    (agency,) = frames(hub_config, nobody_away, {"kind": "agency", "from_day": 30}, **{FEW_LEAVE: 2.0})
    (bank,) = frames(hub_config, nobody_away, {"kind": "bank", "from_day": 30}, **{FEW_LEAVE: 2.0})
    (own,) = frames(hub_config, nobody_away, {"from_day": 30}, **{FEW_LEAVE: 2.0})
    assert agency.spells[0].start_day == bank.spells[0].start_day == 30 + 21
    assert own.spells[0].start_day == 30 + 70
    assert len(agency.spells) >= 2
    assert len(own.spells) >= 2
    assert agency.spells[1].start_day - agency.spells[0].end_day == 21
    assert own.spells[1].start_day == own.spells[0].end_day  # twelve weeks' notice, in which ten are enough to recruit


@pytest.mark.parametrize("kind", ["substantive", "fixed_term", "secondment"])
def test_notice_runs_before_leaving_so_that_a_refill_takes_no_longer_than_a_new_post(hub_config, nobody_away, kind):
    # Four weeks' notice, six until the post is approved again, two to recruit: vacant for four weeks. Who leaves within
    # four weeks gives notice on the first day.
    changes = {
        FEW_LEAVE: 3.0, "staffing.recruitment.notice_weeks": 4, "staffing.recruitment.lead_median_weeks": 2,
        "staffing.recruitment.refill_approval_weeks": 6.0,
    }  # fmt: skip
    gaps = []
    for frame in frames(hub_config, nobody_away, {"wte": 10.0, "kind": kind}, **changes):
        for before, after in itertools.pairwise(frame.spells):
            held = before.end_day - before.start_day
            assert after.start_day - before.end_day == 42 + 14 - min(28, held)
            assert after.recruited
            gaps.append(after.start_day - before.end_day)
    assert min(gaps) == 28
    at_once = changes | {"staffing.recruitment.refill_approval_weeks": 0.0}
    for frame in frames(hub_config, nobody_away, {"wte": 10.0, "kind": kind}, **at_once):
        for before, after in itertools.pairwise(frame.spells):
            assert 0 <= after.start_day - before.end_day <= 14  # a new post takes two weeks


def test_lead_times_are_lognormal_about_their_median():
    recruitment = {
        "lead_median_weeks": 10,
        "lead_sigma": 0.25,
        "agency_lead_median_weeks": 3,
        "notice_weeks": 12,
        "turnover_per_year": 0.18,
        "ramp_weeks": 8,
        "ramp_start_share": 0.25,
        "agency_ramp_weeks": 2,
    }
    uniform = np.array([0.0, 0.5, 0.8413447, 0.9772499])
    # Half take ten weeks; one standard deviation up is exp(0.25) times as long.
    assert lead_days(Recruitment(**recruitment), False, uniform)[1:].tolist() == [70, 90, 115]
    assert lead_days(Recruitment(**recruitment), True, uniform)[1:].tolist() == [21, 27, 35]
    assert lead_days(Recruitment(**recruitment), True, uniform)[0] >= 1


def test_half_of_new_posts_are_filled_within_the_median_lead_time(hub_config, nobody_away):
    changes = {"staffing.recruitment.lead_sigma": 0.25}
    found = [f.spells[0].start_day for f in frames(hub_config, nobody_away, {"wte": 500.0, "from_day": 0}, **changes)]
    # Standard error of the median of 500: 1.25 x 0.25 x 70 / sqrt(500) = 1 day.
    assert abs(np.median(found) - 70) <= 4


def test_people_leave_at_the_yearly_turnover(hub_config, nobody_away):
    changes = {FEW_LEAVE: 0.18, "run.horizon_days": 3653}
    spells = [
        frame.spells[0]
        for replication in range(12)
        for frame in frames(hub_config, nobody_away, {"wte": 500.0}, replication, **changes)
    ]
    for years in (1, 3, 8):
        share = 1 - np.exp(-0.18 * years)
        left = np.mean([spell.end_day <= 365.25 * years for spell in spells])
        assert abs(left - share) < 4 * np.sqrt(share * (1 - share) / len(spells))


def test_the_vacancy_share_is_what_turnover_and_refilling_make_it(hub_config, nobody_away):
    # Tenure 1 / 0.5 years, then 24 weeks until the post is approved and ten to recruit, of which twelve are notice: 22
    # weeks empty, 0.1741 of the time in the long run.
    changes = {FEW_LEAVE: 0.5, "run.horizon_days": 7300, "staffing.recruitment.refill_approval_weeks": 24.0}
    posts = frames(hub_config, nobody_away, {"wte": 300.0}, **changes)
    in_post = np.mean([sum(max(0, min(s.end_day, 7300) - max(s.start_day, 3650)) for s in f.spells) for f in posts])
    vacant = 1 - in_post / 3650
    expected = 154 / (154 + 365.25 / 0.5)
    assert vacant == pytest.approx(expected, abs=0.015)  # about four standard errors over 300 posts


def test_out_of_hours_posts_are_as_many_as_configured(therapists):
    share = np.mean(
        [
            post.out_of_hours
            for post in therapists(
                {"line": {"wte": 400.0}}, **{"staffing.roles.therapist.out_of_hours_share": 0.3, "run.horizon_days": 7}
            )
        ]
    )
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 400)


def test_raising_the_out_of_hours_share_keeps_the_posts_that_already_offer_them(therapists):
    some, more = (
        {
            p.frame.post_id
            for p in therapists(
                {"line": {"wte": 40.0}}, **{"staffing.roles.therapist.out_of_hours_share": share, "run.horizon_days": 7}
            )
            if p.out_of_hours
        }
        for share in (0.3, 0.6)
    )
    assert some < more


def test_a_line_after_the_horizon_leaves_every_day_before_it_as_it_was(hub_config):
    base = draw_roster(hub_config(), 0, 0, 1.0)
    late = {"band": "7", "wte": 3.0, "kind": "substantive", "pay_point": "mid", "from_day": 1096}
    planned = draw_roster(hub_config(**{"staffing.roles.therapist.lines.late": late}), 0, 0, 1.0)
    assert [told(post) for post in base.posts] == [told(p) for p in planned.posts if p.frame.line != "late"]
    assert all((post.days >= 1096).all() for post in planned.posts if post.frame.line == "late")


def test_a_longer_horizon_changes_no_earlier_day(hub_config):
    short = draw_roster(hub_config(**{"run.horizon_days": 400}), 0, 0, 1.0)
    long = draw_roster(hub_config(**{"run.horizon_days": 1500}), 0, 0, 1.0)
    for one, other in zip(short.posts, long.posts, strict=True):
        assert one.frame.post_id == other.frame.post_id
        kept = other.days < 400 + 120
        np.testing.assert_array_equal(one.days, other.days[kept])
        np.testing.assert_array_equal(one.minutes, other.minutes[kept])
        np.testing.assert_array_equal(one.places, other.places[kept])
        np.testing.assert_array_equal(one.planned_days, other.planned_days[other.planned_days < 400 + 120])
        assert set(one.handover_days[one.handover_days < 400]) == set(other.handover_days[other.handover_days < 400])


def test_a_line_decided_after_day_0_is_filled_alike_however_long_the_run_in(hub_config, nobody_away):
    changes = {FEW_LEAVE: 0.5}
    run_in = {"run.opening.mode": "run_in", "run.opening.run_in_days": 365}
    plain = frames(hub_config, nobody_away, {"from_day": 60, "wte": 5.0}, **changes)
    after = frames(hub_config, nobody_away, {"from_day": 60, "wte": 5.0}, **changes | run_in)
    assert [frame.spells for frame in plain] == [frame.spells for frame in after]


def test_renaming_a_role_with_its_stream_key_kept_keeps_its_posts_luck(hub_config, container):
    other = container()
    roles = other["staffing"]["roles"]
    other["staffing"]["roles"] = {("navigators" if name == "navigator" else name): role for name, role in roles.items()}
    other["staffing"]["roles"]["navigators"]["stream_key"] = "navigator"
    one, two = draw_roster(hub_config(), 0, 0, 1.0), draw_roster(validate(other), 0, 0, 1.0)
    assert [told(post) for post in one.posts] == [told(post) for post in two.posts]


def test_a_hubs_staffing_follows_its_size_in_half_posts_and_no_line_is_rounded_away(hub_config):
    line = {"band": "7", "wte": 3.0, "kind": "substantive", "pay_point": "mid"}
    changes = {"hubs.count": 2, "staffing.roles.therapist.lines": {"line": line}}
    for size, wte in ((1.0, 3.0), (0.7, 2.0), (1.3, 4.0), (0.05, 0.5)):
        config = hub_config(**changes, **{"hubs.staffing_follows_size": True})
        assert sum(f.wte for f in draw_posts(config, 0, 0, size) if f.role == "therapist") == wte
        config = hub_config(**changes, **{"hubs.staffing_follows_size": False})
        assert sum(f.wte for f in draw_posts(config, 0, 0, size) if f.role == "therapist") == 3.0


def cut_to(share, from_day):
    return {"changes": {"cut": {"kind": "funding", "from_day": from_day, "funded_share": share}}}


def freeze(from_day, to_day):
    return {"changes": {"freeze": {"kind": "freeze", "from_day": from_day, "to_day": to_day}}}


def test_a_cut_ends_the_last_posts_of_a_line_and_shortens_one(hub_config, nobody_away):
    posts = frames(hub_config, nobody_away, {"wte": 2.5}, **cut_to(0.7, 100))
    # 1.75 WTE are left of 2.5: one whole post, three quarters of the second, nothing of the third.
    last = 728 + PLANNING_DAYS
    assert [(p.funded_to, p.steps) for p in posts] == [(last, ()), (last, ((100, pytest.approx(0.75)),)), (100, ())]


def test_a_shortened_post_earns_and_is_paid_its_share_from_that_day_on(therapists):
    (post,) = therapists({"line": {"wte": 1.0}}, **cut_to(0.75, 364))
    by_day = dict(zip(post.days.tolist(), post.minutes.sum(axis=1).tolist(), strict=True))
    assert sum(by_day[day] for day in range(0, 5)) == 22 * 60
    assert sum(by_day[day] for day in range(364, 369)) == pytest.approx(0.75 * 22 * 60, abs=2)
    assert (post.places[post.days < 364] == 25).all()
    assert (post.places[post.days >= 364] == 18).all()
    whole = tenure(post.frame, 728)
    assert (whole.funded_days, whole.filled_days) == (364 + 273, 364 + 273)


def test_a_cut_to_nothing_leaves_nobody(hub_config, nobody_away):
    gone = frames(hub_config, nobody_away, {"wte": 2.5}, **cut_to(0.0, 100))
    assert [post.funded_to for post in gone] == [100, 100, 100]
    assert frames(hub_config, nobody_away, {"wte": 2.5}, **cut_to(0.0, 0)) == []


@pytest.mark.parametrize("cut", [cut_to(1.0, 1), cut_to(0.1, 2000)])
def test_a_cut_of_nothing_or_after_the_run_changes_nothing(hub_config, cut):
    before, after = draw_roster(hub_config(), 0, 0, 1.0), draw_roster(hub_config(**cut), 0, 0, 1.0)
    assert [told(post) for post in before.posts] == [told(post) for post in after.posts]


def test_no_recruitment_begins_during_a_freeze(hub_config, nobody_away):
    changes = freeze(50, 150) | {"run.opening.mode": "empty"}
    # Ten weeks of lead: decided on day 40 goes ahead, on day 60 waits for day 150; agency (three weeks) is exempt.
    for line, starts in (
        ({"from_day": 40}, 40 + 70),
        ({"from_day": 60}, 150 + 70),
        ({"from_day": 150}, 150 + 70),
        ({"from_day": 60, "kind": "agency"}, 60 + 21),
        ({}, 0),
    ):
        (post,) = frames(hub_config, nobody_away, line, **changes)
        assert post.spells[0].start_day == starts, line


def test_a_leaver_is_not_replaced_before_a_freeze_ends(hub_config, nobody_away):
    leaving = {"staffing.recruitment": nobody_away["staffing.recruitment"] | {"turnover_per_year": 3.0}}
    (free,) = frames(hub_config, nobody_away, {}, **leaving)
    (held,) = frames(hub_config, nobody_away, {}, **leaving, **freeze(0, 400))
    assert held.spells[0] == free.spells[0]
    assert held.spells[0].end_day < 400
    assert free.spells[0].end_day < 84  # notice is given on the first day
    assert free.spells[1].start_day == 70
    assert held.spells[1].start_day == 400 + 70
