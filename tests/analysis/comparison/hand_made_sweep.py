"""A finished sweep of plans that need no scenario file, run as `hub -m` runs its cells."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path

from analysis.runs.sweep import run_sweep
from sim.config import HubConfig
from sim.run.experiment import CellRun


def write_sweep(folder: Path, configs: Mapping[str, HubConfig]) -> None:
    """Run each configuration and leave what a sweep leaves; what it prints is not looked at."""
    cells = [
        CellRun(name, config, folder / f"{number}_{name}", {}) for number, (name, config) in enumerate(configs.items())
    ]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run_sweep(cells, folder) == 0
