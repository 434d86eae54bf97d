"""One replication: draw who comes and who works, run the service, count and audit what happened."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import pyarrow as pa

from sim.cohort.draw import draw_cohort, hub_size
from sim.cohort.kept import same_people
from sim.config import HubConfig
from sim.evidence.uncertainty import drawn
from sim.measures import count_measures
from sim.measures.audit import audit
from sim.measures.history import History
from sim.measures.queues import weekly_table
from sim.measures.rows import Row
from sim.measures.tables import ON_REQUEST
from sim.measures.waits import in_time_table, wait_table
from sim.roster.table import draw_roster
from sim.run.results import ALWAYS, make_table
from sim.service.hub import run_service


@dataclass(frozen=True)
class Replication:
    """What one replication leaves: its tables by name, the audit rules it passed, and seconds by step."""

    number: int
    tables: dict[str, pa.Table]
    audited: list[str]
    seconds: dict[str, float]
    from_store: bool = False
    """Whether it was simulated before."""


def replicate(config: HubConfig, replication: int, tables: Sequence[str] = (), people: str = "") -> Replication:
    """Simulate one replication of all Hubs. Depends on the configuration, its seed and the number alone.

    Parameters
    ----------
    tables
        All that is wanted of it, and then it is not audited; without them every table that is always made, those of
        `run.keep`, and the audit.
    people
        The configuration's `people_key`, where other configurations will meet the same people: they are kept.

    Raises
    ------
    AuditBreach
        When the replication contradicts itself; names the rule and the client or post.
    """
    config = drawn(config, replication)
    made: dict[str, list[pa.Table]] = {}
    seconds = {"draw": 0.0, "run": 0.0, "count": 0.0, "audit": 0.0}
    audited: list[str] = []
    with _collector_off():
        for hub in range(config.hubs.count):
            history, spent = simulate_hub(config, replication, hub, people)
            started = perf_counter()
            for name in tables or (*ALWAYS, *config.run.keep):
                number = "run_number" if name == "events" else "replication"
                made.setdefault(name, []).append(
                    make_table(name, COUNT[name](history), hub=hub, **{number: replication})
                )
            counted = perf_counter()
            audited = [] if tables else audit(history)
            spent |= {"count": counted - started, "audit": perf_counter() - counted}
            seconds = {step: seconds[step] + spent[step] for step in seconds}
    joined = {name: pa.concat_tables(parts).unify_dictionaries().combine_chunks() for name, parts in made.items()}
    return Replication(replication, joined, audited, seconds)


def _measures(history: History) -> Mapping[str, Any]:
    return dict(zip(Row._fields, zip(*count_measures(history), strict=True), strict=True))


COUNT: dict[str, Callable[[History], Mapping[str, Any]]] = {
    "measures": _measures,
    "waits": wait_table,
    "weekly": weekly_table,
    "in_time": in_time_table,
    **ON_REQUEST,
}
"""What counts each table from the record of one Hub."""


def simulate_hub(config: HubConfig, replication: int, hub: int, people: str = "") -> tuple[History, dict[str, float]]:
    """Draw and run one Hub; return its history and the seconds spent in draw and run."""
    started = perf_counter()
    draw = partial(same_people, key=people) if people else draw_cohort
    cohort = draw(config, replication, hub)
    roster = draw_roster(config, replication, hub, hub_size(config, hub))
    drawn = perf_counter()
    record = run_service(config, cohort, roster)
    return History(config, cohort, roster, record), {"draw": drawn - started, "run": perf_counter() - drawn}


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the cyclic garbage collector out of a replication: its record is plain tuples, none in a cycle.

    Measured: the collector otherwise takes about a quarter of the service's time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
