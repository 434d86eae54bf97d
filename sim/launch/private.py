"""All that is used of Hydra and OmegaConf that they do not promise to keep, each with its reason.

Hydra's public interface composes from files that it reads itself, and through state of the whole process. Here files
are read within bounds and a page composes for many visitors. `tests/sim/launch/test_private.py` fails when a version
of Hydra or OmegaConf has changed one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.utils import create_config_search_path
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult, ConfigSource
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, flag_override
from omegaconf._utils import get_yaml_loader


def search_path(main: str) -> ConfigSearchPath:
    """Return where Hydra looks for options: its own, ours, and what is added; only its `main` function makes one."""
    return create_config_search_path(main)


class Loader(ConfigLoaderImpl):
    """Composes from a search path; `hydra.compose` has such a loader too, but a single one for the process.

    `note` is told of the files that a configuration is put together from, in order, before they are: to ask for their
    list beforehand would make it twice.
    """

    def __init__(self, path: ConfigSearchPath, note: Callable[[list[ResultDefault]], None]) -> None:
        super().__init__(path)
        self._note = note
        self._each_once = False

    def _compose_config_from_defaults_list(self, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
        self._note(defaults)
        self._each_once = len({default.config_path for default in defaults}) == len(defaults)
        return super()._compose_config_from_defaults_list(defaults, repo)

    def _embed_result_config(self, ret: ConfigResult, package_override: str | None) -> ConfigResult:  # type: ignore[override]  # Hydra's is static
        """Put a file's values where they belong, as Hydra does, without the copy that is a third of composing.

        A file that stands in two places is copied.
        """
        package = ret.header["package"] if package_override is None else package_override
        if not package or not self._each_once:
            return super()._embed_result_config(ret, package_override)
        around = OmegaConf.create()
        with flag_override(around, "no_deepcopy_set_nodes", True):
            OmegaConf.update(around, package, ret.config, merge=False)
        return replace(ret, config=around)


def set_values(values: Sequence[Override], config: DictConfig) -> None:
    """Set values as Hydra does, in a configuration that is composed already: to compose for each cell takes long."""
    ConfigLoaderImpl._apply_overrides_to_config(list(values), config)


def context(of: ConfigLoader) -> HydraContext:
    """Return what a launcher is given to compose its jobs with; only Hydra's `main` function makes one."""
    return HydraContext(config_loader=of, callbacks=Callbacks())


def header(text: str) -> dict[str, str | None]:
    """Return what a file says in `# @package` and the like; whoever serves files to Hydra has to tell it."""
    return ConfigSource._get_header_dict(text)


YamlLoader: Any = get_yaml_loader()
"""Reads numbers and dates as OmegaConf does wherever else it reads YAML, and refuses a key that stands twice."""
