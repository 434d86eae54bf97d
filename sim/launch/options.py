"""Where the options of a configuration lie: conf/, scenarios/ and a user's own folder, as Hydra is told of them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml  # type: ignore[import-untyped]
from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository, IConfigRepository
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.default_element import ResultDefault
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.composed import WrittenIn
from sim.disk.shipped import conf_dir, scenarios_dir
from sim.errors import ConfigProblem, HubError
from sim.launch.command_line_only import check_file
from sim.launch.files import ROOT, read_option

CONFIG_NAME = "config"
SCENARIO = "scenario"
MAIN = "main"
"""What Hydra calls the folder of defaults."""
REFUSED = (
    HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, OSError, RecursionError,
    AssertionError,
)  # fmt: skip
"""What Hydra, OmegaConf and the YAML reader raise over what a user wrote."""


class OptionSource(FileConfigSource):
    """Serves a folder of options: GROUP/NAME.yaml, read within bounds and without what runs code."""

    @staticmethod
    def scheme() -> str:
        """Return what Hydra calls this kind of folder."""
        return "options"

    def available(self) -> bool:
        """Return whether the folder is there."""
        return Path(self.path).is_dir()

    def is_group(self, config_path: str) -> bool:
        """Return whether there is such a group in it."""
        return _is_below(config_path) and super().is_group(config_path)

    def is_config(self, config_path: str) -> bool:
        """Return whether there is such an option in it."""
        return _is_below(config_path) and super().is_config(config_path)

    def load_config(self, config_path: str) -> ConfigResult:
        """Read an option; a scenario is in the global package, so that no author has to remember the line."""
        file = self.file(config_path)
        read = read_option(file, trusted=self.provider == MAIN and config_path == CONFIG_NAME)
        header = read.header | ({"package": ROOT} if config_path.startswith(f"{SCENARIO}/") else {})
        return FileResult(self.provider, f"{self.scheme()}://{self.path}", read.content, header, written=read.written)

    def file(self, config_path: str) -> Path:
        """Return where an option would lie."""
        return Path(self.path) / self._normalize_file_name(config_path)


class _ScenarioSource(OptionSource):
    """Serves the flat folder scenarios/ as the group `scenario`."""

    @staticmethod
    def scheme() -> str:
        return "scenarios"

    def is_group(self, config_path: str) -> bool:
        return config_path in ("", SCENARIO)

    def is_config(self, config_path: str) -> bool:
        group, _, name = config_path.partition("/")
        return group == SCENARIO and _is_below(name) and self.file(config_path).is_file()

    def file(self, config_path: str) -> Path:
        return super().file(config_path.removeprefix(f"{SCENARIO}/"))

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        if config_path == "":
            return [] if results_filter == ObjectType.CONFIG else [SCENARIO]
        if config_path != SCENARIO or results_filter == ObjectType.GROUP:
            return []
        return sorted(file.stem for file in Path(self.path).glob("*.yaml"))


NOWHERE = WrittenIn("", {})


@dataclass
class FileResult(ConfigResult):
    """What Hydra asks of a file, and the lines of its values."""

    written: WrittenIn = NOWHERE


def _is_below(config_path: str) -> bool:
    """Tell a path inside the folder of options from one that leads out of it, or to Hydra's own part."""
    steps = config_path.split("/")
    return steps[0] != "hydra" and not {".", ".."}.intersection(steps) and not config_path.startswith("/")


