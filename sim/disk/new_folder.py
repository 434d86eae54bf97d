"""Where results may go: never in the place of older ones, nor where another command is writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sim.disk.held import held
from sim.disk.whole import LAST, MARK, remove_stale, whole_folder
from sim.errors import FULL, HubError


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
        If it holds something already, another command writes it or it cannot be made; before anything else is done.
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

    Parameters
    ----------
    folder
        Need not exist, or be empty.
    key
        What the user gave it with.
    cells
        Stands for the cells of a sweep: its folder may hold what was finished of the same cells.

    Raises
    ------
    HubError
        If it holds or lies in other results, another command writes it or it cannot be made; before anything else.
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
    if "hub -m" in _text(folder / MARK):
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
