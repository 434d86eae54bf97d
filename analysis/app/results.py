"""The answer to one configuration as the page shows it: what `hub` writes, estimated by the same functions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from analysis.estimates.intervals import Interval
from analysis.estimates.tables import MEASURED, estimates_of, look_up, over_hubs
from analysis.runs.figures import OTHER_COSTS
from analysis.tell.warnings import warnings_of
from sim.config import HubConfig
from sim.run.replicate import Replication
from sim.run.results import ALWAYS, read_table
from sim.stages import BY_GROUP

if TYPE_CHECKING:
    import pandas as pd


SHOWN = (
    "referrals", "assessed", "therapy_started", "within_standard_share", "within_standard_gap", "wait_days_median",
    "wait_days_p90", "queue_end", "utilisation", "cost_per_year_gbp", "cost_staff_gbp", *OTHER_COSTS,
)  # fmt: skip
"""Measures that the page shows: these alone are estimated while somebody waits."""
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
    warnings: list[str]

    def of(self, measure: str, stage: str = "", dimension: str = "all", group: str = "all") -> Interval:
        """Return one estimate; not a number where the run has none."""
        return look_up(self.estimates, measure, stage, dimension, group)

    def range_of(self, measure: str, stage: str = "") -> tuple[float, float]:
        """Return the range of simulated futures of a measure for everyone."""
        mine = self.estimates
        wanted = (mine["measure"] == measure) & (mine["stage"] == stage) & (mine["dimension"] == "all")
        if not wanted.any():
            return math.nan, math.nan
        row = mine[wanted].iloc[0]
        return float(row["range_low"]), float(row["range_high"])

    def by_replication(self, measure: str, stage: str = "") -> pd.Series:
        """Return a measure of everyone, one value a replication, all Hubs together."""
        mine = self.tables["measures"]
        wanted = (mine["measure"] == measure) & (mine["stage"] == stage) & (mine["dimension"] == "all")
        values: pd.Series = over_hubs(mine[wanted])["value"]
        return values.dropna()

    def everything(self) -> pd.DataFrame:
        """Return every row of summary.csv."""
        return estimates_of(
            self.tables["measures"], self.tables["waits"], self.config.uncertainty.replications_per_draw
        )


def result_of(config: HubConfig, tables: dict[str, pd.DataFrame], replications: int) -> Result:
    """Estimate what the page shows from the tables that every run has, all replications together."""
    measures, waits = tables["measures"], tables["waits"]
    seen = waits["stage"].isin(SHOWN_STAGES) & waits["dimension"].isin(SHOWN_DIMENSIONS)
    quantile = measures["measure"].isin(MEASURED)
    shown_quantile = measures["stage"].isin(SHOWN_STAGES) & measures["dimension"].isin(SHOWN_DIMENSIONS)
    shown = measures["measure"].isin(SHOWN) & (~quantile | shown_quantile)
    return Result(
        config=config,
        replications=replications,
        estimates=estimates_of(measures[shown], waits[seen], config.uncertainty.replications_per_draw),
        tables=tables,
        warnings=warnings_of(config, tables["weekly"], waits),
    )


def result_of_replications(config: HubConfig, replications: Iterable[Replication]) -> Result:
    """Estimate a result from replications that were not written to a folder."""
    finished = list(replications)
    tables = {
        name: pa.concat_tables([one.tables[name] for one in finished]).unify_dictionaries().to_pandas()
        for name in ALWAYS
    }
    return result_of(config, tables, len(finished))


def result_of_folder(config: HubConfig, folder: Path) -> Result:
    """Estimate a result from the folder of a finished run, as `hub` leaves it."""
    tables = {name: read_table(folder, name).to_pandas() for name in ALWAYS}
    return result_of(config, tables, int(tables["measures"]["replication"].nunique()))
