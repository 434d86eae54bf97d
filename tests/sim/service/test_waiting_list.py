"""The waiting list: who is next, who has given up, and how long it is at every moment."""

import time

import pytest

from sim.service.hub import run_service
from sim.service.waiting_list import LEFT, TAKEN, WAITING, WaitingList

NEVER = 2**53


class Listing:
    """A list with what it leaves behind."""

    def __init__(self) -> None:
        self.stays: list = []
        self.gave_up: list = []
        self.waiting = WaitingList("list", self.stays, lambda case, minute: self.gave_up.append((case, minute)))

    def join(self, case: int, joined: int = 0, gives_up: int = NEVER, band: int = 0, tie: float = 0.5) -> None:
        self.waiting.join(case, (band, joined, tie), joined, gives_up)

    def take_all(self, now: int) -> list[int]:
        taken = []
        while (case := self.waiting.take(now)) is not None:
            taken.append(case)
        return taken


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.mark.unit
def test_the_first_to_come_is_the_first_to_be_taken(listing):
    for case, joined in ((7, 30), (8, 10), (9, 20)):
        listing.join(case, joined)
    assert listing.take_all(now=100) == [8, 9, 7]


@pytest.mark.unit
def test_people_of_the_same_minute_are_taken_by_their_pre_drawn_numbers(listing):
    for case, tie in ((1, 0.9), (2, 0.1), (3, 0.5)):
        listing.join(case, tie=tie)
    assert listing.take_all(now=0) == [2, 3, 1]


@pytest.mark.unit
def test_a_better_band_goes_before_a_longer_wait(listing):
    listing.join(1, joined=0, band=2)
    listing.join(2, joined=90, band=1)
    assert listing.take_all(now=100) == [2, 1]


@pytest.mark.unit
def test_people_who_join_later_today_cannot_be_taken_this_morning(listing):
    listing.join(1, joined=600)
    assert listing.waiting.take(540) is None
    assert listing.waiting.length(599) == 0
    assert listing.waiting.take(600) == 1


@pytest.mark.unit
def test_somebody_is_there_until_the_minute_before_the_deadline_and_gone_exactly_at_it(listing):
    listing.join(1, gives_up=50)
    assert listing.waiting.holds(1, 49)
    assert not listing.waiting.holds(1, 50)
    assert listing.gave_up == [(1, 50)]
    assert listing.stays == [("list", 1, 0, 50, LEFT)]


@pytest.mark.unit
def test_giving_up_is_dated_to_its_own_minute_however_late_the_list_is_looked_at(listing):
    listing.join(1, gives_up=50)
    assert listing.waiting.take(5000) is None
    assert listing.gave_up == [(1, 50)]


@pytest.mark.unit
def test_somebody_taken_before_the_deadline_never_gives_up(listing):
    listing.join(1, gives_up=50)
    assert listing.waiting.take(49) == 1
    listing.waiting.close(1000)
    assert listing.gave_up == []
    assert listing.stays == [("list", 1, 0, 49, TAKEN)]


@pytest.mark.unit
def test_an_old_deadline_does_not_end_a_second_stay(listing):
    listing.join(1, gives_up=50)
    listing.waiting.take(10)
    listing.join(1, joined=20, gives_up=80)
    assert listing.waiting.holds(1, 60)
    assert not listing.waiting.holds(1, 80)


@pytest.mark.unit
def test_the_length_is_exact_at_every_moment(listing):
    # Joins at 0, 10 and 20; the second gives up at 15, the first is taken at 18.
    for case, joined, gives_up in ((1, 0, NEVER), (2, 10, 15), (3, 20, NEVER)):
        listing.join(case, joined, gives_up)
    lengths = []
    for now in (0, 9, 10, 14, 15, 17):
        lengths.append(listing.waiting.length(now))
    listing.waiting.take(18)
    lengths += [listing.waiting.length(now) for now in (18, 19, 20, 99)]
    assert lengths == [1, 1, 2, 2, 1, 1, 0, 0, 1, 1]


@pytest.mark.unit
def test_at_the_horizon_those_whose_patience_ran_out_have_left_and_the_others_wait(listing):
    listing.join(1, joined=0, gives_up=99)
    listing.join(2, joined=5, gives_up=100)
    listing.join(3, joined=5, gives_up=NEVER)
    listing.waiting.close(100)
    assert listing.gave_up == [(1, 99)]
    assert listing.stays == [("list", 1, 0, 99, LEFT), ("list", 2, 5, 100, WAITING), ("list", 3, 5, 100, WAITING)]


@pytest.mark.unit
def test_somebody_whom_an_offer_does_not_suit_keeps_the_place(listing):
    for case in (1, 2, 3):
        listing.join(case, joined=case)
    assert listing.waiting.find(10, lambda case: case == 2) == 2
    listing.waiting.remove(2, 10)
    assert listing.waiting.find(10, lambda case: False) is None
    assert listing.take_all(now=10) == [1, 3]


