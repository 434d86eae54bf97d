"""Replications that are wanted or finished, kept under a digest of all that decides them: none is simulated twice.

An entry is `STORE/ab/cdef…/0/00012.tables`: the configuration's key, a thousand replications to a folder, and the
replication's number. Tables made on request lie beside it as `00012.journeys`. A file is put in place in one step and
carries a checksum. It is not forced to the disk (that would cost three times as much as the entry itself): what a
power cut damages is noticed by the checksum and simulated again.

Colleagues may share a store. Nothing in it is believed unseen: what cannot be read, or is not what its name says,
counts as absent and is written anew where this user may write.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sim.config import HubConfig
from sim.disk import remove_stale, write_whole
from sim.run.manifest import code_version, config_hash, package_version
from sim.run.replicate import MOST_BYTES, Damaged, Replication, part_of, unpack
from sim.run.results import ALWAYS
from sim.streams import LAYOUT_VERSION

ABOUT = "about.json"
PARTED_BY = 1000
"""At most so many replications lie in one folder."""
COMPUTES_WITH = ("simpy", "numpy", "scipy", "pyarrow", "holidays")
"""Packages whose version may change what a replication is; `holidays` even carries dates."""
NOT_TO_BE_WRITTEN = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP,
}  # fmt: skip
"""What stands in the way of an entry is somebody else's: the results are right, and only not kept."""


@dataclass(frozen=True)
class Shelf:
    """Where the replications of one configuration are kept.

    Its folder lies inside the store; its key is a digest of everything that decides its replications.
    """

    folder: Path
    key: str

    @classmethod
    def of(cls, config: HubConfig) -> Shelf | None:
        """Return the shelf of a configuration; none if `run.store` is null."""
        if config.run.store is None:
            return None
        key = replication_key(config)
        return cls(Path(config.run.store).expanduser() / key[:2] / key[2:], key)

    def parts(self, number: int, tables: Iterable[str]) -> dict[str, Path]:
        """Return the files that hold these tables of a replication: one for all that are always made, else one each."""
        parent = self.folder / str(number // PARTED_BY)
        return {name: parent / f"{number:05d}.{name}" for name in dict.fromkeys(map(part_of, tables))}

    def has(self, number: int, tables: Sequence[str]) -> bool:
        """Return whether a replication is kept with all of these tables."""
        return all(os.path.exists(path) for path in self.parts(number, tables).values())  # False if not to be read

    def read(self, number: int, tables: Sequence[str]) -> Replication:
        """Return a kept replication.

        Raises Damaged when a file is not what was written, cannot be read or is gone.
        """
        content = {name: _content(path) for name, path in self.parts(number, tables).items()}
        return replace(unpack(content, self.key, number), from_store=True)

    def write(self, number: int, packed: Mapping[str, bytes]) -> str:
        """Keep a replication as `pack` returns it, each file whole or not at all.

        Returns why it cannot be kept; empty if it is. Raises OSError when the disk is full or broken.
        """
        paths = self.parts(number, packed)
        return _written({path: packed[name] for name, path in paths.items()})

    def describe(self, config: HubConfig) -> None:
        """Leave a note for people of what this configuration is; the first to come names it.

        What a process that was killed has left unfinished on this shelf is removed.
        """
        for folder in (self.folder, *self.folder.glob("[0-9]*")):
            remove_stale(folder)
        if about(self.folder) is not None:
            return
        note = {
            "scenario": config.scenario,
            "staffing": config.staffing_model,
            "seed": config.run.seed,
            "config_hash": config_hash(config),
            "source_sha256": code_version()["source_sha256"],
        }
        _written({self.folder / ABOUT: json.dumps(note, indent=2).encode()})


def about(shelf: Path) -> dict[str, Any] | None:
    """Return the note on a shelf; none if there is none that can be read."""
    try:
        note = json.loads(_content(shelf / ABOUT))
    except (Damaged, ValueError):
        return None
    named = isinstance(note, dict) and {"scenario", "staffing", "seed", "source_sha256"} <= set(note)
    return note if named else None


def _content(path: Path) -> bytes:
    """Return what a file holds, and wait for nothing: a pipe in its place would never end."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES:
                raise Damaged(f"{path.name} is not an entry of a store")
            return file.read()
    except OSError as error:
        raise Damaged(f"{path.name}: {error.strerror}") from None


def _written(files: Mapping[Path, bytes]) -> str:
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                path.rmdir()
            write_whole(path, content, to_disk=False)
    except OSError as error:
        if error.errno not in NOT_TO_BE_WRITTEN:
            raise
        return str(error.strerror)
    return ""


def replication_key(config: HubConfig) -> str:
    """Return the digest that, with its number, names a replication.

    It covers what `config_hash` does of the configuration, the model's source, the layout of the random numbers and the
    packages that compute.
    """
    model, *packages = computed_with().items()
    versions = [f"{name}=={version}" for name, version in packages]
    parts = [config_hash(config), model[1], str(LAYOUT_VERSION), *versions]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def computed_with() -> dict[str, str]:
    """Return the versions that decide what a replication is, of the model (its source's digest) and of packages."""
    return {"model": code_version()["source_sha256"]} | {name: package_version(name) for name in COMPUTES_WITH}


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


AHEAD = 8
"""So many replications a core are asked for before the first of them is needed, so that no core idles."""
AHEAD_OF_A_LOOK = 2
"""And of a look, which is waited for until so many are over when it is given up."""
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
