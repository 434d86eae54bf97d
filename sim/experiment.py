"""Many replications of one configuration: in parallel, in order, written whole, with a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from sim.config import HubConfig
from sim.manifest import Manifest
from sim.replicate import Replication, replicate
from sim.results import ALWAYS, SCHEMAS, TableFile, labelled

SERIAL_BELOW = 4
"""Fewer replications than this are run in this process: starting workers takes longer."""


def simulate(config: HubConfig, done: Callable[[int], None] | None = None) -> Iterator[Replication]:
    """Yield every replication of a configuration in order of number.

    Parameters
    ----------
    done
        Called after each replication with how many are finished.

    Raises
    ------
    AuditBreach
        When a replication contradicts itself.
    """
    numbers = range(config.run.replications)
    if config.run.jobs == 1 or config.run.replications < SERIAL_BELOW:
        results: Iterator[Replication] = (replicate(config, number) for number in numbers)
    else:
        from joblib import Parallel, delayed

        parallel = Parallel(n_jobs=config.run.jobs, return_as="generator")
        results = parallel(delayed(replicate)(config, number) for number in numbers)
    for finished, result in enumerate(results, start=1):
        if done is not None:
            done(finished)
        yield result


def run_to_folder(config: HubConfig, folder: Path, done: Callable[[int], None] | None = None) -> Manifest:
    """Run a configuration and write its tables into a folder; nothing appears if it fails or is interrupted."""
    manifest = Manifest.begin(config)
    labels = {"cell": folder.name, "scenario": config.scenario, "staffing": config.staffing_model}
    with ExitStack() as files:
        writers = {
            name: files.enter_context(TableFile(folder / f"{name}.parquet", SCHEMAS[name]))
            for name in (*ALWAYS, *config.run.keep)
        }
        for result in simulate(config, done):
            for name, table in result.tables.items():
                writers[name].write(labelled(name, table, labels))
            manifest.add(result)
    return manifest
