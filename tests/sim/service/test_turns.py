"""Who acts first within a day: by the turn of their role, never by the order in which a file lists roles and lines."""

import pytest

from sim.errors import HubError
from sim.service.hub import in_turn

pytestmark = pytest.mark.unit

CALLS = {"check_in": 1.0}


def who_calls(paper, order: list[str], sick: dict[str, range] | None = None, **turns: int) -> list[str]:
    """Return the roles that make check-in calls, in order of time, of two that could make each of them."""
    roles = {name: paper.role(CALLS) | ({"turn": turns[name]} if name in turns else {}) for name in order}
    config = paper.with_roles(paper.plain(check_in__every_days=7), **roles)
    cohort = paper.people([-1], opening=2)  # waits for therapy, which nobody gives
    posts = [paper.post(config, name, {"check_in": 30}, sick=(sick or {}).get(name, ())) for name in order]
    record = paper.serve(config, cohort, paper.roster(*posts))
    calls = paper.work_of(record, "check_in")
    assert calls
    return [order[post] for post, *_ in calls]


@pytest.mark.parametrize("order", [["coordinator", "navigator"], ["navigator", "coordinator"]])
def test_the_role_with_the_lower_turn_makes_the_calls_wherever_the_file_lists_it(paper, order):
    assert set(who_calls(paper, order, navigator=1, coordinator=2)) == {"navigator"}
    assert set(who_calls(paper, order, navigator=2, coordinator=1)) == {"coordinator"}


@pytest.mark.parametrize("order", [["coordinator", "navigator"], ["navigator", "coordinator"]])
def test_roles_of_the_same_turn_go_by_name(paper, order):
    assert set(who_calls(paper, order)) == {"coordinator"}


def test_whoever_comes_back_to_work_acts_in_the_same_turn_as_before(paper):
    calls = who_calls(paper, ["coordinator", "navigator"], {"navigator": range(12)}, navigator=1, coordinator=2)
    assert calls == ["coordinator", *["navigator"] * (len(calls) - 1)]
    assert len(calls) > 1


def test_lines_that_are_there_from_the_start_go_before_those_that_come_later(paper):
    lines = {name: {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid"} for name in ("b", "a", "early")}
    lines["a"] |= {"from_day": 30}
    config = paper.with_roles(paper.plain(), therapist=paper.role({"therapy": 1.0}, lines=lines))
    roster = paper.roster(*(paper.post(config, "therapist", {"therapy": 60}, line=name) for name in lines))
    frames = [roster.posts[number].frame for number in in_turn(config, roster)]
    assert [frame.line for frame in frames] == ["b", "early", "a"]


def test_a_wait_of_thousands_of_years_is_refused_in_a_line(paper):
    cohort = paper.people([-(2**40)], opening=1)
    with pytest.raises(HubError, match=r"run\.opening\.backlog: got somebody who has waited 2,0\d\d,?\d* years"):
        paper.serve(paper.plain(), cohort, paper.roster())
