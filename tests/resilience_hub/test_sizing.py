"""A sizing asks what `hub size` asks, of the same configuration."""

from __future__ import annotations

import pytest

import resilience_hub as hub
from analysis.commands import main
from sim.errors import HubError

pytestmark = pytest.mark.integration


class Asked(HubError):
    """Ends a sizing as soon as it is asked for."""


@pytest.fixture
def asked(monkeypatch):
    """What sizings were asked for, each as a configuration and a question."""
    found = []

    def size(config, question, say):
        found.append((config, question))
        raise Asked("asked for")

    monkeypatch.setattr("analysis.sizing.sizing.size", size)
    return found


def test_a_sizing_by_keyword_asks_what_the_command_asks(asked, tmp_path):
    said = ["scenario=major_incident", "target.days=14", "sizing.counted.from_week=0"]
    assert main(["size", *said, "--out", str(tmp_path / "card")]) == 2
    with pytest.raises(Asked):
        hub.load(scenario="major_incident").size(target__days=14, counted__from_week=0, progress=False)
    assert asked[0] == asked[1]
    assert asked[1][0].uncertainty.mode == "futures"


def test_a_sizing_keeps_how_futures_differ_where_that_was_said(asked):
    with pytest.raises(Asked):
        hub.load("uncertainty=none").size("target.days=14", progress=False)
    assert asked[0][0].uncertainty.mode == "none"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"target__day": 3}, "target__day: got 3; there is no such key: did you mean target__days?"),
        (
            {"more_targets__a": {"stage": "screening", "days": 9, "share": 0.9}, "more_targets__a__dayz": 3},
            "more_targets__a__dayz: got 3; there is no such key: did you mean more_targets__a__days?",
        ),
        ({"vary": ["therapist"]}, "vary: got ['therapist']; there is no such key: "),
        (
            {"counted__from_weeks": 3},
            "counted__from_weeks: got 3; there is no such key: did you mean counted__from_week?",
        ),
        (
            {"hire__therapistt__step_wte": 1.0},
            "hire__therapistt: has no band, pay_point, most_wte; did you mean therapist?",
        ),
        ({"target__share": 80}, "target__share: got 80; "),
        ({"scenario": "baseline"}, "scenario: got baseline with a target; change the configuration"),
    ],
)
def test_a_target_that_cannot_be_is_refused_in_the_words_of_python(said, told):
    with pytest.raises(hub.HubError) as problem:
        hub.load().size(progress=False, **said)
    assert str(problem.value).startswith(told)
