"""The card says what was found, on what conditions, and needs no other file."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import yaml
from made_up_answer import made_up, out_of_reach
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing import card
from analysis.sizing.aftermath import first_week
from analysis.sizing.binding import LIMITS
from analysis.sizing.card import card_lines, write_files
from analysis.sizing.conditions import range_from, statement
from analysis.sizing.futures import more_demand
from analysis.sizing.plan import cost_gbp, nothing, staffed
from analysis.sizing.question import read_question
from analysis.sizing.sizing import size
from analysis.sizing.stress import stress
from analysis.sizing.verdict import FIRST_FRESH, Verdict, fate
from analysis.sizing.wording import headline, left_undone, plan_lines, question_words, total_line, until_words
from analysis.tell import style
from analysis.tell.warning_texts import RunWarning
from sim.config.staffing import Staffing
from sim.evidence.futures import future_of

pytestmark = pytest.mark.integration


TOLD: list[str] = []
"""What was said while the trials of the card were simulated."""


@pytest.fixture(scope="module")
def found():
    """An answer of the small instance and everything that its card shows."""
    answer = size(two_role_hub(), two_role_question())
    answer.tally.tell = TOLD.append
    return answer, stress(answer, answer.plan)


@pytest.fixture
def page(found, tmp_path, monkeypatch):
    """The page of the answer, without its PDF."""
    monkeypatch.setattr(style, "print_pdf", lambda page, pdf: "no PDF here")
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


def test_the_page_and_the_account_of_the_search_are_plain(page, words_to_avoid):
    assert words_to_avoid(re.sub(r"base64,[^\"]*", "", page)) == []
    assert words_to_avoid("\n".join(TOLD)) == []


def test_the_page_shows_the_remarks_on_the_inputs_that_the_terminal_shows(found, tmp_path, monkeypatch):
    answer, shown = found
    monkeypatch.setattr(style, "print_pdf", lambda page, pdf: "no PDF here")
    warning = RunWarning("file_unchanged", "demand.multiplier & more")
    monkeypatch.setattr(card, "input_warnings", lambda config: [warning])
    card.write_card(answer, shown, tmp_path)
    assert "cannot be changed by demand.multiplier &amp; more: leave out" in (tmp_path / "card.html").read_text()


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
    assert course.weekly.max(axis=1).mean() <= idle.weekly.max(axis=1).mean()
    assert (course.cost_gbp > idle.cost_gbp).all()


def test_the_peak_that_is_told_is_the_peak_of_the_line_that_is_drawn(found):
    answer, shown = found
    start = first_week(answer.config, answer.question)
    for course, after in zip((shown.with_plan, shown.without), shown.list_of("referral_to_assessment"), strict=True):
        drawn = np.median(course["referral_to_assessment"].weekly, axis=0)[start:]
        assert after.peak == drawn.max()
        assert drawn[after.peak_week - 1 - start] == drawn.max()
        assert after.rises_to >= after.peak


def test_while_it_simulates_the_whole_horizon_it_says_who_is_hired(found):
    said = [line.rpartition(": ")[2] for line in TOLD if "until the end of the horizon" in line]
    assert said == ["the plan", "nobody hired"]


def test_every_number_is_written_and_the_plan_can_be_run(found, tmp_path):
    answer, shown = found
    numbers, option = write_files(answer, shown, tmp_path)
    told = json.loads(numbers.read_text())
    assert told["certified"] == answer.certified
    assert told["cost_gbp"] == round(cost_gbp(answer.menu, answer.plan))
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
    assert headline(answer).startswith("Not certified. The cheapest plan that passed the search asks for 12.5 WTE")
    nobody = replace(answer, plan=nothing(answer.menu))
    assert headline(nobody).startswith("Not certified. The cheapest plan that passed the search asks for nobody.")


def test_a_line_of_the_plan_is_a_role_and_contract_and_they_add_up(hub_config):
    answer, _ = made_up(hub_config("scenario=major_incident"), read_question())
    rows = plan_lines(answer, answer.plan)
    assert {(row.role, row.kind): row.wte for row in rows} == {
        ("senior clinician", "fixed term"): (2, 3, 0, 0),
        ("senior clinician", "substantive"): (0, 0, 1, 0),
        ("senior clinician", "agency"): (3, 0, 2, 0),
        ("assistant psychologist", "agency"): (1, 0, 0, 0),
        ("coordinator", "agency"): (0.5, 0, 0, 0),
    }
    whole = total_line(answer, rows)
    assert (whole.wte, whole.total_wte) == ((6.5, 3, 3, 0), 12.5)
    assert whole.cost_gbp == pytest.approx(cost_gbp(answer.menu, answer.plan))


def test_a_card_says_how_many_an_incident_exposes_and_what_was_changed(hub_config, tmp_path):
    change = {"incident.manchester_arena.exposed.responder.persons.ambulance": 450}
    answer, _ = made_up(hub_config("scenario=major_incident", **change), read_question([]))
    answer = replace(answer, changed=("incident.manchester_arena.exposed.responder.persons={ambulance:450}",))
    told = card.content(answer, None, tmp_path)["world"]
    assert "5,950 people exposed" in told
    assert "Changed: incident.manchester_arena.exposed.responder.persons={ambulance:450}." in told
    assert any("5,950 people exposed" in line for line in card_lines(answer, None)[:5])


def test_a_plan_without_trials_is_shown_without_their_figures(hub_config, tmp_path):
    answer, shown = made_up(hub_config("scenario=major_incident"), read_question())
    page = card.content(answer, None, tmp_path)
    assert (page["figures"], page["pictures"], page["trials"]) == ([], {}, [])
    assert not list(tmp_path.iterdir())
    assert len(card_lines(answer, None)) < len(card_lines(answer, shown))
    assert page["lines"] == plan_lines(answer, answer.plan)


@pytest.mark.parametrize(("asked", "compact"), [([], False), (["sizing=assessment_and_therapy"], True)])
def test_a_short_plan_for_one_target_is_set_in_the_larger_type(asked, compact, hub_config, tmp_path):
    answer, _ = made_up(hub_config("scenario=major_incident"), read_question(asked))
    assert card.content(answer, None, tmp_path)["compact"]  # a long plan
    assert card.content(replace(answer, plan=nothing(answer.menu)), None, tmp_path)["compact"] == compact


def test_recovery_is_told_as_a_date_with_and_without_the_plan(hub_config):
    answer, shown = made_up(hub_config("scenario=major_incident"), read_question())
    # Week 70 from 1 April 2021 is 4 August 2022.
    for week, told in ((70, "4 Aug 2022"), (None, "not by 31 Mar 2024")):
        idle = tuple(row._replace(back_week=week) for row in shown.idle_lists)
        figure, what = card.key_figures(answer, replace(shown, idle_lists=idle), answer.plan)[-1]
        assert figure == "4 Aug 2022"
        assert what.endswith(f"Nobody hired: {told}")


def test_an_unattainable_target_says_what_caps_it(tmp_path, monkeypatch):
    monkeypatch.setattr(style, "print_pdf", lambda page, pdf: "no PDF here")
    answer = size(two_role_hub(), two_role_question(target__days=7, target__share=0.95, target__assurance=0.8))
    card.write_card(answer, None, tmp_path)
    page = (tmp_path / "card.html").read_text()
    assert "The target cannot be met: even hiring everyone available, as early as possible" in page
    assert "What stands in the way is" in page
    assert len(answer.attainability.reasons.each) in (3, len(LIMITS))
    assert "data:image" not in page
    assert any(line.startswith("The target cannot be met") for line in card_lines(answer, None)[:5])


@pytest.mark.parametrize("differ", ["none", "futures"])
def test_the_card_says_how_futures_differ_and_what_their_range_comes_from(hub_config, differ):
    config = hub_config("scenario=major_incident", f"uncertainty={differ}")
    answer, _ = made_up(config, read_question())
    fresh = range(FIRST_FRESH, FIRST_FRESH + 100)
    size_of = [1 - future_of(config, number).get("incident_size", 0) / 2 for number in fresh]
    answer.futures._known[answer.plan] = {n: np.array([share]) for n, share in zip(fresh, size_of, strict=True)}
    said = " ".join(statement(answer))
    if differ == "none":
        assert "Futures differ by chance alone" in said
        assert range_from(answer) == [[]]
    else:
        assert "are drawn for each, the same for every plan" in said
        assert max(range_from(answer)[0], key=lambda of: of.share).driver == "incident"
        assert "come from demand" in said


def test_the_headline_says_whose_waits_the_plan_is_enough_for_and_until_when_posts_are_paid(hub_config):
    answer, _ = made_up(hub_config("scenario=major_incident"), read_question())
    said = headline(answer)
    assert said.endswith("Enough for those referred from 23 Nov 2021 to 25 Apr 2022.")
    assert "until their contracts end, permanent posts until the end of the simulated time, 1 Apr 2024. " in said
    permanent = [option.kind == "substantive" for option in answer.menu.options]
    for keep, told in (
        (True, "until the end of the simulated time, 1 Apr 2024"),
        (False, "until their contracts end"),
    ):
        some = tuple(row if own == keep else (0,) * len(row) for row, own in zip(answer.plan, permanent, strict=True))
        assert until_words(answer, some) == told
    assert any("Nothing is promised to those referred before: few of those hired" in line for line in statement(answer))


def test_cheaper_plans_that_were_not_judged_are_told_with_the_reason(hub_config):
    answer, shown = made_up(hub_config("scenario=major_incident"), read_question())
    assert left_undone(answer) == ""
    lines = card_lines(replace(answer, neighbours=()), shown)
    undone = lines[lines.index("Why not less?") + 1].strip()
    assert undone.startswith(
        f"None of the {len(answer.neighbours)} plans one step cheaper could be judged within the 2,000"
    )
    assert left_undone(replace(answer, neighbours=answer.neighbours[:3])).startswith("Only 3 of the")
    near, its = out_of_reach(answer.config, answer.question)
    told = card_lines(near, its)
    assert told[told.index("Why not less?") + 1].strip().startswith("Not judged: this plan does not meet the target")


def test_a_cheaper_plan_that_held_too_seldom_is_told_with_what_it_cannot_promise():
    question = read_question()
    assert fate(Verdict((), "close", 18, 20), question) == (
        "held in 18 of 20 futures: too few futures to be sure of 80%"
    )
    assert fate(Verdict((), "close", 9, 20), question) == "held in 9 of 20 futures: too few"


def test_the_question_names_whose_waits_are_counted_by_date_and_week_on_page_and_terminal(hub_config, tmp_path):
    answer, shown = made_up(hub_config("scenario=major_incident"), read_question())
    whose = "those referred from 23 Nov 2021 to 25 Apr 2022"
    asked = "at least 75% of those eligible to be assessed within 42 days of referral"
    told = f"What does it take for {asked}, of {whose} (weeks 8 to 30), in 80% of futures?"
    assert question_words(answer) == told
    assert card.content(answer, None, tmp_path)["question"] == told
    assert card_lines(answer, shown)[0] == told
    assert headline(answer).endswith(f"Enough for {whose}.")
