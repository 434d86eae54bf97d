"""One replication: draw who comes and who works, run the service, count and audit what happened."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import pyarrow as pa

from sim.cohort.draw import draw_cohort, hub_size
from sim.config import HubConfig
from sim.measures import count_measures
from sim.measures.audit import audit
from sim.measures.history import History
from sim.measures.queues import weekly_table
from sim.measures.rows import Row
from sim.measures.tables import ON_REQUEST
from sim.measures.waits import wait_table
from sim.results import make_table
from sim.roster.table import draw_roster
from sim.service.hub import run_service
from sim.uncertainty import drawn


@dataclass(frozen=True)
class Replication:
    """What one replication leaves: its tables by name, the audit rules it passed, and seconds by step."""

    number: int
    tables: dict[str, pa.Table]
    audited: list[str]
    seconds: dict[str, float]


def replicate(config: HubConfig, replication: int) -> Replication:
    """Simulate one replication of all Hubs. Depends on the configuration, its seed and the number alone.

    Raises
    ------
    AuditBreach
        When the replication contradicts itself; names the rule and the client or post.
    """
    config = drawn(config, replication)
    tables: dict[str, list[pa.Table]] = {}
    seconds = {"draw": 0.0, "run": 0.0, "count": 0.0, "audit": 0.0}
    audited: list[str] = []
    with _collector_off():
        for hub in range(config.hubs.count):
            history, spent = simulate_hub(config, replication, hub)
            started = perf_counter()
            rows = count_measures(history)
            label = {"hub": hub, "replication": replication}
            columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
            made = {
                "measures": make_table("measures", columns, **label),
                "waits": make_table("waits", wait_table(history), **label),
                "weekly": make_table("weekly", weekly_table(history), **label),
            }
            for kept in config.run.keep:
                number = {"hub": hub, "run_number": replication} if kept == "events" else label
                made[kept] = make_table(kept, ON_REQUEST[kept](history), **number)
            for name, table in made.items():
                tables.setdefault(name, []).append(table)
            counted = perf_counter()
            audited = audit(history)
            spent |= {"count": counted - started, "audit": perf_counter() - counted}
            seconds = {step: seconds[step] + spent[step] for step in seconds}
    joined = {name: pa.concat_tables(parts).unify_dictionaries().combine_chunks() for name, parts in tables.items()}
    return Replication(replication, joined, audited, seconds)


def simulate_hub(config: HubConfig, replication: int, hub: int) -> tuple[History, dict[str, float]]:
    """Draw and run one Hub; return its history and the seconds spent in draw and run."""
    started = perf_counter()
    cohort = draw_cohort(config, replication, hub)
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
