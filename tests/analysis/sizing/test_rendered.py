"""The card as a board sees it: one A4 page however long the plan, nothing missing and nothing cut off."""

import re

import pytest
from made_up_answer import made_up
from pypdf import PdfReader

from analysis.sizing.card import write_card
from analysis.sizing.question import read_question

pytestmark = pytest.mark.integration

A4_POINTS = (595, 842)
QUESTIONS = {"one target": [], "two targets": ["sizing=assessment_and_therapy"]}


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        ("one target", True),
        ("two targets", False),
        pytest.param("one target", False, marks=pytest.mark.heavy),
        pytest.param("two targets", True, marks=pytest.mark.heavy),
    ],
)
def test_the_longest_card_is_one_page_with_nothing_cut_off(asked, passed, faults_shown, hub_config, tmp_path):
    answer = made_up(hub_config("scenario=major_incident"), read_question(QUESTIONS[asked]), passed)
    page, pdf = write_card(*answer, tmp_path)
    pages = PdfReader(pdf).pages
    assert [(round(one.mediabox.width), round(one.mediabox.height)) for one in pages] == [A4_POINTS]
    said = re.sub(r"\s+", " ", pages[0].extract_text())
    assert "WTE in all" in said
    assert "replications used" in said
    assert faults_shown(page) == ""
