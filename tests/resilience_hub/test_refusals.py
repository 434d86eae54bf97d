"""A refusal in Python names what its user wrote in Python, and advises what can be done there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import resilience_hub as hub
from resilience_hub.refusals import ARGUMENTS

pytestmark = pytest.mark.unit
ROOT = Path(hub.__file__).resolve().parents[1]
ELSEWHERE = {"--sensitivity", "--why", "--weights", "--only", "--figure", "--until", "--package", "--decisions"}
"""Of questions that cannot be asked in Python."""


def test_every_option_that_a_refusal_names_is_an_argument_in_python_or_of_a_question_that_is_not_asked_there():
    files = [file for room in ("sim", "analysis") for file in (ROOT / room).rglob("*.py")]
    own = {"commands", "app"}  # the command line itself, and the page
    texts = [file.read_text(encoding="utf-8") for file in files if not own & set(file.parts)]
    named = {option for text in texts for option in re.findall(r'"(--[a-z-]+): ', text)}
    assert {"--config-dir", "--stage"} <= named
    assert named <= ARGUMENTS.keys() | ELSEWHERE


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (
            lambda: hub.load("demand.multiplyer=2", run__seed=1),
            "demand.multiplyer: got 2; there is no such key: did you ",
        ),
        (lambda: hub.load().change("demand.multiplier=x"), "demand.multiplier: got 'x'; must be a number"),
        (lambda: hub.load("staffing=a,b"), "staffing: got a,b; give each value to a plan of compare()"),
        (lambda: hub.options("nowhere"), "folder: got "),
        (lambda: hub.load().simulate("12"), "replications: got '12'; must be a whole number: take the quotes off"),
        (lambda: hub.load().simulate(12.5), "replications: got 12.5; must be a whole number"),
        (lambda: hub.load().simulate(processes="2"), "processes: got '2'; must be a whole number: take the quotes off"),
    ],
)
def test_what_was_written_as_a_text_or_an_argument_is_named_as_it_was_written(refused, told):
    with pytest.raises(hub.HubError) as problem:
        refused()
    assert str(problem.value).startswith(told)


def test_persons_given_whole_name_every_group_that_is_exposed_or_are_refused():
    key = "incident__manchester_arena__exposed__responder__persons"
    with pytest.raises(hub.HubError) as problem:
        hub.load("scenario=major_incident", **{key: {"ambulance": 900}})
    assert str(problem.value) == (
        f"{key}: got {{ambulance: 900}}, which leaves nhs_hospital_community at 1200 and police_fire at 1300; name "
        f"these too (0: nobody of them), or write {key}__ambulance=NUMBER to change one group alone"
    )
    whole = {"ambulance": 900, "nhs_hospital_community": 0, "police_fire": 0}
    config = hub.load("scenario=major_incident", **{key: whole}).checked
    assert config.incident["manchester_arena"].exposed["responder"].persons == whole
    one = hub.load("scenario=major_incident", **{f"{key}__ambulance": 900}).checked
    assert sum(one.incident["manchester_arena"].exposed["responder"].persons.values()) == 900 + 1200 + 1300


def test_a_misspelt_stage_of_a_comparison_is_told_the_nearest_before_anything_is_simulated(monkeypatch):
    def simulated(*_):
        raise AssertionError

    monkeypatch.setattr("resilience_hub.comparison._simulated", simulated)
    plans = {"As now": hub.load(), "More": hub.load(staffing="mixed_skill")}
    with pytest.raises(hub.HubError) as problem:
        hub.compare(plans, stage="referral_to_asessment")
    assert str(problem.value) == "stage: got referral_to_asessment; did you mean referral_to_assessment?"
    with pytest.raises(hub.HubError) as problem:
        hub.compare(plans, stage="nowhere")
    assert str(problem.value).startswith("stage: got nowhere; choose from referral_to_assessment, ")


def test_what_a_file_holds_is_named_by_file_and_line_as_everywhere(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "ours.yaml").write_text("purpose: Ours.\ndemand: {multiplier: -1}\n")
    with pytest.raises(hub.HubError) as problem:
        hub.load(folder=tmp_path)
    assert str(problem.value).startswith("demand__multiplier: got -1; must be 0.0 or more (")
    assert str(problem.value).endswith("scenario/ours.yaml:2)")


def test_a_folder_that_holds_files_is_refused_by_the_argument_that_gave_it(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("")
    short = ["run.horizon_days=40", "run.opening.run_in_days=10", "run.store=null"]
    result = hub.load(*short).simulate(1, processes=1, progress=False)
    with pytest.raises(hub.HubError, match=r"^folder: got .*, which holds files already; choose a new folder$"):
        result.save(tmp_path / "full")
    with pytest.raises(hub.HubError, match=r"^figure: got nothing; choose from lists"):
        result.plot("nothing")
