"""Many replications of one configuration: in parallel, in order, written whole, with a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from sim.config import HubConfig
from sim.manifest import Manifest
from sim.replicate import Replication
from sim.results import ALWAYS, SCHEMAS, TableFile, labelled
from sim.store import Shelf, check_room
from sim.workers import Task, in_order


def simulate(
    config: HubConfig, numbers: Iterable[int] | None = None, done: Callable[[int], None] | None = None
) -> Iterator[Replication]:
    """Yield replications of a configuration in the order asked for.

    Where `run.store` names a folder, finished replications are taken from it and new ones are put there, so that
    whatever is interrupted goes on where it stopped.

    Parameters
    ----------
    numbers
        Which replications; `range(run.replications)` if not given.
    done
        Called after each replication with how many are finished.

    Raises
    ------
    AuditBreach
        When a replication contradicts itself.
    HubError
        When the store cannot be written; before anything is simulated.
    """
    wanted = range(config.run.replications) if numbers is None else list(numbers)
    shelf = Shelf.of(config)
    if shelf is not None and config.run.store is not None:
        check_room("run.store", Path(config.run.store).expanduser(), len(wanted), config.hubs.count)
        shelf.describe(config)
    tasks = (Task(config, number, shelf) for number in wanted)
    for finished, outcome in enumerate(in_order(tasks, config.run, len(wanted)), start=1):
        if isinstance(outcome, Exception):
            raise outcome
        if done is not None:
            done(finished)
        yield outcome


def run_to_folder(config: HubConfig, folder: Path, done: Callable[[int], None] | None = None) -> Manifest:
    """Run a configuration and write its tables into a folder; nothing appears if it fails or is interrupted."""
    check_room("hydra.run.dir", folder, config.run.replications, config.hubs.count)
    manifest = Manifest.begin(config)
    labels = {"cell": folder.name, "scenario": config.scenario, "staffing": config.staffing_model}
    with ExitStack() as files:
        writers = {
            name: files.enter_context(TableFile(folder / f"{name}.parquet", SCHEMAS[name]))
            for name in (*ALWAYS, *config.run.keep)
        }
        for result in simulate(config, done=done):
            for name, table in result.tables.items():
                writers[name].write(labelled(name, table, labels))
            manifest.add(result)
    return manifest
