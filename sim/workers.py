"""Where replications run: in this process, on the cores of this machine or on a cluster; always handed back in order.

Results are handed back one at a time, so that only a few wait in memory however many are asked for and however slow
their reader is, and an error stops nobody but itself.
"""

from __future__ import annotations

import pickle
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from sim.config import HubConfig
from sim.config.run import Run
from sim.errors import HubError
from sim.manifest import code_version
from sim.processes import end_at_once, pool
from sim.replicate import Replication, replicate
from sim.results import ALWAYS
from sim.store import Damaged, Shelf, pack, unpack

SERIAL_BELOW = 4
"""Fewer replications than this are run in this process: starting workers takes longer."""
AHEAD = 8
"""So many replications a core are asked for before the first of them is needed, so that no core idles."""
ANSWERS_WITHIN_SECONDS = 10


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


class Place(Protocol):
    """Somewhere that replications can run."""

    ahead: int

    def submit(self, task: Task) -> Promise:
        """Ask for a replication; what is returned waits for it."""

    def finish(self) -> None:
        """Put things away when all has been waited for."""

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


def check_reachable(run: Run) -> None:
    """Refuse a cluster that does not answer.

    Raises
    ------
    HubError
        With one line, before anything is simulated.
    """
    if run.backend == "dask":
        Cluster(str(run.scheduler)).finish()


def _ask(task: Task, place: Place) -> Promise:
    if task.shelf is None or not task.shelf.has(task.number, task.wanted):
        return place.submit(task)
    shelf = task.shelf

    def kept() -> Replication:
        try:
            return shelf.read(task.number, task.wanted)
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
    place: Place
    if run.backend == "dask":
        place = Cluster(str(run.scheduler))
    else:
        place = Here() if run.jobs == 1 or expected < SERIAL_BELOW else Cores(run.jobs)
    try:
        yield place
    except BaseException:
        place.leave()
        raise
    place.finish()


class Here:
    """In this process, one replication after another."""

    ahead = 1

    def submit(self, task: Task) -> Promise:
        """Simulate when it is waited for."""

        def now() -> Replication:
            result = replicate(task.config, task.number, task.tables, task.people)
            if task.shelf is not None:
                task.shelf.write(task.number, pack(result, task.key))
            return result

        return now

    def finish(self) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Do nothing: nothing runs ahead."""


class Cores:
    """Processes on this machine; they are kept for the next run of this program."""

    def __init__(self, jobs: int) -> None:
        from joblib import effective_n_jobs

        self._cores = effective_n_jobs(jobs)
        self._executor = pool(self._cores)
        self.ahead = AHEAD * self._cores
        self._sent: HubConfig | None = None
        self._pickled = b""

    def submit(self, task: Task) -> Promise:
        """Send it to the next free process, which also keeps it in the store."""
        asked = (self._once_pickled(task.config), task.number, task.shelf, task.tables, task.people)
        future = self._executor.submit(_work, *asked)

        def then() -> Replication:
            try:
                packed = future.result()
            except BrokenExecutor:  # another replication may have brought the process down: once more
                self._executor = pool(self._cores)
                packed = self._executor.submit(_work, *asked).result()
            return unpack(packed.values(), task.key, task.number)

        return then

    def _once_pickled(self, config: HubConfig) -> bytes:
        """Pickle a configuration once for all its replications: it takes longer than all else that is sent."""
        if config is not self._sent:
            self._sent, self._pickled = config, pickle.dumps(config)
        return self._pickled

    def finish(self) -> None:
        """Keep the processes for the next run."""

    def leave(self) -> None:
        """End the processes at once."""
        end_at_once(self._executor)


class Cluster:
    """Workers of a Dask scheduler, on any machines. They need the same version of the model; files stay here."""

    def __init__(self, scheduler: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            remedy = "pip install 'resilience-hub-sim[cluster]' first"
            raise HubError(f"run.backend: got dask, which is not installed; {remedy}") from None
        try:
            self._client = Client(scheduler, timeout=ANSWERS_WITHIN_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise HubError(f"run.scheduler: got {scheduler}; no Dask scheduler answers there: {reason}") from None
        cores = sum(self._client.nthreads().values())
        self.ahead = AHEAD * max(cores, 1)

    def submit(self, task: Task) -> Promise:
        """Send it to the cluster, which sends it again if a worker is lost; keep what comes back in the store here."""
        source = code_version()["source_sha256"]
        future = self._client.submit(_work_elsewhere, replace(task, shelf=None), task.key, source, pure=False)

        def then() -> Replication:
            packed = future.result()
            if task.shelf is not None:
                task.shelf.write(task.number, packed)
            return unpack(packed.values(), task.key, task.number)

        return then

    def finish(self) -> None:
        """Close the connection."""
        self._client.close()

    def leave(self) -> None:
        """Forget what was asked for; the cluster stays as it is."""
        self._client.close()


def _work_elsewhere(task: Task, key: str, source: str) -> dict[str, bytes]:
    if code_version()["source_sha256"] != source:
        raise HubError(
            "run.scheduler: a worker there has another version of the model; install this one on all of them"
        )
    return pack(replicate(task.config, task.number, task.tables, task.people), key)


def _work(config: bytes, number: int, shelf: Shelf | None, tables: tuple[str, ...], people: str) -> dict[str, bytes]:
    """Simulate a replication in a worker, keep it, and hand it back packed: that is quick, and small while it waits."""
    packed = pack(replicate(_unpickled(config), number, tables, people), shelf.key if shelf else "")
    if shelf is not None:
        shelf.write(number, packed)
    return packed


@lru_cache(maxsize=1)
def _unpickled(config: bytes) -> HubConfig:
    found: HubConfig = pickle.loads(config)
    return found
