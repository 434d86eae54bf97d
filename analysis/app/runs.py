"""Runs in the background: each in a process of its own, with progress, time left, cancel and a limit of time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analysis.app.limits import LIMITS, Limits
from sim.disk.whole import write_whole
from sim.errors import HubError

State = Literal["waiting", "running", "done", "failed", "cancelled", "too long"]
REQUEST, PROGRESS, ACCOUNT, ERRORS = "request.json", "progress.json", "account.txt", "errors.txt"
"""Files in the folder of a run: what was asked, how far it is, what it tells, and what went wrong."""
PATIENCE_SECONDS = 3.0
"""Between asking a process to end and ending it."""
LONGEST_PROBLEM = 2000


@dataclass
class Background:
    """One run of one visitor."""

    folder: Path
    request: dict[str, Any]
    state: State = "waiting"
    started: float = 0.0
    """Of the work itself, on the monotonic clock; 0 while it waits for a place."""
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether it has come to an end, whichever."""
        return self.ended.is_set()

    @property
    def progress(self) -> tuple[int, int]:
        """How many steps are done, of how many; 0 of 0 where nobody knows yet."""
        try:
            told = json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return 0, 0
        return int(told["done"]), int(told["total"])

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take, from its own pace; None before it can be known."""
        done, total = self.progress
        if not (self.started and done and total):
            return None
        return (time.monotonic() - self.started) / done * (total - done)

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        return time.monotonic() - self.started if self.started else 0.0

    @property
    def account(self) -> list[str]:
        """What the run has told so far, line by line."""
        return _text(self.folder / ACCOUNT).splitlines()

    @property
    def problem(self) -> str:
        """Why it failed, in a sentence; empty if it did not."""
        if self.state == "too long":
            return "It took longer than this page allows and was ended. What was finished is kept: ask for less."
        if self.state != "failed":
            return ""
        told = _text(self.folder / ERRORS).strip()
        plain = told and "Traceback" not in told
        return told[:LONGEST_PROBLEM] if plain else "The run ended unexpectedly. Try again, or run the command line."


class Runs:
    """Starts runs, so many at a time, and ends them."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(limits.places)
        self._going: list[Background] = []

    def start(self, folder: Path, request: dict[str, Any]) -> Background:
        """Start a run in an empty folder; `request` is what `analysis.app.job` reads.

        Raises
        ------
        HubError
            When the folder holds a run already.
        """
        if (folder / REQUEST).exists():
            raise HubError(f"{folder}: holds a run already")
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / REQUEST, json.dumps(request | {"seconds": self._limits.wall_seconds}))
        run = Background(folder, request)
        self._going = [*(one for one in self._going if not one.over), run]
        threading.Thread(target=self._see_through, args=(run,), daemon=True, name="run").start()
        return run

    @staticmethod
    def cancel(run: Background) -> None:
        """End a run; replications that are finished stay in the store."""
        run.stop.set()

    def close(self) -> None:
        """End every run."""
        for run in self._going:
            run.stop.set()
        for run in self._going:
            run.ended.wait(2 * PATIENCE_SECONDS)

    def _see_through(self, run: Background) -> None:
        try:
            while not self._places.acquire(timeout=0.2):
                if run.stop.is_set():
                    run.state = "cancelled"
                    return
            try:
                self._watch(run)
            finally:
                self._places.release()
        finally:
            run.ended.set()

    def _watch(self, run: Background) -> None:
        run.started = time.monotonic()
        with (run.folder / ERRORS).open("wb") as errors, (run.folder / "printed.txt").open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "analysis.app.job", str(run.folder)],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=errors,
                cwd=run.folder,
                start_new_session=True,
                env=os.environ | {"PYTHONWARNINGS": "ignore"},  # what goes wrong is shown; a line of source is no help
            )
        run.state = "running"
        while process.poll() is None:
            late = time.monotonic() - run.started > self._limits.wall_seconds
            if run.stop.wait(0.1) or late:
                _end(process)
                run.state = "too long" if late else "cancelled"
                return
        run.state = "done" if process.returncode == 0 else "failed"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started."""
    for sign in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, sign)
            else:
                process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
