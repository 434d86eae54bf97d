"""The folder that the page keeps its files in: it goes when the page stops, however that comes to stop.

This module also runs as a small process of its own beside the page, in no group of its: it waits until the page has
ended and removes the folder. A page whose machine lost its power leaves one, which the next page removes as it starts.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PREFIX = "hub-app-"
QUIET_SECONDS, LONGEST_SECONDS = 5.0, 45.0
"""A folder that is gone may be made again by a run that has not ended yet: so long it is watched."""
BETWEEN_SECONDS = 0.25


class PassingFolder:
    """A new folder for this process alone, which is removed when it ends."""

    def __init__(self) -> None:
        self.path, self._held = _held_folder()
        self._caretaker = subprocess.Popen(
            [sys.executable, "-P", "-m", "analysis.app.caretaker", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )

    def remove(self) -> None:
        """Remove the folder now; the caretaker sees to it that it stays away."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None
        if self._caretaker.stdin is not None:
            self._caretaker.stdin.close()


def remove_left_behind() -> None:
    """Remove folders of earlier pages of this user that no process holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if (held := _hold(folder)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)


def _held_folder() -> tuple[Path, int | None]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        held = _hold(folder)
        if sys.platform == "win32" or (held is not None and folder.exists()):  # else a page that starts took it
            return folder, held


def _hold(folder: Path) -> int | None:
    """Return what holds a folder until it is closed or this process ends; None if another does, or it is not ours."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(handle).st_uid == os.getuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
    except BlockingIOError:
        pass
    os.close(handle)
    return None


def main(folder: Path) -> None:
    """Wait until the page has ended, then remove its folder until nobody makes it again."""
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()
    last = time.monotonic() + LONGEST_SECONDS
    gone = time.monotonic()
    while time.monotonic() < min(last, gone + QUIET_SECONDS):
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            gone = time.monotonic()
        time.sleep(BETWEEN_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
