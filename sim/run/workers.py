"""Where replications run: in this process, on the cores of this machine or on a cluster; always handed back in order.

Results are handed back one at a time, so that only a few wait in memory however many are asked for and however slow
their reader is, and an error stops nobody but itself.
"""

from __future__ import annotations

import pickle
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sim.config import HubConfig
from sim.config.run import Run
from sim.errors import KilledWorkers, Outage
from sim.run.processes import are_ready, end_at_once, pool
from sim.run.replicate import Damaged, Replication, pack, replicate, unpack
from sim.run.store import AHEAD, Place, Promise, Shelf, Task, say_once, say_unkept

SERIAL_BELOW = 4
"""Fewer replications than this are run in this process where no worker is ready: starting one takes longer."""
MOST_A_CORE = 4


def in_order(
    tasks: Iterable[Task], run: Run, expected: int, ahead: int = AHEAD
) -> Generator[tuple[Task, Replication | Exception], None, None]:
    """Yield every task with its outcome, in the order of the tasks; those in the store are taken from there.

    Tasks are asked for a little before they are needed, so what comes late may depend on earlier outcomes: `ahead` a
    core. `run` says where to run, `expected` about how many there are.
    """
    waiting: deque[tuple[Task, Promise]] = deque()
    coming = iter(tasks)
    with _place(run, expected, ahead) as place:
        while True:
            while len(waiting) < place.ahead and (task := next(coming, None)) is not None:
                waiting.append((task, _ask(task, place)))
            if not waiting:
                return
            task, promise = waiting.popleft()
            yield task, _outcome(promise)


def check_reachable(run: Run) -> None:
    """Refuse a cluster that does not answer.

    Raises HubError with one line, before anything is simulated.
    """
    if run.backend == "dask":
        from sim.run.cluster import Cluster

        Cluster(str(run.scheduler)).finish()


def _ask(task: Task, place: Place) -> Promise:
    if task.shelf is None or not task.shelf.has(task.number, task.wanted):
        return place.submit(task)
    shelf = task.shelf

    def kept() -> Replication:
        try:
            return shelf.read(task.number, task.wanted)
        except Damaged as problem:
            print(f"run.store: {shelf.folder}: {problem}; simulated again", file=sys.stderr)
            return place.submit(task)()

    return kept


def _outcome(promise: Promise) -> Replication | Exception:
    try:
        return promise()
    except Outage:  # no other task would fare better
        raise
    except Exception as error:
        return error


@contextmanager
def _place(run: Run, expected: int, ahead: int) -> Iterator[Place]:
    place: Place
    if run.backend == "dask":
        from sim.run.cluster import Cluster

        place = Cluster(str(run.scheduler))
    else:
        few = expected < SERIAL_BELOW and not are_ready()
        place = Here() if run.jobs == 1 or few else Cores(run.jobs, expected, ahead)
    try:
        yield place
    except BaseException:
        place.leave()
        raise
    place.finish()


class Here(Place):
    """In this process, one replication after another."""

    def submit(self, task: Task) -> Promise:
        """Simulate when it is waited for."""

        def now() -> Replication:
            result = replicate(task.config, task.number, task.tables, task.people)
            if task.shelf is not None:
                say_unkept(task, task.shelf.write(task.number, pack(result, task.key)))
            return result

        return now


class Cores(Place):
    """Processes on this machine; they are kept for the next run of this program."""

    def __init__(self, jobs: int, expected: int, ahead: int) -> None:
        self._workers, most = processes(jobs, expected), processes(jobs, sys.maxsize)
        self._executor = pool(self._workers, most)
        self.ahead = ahead * self._workers
        self._sent: HubConfig | None = None
        self._pickled = b""

    def submit(self, task: Task) -> Promise:
        """Send it to the next free process, which also keeps it in the store."""
        asked = (self._once_pickled(task.config), task.number, task.shelf, task.tables, task.people)
        future = self._sent_to_pool(asked)

        def then() -> Replication:
            try:
                packed, unkept = future.result()
            except BrokenExecutor:  # another replication may have brought the process down: once more
                try:
                    packed, unkept = self._sent_to_pool(asked).result()
                except BrokenExecutor:
                    raise KilledWorkers(
                        f"run.jobs: {self._workers} at once; a process that simulates was killed twice in replication "
                        f"{task.number}, most likely for want of memory: use fewer at once, as run.jobs=1, or simulate "
                        "less (hubs.count, run.horizon_days, run.keep)"
                    ) from None
            say_unkept(task, unkept)
            return unpack(packed, task.key, task.number)

        return then

    def _sent_to_pool(self, asked: tuple[Any, ...]) -> Future[tuple[dict[str, bytes], str]]:
        """Send it to the processes, or to new ones where one of those was killed: then a pool takes nothing more."""
        future: Future[tuple[dict[str, bytes], str]]
        try:
            future = self._executor.submit(_work, *asked)
        except BrokenExecutor:
            self._executor = pool(self._workers)
            future = self._executor.submit(_work, *asked)
        return future

    def _once_pickled(self, config: HubConfig) -> bytes:
        """Pickle a configuration once for all its replications: it takes longer than all else that is sent."""
        if config is not self._sent:
            self._sent, self._pickled = config, pickle.dumps(config)
        return self._pickled

    def leave(self) -> None:
        """End the processes at once."""
        end_at_once(self._executor)


def processes(jobs: int, tasks: int) -> int:
    """Return how many processes are worth starting: as many as asked for, but no more than tasks or cores can use."""
    from joblib import effective_n_jobs

    asked, most = int(effective_n_jobs(jobs)), MOST_A_CORE * int(effective_n_jobs(-1))
    if asked > most:
        say_once(f"run.jobs: got {asked}; {most} are used: more than {MOST_A_CORE} a core would only take memory")
    return min(asked, most, max(tasks, 1))


def _work(
    config: bytes, number: int, shelf: Shelf | None, tables: tuple[str, ...], people: str
) -> tuple[dict[str, bytes], str]:
    """Simulate a replication in a worker, keep it, and hand it back packed: that is quick, and small while it waits.

    With it comes why it could not be kept; empty if it was.
    """
    packed = pack(replicate(_unpickled(config), number, tables, people), shelf.key if shelf else "")
    return packed, shelf.write(number, packed) if shelf is not None else ""


@lru_cache(maxsize=1)
def _unpickled(config: bytes) -> HubConfig:
    found: HubConfig = pickle.loads(config)
    return found
