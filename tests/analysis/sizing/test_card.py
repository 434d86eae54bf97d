"""The card says what was found, on what conditions, and needs no other file."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import yaml
from made_up_answer import made_up
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing import card
from analysis.sizing.plan import nothing, staffed
from analysis.sizing.printed import card_lines
from analysis.sizing.question import read_question
from analysis.sizing.sizing import size
from analysis.sizing.stress import more_demand, stress
from analysis.sizing.told import headline, statement
from analysis.sizing.written import write_files
from sim.config.staffing import Staffing

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def found():
    """An answer of the small instance and everything that its card shows."""
    answer = size(two_role_hub(), two_role_question())
    return answer, stress(answer, answer.plan, lambda _: None)


@pytest.fixture
def page(found, tmp_path, monkeypatch):
    """The page of the answer, without its PDF."""
    monkeypatch.setattr(card, "print_pdf", lambda page, pdf: "no PDF here")
    assert card.write_card(*found, tmp_path) == [tmp_path / "card.html"]
    return (tmp_path / "card.html").read_text()


def test_the_page_shows_the_plan_the_guarantee_and_its_conditions(found, page):
    answer, _ = found
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'").replace("&gt;", ">")
    for line in statement(answer):
        assert line in said
    assert "Conditional on this model" in said
    assert "Cheapest plan found" in said
    assert "optimal" not in said.lower()
    assert f"{answer.certificates[-1].met} met it" in said


def test_the_page_shows_the_remarks_on_the_inputs_that_the_terminal_shows(found, tmp_path, monkeypatch):
    answer, shown = found
    monkeypatch.setattr(card, "print_pdf", lambda page, pdf: "no PDF here")
    monkeypatch.setattr(card, "input_warnings", lambda config: ["demand.multiplier=9 & more: check the value"])
    card.write_card(answer, shown, tmp_path)
    assert "<li>demand.multiplier=9 &amp; more: check the value</li>" in (tmp_path / "card.html").read_text()


def test_the_page_needs_no_other_file(page):
    assert page.count("data:image/png;base64,") == 2
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_the_terminal_says_the_same(found):
    lines = card_lines(*found)
    for line in statement(found[0]):
        assert f"  - {line}" in lines
    assert any(line.startswith("nobody hired") for line in lines)
    assert any(line.startswith("every decision 2 weeks later") for line in lines)


def test_hiring_helps_and_waiting_costs(found):
    _, shown = found
    assert shown.as_planned.mean().estimate > shown.idle.mean().estimate
    assert shown.late[0][1].mean().estimate >= shown.late[-1][1].mean().estimate
    course, idle = shown.with_plan["referral_to_assessment"], shown.without["referral_to_assessment"]
    assert course.weekly.shape == idle.weekly.shape == (4, 15)
    assert course.peak.mean() <= idle.peak.mean()
    assert (course.cost_gbp > idle.cost_gbp).all()


def test_every_number_is_written_and_the_plan_can_be_run(found, tmp_path):
    answer, shown = found
    numbers, option = write_files(answer, shown, tmp_path)
    told = json.loads(numbers.read_text())
    assert told["certified"] == answer.certified
    assert told["plan_units"] == [list(row) for row in answer.plan]
    assert told["replications"]["used"] == answer.tally.used
    assert len(told["card"]["with_plan"]["referral_to_assessment"]["list_median"]) == 15
    written = Staffing.model_validate(yaml.safe_load(option.read_text()))
    assert written == staffed(answer.config, answer.menu, answer.plan).staffing


def test_more_demand_comes_from_everywhere(hub_config):
    before = hub_config("scenario=major_incident")
    after = more_demand(before, 1.25)
    assert after.demand.multiplier == 1.25 * before.demand.multiplier
    shares = [
        [exposure.take_up_share for incident in config.incident.values() for exposure in incident.exposed.values()]
        for config in (before, after)
    ]
    assert np.allclose(np.array(shares[1]), 1.25 * np.array(shares[0]))


def test_a_plan_that_is_not_certified_is_not_called_enough(hub_config):
    answer, _ = made_up(hub_config("scenario=major_incident"), read_question(), passed=False)
    assert headline(answer).startswith("Not certified. The cheapest plan that passed the search asks for 15.5 WTE")
    nobody = replace(answer, plan=nothing(answer.menu))
    assert headline(nobody).startswith("Not certified. The cheapest plan that passed the search asks for nobody.")


def test_an_unattainable_target_says_what_caps_it(tmp_path, monkeypatch):
    monkeypatch.setattr(card, "print_pdf", lambda page, pdf: "no PDF here")
    answer = size(two_role_hub(), two_role_question(target__days=7, target__share=0.95, target__assurance=0.8))
    card.write_card(answer, None, tmp_path)
    page = (tmp_path / "card.html").read_text()
    assert "The target cannot be met: even hiring everyone available on day one" in page
    assert "data:image" not in page
    assert card_lines(answer, None)[2].startswith("The target cannot be met")
