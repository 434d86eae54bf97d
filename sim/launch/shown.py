"""What is shown of configurations: as YAML, the files that one is put together from, and what could be written next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, ListConfig, OmegaConf, open_dict

from sim.errors import ConfigProblem, HubError, nearest
from sim.launch.compose import Composer, compose
from sim.launch.options import Options
from sim.launch.overrides import meant


def shown(composer: Composer, overrides: Sequence[str], which: str, package: str | None, resolve: bool) -> str:
    """Return a configuration as YAML: `job`, `hydra` for Hydra's own part, or `all`; of one part only, if named.

    Raises
    ------
    HubError
        When it cannot be composed, or has no such part.
    """
    (cell,) = composer.cells(overrides, multirun=False, unheeded={})
    whole = composer.options.compose([meant(text) for text in overrides])
    HydraConfig.instance().set_config(whole)  # for what refers to Hydra's own part
    with open_dict(whole):
        for key in [key for key in whole if which != "all" and (key == "hydra") != (which == "hydra")]:
            del whole[key]
    part: Any = whole
    if package not in (None, "_global_"):
        _refuse_package(str(package), cell.config if which == "job" else whole)
        part = OmegaConf.select(whole, str(package))
    if not isinstance(part, DictConfig | ListConfig):
        return f"{part}\n"
    if resolve:
        OmegaConf.resolve(part)
    return f"# @package {package}\n" * (part is not whole) + OmegaConf.to_yaml(part)


def _refuse_package(package: str, config: Any) -> None:
    """Refuse a part of the configuration that there is not."""
    part = config
    for step in package.split("."):
        known = [str(key) for key in part] if isinstance(part, dict | DictConfig) else []
        if step not in known:
            raise HubError(f"--package: got {package}; {nearest(step, known) if known else 'it holds no parts'}")
        part = part[step]


def information(composer: Composer, overrides: Sequence[str]) -> str:
    """Return where options are looked for, and the files of a configuration with the part that each sets."""
    composer.cells(overrides, multirun=False, unheeded={})
    composer.options.compose([meant(text) for text in overrides])
    folders = [str(source.place(group)) for source in composer.options.sources() for group in ("", "scenario")]
    width = max(len(written.file) for written in composer.options.written)
    files = [f"{each.file:<{width}}  {'.'.join(each.under) or 'all'}" for each in composer.options.written]
    told = ["Options are looked for in", *folders, "", "Files of this configuration and what they set, the later wins"]
    return "\n".join([*told, *files]) + "\n"


def completions(begun: str, before: Sequence[str] = (), config_dir: str | None = None) -> list[str]:
    """List what somebody may be about to write of a change to the configuration.

    Parameters
    ----------
    begun
        What there is of it: `scen`, `scenario=ma`, `run.`, `run.warm_up=`; the last of several values, after a comma.
    before
        Other changes of the command line: the keys are those of the options that they choose.
    config_dir
        A folder of a user's own options.

    Returns
    -------
    list of str
        Whole texts that begin so; a key ends in `=`, and in `.` where more follows. Empty if the folder is refused.
    """
    key, equals, value = begun.partition("=")
    try:
        options = Options(config_dir)
        if equals and key in options.defaults:
            several, comma, last = value.rpartition(",")
            return [f"{key}={several}{comma}{name}" for name in options.of(key) if name.startswith(last)]
        chosen = [text for text in before if text.partition("=")[0] in options.defaults and "," not in text]
        config = compose(*chosen, config_dir=config_dir)
    except ConfigProblem:
        return []
    if equals:
        return [f"{key}={word}" for word in ("false", "true") if isinstance(_at(config, key.split(".")), bool)]
    found = _beginning(config, begun)
    return found + [f"{group}=" for group in options.defaults if "." not in begun and group.startswith(begun)]


def _beginning(config: Any, begun: str) -> list[str]:
    """List the keys that begin so, and those below where there is but one: a shell would put a space behind it."""
    parent, dot, _ = begun.rpartition(".")
    found = [key for key in _keys(_at(config, parent.split(".") if dot else []), parent + dot) if key.startswith(begun)]
    return found + (_beginning(config, found[0]) if len(found) == 1 and found[0].endswith(".") else [])


def _keys(part: Any, front: str) -> Iterator[str]:
    for name, child in part.items() if isinstance(part, dict) else ():
        yield f"{front}{name}{'.' if isinstance(child, dict) and child else '='}"


def _at(config: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        config = config.get(step) if isinstance(config, dict) else None
    return config
