"""What dated changes make of the roster: steps of funding, known posts, waves of sickness, known leave, freezes."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from sim.config.absence import Absence
from sim.config.changes import SicknessWave
from sim.measures.capacity import tenure
from sim.roster import draw_posts, draw_roster
from sim.roster.absence import draw_absence

pytestmark = pytest.mark.unit

LEAD = 70
"""Days from the decision to recruit to the first day in post, where nobody's luck differs."""
HORIZON = 728
LINE = {"band": "7", "wte": 2.5, "kind": "substantive", "pay_point": "mid"}
THERAPISTS = {"staffing.roles.therapist.lines": {"line": LINE}}
NAVIGATOR = {"kind": "post", "role": "navigator", "band": "6", "wte": 1.0, "contract": "substantive"}


def step(from_day, share, **more):
    return {"kind": "funding", "from_day": from_day, "funded_share": share} | more


def flu(from_day, to_day, times, *roles):
    return {"kind": "sickness", "from_day": from_day, "to_day": to_day, "times": times, "roles": list(roles)}


def leave(wte, from_day=100, to_day=300):
    return {"kind": "maternity", "role": "therapist", "wte": wte, "from_day": from_day, "to_day": to_day}


@pytest.fixture
def therapist_posts(hub_config, nobody_away):
    """Draw the frames of a line of 2.5 WTE of therapists under dated changes by name."""

    def drawn(more=None, replication=0, **changes):
        config = hub_config(**nobody_away | THERAPISTS | (more or {}) | {"changes": changes})
        return [frame for frame in draw_posts(config, replication, 0, 1.0) if frame.role == "therapist"]

    return drawn


def funded_wte(posts, day):
    """WTE that is funded on a day."""
    return sum(post.wte * post.funded_share(day, 1)[0] for post in posts if post.funded_from <= day < post.funded_to)


def filled_wte(posts, day):
    """WTE that somebody is in post for on a day."""
    return sum(
        post.wte * post.funded_share(day, 1)[0]
        for post in posts
        if any(spell.start_day <= day < spell.end_day for spell in post.spells)
    )


STEPS = {"cut": step(100, 0.6), "deeper": step(200, 0.3), "restored": step(400, 1.0)}


@pytest.mark.parametrize("order", [["cut", "deeper", "restored"], ["restored", "deeper", "cut"]])
def test_a_cut_and_its_restoration_leave_the_funded_hours_of_each_month_as_the_list_says(therapist_posts, order):
    posts = therapist_posts(**{name: STEPS[name] for name in order})
    for day in range(0, HORIZON, 28):
        share = 1.0 if day < 100 or day >= 400 else 0.6 if day < 200 else 0.3
        assert funded_wte(posts, day) == pytest.approx(2.5 * share), day
    in_window = sum(post.wte * tenure(post, HORIZON).funded_days for post in posts)
    assert in_window == pytest.approx(2.5 * (100 + 0.6 * 100 + 0.3 * 200 + HORIZON - 400))


def test_what_is_restored_is_recruited_again_and_comes_after_the_lead_time(therapist_posts):
    posts = therapist_posts(**STEPS)
    assert filled_wte(posts, 399) == filled_wte(posts, 400 + LEAD - 1) == pytest.approx(0.75)
    assert filled_wte(posts, 400 + LEAD) == pytest.approx(2.5)
    restored = [post for post in posts if "restored" in post.owner]
    assert all(post.spells[0].recruited and post.spells[0].start_day == 400 + LEAD for post in restored)


def test_a_restoration_waits_for_the_end_of_a_freeze(therapist_posts):
    posts = therapist_posts(**STEPS, halt={"kind": "freeze", "from_day": 390, "to_day": 450})
    assert filled_wte(posts, 450 + LEAD - 1) == pytest.approx(0.75)
    assert filled_wte(posts, 450 + LEAD) == pytest.approx(2.5)


def test_a_step_with_an_end_gives_way_to_the_one_before_it(therapist_posts):
    posts = therapist_posts(cut=step(100, 0.6), pause=step(200, 0.0, to_day=300))
    assert [funded_wte(posts, day) for day in (99, 199, 299, 300)] == pytest.approx([2.5, 1.5, 0.0, 1.5])


def test_another_cut_takes_what_was_restored_last(therapist_posts):
    posts = therapist_posts(cut=step(100, 0.5), part=step(200, 0.9), again=step(300, 0.6))
    assert [funded_wte(posts, day) for day in (150, 250, 350)] == pytest.approx([1.25, 2.25, 1.5])
    first = [post for post in posts if "restored" not in post.owner]
    assert sum(post.wte * post.funded_share(350, 1)[0] for post in first if post.funded_to > 350) == pytest.approx(1.25)


def test_a_cut_of_one_role_leaves_the_others_posts_as_they_were(hub_config):
    before = draw_posts(hub_config(), 0, 0, 1.0)
    after = draw_posts(hub_config(**{"changes": {"cut": step(100, 0.5, roles=["therapist"])}}), 0, 0, 1.0)
    assert [post for post in before if post.role != "therapist"] == [post for post in after if post.role != "therapist"]
    assert funded_wte([post for post in after if post.role == "therapist"], 100) < 1.6


