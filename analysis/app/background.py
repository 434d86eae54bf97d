"""Runs in the background: each a process of its own, with progress, time left, cancel and a limit of time.

This module is both sides: `Runs` starts and watches such processes, and `main` is what each of them does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analysis.app.option_folder import own_options
from analysis.app.plans import DESIGN, cells_of
from analysis.app.view import LIMITS, Limits, refuse_beyond, refuse_many
from analysis.commands.compare import compare
from analysis.commands.size import NOT_FOUND, size
from analysis.own_hub import check as checking
from analysis.own_hub.actual import of_lists
from analysis.own_hub.months_kept import write_months
from analysis.runs.one_run import report
from analysis.runs.sweep import planned, run_sweep
from analysis.tell.console import FAILED, exit_status
from sim.config import HubConfig, validate
from sim.disk import write_whole
from sim.errors import HubError
from sim.evidence import FILES
from sim.measures.audit import AuditBreach
from sim.run.experiment import Told, run_to_folder, simulate
from sim.run.replicate import Replication

State = Literal["waiting", "running", "done", "failed", "cancelled", "too long"]
REQUEST, PROGRESS, ACCOUNT, ERRORS = "request.json", "progress.json", "account.txt", "errors.txt"
"""Files in the folder of a run: what was asked, how far it is, what it tells, and what went wrong."""
RESULTS, COMPARISON, CARD, CHECKED = "results", "comparison", "card", "checked"
"""Folders of what it comes to, within that of the run."""
POLITE = 5
"""How far these processes step back behind quick looks."""
BETWEEN_SECONDS = 0.3
"""Between two times that progress is told."""
PATIENCE_SECONDS = 3.0
"""Between asking a process to end and ending it."""
LONGEST_PROBLEM = 2000


@dataclass
class BackgroundRun:
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
            return "It took longer than this page allows and was stopped. What was finished is kept: ask for less."
        if self.state != "failed":
            return ""
        told = _text(self.folder / ERRORS).strip()
        plain = told and "Traceback" not in told
        return told[:LONGEST_PROBLEM] if plain else "The run ended unexpectedly. Try again, or run the command line."


def end(runs: Iterable[BackgroundRun]) -> None:
    """End some runs and wait until they have ended; replications that are finished stay in the store."""
    there = list(runs)
    for run in there:
        run.stop.set()
    for run in there:
        run.ended.wait(3 * PATIENCE_SECONDS)


class Runs:
    """Starts runs, so many at a time, and ends them."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(limits.places)
        self._going: list[BackgroundRun] = []

    def start(self, folder: Path, request: dict[str, Any]) -> BackgroundRun:
        """Start a run in an empty folder, else refuse (HubError); `request` is what `main` reads."""
        if (folder / REQUEST).exists():
            raise HubError(f"{folder}: holds a run already; start it in a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / REQUEST, json.dumps(request | {"seconds": self._limits.wall_seconds}))
        run = BackgroundRun(folder, request)
        self._going = [*(one for one in self._going if not one.over), run]
        threading.Thread(target=self._see_through, args=(run,), daemon=True, name="run").start()
        return run

    def close(self) -> None:
        """End every run."""
        end(self._going)

    def _see_through(self, run: BackgroundRun) -> None:
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

    def _watch(self, run: BackgroundRun) -> None:
        run.started = time.monotonic()
        with (run.folder / ERRORS).open("wb") as errors, (run.folder / "printed.txt").open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(run.folder)],
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


def main(argv: list[str]) -> int:
    """Run what the request in a folder asks for; 0 if all went well, 1 if it contradicted itself, 2 if refused."""
    os.chdir(argv[0])  # and name what lies there as seen from there: nobody is told where the server keeps it
    folder = Path()
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    _end_after(request["seconds"])
    if hasattr(os, "nice"):
        os.nice(POLITE)
    kinds = {"run": _run, "compare": _compare, "size": _size, "check": _check}
    return exit_status(lambda: kinds[request["kind"]](folder, request), "Interrupted.")


def checked(content: dict[str, Any]) -> HubConfig:
    """Return a configuration of the request, checked again: the process trusts nobody."""
    config = validate(content, FILES)
    refuse_beyond(config)
    return config


def counter(folder: Path) -> Told:
    """Return what to call with how many replications are done, of how many."""
    written = 0.0

    def told(finished: int, of: int) -> None:
        nonlocal written
        if finished == of or time.monotonic() - written > BETWEEN_SECONDS:
            written = time.monotonic()
            write_whole(folder / PROGRESS, json.dumps({"done": finished, "total": of}))

    return told


def _run(folder: Path, request: dict[str, Any]) -> int:
    config = checked(request["config"])
    results = folder / RESULTS
    results.mkdir()
    try:
        manifest = run_to_folder(config, results, counter(folder))
    except AuditBreach as breach:
        print(breach, file=sys.stderr)
        return FAILED
    report(config, manifest, results)
    return 0


def _compare(folder: Path, request: dict[str, Any]) -> int:
    cells = cells_of(folder / DESIGN, request["replications"], request["store"], request.get("config_dir"))
    refuse_many(len(cells))
    configs = [checked(cell.config) for cell in cells]
    sweep = folder / RESULTS
    sweep.mkdir()
    if run_sweep(planned(cells, configs, sweep), sweep, counter(folder)) != 0:
        print("A plan could not be simulated; change it or leave it out.", file=sys.stderr)
        return FAILED
    return compare([str(sweep), *request["options"], "--out", str(folder / COMPARISON)])


def _size(folder: Path, request: dict[str, Any]) -> int:
    with (folder / ACCOUNT).open("w", encoding="utf-8", buffering=1) as account, redirect_stderr(account):
        own = [] if (options := request.get("config_dir") or own_options()) is None else ["--config-dir", options]
        status = size([*request["arguments"], *own, "--out", str(folder / CARD)])
    if status in (0, NOT_FOUND):  # that no plan keeps the target is an answer too
        return 0
    print((folder / ACCOUNT).read_text(encoding="utf-8"), file=sys.stderr)
    return status


def _check(folder: Path, request: dict[str, Any]) -> int:
    config = checking.keeping_months(checked(request["config"]))
    told, finished = counter(folder), list[Replication]()
    for replication in simulate(config):
        finished.append(replication)
        told(len(finished), config.run.replications)
    actual = of_lists(request["happened"])
    (folder / CHECKED).mkdir()
    rows = checking.compared(actual, checking.simulated_months(finished))
    write_months(folder / CHECKED, rows, checking.title_of(config))
    return 0


def _end_after(seconds: float) -> None:
    """End this process after so long, and soon after the page that started it, even if that was killed."""
    last, parent = time.monotonic() + seconds, os.getppid()

    def watch() -> None:
        while time.monotonic() < last and os.getppid() == parent:
            time.sleep(1)
        os._exit(FAILED)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except HubError as problem:
        sys.exit(str(problem))
