from __future__ import annotations

import pytest

from analysis.comparison.plans import LONGEST, cut_in_the_middle, cut_names, what_differs
from analysis.tell.wording import cell_words

pytestmark = pytest.mark.unit

LEVERS = "staffing.roles.therapist.lines.therapist.wte"


def test_a_name_says_what_not_every_plan_has() -> None:
    cells = ["baseline,current", f"baseline,current,{LEVERS}=2", f"baseline,current,{LEVERS}=3,demand.growth=.1"]
    assert list(what_differs(cells).values()) == ["baseline,current", f"{LEVERS}=2", f"{LEVERS}=3,demand.growth=.1"]


def test_the_name_of_a_cell_is_said_in_words() -> None:
    assert cell_words("baseline,senior_led,demand.multiplier=1.25") == "baseline, senior led, demand multiplier 1.25"
    assert cell_words(f"{LEVERS}=2.0,demand.growth=.1") == "therapist 2 WTE, demand growth .1"
    assert cell_words("staffing.roles.therapist.lines.evening.wte=0.5") == "therapist: evening 0.5 WTE"


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    found = cut_in_the_middle("a" * 100 + "z" * 100, 21)
    assert found == "aaaaaaaaa … zzzzzzzzz"
    assert cut_in_the_middle("short", 21) == "short"


def test_no_two_plans_have_one_name_however_alike_they_are() -> None:
    names = {key: "a" * 80 + key + "z" * 80 for key in "bcd"}
    found = cut_names(names)
    assert [name[:3] for name in found.values()] == ["1. ", "2. ", "3. "]
    assert all(20 < len(name) <= LONGEST for name in found.values())
    assert cut_names({"b": "One", "c": "Two"}) == {"b": "One", "c": "Two"}
