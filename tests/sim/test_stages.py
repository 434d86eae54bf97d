"""The tables of the pathway fit together, and with what the service, the measures and the standards know."""

import ast
from pathlib import Path

import pytest

from sim.config.run import Standards
from sim.config.staffing import ACTIVITIES
from sim.run.results import SCHEMAS
from sim.service.enums import Listed
from sim.service.record import MILESTONES as RECORDED
from sim.stages import (
    ALL_STAGES,
    COMPARED,
    FROM_REFERRAL,
    LISTED,
    MILESTONES,
    PASSED,
    PLACES,
    STAGES,
    list_of,
    work_on_the_way,
)

pytestmark = pytest.mark.unit

NAMES = [milestone.name for milestone in MILESTONES]


def test_nothing_happens_before_what_it_follows():
    for number, milestone in enumerate(MILESTONES):
        assert milestone.after is None or milestone.after in NAMES[:number]


def test_the_journeys_table_has_every_milestone_and_the_service_records_those_of_the_hub():
    assert [f"{name}_day" for name in NAMES] == [name for name in SCHEMAS["journeys"].names if name.endswith("_day")]
    assert tuple(m.name for m in MILESTONES if m.at_the_hub and m.after) == RECORDED


def test_a_stage_lies_between_milestones_that_follow_each_other():
    for stage in (stage for stage in ALL_STAGES if not stage.by_stay):
        opens, closes = NAMES.index(stage.opens), NAMES.index(stage.closes)
        assert opens < closes
        assert not stage.joins or opens <= NAMES.index(stage.joins) < closes


def test_every_list_of_the_service_belongs_to_one_stage():
    lists = [name for stage in LISTED for name in stage.lists]
    assert sorted(name.rstrip(":").upper() for name in lists) == sorted(Listed.__members__)
    placed = [name for place in PLACES for name in place.lists]
    assert len(set(placed)) == len(placed)
    assert set(placed) <= set(lists)
    assert {name for stage in PASSED for name in stage.lists} <= set(placed)


def test_what_people_pass_comes_before_what_goes_on_beside():
    assert LISTED[: len(PASSED)] == PASSED


def test_the_work_of_a_stage_is_an_activity_of_the_staff():
    for stage in LISTED:
        assert stage.activities
        assert set(stage.activities) <= set(ACTIVITIES)


def test_a_client_on_the_way_to_therapy_is_screened_and_assessed_first():
    assert work_on_the_way("screening") == ("screening_review",)
    assert work_on_the_way("referral_to_assessment") == ("screening_review", "assessment")
    assert work_on_the_way("referral_to_therapy") == ("screening_review", "assessment", "therapy", "group")


def test_a_wait_over_several_lists_ends_with_the_last_of_them():
    assert [list_of(name) for name in FROM_REFERRAL] == ["screening", "assessment", "therapy"]


def test_what_is_weighed_against_cost_is_counted_from_referral():
    assert COMPARED
    assert all(STAGES[name].opens == "referred" and not STAGES[name].lists for name in COMPARED)


def test_a_standard_may_be_set_for_what_the_hub_can_be_held_to():
    known = Standards.model_json_schema()["properties"]["stages"]["propertyNames"]["enum"]
    assert known == [stage.name for stage in ALL_STAGES if stage.has_standard]
    assert "external" not in known


ELSEWHERE = {
    "analysis/calibration/targets.py": "the study's own figures",
    "analysis/estimates/headline.py": "what teams ask for, which no client waits for",
    "analysis/tell/input_warnings.py": "the activities of those names in a job plan",
    "analysis/comparison/plans.py": "what an assessment may lead to, in words",
    "analysis/sensitivity.py": "the screening of factors",
    "analysis/runs/surge.py": "the lists that a surge of referrals touches",
    "analysis/own_hub/sheets.py": "the lists that a workbook asks for",
    "analysis/own_hub/tunable.py": "the appointments that months tell of, and what a fit calls its numbers",
    "analysis/own_hub/statistics.py": "what a fit calls its figures",
    "analysis/workbook/sheets.py": "the standard by which groups are set beside each other",
    "analysis/sizing/question.py": "the wait that navigation is asked for beside",
    "analysis/sizing/fluid.py": "what each stage takes of staff; a stage that is missing there is missed by a test",
}
"""Files of `analysis` that say a stage's name, and what they mean by it."""


def test_no_other_file_of_the_analysis_names_a_stage():
    root = Path(__file__).parents[2]
    naming = {
        path.relative_to(root).as_posix()
        for path in (root / "analysis").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in STAGES
    }
    assert naming == set(ELSEWHERE)
