"""Where the options of a configuration lie: conf/, scenarios/ and a user's own folder, as Hydra is told of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml  # type: ignore[import-untyped]
from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.errors import ConfigProblem

CONFIG_NAME = "config"
SCENARIO = "scenario"
REFUSED = (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, OSError)
"""What Hydra, OmegaConf and the YAML reader raise over what a user wrote."""


def conf_dir() -> Path:
    """Return the folder of defaults: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def scenarios_dir(conf: Path | None = None) -> Path:
    """Return the folder of scenarios, which always lies beside the folder of defaults."""
    return (conf or conf_dir()).parent / "scenarios"


class _ScenarioSource(FileConfigSource):
    """Serves the flat folder scenarios/ as the group `scenario`, every file in the global package."""

    @staticmethod
    def scheme() -> str:
        return "scenarios"

    def available(self) -> bool:
        return Path(self.path).is_dir()

    def is_group(self, config_path: str) -> bool:
        return config_path in ("", SCENARIO)

    def is_config(self, config_path: str) -> bool:
        group, _, name = config_path.partition("/")
        return group == SCENARIO and name != "" and super().is_config(name)

    def load_config(self, config_path: str) -> ConfigResult:
        scenario = super().load_config(config_path.removeprefix(f"{SCENARIO}/"))
        scenario.header["package"] = "_global_"  # so that no author has to remember the line
        return scenario

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        if config_path == "":
            return [] if results_filter == ObjectType.CONFIG else [SCENARIO]
        if config_path != SCENARIO or results_filter == ObjectType.GROUP:
            return []
        return sorted(file.stem for file in Path(self.path).glob("*.yaml"))


class _ScenariosBesideConf(SearchPathPlugin):
    """Adds the scenarios to the search path; `glob(*)` would not see what `hydra.searchpath` adds."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        main = [entry.path for entry in search_path.get_path() if entry.provider == "main" and entry.path]
        for folder in (scenarios_dir(Path(path)) for path in main):
            if folder.is_dir():
                search_path.append("scenarios", f"{_ScenarioSource.scheme()}://{folder}")


class _ReadOnce(CachingConfigRepository):
    """Reads each file once for all cells of a sweep; Hydra copies its repository, and the cache, for each.

    Every cell gets a copy: Hydra merges the other options of a cell into what it is given.
    """

    def load_config(self, config_path: str) -> ConfigResult | None:
        return copy.deepcopy(super().load_config(config_path))

    def __deepcopy__(self, memo: dict[int, Any]) -> _ReadOnce:
        return self


def register_scenarios() -> None:
    """Tell Hydra of scenarios/; before Hydra composes, and as often as you like."""
    for plugin in (_ScenarioSource, _ScenariosBesideConf):
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
    search_path = create_config_search_path(str(conf))
    if config_dir is not None:
        own = Path(config_dir).resolve()
        if problems := list(_config_dir_problems(own, conf)):
            raise ConfigProblem(problems)
        search_path.prepend("command-line", f"file://{own}", SearchPathQuery(provider="schema"))
    loader = ConfigLoaderImpl(search_path)
    loader.repository = cast(ConfigRepository, _ReadOnce(loader.repository))
    return Hydra(task_name="hub", config_loader=loader)


def group_defaults(conf: Path | None = None) -> dict[str, str]:
    """Return the groups that can be chosen and the default option of each, as conf/config.yaml lists them."""
    entries = OmegaConf.load((conf or conf_dir()) / f"{CONFIG_NAME}.yaml").defaults
    pairs = [pair for entry in entries if isinstance(entry, DictConfig) for pair in entry.items()]
    return {str(group): option for group, option in pairs if not str(group).startswith("override ")}


@lru_cache(maxsize=1)
def shipped_prices() -> dict[str, dict[str, dict[str, float]]]:
    """Return the pay of each price year that comes with the simulator, by band."""
    files = sorted((conf_dir() / "costs").glob("*.yaml"))
    costs = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return {str(each["price_year"]): each["pay_gbp_per_year"] for each in costs}


def purposes(hydra: Hydra) -> dict[str, str]:
    """Return what every scenario is for, by name; empty where a file says nothing or cannot be read."""
    repository = ConfigRepository(hydra.config_loader.get_search_path())
    found = {}
    for name in hydra.config_loader.get_group_options(SCENARIO):
        try:
            scenario: Any = repository.load_config(f"{SCENARIO}/{name}")
            found[name] = str(scenario.config.get("purpose", ""))
        except REFUSED:
            found[name] = ""
    return found


def _config_dir_problems(own: Path, conf: Path) -> Iterator[str]:
    groups = group_defaults(conf)
    if not own.is_dir():
        yield f"--config-dir: got {own}; there is no such folder"
    elif not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}; it must hold a folder named after a group, such as {own / SCENARIO}"
    for group in groups:
        shipped = scenarios_dir(conf) if group == SCENARIO else conf / group
        for file in sorted((own / group).glob("*.yaml")):
            if (shipped / file.name).exists():
                yield f"{group}: got {file}, but {file.stem} is taken; give the file another name"
