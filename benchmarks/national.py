"""What one replication of the national scenario costs: CPU, and bytes sent, kept and written (docs/cluster.md)."""

import pickle
import tempfile
import time
from pathlib import Path

from sim.config import validate
from sim.launch.compose import compose
from sim.run.experiment import run_to_folder
from sim.run.replicate import pack, replicate, unpack
from sim.run.store import Task

config = validate(compose("scenario=national", "run.store=null"))
replicate(validate(compose("run.horizon_days=30")), 0)
started = time.process_time()
result = replicate(config, 0)
simulated = time.process_time() - started
started = time.process_time()
packed = pack(result, "key")
packing = time.process_time() - started
started = time.process_time()
unpack(packed, "key", 0)
unpacking = time.process_time() - started
sent = len(pickle.dumps(Task(config, 0, None)))
back = sum(map(len, packed.values()))
with tempfile.TemporaryDirectory() as folder:
    two = config.model_copy(update={"run": config.run.model_copy(update={"replications": 2, "jobs": 1})})
    started = time.process_time()
    run_to_folder(two, Path(folder))
    writing = (time.process_time() - started) / 2 - simulated
    written = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet")) / 2
print(f"{config.hubs.count} Hubs: simulating {simulated:.2f} s, packing {packing:.3f} s, unpacking {unpacking:.3f} s")
print(f"task {sent / 1e3:.0f} kB, result {back / 1e3:.0f} kB, tables {written / 1e3:.0f} kB, {writing:.2f} s to write")
