"""Quick looks of the presets, simulated once and kept, so that the page opens with an answer.

They lie in the user's own folder for caches, in a store: each under a digest of its configuration, the model's source
and the packages that compute, so that a changed number or another version finds nothing and simulates anew. This module
is also the small process beside the page that simulates those that are not there yet, behind everything else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.app.option_folder import own_options, shipped
from analysis.app.view import QUICK, View, refuse_beyond
from sim.errors import HubError
from sim.launch.options import SCENARIO
from sim.run.experiment import simulate
from sim.run.manifest import code_version

LAST = 19
"""How far this process steps back behind everything else."""


def kept_presets() -> Path | None:
    """Return the store for presets of this version; None where the page was started with options of one's own."""
    if own_options() is not None:
        return None
    return _caches() / "resilience-hub" / "presets" / code_version()["source_sha256"][:16]


def presets() -> Iterator[View]:
    """List what a visitor can choose without moving a lever: each scenario, and each staffing model of the baseline."""
    default = View.default()
    yield default
    for scenario in shipped().options(SCENARIO):
        if scenario != default.scenario:
            yield View(scenario, default.staffing)
    for staffing in shipped().options("staffing"):
        if staffing != default.staffing:
            yield View(default.scenario, staffing)


def simulate_in_background(store: Path) -> subprocess.Popen[bytes]:
    """Start the process that simulates the presets that are not kept yet; it ends by itself."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(store)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
    )


def _caches() -> Path:
    """Return where a user's programs keep what they can make again."""
    place = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return Path(place) if place else Path.home() / ".cache"


def main(store: Path) -> None:
    """Simulate every preset into a store, and remove those of other versions beside it; stop with the page."""
    page = os.getppid()
    if hasattr(os, "nice"):
        os.nice(LAST)
    for other in store.parent.glob("*") if store.parent.is_dir() else ():
        if other != store:
            shutil.rmtree(other, ignore_errors=True)
    for view in presets():
        try:
            config = view.config(QUICK, store)
            refuse_beyond(config)
        except HubError:
            continue  # the page says why when somebody chooses it
        alone = config.model_copy(update={"run": config.run.model_copy(update={"jobs": 1})})
        for _ in simulate(alone):
            if os.getppid() != page:
                return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
