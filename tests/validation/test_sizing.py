"""A plan whose true assurance lies just below the target is rarely certified, however often the search is repeated."""

import numpy as np
import pytest
from two_role_hub import two_role_hub, two_role_question

from analysis.estimates import clopper_pearson
from analysis.sizing.futures import Futures, searching
from analysis.sizing.master import Ruled
from analysis.sizing.menu import menu_of
from analysis.sizing.plan import everything
from analysis.sizing.search import Search
from analysis.sizing.verdict import certify

pytestmark = pytest.mark.heavy

SEARCHES = 200
TRUTH = 6000
"""Futures that tell the true assurance."""
ASSURANCE = 0.8
MOST_CERTIFIED = 0.10
RISK = 0.05


class Block(Futures):
    """Futures of one search: its own block of the numbered futures, so that no two searches share any."""

    first = 0

    def met(self, plan, numbers):
        return super().met(plan, [self.first + number for number in numbers])

    def shortfall(self, plan, numbers):
        return super().shortfall(plan, [self.first + number for number in numbers])


@pytest.fixture(scope="module")
def nearly_enough():
    """Configuration, question and true assurance such that the most staff hold the target in just too few futures.

    The share asked for is the lowest for which the true assurance is surely below the target.
    """
    config, plain = two_role_hub(run__jobs=-1), two_role_question(target__assurance=ASSURANCE, search__looks=[20, 40])
    menu = menu_of(config, plain)
    shares = Futures(searching(config, plain), menu, plain.goals).shares(everything(menu), range(TRUTH))[:, 0]
    for share in np.arange(0.5, 1.0, 0.001):
        met = int((shares >= share).sum())
        if clopper_pearson(met, TRUTH, 0.95)[1] < ASSURANCE:
            target = plain.target.model_copy(update={"share": float(share)})
            return config, plain.model_copy(update={"target": target}), met / TRUTH
    raise AssertionError("the most staff are enough for any share")


def block(config, question, repeat):
    futures = Block(searching(config, question), menu_of(config, question), question.goals)
    futures.first = 10_000_000 * repeat
    return futures


def rarely(verdicts, case, certified):
    _, high = clopper_pearson(certified, SEARCHES, 1 - 2 * RISK)
    verdicts.at_most(case, f"certified {certified} of {SEARCHES}: upper 95 % bound", MOST_CERTIFIED, high)


def test_searches_rarely_certify_a_plan_just_below_the_assurance(verdicts, nearly_enough):
    config, question, truth = nearly_enough
    certified = candidates = 0
    for repeat in range(1, SEARCHES + 1):
        futures = block(config, question, repeat)
        search = Search(futures, question, [], Ruled(futures.menu), lambda _: None)
        plan = search.run()
        for attempt in range(1, question.certify.attempts + 1):
            if plan is None:
                break
            candidates += 1
            if certify(futures, plan, question.certify, ASSURANCE, attempt).passed:
                certified += 1
                break
            search.rule_out(plan)
            plan = search.run()
    case = (
        f"sizing, searches: the best plan's true assurance is {truth:.3f}, {ASSURANCE:g} asked; {candidates} candidates"
    )
    assert truth < ASSURANCE
    rarely(verdicts, case, certified)


def test_certificates_are_rare_for_a_plan_just_below_the_assurance(verdicts, nearly_enough):
    config, question, truth = nearly_enough
    certified = 0
    for repeat in range(SEARCHES + 1, 2 * SEARCHES + 1):
        futures = block(config, question, repeat)
        certified += certify(futures, everything(futures.menu), question.certify, ASSURANCE, 1).passed
    rarely(verdicts, f"sizing, certificates: the plan's true assurance is {truth:.3f}, {ASSURANCE:g} asked", certified)
