"""The page of stages says what the model's own tables say."""

import pytest
from stages_page import PAGE, diagram, page

from sim.measures import MEASURES
from sim.stages import ALL_STAGES, LISTED, MILESTONES

pytestmark = pytest.mark.unit


def test_the_page_is_as_the_tables_are():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: make docs"


def test_the_diagram_has_every_milestone_and_every_wait_on_a_list():
    lines = [line.strip() for line in diagram().splitlines()]
    for milestone in MILESTONES:
        assert any(line.startswith((f"{milestone.name}[", f"{milestone.name}([")) for line in lines)
    for stage in (stage for stage in LISTED if not stage.by_stay):
        assert f'{stage.joins} == "waits for {stage.waits_for}" ==> {stage.closes}' in lines


def test_the_page_names_every_stage_and_measure():
    text = page()
    assert all(f"| `{name}` |" in text for name in [*MEASURES, *(stage.name for stage in ALL_STAGES)])
