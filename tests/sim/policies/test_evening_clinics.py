"""Evening clinics: more posts offer appointments that shift workers can take, between two dates, at a price."""

import numpy as np
import pytest

from sim.cohort.barriers import dated_reach
from sim.measures.cost import ledger, yearly_cost

pytestmark = pytest.mark.integration

KEY = "policies.evening_clinics"
ALL = {f"{KEY}.share": 1.0, "pathway.attendance.in_hours_accepted_share": 0.05}


def wait_of_shift_workers(history):
    seen = history.at("assessed") > 0
    mine = seen & history.cohort.shift_worker[history.client]
    waits = history.at("assessed") - history.at("reviewed")
    return waits[mine].mean() / waits[seen & ~mine].mean()


def test_shift_workers_wait_no_longer_than_others_where_every_post_has_evenings(history_of):
    everywhere = wait_of_shift_workers(history_of(**ALL))
    hardly = wait_of_shift_workers(history_of(**ALL | {f"{KEY}.share": 0.0}))
    assert everywhere < hardly


def test_who_comes_evenings_or_not_is_the_same_unless_the_planner_says_that_shift_workers_answer(hub_config):
    days = np.array([-10, 0, 99, 100, 299, 300])
    dated = {f"{KEY}.share": 1.0, f"{KEY}.from_day": 100, f"{KEY}.to_day": 300}
    assert dated_reach(hub_config(**dated), days) is None
    asked = dated | {"demand.barriers.evenings.relative_uptake": 2.0}
    shift_workers, others = dated_reach(hub_config(**asked), days)
    assert (others == 1).all()
    assert shift_workers[[0, 1, 2, 5]].tolist() == [1, 1, 1, 1]
    assert (shift_workers[3:5] > 1.2).all()


def test_the_evening_hours_of_posts_that_had_none_cost_the_enhancement(history_of):
    nobody_leaves = {"staffing.recruitment.turnover_per_year": 0.0, "staffing.absence.maternity_leave": None}
    history = history_of(**ALL | nobody_leaves | {f"{KEY}.from_day": 100, f"{KEY}.to_day": 200})
    books, costs = ledger(history), history.config.costs
    for number, post in enumerate(history.roster.posts):
        frame = post.frame
        line = history.config.line(frame.role, frame.line)
        expected = frame.wte * yearly_cost(costs, line) * 100 / 365.25 * 0.2 * 0.3 if post.evening_clinics else 0.0
        assert books.enhancement[number] == pytest.approx(expected)
        assert not (post.evening_clinics and post.out_of_hours)
    assert books.enhancement.sum() > 0
    assert {post.frame.role for post in history.roster.posts if post.evening_clinics} <= {
        "senior_clinician", "therapist", "assistant_psychologist",
    }  # fmt: skip
