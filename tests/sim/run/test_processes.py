import os
import pickle
import subprocess
import sys
import threading
import time
from functools import partial
from multiprocessing import forkserver
from pathlib import Path

import pytest

from sim.run.processes import (
    ONE_THREAD,
    _inherited,
    _Popen,
    _Process,
    compute_with_one_thread,
    get_ready,
    meanwhile,
    pool,
)

SCRIPT = """
import os, signal
print("once", flush=True)
from sim.run.processes import pool
workers = pool(2)
print(workers.submit(os.getpid).result(), flush=True)
os.kill(os.getpid(), signal.{signal})
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text() if Path(f"/proc/{pid}/status").exists() else True


@pytest.mark.integration
@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM"])
def test_workers_end_with_the_script_that_started_them_and_never_run_it_again(tmp_path: Path, signal: str) -> None:
    script = tmp_path / "no_guard.py"
    script.write_text(SCRIPT.format(signal=signal))
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    once, worker = ended.stdout.split()
    assert once == "once"
    assert ended.stderr == ""
    deadline = time.monotonic() + 30
    while alive(int(worker)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(int(worker))


@pytest.mark.integration
def test_a_worker_computes_with_one_thread_and_the_command_keeps_its_own_settings() -> None:
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    get_ready()
    assert {pool(2).submit(os.getenv, name).result() for name in ONE_THREAD} == {"1"}
    assert {name: os.environ.get(name) for name in ONE_THREAD} == before


@pytest.mark.integration
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_done_meanwhile_is_done_when_it_is_over_and_its_mistakes_are_not_lost(
    tmp_path: Path, jobs: int
) -> None:
    there = tmp_path / "there"
    with meanwhile(jobs, partial(there.write_text, "done")):
        pass
    assert there.read_text() == "done"
    with pytest.raises(FileNotFoundError), meanwhile(jobs, partial(os.stat, tmp_path / "nowhere")):
        pass


@pytest.mark.unit
def test_a_worker_that_was_still_coming_when_the_user_pressed_ctrl_c_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, write = os.pipe()
    monkeypatch.setattr(forkserver, "connect_to_new_process", lambda _: (os.dup(read), write))
    monkeypatch.setattr(forkserver, "read_signed", _pressed)
    with pytest.raises(KeyboardInterrupt):
        _Popen(_Process(target=print))
    ended: list[int] = []
    monkeypatch.setattr(sys.modules[os._exit.__module__], "_exit", ended.append)
    with open(read, "rb") as pipe:
        pickle.load(pipe)
        assert pipe.read() == b""
    assert ended == [0]


def _pressed(_: int) -> int:
    raise KeyboardInterrupt


@pytest.mark.unit
def test_a_command_computes_with_one_thread_unless_its_user_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"OPENBLAS_NUM_THREADS": "3"})
    compute_with_one_thread()
    assert os.environ == ONE_THREAD | {"OPENBLAS_NUM_THREADS": "3"}


@pytest.mark.unit
def test_two_threads_that_start_processes_at_once_leave_the_environment_as_it_was():
    before = dict(os.environ)
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with _inherited(PYTHONSAFEPATH="1"):
            inside.set()
            leave.wait(0.3)

    def second() -> None:
        inside.wait()
        with _inherited(PYTHONSAFEPATH="1"):
            leave.set()
            time.sleep(0.1)

    both = [threading.Thread(target=each) for each in (first, second)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert dict(os.environ) == before
