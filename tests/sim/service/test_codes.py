"""The service's codes: the configuration, the compiler and the results say the same."""

from pathlib import Path

import pytest

from sim.config.pathway import OUTCOMES
from sim.config.staffing import ACTIVITIES
from sim.service import enums
from sim.service.enums import Activity, Outcome, declarations, text_of

pytestmark = pytest.mark.unit


def test_activities_and_outcomes_are_those_of_the_configuration_in_its_order():
    assert [text_of(activity) for activity in Activity] == [*ACTIVITIES, "idle"]
    assert [text_of(outcome) for outcome in Outcome if outcome >= 0] == list(OUTCOMES)


def test_the_compiler_is_told_the_numbers_of_the_enums():
    folder = Path(enums.__file__).parent
    assert {path.name: path.read_text() for path in folder.glob("*.pxd")} == declarations()