class _ScenariosBesideConf(SearchPathPlugin):
    """Adds the scenarios to the search path; `glob(*)` would not see what `hydra.searchpath` adds."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        main = [entry.path for entry in search_path.get_path() if entry.provider == MAIN and entry.path]
        for folder in (scenarios_dir(Path(path.rpartition("://")[2])) for path in main):
            if folder.is_dir():
                search_path.append("scenarios", f"{_ScenarioSource.scheme()}://{folder}")


class Loader(ConfigLoaderImpl):
    """Hydra's loader, which notes what files it put together and lets none decide what is not theirs."""

    def __init__(self, search_path: ConfigSearchPath) -> None:
        super().__init__(search_path)
        self.repository = cast(ConfigRepository, _ReadOnce(self.repository))
        self.written: list[WrittenIn] = []
        """The files of the last configuration, the later winning."""

    def _compose_config_from_defaults_list(self, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
        self.written = []
        return super()._compose_config_from_defaults_list(defaults, repo)

    def _load_single_config(self, default: ResultDefault, repo: IConfigRepository) -> ConfigResult:
        result = super()._load_single_config(default, repo)
        if isinstance(result, FileResult):
            under = tuple(filter(None, (default.package or "").split(".")))
            self.written.append(result.written._replace(under=under))
            if result.provider != MAIN:
                check_file(result.config, self.written[-1])
            if "hydra" in result.config and default.config_path != CONFIG_NAME:
                told = f"got values under {default.package}; a file cannot set Hydra up: leave the package out"
                raise ConfigProblem([f"{result.written.file}:1: {told}"])
        return result


class _ReadOnce(CachingConfigRepository):
    """Reads each file once for all cells of a sweep; Hydra copies its repository, and the cache, for each.

    Every cell gets a copy: Hydra merges the other options of a cell into what it is given. Unpickling is a fifth of
    the work of copying.
    """

    def __init__(self, delegate: IConfigRepository) -> None:
        super().__init__(delegate)
        self._pickled: dict[str, bytes] = {}

    def load_config(self, config_path: str) -> ConfigResult | None:
        found = super().load_config(config_path)
        if found is None:
            return None
        if config_path not in self._pickled:
            self._pickled[config_path] = pickle.dumps((found.config, found.defaults_list))
        config, defaults = pickle.loads(self._pickled[config_path])
        return replace(found, config=config, defaults_list=defaults)

    def __deepcopy__(self, memo: dict[int, Any]) -> _ReadOnce:
        return self


def register_scenarios() -> None:
    """Tell Hydra of scenarios/; before Hydra composes, and as often as you like."""
    for plugin in (OptionSource, _ScenarioSource, _ScenariosBesideConf):
        Plugins.instance().register(plugin)


def hub_hydra(config_dir: str | None = None, conf: Path | None = None) -> Hydra:
    """Return a Hydra that knows conf/, scenarios/ and a user's own folder; it touches no global state.

    Parameters
    ----------
    config_dir
        A user's own options: DIR/GROUP/NAME.yaml, and scenarios as DIR/scenario/NAME.yaml.
    conf
        The folder of defaults, if not the project's own.

    Raises
    ------
    ConfigProblem
        If `config_dir` is missing, holds no group, or repeats a name that is taken.
    """
    conf = conf or conf_dir()
    version.setbase("1.3")
    register_scenarios()
    search_path = create_config_search_path(f"{OptionSource.scheme()}://{conf}")
    if config_dir is not None:
        own = Path(config_dir).resolve()
        if problems := list(_config_dir_problems(own, conf)):
            raise ConfigProblem(problems)
        search_path.prepend("command-line", f"{OptionSource.scheme()}://{own}", SearchPathQuery(provider="schema"))
    return Hydra(task_name="hub", config_loader=Loader(search_path))


def group_defaults(conf: Path | None = None) -> dict[str, str]:
    """Return the groups that can be chosen and the default option of each, as conf/config.yaml lists them."""
    entries = OmegaConf.load((conf or conf_dir()) / f"{CONFIG_NAME}.yaml").defaults
    pairs = [pair for entry in entries if isinstance(entry, DictConfig) for pair in entry.items()]
    return {str(group): option for group, option in pairs if not str(group).startswith("override ")}


def purposes(hydra: Hydra) -> dict[str, str]:
    """Return what every scenario is for, by name; empty where a file says nothing or cannot be read."""
    repository = ConfigRepository(hydra.config_loader.get_search_path())
    found = {}
    for name in hydra.config_loader.get_group_options(SCENARIO):
        try:
            scenario: Any = repository.load_config(f"{SCENARIO}/{name}")
            found[name] = str(scenario.config.get("purpose", ""))
        except (HubError, *REFUSED):
            found[name] = ""
    return found


def _config_dir_problems(own: Path, conf: Path) -> Iterator[str]:
    groups = group_defaults(conf)
    if not own.is_dir():
        yield f"--config-dir: got {own}; there is no such folder"
    elif own.name in groups and not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}, which holds options of {own.name}; give the folder above it: {own.parent}"
    elif not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}; it must hold a folder named after a group, such as {own / SCENARIO}"
    for group in groups:
        shipped = scenarios_dir(conf) if group == SCENARIO else conf / group
        for file in sorted((own / group).glob("*.yaml")):
            if (shipped / file.name).exists():
                yield f"{group}: got {file}, but {file.stem} is taken; give the file another name"
