"""Charts for hovering over, in the style of the figures that `hub` draws; each has a table that says the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.app.quick_look import Result
from analysis.app.weekly_list import weekly_list
from analysis.estimates.intervals import Interval
from analysis.runs.figures import STAFF, costs_a_year
from analysis.tell.style import ACCENT, BUSY, DARK, GREY, INK, LIGHT, SMALL_GROUP
from analysis.tell.wording import beside_band, change_in, count, pounds, sentence, share, words
from sim.calendar import DAYS_PER_WEEK

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from sim.stages import Stage

Rows = list[dict[str, str]]
Part = dict[str, Any]
"""Of a chart, as plotly has it."""
BAND = "rgba(86, 180, 233, 0.35)"
"""The sky blue of `analysis.tell.style.LIGHT`, see-through."""
FONT, LETTER = "Source Sans, sans-serif", 14
ROW, FRAME = 46, 90
"""Height of a row of a chart and of what surrounds the rows, pixels."""


@dataclass(frozen=True)
class Chart:
    """A chart, the same in one sentence for those who do not see it, and as a table."""

    figure: Figure
    told: str
    table: Rows


def drawn(
    height: int, traces: Iterable[Part], x: Part, y: Part, marks: Sequence[tuple[Part, Part]] = (), **layout: Any
) -> Figure:
    """Return a figure in the style of the page, put together at once: plotly takes long over each change.

    The axes `x` and `y` and the rest of the `layout` are as plotly has them, but a title of an axis is a text.
    """
    from plotly.graph_objects import Figure

    font = {"size": LETTER, "color": INK}
    axis = {"gridcolor": "#DDDDDD", "zeroline": False, "tickfont": font, "automargin": True}
    axes = [axis | own | {"title": {"text": own.get("title"), "font": font}} for own in (x, y)]
    style: Part = {
        "height": height,
        "margin": {"l": 10, "r": 20, "t": 30, "b": 10},
        "font": {"family": FONT, **font},
        "plot_bgcolor": "white",
        "paper_bgcolor": "white",
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"font": {"size": LETTER}},
        "xaxis": axes[0],
        "yaxis": {"ticklabelstandoff": 6} | axes[1],
        "shapes": [line for line, _ in marks],
        "annotations": [text for _, text in marks if text["text"]],
    }
    own = {key: style[key] | value if isinstance(value, dict) else value for key, value in layout.items()}
    return Figure(list(traces), style | own)


def rows(number: int) -> Part:
    """Return an axis that has a name a row, the first on top."""
    return {"range": [number - 0.5, -0.5], "showgrid": False}


def mark(at: float, text: str = "", colour: str = INK, anchor: str = "center") -> tuple[Part, Part]:
    """Return an upright line across a chart, and a text at its top."""
    line = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    place = {"x": at, "y": 1.0, "yref": "paper", "xanchor": anchor, "yanchor": "bottom", "showarrow": False}
    font = {"color": INK if colour == GREY else colour}
    return line | {"line": {"color": colour, "dash": "dash", "width": 1.5}}, place | {"text": text, "font": font}


def whiskers(found: Sequence[Interval], colour: str, at_least: float = 0.0) -> Part:
    """Return the intervals of some figures as plotly's error bars, cut off where a figure cannot be."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(interval.high - interval.estimate, 0.0) for interval in found],
        "arrayminus": [max(interval.estimate - max(interval.low, at_least), 0.0) for interval in found],
        "color": colour,
        "thickness": 2,
        "width": 5,
    }


def dots(
    found: Sequence[Interval], places: Iterable[Any], colour: str, hover: str, symbol: Any = "circle", **more: Any
) -> Part:
    """Return figures with their intervals as dots, a row each."""
    marker = {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2, "color": colour}}
    return {
        "type": "scatter", "mode": "markers", "x": [interval.estimate for interval in found], "y": list(places),
        "marker": marker, "error_x": whiskers(found, colour), "hovertemplate": hover, **more,
    }  # fmt: skip


