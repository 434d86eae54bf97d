"""Where everybody stands, day by day: one replication's events as stays in the few places that a planner thinks in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.stages import PLACES

if TYPE_CHECKING:
    import pandas as pd

GONE = -1
_LISTS = {name: number for number, place in enumerate(PLACES) for name in place.lists}
_WORK = {name: number for number, place in enumerate(PLACES) for name in place.work}
COLUMNS = ["entity_id", "client_id", "pathway", "place", "from_day", "to_day"]


def stays_of(events: pd.DataFrame) -> pd.DataFrame:
    """Return every stay of every person in a place.

    Parameters
    ----------
    events
        The `events` table of one Hub in one replication, in order of time.

    Returns
    -------
    pandas.DataFrame
        One row a stay: `entity_id` (a person's referral), `client_id`, `pathway` (staff group), `place` (a position in
        `PLACES`), `from_day` and `to_day` (exclusive; infinite for those who have not moved on).
    """
    import pandas as pd

    now: dict[int, tuple[int, float]] = {}
    rows: list[tuple[int, str, str, int, float, float]] = []
    columns = (events[name].to_numpy() for name in ("entity_id", "client_id", "pathway", "event_type", "event", "time"))
    who: dict[int, tuple[str, str]] = {}
    for entity, client, pathway, kind, event, day in zip(*columns, strict=True):
        place, since = now.get(entity, (GONE, day))
        new = place_after(kind, event, place)
        if new == place:
            continue
        who[entity] = (client, pathway)
        if place != GONE:
            rows.append((entity, client, pathway, place, since, day))
        now[entity] = (new, day)
    rows += [(entity, *who[entity], place, since, np.inf) for entity, (place, since) in now.items() if place != GONE]
    return pd.DataFrame(rows, columns=COLUMNS)


def place_after(kind: str, event: str, place: int) -> int:
    """Return where somebody is after an event, who was in `place` before it."""
    if kind == "arrival_departure":
        return 0 if event == "arrival" else GONE
    if kind == "queue":
        name, of_modality, _ = event.removeprefix("waits for ").partition(":")
        new = _LISTS.get(name + of_modality, place)
    else:
        new = _WORK.get(event.partition(" ")[0], place) if kind == "resource_use" else place
    return place if place in PLACES[new].unless else new


def at_day(stays: pd.DataFrame, day: float) -> pd.DataFrame:
    """Return the stays that are going on at a moment, the longest first."""
    going = stays[(stays["from_day"] <= day) & (stays["to_day"] > day)]
    return going.sort_values(["place", "from_day", "entity_id"])


def most_at_once(stays: pd.DataFrame) -> int:
    """Return the most people that were ever in one place together."""
    most = 0
    for _, mine in stays.groupby("place"):
        days = np.concatenate([mine["from_day"], mine["to_day"]])
        steps = np.repeat([1, -1], len(mine))
        order = np.lexsort((steps, days))  # who leaves at a moment leaves before others come
        most = max(most, int(steps[order].cumsum().max()))
    return most
