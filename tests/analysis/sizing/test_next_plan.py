"""The plan to try next, on lists and prices so small that it is worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from analysis.sizing.fluid import Load
from analysis.sizing.next_plan import Programme, Ruled, _serve, proposed
from analysis.sizing.plan import Option
from analysis.sizing.question import Counted

pytestmark = pytest.mark.unit

WEEKS = 6
FIRST_FOUR = Counted(from_week=0, to_week=4)


def menu(starts, prices, most=3, options=1):
    """Nurses, one a unit, each option in post from a week on that goes with the decision; weeks and GBP by hand."""
    starts = np.array(starts).reshape(options, -1)
    most_by = (most,) * starts.shape[1]
    nurses = tuple(Option("nurse", f"kind {o}", None, 1.0, most_by, None) for o in range(options))
    wte = (np.arange(WEEKS) >= starts[:, :, None]).astype(float)
    prices = np.array(prices, dtype=float).reshape(starts.shape)
    return SimpleNamespace(
        asked_by=None,
        options=nurses,
        joint=(),
        roles=["nurse"],
        options_of=lambda _: list(range(options)),
        shape=starts.shape,
        weeks=WEEKS,
        price_gbp=prices,
        expected_wte=wte,
    )


def ten_a_week(share, **changes):
    """Ten people join in each week and are to be seen within one; a nurse sees ten."""
    plain = {
        "name": "list", "arrivals": np.full(WEEKS, 10.0), "listed": 0.0, "limit_weeks": 1.0, "share": share,
        "hold_weeks": 1, "base": np.zeros(WEEKS), "per_wte": {"nurse": 10.0},
    }  # fmt: skip
    return Load(**plain | changes)


EARLY_OR_LATE = menu([0, 2], [100, 40], options=2)
"""A dear nurse from the first week, or a cheap one from the third."""


def test_the_cheapest_plan_sees_the_share_that_is_asked_in_time():
    def plan(share):
        return proposed(EARLY_OR_LATE, Ruled(EARLY_OR_LATE), [ten_a_week(share)], 1.0, FIRST_FOUR).plan

    assert plan(1.0) == ((1,), (0,))  # all forty can be in time with a nurse from the first week
    # Two from the third week have seen 20 by its end and 40 by the next: the twenty of weeks 2 and 3 are in time.
    assert plan(0.5) == ((0,), (2,))
    assert proposed(EARLY_OR_LATE, Ruled(EARLY_OR_LATE), [ten_a_week(1.0)], 1.5, FIRST_FOUR).plan != ((1,), (0,))


def test_the_most_promising_plan_below_a_price_sees_most_in_time():
    def plan(below):
        return proposed(EARLY_OR_LATE, Ruled(EARLY_OR_LATE), [ten_a_week(1.0)], 1.0, FIRST_FOUR, below).plan

    assert plan(130) == ((1,), (0,))  # all forty; three late ones for £120 see 25
    assert plan(100) == ((0,), (2,))  # twenty
    assert plan(60) == ((0,), (0,))  # one late nurse is behind for ever: nobody is in time for any money


@pytest.mark.parametrize(
    ("reach", "next_best"),
    [("capacity", ((0, 0, 2),)), ("staff", ((0, 0, 2),)), ("itself", ((0, 0, 0),))],
)
def test_a_rejected_plan_rules_out_no_more_than_its_reach(reach, next_best):
    # One nurse in weeks 0, 2 or 4, for £30, £20 or £10: two in week 4 are more than one from the start, and cost least.
    three = menu([0, 2, 4], [30, 20, 10])
    ruled = Ruled(three, cuts={((1, 0, 0),): reach})
    assert proposed(three, ruled, [], 1.0, FIRST_FOUR).plan == next_best


def test_no_plan_is_proposed_below_what_each_role_needs():
    three = menu([0, 2, 4], [30, 20, 10])
    assert proposed(three, Ruled(three, {"nurse": 2.0}), [], 1.0, FIRST_FOUR).plan == ((0, 0, 2),)
    assert proposed(three, Ruled(three, {"nurse": 4.0}), [], 1.0, FIRST_FOUR).plan is None


def test_who_was_taken_off_a_list_is_not_put_back():
    # Places for ten, then for five, each held for two weeks: five can begin, for those who began must stay.
    nobody = menu([0], [1], most=0)
    base = np.array([10.0, 5.0, 0.0, 0.0, 0.0, 0.0])
    load = ten_a_week(1.0, arrivals=np.array([10.0, 0, 0, 0, 0, 0]), hold_weeks=2, base=base)
    programme = Programme()
    in_time, people = _serve(programme, nobody, np.array([programme.variables([0])]), load, 1.0, FIRST_FOUR)
    for variable in in_time:
        programme.price(variable, -1.0)
    assert people == 10
    assert programme.solve()[0][in_time].sum() == pytest.approx(5)


def test_what_has_no_price_costs_nothing():
    programme = Programme()
    free, priced = programme.variables([10.0, 10.0])
    programme.price(priced, 0.5)
    programme.row([(free, 1.0), (priced, 1.0)], 13.0)
    assert programme.solve()[0].tolist() == [10, 3]
