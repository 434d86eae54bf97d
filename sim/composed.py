"""Configurations as they are composed, before they are checked: their values, and where each was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Steps = tuple[str, ...]


class WrittenIn(NamedTuple):
    """The lines of one file, by the path of each key in it, and the path under which its values lie."""

    file: str
    lines: Mapping[Steps, int]
    under: Steps = ()


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
    """What a configuration cannot know by itself, and whoever composes it from files can tell.

    Attributes
    ----------
    read
        Returns the file at a path that the configuration names as an `InputFile`, or raises `Refused`.
    prices
        The pay of each price year that comes with the simulator, by band: entry, mid and top, GBP a year.
    is_in_conf
        Whether an option in conf/ has this number under this key.
    """

    read: Callable[[str], Any]
    prices: Callable[[], Mapping[str, Mapping[str, Mapping[str, float]]]]
    is_in_conf: Callable[[str, float], bool]


class Composed(dict[str, Any]):
    """A configuration in plain dictionaries and lists that knows where it was written and what files tell of it."""

    places = Places()
    outside: Outside | None = None


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
    place: str = ""
    """How its user would find it: a line of a design, or what only it sets."""
    folder: str = ""
    """Within that of the sweep."""
