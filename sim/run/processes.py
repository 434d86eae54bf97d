"""Processes of this machine for replications and figures: loaded while a command still reads its configuration.

Where the system can fork (Linux, macOS), one server process imports the model once and every worker is a copy of it,
there in milliseconds; elsewhere each worker imports for itself. joblib's own pool (loky) is used directly: it hands
results back one at a time, and a worker that dies takes nobody else's result with it.
"""

from __future__ import annotations

import io
import math
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import connection, get_all_start_methods, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

IDLE_SECONDS = 60
GROWS_BY_BYTES = 1_000_000_000
"""What a process may grow by before it is taken for one that leaks."""
ROOT = str(Path(__file__).resolve().parents[2])
"""Where `sim` lies, and `analysis` beside it."""
DOOR = "resilience_hub"
"""The package beside it that nobody else has the name of; it loads the others from here, whatever else has theirs."""
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")}
LOADED_FIRST = (
    "sim.run.replicate", "sim.run.store", "scipy.special", "pandas", "pyarrow.pandas_compat", "pyarrow.compute",
    "holidays.countries.united_kingdom",
)  # fmt: skip
"""What every worker needs, the packages that a first replication would load otherwise among it."""
_environment = threading.Lock()
_also: list[str] = []
_running = [0]
"""Processes of the executor that was handed out last."""
IN_A_WORKER = f"""
import sys
if (loaded := sys.modules.get("sim")) and not (loaded.__file__ or "").startswith({ROOT!r}):
    for name in [name for name in sys.modules if name.partition(".")[0] in ("sim", "analysis")]:
        del sys.modules[name]
sys.path.insert(0, {ROOT!r})
import analysis, sim.run.processes
sys.path.remove({ROOT!r})
sim.run.processes._follow()
"""
"""What a worker does first: a user's own `sim.py` or `analysis.py` may lie in a folder that Python searches before."""


def compute_with_one_thread() -> None:
    """Keep this command's own sums to one thread, unless its user said otherwise; before numpy is loaded.

    Threads for sums as small as ours wait for each other in a loop, on cores that workers need.
    """
    for name, number in ONE_THREAD.items():
        os.environ.setdefault(name, number)


def get_ready(*more: str) -> None:
    """Begin to load the model in the background; a command that will simulate calls it first.

    `more` are modules that its workers will need besides.
    """
    _also.extend(more)
    if _cores() > 1:  # on a single one it would only be in the way
        _context()


