"""People who have been drawn, kept in memory for the next staffing plan that meets them."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from sim.cohort.draw import draw_cohort
from sim.cohort.table import Cohort
from sim.config import HubConfig

ROOM_BYTES = 256_000_000
"""Of one process; who was met the longest ago goes first."""
_kept: OrderedDict[tuple[str, int, int], Cohort] = OrderedDict()


def same_people(config: HubConfig, replication: int, hub: int, key: str) -> Cohort:
    """Return what `draw_cohort` does, from memory where these people have been drawn before.

    Parameters
    ----------
    key
        `sim.run.manifest.people_key` of the configuration; of one with uncertain numbers, before they were drawn.
    """
    found = _kept.pop((key, replication, hub), None)
    if found is None:
        found = draw_cohort(config, replication, hub)
        held = sum(map(size_of, _kept.values()))
        while _kept and held + size_of(found) > ROOM_BYTES:
            held -= size_of(_kept.popitem(last=False)[1])
    _kept[key, replication, hub] = found
    return found


def size_of(cohort: Cohort) -> int:
    """Return how many bytes a cohort's arrays take."""
    columns = [*vars(cohort).values(), *vars(cohort.decisions).values()]
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))