@pytest.mark.unit
def test_whoever_is_found_stays_on_the_list_until_removed(listing):
    listing.join(1)
    assert listing.waiting.find(0, lambda case: True) == 1
    assert listing.waiting.length(0) == 1


class Tie(float):
    """A pre-drawn number that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Tie.compared += 1
        return float(self) < float(other)


def _join_and_take(people: int) -> tuple[int, float]:
    """Return comparisons and seconds for so many people to join, give up (a third of them) and be taken."""
    listing = Listing()
    Tie.compared, started = 0, time.process_time()
    for case in range(people):
        gives_up = 5 if case % 3 == 0 else NEVER
        listing.join(case, gives_up=gives_up, tie=Tie(case * 7919 % 104729))
    taken = listing.take_all(now=10)
    seconds = time.process_time() - started
    assert len(taken) == people - -(-people // 3)
    return Tie.compared, seconds


@pytest.mark.unit
def test_four_times_as_many_people_cost_little_more_than_four_times_as_much():
    # n log n: 4 x log(40,000) / log(10,000) = 4.6. A list sorted or searched at every step would need 16 times as much.
    small = [_join_and_take(10_000) for _ in range(3)]
    large = [_join_and_take(40_000) for _ in range(3)]
    assert 0 < large[0][0] < 6 * small[0][0]
    assert min(seconds for _, seconds in large) < 12 * min(seconds for _, seconds in small)


# The order under each policy, seen through the service: five people on the assessment list and one slot a day.
# Person    tier       risk   reviewed on day
#   0       some       no     0
#   1       very high  no     0
#   2       high       no     0
#   3       some       yes    1
#   4       very high  no     2
# Nobody is booked before day 4, when everybody waits.
ORDERS = {
    # By the minute of review; on day 0 that follows the minute of referral.
    "first_come": [0, 1, 2, 3, 4],
    # The risk flag first, then tiers from very high to none, then first come.
    "by_need": [3, 1, 4, 2, 0],
    # One tier is worth ten days: 0 ranks as if reviewed on day 0 + 2 x 10 = 20, 1 on day 0, 2 on day 0 + 10 = 10 and
    # 4 on day 2; the risk flag goes before all.
    "by_need_with_ageing": [3, 1, 4, 2, 0],
}


def _order_of_assessment(paper, policy: str, ageing_days_per_tier: float = 10.0) -> list[int]:
    config = paper.with_roles(
        paper.plain(lists__policy=policy, lists__ageing_days_per_tier=ageing_days_per_tier),
        senior_clinician=paper.role({"assessment": 1.0}),
        assistant=paper.role({"screening_review": 1.0}),
    )
    cohort = paper.people(
        [paper.at(0, m) for m in (1, 2, 3)] + [paper.at(1, 1), paper.at(2, 1)],
        tier=[paper.TIERS[name] for name in ("some", "very_high", "high", "some", "very_high")],
        risk=[False, False, False, True, False],
    )
    roster = paper.roster(
        paper.post(config, "assistant", {"screening_review": 100}),
        paper.post(config, "senior_clinician", {"assessment": 60}, first=4),
    )
    record = run_service(config, cohort, roster)
    return sorted(range(5), key=lambda case: record.journeys.assessed[case])


@pytest.mark.unit
@pytest.mark.parametrize(("policy", "order"), ORDERS.items())
def test_the_policy_decides_who_is_assessed_first(paper, policy, order):
    assert _order_of_assessment(paper, policy) == order


@pytest.mark.unit
def test_with_ageing_a_long_wait_outweighs_a_tier_once_it_is_longer_than_the_tier_is_worth(paper):
    # At one and a half days a tier the keys are: 0: 0 + 3 = 3, 1: 0, 2: 0 + 1.5 = 1.5, 4: 2 + 0 = 2 days. Person 2 now
    # goes before 4, which by need alone never happens.
    assert _order_of_assessment(paper, "by_need_with_ageing", 1.5) == [3, 1, 2, 4, 0]


@pytest.mark.unit
def test_ageing_of_no_days_is_first_come_after_the_risk_flag(paper):
    assert _order_of_assessment(paper, "by_need_with_ageing", 0.0) == [3, 0, 1, 2, 4]


@pytest.mark.unit
def test_equal_places_are_settled_by_the_pre_drawn_number_whatever_the_order_in_the_cohort(paper):
    config = paper.with_roles(paper.plain(), senior_clinician=paper.role({"assessment": 1.0}))
    cohort = paper.people([-1, -1, -1], opening=1, tie=[0.7, 0.2, 0.4])  # all have waited equally long
    record = run_service(config, cohort, paper.roster(paper.post(config, "senior_clinician", {"assessment": 60})))
    # An assessment a day from day 0 on: 1, 2, 0.
    assert paper.milestones(record, "booked") == [(paper.at(2),), (paper.at(0),), (paper.at(1),)]
