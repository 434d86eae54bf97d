"""The options that a visitor can choose from: those that come with the simulator, and those of one folder over them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path

from analysis.app.identifiers import looks_like
from analysis.own_hub.imported import composed
from analysis.own_hub.option_files import Option, write_options
from analysis.own_hub.options import options_of
from analysis.own_hub.read import Filled, read_uploaded
from sim.config import HubConfig, validate
from sim.errors import ConfigProblem
from sim.evidence import FILES
from sim.launch.compose import Composer, compose, composer_of

OWN_OPTIONS = "HUB_CONFIG_DIR"
"""What the processes of the page are told of a folder of options with."""
COMPOSED = 64
"""Configurations that are kept, so that going back to one costs nothing."""
composing = threading.Lock()
"""Hydra composes for one visitor at a time."""


class OptionFolder:
    """Options to choose from and the configurations they compose; files are read once."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self.config = lru_cache(maxsize=COMPOSED)(self._config)
        self.options = lru_cache(maxsize=None)(self._options)

    def _config(self, *overrides: str) -> HubConfig:
        """Return what some overrides compose, checked; ConfigProblem has a line for each contradiction."""
        with composing:
            cell = self._composer.cells(overrides, multirun=False)[0]
        return validate(dict(cell.config), FILES)  # a visitor is told of no file of the server

    def _options(self, group: str) -> tuple[str, ...]:
        """Return the options of a group, as `hub run --help` lists them."""
        return tuple(self._composer.options.of(group))

    @cached_property
    def purposes(self) -> dict[str, str]:
        """What each scenario is for, in its own sentence."""
        return self._composer.options.purposes()

    @property
    def defaults(self) -> dict[str, str]:
        """The option of each group that nobody has to choose."""
        return self._composer.options.defaults

    @property
    def shown(self) -> list[str]:
        """How a command line names the folder; a visitor is not told where it is."""
        return [] if self.folder is None else ["--config-dir", "DIR"]

    @cached_property
    def _composer(self) -> Composer:
        return composer_of(self.folder)


class OwnHub(OptionFolder):
    """The Hub of a visitor's workbook: its options lie in the folder of the visit and nowhere else."""

    def __init__(self, folder: Path, filled: Filled, made: list[Option]) -> None:
        super().__init__(str(folder))
        self.filled, self.made = filled, made

    @property
    def mark(self) -> str:
        """Tells one upload from another, and nothing of what is in it."""
        return Path(str(self.folder)).name

    @property
    def shown(self) -> list[str]:
        """How a command line names the folder that `hub import` made of the same workbook."""
        return ["--config-dir", "my_hub"]


def take_workbook(name: str, content: bytes, folder: Path, refuse: Callable[[HubConfig], None]) -> OwnHub:
    """Read a workbook and write its options into a new folder, checked as `hub import` checks them.

    ConfigProblem has a line for each cell that is refused, HubError says why the whole file is, `refuse` may refuse
    what it comes to; then nothing is left.
    """
    filled = read_uploaded(name, content)
    _refuse_identifiers(filled)
    with composing:
        made = options_of(filled, compose())
    folder.mkdir(mode=0o700)
    try:
        write_options(folder, made)
        with composing:
            config = composed(made, str(folder))
        refuse(config)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return OwnHub(folder, filled, made)


def _refuse_identifiers(filled: Filled) -> None:
    rows = [row for table in filled.tables.values() for row in table]
    cells = [*filled.settings.values(), *(cell for row in rows for cell in row.values())]
    found = [(cell.where, what) for cell in cells if isinstance(cell.value, str) and (what := looks_like(cell.value))]
    if found:
        lines = [f"{where}: looks like {what}, which may identify somebody; empty it" for where, what in found]
        raise ConfigProblem(lines)


@lru_cache(maxsize=1)
def shipped() -> OptionFolder:
    """Return what every visitor can choose from; the files are read once for all visits."""
    return OptionFolder(own_options())


def own_options() -> str | None:
    """Return the folder of options that the page was started with, as `hub app --config-dir` hands it on."""
    return os.environ.get(OWN_OPTIONS)
