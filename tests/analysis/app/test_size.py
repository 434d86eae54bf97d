from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.app.size import SizingForm, sizing_arguments
from analysis.app.view import View
from analysis.sizing.question import read_question, split_overrides
from sim.config import validate
from sim.errors import ConfigProblem
from sim.launch.compose import compose
from sim.run.manifest import config_hash


@pytest.mark.unit
def test_the_form_begins_with_what_hub_size_asks_by_itself() -> None:
    assert replace(SizingForm.default(), hard="full").question() == read_question()


@pytest.mark.integration
def test_hub_size_is_given_the_target_and_the_view_and_nothing_else(tmp_path: Path) -> None:
    default = SizingForm.default()
    role = next(iter(default.hire))
    target = replace(default, days=14, share=0.9, hire={**default.hire, role: 2.0})
    view = View("major_incident", "senior_led").with_change("size.manchester_arena", 0.5)
    ours, hubs = split_overrides(sizing_arguments(view, target, str(tmp_path)))
    assert read_question(ours) == target.question()
    assert (target.question().target.days, target.question().target.share) == (14, 0.9)
    assert config_hash(validate(compose(*hubs))) == config_hash(view.config(1))
    assert SizingForm.from_link(target.link()) == target


@pytest.mark.unit
@pytest.mark.parametrize(
    "parameters",
    [
        {"target.stage": "lunch"},
        {"target.days": "soon"},
        {"target.days": "0"},
        {"target.days": "99999"},
        {"target.share": "0.001"},
        {"target.share": "1.5"},
        {"target.assurance": "nan"},
        {"target.hard": "run.store=/etc"},
        {"hire.senior_clinician.agency": "900"},
        {"hire.senior_clinician.agency": "-1"},
    ],
)
def test_a_target_of_a_link_that_cannot_be_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(ConfigProblem):
        SizingForm.from_link(parameters)