def _cores() -> int:
    """Return how many cores this process may use; asking joblib would load it first."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def are_ready() -> bool:
    """Return whether a worker will be there at once, as a copy of what is loaded or loading already."""
    return _context.cache_info().currsize > 0 and _context() is not None


@cache
def _context() -> Any:
    """Return how workers are started, and start the server that they are copied from; None where nothing can fork."""
    if sys.platform == "win32" or "forkserver" not in get_all_start_methods():
        return None
    copies = Copies()
    door = [DOOR] if Path(ROOT, DOOR).is_dir() else []
    copies.set_forkserver_preload([*door, *LOADED_FIRST, *_also])
    with _inherited(PYTHONWARNINGS="ignore"):  # it would warn of what a killed command could not put away
        resource_tracker.ensure_running()
    with _inherited(PYTHONSAFEPATH="1", **_found_first()):
        forkserver.ensure_running()
    return copies


def _found_first() -> dict[str, str]:
    """Let the server find this very copy of the model before others, unless it is where Python looks anyhow.

    Put first, the packages that are installed there could hide modules of Python's own.
    """
    if Path(ROOT).name in ("site-packages", "dist-packages"):
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))}


@contextmanager
def _inherited(**more: str) -> Iterator[None]:
    """Start a process that computes with one thread and leaves Ctrl-C and a closed terminal to this one.

    One thread at a time: another would take what is set here for what was set before, and leave it so.
    """
    wanted = ONE_THREAD | more
    with _environment:
        before = {name: os.environ.get(name) for name in wanted}
        os.environ |= wanted
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


if sys.platform != "win32":  # where nothing can fork, Python has none of these
    from multiprocessing import context, forkserver, popen_forkserver, reduction, resource_tracker, spawn, util

    class _Nothing:
        """What a worker is sent that nobody waits for any more: it ends without a word as soon as it reads this."""

        def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
            return os._exit, (0,)

    class _Popen(popen_forkserver.Popen):
        def _launch(self, process_obj: BaseProcess) -> None:
            told = {
                k: v for k, v in spawn.get_preparation_data(process_obj.name).items() if not k.startswith("init_main")
            }
            content = io.BytesIO()
            context.set_spawning_popen(self)
            try:
                reduction.dump(told, content)
                reduction.dump(process_obj, content)
            finally:
                context.set_spawning_popen(None)
            self.sentinel, child = forkserver.connect_to_new_process(self._fds)  # type: ignore[attr-defined]
            ours = os.dup(child)  # while it is open the worker knows that this process lives
            self.finalizer = util.Finalize(self, util.close_fds, (ours, self.sentinel))  # type: ignore[attr-defined]
            with open(child, "wb", closefd=True) as pipe:
                try:
                    self.pid = forkserver.read_signed(self.sentinel)
                except BaseException:  # interrupted while the server still loads: nobody else knows of this worker
                    pipe.write(reduction.ForkingPickler.dumps(_Nothing()))
                    raise
                pipe.write(content.getbuffer())

    class _Process(context.ForkServerProcess):
        @staticmethod
        def _Popen(process_obj: BaseProcess) -> Any:
            return _Popen(process_obj)

    class Copies(context.ForkServerContext):
        """A context of `multiprocessing` whose processes do not run the program's main script again.

        Python's do, so that functions of the main script can be sent to them: a notebook's, a page's or a script
        without a guard would simulate in every worker. What workers are sent is in `sim`. The only place that reaches
        into `multiprocessing`: `_launch` is Python's own without the main script, and sends once the worker is there.
        """

        Process = _Process


def pool(workers: int, most: int = 0) -> Any:
    """Return an executor of so many processes, which are kept for the next one who asks.

    One that is there already stays as large as it is, up to `most`: a process that ended would be missed by the next to
    ask, with the people that it remembers.
    """
    if workers <= _running[0] <= most:
        workers = _running[0]
    _running[0] = workers
    from joblib.externals.loky import get_reusable_executor

    # It starts a worker anew where one has ended for want of work, and need not tell everybody.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
    return get_reusable_executor(
        max_workers=workers, timeout=IDLE_SECONDS, context=_context(), env=ONE_THREAD, initializer=exec,
        initargs=(IN_A_WORKER,),
    )  # fmt: skip


@contextmanager
def meanwhile(jobs: int, *calls: Callable[[], object]) -> Iterator[None]:
    """Do calls beside what is done inside: in workers, or before it where one job is all that may run.

    Calls are functions of modules, with their arguments bound by `functools.partial`. What one of them raises is raised
    when all have ended.
    """
    from joblib import effective_n_jobs

    if (workers := min(effective_n_jobs(jobs), effective_n_jobs(-1))) == 1:
        for call in calls:
            call()
        yield
        return
    executor = pool(workers)
    asked = [executor.submit(call) for call in calls]
    try:
        yield
    finally:
        wait(asked)
    for answer in asked:
        answer.result()


def end_at_once(executor: Any) -> None:
    """End the processes of a pool: loky's own ways of ending may wait for ever for one that is busy.

    One that ends while it writes a result leaves half of it: whoever reads would wait for the rest, and this command
    with them, as long as anybody holds the end that is written to. So this process lets go of it too.
    """
    for process in list(executor._processes.values()):
        process.terminate()
    if (results := executor._result_queue) is not None:  # None where it has ended by itself
        results._writer.close()


def _follow() -> None:
    """Leave interrupts to the parent, and end as soon as it has ended, even if it was killed; not for its memory."""
    from joblib.externals.loky import process_executor

    # Where psutil is installed loky ends a process that grows by 300 MB: here it is people who are kept, up to a limit.
    process_executor._MAX_MEMORY_LEAK_SIZE = GROWS_BY_BYTES
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is None or parent.sentinel is None:  # loky's own way of starting says nothing of the parent
        threading.Thread(target=_watch_number, args=(os.getppid(),), daemon=True).start()
    else:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _watch_number(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def free_memory() -> float:
    """Return how many bytes of memory this process may still take; infinite where that cannot be known."""
    free = math.inf
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = 1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1])
    with suppress(OSError, ValueError):  # the limit of a container
        group = Path("/sys/fs/cgroup")
        free = min(free, int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    with suppress(ImportError, OSError, ValueError):  # ulimit -v
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        free = free if limit == resource.RLIM_INFINITY else min(free, limit - used)
    return max(0.0, free)
