"""What no plan can change, by rules in place of simulated futures."""

from types import SimpleNamespace

import numpy as np
import pytest
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing import bounds, verdict
from analysis.sizing.bounds import bounds_of
from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.question import read_question
from analysis.sizing.supply import menu_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("first_week", "said"), [(2, "from week 2 on"), (4, "from week 4 on"), (8, "from week 8 on")])
def test_the_earliest_week_is_named_from_which_on_people_can_be_seen_in_time(first_week, said, monkeypatch):
    def attainability(_futures, changed):
        return SimpleNamespace(verdict=SimpleNamespace(passed=changed.counted.from_week >= first_week))

    monkeypatch.setattr(verdict, "attainability", attainability)
    question, told = read_question(["sizing.counted.from_week=0"]), []
    [line] = verdict.remedies(two_role_hub(), question, Tally(tell=told.append))
    assert said in line
    assert len([line for line in told if "days longer" in line]) == 4  # all of which failed


@pytest.mark.parametrize("needed", range(9))
def test_the_bound_of_a_role_is_the_fewest_with_which_anything_could_do(needed, monkeypatch):
    class Ruled(Futures):
        """Futures that hold with so many of the last option."""

        def look(self, plan, numbers):
            assert min(map(min, plan)) >= 0, "nobody can be asked for fewer than nobody"
            known = self._known.setdefault(plan, {})
            known.update({number: np.array([float(sum(plan[-1]) >= needed)]) for number in numbers})

    monkeypatch.setattr(bounds, "Futures", Ruled)
    eight = {"band": "5", "pay_point": "mid", "step_wte": 1.0, "most_wte": {"agency": 8.0}}
    question = two_role_question(hire={"intake": eight, "assessor": eight})
    config = two_role_hub()
    menu = menu_of(config, question)
    futures = Ruled(searching(config, question), menu, question.goals)
    assert bounds_of(futures, question).least_wte == {"intake": needed, "assessor": needed}
