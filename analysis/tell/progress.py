"""How far a run or sweep has come: a bar with the time left on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sim.run.experiment import Told

LINES_OF_PROGRESS = 10
"""Where there is no terminal: one line each time another tenth is done."""


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """Give what to call after each replication."""
    if not sys.stderr.isatty():
        yield lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("left"), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda finished, of: shown.update(task, completed=finished, total=of)


def lines() -> Told:
    """Return what writes a line each time another tenth is done."""
    started = time.monotonic()
    written = 0

    def told(finished: int, of: int) -> None:
        nonlocal written
        tenths = finished * LINES_OF_PROGRESS // of
        if tenths <= written:
            return
        written = tenths
        left = (time.monotonic() - started) / finished * (of - finished)
        ending = f", about {_duration(left)} left" if finished < of else ""
        print(f"{finished} of {of} replications{ending}", file=sys.stderr, flush=True)

    return told


def _duration(seconds: float) -> str:
    minute, hour = 60, 3600
    if seconds < 2 * minute:
        return f"{seconds:.0f} s"
    return f"{seconds / minute:.0f} min" if seconds < 2 * hour else f"{seconds / hour:.1f} h"
