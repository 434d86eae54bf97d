"""Where replications run: in this process or on the cores of this machine; always handed back in order.

joblib's own pool of processes (loky) is used directly: it hands results back one at a time, so that only a few wait
in memory however many are asked for and however slow their reader is, and an error stops nobody but itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sim.config import HubConfig
from sim.config.run import Run
from sim.replicate import Replication, replicate
from sim.store import Damaged, Shelf, pack, unpack

SERIAL_BELOW = 4
"""Fewer replications than this are run in this process: starting workers takes longer."""
AHEAD = 8
"""So many replications a core are asked for before the first of them is needed, so that no core idles."""
IDLE_SECONDS = 60
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")}


@dataclass(frozen=True)
class Task:
    """One replication that is wanted, and where it is kept."""

    config: HubConfig
    number: int
    shelf: Shelf | None
    cell: int = 0
    """Which of the cells of a sweep it belongs to."""

    @property
    def key(self) -> str:
        """Of the shelf; empty without one."""
        return self.shelf.key if self.shelf else ""


Promise = Callable[[], Replication]
"""Waits for a replication and returns it, or raises what went wrong."""


class Place(Protocol):
    """Somewhere that replications can run."""

    ahead: int

    def submit(self, task: Task) -> Promise:
        """Ask for a replication; what is returned waits for it."""

    def leave(self) -> None:
        """Give up at once what was asked for and not waited for."""


def in_order(
    tasks: Iterable[Task], run: Run, expected: int
) -> Generator[tuple[Task, Replication | Exception], None, None]:
    """Yield every task with its outcome, in the order of the tasks; those in the store are taken from there.

    Parameters
    ----------
    tasks
        Asked for a little before they are needed, so what comes late may depend on earlier outcomes.
    run
        Says where to run.
    expected
        About how many tasks there are.
    """
    waiting: deque[tuple[Task, Promise]] = deque()
    ahead = iter(tasks)
    with _place(run, expected) as place:
        while True:
            while len(waiting) < place.ahead and (task := next(ahead, None)) is not None:
                waiting.append((task, _ask(task, place)))
            if not waiting:
                return
            task, promise = waiting.popleft()
            yield task, _outcome(promise)


def _ask(task: Task, place: Place) -> Promise:
    if task.shelf is None or not task.shelf.has(task.number, task.config.run.keep):
        return place.submit(task)
    shelf = task.shelf

    def kept() -> Replication:
        try:
            return shelf.read(task.number, task.config.run.keep)
        except (Damaged, FileNotFoundError) as problem:
            print(f"run.store: {shelf.folder}: {problem}; simulated again", file=sys.stderr)
            return place.submit(task)()

    return kept


def _outcome(promise: Promise) -> Replication | Exception:
    try:
        return promise()
    except Exception as error:
        return error


@contextmanager
def _place(run: Run, expected: int) -> Iterator[Place]:
    place: Place = Here() if run.jobs == 1 or expected < SERIAL_BELOW else Cores(run.jobs)
    try:
        yield place
    except BaseException:
        place.leave()
        raise


class Here:
    """In this process, one replication after another."""

    ahead = 1

    def submit(self, task: Task) -> Promise:
        """Simulate when it is waited for."""

        def now() -> Replication:
            result = replicate(task.config, task.number)
            if task.shelf is not None:
                task.shelf.write(task.number, pack(result, task.key))
            return result

        return now

    def leave(self) -> None:
        """Do nothing: nothing runs ahead."""


class Cores:
    """Processes on this machine; they are kept for the next run of this program."""

    def __init__(self, jobs: int) -> None:
        from joblib import effective_n_jobs

        self._cores = effective_n_jobs(jobs)
        self._executor = self._pool()
        self.ahead = AHEAD * self._cores

    def _pool(self) -> Any:
        from joblib.externals.loky import get_reusable_executor

        return get_reusable_executor(
            max_workers=self._cores,
            timeout=IDLE_SECONDS,
            env=ONE_THREAD,
            initializer=_follow,
            initargs=(os.getpid(),),
        )

    def submit(self, task: Task) -> Promise:
        """Send it to the next free process, which also keeps it in the store."""
        future = self._executor.submit(_work, task)

        def then() -> Replication:
            try:
                packed = future.result()
            except BrokenExecutor:  # another replication may have brought the process down: once more
                self._executor = self._pool()
                packed = self._executor.submit(_work, task).result()
            return unpack(packed.values(), task.key, task.number)

        return then

    def leave(self) -> None:
        """End the processes at once: loky's own ways of ending may wait for ever for one that is busy."""
        for process in list(self._executor._processes.values()):
            process.terminate()


def _follow(parent: int) -> None:
    """Leave interrupts to the parent, and end soon after it, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work(task: Task) -> dict[str, bytes]:
    """Simulate a replication in a worker, keep it, and hand it back packed: that is quick, and small while it waits."""
    packed = pack(replicate(task.config, task.number), task.key)
    if task.shelf is not None:
        task.shelf.write(task.number, packed)
    return packed
