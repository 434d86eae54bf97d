"""Tests of a plan: thresholds are Clopper–Pearson's, looks come in order, and certificates use fresh futures."""

import numpy as np
import pytest
from scipy.stats import binom

from analysis.sizing.futures import Tally
from analysis.sizing.question import read_question
from analysis.sizing.verdict import FIRST_FRESH, certify, fewest_to_pass, judge, most_to_reject

pytestmark = pytest.mark.unit

PLAN = ((1,),)


class Told:
    """Futures that hold or fail as a list says, and remember which were asked for."""

    def __init__(self, held):
        self.held = held
        self.asked = []
        self.tally = Tally()

    def met(self, plan, numbers):
        self.asked += numbers
        return np.array([self.held(number) for number in numbers])


def search(looks="[20,40,80,160]", **changes):
    changes = {"looks": looks, "least_chance": 0} | changes
    return read_question([f"sizing.search.{key}={value}" for key, value in changes.items()]).search


@pytest.mark.parametrize("of", [20, 40, 80, 160, 320])
def test_a_plan_on_the_edge_passes_with_no_more_than_the_stated_risk(of):
    least, most = fewest_to_pass(of, 0.9, 0.05), most_to_reject(of, 0.9, 0.001)
    assert binom.sf(least - 1, of, 0.9) <= 0.05 < binom.sf(least - 2, of, 0.9)
    assert binom.cdf(most, of, 0.9) <= 0.001 < binom.cdf(most + 1, of, 0.9)


def test_thresholds_of_the_methods_note_hold():
    # 29 without a failure, 46 with one and 921 of 1,000 for certificates in three attempts.
    assert fewest_to_pass(29, 0.9, 0.05) == 29
    assert fewest_to_pass(28, 0.9, 0.05) == 29
    assert fewest_to_pass(46, 0.9, 0.05) == 45
    assert fewest_to_pass(1000, 0.9, 0.05 / 3) == 921


def test_a_plan_that_always_holds_is_a_candidate_at_the_first_look_that_allows_it():
    futures = Told(lambda _: True)
    verdict = judge(futures, PLAN, search(), 0.9)
    assert (verdict.status, verdict.met, verdict.of) == ("candidate", 40, 40)
    assert futures.asked == list(range(40))


def test_a_hopeless_plan_is_rejected_at_the_first_look():
    verdict = judge(Told(lambda number: number % 2 == 0), PLAN, search(), 0.9)
    assert (verdict.status, verdict.met, verdict.of) == ("rejected", 10, 20)


def test_a_plan_that_can_no_longer_pass_is_not_simulated_to_the_end():
    # One in eight fails: after 80 futures ten have, and even 160 allow nine.
    verdict = judge(Told(lambda number: number % 8 != 0), PLAN, search(), 0.9)
    assert (verdict.status, verdict.of) == ("close", 80)


def test_the_early_end_changes_no_verdict():
    # The same futures, looked at to the very end by hand.
    for seed in range(40):
        held = np.random.default_rng(seed).random(160) < 0.9
        verdict = judge(Told(lambda number, held=held: bool(held[number])), PLAN, search(), 0.9)
        passes = [look for look in (20, 40, 80, 160) if held[:look].sum() >= fewest_to_pass(look, 0.9, 0.05)]
        rejects = [look for look in (20, 40, 80, 160) if held[:look].sum() <= most_to_reject(look, 0.9, 0.001)]
        first_pass, first_reject = min(passes, default=999), min(rejects, default=999)
        assert verdict.passed == (first_pass < first_reject)
        hard = np.flatnonzero(~held).tolist()
        assert (
            judge(Told(lambda number, held=held: bool(held[number])), PLAN, search(), 0.9, hard).passed
            == verdict.passed
        )


def test_a_test_ends_where_a_plan_has_hardly_a_chance_left():
    # Three in ten fail: after the first look the chance to become a candidate later is one in twenty.
    third = Told(lambda number: number % 10 > 2)
    verdict = judge(third, PLAN, search("[20,40,80,160,320]", least_chance=0.1), 0.8)
    assert (verdict.status, verdict.met, verdict.of) == ("close", 14, 20)
    assert judge(third, PLAN, search("[20,40,80,160,320]"), 0.8).of > 80


def test_what_plans_with_more_or_fewer_staff_imply_is_not_simulated():
    # 51 may be missed in 320: 50 futures are known to fail and all others but two to hold, of which one fails.
    given = {number: number % 6 != 0 or number >= 300 for number in range(320)}
    del given[100], given[300]
    futures = Told(lambda number: number != 300)
    verdict = judge(futures, PLAN, search("[20,40,80,160,320]"), 0.8, given=given)
    assert (verdict.status, verdict.met, verdict.of) == ("candidate", 269, 320)
    assert sorted(futures.asked) == [100, 300]
    given[100] = False
    assert judge(futures, PLAN, search("[20,40,80,160,320]"), 0.8, given=given | {310: False}).at_most


def test_known_hard_futures_first_spare_the_others():
    # The ten futures 0, 16, 32 ... fail; nine may in 160, three in 80, none in 40.
    futures = Told(lambda number: number % 16 != 0)
    verdict = judge(futures, PLAN, search(), 0.9, hard=range(0, 160, 16))
    assert (verdict.status, verdict.met, verdict.of, verdict.at_most) == ("close", 150, 160, True)
    assert futures.asked == [*range(20), *range(32, 160, 16)]


def test_certificates_use_futures_that_nothing_else_uses():
    settings = read_question(["sizing.certify.replications=50"]).certify
    one, two = Told(lambda _: True), Told(lambda _: True)
    certify(one, PLAN, settings, 0.9, 1)
    certificate = certify(two, PLAN, settings, 0.9, 2)
    assert min(one.asked) == FIRST_FRESH > 320
    assert not set(one.asked) & set(two.asked)
    assert certificate.passed
    assert certificate.needed == fewest_to_pass(50, 0.9, 0.05 / 3)


def test_a_certificate_needs_more_than_the_target_itself():
    # One in ten fails: 27 failures may be, and the 28th ends the look.
    settings = read_question().certify
    verdict = certify(Told(lambda number: number % 10 != 9), PLAN, settings, 0.9, 1)
    assert (verdict.needed, verdict.planned) == (373, 400)
    assert (verdict.met, verdict.of, verdict.passed) == (252, 280, False)


def test_the_early_end_of_a_certificate_changes_no_verdict():
    settings = read_question(["sizing.certify.replications=60"]).certify
    for seed in range(60):
        held = np.random.default_rng(seed).random(60) < 0.95
        certificate = certify(Told(lambda number, held=held: bool(held[number - FIRST_FRESH])), PLAN, settings, 0.9, 1)
        assert certificate.passed == (held.sum() >= certificate.needed)
        assert certificate.met == held[: certificate.of].sum()
        assert certificate.passed == (certificate.of == 60)
