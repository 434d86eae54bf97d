"""What was run is run again as its manifest says, and the new folder is held against the old one, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from analysis.runs.read_run import config_of, table_of
from sim.config import HubConfig
from sim.run.manifest import PACKAGES, code_version, environment
from sim.run.results import ALWAYS

ONCE_MORE = {"precision": None, "warm_up": False, "backend": "cores", "scheduler": None, "store": None}
"""Decided when it was first run, or of the machine that ran it. No store: what is kept would agree with itself."""
NAMED = "cell"
"""The column of a table that names the cell: alone, a run has another name than in its sweep."""


class Held(NamedTuple):
    """How the tables of a run or cell compare with those of before."""

    same_bytes: bool
    other: tuple[str, ...]
    """Names of the tables whose figures differ."""

    @property
    def told(self) -> str:
        """In words."""
        if self.other:
            return f"other figures in {', '.join(self.other)}"
        return "the same bytes" if self.same_bytes else "the same figures, in other bytes"


def config_again(own: Mapping[str, Any], folder: Path, cell: str, argument: str, jobs: int) -> HubConfig:
    """Return the configuration that a manifest is of, with the replications that there were.

    Raises HubError where it was changed or is another version's.
    """
    config = config_of(dict(own), folder, cell, argument)
    again = {**ONCE_MORE, "jobs": jobs, "replications": own["replications"]}
    return config.model_copy(update={"run": config.run.model_copy(update=again)})


def held_against(before: Path, after: Path, argument: str) -> Held:
    """Compare the tables that every run writes; HubError where one of before is missing or damaged."""
    other = []
    for name in ALWAYS:
        old, new = (table_of(folder, name, argument).drop(columns=NAMED) for folder in (before, after))
        if not old.equals(new):
            other.append(name)
    files = [f"{name}.parquet" for name in ALWAYS]
    same_bytes = all((before / name).read_bytes() == (after / name).read_bytes() for name in files)
    return Held(same_bytes, tuple(other))


def what_changed(own: Mapping[str, Any]) -> list[str]:
    """Return in what the model and what it runs on differ from those of a manifest; nothing if in nothing."""
    here, code = environment(), own["code"]
    found = []
    if code["source_sha256"] != code_version()["source_sha256"]:
        found.append(f"the model (then {_version(code)}, now {_version(here['code'])})")
    packages = own.get("packages", {})
    found += [
        f"{name} ({packages[name]}, now {here['packages'][name]})"
        for name in PACKAGES
        if packages.get(name, here["packages"][name]) != here["packages"][name]
    ]
    if own["python"] != here["python"]:
        found.append(f"Python ({own['python']}, now {here['python']})")
    return found


def _version(code: Mapping[str, Any]) -> str:
    """Return a version as people know it: of the package, with the commit or else the source's digest."""
    return f"{code['version']}, {code.get('git') or 'source ' + code['source_sha256'][:8]}"
