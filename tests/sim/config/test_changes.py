"""The one list of dated changes: what is refused, where old keys went, and what decides and what happens."""

from __future__ import annotations

from typing import get_args

import pytest

from sim.config import validate
from sim.config.changes import KINDS, PART_OF, AnyChange, Campaign, Funding
from sim.errors import ConfigProblem
from sim.launch.compose import compose

pytestmark = pytest.mark.unit

CUT = {"kind": "funding", "from_day": 100, "funded_share": 0.5}
LEAVE = {"kind": "maternity", "role": "therapist", "from_day": 10, "to_day": 300, "wte": 1.0}
POST = {"kind": "post", "role": "therapist", "band": "7", "wte": 1.0, "contract": "agency", "from_day": 10}
FLU = {"kind": "sickness", "from_day": 10, "to_day": 90, "times": 2.0}
ROLES = "senior_clinician, therapist, navigator, assistant_psychologist, coordinator"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"cut": {"from_day": 5}}, "changes.cut.kind: missing; choose from funding, post, sickness, maternity, "),
        ({"cut": CUT | {"kind": "fundin"}}, "changes.cut.kind: got 'fundin'; did you mean funding?"),
        ({"cut": CUT | {"funded_share": 40}}, "changes.cut.funded_share: got 40; must be 1.0 or less: 40 % is"),
        ({"cut": CUT | {"share": 0.4}}, "changes.cut.share: got 0.4; there is no such key: the keys here are "),
        ({"cut": {"kind": "funding", "from_day": 5}}, "changes.cut.funded_share: missing; give it a value"),
        ({"cut": CUT | {"roles": ["nurse"]}}, f"changes.cut.roles: got 'nurse'; must be one of {ROLES}"),
        ({"cut": CUT | {"to_day": 90}}, "changes.cut.to_day: got 90; must be after from_day 100"),
        (
            {"cut": CUT, "more": CUT | {"roles": ["navigator"]}},
            "changes.more.from_day: got 100; changes.cut begins on that day too: leave one out",
        ),
        ({"leave": LEAVE | {"role": "nurse"}}, f"changes.leave.role: got 'nurse'; must be one of {ROLES}"),
        ({"leave": LEAVE | {"wte": 9.0}}, "changes.leave.wte: got 9; therapist has 1 WTE in post: give fewer"),
        (
            {"leave": LEAVE, "other": LEAVE | {"from_day": 200}},
            "changes.other.wte: got 1; therapist has 1 WTE in post, and 1 more are on leave then: give fewer",
        ),
        (
            {"leave": LEAVE | {"wte": 0.4}},
            "changes.leave.wte: got 0.4; whole posts go on leave, and those of therapist are of 1 WTE: ",
        ),
        ({"therapist": POST}, "changes.therapist: got the name of a line of therapist; give the change another name"),
        ({"named": POST | {"band": "9"}}, "changes.named.band: got '9'; must be "),
        ({"named": POST | {"role": "nurse"}}, f"changes.named.role: got 'nurse'; must be one of {ROLES}"),
        ({"flu": FLU | {"times": 60.0}}, "changes.flu.times: got 60; with all waves of that time "),
        ({"flu": FLU | {"roles": ["nurse"]}}, f"changes.flu.roles: got 'nurse'; must be one of {ROLES}"),
        (
            {"halt": {"kind": "freeze", "from_day": 5, "to_day": "soon"}},
            "changes.halt.to_day: got 'soon'; must be a date",
        ),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_a_line_that_names_it(refusal, changes, line):
    [told] = refusal(changes=changes)
    assert told.startswith(line) and len(told) <= 300


@pytest.mark.parametrize(
    ("override", "kind"),
    [
        ("staffing.funding_cut.share=0.3", "funding"),
        ("+staffing.funding_cut={from_day: 5, share: 0.3}", "funding"),
        ("+staffing.recruitment.freeze={from_day: 5, to_day: 30}", "freeze"),
        ("staffing.recruitment.freeze=null", "freeze"),
        ("+demand.campaigns.posters={start_day: 5}", "campaign"),
        ("demand.waves.winter.start_day=5", "wave"),
    ],
)
def test_a_key_of_an_earlier_version_says_where_it_is_now(override, kind):
    with pytest.raises(ConfigProblem) as problem:
        validate(compose(override))
    [line] = problem.value.lines
    assert f"it is a dated change now: write changes.NAME={{kind: {kind}, " in line


def test_the_command_line_adds_changes_and_moves_those_of_a_scenario():
    overrides = ["scenario=funding_cut", "changes.cut.funded_share=0.3", "changes.cut.from_day=2022-01-01"]
    later = "+changes.later={kind: funding, from_day: 2022-10-01, funded_share: 0.9}"
    config = validate(compose(*overrides, later))
    assert {name: (step.from_day, step.funded_share) for name, step in config.changes_of(Funding).items()} == {
        "cut": (275, 0.3),
        "later": (548, 0.9),
    }


def test_every_kind_says_whether_it_is_decided_or_happens():
    union = get_args(get_args(AnyChange)[0])
    assert list(KINDS.values()) == list(union)
    assert {kind for kind, part in PART_OF.items() if part == "plan"} == {"post", "campaign"}
    assert set(PART_OF.values()) == {"plan", "scenario"}


def test_a_user_says_that_a_cut_is_their_own_decision(hub_config):
    config = hub_config(changes={"cut": CUT | {"part_of": "plan", "note": "agreed in May"}})
    assert config.changes["cut"].part_of == "plan"
    assert {one.part_of for one in hub_config("scenario=improved_reach").changes_of(Campaign).values()} == {"plan"}
