"""What a simulation comes to: tables for pandas with units in their names, the figures, and the files of a run."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from resilience_hub.configuration import Configuration, Progress
from resilience_hub.notebook import as_written, copied, drawn, progress
from resilience_hub.refusals import in_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    import pandas as pd
    from matplotlib.figure import Figure

    from analysis.runs.enough import Precision
    from sim.run.replicate import Replication

FigureName = Literal["lists", "every_list", "waits", "cost"]
WAITS = {
    "median_days": "wait_days_median",
    "p90_days": "wait_days_p90",
    "mean_days": "wait_days_mean",
    "in_time_share": "within_standard_share",
    "left_waiting_share": "left_waiting_share",
}
"""Columns of the table of waits, and the measure of each."""


@dataclass(frozen=True, repr=False)
class Results:
    """What a configuration came to; made by `Configuration.simulate`.

    Intervals (`_low`, `_high`) are 95 % over replications: how much an average would move if the simulation were run
    again, not how sure anybody is of the real Hub. Ranges (`range_`) go from the 5th to the 95th percentile of the
    replications: how different one future may be from another.
    """

    configuration: Configuration
    """What was simulated; `run.replications` says how often."""
    _replications: list[Replication]
    _precision: Precision | None = field(default=None, compare=False)

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self._replications)

    @property
    @copied
    def measures(self) -> pd.DataFrame:
        """Every measure, as `summary.csv` holds it.

        `measure`, `stage`, `dimension`, `group` and `unit`, then `estimate` with its interval `low` to `high`,
        `range_low` to `range_high`, and `replications` that had a value.
        """
        from analysis.estimates.tables import estimates_of

        per_draw = self.configuration.checked.uncertainty.replications_per_draw
        return estimates_of(self.table("measures"), self.table("waits"), per_draw)

    @property
    @copied
    def waits(self) -> pd.DataFrame:
        """How long people wait: one row for each stage, dimension and group (`all` for everyone).

        `median_days`, `p90_days` and `mean_days` are of those who were seen; `in_time_share` is of everyone eligible,
        under the standard of `standard_days`; `left_waiting_share` of those who joined the list. Each with its
        interval, as `median_days_low` and `median_days_high`.
        """
        keys = ["stage", "dimension", "group"]
        found = self.measures[self.measures["measure"].isin(list(WAITS.values()))]
        table = found[keys].drop_duplicates().reset_index(drop=True)
        for column, measure in WAITS.items():
            mine = found.loc[found["measure"] == measure, [*keys, "estimate", "low", "high"]]
            names = {"estimate": column, "low": f"{column}_low", "high": f"{column}_high"}
            table = table.merge(mine.rename(columns=names), on=keys, how="left")
        standards = self.configuration.checked.standards.stages
        table.insert(3, "standard_days", table["stage"].map({name: each.days for name, each in standards.items()}))
        return table

    @property
    @copied
    def lists(self) -> pd.DataFrame:
        """The lists of the Hub by date: one row for each stage and week.

        `date` is the last day of the `week`; `on_the_list` what waits there (people, calls, requests); `waiting_mean`
        with its interval; `waiting_median`, and `waiting_range_low` to `waiting_range_high` of the simulated futures.
        """
        import numpy as np
        import pandas as pd

        from analysis.estimates.intervals import mean_interval, range_by_week
        from analysis.estimates.tables import list_by_week
        from sim.calendar import DAYS_PER_WEEK
        from sim.stages import LISTED

        run, weekly, parts = self.configuration.checked.run, self.table("weekly"), []
        for stage in LISTED:
            weeks, lengths = list_by_week(weekly, stage.name)
            means = np.array([mean_interval(values).from_zero() for values in lengths.T]).reshape(len(weeks), 3)
            low, middle, high = range_by_week(lengths)
            last_days = np.minimum(weeks * DAYS_PER_WEEK, run.horizon_days) - 1
            columns = {
                "stage": stage.name,
                "week": weeks,
                "date": [run.start_date + datetime.timedelta(days=int(day)) for day in last_days],
                "on_the_list": stage.on_the_list,
                **dict(zip(("waiting_mean", "waiting_mean_low", "waiting_mean_high"), means.T, strict=True)),
                "waiting_median": middle,
                "waiting_range_low": low,
                "waiting_range_high": high,
            }
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts, ignore_index=True).astype({"date": "datetime64[s]"})

    @property
    @copied
    def cost(self) -> pd.DataFrame:
        """What the Hub costs a year by kind, the dearest first after the total.

        `kind`, `gbp_per_year` with its interval, and `price_year`. The total leaves set-up out unless it is counted.
        """
        import pandas as pd

        from analysis.estimates.tables import look_up
        from analysis.runs.figures import costs_a_year

        config = self.configuration.checked
        kinds = {"total": look_up(self.measures, "cost_per_year_gbp")}
        kinds |= costs_a_year(config, partial(look_up, self.measures))
        columns = ["kind", "gbp_per_year", "gbp_per_year_low", "gbp_per_year_high"]
        table = pd.DataFrame([(kind, *found) for kind, found in kinds.items()], columns=columns)
        return table.assign(price_year=config.costs.price_year)

    @property
    @copied
    def warnings(self) -> list[str]:
        """What is to be remarked, a sentence each, as `hub` does under its table."""
        from analysis.tell.warnings import warnings_of

        found = warnings_of(self.configuration.checked, self.table("weekly"), self.table("waits"))
        return [warning.sentence for warning in found]

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of every replication, as the run's Parquet file of that name holds it.

        Parameters
        ----------
        name
            `measures`, `waits` or `weekly`; and those that `run.keep` asks for, as
            `load(run__keep=["journeys"])`: `journeys`, `cohort`, `events`, `staff_days`, `months`.
        """
        from sim.errors import HubError, nearest

        if name not in self._tables:
            known = list(self._replications[0].tables)
            raise HubError(f"name: got {name}; {nearest(str(name), known)} (run__keep asks for others)")
        return self._tables[name].copy()

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        import pyarrow as pa

        from sim.run.experiment import CellRun
        from sim.run.results import labelled

        config = self.configuration.checked
        labels = CellRun(self._cell, config, Path()).labels
        return {
            name: labelled(
                name, pa.concat_tables([one.tables[name] for one in self._replications]).unify_dictionaries(), labels
            ).to_pandas()
            for name in self._replications[0].tables
        }

    @property
    def _changed(self) -> dict[str, Any]:
        """What was changed of what is simulated, by configuration path."""
        from sim.launch.cells import changes_of
        from sim.run.manifest import NOT_SIMULATED

        said = changes_of(self.configuration.overrides).items()
        return {key: value for key, value in said if key.removeprefix("run.") not in NOT_SIMULATED}

    @property
    def _cell(self) -> str:
        return f"{self.configuration.scenario},{self.configuration.staffing}"

    def plot(self, figure: FigureName = "lists") -> Figure:
        """Draw one of the figures that `hub` leaves in the folder of a run.

        Parameters
        ----------
        figure
            `lists` (the main lists over time), `every_list`, `waits` (by staff group) or `cost`.

        Returns
        -------
        matplotlib.figure.Figure
            A notebook shows it; `figure.savefig(PATH)` keeps it.
        """
        from analysis.runs.figures import cost_stack, every_list, queue_over_time, waits_by_staff_group
        from sim.errors import HubError, nearest

        config, estimates = self.configuration.checked, self.measures
        if figure == "lists":
            return drawn(queue_over_time, config, estimates, self.table("weekly"))
        if figure == "every_list":
            return drawn(every_list, config, estimates, self.table("weekly"))
        if figure == "waits":
            return drawn(waits_by_staff_group, config, estimates)
        if figure == "cost":
            return drawn(cost_stack, config, estimates)
        raise HubError(f"figure: got {figure}; {nearest(str(figure), get_args(FigureName))}")

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write everything that `hub run` leaves into a new folder, and return it: tables, figures, manifest."""
        from analysis.runs.one_run import complete
        from sim.disk.folders import new_folder
        from sim.run.experiment import CellRun, write_tables

        config, place = self.configuration.checked, Path(folder)
        with in_python(), new_folder(place) as unfinished:
            manifest = write_tables(CellRun(self._cell, config, unfinished), iter(self._replications))
            manifest.precision = self._precision.told() if self._precision else None
            manifest.levers = self._changed
            complete(config, manifest, unfinished)
        return place

    def __str__(self) -> str:
        """Return the summary that `hub` prints."""
        from analysis.runs.summary import print_summary
        from analysis.runs.surge import surge

        config, text = self.configuration.checked, io.StringIO()
        after_it = surge(config, self.table("weekly"))
        print_summary(config, self.measures, self.warnings, text, self._changed, after_it)
        return text.getvalue()

    def __repr__(self) -> str:
        """Return what it is of."""
        return f"<{self.replications} replications of {self.configuration!r}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the summary."""
        return as_written(str(self))


def simulate(configuration: Configuration, shown: Progress) -> Results:
    """Simulate a configuration, until there are enough replications where `run.precision` says how many are."""
    from analysis.runs.enough import stopping_rule
    from sim.run import experiment
    from sim.run.processes import get_ready

    config = configuration.checked
    if config.run.jobs != 1:
        get_ready("analysis.runs.figures", "matplotlib.figure", "matplotlib.backends.backend_agg")
    rule, most = stopping_rule(config), config.run.most_replications
    finished: list[Replication] = []
    enough = False

    def numbers() -> Iterator[int]:
        for number in range(most):
            if enough:
                return
            yield number

    what = f"{configuration.scenario}, {configuration.staffing}: replications"
    with progress(shown, what) as told:
        for one in experiment.simulate(config, numbers()):
            finished.append(one)
            if len(finished) == 1:
                experiment.check_memory(one, config.run.replications if rule else most, together=False)
            told(len(finished), most)
            if rule is not None and rule(one):
                enough = True
                break
    simulated = configuration if rule is None else configuration.change(f"run.replications={len(finished)}")
    return Results(simulated, finished, rule)
