"""Replications that are wanted: what a place that runs them offers, and whether there is room for what is asked for."""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.config import HubConfig
from sim.errors import HubError
from sim.run.replicate import ALWAYS_PART, Replication
from sim.run.results import ALWAYS
from sim.run.store import NOT_TO_BE_WRITTEN, Shelf


@dataclass(frozen=True)
class Task:
    """One replication that is wanted, and where it is kept."""

    config: HubConfig
    number: int
    shelf: Shelf | None
    cell: int = 0
    """Which of the cells of a sweep it belongs to."""
    tables: tuple[str, ...] = ()
    """All that is wanted of it; without them what `replicate` always makes."""
    people: str = ""
    """As `replicate` takes it."""

    @property
    def key(self) -> str:
        """Of the shelf; empty without one."""
        return self.shelf.key if self.shelf else ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The tables that it makes."""
        return self.tables or (*ALWAYS, *self.config.run.keep)


Promise = Callable[[], Replication]
"""Waits for a replication and returns it, or raises what went wrong."""


class Place:
    """Somewhere that replications can run."""

    ahead = 1
    """How many replications are asked for before the first of them is needed."""

    def submit(self, task: Task) -> Promise:
        """Ask for a replication; what is returned waits for it."""
        raise NotImplementedError

    def finish(self) -> None:
        """Put things away when all has been waited for."""

    def leave(self) -> None:
        """Give up at once what was asked for and not waited for."""


def say_unkept(task: Task, reason: str) -> None:
    """Say, once for a store, that what is simulated is not kept there, if there is a reason."""
    if reason:
        say_once(f"run.store: got {task.config.run.store}; {reason}: what is simulated now is not kept there")


@cache
def say_once(line: str) -> None:
    """Say what is good to know and stops nobody; the first time only."""
    print(line, file=sys.stderr)


BYTES_PER_HUB = {
    "tables": 300_000, "cohort": 500_000, "journeys": 750_000, "events": 2_500_000, "staff_days": 150_000,
}  # fmt: skip
"""Room that a replication of one Hub may take: three times or more what the default does, here and in the results."""
BYTES_ARE_OF_DAYS = 1461
MEMORY_PER_ROW, MEMORY_PER_ROW_IN_A_SWEEP = 120, 30
"""Bytes that an analysis takes at its peak for a row of the tables that are always made: measured 70 to 120, and 19."""


def check_room(key: str, folder: Path, configs: Sequence[tuple[HubConfig, int]]) -> None:
    """Make a folder, and refuse it if it cannot be written or the disk is too full for so many replications.

    `key` is where the user names the folder: a store (`run.store`) that is there and cannot be written is not refused,
    since it may be complete. `configs` are what is to be simulated, and how many replications of each.
    """
    there = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"1")
    except OSError as error:
        if key == "run.store" and there and error.errno in NOT_TO_BE_WRITTEN:
            return
        raise HubError(f"{key}: got {folder}; {error.strerror}: choose a folder that can be written") from None
    needed = sum(replications * bytes_of(config) for config, replications in configs)
    free = shutil.disk_usage(folder).free
    if needed > free:
        fewer = ", or keep fewer tables (run.keep)" if any(config.run.keep for config, _ in configs) else ""
        raise HubError(
            f"{key}: got {folder}, with {free / 1e9:.1f} GB free; about {needed / 1e9:.1f} GB may be needed: "
            f"make room (hub store shows what is kept), run fewer replications{fewer}"
        )


def check_memory(first: Replication, replications: int, together: bool) -> None:
    """Refuse more replications than can be put side by side in memory, as soon as the first of them is there.

    The others have about as many rows as the first. Of a cell of a sweep (`together`) only those for everyone are read.
    """
    rows = sum(first.tables[name].num_rows for name in ALWAYS)
    each = rows * (MEMORY_PER_ROW_IN_A_SWEEP if together else MEMORY_PER_ROW)
    free = free_memory()
    if replications * each > free:
        raise HubError(
            f"run.replications: got {replications}; to put them side by side takes about "
            f"{replications * each / 1e9:.0f} GB of memory, of which {free / 1e9:.1f} GB is free: "
            f"ask for {max(1, int(free / each / 2)):,} or fewer"
        )


def free_memory() -> float:
    """Return how many bytes of memory this process may still take; infinite where that cannot be known."""
    free = math.inf
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = 1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1])
    with suppress(OSError, ValueError):  # the limit of a container
        group = Path("/sys/fs/cgroup")
        free = min(free, int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    with suppress(ImportError, OSError, ValueError):  # ulimit -v
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        free = free if limit == resource.RLIM_INFINITY else min(free, limit - used)
    return max(0.0, free)


def bytes_of(config: HubConfig) -> int:
    """Return what one replication may take on the disk, results and store together, with a wide margin."""
    a_hub = sum(BYTES_PER_HUB[name] for name in (ALWAYS_PART, *config.run.keep))
    times_as_long = max(1.0, (config.run.horizon_days + config.run.run_in_days) / BYTES_ARE_OF_DAYS)
    return round(config.hubs.count * times_as_long * a_hub)
