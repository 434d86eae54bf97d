"""The page of stages says what the model's own tables say."""

import pytest
from pathway_picture import PICTURE, PLACES, WORDS, picture
from stages_page import PAGE, page

from sim.measures import MEASURES
from sim.stages import ALL_STAGES, LISTED, MILESTONES

pytestmark = pytest.mark.unit


def test_the_page_is_as_the_tables_are():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: make docs"


def test_the_picture_is_as_the_tables_are_and_no_box_lies_on_another():
    assert PICTURE.read_text(encoding="utf-8") == picture(), "draw it anew: make docs"
    assert len(set(PLACES.values())) == len(PLACES)


def test_the_picture_has_every_milestone_and_every_wait_on_a_list():
    drawn = picture()
    for milestone in MILESTONES:
        assert f">{WORDS.get(milestone.name, milestone.name)}</text>" in drawn, milestone.name
    for stage in (stage for stage in LISTED if not stage.by_stay):
        assert f">waits for {stage.waits_for}</text>" in drawn, stage.name


def test_the_page_names_every_stage_and_measure():
    text = page()
    assert all(f"| `{name}` |" in text for name in [*MEASURES, *(stage.name for stage in ALL_STAGES)])