def bars(found: Sequence[Interval], labels: Sequence[str], colours: Sequence[str], hover: str) -> Part:
    """Return figures with their intervals as bars, a row each."""
    return {
        "type": "bar", "orientation": "h", "width": 0.6, "x": [interval.estimate for interval in found], "y": labels,
        "marker": {"color": colours}, "error_x": whiskers(found, INK), "hovertemplate": hover,
    }  # fmt: skip


def list_over_time(result: Result, stage: str) -> Chart:
    """Draw a list by week: median and range of simulated futures."""
    config = result.config
    mine = weekly_list(result.tables["weekly"], stage)
    traces: list[Part] = [
        {"y": mine.high, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False},
        {"y": mine.low, "fill": "tonexty", "fillcolor": BAND, "line": {"width": 0}, "hoverinfo": "skip",
         "name": "9 in 10 simulated futures"},
        {"y": mine.middle, "line": {"color": DARK, "width": 3}, "name": "median", "customdata": mine.ranges,
         "hovertemplate": "%{text}: %{y:.0f} people<br>9 in 10 futures: %{customdata}<extra></extra>",
         "text": [f"week to {mine.ends_on(config, at)}" for at in range(len(mine.weeks))]},
    ]  # fmt: skip
    marks = [
        mark(incident.day / DAYS_PER_WEEK, f"incident: {words(name)}", ACCENT, anchor="left")
        for name, incident in config.incident.items()
        if 0 <= incident.day / DAYS_PER_WEEK <= mine.weeks[-1]
    ]
    traces = [{"type": "scatter", "mode": "lines", "x": mine.weeks} | trace for trace in traces]
    middle = [count(round(people)) for people in mine.middle]
    top = int(np.argmax(mine.middle))
    told = (
        f"People waiting for {words(stage)} by week. Most in the week to {mine.ends_on(config, top)}, about "
        f"{middle[top]}; at the end "
        f"about {middle[-1]}, in 9 of 10 simulated futures {mine.ranges[-1]}."
    )
    table = [
        {
            "week": str(mine.weeks[at]),
            "ends on": mine.ends_on(config, at),
            "people waiting (median)": middle[at],
            "9 in 10 simulated futures": mine.ranges[at],
        }
        for at in mine.in_table
    ]
    people = {"title": "people waiting", "rangemode": "tozero"}
    return Chart(drawn(300, traces, mine.axis(config), people, marks), told, table)


def waits_by_group(result: Result, stage: Stage) -> Chart:
    """Draw the median and 90th percentile wait of those seen, by staff group, with intervals."""
    places = {"all": ("all", "all")} | {group: ("staff_group", group) for group in coming(result)}
    median, most, in_time = (
        {group: result.of(measure, stage.name, *place) for group, place in places.items()}
        for measure in ("wait_days_median", "wait_days_p90", "within_standard_share")
    )
    seen = {group: result.of(stage.counted_by, "", *place).estimate for group, place in places.items()}
    labels = [_label(group, seen[group]) for group in places]
    traces = [
        dots(list(found.values()), labels, colour, f"%{{x:.0f}} days<extra>{name}</extra>", symbol, name=name)
        for found, name, colour, symbol in (
            (median, "half wait less", DARK, "circle"),
            (most, "9 in 10 wait less", ACCENT, "diamond-open"),
        )
    ]
    half = count(median["all"].estimate)
    told = f"Waits from {stage.since} to {stage.waits_for} by staff group. Half of all wait less than {half} days."
    table = [
        {
            "staff group": _label(group, seen[group]),
            "people per replication": count(seen[group]),
            "half wait less (days)": count.interval(median[group]),
            "9 in 10 wait less (days)": count.interval(most[group]),
            "in time": share.interval(in_time[group]),
        }
        for group in places
    ]
    days = {"title": "days waited by those seen", "rangemode": "tozero"}
    return Chart(drawn(FRAME + ROW * len(places), traces, days, rows(len(places))), told, table)


