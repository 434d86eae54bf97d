"""How much of a sweep is not simulation, and whether memory grows: `python benchmarks/sweep_overhead.py [NUMBER]`.

CPU is counted, not only wall time, and by process in the same run, so that the share holds on a busy machine too:
all of the parent is overhead, and of each worker its start and the packing. On an idle machine the share of the wall
time says more: it counts the cores that idle while the parent starts, composes and draws.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from sim.config import validate
from sim.launch.compose import compose_cells
from sim.run.replicate import pack, replicate

WORKERS = 2
CELLS = ["demand.multiplier=0.95,1,1.05", "run.seed=1,2", "costs.overhead_share=0.1,0.15,0.2,0.25"]
SAMPLED = 20


def overhead_of_workers(replications: int, workers: int) -> float:
    """Return the CPU seconds that workers spend on starting and on packing results."""
    config = validate(compose_cells([], multirun=False)[0].config)
    result = replicate(config, 0)
    started = time.process_time()
    for _ in range(SAMPLED):
        pack(result, "key")
    each = (time.process_time() - started) / SAMPLED
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import sim.run.workers, joblib.externals.loky"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return replications * each + workers * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def children_of(pid: int) -> list[str]:
    """Return the processes that a process, whichever of its threads, has started and that still run."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it ended in the meantime
            found += thread.read_text().split()
    return found


def watch(process: subprocess.Popen[str], memory: dict[str, int], cpu: dict[str, float]) -> None:
    """Note the greatest resident memory in kB and the CPU seconds of a process and of its children until it ends."""
    tick = os.sysconf("SC_CLK_TCK")
    while process.poll() is None:
        for pid in (str(process.pid), *children_of(process.pid)):
            try:
                status, stat = (Path(f"/proc/{pid}/{name}").read_text() for name in ("status", "stat"))
            except OSError:
                continue
            who = "parent" if pid == str(process.pid) else "worker"
            size = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
            memory[who] = max(memory.get(who, 0), *size, 0)
            cpu[pid if who == "worker" else who] = sum(map(int, stat.rpartition(")")[2].split()[11:13])) / tick
        time.sleep(0.5)


def main(replications: int, cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "analysis", *(["-m"] if cells else []), *cells]
        command += [f"run.replications={replications}", f"run.jobs={WORKERS}"]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, text=True)
        memory: dict[str, int] = {}
        cpu: dict[str, float] = {}
        watcher = threading.Thread(target=watch, args=(process, memory, cpu))
        watcher.start()
        process.wait()
        wall = time.perf_counter() - started
        watcher.join()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.tables"))
    number = replications * max(1, len(compose_cells(cells, multirun=bool(cells))))
    parent, workers = cpu.pop("parent"), sum(cpu.values())
    beside = overhead_of_workers(number, WORKERS)
    print(f"{number} replications on {os.cpu_count()} cores: wall {wall:.0f} s, load average {os.getloadavg()[0]:.1f}")
    print(f"  CPU: parent {parent:.0f} s, workers {workers:.0f} s, of that starting and packing {beside:.0f} s")
    print(f"  not simulation: {(parent + beside) / (parent + workers):.1%} of CPU")
    print(f"  and {1 - (workers - beside) / WORKERS / wall:.1%} of the wall time, if nothing else runs")
    print(f"  store {size / number / 1000:.0f} kB a replication; peak memory, MB: "
          + ", ".join(f"{who} {kb / 1000:.0f}" for who, kb in memory.items()))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, CELLS if len(sys.argv) <= 2 else sys.argv[2:])
