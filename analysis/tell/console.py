"""The terminal: how a command ends, with the exit status that scripts rely on; tables; how far a run has come."""

from __future__ import annotations

import atexit
import gc
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO, TextIOWrapper
from typing import IO, TYPE_CHECKING, Any

from sim.errors import FULL, HubError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.run.experiment import Told

AS_WIDE_AS_IT_IS = (1, 10_000)
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
LINES_OF_PROGRESS, BETWEEN_SECONDS = 10, 10.0
"""Where there is no terminal: a line where another tenth is done and so long has passed since the last; and one at the
end."""
TOGETHER_SECONDS = 5.0
"""Signals within so long of each other are one interruption."""


def exit_status(command: Callable[[], int], if_interrupted: str) -> int:
    """Run a command and return its exit status, 2 if it refused its input, 1 if the machine failed, 130 if stopped."""
    _interrupt_on_signals()
    atexit.register(gc.freeze)  # at the end Python would look through all that is loaded for garbage, for 0.3 s
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
    try:
        status = command()
        sys.stdout.flush()  # while a reader that has enough is still noticed
        return status
    except HubError as problem:
        print(problem, file=sys.stderr)
        return problem.status
    except BrokenPipeError:  # whoever read the output, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        if error.errno in FULL:
            remedy = "make room and run it again; what run.store holds is not simulated again"
            where = f"{error.filename}: " if error.filename else ""
            print(f"{where}the disk is full; {remedy}", file=sys.stderr)
            return FAILED
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}; choose a folder that can be written", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(if_interrupted, file=sys.stderr)
        return INTERRUPTED


def console(width: int, within: tuple[int, int] | None = None, file: IO[str] | None = None) -> Console:
    """Return where texts and tables are printed just as they are: nothing in them is markup.

    A file or another program, which have no width of their own, gets `width` columns; a terminal is used as wide as it
    is `within` these, and gets `width` too where they are not given.
    """
    from rich.console import Console

    # In a notebook too, which would display each part by itself, and asks for colours even in a text that is kept.
    kept = False if isinstance(file, StringIO) else None
    shown = Console(file=file, highlight=False, emoji=False, markup=False, force_jupyter=False, force_terminal=kept)
    least, most = within if within and shown.is_terminal else (width, width)
    shown.width = min(max(shown.width, least), most)
    return shown


def plain_table(**more: Any) -> Table:
    """Return an empty table without lines."""
    from rich.table import Table

    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", **more)


def _interrupt_on_signals() -> None:
    """Take a scheduler's way of ending a command, and a terminal that is closed, as Ctrl-C.

    What whoever started the command chose to ignore, as `nohup` does, stays ignored. Signals that come together
    interrupt once, so that what puts things away is not interrupted itself.
    """
    last = -math.inf

    def interrupt(*_: object) -> None:
        nonlocal last
        if (now := time.monotonic()) - last > TOGETHER_SECONDS:
            last = now
            raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if (sign := getattr(signal, name, None)) is None or signal.getsignal(sign) is signal.SIG_IGN:
            continue
        with suppress(ValueError):  # not the main thread
            signal.signal(sign, interrupt)


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
    """Return what writes a line where another tenth is done, and not many in a short time."""
    from analysis.tell.wording import duration

    started = last = time.monotonic()
    written = 0

    def told(finished: int, of: int) -> None:
        nonlocal written, last
        tenths, now = finished * LINES_OF_PROGRESS // of, time.monotonic()
        if tenths <= written or (now - last < BETWEEN_SECONDS and finished < of):
            return
        written, last = tenths, now
        left = (now - started) / finished * (of - finished)
        ending = f", about {duration(left)} left" if finished < of else ""
        print(f"{finished} of {of} replications{ending}", file=sys.stderr, flush=True)

    return told


@contextmanager
def steps(what: str) -> Iterator[Callable[[str], None]]:
    """Give what to call with what is being done: each text is a line, with minutes and seconds since the start.

    On a terminal a clock runs below the lines, so that nobody need wonder whether it still works.
    """
    began = time.monotonic()

    def line(text: str) -> str:
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        return f"{minutes:>2}:{seconds:02d} {text}"

    if not sys.stderr.isatty():
        yield lambda text: print(line(text), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False, markup=False)
    columns = SpinnerColumn(), TextColumn(what)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as clock:
        clock.add_task("", total=None)
        yield lambda text: console.print(line(text), soft_wrap=True)