def load_by_role(result: Result) -> Chart:
    """Draw client-facing time used over earned, by role; the table has the caseload places filled beside it."""
    roles = {sentence(words(name)): (name, role) for name, role in result.config.staffing.roles.items() if role.wte > 0}
    used = {label: result.of("utilisation", "", "role", name) for label, (name, _) in roles.items()}
    filled = {label: result.of("places_filled_share", "", "role", name) for label, (name, _) in roles.items()}
    outside = {label: beside_band(role, used[label].estimate) for label, (_, role) in roles.items()}
    labels, busy = list(used), [name for name, load in used.items() if load.estimate > BUSY]
    colours = [ACCENT if name in busy else DARK for name in labels]
    percent = [load.times(100) for load in used.values()]
    ticks = {"tickvals": labels, "ticktext": [f"{name} · {share(load.estimate)}" for name, load in used.items()]}
    bar = bars(percent, labels, colours, "%{y}: %{x:.0f} %<extra></extra>")
    axis = {"title": "% of client-facing time used", "range": [0, 105]}
    limit = mark(BUSY * 100, share(BUSY))
    figure = drawn(FRAME + ROW * len(roles), [bar], axis, rows(len(roles)) | ticks, [limit])
    over = f"over {share(BUSY)}"
    table = [
        {
            "role": name,
            "load": share.interval(load) + outside[name],
            over: "yes" if name in busy else "no",
            "caseload places filled": share.interval(filled[name]),
        }
        for name, load in used.items()
    ]
    return Chart(figure, f"Load by role. {sentence(over)}: {', '.join(busy) or 'nobody'}.", table)


def cost_by_kind(result: Result) -> Chart:
    """Draw what the Hub costs a year by kind, the dearest first."""
    ranked = costs_a_year(result.config, result.of)
    colours = [DARK if name.startswith(STAFF) else LIGHT for name in ranked]
    thousands = [found.times(1 / 1000) for found in ranked.values()]
    money = {"title": f"£ thousand a year, {result.config.costs.prices}", "rangemode": "tozero"}
    trace = bars(thousands, [sentence(name) for name in ranked], colours, "%{y}: £%{x:,.0f} thousand<extra></extra>")
    total = pounds.interval(result.of("cost_per_year_gbp"))
    table = [{"kind": "All, set-up apart", "a year": total}]
    table += [{"kind": sentence(name), "a year": pounds.interval(found)} for name, found in ranked.items()]
    figure = drawn(FRAME + ROW * max(len(ranked), 1), [trace], money, rows(len(ranked)))
    return Chart(figure, f"Cost a year by kind; all together {total}.", table)


def in_time_by_group(result: Result, stage: str) -> Chart:
    """Draw the share seen within the standard by staff group, gender and ethnicity, beside that of everyone."""
    population = result.config.population
    members = [("staff_group", group) for group in coming(result)]
    members += [("gender", name) for name in population.genders]
    members += [("ethnicity", name) for name in population.ethnicities]
    shares = {where: result.of("within_standard_share", stage, *where) for where in members}
    people = {where: result.of("referrals", "", *where).estimate for where in members}
    everyone = result.of("within_standard_share", stage)
    labels = [_label(where[1], people[where]) for where in members]
    percent = [found.times(100) for found in shares.values()]
    trace = dots(percent, labels, DARK, "%{y}: %{x:.0f} %<extra></extra>", showlegend=False)
    axis = {"title": "% seen within the standard, of all eligible", "rangemode": "tozero"}
    of_all = [] if math.isnan(everyone.estimate) else [mark(everyone.estimate * 100, "everyone", GREY)]
    figure = drawn(FRAME + 34 * len(members), [trace], axis, rows(len(members)), of_all)
    table = [
        {
            "by": words(where[0]),
            "group": _label(where[1], people[where]),
            "referred a replication": count(people[where]),
            "seen in time": share.interval(shares[where]),
            "points beside the reference group": "reference"
            if gap.estimate == 0 and gap.low == gap.high
            else change_in("%", 100).interval(gap),
        }
        for where in members
        for gap in (result.of("within_standard_gap", stage, *where),)
    ]
    told = f"Share seen in time by staff group, gender and ethnicity; of everyone {share.interval(everyone)}."
    return Chart(figure, told, table)


def coming(result: Result) -> list[str]:
    """Return the staff groups that have anybody who could come."""
    groups = result.config.population.staff_groups
    return [name for name, group in groups.items() if group.headcount > 0]


def _label(group: str, people: float) -> str:
    return sentence(words(group)) + " *" * (people < SMALL_GROUP)
