"""Configurations as trees, as they are composed: their values by path, and where each was written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

Steps = tuple[str, ...]
STEP = re.compile(r"[^.\[\]]+")


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

    With `whole_lists` a list of plain values is one value.
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


def put(tree: MutableMapping[str, Any], path: str | Steps, value: Any) -> None:
    """Set a value of a tree by its path, written as `leaves` does or step by step; `NOTHING` takes it out."""
    *parents, last = STEP.findall(path) if isinstance(path, str) else path
    part: Any = tree
    for step in parents:
        part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
    if value is NOTHING:
        del part[last]
    else:
        part[int(last) if isinstance(part, list) else last] = value


def differences(before: Any, after: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any, Any]]:
    """List where two trees differ, in the order of the first: path, before and after; a list is one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from differences(before.get(name, NOTHING), after.get(name, NOTHING), (*path, str(name)))
    elif before != after:
        yield path, before, after


def nearest_path(path: str | Path) -> str:
    """Return a path as seen from where the user stands, if that is shorter."""
    try:
        return min(str(path), os.path.relpath(path), key=len)
    except (OSError, ValueError):  # the folder is gone, or on another drive
        return str(path)


class WrittenIn(NamedTuple):
    """The lines of one file, by the path of each key in it, and the path under which its values lie."""

    path: Path
    lines: Mapping[Steps, int]
    under: Steps = ()

    @property
    def file(self) -> str:
        """What the file is called in a message."""
        return nearest_path(self.path)


class Places:
    """The files of one configuration, the later winning, and the keys that the command line sets itself."""

    def __init__(self, files: Sequence[WrittenIn] = (), said: Iterable[str] = ()) -> None:
        self._files = tuple(files)
        self._said = [tuple(key.split(".")) for key in said]

    def of(self, path: Sequence[object]) -> str | None:
        """Return `FILE:LINE` of a value, or of the nearest part that holds it; none if the command line set it."""
        steps = tuple(str(step) for step in path)
        if any(steps[: len(said)] == said[: len(steps)] for said in self._said):
            return None
        for length in range(len(steps), 0, -1):
            for written in reversed(self._files):
                above = len(written.under)
                if steps[:above] == written.under and (line := written.lines.get(steps[above:length])):
                    return f"{written.file}:{line}"
        return None


class Outside(NamedTuple):
    """What a configuration cannot know by itself, and whoever composes it from files can tell."""

    read: Callable[[str], Any]
    """Returns the file at a path that the configuration names as an `InputFile`, or raises `Refused`."""
    prices: Callable[[], Mapping[str, Mapping[str, Mapping[str, float]]]]
    """The pay of each price year that comes with the simulator, by band: entry, mid and top, GBP a year."""
    is_in_conf: Callable[[str, float], bool]
    """Whether an option in conf/ has this number under this key."""


class Composed(dict[str, Any]):
    """A configuration in plain dictionaries and lists that knows where it was written and what files tell of it."""

    places = Places()
    outside: Outside | None = None


class Place(NamedTuple):
    """How its user would find a cell: a line of a file, or what only it sets on the command line."""

    of_plan: str = ""
    of_scenario: str = ""
    """In a file of plans, where the cell's scenario stands."""
    set_by_scenario: tuple[str, ...] = ()
    """The keys that it sets."""
    in_file: bool = False

    def of(self, refusal: str) -> str:
        """Return where a refusal's key was set, in the plan or in the scenario."""
        key = refusal.partition(":")[0]
        mine = any(key == one or key.startswith(f"{one}.") for one in self.set_by_scenario)
        return self.of_scenario if mine else self.of_plan


@dataclass(frozen=True)
class Cell:
    """One scenario under one staffing model: a run, or one job of a sweep."""

    scenario: str
    staffing: str
    overrides: tuple[str, ...]
    config: dict[str, Any]
    name: str = ""
    """Unique among the cells of a sweep."""
    levers: dict[str, Any] = field(default_factory=dict)
    """What differs between the cells, by configuration path."""
    place: Place = field(default_factory=Place)
    folder: str = ""
    """Within that of the sweep."""
    plan: str = ""
    """What is decided in it, by name; the same in every scenario."""
    world: str = ""
    """What happens in it, by name: its scenario with what else comes from outside."""
    decisions: tuple[str, ...] = ()
    """The levers that are decisions; the others are the world's."""
