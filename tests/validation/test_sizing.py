"""A plan whose true assurance lies just below the target is rarely certified, however often the search is repeated."""

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context

import numpy as np
import pytest
from two_role_hub import certify_everything, futures_from, search_and_certify, two_role_hub, two_role_question

from analysis.estimates import clopper_pearson
from analysis.sizing.plan import everything

pytestmark = pytest.mark.heavy

SEARCHES = 200
TRUTH = 6000
"""Futures that tell the true assurance."""
ASSURANCE = 0.8
MOST_CERTIFIED = 0.10
RISK = 0.05
BLOCK = 10_000_000
"""Each search has its own futures: so many replications further on than the one before."""


@pytest.fixture(scope="module")
def nearly_enough():
    """Question and true assurance of an instance whose most staff hold the target in just too few futures.

    The share asked for is the lowest for which the true assurance is surely below the target.
    """
    question = two_role_question(target__assurance=ASSURANCE, search__looks=[20, 40])
    futures = futures_from(two_role_hub(run__jobs=-1), question, 0)
    shares = futures.shares(everything(futures.menu), range(TRUTH))[:, 0]
    for share in np.arange(0.5, 1.0, 0.001):
        met = int((shares >= share).sum())
        if clopper_pearson(met, TRUTH, 0.95)[1] < ASSURANCE:
            target = question.target.model_copy(update={"share": float(share)})
            return question.model_copy(update={"target": target}), met / TRUTH
    raise AssertionError("the most staff are enough for any share")


def repeated(function, question, first):
    config = two_role_hub()
    blocks = range(first, first + SEARCHES)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(
            pool.map(function, repeat(config), repeat(question), [BLOCK * block for block in blocks], chunksize=4)
        )


def rarely(verdicts, case, certified):
    _, high = clopper_pearson(certified, SEARCHES, 1 - 2 * RISK)
    verdicts.at_most(case, f"certified {certified} of {SEARCHES}: upper 95 % bound", MOST_CERTIFIED, high)


def test_searches_rarely_certify_a_plan_just_below_the_assurance(verdicts, nearly_enough):
    question, truth = nearly_enough
    found = repeated(search_and_certify, question, 1)
    assert truth < ASSURANCE
    looks = sum(looks for _, looks in found)
    case = f"sizing, searches: true assurance of the most staff {truth:.3f}, {ASSURANCE:g} asked; {looks} looks"
    rarely(verdicts, case, sum(certified for certified, _ in found))


def test_certificates_are_rare_for_a_plan_just_below_the_assurance(verdicts, nearly_enough):
    question, truth = nearly_enough
    certified = sum(repeated(certify_everything, question, 1 + SEARCHES))
    case = f"sizing, certificates: true assurance of the most staff {truth:.3f}, {ASSURANCE:g} asked"
    rarely(verdicts, case, certified)