def test_a_known_start_needs_no_recruitment(hub_config, nobody_away):
    starts = NAVIGATOR | {"from_day": 120, "to_day": 302}
    frozen = {"kind": "freeze", "from_day": 0, "to_day": 700}
    config = hub_config(**nobody_away | {"changes": {"named": starts, "halt": frozen}})
    [post] = [post for post in draw_roster(config, 0, 0, 1.0).posts if post.frame.line == "named"]
    assert (post.frame.spells[0].start_day, post.frame.spells[0].end_day) == (120, 302)
    assert (post.days[0], post.days[-1]) == (120, 301)
    assert post.minutes[0].sum() < post.minutes[-1].sum()  # a newcomer's caseload grows


def test_a_known_post_stands_beside_the_establishment_that_is_cut(hub_config, nobody_away):
    changes = {"named": NAVIGATOR | {"from_day": 50}, "cut": step(100, 0.0, roles=["navigator"])}
    posts = draw_posts(hub_config(**nobody_away | {"changes": changes}), 0, 0, 1.0)
    assert funded_wte([post for post in posts if post.role == "navigator"], 200) == pytest.approx(1.0)


def test_a_sickness_wave_of_one_role_leaves_the_others_days_as_they_were(hub_config):
    wave = {"flu": flu(100, 190, 5.0, "therapist")}
    before, after = (draw_roster(hub_config(**{"changes": changes}), 0, 0, 1.0) for changes in ({}, wave))
    for one, other in zip(before.posts, after.posts, strict=True):
        same = np.array_equal(one.days, other.days)
        assert same is (one.frame.role != "therapist"), one.frame.post_id
        if not same:
            early = one.days < 100
            assert np.array_equal(one.days[early], other.days[other.days < 100])


@pytest.mark.parametrize("times", [0.5, 2.0, 4.0])
def test_a_sickness_wave_has_so_many_times_as_much_absence_while_it_lasts(nobody_away, times):
    sickness = {"absence_share": 0.05, "long_spell_share": 0.1, "short_mean_days": 4, "long_mean_days": 30}
    absence = Absence(**nobody_away["staffing.absence"] | {"sickness": sickness})
    wave, days, start = SicknessWave(**flu(100, 400, times)), np.ones(500, dtype=bool), datetime.date(2022, 1, 3)
    sick = np.mean(
        [draw_absence(absence, 7, 0, ("post", post), start, 0, days, [wave])[1] for post in range(1500)], axis=0
    )
    assert sick[:100].mean() == pytest.approx(0.05, rel=0.1)
    # Long spells that began before a wave that halves absence go on into it.
    assert sick[110 if times > 1 else 200 : 400].mean() == pytest.approx(times * 0.05, rel=0.1)


def test_a_known_leave_takes_so_many_wte_from_a_date_to_a_date(therapist_posts):
    posts = therapist_posts(baby=leave(1.5))
    assert sum(post.wte for post in posts if post.on_leave) == pytest.approx(1.5)
    assert {gone for post in posts for gone in post.on_leave} == {(100, 300)}
    assert [filled_wte(posts, day) for day in (99, 100, 299, 300)] == pytest.approx([2.5, 1.0, 1.0, 2.5])


def test_two_known_leaves_at_a_time_are_of_different_people(therapist_posts):
    posts = therapist_posts(one=leave(1.0), other=leave(1.0, 200, 400))
    assert [filled_wte(posts, day) for day in (150, 250, 350, 450)] == pytest.approx([1.5, 0.5, 1.5, 2.5])


def test_who_is_back_from_a_known_leave_returns_in_phases_where_that_is_configured(hub_config, nobody_away):
    phased = nobody_away["staffing.absence"] | {"phased_return": {"weeks": 4, "start_share": 0.5}}
    config = hub_config(**nobody_away | THERAPISTS | {"staffing.absence": phased, "changes": {"baby": leave(1.0)}})
    back = next(post for post in draw_roster(config, 0, 0, 1.0).posts if post.frame.on_leave)
    a_day = dict(zip(back.days.tolist(), back.minutes.sum(axis=1).tolist(), strict=True))
    assert a_day[301] == pytest.approx(a_day[94] * (0.5 + 0.5 / 28), abs=2)
    assert a_day[336] == pytest.approx(a_day[94], abs=1)


def test_freezes_one_after_the_other_hold_as_one(therapist_posts):
    late = {"staffing.roles.therapist.lines": {"line": LINE | {"from_day": 60}}}
    first, second = ({"kind": "freeze", "from_day": a, "to_day": b} for a, b in ((50, 100), (90, 150)))
    posts = therapist_posts(late, second=second, first=first)
    assert {post.spells[0].start_day for post in posts} == {150 + LEAD}


def test_a_freeze_of_one_role_lets_the_others_recruit(therapist_posts):
    late = {"staffing.roles.therapist.lines": {"line": LINE | {"from_day": 60}}}
    halt = {"kind": "freeze", "from_day": 50, "to_day": 100, "roles": ["navigator"]}
    assert {post.spells[0].start_day for post in therapist_posts(late, halt=halt)} == {60 + LEAD}
