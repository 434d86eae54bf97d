"""What Hydra itself prints and runs: the configuration, how it is composed, and cells on a launcher of its own."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from sim.composed import Cell
from sim.errors import HubError, nearest
from sim.launch.compose import Composer, cell_of
from sim.launch.options import CONFIG_NAME
from sim.launch.overrides import SWEEP_FOLDER, meant, quoted


def shown(composer: Composer, overrides: Sequence[str], which: str, package: str | None, resolve: bool) -> str:
    """Return a configuration as YAML: `job`, `hydra` for Hydra's own part, or `all`; of one part only, if named.

    Raises
    ------
    HubError
        When it cannot be composed, or has no such part.
    """
    (cell,) = composer.cells(overrides, multirun=False, unheeded={})
    _refuse_package(package, cell.config)
    with _caught() as told:
        composer.hydra.show_cfg(CONFIG_NAME, [meant(text) for text in overrides], which, package, resolve)
    return told.getvalue()


def information(composer: Composer, overrides: Sequence[str], which: str) -> str:
    """Return what Hydra tells of how a configuration is composed: `searchpath`, `defaults-tree` and so on."""
    composer.cells(overrides, multirun=False, unheeded={})
    with _caught() as told:
        composer.hydra.show_info(which, CONFIG_NAME, [meant(text) for text in overrides], RunMode.RUN)
    return told.getvalue()


def launched(
    composer: Composer, overrides: Sequence[str], folder: Path, run: Callable[[Cell, Path, list[str]], int]
) -> int:
    """Let a launcher of Hydra's run the cells of a sweep, and return the highest of their exit statuses.

    Parameters
    ----------
    folder
        Of the sweep.
    run
        Runs one cell in its folder, of which it was told by these overrides; it is sent to other machines.
    """
    mine = [text for text in map(meant, overrides) if text.partition("=")[0].strip(" +") != SWEEP_FOLDER]
    mine += [f"{SWEEP_FOLDER}={quoted(str(folder))}", "hydra.mode=MULTIRUN"]
    batches = composer.hydra.multirun(CONFIG_NAME, _Job(run), mine)
    return max(int(job.return_value) for batch in batches for job in batch)


class _Job:
    """Runs the cell of a sweep that a launcher of Hydra's composed, in the folder that it made."""

    def __init__(self, run: Callable[[Cell, Path, list[str]], int]) -> None:
        self._run = run

    def __call__(self, composed: DictConfig) -> int:
        told = HydraConfig.get()
        cell = cell_of(composed, told.runtime.choices)
        return self._run(cell, Path(told.runtime.output_dir), list(told.overrides.task))


def _refuse_package(package: str | None, config: dict[str, Any]) -> None:
    """Refuse a part of the configuration that there is not."""
    part: Any = config
    for step in (package or "").split(".") if package not in (None, "_global_") else ():
        if not isinstance(part, dict) or step not in part:
            known = list(part) if isinstance(part, dict) else []
            raise HubError(f"--package: got {package}; {nearest(step, known) if known else 'it holds no parts'}")
        part = part[step]


@contextmanager
def _caught() -> Iterator[io.StringIO]:
    """Hold what Hydra prints and logs line by line, so that a reader who has enough of it ends it quietly."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with redirect_stdout(io.StringIO()) as told:
        try:
            yield told
        finally:
            root.handlers[:], root.level = handlers, level
