"""The figures of one run: lists over time, all of them too, waits by staff group, and what the Hub costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.estimates.intervals import Interval, range_by_week
from analysis.estimates.tables import list_by_week, look_up
from analysis.tell.dates import date_axis
from analysis.tell.style import ACCENT, DARK, INK, LIGHT, SMALL_GROUP, hub_style, name_rows, point, sheet, write_png
from analysis.tell.wording import count, counted, pounds, sentence, share, thousand_pounds, words
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.stages import BY_GROUP, DRAWN, LISTED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from sim.config import HubConfig

OTHER_COSTS = {
    "cost_overhead_gbp": "overheads",
    "cost_non_staff_gbp": "running costs other than staff",
    "cost_outreach_gbp": "outreach",
    "cost_setup_gbp": "set-up, spread over the horizon",
}
STAFF = "staff: "
"""Before the role of a kind of cost."""
THOUSAND = 1000
COLUMNS = 3
OFFSET = 0.14
"""The median stands this much above and the 90th percentile below the middle of a group's row."""


def drawings(
    config: HubConfig, estimates: pd.DataFrame, weekly: pd.DataFrame, folder: Path
) -> list[Callable[[], None]]:
    """Return what draws each figure of a run into its folder when called; all can be sent to another process."""
    return [
        partial(_draw, folder / "every_list.png", every_list, config, estimates, weekly),  # the longest first
        partial(_draw, folder / "queue_over_time.png", queue_over_time, config, estimates, weekly),
        partial(_draw, folder / "waits_by_staff_group.png", waits_by_staff_group, config, estimates),
        partial(_draw, folder / "cost_stack.png", cost_stack, config, estimates),
    ]


def _draw(path: Path, figure: Callable[..., Figure], *shown: object) -> None:
    with hub_style():
        write_png(figure(*shown), path)


def queue_over_time(config: HubConfig, estimates: pd.DataFrame, weekly: pd.DataFrame) -> Figure:
    """Draw the lists for assessment, therapy and a navigator by week: the median and the range of simulated futures."""
    title = f"People on the Hub's lists, week by week{_which(config)}"
    figure, panels = sheet((8.5, 1.0 + 2.8 * len(DRAWN)), len(DRAWN), 1, sharex=True, title=title)
    means = _means(estimates)
    for axes, stage in zip(panels, DRAWN, strict=True):
        found, mean = list_by_week(weekly, stage.name), means[stage.name, "all"]
        _list_panel(config, axes, f"Waiting for {stage.words}", "people", found, mean)
    _key_of_lines(figure, len(np.unique(weekly["replication"])))
    return figure


def every_list(config: HubConfig, estimates: pd.DataFrame, weekly: pd.DataFrame) -> Figure:
    """Draw every list of the Hub by week: people, by modality where there is one list each, calls and requests."""
    modalities = [*config.pathway.modalities, "group"]
    lists = [
        (sentence(f"{stage.words}{'' if modality == 'all' else f': {words(modality)}'}"), stage, modality)
        for stage in LISTED
        for modality in ("all", *(modalities if stage.by_modality else ()))
    ]
    rows = math.ceil(len(lists) / COLUMNS)
    title = f"Every list of the Hub, week by week{_which(config)}"
    height = 1.0 + 2.3 * rows
    edges = {"left": 0.052, "right": 0.985, "bottom": 0.9 / height, "top": 1 - 1.0 / height}
    places = edges | {"wspace": 0.23, "hspace": 0.4}
    figure, grid = sheet((13, height), rows, COLUMNS, squeeze=False, title=title, places=places)
    panels = grid.ravel()
    last = panels[len(lists) - COLUMNS : len(lists)]
    means = _means(estimates)
    for axes, (which, stage, modality) in zip(panels, lists, strict=False):
        found, mean = list_by_week(weekly, stage.name, modality=modality), means[stage.name, modality]
        _list_panel(config, axes, which, stage.on_the_list, found, mean, small=True)
        axes.tick_params(labelbottom=axes in last)
    for axes in panels[len(lists) :]:
        axes.set_visible(False)
    _key_of_lines(figure, len(np.unique(weekly["replication"])), outside=False)
    return figure


