"""The page of docs/validation.md tells what ran and what failed."""

import json

import pytest
from validation_table import FAILED, PASSED, PROPERTY, page, read

pytestmark = pytest.mark.unit

ROWS = [["one | queue", "mean list", "2", "2.01", "1.9 to 2.1", PASSED], ["one | queue", "left", "3", "4", "", FAILED]]


def junit(tmp_path, *cases):
    file = tmp_path / "validation.xml"
    tests = "".join(
        f'<testcase classname="tests.{name}" name="{test}" time="1">{told}</testcase>' for name, test, told in cases
    )
    file.write_text(
        '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" time="600.5" '
        f'timestamp="2026-11-27T08:00:00.000000+00:00">{tests}</testsuite></testsuites>'
    )
    return read(file)


def recorded(*rows):
    inside = "".join(f"<property name='{PROPERTY}' value='{json.dumps(row)}'/>" for row in rows)
    return f"<properties>{inside}</properties>"


SLOTS = ("validation.test_slots_a_day", "test_people_of_exponential_patience_leave_as_often_as_the_chain_says[1]")
BROKEN = ("validation.test_mutations", "test_a_broken_piece_is_found[patience without end]")


def test_rows_are_shown_with_their_verdicts_and_a_case_is_named_once(tmp_path):
    told = page(*junit(tmp_path, (*SLOTS, recorded(*ROWS) + "<failure/>"), (*BROKEN, "")))
    assert "| one \\| queue | mean list | 2 | 2.01 | 1.9 to 2.1 | pass |\n|  | left | 3 | 4 |  | **fail** |" in told
    assert "| a broken piece is found | patience without end | holds | pass |" in told
    assert "**1 of 3 rows fail, and 0 of 0 other tests.**" in told
    assert "27 November 2026 by `make validate` in 10 minutes" in told


def test_a_test_that_failed_before_it_recorded_anything_is_a_failure(tmp_path):
    told = page(*junit(tmp_path, (*SLOTS, recorded(ROWS[0]) + "<error/>"), (*BROKEN, "<skipped/>")))
    assert "| people of exponential patience leave as often as the chain says | 1 | holds |  |  | **fail** |" in told
    assert "| a broken piece is found | patience without end | holds | skipped |" in told
    assert "**2 of 3 rows fail, and 0 of 0 other tests.**" in told


def test_the_rest_of_the_suite_is_counted_and_counts(tmp_path):
    rest = ("sim.test_streams", "test_x", "<failure/>"), ("sim.service.test_limits", "test_y", "")
    told = page(*junit(tmp_path, (*SLOTS, recorded(ROWS[0])), *rest))
    assert "The other 2 tests of the project ran with them: 1 passed, 1 failed, 0 skipped." in told
    assert "**0 of 1 rows fail, and 1 of 2 other tests.**" in told
    passed = page(*junit(tmp_path, (*SLOTS, recorded(ROWS[0]))))
    assert "**All 1 rows pass.**" in passed
