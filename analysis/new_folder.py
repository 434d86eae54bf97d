"""A folder of results that appears whole or not at all, and never in the place of an older one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import HubError


@contextmanager
def new_folder(out: Path, option: str = "--out") -> Iterator[Path]:
    """Give a folder to write into that takes the name `out` once everything is written; else nothing is left.

    Parameters
    ----------
    out
        A folder that does not exist yet, or is empty.
    option
        What the user gave it with.

    Raises
    ------
    HubError
        If it holds something already or cannot be made; before anything else is done.
    """
    if out.is_dir() and any(out.iterdir()):
        raise HubError(f"{option}: got {out}, which holds files already; choose a new folder")
    if out.exists() and not out.is_dir():
        raise HubError(f"{option}: got {out}, which is a file; choose a new folder")
    place = out.resolve()
    unfinished = place.parent / f".{place.name}.unfinished"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
        unfinished.mkdir(parents=True)
    except OSError as error:
        raise HubError(f"{option}: got {out}, which cannot be written ({error.strerror}); choose another") from None
    try:
        yield unfinished
        if place.exists():
            place.rmdir()
        unfinished.rename(place)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
