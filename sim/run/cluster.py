"""A Dask cluster as a place where replications run; whatever is wrong with it is told in a line, within seconds."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from sim.errors import HubError, KilledWorkers, Outage
from sim.run.replicate import Replication, pack, replicate, unpack
from sim.run.store import AHEAD, Place, Promise, Task, computed_with, say_unkept

ANSWERS_WITHIN_SECONDS = 10
NO_WORKERS_FOR_SECONDS = 10
"""A cluster may do without workers for as long, as where they are started anew; then the run ends."""
LOOKS_EVERY_SECONDS = 2
Answer = TypeVar("Answer")


class Cluster(Place):
    """Workers of a Dask scheduler, on any machines. They need the same versions as here; files stay here.

    Raises
    ------
    HubError
        When it does not answer in `ANSWERS_WITHIN_SECONDS`, has no workers, or one of them has other versions.
    """

    def __init__(self, scheduler: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            remedy = "pip install 'resilience-hub-sim[cluster]' first"
            raise HubError(f"run.backend: got dask, which is not installed; {remedy}") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is told here, in a line
        self._scheduler = scheduler
        try:
            if not _within(lambda: _workers(scheduler)):
                raise HubError(
                    f"run.scheduler: got {scheduler}, which has no workers; start some, as dask worker {scheduler}"
                )
            self._client = Client(scheduler, timeout=ANSWERS_WITHIN_SECONDS, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            told = str(error.__cause__ or error).partition("\n")[0].rpartition(">: ")[2]
            reason = told[:100] or f"nothing within {ANSWERS_WITHIN_SECONDS} s"
            raise HubError(f"run.scheduler: got {scheduler}; no Dask scheduler answers there: {reason}") from None
        try:
            self._check_versions()
            cores = sum(_within(self._client.nthreads).values())
        except BaseException:
            self.leave()
            raise
        self.ahead = AHEAD * max(cores, 1)

    def _check_versions(self) -> None:
        try:
            there = _within(lambda: self._client.run(_versions, on_error="return"))
        except TimeoutError:
            raise HubError(
                f"run.scheduler: got {self._scheduler}; one of its workers does not answer: restart it"
            ) from None
        for worker, versions in there.items():
            if problem := _differ(computed_with(), versions):
                raise HubError(f"run.scheduler: got {self._scheduler}; {problem} (worker {worker})")

    def submit(self, task: Task) -> Promise:
        """Send it to the cluster, which sends it again if a worker is lost; keep what comes back in the store here."""
        future = self._client.submit(_work, replace(task, shelf=None), task.key, computed_with(), pure=False)

        def then() -> Replication:
            packed = self._wait_for(future, task.number)
            if task.shelf is not None:
                say_unkept(task, task.shelf.write(task.number, packed))
            return unpack(packed, task.key, task.number)

        return then

    def _wait_for(self, future: Any, number: int) -> dict[str, bytes]:
        from distributed import KilledWorker

        seen = time.monotonic()
        while True:
            try:
                packed: dict[str, bytes] = future.result(timeout=LOOKS_EVERY_SECONDS)
                return packed
            except KilledWorker:
                raise KilledWorkers(
                    f"run.scheduler: got {self._scheduler}; replication {number} was lost with its worker again and "
                    "again, most likely for want of memory: give the workers more, or fewer threads each"
                ) from None
            except (concurrent.futures.CancelledError, asyncio.CancelledError):
                raise self._lost("the scheduler is gone") from None
            except TimeoutError:
                try:
                    if _within(self._client.nthreads):
                        seen = time.monotonic()
                except (OSError, RuntimeError):
                    raise self._lost("the scheduler does not answer any more") from None
                if time.monotonic() - seen > NO_WORKERS_FOR_SECONDS:
                    raise self._lost("it has no workers any more") from None

    def _lost(self, what: str) -> Outage:
        return Outage(
            f"run.scheduler: got {self._scheduler}; {what}: start it again and repeat the command: "
            "it goes on from what run.store keeps"
        )

    def finish(self) -> None:
        """Close the connection."""
        self.leave()

    def leave(self) -> None:
        """Forget what was asked for; the cluster stays as it is."""
        self._client.close(timeout=LOOKS_EVERY_SECONDS)


def _within(call: Callable[[], Answer]) -> Answer:
    """Return what a call over the network returns; it may wait for ever, so we do not.

    Raises TimeoutError when it takes longer than `ANSWERS_WITHIN_SECONDS`; it is left behind in a thread of its own.
    """
    answers: list[Answer] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(call())
        except Exception as error:
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWERS_WITHIN_SECONDS)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"nothing within {ANSWERS_WITHIN_SECONDS} s")
    return answers[0]


def _workers(scheduler: str) -> dict[str, Any]:
    """Return the workers that a scheduler knows of, asked without the patience of Dask's own client."""
    from distributed import Security
    from distributed.core import rpc

    async def ask() -> dict[str, Any]:
        connection = Security().get_connection_args("client")
        async with rpc(scheduler, timeout=0.8 * ANSWERS_WITHIN_SECONDS, connection_args=connection) as remote:
            workers: dict[str, Any] = (await remote.identity())["workers"]
            return workers

    return asyncio.run(asyncio.wait_for(ask(), ANSWERS_WITHIN_SECONDS))


def _versions() -> dict[str, str]:
    """Return what a worker would compute with; it is asked there."""
    return computed_with()


def _differ(here: dict[str, str], there: object) -> str:
    """Say in what a worker differs from this machine; empty if in nothing that changes results."""
    if not isinstance(there, dict):
        return "a worker there cannot load the model: install resilience-hub-sim on all of them"
    for name, version in here.items():
        if there.get(name) != version:
            what = "another version of the model" if name == "model" else f"{name} {there.get(name)}, not {version}"
            return f"a worker there has {what}: install the versions of this machine on all of them"
    return ""


def _work(task: Task, key: str, here: dict[str, str]) -> dict[str, bytes]:
    if problem := _differ(here, computed_with()):  # a worker that came later than the check
        raise Outage(f"run.scheduler: {problem}")
    return pack(replicate(task.config, task.number, task.tables, task.people), key)
