"""How much of a sweep is not simulation, and whether memory grows: `python benchmarks/sweep_overhead.py [NUMBER]`.

CPU is counted, not only wall time, so that the share holds on a busy machine too.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sim.compose import compose_cells
from sim.config import validate
from sim.replicate import replicate

CELLS = ["demand.multiplier=0.95,1,1.05", "run.seed=1,2", "costs.overhead_share=0.1,0.15,0.2,0.25"]
SAMPLED = 3


def simulation_cpu(overrides: list[str], replications: int) -> float:
    """Return the CPU seconds that simulating alone takes, from a few replications of every cell."""
    configs = [validate(cell.config) for cell in compose_cells(overrides, multirun=True)]
    replicate(configs[0], 0)
    started = time.process_time()
    for config in configs:
        for number in range(SAMPLED):
            replicate(config, number)
    return (time.process_time() - started) / SAMPLED * replications


def greatest_memory(process: subprocess.Popen[str], found: dict[str, int]) -> None:
    """Watch the resident memory of a process and of its largest child until it ends."""
    while process.poll() is None:
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
        pids = {"parent": [str(process.pid)], "worker": children.stdout.split()}
        for who, those in pids.items():
            for pid in those:
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                size = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
                found[who] = max(found.get(who, 0), *size, 0)
        time.sleep(0.2)


def main(replications: int, cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim", *(["-m"] if cells else []), *cells]
        command += [f"run.replications={replications}", "run.jobs=2"]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, text=True)
        memory: dict[str, int] = {}
        watcher = threading.Thread(target=greatest_memory, args=(process, memory))
        watcher.start()
        process.wait()
        wall = time.perf_counter() - started
        watcher.join()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.tables"))
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = usage.ru_utime + usage.ru_stime
    simulated = simulation_cpu(cells, replications)
    number = replications * max(1, len(compose_cells(cells, multirun=bool(cells))))
    print(f"{number} replications on {os.cpu_count()} cores: wall {wall:.0f} s, CPU {cpu:.0f} s")
    print(f"  simulation alone {simulated:.0f} s of CPU ({1000 * simulated / number:.0f} ms each)")
    print(f"  not simulation {1 - simulated / cpu:.1%} of CPU; load average {os.getloadavg()[0]:.1f}")
    print(f"  store {size / number / 1000:.0f} kB a replication; peak memory, MB: "
          + ", ".join(f"{who} {kb / 1000:.0f}" for who, kb in memory.items()))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, CELLS if len(sys.argv) <= 2 else sys.argv[2:])