def _means(estimates: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the mean of each list, by its stage and by a modality or `all`."""
    mine = estimates[(estimates["measure"] == "queue_mean") & estimates["dimension"].isin(["all", "modality"])]
    rows = mine[["stage", "group", "estimate"]].itertuples(index=False, name=None)
    return {(str(stage), str(group)): float(mean) for stage, group, mean in rows}


def _list_panel(
    config: HubConfig,
    axes: Axes,
    title: str,
    on_it: str,
    found: tuple[NDArray[np.int64], NDArray[np.float64]],
    mean: float,
    small: bool = False,
) -> None:
    """Draw one list: what waits on it, what `list_by_week` returns of it, and the mean that the table says."""
    from matplotlib.ticker import MaxNLocator

    weeks, lengths = found
    low, middle, high = range_by_week(lengths)
    several = len(lengths) > 1
    if several:
        axes.fill_between(weeks, low, high, color=LIGHT, alpha=0.45, linewidth=0)
    axes.plot(weeks, middle, color=DARK)
    # Means, as in the table: a few long lists raise them above the median that the line shows.
    end = count(float(lengths[:, -1].mean()))
    half = f" (half of futures under {count(middle[-1])}, 9 in 10 {count.range(low[-1], high[-1])})" if several else ""
    told = f"mean {count(mean)}; at the end {end}" if small else f"mean {count(mean)} {on_it}, {end} at the end{half}"
    axes.set_title(f"{title}\n{told}", fontsize=9 if small else None)
    axes.set_ylabel(f"{on_it} waiting")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5 if small else 7, integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(0, max(1.0, float(high.max())) * 1.15)
    date_axis(axes, config.run.start_date, weeks[-1], 4 if small else 7)
    axes.grid(axis="y")
    mark_incidents(config, axes)


def mark_incidents(config: HubConfig, axes: Axes) -> None:
    """Draw a line at each incident in the window, with its name."""
    for name, incident in config.incident.items():
        week = incident.day / DAYS_PER_WEEK
        if week >= 0:
            beside, side = (-5, "right") if incident.day > config.run.horizon_days * 0.7 else (5, "left")
            axes.axvline(week, color=ACCENT, linestyle=(0, (4, 3)), linewidth=1.4)
            axes.annotate(
                f"incident: {words(name)}", (week, 0.97), xycoords=("data", "axes fraction"), xytext=(beside, 0),
                textcoords="offset points", ha=side, va="top", color=ACCENT,
            )  # fmt: skip


def _key_of_lines(figure: Figure, replications: int, outside: bool = True) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    several = replications > 1
    line = f"median of {replications} simulated futures" if several else "one simulated future"
    keys: list[Any] = [Line2D([], [], color=DARK, label=line)]
    if several:
        keys.append(Patch(color=LIGHT, alpha=0.45, label="range of simulated futures (9 in 10, week by week)"))
    figure.legend(handles=keys, loc="outside lower left" if outside else "lower left", ncols=2)


def waits_by_staff_group(config: HubConfig, estimates: pd.DataFrame) -> Figure:
    """Draw the median and 90th percentile wait of those seen, by staff group, with intervals."""
    groups = ["all", *config.population.staff_groups]
    title = f"How long people who are seen have waited, by staff group{_which(config)}"
    figure, panels = sheet((10.5, 1.9 + 0.5 * len(groups)), 1, len(BY_GROUP), title=title)
    few = False
    for axes, stage in zip(panels, BY_GROUP, strict=True):
        labels, most = [], 1.0
        for row, group in enumerate(groups):
            where = ("all", "all") if group == "all" else ("staff_group", group)
            people = look_up(estimates, stage.counted_by, "", *where).estimate
            small = people < SMALL_GROUP
            few = few or small
            who = sentence(words(group)) if axes is panels[0] else ""
            labels.append(f"{who}  n = {count(people)}{'*' if small else '  '}")
            median = look_up(estimates, "wait_days_median", stage.name, *where)
            most_wait = look_up(estimates, "wait_days_p90", stage.name, *where)
            shown = (median, row - OFFSET, DARK, "o", True), (most_wait, row + OFFSET, ACCENT, "D", False)
            for found, at, colour, marker, filled in shown:
                ends = max(found.low, 0), found.high
                point(axes, at, found.estimate, ends, colour, marker, filled, 7, solid_capstyle="butt")
            most = np.nanmax([most, most_wait.estimate, most_wait.high])
        axes.set_yticks(range(len(groups)), labels)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(groups) - 0.5, -0.5)
        axes.set_xlim(0, most * 1.06)
        half = look_up(estimates, "wait_days_median", stage.name).estimate
        which = sentence(f"{stage.since} to {stage.waits_for}")
        axes.set_title(f"{which}\n" + ("nobody seen" if math.isnan(half) else f"half wait over {count(half)} days"))
        axes.set_xlabel("days waited")
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
    _key_of_points(figure, config, bool(few))
    return figure


def _key_of_points(figure: Figure, config: HubConfig, few: bool) -> None:
    from matplotlib.lines import Line2D

    look: dict[str, Any] = {"markersize": 7, "linewidth": 1.6}
    median = Line2D([], [], color=DARK, marker="o", label="median", **look)
    p90 = Line2D([], [], color=ACCENT, marker="D", markerfacecolor="white", label="90% wait less", **look)
    meaning = "lines: 95% interval over replications; n: people seen a replication"
    meaning += f"; * fewer than {SMALL_GROUP}: read with care" if few else ""
    keys = [median, p90, Line2D([], [], linestyle="none", label=meaning)]
    figure.legend(handles=keys, loc="outside lower left", ncols=3, columnspacing=1.2)


def cost_stack(config: HubConfig, estimates: pd.DataFrame) -> Figure:
    """Draw what the Hub costs a year by kind, the dearest first, each with its interval."""
    years = config.run.horizon_days / DAYS_PER_YEAR
    ranked = costs_a_year(config, partial(look_up, estimates))
    total = look_up(estimates, "cost_total_gbp").times(1 / years)
    figure, axes = sheet((9.5, 1.9 + 0.42 * max(len(ranked), 1)), title=f"{_total(total)}{_which(config)}")
    most = max((max(found.estimate, found.high) for found in ranked.values()), default=1.0)
    for row, (name, found) in enumerate(ranked.items()):
        colour = DARK if name.startswith(STAFF) else LIGHT
        axes.barh(row, found.estimate / THOUSAND, color=colour, height=0.62)
        end = found.estimate
        if not math.isnan(found.low):
            axes.plot([found.low / THOUSAND, found.high / THOUSAND], [row, row], color=INK, linewidth=1.4)
            end = max(end, found.high)
        told = f"{thousand_pounds(found.estimate)}  ({share(found.estimate / total.estimate)})"
        axes.annotate(told, (end / THOUSAND, row), xytext=(6, 0), textcoords="offset points", va="center")
    name_rows(axes, [sentence(name) for name in ranked])
    axes.set_xlim(0, np.nanmax([most, 1.0]) / THOUSAND * 1.2)
    axes.set_xlabel(f"thousand pounds a year, {config.costs.prices}")
    figure.supxlabel(_cost_note(estimates, years), x=0.01, ha="left", fontsize=9.5)
    return figure


def costs_a_year(config: HubConfig, of: Callable[..., Interval]) -> dict[str, Interval]:
    """Return what the Hub costs a year by kind, the dearest first; `of` looks up an estimate as `look_up` does."""
    years = config.run.horizon_days / DAYS_PER_YEAR
    kinds = {f"{STAFF}{words(role)}": of("cost_staff_gbp", "", "role", role) for role in config.staffing.roles}
    kinds |= {name: of(measure) for measure, name in OTHER_COSTS.items()}
    a_year = {name: found.times(1 / years) for name, found in kinds.items() if found.estimate > 0}
    return dict(sorted(a_year.items(), key=lambda item: -item[1].estimate))


def _total(total: Interval) -> str:
    if math.isnan(total.estimate):
        return "The Hub has no cost"
    text = f"The Hub costs about {pounds(total.estimate)} a year"
    return text if math.isnan(total.low) else f"{text} (95% interval {pounds.range(total.low, total.high)})"


def _cost_note(estimates: pd.DataFrame, years: float) -> str:
    inside = [
        f"{name} {thousand_pounds(look_up(estimates, measure).estimate / years)}"
        for measure, name in (("cost_agency_gbp", "agency and bank"), ("cost_recruitment_gbp", "recruitment"))
        if look_up(estimates, measure).estimate > 0
    ]
    held = f"; of which {' and '.join(inside)} a year" if inside else ""
    return f"Staff: pay with on-costs, agency and recruitment{held}.\nBlack lines: 95% interval over replications."


def _which(config: HubConfig) -> str:
    times = counted(config.run.replications, "replication")
    return f"\nScenario: {words(config.scenario)}. Staffing: {words(config.staffing_model)}. {times}."
