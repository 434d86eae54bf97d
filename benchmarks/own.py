"""This project's own figures: where a replication's time goes, how it grows, what it holds, how soon it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np

from benchmarks.with_this_project import configured
from sim.config import HubConfig
from sim.run.experiment import simulate
from sim.run.replicate import replicate
from sim.run.results import ALWAYS, TableFile

HERE = {"run.store": None, "run.jobs": 1}
YEAR = 365
WHOLE = "all but writing, processor time"
LABELS = dict.fromkeys(("cell", "scenario", "staffing"), "bench")


class Median(NamedTuple):
    """A median with the least and the most."""

    value: float
    least: float
    most: float


def median(values: list[float]) -> Median:
    return Median(float(np.median(values)), min(values), max(values))


def split(rounds: int) -> dict[str, Median]:
    """Return milliseconds of the steps of one default replication, writing its tables included."""
    config = configured(HERE)
    replicate(config, 0)
    steps: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = [TableFile(Path(folder) / f"{name}.parquet", name) for name in ALWAYS]
        for number in range(rounds):
            started = process_time()
            replication = replicate(config, number)
            whole = process_time() - started
            started = perf_counter()
            for name, file in zip(ALWAYS, files, strict=True):
                file.write(replication.tables[name], LABELS)
            seconds = replication.seconds | {"write": perf_counter() - started, WHOLE: whole}
            for step, spent in seconds.items():
                steps.setdefault(step, []).append(1000 * spent)
        for file in files:
            file.__exit__(None, None, None)
    return {step: median(values) for step, values in steps.items()}


class Growth(NamedTuple):
    """Time against size."""

    sizes: list[int]
    seconds: list[float]
    exponent: float
    """Slope of log seconds against log size."""


def growth(configs: dict[int, HubConfig], rounds: int, above: float = 0.0) -> Growth:
    """Return the least processor time at each size and the fitted exponent, of the time above a given one."""
    seconds = [least_time(config, rounds) for config in configs.values()]
    sizes = list(configs)
    slope = np.polyfit(np.log(sizes), np.log(np.array(seconds) - above), 1)[0]
    return Growth(sizes, seconds, float(slope))


def least_time(config: HubConfig, rounds: int) -> float:
    def once(number: int) -> float:
        started = process_time()
        replicate(config, number)
        return process_time() - started

    return min(once(number) for number in range(rounds))


def hubs() -> Growth:
    one_year = HERE | {"run.horizon_days": YEAR, "run.opening.mode": "empty"}
    return growth({n: configured(one_year | {"hubs.count": n}) for n in (1, 2, 5, 10, 20, 40)}, 2)


def years() -> Growth:
    no_run_in = HERE | {"run.opening.mode": "empty"}
    return growth({n: configured(no_run_in | {"run.horizon_days": n * YEAR}) for n in (1, 2, 3, 5, 7, 10)}, 3)


def list_lengths() -> Growth:
    """Return the time of one year with an opening list that nobody leaves, above that of a Hub without one."""
    config = backlog(0)
    return growth({n: backlog(n) for n in (2_500, 5_000, 10_000, 20_000, 40_000)}, 2, above=least_time(config, 4))


def backlog(people: int) -> HubConfig:
    return configured(
        HERE
        | {
            "run.horizon_days": YEAR,
            "run.opening.mode": "backlog",
            "run.opening.backlog.assessment": {"people": people, "mean_wait_days": 100.0},
            "pathway.patience.assessment_leave_per_week": 0.0,
        }
    )


def per_replication_overhead(replications: int) -> tuple[int, float, float]:
    """Return cores, milliseconds of start-up, and milliseconds a replication costs more on them than in one process."""
    here = configured(HERE)
    spread = configured(HERE | {"run.jobs": -1})
    started = perf_counter()
    list(simulate(here, range(replications)))
    alone = perf_counter() - started
    started = perf_counter()
    list(simulate(spread, range(4)))
    start_up = perf_counter() - started
    started = perf_counter()
    list(simulate(spread, range(replications)))
    together = perf_counter() - started
    cores = os.cpu_count() or 1
    return cores, 1000 * start_up, 1000 * (together * cores - alone) / replications


PEAK = """
import sys
sys.path.insert(0, {root!r})
from benchmarks import own
from sim.run.replicate import replicate
replicate(own.configured(own.HERE | {changes!r}), 0)
print(own.most_kilobytes())
"""


def peak_megabytes(changes: dict[str, object]) -> float:
    """Return the most memory that a fresh process holds for one replication."""
    program = PEAK.format(root=str(Path(__file__).parents[1]), changes=changes)
    return int(_run("-c", program)) / 1024


def most_kilobytes() -> int:
    """Return the most memory this process has held; on Linux since it was started, not by whoever started it."""
    told = Path("/proc/self/status")
    if told.exists():
        lines = dict(line.split(":", 1) for line in told.read_text().splitlines())
        return int(lines["VmHWM"].split()[0])
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


STARTS: dict[str, tuple[str, ...]] = {
    "bare Python": ("-c", "pass"),
    "`import sim`": ("-c", "import sim"),
    "`hub --help`": ("-m", "analysis", "--help"),
    "`hub` with one replication, tables and figures": ("-m", "analysis", "run.replications=1", "run.store=null"),
}


def cold_starts(rounds: int, tell: Callable[[str], None]) -> dict[str, Median]:
    """Return seconds from nothing, each in a process of its own, rounds interleaved."""
    seconds: dict[str, list[float]] = {name: [] for name in STARTS}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            tell(f"cold starts, round {number + 1}")
            for name, arguments in STARTS.items():
                started = perf_counter()
                _run(*arguments, folder=folder)
                seconds[name].append(perf_counter() - started)
    return {name: median(values) for name, values in seconds.items()}


def _run(*arguments: str, folder: str | None = None) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)[:80]}: {done.stderr[-500:]}")
    return done.stdout
