from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.runs.story import at_day, most_at_once, stays_of
from sim.config import HubConfig
from sim.run.replicate import replicate

SCREENING, ASSESSMENT, THERAPY_LIST, THERAPY, GROUP, ELSEWHERE = range(6)
"""Places of `sim.stages.PLACES`, in their order."""


def events(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(entity, f"c{entity}", "ambulance", kind, event, day) for entity, kind, event, day in rows],
        columns=["entity_id", "client_id", "pathway", "event_type", "event", "time"],
    )


ONE = events(
    (1, "arrival_departure", "arrival", 0.0),
    (1, "queue", "waits for screening_review", 1.0),
    (1, "queue", "waits for contact", 2.0),
    (1, "queue", "waits for assessment", 3.0),
    (1, "resource_use", "assessment attended", 10.0),
    (1, "queue", "waits for therapy:cbt", 10.0),
    (1, "queue", "waits for navigation", 10.0),
    (1, "resource_use", "navigation done", 12.0),
    (1, "queue", "waits for check_in", 20.0),
    (1, "resource_use", "therapy attended", 30.0),
    (1, "resource_use_end", "therapy attended", 30.1),
    (1, "resource_use", "therapy missed", 40.0),
    (1, "arrival_departure", "depart", 50.0),
)


@pytest.mark.unit
def test_a_person_stands_in_one_place_after_another() -> None:
    stays = stays_of(ONE)
    told = list(zip(stays["place"], stays["from_day"], stays["to_day"], strict=True))
    assert told == [(SCREENING, 0, 3), (ASSESSMENT, 3, 10), (THERAPY_LIST, 10, 30), (THERAPY, 30, 50)]


@pytest.mark.unit
def test_who_is_only_helped_elsewhere_or_in_a_group_stands_there() -> None:
    away = [(2, "arrival_departure", "arrival", 0.0), (2, "queue", "waits for navigation", 1.0)]
    group = [(3, "arrival_departure", "arrival", 0.0), (3, "queue", "waits for group", 2.0)]
    stays = stays_of(events(*away, *group))
    assert at_day(stays, 5.0)["place"].tolist() == [GROUP, ELSEWHERE]
    assert np.isinf(at_day(stays, 5.0)["to_day"]).all()


@pytest.mark.unit
def test_the_most_at_once_counts_who_leaves_before_who_comes() -> None:
    turns = [(n, *event) for n in range(3) for event in (
        ("arrival_departure", "arrival", float(n)), ("arrival_departure", "depart", float(n + 1)))]  # fmt: skip
    assert most_at_once(stays_of(events(*sorted(turns, key=lambda row: row[3])))) == 1


@pytest.mark.integration
def test_nobody_is_lost_between_the_places(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config("run.keep=[events,journeys]", **{"run.horizon_days": 183, "run.opening.mode": "empty"})
    tables = replicate(config, 0).tables
    stays, journeys = stays_of(tables["events"].to_pandas()), tables["journeys"].to_pandas()
    for day in (0.0, 30.5, 120.25, 182.9):
        with_hub = (journeys["referred_day"] <= day) & ~(journeys["closed_day"] <= day)
        assert len(at_day(stays, day)) == int(with_hub.sum())
