"""Quick looks: a few replications within seconds, one visitor after another, given up when a slider moves on."""

from __future__ import annotations

import math
import os
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from analysis.app.view import LIMITS, Limits, refuse_beyond
from analysis.estimates.intervals import NOTHING, Interval
from analysis.estimates.tables import MEASURED, estimates_of, over_hubs
from analysis.runs.figures import OTHER_COSTS
from analysis.tell.warnings import warnings_of
from analysis.tell.wording import csv_of
from sim.config import HubConfig
from sim.errors import HubError
from sim.measures.audit import AuditBreach
from sim.run.experiment import simulate
from sim.run.manifest import config_hash
from sim.run.replicate import Replication
from sim.run.results import ALWAYS, read_table
from sim.stages import BY_GROUP

if TYPE_CHECKING:
    import pandas as pd

SHOWN = (
    "referrals", "assessed", "therapy_started", "within_standard_share", "within_standard_gap", "wait_days_median",
    "wait_days_p90", "queue_end", "utilisation", "places_filled_share", "cost_per_year_gbp",
    "cost_staff_gbp", *OTHER_COSTS,
)  # fmt: skip
"""Measures that the page shows: these alone are estimated while somebody waits."""
SHOWN_FIRST = ("referrals", "within_standard_share", "queue_end", "cost_per_year_gbp")
"""Of everyone; and these alone while more replications are on their way."""
SHOWN_STAGES, SHOWN_DIMENSIONS = tuple(stage.name for stage in BY_GROUP), ("all", "staff_group")
"""Of the quantiles of waits."""


@dataclass(frozen=True)
class Result:
    """One configuration, estimated over its replications."""

    config: HubConfig
    replications: int
    estimates: pd.DataFrame
    """The rows of summary.csv that the page shows."""
    tables: dict[str, pd.DataFrame]
    """What was simulated: the tables that every run has."""

    @cached_property
    def warnings(self) -> list[str]:
        """The warnings that `hub` gives, a sentence each."""
        found = warnings_of(self.config, self.tables["weekly"], self.tables["waits"])
        return [warning.sentence for warning in found]

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], tuple[float, ...]]:
        """Every estimate that the page shows with its range, by what it is of."""
        keys = self.estimates[["measure", "stage", "dimension", "group"]].astype(str)
        figures = self.estimates[["estimate", "low", "high", "range_low", "range_high"]].to_numpy(float).tolist()
        return dict(zip(keys.itertuples(index=False, name=None), map(tuple, figures), strict=True))

    def of(self, measure: str, stage: str = "", dimension: str = "all", group: str = "all") -> Interval:
        """Return one estimate; not a number where the run has none."""
        row = self._rows.get((measure, stage, dimension, group))
        return NOTHING if row is None else Interval(*row[:3])

    def range_of(self, measure: str, stage: str = "") -> tuple[float, float]:
        """Return the range of simulated futures of a measure for everyone."""
        row = self._rows.get((measure, stage, "all", "all"))
        return (math.nan, math.nan) if row is None else (row[3], row[4])

    def by_replication(self, measure: str, stage: str = "") -> pd.Series:
        """Return a measure of everyone, one value a replication, all Hubs together."""
        mine = self.tables["measures"]
        wanted = (mine["measure"] == measure) & (mine["stage"] == stage) & (mine["dimension"] == "all")
        values: pd.Series = over_hubs(mine[wanted])["value"]
        return values.dropna()

    def summary(self) -> bytes:
        """Return summary.csv as `hub` writes it: every figure is estimated, which takes a second."""
        per_draw = self.config.uncertainty.replications_per_draw
        return csv_of(estimates_of(self.tables["measures"], self.tables["waits"], per_draw)).encode()


def result_of(config: HubConfig, tables: dict[str, pd.DataFrame], replications: int, first: bool = False) -> Result:
    """Estimate what the page shows from the tables that every run has, all replications together.

    While more replications are on their way (`first`), that is only the answer itself.
    """
    measures, waits = tables["measures"], tables["waits"]
    if first:
        shown = measures["measure"].isin(SHOWN_FIRST) & (measures["dimension"] == "all")
        seen = waits["stage"].isin(())
    else:
        of_waits = measures["stage"].isin(SHOWN_STAGES) & measures["dimension"].isin(SHOWN_DIMENSIONS)
        shown = measures["measure"].isin(SHOWN) & (~measures["measure"].isin(MEASURED) | of_waits)
        seen = waits["stage"].isin(SHOWN_STAGES) & waits["dimension"].isin(SHOWN_DIMENSIONS)
    estimates = estimates_of(measures[shown], waits[seen], config.uncertainty.replications_per_draw)
    return Result(config, replications, estimates, tables)


def result_of_replications(config: HubConfig, replications: Sequence[Replication], first: bool = False) -> Result:
    """Estimate a result from replications that were not written to a folder."""
    tables = {
        name: pa.concat_tables([one.tables[name] for one in replications]).unify_dictionaries().to_pandas()
        for name in ALWAYS
    }
    return result_of(config, tables, len(replications), first)


