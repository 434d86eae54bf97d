"""One replication that is wanted, and what a place where replications run has to offer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from sim.config import HubConfig
from sim.run.replicate import Replication
from sim.run.results import ALWAYS
from sim.run.store import Shelf


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


def say_unkept(task: Task, reason: str) -> None:
    """Say, once for a store, that what is simulated is not kept there, if there is a reason."""
    if reason:
        say_once(f"run.store: got {task.config.run.store}; {reason}: what is simulated now is not kept there")


@cache
def say_once(line: str) -> None:
    """Say what is good to know and stops nobody; the first time only."""
    print(line, file=sys.stderr)
