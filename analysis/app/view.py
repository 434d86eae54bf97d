"""What a visitor looks at: a preset and what was changed of it, as a configuration, a command line and a link."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from analysis.app.levers import Lever, Value, incident_lever, levers_of
from analysis.app.limits import refuse_unfit
from sim.config import HubConfig, validate
from sim.config.edit import put
from sim.config.files import InputFile
from sim.errors import ConfigProblem, nearest
from sim.launch.compose import Composer
from sim.launch.options import SCENARIO, group_defaults, hub_hydra, purposes

QUICK, DECISION = 20, 200
"""Replications of a quick look and of a run that decisions may rest on."""
composing = threading.Lock()
"""Hydra composes for one visitor at a time."""


@dataclass(frozen=True)
class View:
    """A preset, what was changed of it, and the visitor's own referrals if there are any."""

    scenario: str
    staffing: str
    changes: Mapping[str, Value] = field(default_factory=dict)
    """By name of the lever."""
    referrals: InputFile | None = None
    """A table of this visitor's own; it never becomes part of a link."""

    @classmethod
    def default(cls) -> View:
        """Return what `hub` runs when nothing is asked for."""
        chosen = group_defaults()
        return cls(chosen[SCENARIO], chosen["staffing"])

    @property
    def preset(self) -> HubConfig:
        """The preset, with its incident changed if that was changed: what the other levers start from."""
        return _validated(*self._groups())

    @property
    def levers(self) -> list[Lever]:
        """Every lever of the preset, the choice of incident among them."""
        plain = _validated(f"{SCENARIO}={self.scenario}", f"staffing={self.staffing}")
        incident = next(iter(plain.incident), "none")
        known = options("incident")
        return [incident_lever(known, incident if incident in known else "none"), *levers_of(self.preset)]

    @property
    def changed(self) -> list[tuple[Lever, Value]]:
        """Levers that do not stand where the preset has them, with their values."""
        return [
            (lever, self.changes[lever.name])
            for lever in self.levers
            if lever.name in self.changes and self.changes[lever.name] != lever.preset
        ]

    @property
    def overrides(self) -> list[str]:
        """What the command line would be given after `hub`, replications and folders apart."""
        written = [line for lever, value in self.changed if lever.name != "incident" for line in lever.write(value)]
        return [*self._groups(), *written]

    def with_change(self, name: str, value: Value) -> View:
        """Return the view with one lever moved; other levers that this takes away are dropped."""
        moved = replace(self, changes={**self.changes, name: value})
        known = {lever.name for lever in moved.levers}
        return replace(moved, changes={key: kept for key, kept in moved.changes.items() if key in known})

    def config(self, replications: int, store: Path | None = None) -> HubConfig:
        """Return the configuration to run.

        Raises
        ------
        ConfigProblem
            When the values contradict each other; one line a problem.
        """
        overrides = self.overrides  # these compose the preset, so they must be known before composing is taken
        with composing:
            container = _composed(*overrides, f"run.replications={replications}")
        container["run"]["store"] = None if store is None else str(store)
        if self.referrals is not None:
            container["demand"]["referrals_csv"] = self.referrals
        return validate(container)

    def command(self, *rest: str, verb: Sequence[str] = ()) -> str:
        """Return the command line that composes this again, with the `rest` that is to be done with it."""
        own = [] if self.referrals is None else [f"demand.referrals_csv={self.referrals.path}"]
        return shlex.join(["hub", *verb, *self.overrides, *own, *rest])

    def scenario_file(self, replications: int) -> str:
        """Return the changes as a scenario of one's own, which builds on the preset: DIR/scenario/NAME.yaml."""
        told = "; ".join(f"{lever.label}: {lever.shown(value)}" for lever, value in self.changed)
        groups = [override.split("=", 1) for override in self._groups()[1:]]
        content: dict[str, Any] = {
            "defaults": [self.scenario, "_self_", *({f"override /{name}": option} for name, option in groups)],
            "purpose": f"{self.scenario} with {told}" if told else f"{self.scenario} unchanged",
        }
        for override in self.overrides[len(groups) + 1 :]:
            path, _, value = override.partition("=")
            put(content, path, yaml.safe_load(value))
        lines = [
            "# @package _global_",
            "# Made by hub app. Put it into DIR/scenario/mine.yaml and run:",
            f"#   hub --config-dir DIR scenario=mine run.replications={replications}",
        ]
        if self.referrals is not None:
            lines.append(f"# With it went a table of referrals: add demand.referrals_csv={self.referrals.path}")
        return "\n".join(lines) + "\n" + str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))

    def link(self) -> dict[str, str]:
        """Return the view as the parameters of a link; own referrals are left out."""
        moved = {lever.name: f"{value:g}" if isinstance(value, float) else str(value) for lever, value in self.changed}
        return {"scenario": self.scenario, "staffing": self.staffing, **moved}

    def _groups(self) -> list[str]:
        incident = [f"incident={self.changes['incident']}"] if "incident" in self.changes else []
        return [f"{SCENARIO}={self.scenario}", f"staffing={self.staffing}", *incident]


def from_link(parameters: Mapping[str, str]) -> View:
    """Return the view that a link names.

    Raises
    ------
    ConfigProblem
        When it names what is not there, or a value out of bounds.
    """
    refuse_unfit(parameters)
    view = View.default()
    for group in (SCENARIO, "staffing"):
        asked = parameters.get(group, getattr(view, group))
        if asked not in (known := options(group)):
            raise ConfigProblem([f"{group}: got {asked[:40]!r}; {nearest(asked, known)}"])
        view = replace(view, **{group: asked})
    moved = [name for name in parameters if name not in (SCENARIO, "staffing")]
    for name in sorted(moved, key=lambda key: key != "incident"):
        levers = {lever.name: lever for lever in view.levers}
        if name not in levers:
            raise ConfigProblem([f"{name[:40]}: nothing of that name can be changed; {nearest(name, list(levers))}"])
        view = replace(view, changes={**view.changes, name: levers[name].checked(parameters[name])})
    return view


@lru_cache(maxsize=1)
def _scenario_purposes() -> dict[str, str]:
    return purposes(hub_hydra())


def options(group: str) -> list[str]:
    """Return the options of a group, as `hub --help` lists them."""
    return list(_options(group))


@lru_cache(maxsize=16)
def _options(group: str) -> tuple[str, ...]:
    return tuple(hub_hydra().config_loader.get_group_options(group))


def purpose(scenario: str) -> str:
    """Return what a scenario is for, in its own sentence."""
    return _scenario_purposes().get(scenario, "")


@lru_cache(maxsize=64)
def _validated(*overrides: str) -> HubConfig:
    with composing:
        return validate(_composed(*overrides))


def _composed(*overrides: str) -> dict[str, Any]:
    """Return what `sim.launch.compose.compose` does; the files are read once for all visits."""
    return dict(_composer().cells(overrides, multirun=False)[0].config)  # a visitor is told of no file of the server


@lru_cache(maxsize=1)
def _composer() -> Composer:
    return Composer()