def result_of_folder(config: HubConfig, folder: Path) -> Result:
    """Estimate a result from the folder of a finished run, as `hub` leaves it."""
    tables = {name: read_table(folder, name).to_pandas() for name in ALWAYS}
    return result_of(config, tables, int(tables["measures"]["replication"].nunique()))


FIRST = max(4, os.cpu_count() or 1)
"""Replications that a first answer is of: enough to use the cores."""
REMEMBERED = 24
"""Looks whose answer is kept, so that going back to one shows it at once."""
FIRST_ANSWER_SECONDS = 0.5
"""A look that will take longer, at the pace of its first replications, tells what those come to meanwhile."""
LOOKS_BETWEEN_CHECKS = 50
"""Of the room that the store takes."""


@dataclass
class QuickLook:
    """A quick look that was asked for; its fields fill while it is being worked on."""

    config: HubConfig
    done: int = 0
    so_far: Result | None = None
    """Of the first replications, where all of them will take longer than `FIRST_ANSWER_SECONDS`."""
    result: Result | None = None
    problem: str = ""
    """Why there is no result, in a sentence."""
    finished: threading.Event = field(default_factory=threading.Event)
    news: threading.Event = field(default_factory=threading.Event)
    """Set when there is something else to show; whoever shows it clears it."""
    abandoned: bool = False
    """Set by whoever asked, when nobody waits for it any more."""


class QuickLooks:
    """Takes quick looks, one at a time; replications run on the cores, in processes of their own."""

    def __init__(self, store: Path, limits: Limits = LIMITS) -> None:
        self._store = store
        self._limits = limits
        self._desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looks")
        self._early = ThreadPoolExecutor(max_workers=1, thread_name_prefix="first answers")
        self._kept: OrderedDict[tuple[str, int], QuickLook] = OrderedDict()
        self._taken = 0

    def ask(self, config: HubConfig) -> QuickLook:
        """Ask for a look of `config.run.replications` replications; it is worked on in the background.

        ConfigProblem where that is more than a visitor may ask for.
        """
        refuse_beyond(config, self._limits)
        look = QuickLook(config)
        key = (config_hash(config), config.run.replications)
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return known
        self._desk.submit(self._take, look, key)
        return look

    def forget(self, store: Path) -> None:
        """Keep no look that was taken for a visit with a store of its own."""
        for key, look in list(self._kept.items()):
            if look.config.run.store == str(store):
                self._kept.pop(key, None)

    def close(self) -> None:
        """Take no more looks."""
        self._desk.shutdown(wait=False, cancel_futures=True)
        self._early.shutdown(wait=False)

    def _take(self, look: QuickLook, key: tuple[str, int]) -> None:
        try:
            finished = self._simulate(look)
            if finished and not look.abandoned:
                look.result = result_of_replications(look.config, finished)
                look.result.of("referrals")  # makes the table of its figures, here where nobody waits for it yet
                self._keep(key, look)
        except (HubError, AuditBreach) as problem:
            look.problem = str(problem)
        except Exception as problem:  # shown as a sentence; the page itself goes on
            look.problem = f"The quick look failed ({type(problem).__name__}); change something or try again."
            raise
        finally:
            look.finished.set()
            look.news.set()

    def _simulate(self, look: QuickLook) -> list[Replication]:
        started, total = time.monotonic(), look.config.run.replications
        finished = list[Replication]()
        early: Future[None] | None = None
        for replication in simulate(look.config, self._wanted(look, started), one_look=True):
            finished.append(replication)
            look.done = len(finished)
            if look.done == FIRST < total:
                whole = (time.monotonic() - started) / FIRST * total
                if whole > FIRST_ANSWER_SECONDS and not look.abandoned:
                    early = self._early.submit(_tell_so_far, look, list(finished))
        if early is not None:
            early.result()
        return finished

    def _wanted(self, look: QuickLook, started: float) -> Iterator[int]:
        """Give the numbers of its replications until nobody waits for it or, the first apart, it takes too long."""
        for number in range(look.config.run.replications):
            late = time.monotonic() - started > self._limits.look_seconds
            if look.abandoned or (late and number >= FIRST):
                return
            yield number

    def _keep(self, key: tuple[str, int], look: QuickLook) -> None:
        self._kept[key] = look
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        self._taken += 1
        if self._taken % LOOKS_BETWEEN_CHECKS == 0 and self._store.is_dir():
            size = sum(file.stat().st_size for file in self._store.rglob("*") if file.is_file())
            if size > self._limits.store_bytes:
                shutil.rmtree(self._store, ignore_errors=True)


def _tell_so_far(look: QuickLook, finished: list[Replication]) -> None:
    look.so_far = result_of_replications(look.config, finished, first=True)
    look.news.set()
