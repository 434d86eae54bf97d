"""What may follow the beginning of a change to the configuration, for a shell that completes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.errors import ConfigProblem
from sim.launch.compose import compose
from sim.launch.options import group_defaults, hub_hydra


def completions(begun: str, before: Sequence[str] = (), config_dir: str | None = None) -> list[str]:
    """List what a user may mean.

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
    try:
        loader = hub_hydra(config_dir).config_loader
        key, equals, value = begun.partition("=")
        groups = group_defaults()
        if equals and key in groups:
            several, _, last = value.rpartition(",")
            front = f"{key}={several}{',' * bool(several)}"
            return [f"{front}{name}" for name in loader.get_group_options(key) if name.startswith(last)]
        chosen = [text for text in before if text.partition("=")[0] in groups and "," not in text]
        config = compose(*chosen, config_dir=config_dir)
    except ConfigProblem:
        return []
    if equals:
        return [f"{key}={word}" for word in ("false", "true") if type(_at(config, key.split("."))) is bool]
    parent, dot, _ = begun.rpartition(".")
    part = _at(config, parent.split(".") if dot else [])
    found = [text for text in _keys(part, f"{parent}{dot}") if text.startswith(begun)]
    if len(found) == 1 and found[0].endswith("."):  # a shell would put a space behind it
        found += completions(found[0], before, config_dir)
    return found + [f"{group}=" for group in groups if not dot and group.startswith(begun)]


def _keys(part: Any, front: str) -> Iterator[str]:
    for name, child in part.items() if isinstance(part, dict) else ():
        yield f"{front}{name}{'.' if isinstance(child, dict) and child else '='}"


def _at(config: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        config = config.get(step) if isinstance(config, dict) else None
    return config
