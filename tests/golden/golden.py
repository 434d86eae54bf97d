"""Compare every table of the golden configurations with the digests in digests.csv: `make golden`.

A digest stands for what a table says: its columns, their types and every value, whatever way it is held in memory.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import multiprocessing
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parent))

from configurations import GOLDEN, SHORT

from analysis.runs.story import story_lines
from sim.config import validate
from sim.launch.compose import Composer
from sim.run.replicate import replicate

COMMITTED = Path(__file__).with_name("digests.csv")
STORY = "story"
"""Beside the tables: what `hub story` tells of the client who took most of the staff's time."""


class Line(NamedTuple):
    """The digest of one table of one configuration."""

    configuration: str
    table: str
    rows: int
    digest: str


@cache
def _composer() -> Composer:
    return Composer()


def digest_of(table: pa.Table) -> str:
    """Return the digest of what a table says: the same however it is cut into chunks or its words are coded."""
    digest = hashlib.blake2b(digest_size=8)
    for field, column in zip(table.schema, table.columns, strict=True):
        values = column.combine_chunks()
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        digest.update(f"{field.name} {values.type} {len(values)}\n".encode())
        digest.update(pc.is_null(values).cast(pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
        if pa.types.is_string(values.type):
            digest.update("\n".join(values.fill_null("").to_pylist()).encode())
        else:
            known = values.cast(pa.uint8()) if pa.types.is_boolean(values.type) else values
            digest.update(known.fill_null(0).to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def lines_of(name: str) -> list[Line]:
    """Simulate one golden configuration and return the digests of its tables, and of a client's story."""
    config = validate(_composer().cells([*SHORT, *GOLDEN[name]], multirun=False)[0].config)
    tables = dict(replicate(config, 0).tables)
    journeys = tables["journeys"]
    if len(journeys):
        busiest = journeys["client_id"][pc.index(journeys["staff_minutes"], pc.max(journeys["staff_minutes"])).as_py()]
        tables[STORY] = pa.table({"text": story_lines(config, busiest.as_py(), 0)})
    return [Line(name, table, len(rows), digest_of(rows)) for table, rows in sorted(tables.items())]


def committed() -> list[Line]:
    """Return the digests that are kept."""
    with COMMITTED.open(newline="") as file:
        return [
            Line(row["configuration"], row["table"], int(row["rows"]), row["digest"]) for row in csv.DictReader(file)
        ]


def differences(found: Iterable[Line], names: Iterable[str]) -> list[str]:
    """Return one line for each table of these configurations that is not as it is kept."""
    chosen = set(names)
    before = {line[:2]: line for line in committed() if line.configuration in chosen}
    now = {line[:2]: line for line in found}
    lines = []
    for key in sorted(before.keys() | now.keys()):
        was, is_now = before.get(key), now.get(key)
        if was == is_now:
            continue
        if was is None or is_now is None:
            what = "is new" if was is None else "is gone"
        elif was.rows != is_now.rows:
            what = f"has {is_now.rows:,} rows; had {was.rows:,}"
        else:
            what = "has other values"
        lines.append(f"{key[0]}: {key[1]} {what}")
    return lines


def main(argv: list[str] | None = None) -> int:
    """Simulate the golden configurations and compare, or write their digests anew."""
    parser = argparse.ArgumentParser(prog="make golden", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="CONFIGURATION", help="only these (default: all)")
    parser.add_argument("--write", action="store_true", help="write the digests of all configurations anew")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.names if name not in GOLDEN]:
        parser.error(f"no golden configuration {unknown[0]!r}; they are: {', '.join(GOLDEN)}")
    if options.write and options.names:
        parser.error("--write writes all of them; leave out the names")
    started, names = perf_counter(), options.names or list(GOLDEN)
    cores = min(len(names), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        found = [line for lines in pool.map(lines_of, names, chunksize=1) for line in lines]
    took = f"{len(names)} configurations, {len(found)} tables, {perf_counter() - started:.0f} s"
    different = differences(found, names) if COMMITTED.exists() else []
    if options.write:
        with COMMITTED.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([Line._fields, *found])
        print(*different, f"{len(different)} changed; written: {took}", sep="\n")
        return 0
    print(*different, f"{len(different)} differ" if different else f"all as kept: {took}", sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
