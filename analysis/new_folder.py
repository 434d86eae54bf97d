"""A new folder of results for whoever asked for it with an option, never in the place of an older one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.errors import HubError
from sim.whole import whole_folder


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
    with ExitStack() as stack:
        try:
            if out.is_dir() and any(out.iterdir()):
                raise HubError(f"{option}: got {out}, which holds files already; choose a new folder")
            if out.exists() and not out.is_dir():
                raise HubError(f"{option}: got {out}, which is a file; choose a new folder")
            unfinished = stack.enter_context(whole_folder(out))
        except OSError as error:
            told = f"which cannot be written ({error.strerror})"
            raise HubError(f"{option}: got {out}, {told}; choose another") from None
        yield unfinished
