"""One run in the background, as a process: reads what was asked, calls what the commands call, tells how far it is."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from analysis.app.limits import refuse_beyond, refuse_many
from analysis.app.runs import ACCOUNT, PROGRESS, REQUEST
from analysis.tell.console import FAILED, exit_status
from sim.config import HubConfig, validate
from sim.disk.whole import write_whole
from sim.errors import HubError
from sim.measures.audit import AuditBreach
from sim.run.experiment import Told, run_to_folder

RESULTS = "results"
"""Folder of the results within that of the run."""
COMPARISON, CARD = "comparison", "card"
SECONDS_BETWEEN = 0.3
POLITE = 5
"""How far these processes step back behind quick looks."""


def main(argv: list[str]) -> int:
    """Run what the request in a folder asks for; 0 if all went well, 1 if it contradicted itself, 2 if refused."""
    os.chdir(argv[0])  # and name what lies there as seen from there: nobody is told where the server keeps it
    folder = Path()
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    _end_after(request["seconds"])
    if hasattr(os, "nice"):
        os.nice(POLITE)
    kinds = {"run": _run, "compare": _compare, "size": _size}
    return exit_status(lambda: kinds[request["kind"]](folder, request), "Interrupted.")


def checked(content: dict[str, Any]) -> HubConfig:
    """Return a configuration of the request, checked again: the process trusts nobody."""
    config = validate(content)
    refuse_beyond(config)
    return config


def counter(folder: Path) -> Told:
    """Return what to call with how many replications are done, of how many."""
    written = 0.0

    def told(finished: int, of: int) -> None:
        nonlocal written
        if finished == of or time.monotonic() - written > SECONDS_BETWEEN:
            written = time.monotonic()
            write_whole(folder / PROGRESS, json.dumps({"done": finished, "total": of}))

    return told


def _run(folder: Path, request: dict[str, Any]) -> int:
    from analysis.runs.one_run import report

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
    from analysis.app.plans import DESIGN, cells_of
    from analysis.commands.compare import compare
    from analysis.runs.sweep import planned, run_sweep

    cells = cells_of(folder / DESIGN, request["replications"], request["store"])
    refuse_many(len(cells))
    configs = [checked(cell.config) for cell in cells]
    sweep = folder / RESULTS
    sweep.mkdir()
    if run_sweep(planned(cells, configs, sweep), sweep, counter(folder)) != 0:
        print("A plan could not be simulated; change it or leave it out.", file=sys.stderr)
        return FAILED
    return compare([str(sweep), *request["options"], "--out", str(folder / COMPARISON)])


def _size(folder: Path, request: dict[str, Any]) -> int:
    from analysis.commands.size import NOT_FOUND, size

    with (folder / ACCOUNT).open("w", encoding="utf-8", buffering=1) as account, redirect_stderr(account):
        status = size([*request["arguments"], "--out", str(folder / CARD)])
    if status in (0, NOT_FOUND):  # that no plan keeps the target is an answer too
        return 0
    print((folder / ACCOUNT).read_text(encoding="utf-8"), file=sys.stderr)
    return status


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
