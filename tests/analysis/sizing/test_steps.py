"""The steps of a search, by rules in place of simulated futures."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.next_plan import Ruled
from analysis.sizing.plan import everything
from analysis.sizing.search import Search
from analysis.sizing.sizing import close_below, search_until_certified, why_not_less
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import Verdict

pytestmark = pytest.mark.unit

CUT = ((1, 0), (2, 0))


@pytest.fixture
def search_under():
    """Return a search in futures in which a rule says whether a plan holds: `search_under(holds, say)`."""

    class Decreed(Futures):
        holds = None

        def look(self, plan, numbers):
            self.tally.use(len(numbers))
            share = np.array([float(self.holds(plan))])
            self._known.setdefault(plan, {}).update(dict.fromkeys(numbers, share))

    def under(holds, say=lambda _: None):
        config, question = two_role_hub(), two_role_question()
        menu = menu_of(config, question)
        futures = Decreed(searching(config, question), menu, question.goals, Tally(tell=say))
        futures.holds = holds
        return Search(futures, question, [], Ruled(menu))

    return under


def units(plan):
    return sum(map(sum, plan))


def test_plans_are_told_by_number_in_the_order_in_which_they_are_tried(search_under):
    told = []
    search = search_under(lambda plan: units(plan) >= 2, told.append)
    assert units(search.run()) == 2
    numbers = [int(number) for line in told for number in re.findall(r"   Plan (\d+):", line)]
    assert numbers == list(range(1, len(search.verdicts) + 1))
    assert len(numbers) > 3


def test_from_a_plan_that_holds_the_search_goes_down_step_by_step(search_under, monkeypatch):
    search = search_under(lambda plan: units(plan) >= 2)
    monkeypatch.setattr(search, "_explore", lambda: False)
    monkeypatch.setattr(search, "_sample", lambda: [])
    search.judged(everything(search.futures.menu))
    assert units(search.run()) == 2


def test_a_plan_that_a_rejected_one_rules_out_is_passed_over_and_remembered(search_under):
    search = search_under(lambda plan: True)
    search.ruled.cuts[CUT] = "staff"
    below, above = ((0, 1), (2, 0)), ((2, 0), (2, 0))
    assert search._excluded(below)
    assert not search._excluded(above)
    search.ruled.least_wte = {"assessor": 3.0}  # too few of a role is as good a reason
    assert search._excluded(above)
    assert search.unseen == [below, above]


def test_a_cheaper_neighbour_that_was_passed_over_and_holds_is_owned_up_to(search_under):
    plan, passed_over = ((1, 0), (1, 1)), ((0, 0), (1, 1))
    search = search_under(lambda plan: plan == passed_over)
    search.ruled.cuts[((1, 0), (1, 1))] = "staff"
    verdicts = why_not_less(search, plan)
    assert [verdict.plan for verdict in verdicts if verdict.passed] == [passed_over]
    assert len(verdicts) > 3
    assert (search.check.checked, search.check.violations) == (1, [passed_over])


def test_of_cheaper_plans_only_those_without_a_clear_word_are_called_close(search_under):
    search, plan = search_under(lambda plan: True), ((1, 0), (1, 0))
    cheaper, rejected, dearer = ((1, 0), (0, 0)), ((0, 0), (1, 0)), ((2, 0), (2, 0))
    for other, status in ((cheaper, "close"), (rejected, "rejected"), (dearer, "close"), (plan, "candidate")):
        search.verdicts[other] = Verdict(other, status, 15, 20)
    assert [verdict.plan for verdict in close_below(search, plan)] == [cheaper]


def test_a_search_that_finds_nothing_certifies_nothing(search_under):
    search = search_under(lambda plan: False)
    assert search_until_certified(search) == (None, [])


@pytest.mark.parametrize(
    ("stays", "moves", "weakened"),
    [(0.0, 1.0, CUT), (1.0, 0.0, ((0, 0), (0, 0))), (0.0, 0.0, ((0, 1), (0, 2)))],
)
def test_a_weakened_plan_keeps_the_units_that_are_lucky_and_moves_some_of_them(search_under, stays, moves, weakened):
    luck = SimpleNamespace(random=lambda _: np.array([stays, moves]), integers=lambda first, last: last - 1)
    assert search_under(lambda plan: True)._weakened(CUT, luck) == weakened
