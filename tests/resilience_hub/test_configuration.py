"""A configuration is loaded, changed by keyword and refused as the command line does all three."""

from __future__ import annotations

import datetime
import shlex
from pathlib import Path

import numpy as np
import pytest

import resilience_hub as hub
from sim.config import validate
from sim.launch.compose import compose

pytestmark = pytest.mark.integration


def test_there_are_at_most_ten_names_at_the_top_and_each_says_what_it_is():
    assert len(hub.__all__) <= 10
    assert all(getattr(hub, name).__doc__ for name in hub.__all__)


def test_a_configuration_is_what_its_command_line_composes():
    mine = hub.load(scenario="major_incident", staffing="mixed_skill").change(demand__multiplier=1.2)
    assert mine.command == "hub scenario=major_incident staffing=mixed_skill demand.multiplier=1.2"
    assert mine.checked == validate(compose(*shlex.split(mine.command)[1:]))
    assert (mine.scenario, mine.staffing) == ("major_incident", "mixed_skill")


@pytest.mark.parametrize(
    ("values", "override"),
    [
        ({"run__start_date": datetime.date(2022, 4, 1)}, "run.start_date='2022-04-01'"),
        ({"run__store": None}, "run.store=null"),
        ({"costs__set_up_counted": True}, "costs.set_up_counted=true"),
        ({"run__keep": ["journeys", "events"]}, "run.keep=[journeys, events]"),
        ({"run__seed": np.int64(7)}, "run.seed=7"),
        ({"demand__multiplier": np.float64(1.25)}, "demand.multiplier=1.25"),
        ({"run__store": Path("a folder/store's")}, "run.store='a folder/store\\'s'"),
        ({"run__precision": {"referrals": 5.0}}, "run.precision={referrals: 5.0}"),
        ({"purpose": "What if: one, or two?"}, "purpose='What if: one, or two?'"),
    ],
)
def test_a_value_of_python_is_the_value_that_is_simulated(values, override):
    (key, value), mine = *values.items(), hub.load(**values)
    assert mine.overrides == (override,)
    part = mine.checked
    for step in key.split("__"):
        part = getattr(part, step)
    assert part == (str(value) if isinstance(value, Path) else value)


def test_a_key_that_is_set_again_is_set_anew_and_other_changes_stay():
    first = hub.load("demand.multiplier=1.2", staffing="mixed_skill", run__seed=3)
    second = first.change(demand__multiplier=1.5, staffing="stepped_care")
    assert second.overrides == ("demand.multiplier=1.5", "staffing=stepped_care", "run.seed=3")
    assert first.checked.demand.multiplier == 1.2


def test_a_line_of_staff_is_added_with_a_plus():
    locum = '+staffing.roles.therapist.lines.locum={band: "7", wte: 1.0, kind: agency, pay_point: mid}'
    assert hub.load(locum).checked.staffing.roles["therapist"].lines["locum"].wte == 1.0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"demand__multiplyer": 2}, "demand__multiplyer: got 2; there is no such key: did you mean"),
        ({"demand_multiplier": 2}, "demand_multiplier: got 2; there is no such key: did you mean demand__multiplier?"),
        ({"run_start_date": 2}, "run_start_date: got 2; there is no such key: did you mean run__start_date?"),
        ({"demand__multiplier": -1}, "demand__multiplier: got -1; must be"),
        ({"demand__multiplier": "12"}, "demand__multiplier: got '12'; must be a number: take the quotes off"),
        ({"costs__set_up_counted": "true"}, "costs__set_up_counted: got 'true'; must be true or false: take the"),
        ({"scenario": "major_incidents"}, "scenario: got major_incidents; did you mean major_incident?"),
        ({"run__warm_up": True}, "run__warm_up: got true; hub run alone finds a run-in"),
        ({"run__design": "plans.csv"}, "run__design: got 'plans.csv'; a design is for hub sweep"),
        ({"run__replications_max": 9}, "run__replications_max: got 9; it goes with run__precision"),
        ({"folder": "nowhere"}, "folder: got "),
    ],
)
def test_what_cannot_be_is_refused_in_the_keyword_that_was_written(values, told):
    with pytest.raises(hub.HubError) as problem:
        hub.load(**values)
    (line,) = str(problem.value).splitlines()
    assert line.startswith(told)


def test_a_dictionary_of_changes_is_refused_with_the_two_ways_of_giving_them():
    for take in (hub.load, hub.load().change):
        with pytest.raises(hub.HubError, match="overrides: got a dict; give keywords, as demand__multiplier=1"):
            take({"demand.multiplier": 1.2})


def test_a_folder_of_one_scenario_is_that_scenario(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "ours.yaml").write_text("purpose: Ours.\ndemand: {multiplier: 0.5}\n")
    mine = hub.load(folder=tmp_path)
    assert (mine.scenario, mine.checked.demand.multiplier) == ("ours", 0.5)
    assert mine.command == shlex.join(["hub", "--config-dir", str(tmp_path), "scenario=ours"])
    assert hub.load(folder=tmp_path, scenario="baseline").scenario == "baseline"
    listed = hub.options(tmp_path)
    assert listed.set_index(["group", "option"])["purpose"]["scenario", "ours"] == "Ours."


def test_every_group_has_one_default_option_and_every_shipped_option_says_what_it_is_for():
    found = hub.options()
    assert (found.groupby("group")["default"].sum() == 1).all()
    said = found[found["option"] != "default"]["purpose"]
    assert said.str.len().min() > 10
    assert said.str.endswith(".").all()
    assert list(dict.fromkeys(found["group"]))[:2] == ["scenario", "staffing"]
    purpose = found.set_index(["group", "option"])["purpose"]
    assert purpose["staffing", "senior_led"] == (
        "A Hub led by senior clinicians, as in the study, who assess and also give therapy."
    )


def test_an_option_of_ones_own_is_for_what_its_opening_comment_says_first(tmp_path):
    (tmp_path / "staffing").mkdir()
    for name, text in {"said": "# @package _global_\n# Ours, led by\n# 2.5 WTE. And more.\n", "silent": ""}.items():
        (tmp_path / "staffing" / f"{name}.yaml").write_text(f"{text}defaults: [senior_led, _self_]\n# Later.\n")
    purpose = hub.options(tmp_path).set_index(["group", "option"])["purpose"]["staffing"]
    assert purpose[["said", "silent"]].tolist() == ["Ours, led by 2.5 WTE.", ""]


def test_a_notebook_shows_what_is_simulated_and_how_the_command_line_asks_for_it():
    shown = hub.load('purpose="<b>bold & brave"', staffing="mixed_skill")._repr_html_()
    for text in ("mixed skill", "&lt;b&gt;bold &amp; brave", "staffing=mixed_skill", "1,096 days from 1 April 2021"):
        assert text in shown
