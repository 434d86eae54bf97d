"""Folders that one command at a time writes, and where results may go: never in the place of older ones.

A command locks a hidden file beside the folder, `.NAME.DIGEST.held`. The system lets go of a lock when the process
ends, however it ends; a file left without a lock is removed by the next command that writes to the same place.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sim.disk import HELD, LAST, LONGEST_NAME, MARK, is_there, lock, remove_stale, whole_folder
from sim.errors import FULL, HubError

ITS_OWN_CELLS = "Only its own cells may come here: "
"""In the mark of a sweep that is not finished, before what stands for its cells."""
PATIENCE_SECONDS = 0.5
"""For whoever only looks whether a folder is held, and holds it so long."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which need not exist, against other commands; the end of the process lets go of it in any case.

    Raises BlockingIOError when another command holds it, OSError when it could not be made.
    """
    place = folder.resolve()
    made = [above for above in place.parents if not above.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(os.fsencode(place.name)).hexdigest()[:8]
        file = place.parent / f".{place.name[:LONGEST_NAME]}.{digest}{HELD}"
        if place.is_dir() and not os.access(place.parent, os.W_OK):  # a disk of its own
            file = place
        descriptor = _locked(file)
        try:
            yield
        finally:
            if file != place:
                with contextlib.suppress(OSError):
                    file.unlink()
            os.close(descriptor)
    finally:
        for above in made:
            with contextlib.suppress(OSError):  # results have come to lie there
                above.rmdir()


def _locked(file: Path) -> int:
    """Lock a file, which need not exist, or a folder; return its descriptor, which is to be closed."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        descriptor = os.open(file, os.O_RDONLY if file.is_dir() else os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if lock(descriptor) and is_there(file, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # somebody holds it, or has just removed it
        if time.monotonic() > until:
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(file))
        time.sleep(PATIENCE_SECONDS / 10)


@contextmanager
def new_folder(out: Path, option: str = "--out") -> Iterator[Path]:
    """Give a folder to write into that takes the name `out` once everything is written; else nothing is left.

    It must not exist yet, or be empty; `option` is what the user gave it with. Raises HubError, before anything else is
    done, if it holds something already, another command writes it or it cannot be made.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(out))
            remove_stale(out)
            if out.is_dir() and any(out.iterdir()):
                raise HubError(f"{option}: got {out}, which holds files already; choose a new folder")
            if out.exists() and not out.is_dir():
                raise HubError(f"{option}: got {out}, which is a file; choose a new folder")
            unfinished = stack.enter_context(whole_folder(out))
        except BlockingIOError:
            raise _in_use(out, option) from None
        except OSError as error:
            told = f"which cannot be written ({error.strerror})"
            raise HubError(f"{option}: got {out}, {told}; choose another") from None
        yield unfinished


@contextmanager
def own_folder(folder: Path, key: str, cells: str = "") -> Iterator[None]:
    """Hold the folder of a run or sweep for as long as it takes.

    It need not exist, or be empty; `key` is what the user gave it with, and `cells` stands for the cells of a sweep,
    whose folder may hold what was finished of the same cells. Raises HubError, before anything else is done, if it
    holds or lies in other results, another command writes it or it cannot be made.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder))
            remove_stale(folder.resolve().parent)
            _refuse_taken(folder, key, cells)
        except BlockingIOError:
            raise _in_use(folder, key) from None
        except OSError as error:
            if error.errno in FULL:
                raise
            raise HubError(f"{key}: got {folder}: {error.strerror}; choose a folder that can be written") from None
        yield


def _in_use(folder: Path, key: str) -> HubError:
    return HubError(f"{key}: got {folder}, which another command is writing; let it end, or choose another folder")


def _refuse_taken(folder: Path, key: str, cells: str) -> None:
    if (folder / LAST).exists():
        raise HubError(f"{key}: got {folder}, which holds a finished run; choose another folder or remove this one")
    if (folder / MARK).exists() and not (cells and cells in _text(folder / MARK)):
        told = f"which holds another sweep, not finished: go on with the command in its {MARK}"
        raise HubError(f"{key}: got {folder}, {told}, or choose another folder")
    for above in folder.resolve().parents:
        if _holds_results(above):
            raise HubError(f"{key}: got {folder}, inside the results in {above}; choose a folder outside of them")


def _holds_results(folder: Path) -> bool:
    """Return whether a folder has been filled by a run or sweep; others have manifests too."""
    if ITS_OWN_CELLS in _text(folder / MARK):
        return True
    with suppress(ValueError):
        about = json.loads(_text(folder / LAST))
        return isinstance(about, dict) and "cells" in about
    return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # there is none, or it is not for us
        return ""
