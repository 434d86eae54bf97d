"""Folders that one command at a time writes: it locks a hidden file beside the folder, `.NAME.DIGEST.held`.

The system lets go of a lock when the process ends, however it ends. A file left without a lock is removed by the next
command that writes to the same place.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks: what appears meanwhile is still not overwritten
    fcntl = None  # type: ignore[assignment]

LONGEST_NAME = 40
"""Letters of its name that a hidden file shows: a name has at most 255 bytes."""
HELD = ".held"
"""How the name ends of the file that is locked while a folder is held."""
PATIENCE_SECONDS = 0.5
"""For whoever only looks whether a folder is held, and holds it so long."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which need not exist, against other commands; the end of the process lets go of it in any case.

    Raises
    ------
    BlockingIOError
        When another command holds it.
    OSError
        When it could not be made.
    """
    place = folder.resolve()
    made = [above for above in place.parents if not above.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(os.fsencode(place.name)).hexdigest()[:8]
        lock = place.parent / f".{place.name[:LONGEST_NAME]}.{digest}{HELD}"
        if place.is_dir() and not os.access(place.parent, os.W_OK):  # a disk of its own
            lock = place
        descriptor = _locked(lock)
        try:
            yield
        finally:
            if lock != place:
                with contextlib.suppress(OSError):
                    lock.unlink()
            os.close(descriptor)
    finally:
        for above in made:
            with contextlib.suppress(OSError):  # results have come to lie there
                above.rmdir()


def _locked(lock: Path) -> int:
    """Lock a file, which need not exist, or a folder; return its descriptor, which is to be closed."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        descriptor = os.open(lock, os.O_RDONLY if lock.is_dir() else os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if _lock(descriptor) and _is_there(lock, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # somebody holds it, or has just removed it
        if time.monotonic() > until:
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(lock))
        time.sleep(PATIENCE_SECONDS / 10)


def _lock(descriptor: int) -> bool:
    """Lock an open file if nobody else does; where there are no locks, it counts as locked."""
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
    return True


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def remove_if_free(lock: Path) -> None:
    """Remove what a killed process locked; a file that is not empty is none of ours."""
    with contextlib.suppress(OSError):
        if not lock.name.startswith(".") or lock.is_symlink() or lock.stat().st_size:
            return
        descriptor = os.open(lock, os.O_RDWR)
        try:
            if _lock(descriptor) and _is_there(lock, descriptor):
                lock.unlink()
        finally:
            os.close(descriptor)
