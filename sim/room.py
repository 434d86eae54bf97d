"""Whether there is room for what is asked for, before anything is simulated."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sim.config import HubConfig
from sim.errors import HubError
from sim.packing import ALWAYS_PART
from sim.store import NOT_TO_BE_WRITTEN

BYTES_PER_HUB = {
    "tables": 300_000, "cohort": 500_000, "journeys": 750_000, "events": 2_500_000, "staff_days": 150_000,
}  # fmt: skip
"""Room that a replication of one Hub may take: three times or more what the default does, here and in the results."""
BYTES_ARE_OF_DAYS = 1461


def check_room(key: str, folder: Path, configs: Sequence[tuple[HubConfig, int]]) -> None:
    """Make a folder, and refuse it if it cannot be written or the disk is too full for so many replications.

    Parameters
    ----------
    key
        Where the user names the folder. A store (`run.store`) that is there and cannot be written is not refused: it
        may be complete.
    configs
        What is to be simulated, and how many replications of each.

    Raises
    ------
    HubError
        With one line, before anything is simulated.
    """
    there = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"1")
    except OSError as error:
        if key == "run.store" and there and error.errno in NOT_TO_BE_WRITTEN:
            return
        raise HubError(f"{key}: got {folder}; {error.strerror}: choose a folder that can be written") from None
    needed = sum(replications * bytes_of(config) for config, replications in configs)
    free = shutil.disk_usage(folder).free
    if needed > free:
        fewer = ", or keep fewer tables (run.keep)" if any(config.run.keep for config, _ in configs) else ""
        raise HubError(
            f"{key}: got {folder}, with {free / 1e9:.1f} GB free; about {needed / 1e9:.1f} GB may be needed: "
            f"make room (hub-store shows what is kept), run fewer replications{fewer}"
        )


def bytes_of(config: HubConfig) -> int:
    """Return what one replication may take on the disk, results and store together, with a wide margin."""
    a_hub = sum(BYTES_PER_HUB[name] for name in (ALWAYS_PART, *config.run.keep))
    times_as_long = max(1.0, (config.run.horizon_days + config.run.run_in_days) / BYTES_ARE_OF_DAYS)
    return round(config.hubs.count * times_as_long * a_hub)
