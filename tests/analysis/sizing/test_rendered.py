"""The card as a board sees it: the answer on one A4 page however long the plan, the rest overleaf, nothing cut off."""

import re

import pytest
from made_up_answer import made_up, out_of_reach
from pypdf import PdfReader

from analysis.sizing.card import write_card
from analysis.sizing.question import read_question

pytestmark = pytest.mark.integration

A4_POINTS = (595, 842)
QUESTIONS = {"one target": [], "three targets": ["sizing=whole_pathway"]}


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("one target", True),
        ("three targets", False),
        pytest.param("one target", False, marks=pytest.mark.heavy),
        pytest.param("three targets", True, marks=pytest.mark.heavy),
    ],
)
@pytest.mark.drawn
def test_the_longest_card_is_a_page_and_its_back_with_nothing_cut_off(
    asked, passed, faults_shown, hub_config, tmp_path
):
    answer = made_up(hub_config("scenario=major_incident"), read_question(QUESTIONS[asked]), passed)
    page, pdf = write_card(*answer, tmp_path)
    pages = PdfReader(pdf).pages
    assert [(round(one.mediabox.width), round(one.mediabox.height)) for one in pages] == [A4_POINTS] * 2
    front, back = (re.sub(r"\s+", " ", one.extract_text()) for one in pages)
    assert "WTE in all" in front
    assert "Why not less?" in front
    assert "Written" in front
    assert "replications used" in front + back
    assert "What becomes of every list" in back
    assert "Plans of other kinds" in back
    assert faults_shown(page) == ""


@pytest.mark.parametrize("asked", ["one target", pytest.param("three targets", marks=pytest.mark.heavy)])
@pytest.mark.drawn
def test_a_card_without_a_plan_that_meets_the_target_is_a_page_and_its_back_too(asked, hub_config, tmp_path):
    answer = out_of_reach(hub_config("scenario=major_incident"), read_question(QUESTIONS[asked]))
    _, pdf = write_card(*answer, tmp_path)
    front, back = (re.sub(r"\s+", " ", one.extract_text()) for one in PdfReader(pdf).pages)
    assert "The target cannot be met" in front
    assert "The nearest plan asks for" in front
    assert "WTE in all" in front
    assert "What stands in the way is" in front
    assert "it is not certified" in back
