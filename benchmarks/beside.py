"""This checkout beside another, in turn: processor time of the service and of a whole replication, least of many.

Each measurement is a process of its own in its checkout, with that checkout's own Python: nothing but the code differs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from analysis.commands.size import NOT_FOUND
from benchmarks.sweep_overhead import CELLS
from sim.compiled import UNCOMPILED

HERE = Path(__file__).parents[1]
WHOLE_RUNS = 3
"""Replications a process, of each kind; the least counts."""
CASES = ("default Hub", "small Hub", "3,000 waiting")
QUICK_COMMAND = "`hub`, one replication, cold"
COMMANDS: dict[str, list[str]] = {
    QUICK_COMMAND: ["run.replications=1"],
    "a sweep, 24 cells of 50 replications": ["-m", *CELLS, "run.replications=50"],
    "`hub size`, the default question": ["size", "scenario=major_incident"],
}
QUICK_COMMAND_ROUNDS = 5

PROGRAM = """
import gc, json, sys
sys.path.insert(0, ".")
from contextlib import suppress
from importlib import import_module
from time import process_time
from benchmarks.rules import LONG_LIST, REFERENCE
from benchmarks.with_this_project import configuration, configured
from sim.service.hub import run_service

def found(name, *places):
    # in a checkout of today, or in an older one
    for place in places:
        with suppress(ImportError, AttributeError):
            return getattr(import_module(place), name)

draw_cohort = found("draw_cohort", "sim.cohort", "sim.cohort.draw")
hub_size = found("hub_size", "sim.cohort", "sim.cohort.draw")
draw_roster = found("draw_roster", "sim.roster", "sim.roster.posts", "sim.roster.table")
replicate = found("replicate", "sim.run.replicate", "sim.replicate")

def least(function, *given):
    best = 1e9
    for _ in range({runs}):
        gc.collect()
        gc.disable()
        started = process_time()
        function(*given)
        best = min(best, process_time() - started)
        gc.enable()
    return 1000 * best

found = {{}}
plain = configured({{"run.store": None, "run.jobs": 1}})
for name, config in zip({cases!r}, (plain, configuration(REFERENCE), configuration(LONG_LIST))):
    replicate(config, 0)
    drawn = draw_cohort(config, 5, 0), draw_roster(config, 5, 0, hub_size(config, 0))
    found[name] = [
        least(lambda: (draw_cohort(config, 5, 0), draw_roster(config, 5, 0, hub_size(config, 0)))),
        least(run_service, config, *drawn),
        least(replicate, config, 5),
    ]
print(json.dumps(found))
"""


class Beside(NamedTuple):
    """Milliseconds of one part of one case: there, here, and here uncompiled."""

    what: str
    there: float
    here: float
    uncompiled: float


def beside(other: Path, rounds: int) -> list[Beside]:
    """Measure the draws, the service and the whole replication of each case here and in another checkout."""
    ways = {"there": (other, {}), "here": (HERE, {UNCOMPILED: "0"}), "uncompiled": (HERE, {UNCOMPILED: "1"})}
    found: dict[str, list[dict[str, list[float]]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, (checkout, setting) in ways.items():
            found[way].append(_measured(checkout, setting))
    return [
        Beside(f"{case}, {part}", *(min(one[case][p] for one in found[way]) for way in ways))
        for case in CASES
        for p, part in enumerate(("draws", "service", "whole replication"))
    ]


def commands(other: Path, long: bool, tell: Callable[[str], None]) -> list[tuple[str, float, float]]:
    """Return each whole command with its seconds by the clock there and here, in turn; the least of the quick one.

    Parameters
    ----------
    long
        Whether those that take minutes are measured too, once each.
    """
    found = []
    for what, arguments in COMMANDS.items():
        quick = what == QUICK_COMMAND
        if not (quick or long):
            continue
        seconds: dict[Path, list[float]] = {other: [], HERE: []}
        for _ in range(QUICK_COMMAND_ROUNDS if quick else 1):
            for checkout, taken in seconds.items():
                tell(f"{what}, {'here' if checkout == HERE else 'there'}")
                with tempfile.TemporaryDirectory() as folder:
                    call = [*_command(checkout, arguments), "run.store=null"]
                    started = perf_counter()
                    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
                    taken.append(perf_counter() - started)
                if done.returncode not in (0, NOT_FOUND):
                    raise RuntimeError(f"{checkout}: {what}: {done.stderr[-500:]}")
        found.append((what, min(seconds[other]), min(seconds[HERE])))
    return found


def _command(checkout: Path, arguments: list[str]) -> list[str]:
    scripts = checkout / ".venv" / "bin"
    own = scripts / f"hub-{arguments[0]}"  # a checkout from before the verbs has a script for each
    return [str(own), *arguments[1:]] if own.exists() else [str(scripts / "hub"), *arguments]


def _measured(checkout: Path, setting: dict[str, str]) -> dict[str, list[float]]:
    own = checkout / ".venv" / "bin" / "python"
    done = subprocess.run(
        [str(own) if own.exists() else sys.executable, "-c", PROGRAM.format(runs=WHOLE_RUNS, cases=CASES)],
        cwd=checkout,
        env=os.environ | setting,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{checkout}: {done.stderr[-500:]}")
    measured: dict[str, list[float]] = json.loads(done.stdout)
    return measured


def commit(checkout: Path) -> str:
    """Return what a checkout calls its commit."""
    told = subprocess.run(
        ["git", "-C", str(checkout), "describe", "--always"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()
