"""Processes that are ended while one writes its result: the command ends too, and does not wait for the rest of it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys, time
from pathlib import Path
from sim.run.processes import end_at_once, pool

executor, mark = pool(1), Path(sys.argv[1], "half")
half = f'''
import gc, os, pathlib, struct, time
from joblib.externals.loky.backend.queues import SimpleQueue
results = next(one for one in gc.get_objects() if isinstance(one, SimpleQueue))
os.write(results._writer.fileno(), struct.pack("!i", 1000) + b"half of a result")
pathlib.Path({str(mark)!r}).touch()
time.sleep(1000)
'''
executor.submit(exec, half, {})
while not mark.exists():
    time.sleep(0.01)
time.sleep(0.2)  # until it is being read
end_at_once(executor)
print("ended")
"""


@pytest.mark.integration
def test_a_command_whose_process_is_ended_in_the_middle_of_a_result_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr
