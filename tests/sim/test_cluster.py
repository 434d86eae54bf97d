"""On a Dask cluster a run gives the same bytes as here, and loses nothing when a worker is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from distributed import Client

from sim.errors import HubError
from sim.experiment import run_to_folder
from sim.results import ALWAYS
from sim.workers import check_reachable

pytestmark = pytest.mark.integration

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 200, "run.replications": 24, "run.jobs": 1}


def wait_for_address(address_file, scheduler):
    """The scheduler's address, once its file is whole: the file is there before anything is in it."""
    deadline = time.monotonic() + 300
    while not address_file.exists() or not address_file.read_text().endswith("}"):
        assert time.monotonic() < deadline and scheduler.poll() is None
        time.sleep(0.05)
    return json.loads(address_file.read_text())["address"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler on loopback, and two worker processes without minders."""
    folder = tmp_path_factory.mktemp("dask")
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address_file = folder / "scheduler.json"
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard", "--scheduler-file", str(address_file)], **quiet
    )  # fmt: skip
    workers = []
    try:
        address = wait_for_address(address_file, scheduler)
        workers += [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny",
                 "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"], **quiet
            )
            for _ in range(2)
        ]  # fmt: skip
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_killed_worker_loses_nothing_and_the_bytes_are_the_same_as_here(cluster, hub_config, tmp_path):
    address, workers = cluster
    here, there = tmp_path / "here", tmp_path / "there"
    run_to_folder(hub_config(**SHORT), here)
    elsewhere = {"run.backend": "dask", "run.scheduler": address, "run.store": str(tmp_path / "store")}
    killed = threading.Event()

    def kill_one(finished: int, of: int) -> None:
        if finished == 3:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.set()

    run_to_folder(hub_config(**SHORT | elsewhere), there, kill_one)
    assert killed.is_set() and workers[0].wait(5) == -signal.SIGKILL and workers[1].poll() is None
    for table in ALWAYS:
        assert (here / f"{table}.parquet").read_bytes() == (there / f"{table}.parquet").read_bytes()
    assert len(list((tmp_path / "store").rglob("*.tables"))) == 24


def test_a_worker_with_another_version_of_the_model_is_refused(cluster, hub_config, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.workers.code_version", lambda: {"source_sha256": "another"})
    config = hub_config(**SHORT | {"run.backend": "dask", "run.scheduler": cluster[0]})
    with pytest.raises(HubError, match="another version of the model"):
        run_to_folder(config, tmp_path / "there")


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(hub_config, monkeypatch):
    monkeypatch.setattr("sim.workers.ANSWERS_WITHIN_SECONDS", 0.5)
    config = hub_config(**{"run.backend": "dask", "run.scheduler": "tcp://127.0.0.1:9"})
    with pytest.raises(HubError, match=r"^run.scheduler: got tcp://127.0.0.1:9; no Dask scheduler answers there"):
        check_reachable(config.run)
