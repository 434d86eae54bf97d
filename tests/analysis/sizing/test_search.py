"""The search finds what enumeration finds, goes on where it was interrupted, and says so when nothing can do."""

import numpy as np
import pytest
from two_role_hub import every_plan, two_role_hub, two_role_question

from analysis.sizing.bounds import bounds_of
from analysis.sizing.conditions import used_words
from analysis.sizing.fluid import loads_of
from analysis.sizing.futures import Futures, searching
from analysis.sizing.next_plan import Ruled, covers
from analysis.sizing.plan import cost_gbp, everything, nothing
from analysis.sizing.search import Search
from analysis.sizing.sizing import search_until_certified, size
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import FIRST_FRESH, judge
from analysis.sizing.wording import headline
from sim.errors import ConfigProblem

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def small():
    """Question, menu and futures of the small instance; the futures remember what they have simulated."""
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    return config, question, menu, Futures(searching(config, question), menu, question.goals)


@pytest.fixture(scope="module")
def searched(small):
    config, question, menu, futures = small
    look = range(question.search.looks[0])
    free, idle = (futures.look(plan(menu), look, goals_only=False) for plan in (everything, nothing))
    bounds = bounds_of(futures, question)
    loads = loads_of(config, menu, question, free, idle)
    search = Search(futures, question, loads, Ruled(menu, bounds.least_wte))
    return search, search.run()


def test_the_search_returns_the_cheapest_plan_of_an_enumeration_on_the_same_futures(small, searched):
    _, question, menu, futures = small
    search, found = searched
    tried = len(search.verdicts)
    passed = [p for p in every_plan(menu) if judge(futures, p, question.search, question.target.assurance).passed]
    cheapest = min(cost_gbp(menu, plan) for plan in passed)
    assert found in passed
    assert cost_gbp(menu, found) == cheapest
    assert 0 < len(passed) < 36
    assert tried < 36
    assert not search.limit_reached
    assert not search.unfinished
    assert search.check.violations == []
    assert search.check.checked > 0


def test_no_plan_has_less_of_a_role_than_its_bound():
    config, question = two_role_hub(), two_role_question(target__share=0.95, target__assurance=0.9)
    menu = menu_of(config, question)
    futures = Futures(searching(config, question), menu, question.goals)
    bound = bounds_of(futures, question).least_wte["intake"]
    assert bound > 0
    # The most assessors that can be had, and one reviewer fewer than the bound.
    too_few = ((int(bound) - 1, 0), (2, 0))
    assert judge(futures, too_few, question.search, question.target.assurance).status == "rejected"


def test_a_rejected_plan_rules_out_what_has_nowhere_more_staff(small):
    menu = small[2]
    cut = ((1, 0), (1, 0))
    for reach in ("capacity", "staff"):
        assert covers(menu, cut, ((0, 1), (1, 0)), reach)  # the same, later; its contract ends after the last deadline
        assert covers(menu, cut, ((1, 0), (0, 0)), reach)
        assert not covers(menu, cut, ((1, 1), (0, 0)), reach)
    assert covers(menu, cut, cut, "itself")
    assert not covers(menu, cut, ((1, 0), (0, 0)), "itself")


class Stopped(Exception):
    """What stands for the interrupt: pytest would take a real one for its own."""


def test_a_sizing_that_is_interrupted_goes_on_from_the_store_to_the_same_answer(tmp_path):
    question = two_role_question()

    def sized(store, stop_at=None):
        told = []

        def say(text):
            told.append(text)
            if len(told) == stop_at:
                raise Stopped

        return size(two_role_hub(run__store=str(store)), question, say)

    with pytest.raises(Stopped):
        sized(tmp_path / "one", stop_at=12)
    again = sized(tmp_path / "one")
    at_once = sized(tmp_path / "other")
    assert again.plan == at_once.plan is not None
    assert again.certificates == at_once.certificates
    assert again.neighbours == at_once.neighbours
    assert again.tally.used == at_once.tally.used
    assert again.tally.from_store > 0
    assert again.tally.from_store > at_once.tally.from_store


def test_what_lead_times_do_not_allow_is_called_unattainable_with_what_would_do():
    question = two_role_question(target__days=7, target__share=0.95, target__assurance=0.8)
    answer = size(two_role_hub(), question)
    assert answer.plan is None
    assert not answer.certified
    assert answer.attainability.most_share[0] < 0.95
    assert all("standard" in line or "agency" in line or "week" in line for line in answer.attainability.remedies)


