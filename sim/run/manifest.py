"""The manifest of a run: what exactly was run, on what, and how it went; enough to run it again."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sim import __version__
from sim.cohort.barriers import answer_to_clinics, answer_to_evenings
from sim.cohort.established import is_established
from sim.cohort.steady import steady
from sim.config import HubConfig
from sim.config.staffing import TEMPORARY
from sim.disk import write_whole
from sim.run.replicate import Replication
from sim.service import COMPILED
from sim.streams import LAYOUT_VERSION

PACKAGES = ("simpy", "numpy", "scipy", "pandas", "pyarrow", "hydra-core", "joblib", "pydantic", "holidays")
LABELS = ("scenario", "staffing_model", "purpose")
NOT_SIMULATED = (
    "jobs", "replications", "replications_max", "precision", "keep", "profile", "store", "design",
    "backend", "scheduler", "warm_up",
)  # fmt: skip
"""Keys of `run` that do not change what any one replication is."""
SAME_PEOPLE = ("staffing", "costs", "standards")
"""Parts of a configuration that change nobody who comes."""


def now() -> str:
    """Return the time as text."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@dataclass
class Manifest:
    """What was run and how it went."""

    config: HubConfig
    cell: str
    levers: dict[str, Any] = field(default_factory=dict)
    """What differs between this cell and the others of its sweep, by configuration path."""
    started_at: str = field(default_factory=now)
    finished_at: str = ""
    replications: int = 0
    from_store: int = 0
    """How many of them had been simulated before."""
    audited: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    precision: dict[str, Any] | None = None
    """Why there are so many replications, where `run.precision` decided."""
    warnings: list[str] = field(default_factory=list)
    evidence_grades: dict[str, int] = field(default_factory=dict)
    """How many of the numbers in use are of each grade; D is an assumption."""

    def add(self, result: Replication) -> None:
        """Count a finished replication in."""
        self.replications += 1
        self.from_store += result.from_store
        self.audited = result.audited
        for step, seconds in result.seconds.items():
            self.seconds[step] = self.seconds.get(step, 0.0) + seconds

    def write(self, folder: Path) -> None:
        """Write manifest.json."""
        self.finished_at = now()
        write_whole(folder / "manifest.json", json.dumps(self.content(), indent=2, ensure_ascii=False) + "\n")

    def content(self) -> dict[str, Any]:
        """Return everything the manifest says."""
        per_replication = max(self.replications, 1)
        return {
            "scenario": self.config.scenario,
            "staffing": self.config.staffing_model,
            "purpose": self.config.purpose,
            "config_hash": config_hash(self.config),
            "seed": self.config.run.seed,
            "replications": self.replications,
            "replications_from_store": self.from_store,
            "precision": self.precision,
            "draw_layout": LAYOUT_VERSION,
            "cells": [cell_entry(self.cell, ".", self.config, self.levers, self.replications, "finished")],
            "audit": {"passed": True, "rules": self.audited, "replications": self.replications},
            "warnings": self.warnings,
            "evidence_grades": self.evidence_grades,
            "input_files": _input_files(self.config),
            "config": self.config.model_dump(mode="json"),
            **environment(),
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "seconds_per_replication": {
                step: round(total / per_replication, 5) for step, total in self.seconds.items()
            },
        }


def cell_entry(
    cell: str, folder: str, config: HubConfig, levers: dict[str, Any], replications: int, status: str
) -> dict[str, Any]:
    """Return what a manifest says of a cell: its name, its folder, what differs, and whether it finished."""
    return {
        "cell": cell,
        "folder": folder,
        "scenario": config.scenario,
        "staffing": config.staffing_model,
        "levers": levers,
        "config_hash": config_hash(config),
        "replications": replications,
        "status": status,
    }


def environment() -> dict[str, Any]:
    """Return what it ran on: version of the model, whether compiled (same results), packages, Python and system."""
    return {
        "code": code_version(),
        "compiled": COMPILED,
        "packages": {name: package_version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


@lru_cache(maxsize=32)
def package_version(name: str) -> str:
    """Return the version of an installed package; it is looked up on the disk once."""
    return metadata.version(name)


def config_hash(config: HubConfig) -> str:
    """Return a digest of everything that decides what a replication is: not names, cores, count or what is kept.

    Of an input file the contents count, not its path.
    """
    return _digest(config, LABELS)


def people_key(config: HubConfig) -> str:
    """Return a key that two configurations share only if the same people come to their Hubs.

    Of the staffing nobody who comes knows but how many posts offer evenings, where that is a barrier; who is at an
    established Hub already depends on the staff of before the run.
    """
    evenings = f"{answer_to_evenings(config)}/{answer_to_clinics(config)}"
    if not is_established(config):
        return f"{_digest(config, (*LABELS, *SAME_PEOPLE))}/{evenings}"
    if config.uncertainty.mode != "none":  # the numbers behind where its lists settle are drawn
        # In futures these are demand and how long it takes to hire, which leave the same staff of before the same.
        known, temporary = _staff_of_before(config) if config.uncertainty.mode == "futures" else (config, "")
        return (
            f"{_digest(known, (*LABELS, *(part for part in SAME_PEOPLE if part != 'staffing')))}/{temporary}/{evenings}"
        )
    return f"{_digest(config, (*LABELS, *SAME_PEOPLE))}/{evenings}/{steady(config)}"


def _staff_of_before(config: HubConfig) -> tuple[HubConfig, str]:
    """Return the configuration without lines that begin later, and which roles have temporary lines alone."""
    roles = config.staffing.roles
    there = {
        name: {key: line for key, line in role.lines.items() if line.from_day is None} for name, role in roles.items()
    }
    staffing = {name: role.model_copy(update={"lines": there[name]}) for name, role in roles.items()}
    temporary = [name for name, role in roles.items() if {line.kind for line in role.lines.values()} <= set(TEMPORARY)]
    return config.model_copy(
        update={"staffing": config.staffing.model_copy(update={"roles": staffing})}
    ), f"{temporary}"


def _digest(config: HubConfig, leave_out: Sequence[str]) -> str:
    content = config.model_dump(mode="json", exclude=dict.fromkeys(leave_out, True) | {"run": set(NOT_SIMULATED)})
    content["demand"]["referrals_csv"] = list(_input_files(config).values())
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def code_version() -> dict[str, str]:
    """Return the package version, a digest of the model's source, and the git commit where there is one."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    version = {"version": __version__, "source_sha256": digest.hexdigest()}
    if (package.parent / ".git").exists():
        answer = subprocess.run(
            ["git", "-C", str(package.parent), "describe", "--always", "--dirty"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode == 0:
            version["git"] = answer.stdout.strip()
    return version


def _input_files(config: HubConfig) -> dict[str, str]:
    file = config.demand.referrals_csv
    return {file.path: file.digest} if file else {}
