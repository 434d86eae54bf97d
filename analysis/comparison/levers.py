"""The levers of a plan: where its configuration differs from the baseline's, in groups pulled one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from analysis.tell.wording import words
from sim.config import HubConfig
from sim.config.edit import changed, differences
from sim.run.manifest import NOT_SIMULATED

NAMES = ("scenario", "staffing_model", "purpose")
"""What a plan is called is no lever."""
DULL = ("roles", "lines", "wte", "exposed", "campaigns")
"""Steps of a path that say nothing in the name of a lever."""


class Change(NamedTuple):
    """One place where two configurations differ."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


class Lever(NamedTuple):
    """Changes that belong together and are made together."""

    name: str
    changes: tuple[Change, ...]


def changes(baseline: HubConfig, plan: HubConfig) -> list[Change]:
    """Return every place in which a plan differs from its baseline in what is simulated."""
    before, after = _content(baseline), _content(plan)
    return [Change(*found) for found in differences(before, after)]


def _content(config: HubConfig) -> dict[str, Any]:
    content = config.model_dump(exclude={"run": set(NOT_SIMULATED), **dict.fromkeys(NAMES, True)})
    content["run"].pop("store", None)
    return content


def levers(found: Iterable[Change]) -> list[Lever]:
    """Put changes into levers: by part of the configuration, or one step deeper wherever that leaves a single one."""
    listed = list(found)
    deepest = max((len(change.path) for change in listed), default=0)
    groups: dict[tuple[str, ...], list[Change]] = {}
    for depth in range(1, deepest + 1):
        groups = {}
        for change in listed:
            groups.setdefault(change.path[:depth], []).append(change)
        if len(groups) > 1:
            break
    return [Lever(_name(path), tuple(members)) for path, members in groups.items()]


def _name(path: tuple[str, ...]) -> str:
    told = [words(step) for step in path if step not in DULL] or [words(path[-1])]
    return ": ".join(dict.fromkeys([told[0], told[-1]]))


def pulled(baseline: HubConfig, chosen: Iterable[Lever]) -> HubConfig:
    """Return the baseline with some levers pulled.

    Raises
    ------
    ConfigProblem
        If they cannot be pulled without the others.
    """
    return changed(baseline, {change.path: change.after for lever in chosen for change in lever.changes})
