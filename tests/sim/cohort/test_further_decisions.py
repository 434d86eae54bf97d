"""Decisions for which a person's row has no room stand in a block of their own, and move nobody's other numbers."""

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort import table
from sim.cohort.sources import Source
from sim.config import changed
from sim.streams import EPISODE_COLUMNS, FURTHER_COLUMNS

pytestmark = pytest.mark.unit
PEOPLE = 400
SOURCES = [Source((0, "background", "a"), "background"), Source((0, "background", "b"), "background")]
PLACES = [np.arange(0, PEOPLE, 2), np.arange(1, PEOPLE, 2)]


@pytest.fixture
def drawn(hub_config, monkeypatch):
    """Draw the luck of people of two sources, with decisions in further columns or without."""

    def draw(further, sources=SOURCES):
        monkeypatch.setattr(table, "HAS_FURTHER", further)
        config = changed(hub_config(), {"pathway.re_referral.share": 0.5})
        return table.draw_luck(config, 0, sources, PLACES)

    return draw


def test_what_is_drawn_without_them_stays_as_it_is(drawn):
    luck, wider = drawn(further=False), drawn(further=True)
    assert luck.first.shape == (PEOPLE, 1, EPISODE_COLUMNS)
    assert wider.first.shape == (PEOPLE, 1, EPISODE_COLUMNS + FURTHER_COLUMNS)
    for part in ("person", "returning", "offers", "attendance"):
        assert np.array_equal(getattr(luck, part), getattr(wider, part))
    for part in ("first", "later"):
        assert np.array_equal(getattr(luck, part), getattr(wider, part)[:, :, :EPISODE_COLUMNS])


def test_every_episode_of_everybody_has_uniforms_of_its_own(drawn):
    wider = drawn(further=True)
    assert len(wider.returning) > PEOPLE / 4
    values = np.concatenate([part[:, :, EPISODE_COLUMNS:].ravel() for part in (wider.first, wider.later)])
    assert len(np.unique(values)) == len(values) == (PEOPLE + 2 * len(wider.returning)) * FURTHER_COLUMNS
    assert abs(values.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(values))


def test_they_stay_with_a_person_whoever_else_comes(drawn, hub_config):
    everybody = drawn(further=True).first[PLACES[0], 0, EPISODE_COLUMNS:]
    some = np.arange(0, len(everybody), 3)
    found = table.further_decisions(hub_config(), 0, replace(SOURCES[0], numbers=some), some)
    assert np.array_equal(found[:, 0], everybody[some])
