"""Quick looks: a few replications within seconds, one visitor after another, given up when a slider moves on."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from analysis.app.downloads import summary_of
from analysis.app.limits import LIMITS, Limits, refuse_beyond
from analysis.app.results import Result, result_of_replications
from sim.config import HubConfig
from sim.errors import HubError
from sim.measures.audit import AuditBreach
from sim.run.experiment import simulate
from sim.run.manifest import config_hash
from sim.run.replicate import Replication

AT_A_TIME = 4
"""Replications between two moments at which a look may be given up; at least one a core, and enough to use them."""
REMEMBERED = 24
"""Looks whose answer is kept, so that going back to one shows it at once."""
FIRST_ANSWER_SECONDS = 0.5
"""A look that will take longer, at the pace of its first replications, tells what those come to meanwhile."""
LOOKS_BETWEEN_CHECKS = 50
"""Of the room that the store takes."""


@dataclass
class Look:
    """A quick look that was asked for; its fields fill while it is being worked on."""

    config: HubConfig
    done: int = 0
    so_far: Result | None = None
    """Of the first replications, where all of them will take longer than `FIRST_ANSWER_SECONDS`."""
    result: Result | None = None
    problem: str = ""
    """Why there is no result, in a sentence."""
    finished: threading.Event = field(default_factory=threading.Event)
    summary: bytes = b""
    """Content of summary.csv, soon after the result."""
    complete: threading.Event = field(default_factory=threading.Event)
    """Set when nothing more will come."""
    abandoned: bool = False

    def abandon(self) -> None:
        """Stop working on it soon."""
        self.abandoned = True


class Looks:
    """Takes quick looks, one at a time; replications run on the cores, in processes of their own."""

    def __init__(self, store: Path, limits: Limits = LIMITS) -> None:
        self._store = store
        self._limits = limits
        self._desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looks")
        self._early = ThreadPoolExecutor(max_workers=1, thread_name_prefix="first answers")
        self._kept: OrderedDict[tuple[str, int], Look] = OrderedDict()
        self._taken = 0

    def ask(self, config: HubConfig) -> Look:
        """Ask for a look of `config.run.replications` replications; it is worked on in the background.

        Raises
        ------
        ConfigProblem
            When the configuration is more than a visitor may ask for.
        """
        refuse_beyond(config, self._limits)
        look = Look(config)
        key = (config_hash(config), config.run.replications)
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return known
        self._desk.submit(self._take, look, key)
        return look

    def close(self) -> None:
        """Take no more looks."""
        self._desk.shutdown(wait=False, cancel_futures=True)
        self._early.shutdown(wait=False)

    def _take(self, look: Look, key: tuple[str, int]) -> None:
        try:
            finished = self._simulate(look)
            if finished and not look.abandoned:
                look.result = result_of_replications(look.config, finished)
                self._keep(key, look)
                look.finished.set()
                look.summary = summary_of(look.result)
        except (HubError, AuditBreach) as problem:
            look.problem = str(problem)
        except Exception as problem:  # shown as a sentence; the page itself goes on
            look.problem = f"The quick look failed ({type(problem).__name__}); change something or try again."
            raise
        finally:
            look.finished.set()
            look.complete.set()

    def _simulate(self, look: Look) -> list[Replication]:
        started = time.monotonic()
        total, finished = look.config.run.replications, list[Replication]()
        early: Future[None] | None = None
        for first in range(0, total, max(AT_A_TIME, os.cpu_count() or 1)):
            late = time.monotonic() - started > self._limits.look_seconds
            if look.abandoned or (late and finished):
                break
            numbers = range(first, min(first + max(AT_A_TIME, os.cpu_count() or 1), total))
            for replication in simulate(look.config, numbers):
                finished.append(replication)
                look.done = len(finished)
            whole = (time.monotonic() - started) / len(finished) * total
            if early is None and whole > FIRST_ANSWER_SECONDS and len(finished) < total and not look.abandoned:
                early = self._early.submit(_tell_so_far, look, list(finished))
        if early is not None:
            early.result()
        return finished

    def _keep(self, key: tuple[str, int], look: Look) -> None:
        self._kept[key] = look
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        self._taken += 1
        if self._taken % LOOKS_BETWEEN_CHECKS == 0 and self._store.is_dir():
            size = sum(file.stat().st_size for file in self._store.rglob("*") if file.is_file())
            if size > self._limits.store_bytes:
                shutil.rmtree(self._store, ignore_errors=True)


def _tell_so_far(look: Look, finished: list[Replication]) -> None:
    look.so_far = result_of_replications(look.config, finished)
