"""The reason given for a target out of reach is the limit that holds it back, found by lifting each by itself."""

import numpy as np
import pytest
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing import binding
from analysis.sizing.binding import LIMITS, Reasons, reasons
from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.plan import everything, wte_of
from analysis.sizing.question import read_question
from analysis.sizing.supply import menu_of

NOTICE, SCREENING, ABSENCE, HIRING, HOW_MANY, DEMAND = (limit for limit, _, _ in LIMITS)


@pytest.fixture
def out_of_reach(monkeypatch):
    """Find why 90 % are not reached where the share seen in time follows a rule: `out_of_reach(rule)`."""

    def found(rule):
        class Decreed(Futures):
            def look(self, plan, numbers):
                self.tally.use(len(numbers))
                share = np.array([rule(self.config, sum(wte_of(self.menu, plan).values()))])
                self._known.setdefault(plan, {}).update(dict.fromkeys(numbers, share))

        monkeypatch.setattr(binding, "Futures", Decreed)
        return reasons(two_role_hub(), two_role_question(target__share=0.9), (0.5,), Tally())

    return found


@pytest.mark.unit
def test_where_days_of_notice_are_too_many_no_limit_of_staff_is_named(out_of_reach):
    why = out_of_reach(lambda hub, _: 0.6 if hub.pathway.lists.notice_days else 0.95)
    assert not why.staff_would_do
    assert why.in_the_way() == ([NOTICE], [SCREENING, ABSENCE, HIRING, HOW_MANY, DEMAND])


@pytest.mark.unit
def test_where_more_staff_would_meet_it_how_many_can_be_hired_is_named(out_of_reach):
    why = out_of_reach(lambda _, wte: min(1.0, 0.5 + 0.06 * (wte - 4)))
    assert why.staff_would_do
    assert why.in_the_way()[0] == [HOW_MANY]
    assert (why.each[0].met, why.each[0].of) == (20, 20)


@pytest.mark.unit
def test_what_changes_nothing_is_not_called_a_reason(out_of_reach):
    assert out_of_reach(lambda *_: 0.5).in_the_way()[0] == []


@pytest.mark.unit
def test_where_no_replications_are_left_no_reason_is_given():
    assert reasons(two_role_hub(), two_role_question(), (0.5,), Tally(most=0)) == Reasons()


@pytest.mark.heavy
def test_at_14_days_notice_screening_and_absence_stand_in_the_way_and_lead_times_do_not(hub_config, monkeypatch):
    monkeypatch.setattr(binding, "MOST_FUTURES", 16)
    config = hub_config("scenario=major_incident", "uncertainty=futures")
    question = read_question(["target.days=14", "target.share=0.8"])
    menu = menu_of(config, question)
    shares = Futures(searching(config, question), menu, question.goals).shares(everything(menu), range(16))
    why = reasons(config, question, np.quantile(shares, 0.1, axis=0), Tally())
    assert not why.staff_would_do
    way, rest = why.in_the_way()
    assert set(way) == {NOTICE, SCREENING, ABSENCE}
    assert rest == [HIRING, HOW_MANY, DEMAND]
