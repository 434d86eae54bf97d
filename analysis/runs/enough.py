"""How much is enough: of a run-in before anything is counted (`run.warm_up`), and of replications (`run.precision`).

The run-in of a steady-state question is found by MSER-5 (White, Cobb and Spratt 2000) on a pilot without one: of
weekly means over replications, in batches of five, leave out as many as make the standard error of the rest smallest.
The longest of all lists and caseloads counts.

Replications stop by the rule of Hoad, Robinson and Davies (2010, J Oper Res Soc 61:1632) with absolute half-widths:
they are looked at in order of number, so the answer does not depend on how many cores simulated them.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.estimates.headline import HEADLINES, of_everyone
from analysis.estimates.intervals import interval_of
from analysis.estimates.tables import list_by_week, over_hubs
from analysis.tell.dates import date_axis
from analysis.tell.style import ACCENT, DARK, GREY, hub_style, sheet, write_png
from analysis.tell.warnings import growing_lists
from analysis.tell.wording import full_date, sentence, words
from sim.calendar import DAYS_PER_WEEK
from sim.composed import leaves
from sim.config import HubConfig
from sim.errors import HubError, nearest
from sim.run.replicate import Replication
from sim.stages import CAN_BE_LEFT, LISTED

if TYPE_CHECKING:
    import pandas as pd

BATCH = 5
FEWEST = 10
"""The pilot has at least so many replications."""
FEWEST_BATCHES = 10
TIMES_AS_LONG = 10
"""The run should be so many times as long as its warm-up."""
SMOOTHED_WEEKS = 13
FIGURE = "warm_up.png"
FEWEST_TRUSTED = 5
"""No half-width is trusted before so many replications (n0)."""
LOOK_AHEAD, PER = 5, 100


def mser5(series: ArrayLike) -> int | None:
    """Return how many means, shape (weeks,), to leave out at the start; none if they do not settle in half the time."""
    values = np.asarray(series, dtype=float)
    number = len(values) // BATCH
    batches = values[: number * BATCH].reshape(number, BATCH).mean(axis=1)
    half = number // 2
    errors = [float(((rest := batches[left_out:]) - rest.mean()) @ (rest - rest.mean())) / len(rest) ** 2
              for left_out in range(half + 1)]  # fmt: skip
    best = int(np.argmin(errors))
    return None if best == half and half > 0 else best * BATCH


def with_warm_up(config: HubConfig, folder: Path) -> tuple[HubConfig, str]:
    """Return the configuration with its run-in, and what is said of it; HubError if there is no steady state."""
    import pandas as pd

    from sim.run.experiment import simulate

    if reason := next(_dated(config), None):
        raise HubError(f"run.warm_up: got true; {reason}, so there is no steady state: set run.warm_up=false")
    weeks = config.run.horizon_days // DAYS_PER_WEEK
    if weeks // BATCH < FEWEST_BATCHES:
        least = FEWEST_BATCHES * BATCH * DAYS_PER_WEEK
        raise HubError(f"run.horizon_days: got {config.run.horizon_days}; a warm-up is found in {least} days or more")
    opening = config.run.opening.model_copy(update={"mode": "run_in", "run_in_days": 0})
    changes = {"opening": opening, "replications": max(FEWEST, config.run.replications)}
    changes |= {"precision": None, "warm_up": False, "keep": []}
    pilot = config.model_copy(update={"run": config.run.model_copy(update=changes)})
    weekly = pd.concat([result.tables["weekly"].to_pandas() for result in simulate(pilot)], ignore_index=True)
    for growing in growing_lists(pilot, weekly):
        if growing.about not in settling(config):
            raise HubError(f"run.warm_up: got true; there is no steady state. {growing.sentence}")
    series = {name: values for name, values in _series(weekly, weeks).items() if values.any()}
    found = {name: mser5(values) for name, values in series.items()}
    if unsettled := [name for name, left_out in found.items() if left_out is None]:
        raise HubError(
            f"run.horizon_days: got {config.run.horizon_days}; {words(unsettled[0])} does not settle in its first half:"
            " lengthen it, or set run.warm_up=false for a run that opens as it is"
        )
    longest = max(found, key=lambda name: found[name] or 0)
    warm_up = found[longest] or 0
    _draw(series, warm_up, pilot.run.replications, pilot.run.start_date, folder)
    days = warm_up * DAYS_PER_WEEK
    opening = config.run.opening.model_copy(update={"mode": "run_in", "run_in_days": days})
    line = f"Warm-up by MSER-5: {days} days of run-in, for {words(longest)}; see {FIGURE}."
    if config.run.horizon_days < TIMES_AS_LONG * days:
        line += f" The horizon should be {TIMES_AS_LONG} times as long: run.horizon_days={TIMES_AS_LONG * days}."
    run = config.run.model_copy(update={"opening": opening})
    return config.model_copy(update={"run": run}), line


def settling(config: HubConfig) -> list[str]:
    """Return, in words, the lists that settle whatever staff there are, because people give up waiting on them."""
    patience = config.pathway.patience
    return [words(stage.name) for stage in CAN_BE_LEFT if getattr(patience, f"{stage.name}_leave_per_week") > 0]


def _dated(config: HubConfig) -> Iterator[str]:
    """Yield what changes over time."""
    demand = config.demand
    for name, there in (
        ("incident", config.incident), 
        ("demand.launch_ramp_days", demand.launch_ramp_days), ("demand.growth_per_year", demand.growth_per_year),
        ("demand.referrals_csv", demand.referrals_csv),
    ):  # fmt: skip
        if there:
            yield f"{name} changes demand over time"
    for name in config.changes:
        yield f"changes.{name} is dated"
    for path, value in leaves(config.staffing.model_dump(), "staffing"):
        if value is not None and path.endswith((".from_day", ".to_day")):
            yield f"{path} changes staff over time"


def _series(weekly: pd.DataFrame, weeks: int) -> dict[str, NDArray[np.float64]]:
    """Return the mean over replications of each list and of the caseload, week by week, Hubs added."""
    inside = weekly[weekly["week"] <= weeks]
    lists = [stage.name for stage in LISTED if stage.has_standard]
    series = {f"list_for_{name}": list_by_week(inside, name)[1].mean(axis=0) for name in lists}
    held = inside[inside["role"] != ""].groupby("week")["caseload"].sum().to_numpy(dtype=float)
    return series | {"people_in_therapy": held / inside["replication"].nunique()}


def _draw(
    series: dict[str, NDArray[np.float64]], warm_up: int, replications: int, start: datetime.date, folder: Path
) -> None:
    until = full_date(start + datetime.timedelta(weeks=warm_up))
    title = f"How long the Hub takes to settle: {warm_up} weeks by MSER-5, until {until}"
    with hub_style():
        figure, panels = sheet((8.5, 2.3 * len(series) + 1.2), len(series), 1, sharex=True, squeeze=False, title=title)
        for axes, (name, values) in zip(panels.flat, series.items(), strict=True):
            weeks = np.arange(1, len(values) + 1)
            mean = f"mean of {replications} replications without a run-in"
            axes.plot(weeks, values, color=GREY, linewidth=0.9, label=mean)
            smooth = np.convolve(values, np.full(SMOOTHED_WEEKS, 1 / SMOOTHED_WEEKS), mode="valid")
            inside = weeks[SMOOTHED_WEEKS // 2 : SMOOTHED_WEEKS // 2 + len(smooth)]
            axes.plot(inside, smooth, color=DARK, label=f"moving average over {SMOOTHED_WEEKS} weeks (Welch)")
            axes.axvline(warm_up, color=ACCENT, linestyle=(0, (4, 3)), linewidth=1.4, label="end of the warm-up")
            axes.set_title(sentence(words(name)))
            axes.set_ylabel("people")
            axes.set_ylim(bottom=0)
            axes.grid(axis="y")
        date_axis(axes, start, len(values))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=3)
        write_png(figure, folder / FIGURE)


def look_ahead(number: int) -> int:
    """Return for how many further replications the half-widths must stay small."""
    return LOOK_AHEAD * max(number, PER) // PER


def first_precise(met: Sequence[bool], fewest: int = FEWEST_TRUSTED) -> int | None:
    """Return the smallest number from `fewest` on after which all half-widths were small enough (`met`); or none."""
    for number in range(max(fewest, FEWEST_TRUSTED), len(met) + 1):
        last = number + look_ahead(number)
        if last > len(met):
            return None
        if all(met[number - 1 : last]):
            return number
    return None


@dataclass
class Watched:
    """A measure that is to be known to a half-width, in the replications looked at so far."""

    asked: float
    unit: str = ""
    seen: list[tuple[float, float, float]] = field(default_factory=list)
    """Value, numerator and denominator."""
    half: float = math.inf
    met: list[bool] = field(default_factory=list)
    """Whether the half-width was small enough after each."""

    def add(self, row: Mapping[Any, Any]) -> None:
        """Take in its row of the next replication."""
        self.unit = str(row["unit"])
        self.seen.append((row["value"], row["numerator"], row["denominator"]))
        values, numerators, denominators = zip(*self.seen, strict=True)
        _, low, high = interval_of(values, numerators, denominators, self.unit)
        self.half = math.inf if math.isnan(low) else (high - low) / 2
        self.met.append(self.half <= self.asked)

    @property
    def since(self) -> int:
        """After how many replications the half-width became small enough for good."""
        return max((number for number, good in enumerate(self.met, start=1) if not good), default=0) + 1


class Precision:
    """Looks at replications one by one and says when there are enough (`CellRun.enough`)."""

    def __init__(self, config: HubConfig) -> None:
        self._watched = {name: Watched(half) for name, half in (config.run.precision or {}).items()}
        self._fewest = config.run.replications
        self._measures = [headline for headline in HEADLINES if headline.name in self._watched]
        self._enough: int | None = None

    def __call__(self, result: Replication) -> bool:
        """Take the next replication in and return whether it was the last that is needed."""
        rows = over_hubs(of_everyone(result.tables["measures"].to_pandas(), self._measures))
        for measure in self._measures:
            [row] = rows[(rows["measure"] == measure.measure) & (rows["stage"] == measure.stage)].to_dict("records")
            self._watched[measure.name].add(row)
        all_met = [all(each) for each in zip(*(watched.met for watched in self._watched.values()), strict=True)]
        self._enough = first_precise(all_met, self._fewest)
        return self._enough is not None

    def told(self) -> dict[str, Any]:
        """Return what the manifest says: whether it was reached, after how many, and which measure was the last."""
        return {
            "asked_half_width": {name: watched.asked for name, watched in self._watched.items()},
            "half_width": {measure.name: round(self._watched[measure.name].half, 10) for measure in self._measures},
            "reached": self._enough is not None,
            "enough_replications": self._enough,
            "last_measure": max(self._watched, key=lambda name: self._watched[name].since),
        }

    def sentence(self) -> str:
        """Say it in a line."""
        last = self._watched[name := self.told()["last_measure"]]
        half = f"±{last.half:.3g} ({last.unit})"
        if self._enough is not None:
            return f"Precise enough after {self._enough} replications; the last was {name}, now {half}"
        number = len(last.met)
        return f"Not as precise as asked after {number} replications: {name} is known to {half}, not ±{last.asked:g}"


def stopping_rule(config: HubConfig) -> Precision | None:
    """Return the rule that a configuration asks for, if it asks for one; HubError if it names what is no headline."""
    names = [headline.name for headline in HEADLINES]
    if other := next((name for name in config.run.precision or () if name not in names), None):
        raise HubError(f"run.precision: got {other}; {nearest(other, names)}")
    return Precision(config) if config.run.precision else None
