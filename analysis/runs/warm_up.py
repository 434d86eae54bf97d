"""The run-in that a steady-state question needs (`run.warm_up`): MSER-5 on a pilot that starts empty, Welch's figure.

MSER-5 (White, Cobb and Spratt 2000): of weekly means over replications, in batches of five, leave out as many as make
the standard error of the rest smallest. The longest of all lists and caseloads counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.tell.style import ACCENT, DARK, GREY, hub_style, write_png
from analysis.tell.warnings import growing_lists
from analysis.tell.wording import sentence, words
from sim.calendar import DAYS_PER_WEEK
from sim.composed import leaves
from sim.config import HubConfig
from sim.errors import HubError
from sim.stages import LISTED

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


def mser5(series: ArrayLike) -> int | None:
    """Return how many values to leave out at the start of a series; none if it does not settle in its first half.

    Parameters
    ----------
    series
        Means over replications, shape (weeks,).
    """
    values = np.asarray(series, dtype=float)
    number = len(values) // BATCH
    batches = values[: number * BATCH].reshape(number, BATCH).mean(axis=1)
    half = number // 2
    errors = [float(((rest := batches[left_out:]) - rest.mean()) @ (rest - rest.mean())) / len(rest) ** 2
              for left_out in range(half + 1)]  # fmt: skip
    best = int(np.argmin(errors))
    return None if best == half and half > 0 else best * BATCH


def with_warm_up(config: HubConfig, folder: Path) -> tuple[HubConfig, str]:
    """Return the configuration with the run-in that it needs, and a line that says why; draw Welch's figure.

    Raises
    ------
    HubError
        When there is no steady state: something is dated, a list keeps growing, or the pilot is too short.
    """
    import pandas as pd

    from sim.run.experiment import simulate

    if reason := next(_dated(config), None):
        raise HubError(f"run.warm_up: got true; {reason}, so there is no steady state: set run.warm_up=false")
    weeks = config.run.horizon_days // DAYS_PER_WEEK
    if weeks // BATCH < FEWEST_BATCHES:
        least = FEWEST_BATCHES * BATCH * DAYS_PER_WEEK
        raise HubError(f"run.horizon_days: got {config.run.horizon_days}; a warm-up is found in {least} days or more")
    opening = config.run.opening.model_copy(update={"mode": "empty"})
    changes = {"opening": opening, "replications": max(FEWEST, config.run.replications)}
    changes |= {"precision": None, "warm_up": False, "keep": []}
    pilot = config.model_copy(update={"run": config.run.model_copy(update=changes)})
    weekly = pd.concat([result.tables["weekly"].to_pandas() for result in simulate(pilot)], ignore_index=True)
    if growing := growing_lists(pilot, weekly):
        raise HubError(f"run.warm_up: got true; there is no steady state. {growing[0].sentence}")
    series = {name: values for name, values in _series(weekly, weeks).items() if values.any()}
    found = {name: mser5(values) for name, values in series.items()}
    if unsettled := [name for name, left_out in found.items() if left_out is None]:
        raise HubError(
            f"run.horizon_days: got {config.run.horizon_days}; {words(unsettled[0])} does not settle in its first half:"
            " lengthen it, or set run.warm_up=false for a run that opens as it is"
        )
    longest = max(found, key=lambda name: found[name] or 0)
    warm_up = found[longest] or 0
    _draw(series, warm_up, pilot.run.replications, folder)
    days = warm_up * DAYS_PER_WEEK
    opening = config.run.opening.model_copy(update={"mode": "run_in", "run_in_days": days})
    line = f"Warm-up by MSER-5: {days} days of run-in, for {words(longest)}; see {FIGURE}"
    if config.run.horizon_days < TIMES_AS_LONG * days:
        line += f". The horizon should be {TIMES_AS_LONG} times as long: run.horizon_days={TIMES_AS_LONG * days}"
    run = config.run.model_copy(update={"opening": opening})
    return config.model_copy(update={"run": run}), line


def _dated(config: HubConfig) -> Iterator[str]:
    """Yield what changes over time."""
    demand = config.demand
    for name, there in (
        ("incident", config.incident), ("demand.campaigns", demand.campaigns), ("demand.waves", demand.waves),
        ("demand.launch_ramp_days", demand.launch_ramp_days), ("demand.growth_per_year", demand.growth_per_year),
        ("demand.referrals_csv", demand.referrals_csv),
    ):  # fmt: skip
        if there:
            yield f"{name} changes demand over time"
    for path, value in leaves(config.staffing.model_dump(), "staffing"):
        if value is not None and path.endswith((".from_day", ".to_day")):
            yield f"{path} changes staff over time"


def _series(weekly: pd.DataFrame, weeks: int) -> dict[str, NDArray[np.float64]]:
    """Return the mean over replications of each list and of the caseload, week by week, Hubs added."""
    everyone = weekly[(weekly["dimension"] == "all") & (weekly["week"] <= weeks)]
    replications = weekly["replication"].nunique()
    series = {}
    for stage in LISTED:
        mine = everyone[everyone["stage"] == stage.name]
        series[f"list_for_{stage.name}"] = mine.groupby("week")["list"].sum().to_numpy(dtype=float) / replications
    held = weekly[(weekly["role"] != "") & (weekly["week"] <= weeks)]
    series["people_in_therapy"] = held.groupby("week")["caseload"].sum().to_numpy(dtype=float) / replications
    return series


def _draw(series: dict[str, NDArray[np.float64]], warm_up: int, replications: int, folder: Path) -> None:
    from matplotlib.figure import Figure

    with hub_style():
        figure = Figure(figsize=(8.5, 2.3 * len(series) + 1.2))
        panels = figure.subplots(len(series), 1, sharex=True, squeeze=False).ravel()
        for axes, (name, values) in zip(panels, series.items(), strict=True):
            weeks = np.arange(1, len(values) + 1)
            axes.plot(
                weeks, values, color=GREY, linewidth=0.9, label=f"mean of {replications} replications that open empty"
            )
            smooth = np.convolve(values, np.full(SMOOTHED_WEEKS, 1 / SMOOTHED_WEEKS), mode="valid")
            inside = weeks[SMOOTHED_WEEKS // 2 : SMOOTHED_WEEKS // 2 + len(smooth)]
            axes.plot(inside, smooth, color=DARK, label=f"moving average over {SMOOTHED_WEEKS} weeks (Welch)")
            axes.axvline(warm_up, color=ACCENT, linestyle=(0, (4, 3)), linewidth=1.4, label="end of the warm-up")
            axes.set_title(sentence(words(name)))
            axes.set_ylabel("people")
            axes.set_ylim(bottom=0)
            axes.grid(axis="y")
        panels[-1].set_xlabel("weeks since an empty start")
        figure.suptitle(f"How long the Hub takes to settle: {warm_up} weeks by MSER-5", x=0.01, ha="left", fontsize=12)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=3)
        write_png(figure, folder / FIGURE)
