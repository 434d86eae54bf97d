from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.app.levers import SECTIONS, Lever
from analysis.app.view import View
from sim.config import HubConfig
from sim.errors import ConfigProblem

SURGE = View("major_incident", "senior_led")


def other_value(lever: Lever) -> float | int | str:
    """Return a value that the lever can have and does not."""
    if lever.options is not None:
        return next(option for option in lever.options if option != lever.preset)
    moved = lever.checked(lever.low if lever.preset != lever.low else lever.high)
    return moved


def value_at(config: HubConfig, path: str) -> object:
    node: object = config.model_dump()
    for step in path.split("."):
        node = node[step]  # type: ignore[index]
    return node


@pytest.mark.unit
def test_the_dozen_things_that_matter_are_all_there() -> None:
    names = {lever.name.partition(".")[0] for lever in SURGE.levers}
    assert {"uptake", "size", "day", "wte", "plan", "lead", "sessions", "backlog", "opening", "policy"} <= names
    assert [lever.section for lever in SURGE.levers if lever.name == "incident"] == [SECTIONS[1]]


@pytest.mark.unit
def test_every_lever_but_a_choice_tells_unit_grade_and_source() -> None:
    for lever in SURGE.levers:
        assert lever.meaning
        if lever.options is None:
            assert lever.unit, lever.name
        if lever.name.startswith(("uptake.", "wte.", "sessions.", "plan.")):
            assert lever.grade in "ABCD" and lever.evidence is not None, lever.name
            assert lever.meaning.startswith(f"Evidence {lever.grade}")


@pytest.mark.integration
def test_every_lever_moves_what_it_says_and_the_model_accepts_it() -> None:
    chosen = [lever for lever in SURGE.levers if lever.name not in ("incident", "days", "opening")]
    moved = replace(SURGE, changes={lever.name: other_value(lever) for lever in chosen})
    assert [lever.name for lever, _ in moved.changed] == [lever.name for lever in chosen]
    before, after = SURGE.config(1), moved.config(1)
    for lever, value in moved.changed:
        paths = [line.partition("=")[0] for line in lever.overrides(value)]
        assert any(value_at(before, path) != value_at(after, path) for path in paths), lever.name
    sizes = [config.incident["manchester_arena"].exposed["responder"].persons for config in (before, after)]
    assert sizes[1] == {
        group: round(people * moved.changes["size.manchester_arena"]) for group, people in sizes[0].items()
    }


@pytest.mark.unit
def test_a_lever_where_the_preset_has_it_changes_nothing() -> None:
    for lever in SURGE.levers:
        assert SURGE.with_change(lever.name, lever.preset).changed == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wte.therapist.therapist", "-1"),
        ("wte.therapist.therapist", "nan"),
        ("wte.therapist.therapist", "1e400"),
        ("wte.therapist.therapist", "two"),
        ("referrals", 1000),
        ("backlog.therapy", "3.5"),
        ("policy", "'; rm -rf /"),
        ("day.manchester_arena", 10_000_000),
        ("plan.senior_clinician", 76.0),
    ],
)
def test_a_value_out_of_bounds_is_refused_in_words(name: str, value: object) -> None:
    lever = next(lever for lever in SURGE.levers if lever.name == name)
    with pytest.raises(ConfigProblem) as problem:
        lever.checked(value)
    assert lever.label in str(problem.value) and "\n" not in str(problem.value)
