"""Many replications of one configuration or many: in parallel, in order, written whole, with a manifest each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import groupby
from operator import length_hint
from pathlib import Path
from typing import Any

from sim.config import HubConfig
from sim.disk import whole_folder
from sim.errors import FULL, HubError, Outage
from sim.run.manifest import Manifest, people_key
from sim.run.processes import free_memory
from sim.run.replicate import ALWAYS_PART, Replication
from sim.run.results import ALWAYS, GOALS, TableFile
from sim.run.store import AHEAD, AHEAD_OF_A_LOOK, NOT_TO_BE_WRITTEN, Shelf, Task
from sim.run.workers import in_order

Told = Callable[[int, int], None]
"""Called after each replication with how many are finished and how many there will be."""


def simulate(
    config: HubConfig,
    numbers: Iterable[int] | None = None,
    goals_only: bool = False,
    one_look: bool = False,
) -> Iterator[Replication]:
    """Yield replications of a configuration in the order asked for.

    Where `run.store` names a folder, finished replications are taken from it and new ones are put there, so that
    whatever is interrupted goes on where it stopped.

    Parameters
    ----------
    numbers
        Which replications; `range(run.replications)` if not given. Asked for a little before they are needed.
    goals_only
        For a search over plans that meet the same people: nothing is counted but who was seen within the standards,
        nothing is audited, and the people are kept in memory for the next plan.
    one_look
        Whether somebody looks at one plan after another: people are kept in memory all the same, and few replications
        are asked for ahead, so that a look that is given up is soon over.

    Raises
    ------
    AuditBreach
        When a replication contradicts itself.
    HubError
        When the store cannot be written; before anything is simulated.
    """
    wanted = range(config.run.replications) if numbers is None else numbers
    expected = length_hint(wanted, config.run.replications)
    _check_store([(config, expected)])
    shelf = _shelf(config)
    tables = GOALS if goals_only else ()
    ahead = AHEAD_OF_A_LOOK if one_look else AHEAD
    people = people_key(config) if goals_only or one_look else ""
    tasks = (Task(config, number, shelf, tables=tables, people=people) for number in wanted)
    for _, outcome in in_order(tasks, config.run, expected, ahead):
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome


def simulate_each(
    configs: Sequence[HubConfig], numbers: Sequence[int], told: Told | None = None
) -> Iterator[tuple[int, Replication]]:
    """Yield the same replications of several configurations, one configuration after another, in one stream.

    With each replication comes the position of its configuration.
    """
    of = len(configs) * len(numbers)
    _check_store([(config, len(numbers)) for config in configs])
    tasks = (
        Task(config, number, shelf, position, people=people)
        for position, config in enumerate(configs)
        for shelf, people in [(_shelf(config), people_key(config) if len(configs) > 1 else "")]
        for number in numbers
    )
    for finished, (task, outcome) in enumerate(in_order(tasks, configs[0].run, of), start=1):
        if isinstance(outcome, Exception):
            raise outcome
        if told is not None:
            told(finished, of)
        yield task.cell, outcome


def _check_store(configs: Sequence[tuple[HubConfig, int]]) -> None:
    """Refuse cells that read one file at different times and found different things in it, and a store without room."""
    found: dict[str, str] = {}
    for config, _ in configs:
        if (file := config.demand.referrals_csv) and found.setdefault(file.path, file.digest) != file.digest:
            raise HubError(f"demand.referrals_csv: got {file.path}, which changed while it was read; run again")
    for store in {config.run.store for config, _ in configs} - {None}:
        mine = [(config, number) for config, number in configs if config.run.store == store]
        check_room("run.store", Path(str(store)).expanduser(), mine)


def _shelf(config: HubConfig) -> Shelf | None:
    shelf = Shelf.of(config)
    if shelf is not None:
        shelf.describe(config)
    return shelf


@dataclass
class CellRun:
    """A cell that is to be run."""

    name: str
    """Unique in its sweep; the label `cell` of its tables."""
    config: HubConfig
    folder: Path
    levers: dict[str, Any] = field(default_factory=dict)
    plan: str = ""
    """What is decided in it, by name; as its staffing model is called where nobody says."""
    world: str = ""
    """What happens in it, by name; as its scenario is called where nobody says."""
    decisions: tuple[str, ...] = ()
    """The levers that are decisions."""
    enough: Callable[[Replication], bool] | None = None
    """Looks at each replication in order and says whether it was the last needed; without it there is a set number."""
    over: bool = False
    """Whether no more replications are wanted, because there are enough or one has failed."""
    together: bool = False
    """Whether it is one of several cells, whose groups are not put side by side until they are compared."""

    @property
    def labels(self) -> dict[str, str]:
        """What its rows are labelled with."""
        return {"cell": self.name, "scenario": self.config.scenario, "staffing": self.config.staffing_model}

    @property
    def most(self) -> int:
        """The largest number of replications that it may take."""
        return self.config.run.most_replications


def run_cells(cells: Sequence[CellRun], told: Told | None = None) -> Iterator[tuple[CellRun, Manifest | Exception]]:
    """Run cells one after another as one stream of replications, so that no core idles where a cell ends.

    Each cell's tables are written into its folder. With each cell, in the order given, comes its manifest, not yet
    written, or what went wrong: then nothing lies in its folder, and the others go on.
    """
    together = sum(cell.most for cell in cells)
    configs = [(cell.config, cell.most) for cell in cells]
    check_room("hydra.run.dir" if len(cells) == 1 else "hydra.sweep.dir", cells[0].folder.parent, configs)
    _check_store(configs)
    finished = spared = 0

    def advance(outcomes: Iterator[tuple[Task, Replication | Exception]]) -> Iterator[Replication]:
        nonlocal finished
        for _, outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
            finished += 1
            if told is not None:
                told(finished, together - spared)
            yield outcome

    with closing(in_order(_tasks(cells), cells[0].config.run, together)) as stream:
        for index, outcomes in groupby(stream, key=lambda item: item[0].cell):
            cell, before = cells[index], finished
            result: Manifest | Exception
            try:
                result = write_tables(cell, advance(outcomes))
            except Exception as error:
                if isinstance(error, Outage) or (isinstance(error, OSError) and error.errno in FULL):
                    raise  # no other cell would fare better
                result = error
            cell.over = True
            spared += cell.most - (finished - before)
            yield cell, result


def _tasks(cells: Sequence[CellRun]) -> Iterator[Task]:
    for index, cell in enumerate(cells):
        shelf, people = _shelf(cell.config), people_key(cell.config) if len(cells) > 1 else ""
        for number in range(cell.most):
            if cell.over:
                break
            yield Task(cell.config, number, shelf, index, people=people)


def write_tables(cell: CellRun, results: Iterator[Replication]) -> Manifest:
    """Write the tables of a cell into its folder, until it has enough; return its manifest, not yet written."""
    manifest = Manifest(cell.config, cell.name, cell.levers)
    with whole_folder(cell.folder) as folder, ExitStack() as files:
        writers = {
            name: files.enter_context(TableFile(folder / f"{name}.parquet", name))
            for name in (*ALWAYS, *cell.config.run.keep)
        }
        for result in results:
            if manifest.replications == 0:
                check_memory(result, cell.config.run.replications if cell.enough else cell.most, cell.together)
            for name, table in result.tables.items():
                writers[name].write(table, cell.labels)
            manifest.add(result)
            if cell.enough is not None and cell.enough(result):
                break
    return manifest


def run_to_folder(
    config: HubConfig, folder: Path, told: Told | None = None, enough: Callable[[Replication], bool] | None = None
) -> Manifest:
    """Run a configuration and write its tables into a folder; nothing appears if it fails or is interrupted."""
    cell = CellRun(f"{config.scenario},{config.staffing_model}", config, folder, enough=enough)
    [(_, outcome)] = run_cells([cell], told)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


BYTES_PER_HUB = {
    "tables": 300_000, "cohort": 500_000, "journeys": 750_000, "events": 2_500_000, "staff_days": 150_000,
    "months": 50_000,
}  # fmt: skip
"""Room that a replication of one Hub may take: three times or more what the default does, here and in the results."""
BYTES_ARE_OF_DAYS = 1461
MEMORY_PER_ROW, MEMORY_PER_ROW_IN_A_SWEEP = 120, 30
"""Bytes that an analysis takes at its peak for a row of the tables that are always made: measured 70 to 120, and 19."""


def check_room(key: str, folder: Path, configs: Sequence[tuple[HubConfig, int]]) -> None:
    """Make a folder, and refuse it if it cannot be written or the disk is too full for so many replications.

    `key` is where the user names the folder: a store (`run.store`) that is there and cannot be written is not refused,
    since it may be complete. `configs` are what is to be simulated, and how many replications of each.
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
            f"make room (hub store shows what is kept), run fewer replications{fewer}"
        )


def check_memory(first: Replication, replications: int, together: bool) -> None:
    """Refuse more replications than can be put side by side in memory, as soon as the first of them is there.

    The others have about as many rows as the first. Of a cell of a sweep (`together`) only those for everyone are read.
    """
    rows = sum(first.tables[name].num_rows for name in ALWAYS)
    each = rows * (MEMORY_PER_ROW_IN_A_SWEEP if together else MEMORY_PER_ROW)
    free = free_memory()
    if replications * each > free:
        raise HubError(
            f"run.replications: got {replications}; to put them side by side takes about "
            f"{replications * each / 1e9:.0f} GB of memory, of which {free / 1e9:.1f} GB is free: "
            f"ask for {max(1, int(free / each / 2)):,} or fewer"
        )


def bytes_of(config: HubConfig) -> int:
    """Return what one replication may take on the disk, results and store together, with a wide margin."""
    a_hub = sum(BYTES_PER_HUB[name] for name in (ALWAYS_PART, *config.run.keep))
    times_as_long = max(1.0, (config.run.horizon_days + config.run.run_in_days) / BYTES_ARE_OF_DAYS)
    return round(config.hubs.count * times_as_long * a_hub)
