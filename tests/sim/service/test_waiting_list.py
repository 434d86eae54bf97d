"""The waiting list: who is next, who has given up, and how long it is at every moment."""

import time

import numpy as np
import pytest

from sim.service.arrays import Logs
from sim.service.cases import Cases
from sim.service.codes import NEVER, NOT_YET
from sim.service.enums import Why
from sim.service.lists import HubLists
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.record import Stays
from sim.service.rules import Rules, Today

HORIZON = 1440


class Listing:
    """The assessment list of a pathway, with what it leaves behind."""

    def __init__(self, paper, people: int = 8) -> None:
        rules = Rules(paper.plain())
        cohort = paper.people([0] * people, tie=np.arange(people) / people)
        self.logs = Logs(cohort.decisions.tie.size)
        self.cases = Cases(cohort, rules, self.logs.journeys)
        self.day = Today(0, 450, np.zeros((1, 1)))
        lists = HubLists(self.cases, [], self.logs.stays, len(rules.modality_names), HORIZON)
        pathway = Pathway(rules, self.cases, lists, self.day, HORIZON)
        self.patience = Patience(pathway)
        self.waiting = pathway.assessment.waiting
        for client in range(people):
            self.cases.open(client, 0, 0)

    def join(self, case: int, joined: int = 0, gives_up_at: int = NEVER, came: int = 0) -> None:
        """Put a person on the list at a minute, at the place of somebody who came at another."""
        who = self.cases.all[case]
        who.patience_left = gives_up_at - joined
        self.waiting.join(who, who.key_by_policy(came), joined, joined, self.day.opens)

    def first(self, now: int) -> int | None:
        self.day.opens = now
        case = self.patience.next_on(self.waiting)
        return None if case is None else case.number

    def take(self, now: int) -> int | None:
        case = self.first(now)
        if case is not None:
            self.waiting.set_aside()
            self.waiting.end_stay(self.cases.all[case], now, Why.TAKEN)
        return case

    def take_all(self, now: int) -> list[int]:
        taken = []
        while (case := self.take(now)) is not None:
            taken.append(case)
        return taken

    def length(self, now: int) -> int:
        self.first(now)
        return self.waiting.length()

    @property
    def stays(self) -> list[tuple[int, int, int, int]]:
        """Case, minute of joining, minute of leaving and why."""
        stays = Stays(*self.logs.stays.columns())
        return list(zip(*(c.tolist() for c in (stays.case, stays.joined, stays.left, stays.why)), strict=True))

    @property
    def gave_up(self) -> list[tuple[int, int]]:
        """Who was closed for giving up, and when."""
        closed = self.logs.journeys.as_record(len(self.cases.all)).closed
        return [(case, minute) for case, minute in enumerate(closed.tolist()) if minute != NOT_YET]


@pytest.fixture
def listing(paper) -> Listing:
    return Listing(paper)


@pytest.mark.unit
def test_the_first_to_come_is_the_first_to_be_taken(listing):
    for case, came in ((7, 30), (4, 10), (5, 20)):
        listing.join(case, joined=came, came=came)
    assert listing.take_all(now=100) == [4, 5, 7]


@pytest.mark.unit
def test_people_of_the_same_minute_are_taken_by_their_pre_drawn_numbers(listing):
    for case in (6, 1, 3):  # of whom 1 has the smallest
        listing.join(case)
    assert listing.take_all(now=0) == [1, 3, 6]


@pytest.mark.unit
def test_a_better_place_goes_before_a_longer_wait(listing):
    listing.join(1, joined=0, came=500)
    listing.join(2, joined=90, came=100)
    assert listing.take_all(now=100) == [2, 1]


@pytest.mark.unit
def test_people_who_join_later_today_cannot_be_taken_this_morning(listing):
    listing.join(1, joined=600)
    assert listing.take(540) is None
    assert listing.length(599) == 0
    assert listing.take(600) == 1


@pytest.mark.unit
def test_somebody_is_there_until_the_minute_before_the_deadline_and_gone_exactly_at_it(listing):
    listing.join(1, gives_up_at=50)
    assert listing.first(49) == 1
    assert listing.first(50) is None
    assert listing.gave_up == [(1, 50)]
    assert listing.stays == [(1, 0, 50, Why.LEFT)]