def test_where_the_staff_suffice_nobody_is_hired():
    answer = size(two_role_hub(), two_role_question(target__days=28, target__share=0.01, target__assurance=0.5))
    assert answer.plan == nothing(answer.menu)
    assert answer.bounds.least_wte == {"intake": 0, "assessor": 0}


class Decreed(Futures):
    """Futures in which a rule says whether a plan holds; nothing is simulated."""

    def look(self, plan, numbers):
        self.tally.use(len(numbers))
        enough = min(sum(row) for row in plan) >= 2
        share = 1.0 if enough or plan == ((0, 1), (0, 1)) else 0.0
        self._known.setdefault(plan, {}).update({number: np.array([share]) for number in numbers})


def test_where_more_staff_lowers_attainment_the_check_finds_it_and_widens_the_search(monkeypatch):
    # Of this small grid nearly every excluded plan is checked: a sample of three may miss the one that breaks the rule.
    monkeypatch.setattr("analysis.sizing.search.FEWEST_CHECKED", 30)
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    futures = Decreed(searching(config, question), menu, question.goals)
    search = Search(futures, question, [], Ruled(menu))
    # Two of each hold, wherever; of all plans with fewer only one does, and every plan a little above it fails.
    assert search.run() == ((0, 1), (0, 1))
    assert ((0, 1), (0, 1)) in search.check.violations
    assert search.reach != "capacity"


class Fleeting(Futures):
    """Futures in which only the most staff hold, and those only while the search looks."""

    def look(self, plan, numbers):
        self.tally.use(len(numbers))
        most = plan == everything(self.menu)
        self._known.setdefault(plan, {}).update(
            {number: np.array([1.0 if most and number < FIRST_FRESH else 0.0]) for number in numbers}
        )


def test_the_best_plan_is_told_with_how_often_it_held_when_nothing_is_certified():
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    futures = Fleeting(searching(config, question), menu, question.goals)
    search = Search(futures, question, [], Ruled(menu))
    plan, [certificate] = search_until_certified(search)
    assert plan == certificate.plan == everything(menu)
    assert not certificate.passed
    assert certificate.met == 0
    assert certificate.of == 1 + certificate.planned - certificate.needed  # it ends where the rest cannot help


class EnoughToSearch(Futures):
    """Futures in which everybody holds while the search looks, and later only those who hired anybody."""

    def look(self, plan, numbers):
        self.tally.use(len(numbers))
        enough = any(map(any, plan))
        self._known.setdefault(plan, {}).update(
            {number: np.array([1.0 if enough or number < FIRST_FRESH else 0.0]) for number in numbers}
        )


def test_after_a_failed_certificate_the_search_goes_on_with_more_staff():
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    futures = EnoughToSearch(searching(config, question), menu, question.goals)
    search = Search(futures, question, [], Ruled(menu))
    plan, [failed, passed] = search_until_certified(search)
    assert failed.plan == nothing(menu)
    assert not failed.passed
    assert passed.passed
    assert passed.plan == plan
    assert sum(map(sum, plan)) == 1
    assert everything(menu) not in search.verdicts  # one unit more at a time


def test_the_search_stops_at_its_budget_and_says_so():
    config, question = two_role_hub(), two_role_question()
    menu = menu_of(config, question)
    futures = Decreed(searching(config, question), menu, question.goals)
    search = Search(futures, question, [], Ruled(menu), budget=0)
    assert search.run() is None
    assert search.limit_reached


@pytest.mark.parametrize("most", [5, 30, 120])
def test_a_sizing_uses_no_more_replications_to_search_than_it_was_given(most):
    question = two_role_question()
    question = question.model_copy(update={"search": question.search.model_copy(update={"most_replications": most})})
    try:
        answer = size(two_role_hub(), question)
    except ConfigProblem as problem:
        assert most == 5
        assert str(problem).startswith(f"sizing.search.most_replications: got {most}, too few")
        assert str(problem).endswith("give it 20 or more")
        return
    assert 5 < answer.tally.searched <= most
    beside = sum(certificate.of for certificate in answer.certificates)
    assert 0 <= answer.tally.used - answer.tally.searched - beside <= question.search.looks[0] * (answer.plan is None)
    assert f"({answer.tally.searched} to search, at most {most})" in used_words(answer)
    if answer.plan is None:
        assert f"within {most} replications" in headline(answer)
        assert answer.menu.allows(answer.nearest.plan)
