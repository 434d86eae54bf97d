"""Figures by group are shown in the unit that stands beside them."""

from collections.abc import Callable

import pytest

from analysis.comparison.taken_apart import concerns
from sim.config import HubConfig
from sim.stages import COMPARED

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("stage", COMPARED)
def test_figures_by_group_are_scaled_to_the_unit_shown(hub_config: Callable[..., HubConfig], stage: str) -> None:
    times = {concern.unit: concern.scale for concern in concerns(hub_config(), stage)}
    assert times == {"per 1,000": 1000, "%": 100, "days": 1, "£": 1}