@pytest.mark.unit
def test_giving_up_is_dated_to_its_own_minute_however_late_the_list_is_looked_at(listing):
    listing.join(1, gives_up_at=50)
    assert listing.take(1400) is None
    assert listing.gave_up == [(1, 50)]


@pytest.mark.unit
def test_somebody_taken_before_the_deadline_never_gives_up(listing):
    listing.join(1, gives_up_at=50)
    assert listing.take(49) == 1
    listing.patience.end(HORIZON)
    assert listing.gave_up == []
    assert listing.stays == [(1, 0, 49, Why.TAKEN)]


@pytest.mark.unit
def test_an_old_deadline_does_not_end_a_second_stay(listing):
    listing.join(1, gives_up_at=50)
    listing.take(10)
    listing.join(1, joined=20, gives_up_at=80)
    assert listing.first(60) == 1
    assert listing.first(80) is None


@pytest.mark.unit
def test_an_old_place_does_not_serve_a_second_stay(listing):
    listing.join(1, gives_up_at=50, came=0)
    listing.join(2, came=10)
    assert listing.first(50) == 2  # the first has left, from the head of the list
    listing.join(1, joined=60, came=60)
    assert listing.take_all(60) == [2, 1]


@pytest.mark.unit
def test_the_length_is_exact_at_every_moment(listing):
    # Joins at 0, 10 and 20; the second gives up at 15, the first is taken at 18.
    for case, joined, gives_up_at in ((1, 0, NEVER), (2, 10, 15), (3, 20, NEVER)):
        listing.join(case, joined, gives_up_at)
    lengths = []
    for now in (0, 9, 10, 14, 15, 17):
        lengths.append(listing.length(now))
    listing.take(18)
    lengths += [listing.length(now) for now in (18, 19, 20, 99)]
    assert lengths == [1, 1, 2, 2, 1, 1, 0, 0, 1, 1]


@pytest.mark.unit
def test_at_the_horizon_those_whose_patience_ran_out_have_left_and_the_others_wait(listing):
    listing.join(1, joined=0, gives_up_at=HORIZON - 1)
    listing.join(2, joined=5, gives_up_at=HORIZON)
    listing.join(3, joined=5, gives_up_at=NEVER)
    listing.patience.end(HORIZON)
    assert listing.gave_up == [(1, HORIZON - 1)]
    waiting = [(2, 5, HORIZON, Why.WAITING), (3, 5, HORIZON, Why.WAITING)]
    assert listing.stays == [(1, 0, HORIZON - 1, Why.LEFT), *waiting]


@pytest.mark.unit
def test_somebody_who_is_put_back_keeps_the_place(listing):
    for case in (1, 2, 3):
        listing.join(case, joined=case, came=case)
    assert listing.first(10) == 1
    listing.waiting.set_aside()
    assert listing.first(10) == 2
    assert listing.length(10) == 3
    listing.waiting.put_back(listing.cases.all[1])
    assert listing.take_all(now=10) == [1, 2, 3]


def _join_and_take(paper, people: int) -> float:
    """Return the seconds for so many people to join, give up (a third of them) and be taken."""
    listing = Listing(paper, people)
    started = time.process_time()
    for case in range(people):
        listing.join(case, gives_up_at=5 if case % 3 == 0 else NEVER, came=case * 7919 % 1427)
    taken = listing.take_all(now=10)
    seconds = time.process_time() - started
    assert len(taken) == people - -(-people // 3)
    return seconds


@pytest.mark.unit
def test_four_times_as_many_people_cost_little_more_than_four_times_as_much(paper):
    # n log n: 4 x log(40,000) / log(10,000) = 4.6. A list sorted or searched at every step would need 16 times as much.
    small, large = (min(_join_and_take(paper, people) for _ in range(3)) for people in (10_000, 40_000))
    assert large < 10 * small


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
    record = paper.serve(config, cohort, roster)
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
    record = paper.serve(config, cohort, paper.roster(paper.post(config, "senior_clinician", {"assessment": 60})))
    # An assessment a day from day 0 on: 1, 2, 0.
    assert paper.milestones(record, "booked") == [(paper.at(2),), (paper.at(0),), (paper.at(1),)]
