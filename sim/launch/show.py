"""Shows how a configuration is composed: its values as YAML, and the files that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, ListConfig, OmegaConf, open_dict

from sim.errors import HubError, nearest_key
from sim.launch.compose import Composer
from sim.launch.files import ROOT
from sim.launch.options import keys_of
from sim.launch.overrides import meant


def shown(composer: Composer, overrides: Sequence[str], which: str, package: str | None, resolve: bool) -> str:
    """Return a configuration as YAML: `job`, `hydra` for Hydra's own part, or `all`; of one part only, if named.

    Raises HubError when it cannot be composed, or has no such part.
    """
    composer.cells(overrides, multirun=False, unheeded={})
    whole = composer.options.compose([meant(text) for text in overrides])
    HydraConfig.instance().set_config(whole)  # for what refers to Hydra's own part
    with open_dict(whole):
        for key in [key for key in whole if which != "all" and (key == "hydra") != (which == "hydra")]:
            del whole[key]
    part: Any = whole
    if package is not None and package != ROOT:
        known = list(keys_of(whole))
        part = OmegaConf.select(whole, package) if package in known or package.startswith("hydra") else None
        if part is None and package not in known:
            raise HubError(f"--package: got {package}; {nearest_key(package, known)}")
    if not isinstance(part, DictConfig | ListConfig):
        return f"{part}\n"
    if resolve:
        OmegaConf.resolve(part)
    return f"# @package {package}\n" * (part is not whole) + OmegaConf.to_yaml(part)


def information(composer: Composer, overrides: Sequence[str]) -> str:
    """Return where options are looked for, and the files of a configuration with the part that each sets."""
    composer.cells(overrides, multirun=False, unheeded={})
    composer.options.compose([meant(text) for text in overrides])
    folders = [str(source.place(group)) for source in composer.options.sources() for group in ("", "scenario")]
    width = max(len(written.file) for written in composer.options.written)
    files = [f"{each.file:<{width}}  {'.'.join(each.under) or 'all'}" for each in composer.options.written]
    told = ["Options are looked for in", *folders, "", "Files of this configuration and what they set, the later wins"]
    return "\n".join([*told, *files]) + "\n"
