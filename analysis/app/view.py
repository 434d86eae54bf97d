"""What a visitor looks at: a preset and what was changed of it, as a configuration, a command line and a link.

The bounds are kept here, behind the page, whatever a browser sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from analysis.app.levers import GROUPS, Lever, Value, group_levers, levers_of
from analysis.app.option_folder import OptionFolder, OwnHub, shipped
from analysis.own_hub.option_files import OPTION
from sim.composed import put
from sim.config import HubConfig, changed, expected_referrals
from sim.config.kinds import InputFile
from sim.errors import ConfigProblem, nearest, unfit
from sim.launch.options import SCENARIO
from sim.launch.pieces import typed

MEGABYTE = 1_000_000
LONGEST_VALUE = 100
"""Of one value in a link; the name of an option is the longest."""


@dataclass(frozen=True)
class Limits:
    """The most that one visitor can ask for at a time."""

    people: int = 150_000
    """Expected to refer in one replication, all Hubs together."""
    hubs: int = 40
    horizon_days: int = 1_827
    replications: int = 500
    plans: int = 6
    wall_seconds: int = 1_800
    """After which a run in the background is ended; what is finished stays in the store."""
    absence_seconds: int = 300
    """So long a visit is kept whose page is not connected: its uploads, and what it runs."""
    look_seconds: float = 15.0
    """After which a quick look makes do with the replications it has."""
    waiting_runs: int = 2
    """Runs in the background that one visitor may have going or waiting."""
    places: int = 2
    """Runs in the background of all visitors that go at the same time; others wait their turn."""
    upload_bytes: int = 2 * MEGABYTE
    store_bytes: int = 2_000 * MEGABYTE
    """Room for finished replications; when it is full the store is emptied."""


LIMITS = Limits()


def refuse_beyond(config: HubConfig, limits: Limits = LIMITS) -> None:
    """Refuse (ConfigProblem, a line a bound) a configuration that is more than one visitor may ask for."""
    run = config.run
    asked = (
        ("hubs.count", config.hubs.count, limits.hubs),
        ("run.horizon_days", run.horizon_days, limits.horizon_days),
        ("run.replications", run.replications, limits.replications),
        ("run.opening.run_in_days", run.opening.run_in_days, limits.horizon_days),
        ("demand, people expected to refer", round(expected_referrals(config)), limits.people),
        ("run.opening.backlog, people", _already_there(config), limits.people),
    )
    lines = [
        f"{key}: got {value:,}; this page runs at most {most:,} (the command line has no such bound)"
        for key, value, most in asked
        if value > most
    ]
    if lines:
        raise ConfigProblem(lines)


def refuse_unfit(parameters: Mapping[str, str]) -> None:
    """Refuse (ConfigProblem, a line a value) a link with what is too long for any, or no text, before it is read."""
    bad = {name: text for name, text in parameters.items() if len(text) > LONGEST_VALUE or unfit(f"{name}{text}", "")}
    lines = [f"{name[:40]}: got {text[:40]!a} ...; a link holds short texts" for name, text in bad.items()]
    if lines:
        raise ConfigProblem(lines)


def refuse_many(plans: int, limits: Limits = LIMITS) -> None:
    """Refuse (ConfigProblem) more plans side by side than the page runs, or fewer than two."""
    if not 2 <= plans <= limits.plans:  # noqa: PLR2004 (a comparison is of two)
        raise ConfigProblem([f"plans: got {plans}; choose 2 to {limits.plans}"])


def _already_there(config: HubConfig) -> int:
    opening = config.run.opening
    backlog = opening.backlog
    queues = (backlog.screening_review, backlog.assessment, backlog.therapy, backlog.caseload)
    return sum(queue.people for queue in queues) * config.hubs.count if opening.mode == "backlog" else 0


OWN = "own"
"""Of a link: that it is of a workbook, which it does not hold."""
QUICK, DECISION = 20, 200
"""Replications of a quick look and of a run that decisions may rest on."""


@dataclass(frozen=True)
class View:
    """A preset, what was changed of it, and the visitor's own referrals if there are any."""

    scenario: str
    staffing: str
    changes: Mapping[str, Value] = field(default_factory=dict)
    """By name of the lever."""
    referrals: InputFile | None = None
    """A table of this visitor's own; it never becomes part of a link."""
    hub: OwnHub | None = None
    """The Hub of this visitor's workbook, whose options can be chosen too."""

    @classmethod
    def default(cls) -> View:
        """Return what `hub` runs when nothing is asked for."""
        chosen = shipped().defaults
        return cls(chosen[SCENARIO], chosen["staffing"])

    @classmethod
    def of_hub(cls, hub: OwnHub) -> View:
        """Return the Hub of a workbook as it was filled in."""
        return cls(OPTION, OPTION, hub=hub)

    @property
    def folder(self) -> OptionFolder:
        """The options that can be chosen."""
        return self.hub or shipped()

    @property
    def is_private(self) -> bool:
        """Whether it holds what the visitor has uploaded, of which nothing goes into the store for all."""
        return self.referrals is not None or self.hub is not None

    @cached_property
    def preset(self) -> HubConfig:
        """The preset, with its incident and policy changed if they were: what the other levers start from."""
        return self.folder.config(*self._groups())

    @cached_property
    def levers(self) -> list[Lever]:
        """Every lever of the preset, the choices of incident and policy among them."""
        plain = self.folder.config(f"{SCENARIO}={self.scenario}", f"staffing={self.staffing}")
        return [*group_levers(self.folder.options, plain), *levers_of(self.preset)]

    @cached_property
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
        written = [line for lever, value in self.changed if lever.name not in GROUPS for line in lever.overrides(value)]
        return [*self._groups(), *written]

    def with_change(self, name: str, value: Value) -> View:
        """Return the view with one lever moved; other levers that this takes away are dropped."""
        moved = replace(self, changes={**self.changes, name: value})
        known = {lever.name for lever in moved.levers}
        return replace(moved, changes={key: kept for key, kept in moved.changes.items() if key in known})

    def config(self, replications: int, store: Path | None = None) -> HubConfig:
        """Return the configuration to run; where values contradict each other ConfigProblem has a line for each."""
        config = self.folder.config(*self.overrides, f"run.replications={replications}")
        config = config.model_copy(update={"run": config.run.model_copy(update={"store": store and str(store)})})
        return config if self.referrals is None else changed(config, {"demand.referrals_csv": self.referrals})

    @property
    def overrides_with_referrals(self) -> list[str]:
        """The same, and the visitor's own referrals if there are any."""
        own = [] if self.referrals is None else [f"demand.referrals_csv={self.referrals.path}"]
        return [*self.overrides, *own]

    def command(self, *rest: str, verb: Sequence[str] = ()) -> str:
        """Return the command line that composes this again, with the `rest` that is to be done with it."""
        return typed(["hub", *(verb or ["run"]), *self.folder.shown, *self.overrides_with_referrals, *rest])

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
            f"#   hub run --config-dir DIR scenario=mine run.replications={replications}",
        ]
        if self.referrals is not None:
            lines.append(f"# With it went a table of referrals: add demand.referrals_csv={self.referrals.path}")
        return "\n".join(lines) + "\n" + str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))

    def link(self) -> dict[str, str]:
        """Return the view as the parameters of a link; of own referrals and of a workbook it holds nothing."""
        moved = {lever.name: f"{value:g}" if isinstance(value, float) else str(value) for lever, value in self.changed}
        own = {} if self.hub is None else {OWN: self.hub.mark}
        return {"scenario": self.scenario, "staffing": self.staffing, **moved, **own}

    def _groups(self) -> list[str]:
        chosen = [f"{group}={self.changes[group]}" for group in GROUPS if group in self.changes]
        return [f"{SCENARIO}={self.scenario}", f"staffing={self.staffing}", *chosen]


def from_link(parameters: Mapping[str, str]) -> View:
    """Return the view that a link names; ConfigProblem where it names what is not there, or a value out of bounds."""
    refuse_unfit(parameters)
    if OWN in parameters:
        told = "this link is of a Hub whose workbook only its own visitor has; upload it under Your own figures"
        raise ConfigProblem([told])
    view = View.default()
    for group in (SCENARIO, "staffing"):
        asked = parameters.get(group, getattr(view, group))
        if asked not in (known := view.folder.options(group)):
            raise ConfigProblem([f"{group}: got {asked[:40]!r}; {nearest(asked, known)}"])
        view = replace(view, **{group: asked})
    moved = [name for name in parameters if name not in (SCENARIO, "staffing")]
    for name in sorted(moved, key=lambda key: key not in GROUPS):
        levers = {lever.name: lever for lever in view.levers}
        if name not in levers:
            raise ConfigProblem([f"{name[:40]}: nothing of that name can be changed; {nearest(name, list(levers))}"])
        view = replace(view, changes={**view.changes, name: levers[name].checked(parameters[name])})
    return view
