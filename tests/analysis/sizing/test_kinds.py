"""Plans of other kinds keep to their kind, and what breaks them is told from simulation."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from made_up_answer import made_up
from two_role_hub import two_role_hub, two_role_question

from analysis.sizing import kinds
from analysis.sizing.aftermath import told_of
from analysis.sizing.card import key_figures
from analysis.sizing.kinds import OtherKind, fresh_numbers, other_kinds, restricted
from analysis.sizing.next_plan import most_allowed
from analysis.sizing.overleaf import list_remarks, list_rows, lists_table, none_found, plan_rows, plans_table
from analysis.sizing.plan import plan_of, wte_of
from analysis.sizing.question import read_question
from analysis.sizing.sizing import size
from analysis.sizing.stress import Trial
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import FIRST_FRESH
from analysis.tell.incidents import NO_BEFORE

STRICT = ("agency alone", "no agency", "all asked for at once", "a quarter fewer senior clinicians")


@pytest.fixture(scope="module")
def surge(hub_config):
    """A long plan for the whole pathway, with contracts of each kind, and what its card shows."""
    return made_up(hub_config("scenario=major_incident"), read_question(["sizing=whole_pathway"]))


@pytest.mark.unit
def test_each_kind_of_plan_leaves_out_what_its_name_says(surge):
    answer, _ = surge
    forms_of = dict(form for forms in restricted(answer.menu, answer.plan) for form in forms)
    agency, none, once, fewer = (forms_of[name] for name in STRICT)
    assert all(len(set(option.most_by[1:])) == 1 for option in forms_of["all asked for by the second decision"].options)
    assert {option.kind for option in agency.options if option.most} == {"agency"}
    assert {option.kind for option in none.options if option.most} == {"substantive", "fixed_term"}
    assert all(len(set(option.most_by)) == 1 for option in once.options)
    late = plan_of(np.array([[0, 0, 1, 0] if o.kind == "agency" else [0] * 4 for o in answer.menu.options]))
    assert not once.allows(late)  # less than could be had at first, and yet not asked for at once
    assert not forms_of["all asked for by the second decision"].allows(late)
    assert not np.array(most_allowed(once))[:, 1:].any()
    assert wte_of(answer.menu, answer.plan)["senior_clinician"] == 11
    nine = plan_of(np.array([[9, 0, 0, 0] if o == 1 else [0] * 4 for o in range(len(fewer.options))]))
    assert not fewer.allows(nine)


@pytest.mark.unit
def test_a_plan_is_not_offered_again_as_a_kind_that_it_is_of(surge):
    answer, _ = surge
    early = plan_of(np.array([[1, 0, 0, 0] if o.kind == "agency" else [0] * 4 for o in answer.menu.options]))
    names = [name for forms in restricted(answer.menu, early) for name, _ in forms]
    assert "agency alone" not in names
    assert "all asked for at once" not in names


@pytest.mark.unit
def test_a_kind_that_a_plan_found_before_is_of_as_well_is_not_searched_again(surge, monkeypatch):
    answer, _ = surge
    at_once = plan_of(np.array([[1, 0, 0, 0] if o.kind == "agency" else [0] * 4 for o in answer.menu.options]))
    searched = []

    def cheapest(search, loads, name, menu, enough):
        searched.append(name)
        return OtherKind(name, at_once if name == "agency alone" else None)

    monkeypatch.setattr(kinds, "_cheapest", cheapest)
    monkeypatch.setattr(kinds, "pressure_of", lambda *_: 1.0)
    search = SimpleNamespace(futures=answer.futures, question=answer.question)
    found = {other.name: other.plan for other in other_kinds(search, [], answer.plan)}
    assert searched == ["agency alone", "no agency"]
    assert found["half the agency"] == at_once
    assert found["all asked for at once"] == found["agency alone"] == at_once
    assert found["no agency"] is None


@pytest.mark.unit
def test_futures_that_test_other_kinds_are_no_certificates():
    attempts = 3
    assert fresh_numbers(attempts, 40).start > FIRST_FRESH * attempts + 400


@pytest.mark.unit
def test_what_breaks_a_plan_is_what_leaves_it_below_the_rate_that_was_asked_for(surge):
    answer, shown = surge
    shares = np.zeros((40, 3))
    breaks = Trial("demand", shares, 30), Trial("sickness", shares, 33), Trial("hiring", shares, 12)
    row = plan_rows(answer, replace(shown, breaks=breaks))[0]
    assert answer.question.target.assurance == 0.8  # 32 of 40
    assert row.broken_by(0.8).startswith("every decision 4 weeks later")
    assert row._replace(breaks=breaks).broken_by(0.8) == "hiring (12 of 40) and demand (30 of 40)"
    assert row._replace(breaks=(Trial("demand", shares, 32),)).broken_by(0.8) == "none of these"
    assert row._replace(breaks=(Trial("demand", shares[:10], 10),)).broken_by(0.8).startswith("not known: 10 futures")


@pytest.mark.unit
def test_a_plan_found_again_as_another_kind_has_one_line_and_one_verdict(surge):
    answer, shown = surge
    first = shown.others[0]
    again = replace(first, name="again"), replace(first, name="the cheapest again", plan=answer.plan)
    rows = plan_rows(answer, replace(shown, others=(first, *again)))
    assert [row.name for row in rows] == ["the cheapest found", first.name]
    assert plan_rows(answer, replace(shown, others=again[1:])) == []


@pytest.mark.unit
def test_the_table_of_plans_says_how_often_each_held_and_a_kind_without_one_is_named(surge):
    answer, shown = surge
    table = plans_table(answer, plan_rows(answer, shown))
    assert len(table) == 1 + len(shown.others)
    assert list(table.cost_gbp) == sorted(table.cost_gbp)
    assert ((table.held_share_low < table.held / table.of) & (table.held / table.of <= table.held_share_high)).all()
    [sentence] = none_found(answer)
    assert sentence.startswith("Tried, and no plan found. The most staff of each of these kinds met the target in: ")
    assert "a quarter fewer senior clinicians 12 of 20 futures (23.5 WTE, £" in sentence


@pytest.mark.unit
def test_every_list_that_the_surge_touches_is_told_with_dates(surge):
    answer, shown = surge
    rows = list_rows(answer, shown)
    # Week 70 from 1 April 2021 is 4 August 2022.
    assert rows[0].back == "4 Aug 2022 (33 of 40)"
    assert rows[0].idle_back == "not by 31 Mar 2024 (2 of 40)"
    assert set(lists_table(shown).staff) == {"the plan", "nobody hired"}


@pytest.mark.unit
def test_without_an_incident_no_list_has_a_before_and_after(surge, hub_config):
    answer, shown = surge
    calm = replace(answer, config=hub_config("scenario=baseline"))
    assert list_rows(calm, shown) == list_remarks(calm, shown) == []


@pytest.mark.unit
def test_front_and_back_of_a_card_give_one_peak_with_one_date(surge):
    answer, shown = surge
    rows = {row.words: row for row in list_rows(answer, shown)}
    [(peak, what)] = [figure for figure in key_figures(answer, shown, answer.plan) if figure[0].endswith("waiting")]
    assert (
        rows["for assessment"].peak
        == f"{peak.split()[0]} ({what.split('at the peak, ')[1].split(' (median)')[0]}; 1 in 10 above 120)"
    )


@pytest.mark.unit
def test_a_list_that_peaks_at_another_time_in_each_future_has_the_peak_of_its_median():
    # Each future stands at 10 but for one surge to 84 for 4 weeks, at a time of its own.
    lengths = np.full((40, 100), 10.0)
    lengths[:, :20] = 8.0
    for future in range(40):
        lengths[future, 20 + 2 * future % 70 : 24 + 2 * future % 70] = 84.0
    lengths[:, 30] = 40.0
    before, peak, peak_week, back = told_of(lengths, 20)
    assert (before, peak, peak_week) == (8.0, 40.0, 31)
    assert back is None  # the line stays at 10
    assert told_of(np.where(lengths == 10, 8, lengths), 20)[3] == 32


@pytest.mark.unit
def test_a_list_that_the_plan_makes_longer_is_explained_by_those_who_come_on_to_it(surge):
    answer, shown = surge
    assert list_remarks(answer, shown) == []
    grown = tuple(row._replace(peak=500.0, joined=1080.0) if row.name == "navigation" else row for row in shown.lists)
    [said] = list_remarks(answer, replace(shown, lists=grown))
    assert "the list for navigation. More people are assessed, so 20% more come to wait there" in said
    alike = tuple(row._replace(joined=900.0) for row in grown)
    assert "No more people join" in list_remarks(answer, replace(shown, lists=alike))[0]


@pytest.mark.unit
def test_where_the_run_begins_with_the_incident_the_card_says_why_there_is_no_before(surge):
    answer, shown = surge
    lists = tuple(row._replace(before=None, back_week=None, back=0) for row in shown.lists)
    at_once = replace(shown, lists=lists, idle_lists=lists)
    assert {(row.before, row.back) for row in list_rows(answer, at_once)} == {("–", "–")}
    assert list_remarks(answer, at_once) == [NO_BEFORE]
    assert len(key_figures(answer, at_once, answer.plan)) == len(key_figures(answer, shown, answer.plan)) - 1


@pytest.mark.integration
def test_plans_of_other_kinds_are_found_in_the_same_futures_and_cost_no_less():
    config = two_role_hub()
    question = two_role_question(search__kind_replications=300)
    answer = size(config, question)
    assert answer.certified
    forms_of = dict(form for forms in restricted(answer.menu, answer.plan) for form in forms)
    assert answer.others
    assert {other.name for other in answer.others} <= set(forms_of)
    found = [other for other in answer.others if other.plan is not None]
    prices = menu_of(config, question).without(answer.bounds.no_effect).price_gbp
    for other in found:
        assert forms_of[other.name].allows(other.plan)
        assert "at once" not in other.name or not np.array(other.plan)[:, 1:].any()
        assert (np.array(other.plan) * prices).sum() >= (np.array(answer.plan) * prices).sum()
