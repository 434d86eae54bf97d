"""Where no plan meets a target, the nearest one is told, with nobody in it who changes nothing."""

import numpy as np
import pytest
from made_up_answer import out_of_reach
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing.card import card_lines
from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.nearest import Nearest, nearest
from analysis.sizing.next_plan import most_allowed
from analysis.sizing.question import read_question
from analysis.sizing.supply import menu_of

pytestmark = pytest.mark.unit


class OneIsEnough(Futures):
    """Futures in which the first assessor, on the first day, brings the share to 60 %, and nobody else changes it."""

    def look(self, plan, numbers):
        self.tally.use(len(numbers))
        share = np.array([0.6 if plan[1][0] else 0.2])
        self._known.setdefault(plan, {}).update(dict.fromkeys(numbers, share))


def test_the_nearest_plan_asks_for_nobody_who_changes_nothing():
    config, question = two_role_hub(), two_role_question()
    futures = OneIsEnough(searching(config, question), menu_of(config, question), question.goals)
    found = nearest(futures, question)
    assert found == Nearest(((0, 0), (1, 0)), (0.6,), 0, question.search.looks[0])


def test_where_no_replication_is_left_to_take_staff_off_the_nearest_plan_is_the_most_staff():
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    futures = OneIsEnough(searching(config, question), menu, question.goals, Tally(most=0))
    assert nearest(futures, question).plan == most_allowed(menu)


def test_a_card_without_a_plan_that_meets_the_target_shows_the_nearest_in_numbers(hub_config):
    answer, shown = out_of_reach(hub_config("scenario=major_incident"), read_question())
    lines = card_lines(answer, shown)
    [said] = [line for line in lines if line.startswith("The nearest plan asks for")]
    assert "12.5 WTE" in said
    assert "at least 63% assessed within 42 days, 12 points short of the 75% asked" in said
    assert "met the target in 12 of 20 futures" in said
    assert any(line.startswith("senior clinician, fixed term") for line in lines)
    assert not answer.certified
