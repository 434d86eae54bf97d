"""Keys that only the command line sets: on what a run is computed, and where it is kept, is for whoever starts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from omegaconf import OmegaConf

from sim.composed import Places, WrittenIn
from sim.errors import ConfigProblem

PART = "run"
NAMES = ("backend", "scheduler", "store", "jobs", "design")
"""A Dask scheduler can run code here, and a store is a folder that is written to: no scenario of somebody else's may
choose them."""


def decided(content: Any) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and remedy of whatever in some values is for the command line to set.

    Parameters
    ----------
    content
        Values as they stand in a file, references not followed.
    """
    raw: Any = OmegaConf.to_container(content, resolve=False) if OmegaConf.is_config(content) else content
    part: Any = raw.get(PART) if isinstance(raw, dict) else None
    if isinstance(part, str) and "${" in part:
        yield PART, part, "write its keys out, one by one"
    for name in NAMES if isinstance(part, dict) else ():
        if name in part:
            key = f"{PART}.{name}"
            yield key, str(part[name]), f"only the command line sets it: leave it out here, and give hub {key}=VALUE"


def check_file(content: Any, written: WrittenIn) -> None:
    """Refuse a file of a user's own that sets what only the command line may.

    Parameters
    ----------
    content
        Its values, below the package that they go to.

    Raises
    ------
    ConfigProblem
        With file and line of each.
    """
    places = Places([written])
    found = [
        f"{places.of(key.split('.')) or f'{written.file}:1'}: {key}: got {value}; {remedy}"
        for key, value, remedy in decided(content)
    ]
    if found:
        raise ConfigProblem(found)
