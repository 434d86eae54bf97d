"""One replication: draw who comes and who works, run the service, count and audit what happened; and its bytes."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any

import pyarrow as pa

from sim.cohort import draw_cohort, hub_size, same_people
from sim.config import HubConfig
from sim.evidence.uncertainty import drawn
from sim.measures import count_measures
from sim.measures.audit import audit
from sim.measures.history import History
from sim.measures.queues import weekly_table
from sim.measures.rows import MeasureRow
from sim.measures.tables import ON_REQUEST
from sim.measures.waits import in_time_table, wait_table
from sim.roster import draw_roster
from sim.run.results import ALWAYS, make_table, unlabelled
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
    return dict(zip(MeasureRow._fields, zip(*count_measures(history), strict=True), strict=True))


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


MAGIC = b"hub replication 1\n"
ALWAYS_PART = "tables"
"""Name of the part that holds the tables that are always made; one on request is a part of its own name."""
MOST_BYTES = 1_000_000_000
"""An entry of more, packed or unpacked, is none of ours: 40 large Hubs with every table take a tenth of it."""


class Damaged(Exception):
    """An entry that is not what was written, or cannot be read."""


def part_of(table: str) -> str:
    """Return which part of a replication holds a table: all that are always made lie in one, others in their own."""
    return ALWAYS_PART if table in ALWAYS else table


def pack(result: Replication, key: str) -> dict[str, bytes]:
    """Return a replication as the contents of its files, checksum first.

    All of it is compressed in one go: 0.4 ms and 29 kB where Arrow's own compression takes 1.7 ms and 37 kB.
    """
    parts: dict[str, dict[str, pa.Table]] = {}
    for name, table in result.tables.items():
        parts.setdefault(part_of(name), {})[name] = table
    about = {"key": key, "number": result.number, "audited": result.audited, "seconds": result.seconds}
    return {name: _packed(tables, about) for name, tables in parts.items()}


def _packed(tables: dict[str, pa.Table], about: dict[str, object]) -> bytes:
    streams = {name: _stream(table) for name, table in tables.items()}
    header = json.dumps(about | {"tables": {name: len(stream) for name, stream in streams.items()}}).encode()
    body = b"".join([len(header).to_bytes(4), header, *streams.values()])
    squeezed: bytes = len(body).to_bytes(8) + _codec().compress(body, asbytes=True)
    return b"".join([MAGIC, hashlib.sha256(squeezed).digest(), squeezed])


def unpack(parts: Mapping[str, bytes], key: str, number: int) -> Replication:
    """Return the replication that `pack` was given.

    Raises Damaged when a file is not what was written, or belongs to another replication.
    """
    made = None
    tables: dict[str, pa.Table] = {}
    for name, content in parts.items():
        start = len(MAGIC) + 32
        squeezed = content[start:]
        if content[: len(MAGIC)] != MAGIC or content[len(MAGIC) : start] != hashlib.sha256(squeezed).digest():
            raise Damaged(f"replication {number}: the checksum differs")
        try:
            its_key, made = _unpacked(squeezed)
        except Exception as error:  # a checksum says nothing of what was sealed with it
            raise Damaged(f"replication {number}: {name} cannot be read ({type(error).__name__})") from None
        if (its_key, made.number) != (key, number):
            raise Damaged(f"replication {number}: the entry of another replication lies here")
        expected = ALWAYS if name == ALWAYS_PART else (name,)
        schemas = {each: table.schema for each, table in made.tables.items()}
        if schemas != {each: unlabelled(each) for each in expected}:
            raise Damaged(f"replication {number}: other tables lie under the name of {name}")
        tables |= made.tables
    if made is None:
        raise Damaged(f"replication {number}: nothing is there")
    return replace(made, tables=tables)


def _unpacked(squeezed: bytes) -> tuple[str, Replication]:
    size = int.from_bytes(squeezed[:8])
    if size > MOST_BYTES:
        raise ValueError(f"{size} bytes")
    body = memoryview(_codec().decompress(squeezed[8:], size))
    end = 4 + int.from_bytes(body[:4])
    header = json.loads(bytes(body[4:end]))
    tables = {}
    for name, length in header["tables"].items():
        tables[name] = pa.ipc.open_stream(body[end : end + length]).read_all()
        tables[name].validate(full=True)
        end += length
    seconds = {str(step): float(spent) for step, spent in header["seconds"].items()}
    return header["key"], Replication(header["number"], tables, [str(rule) for rule in header["audited"]], seconds)


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=1)
