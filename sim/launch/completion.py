"""What somebody may be about to write of a change to the configuration, for the Tab key."""

from __future__ import annotations

from collections.abc import Sequence

from omegaconf import OmegaConf

from sim.errors import ConfigProblem
from sim.launch.options import REFUSED, Options, keys_of


def completions(begun: str, before: Sequence[str] = (), config_dir: str | None = None) -> list[str]:
    """List what somebody may be about to write of a change to the configuration.

    Parameters
    ----------
    begun
        What there is of it: `scen`, `scenario=ma`, `run.`, `run.warm_up=`; the last of several values, after a comma.
    before
        Other changes of the command line: the keys are those of the options that they choose.

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
        config = options.compose(chosen)
        if equals:
            is_switch = isinstance(OmegaConf.select(config, key), bool)
            return [f"{key}=false", f"{key}=true"] if is_switch else []
    except (ConfigProblem, *REFUSED):
        return []
    return _beginning(list(keys_of(config)), begun) + [
        f"{group}=" for group in options.defaults if "." not in begun and group.startswith(begun)
    ]


def _beginning(keys: Sequence[str], begun: str) -> list[str]:
    """List the keys that begin so, and those below where there is but one: a shell would put a space behind it."""
    above = {key.rpartition(".")[0] for key in keys}
    alike = [key for key in keys if key.startswith(begun) and key.count(".") == begun.count(".")]
    found = [f"{key}." if key in above else f"{key}=" for key in alike]
    return found + (_beginning(keys, found[0]) if len(found) == 1 and found[0].endswith(".") else [])
