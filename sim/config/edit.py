"""A configuration as a tree: its values by path, and another configuration in which some of them are others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from sim.config import HubConfig, validate

STEP = re.compile(r"[^.\[\]]+")
Path = str | tuple[str, ...]
"""Where a value is, as it is written (`delay.pulses[0].share`) or step by step."""


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
"""Stands for what one of two configurations does not have."""


def is_number(value: object) -> bool:
    """Return whether a value is a number: a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def leaves(node: Any, key: str = "", whole_lists: bool = False) -> Iterator[tuple[str, Any]]:
    """List the values below a part of a tree with their paths: `delay.pulses[0].share`.

    Parameters
    ----------
    whole_lists
        Whether a list of plain values is one value.
    """
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from leaves(child, f"{key}.{name}" if key else str(name), whole_lists)
    elif isinstance(node, list | tuple) and not (
        whole_lists and not any(isinstance(child, Mapping | list) for child in node)
    ):
        for index, child in enumerate(node):
            yield from leaves(child, f"{key}[{index}]", whole_lists)
    else:
        yield key, node


def put(tree: MutableMapping[str, Any], path: Path, value: Any) -> None:
    """Set a value of a tree, making the parts above it that there are not; `NOTHING` takes it out."""
    *parents, last = STEP.findall(path) if isinstance(path, str) else path
    part: Any = tree
    for step in parents:
        part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
    if value is NOTHING:
        del part[last]
    else:
        part[int(last) if isinstance(part, list) else last] = value


def changed(config: HubConfig, values: Mapping[Any, Any]) -> HubConfig:
    """Return a configuration in which some values, by `Path`, are others, or are not there (`NOTHING`).

    What files tell was asked when the configuration was composed and is not asked again: a value drawn for a staff
    group that is not there, as in conf/, changes nobody, and must not stop a run in its middle.

    Raises
    ------
    ConfigProblem
        If it contradicts itself.
    """
    tree = config.model_dump()
    for path, value in values.items():
        put(tree, path, value)
    return validate(tree)


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """List where two trees differ, in the order of the first: path, before and after; a list is one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from differences(before.get(name, NOTHING), after.get(name, NOTHING), (*path, str(name)))
    elif before != after:
        yield path, before, after
