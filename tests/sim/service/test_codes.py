"""The service's codes: the configuration and the results say the same."""

import pytest

from sim.config.pathway import OUTCOMES
from sim.config.staffing import ACTIVITIES
from sim.service.enums import Activity, Outcome, text_of

pytestmark = pytest.mark.unit


def test_activities_and_outcomes_are_those_of_the_configuration_in_its_order():
    assert [text_of(activity) for activity in Activity] == [*ACTIVITIES, "idle"]
    assert [text_of(outcome) for outcome in Outcome if outcome >= 0] == list(OUTCOMES)
