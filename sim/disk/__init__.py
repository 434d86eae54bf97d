"""The one way in which anything is written: whole or not at all; and the folders of what is shipped.

Until it is finished, a file or folder has a hidden name that says which process is writing it:
`.NAME.PID-TOKEN-COUNT@HOST.part`. What a process that was killed has left under such a name is removed by the next one
that writes to the same folder.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sim.errors import HubError

try:
    import fcntl
except ImportError:  # Windows has no such locks: what appears meanwhile is still not overwritten
    fcntl = None  # type: ignore[assignment]

LONGEST_NAME = 40
"""Letters of its name that a hidden file shows: a name has at most 255 bytes."""
HELD = ".held"
"""How the name ends of the file that is locked while a folder is held."""
LAST = "manifest.json"
"""Where a folder holds it, everything else is there too."""
UNFINISHED = re.compile(r"\..*\.(?P<pid>[0-9]+)-(?P<token>[0-9a-f]+)-[0-9]+@(?P<host>[^/]+)\.part", re.DOTALL)
MARK = "unfinished.txt"
"""A folder that holds it is not complete; it says how to go on."""
SURELY_STALE_SECONDS = 86_400
"""What another machine has not touched for so long is stale; whether its process lives cannot be asked."""

_token = secrets.token_hex(4)
"""Tells this process from an earlier one of the same number, as there is in a container that starts again."""
_count = itertools.count()


def write_whole(path: Path, content: str | bytes, *, to_disk: bool = True) -> None:
    """Write a file that appears whole or not at all, readable for whom the umask lets read.

    Parameters
    ----------
    to_disk
        Whether to wait until the disk has it, so that a power cut cannot leave it empty.
    """
    inside = content.encode() if isinstance(content, str) else content
    unfinished = _unfinished(path)
    try:
        with open(unfinished, "xb") as file:
            file.write(inside)
            if to_disk:
                file.flush()
                os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into, whose files take their places in `folder` together once all are written.

    Parameters
    ----------
    folder
        Need not exist. If it does, what else it holds stays, and files of the same names are replaced.

    Raises
    ------
    HubError
        When such a file has appeared meanwhile: that one stays, and what was written gets a folder of another name.
    OSError
        When it cannot be made or written. After this or any other error nothing of what was written is left.
    """
    place = folder.resolve()
    home = place if place.is_dir() else place.parent  # a folder that exists may lie on a disk of its own
    made = [folder for folder in (home, *home.parents) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    remove_stale(home)
    unfinished = _unfinished(home / place.name)
    unfinished.mkdir()
    before = _lying_in(place)
    try:
        yield unfinished
        for file in unfinished.rglob("*"):
            if file.is_file():
                with open(file, "rb") as written:
                    os.fsync(written.fileno())
        _put_in_place(unfinished, place, before)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        for above in made:
            with contextlib.suppress(OSError):  # something else has come to lie there
                above.rmdir()
        raise


@contextmanager
def marked_unfinished(folder: Path, how_to_go_on: str) -> Iterator[None]:
    """Mark a folder that fills up over hours, such as a sweep's; `unmark` takes the mark away.

    If nothing has come to lie in it when an error comes, it is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / MARK, f"{how_to_go_on}\n")
    try:
        yield
    except BaseException:
        if os.listdir(folder) == [MARK]:
            unmark(folder)
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def unmark(folder: Path) -> None:
    """Take the mark of an unfinished folder away."""
    (folder / MARK).unlink(missing_ok=True)


def remove_stale(folder: Path) -> None:
    """Remove what processes that have ended left unfinished in a folder; what cannot be removed stays.

    Folders in it that are marked unfinished are looked through too, and theirs.
    """
    _remove_stale_in(folder)
    for mark in folder.glob(f"*/{MARK}"):
        for part in (mark.parent, *mark.parent.glob("*/")):
            _remove_stale_in(part)


def _remove_stale_in(folder: Path) -> None:
    try:
        names = [name for name in os.listdir(folder) if name.endswith((".part", HELD))]
    except OSError:  # nothing to read, or not by us
        return
    for name in names:
        if name.endswith(HELD):
            remove_if_free(folder / name)
            continue
        if (known := UNFINISHED.fullmatch(name)) is None or not _stale(known, folder / name):
            continue
        with contextlib.suppress(OSError):
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                shutil.rmtree(folder / name)
            else:
                (folder / name).unlink()


def _unfinished(path: Path) -> Path:
    writer = f"{os.getpid()}-{_token}-{next(_count)}@{_host()}"
    return path.with_name(f".{path.name[:LONGEST_NAME]}.{writer}.part")


@lru_cache(maxsize=1)
def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname())[:64]


def _lying_in(place: Path) -> dict[str, tuple[int, int]]:
    """Tell what lies in a folder from what will replace it, by name."""
    if not place.is_dir():
        return {}
    with os.scandir(place) as entries:
        found = {entry.name: entry.stat(follow_symlinks=False) for entry in entries if not entry.is_dir()}
    return {name: (about.st_ino, about.st_mtime_ns) for name, about in found.items()}


def _put_in_place(unfinished: Path, place: Path, before: Mapping[str, tuple[int, int]]) -> None:
    if not place.exists():
        try:
            os.rename(unfinished, place)
            return
        except OSError:
            if not place.exists():
                raise
    now = _lying_in(place)
    if any(now.get(name, same) != same for name in os.listdir(unfinished) for same in [before.get(name)]):
        names = (unfinished.with_name(f"{place.name}_{number}") for number in itertools.count(2))
        other = next(name for name in names if not name.exists())
        os.rename(unfinished, other)
        raise HubError(f"{place}: another command wrote its results there meanwhile; the new ones are in {other}")
    _merge(unfinished, place)


def _merge(unfinished: Path, place: Path) -> None:
    (place / LAST).unlink(missing_ok=True)  # until all is there again
    for path in sorted(unfinished.iterdir(), key=lambda path: (path.name == LAST, path.name)):
        if not path.is_dir():
            os.replace(path, place / path.name)
        elif (place / path.name).exists():
            _merge(path, place / path.name)
        else:
            os.rename(path, place / path.name)
    unfinished.rmdir()


def _stale(known: re.Match[str], path: Path) -> bool:
    """Return whether the process that was writing has ended."""
    pid, here = int(known["pid"]), known["host"] == _host() and os.name == "posix"
    if not here:
        return _age_seconds(path) > SURELY_STALE_SECONDS
    if pid == os.getpid():
        return known["token"] != _token
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # it lives, and is somebody else's
        return False
    return False


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:  # just put in place
        return 0.0


def lock(descriptor: int) -> bool:
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


def is_there(path: Path, descriptor: int) -> bool:
    """Return whether a file that has been opened still lies where it lay."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def remove_if_free(path: Path) -> None:
    """Remove what a killed process locked; a file that is not empty is none of ours."""
    with contextlib.suppress(OSError):
        if not path.name.startswith(".") or path.is_symlink() or path.stat().st_size:
            return
        descriptor = os.open(path, os.O_RDWR)
        try:
            if lock(descriptor) and is_there(path, descriptor):
                path.unlink()
        finally:
            os.close(descriptor)


def conf_dir() -> Path:
    """Return the folder of defaults: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def scenarios_dir(conf: Path | None = None) -> Path:
    """Return the folder of scenarios, which always lies beside the folder of defaults."""
    return (conf or conf_dir()).parent / "scenarios"
