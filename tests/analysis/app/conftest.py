"""A small and quick view for every test of the page: half a year, a Hub that opens empty."""

from __future__ import annotations

import pytest

from analysis.app.view import View


@pytest.fixture
def view() -> View:
    """The baseline, shortened."""
    return View("baseline", "senior_led").with_change("days", 183).with_change("opening", "empty")
