"""Charts for hovering over, in the style of the figures that `hub` draws; each has a table that says the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.app.quick_look import Result
from analysis.estimates.intervals import RANGE, Interval
from analysis.estimates.tables import list_by_week
from analysis.runs.figures import OTHER_COSTS, weeks_apart
from analysis.tell.style import ACCENT, BUSY, DARK, GREY, INK, LIGHT, SMALL_GROUP
from analysis.tell.wording import MISSING, change_in, count, full_date, pounds, sentence, share, words
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from sim.stages import Stage

Rows = list[dict[str, str]]
BAND = "rgba(86, 180, 233, 0.35)"
"""The sky blue of `analysis.tell.style.LIGHT`, see-through."""
FONT, LETTER = "Source Sans, sans-serif", 14
QUARTER = 13
ROW, FRAME = 46, 90
"""Height of a row of a chart and of what surrounds the rows, pixels."""
MEANINGS = {"staff_group": "staff group", "gender": "gender", "ethnicity": "ethnicity"}


@dataclass(frozen=True)
class Chart:
    """A chart, the same in one sentence for those who do not see it, and as a table."""

    figure: Figure
    told: str
    table: Rows


def list_over_time(result: Result, stage: str) -> Chart:
    """Draw a list by week: median and range of simulated futures."""
    weeks, lengths = list_by_week(result.tables["weekly"], stage)
    low, middle, high = np.quantile(lengths, (RANGE[0], 0.5, RANGE[1]), axis=0)
    figure = blank(300)
    hover = [count.range(*ends) for ends in zip(low, high, strict=True)]
    figure.add_scatter(x=weeks, y=high, line={"width": 0}, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=weeks, y=low, fill="tonexty", fillcolor=BAND, line={"width": 0}, hoverinfo="skip",
        name="9 in 10 simulated futures",
    )  # fmt: skip
    figure.add_scatter(
        x=weeks, y=middle, line={"color": DARK, "width": 3}, name="median", customdata=hover,
        hovertemplate="week %{x}: %{y:.0f} people<br>9 in 10 futures: %{customdata}<extra></extra>",
    )  # fmt: skip
    start = result.config.run.start_date
    figure.update_xaxes(title_text=f"weeks since {full_date(start)}", dtick=weeks_apart(len(weeks)))
    figure.update_yaxes(title_text="people waiting", rangemode="tozero")
    for name, incident in result.config.incident.items():
        week = incident.day / DAYS_PER_WEEK
        if 0 <= week <= weeks[-1]:
            figure.add_vline(week, line={"color": ACCENT, "dash": "dash", "width": 2})
            figure.add_annotation(
                x=week, y=1.0, yref="paper", text=f"incident: {words(name)}", showarrow=False, xanchor="left",
                yanchor="bottom", font={"color": ACCENT},
            )  # fmt: skip
    top = int(np.argmax(middle))
    told = (
        f"People waiting for {words(stage)} by week. Most in week {weeks[top]}, about {count(middle[top])}; "
        f"at the end about {count(middle[-1])}, in 9 of 10 simulated futures {hover[-1]}."
    )
    shown = [at for at in range(len(weeks)) if weeks[at] % QUARTER == 0 or at in (0, len(weeks) - 1)]
    table = [
        {
            "week": str(weeks[at]),
            "ends on": f"{date_of(start, int(weeks[at]) * DAYS_PER_WEEK - 1):%d %b %Y}",
            "people waiting (median)": count(middle[at]),
            "9 in 10 simulated futures": hover[at],
        }
        for at in shown
    ]
    return Chart(figure, told, table)


def waits_by_group(result: Result, stage: Stage) -> Chart:
    """Draw the median and 90th percentile wait of those seen, by staff group, with intervals."""
    groups = ["all", *_coming(result)]
    median = {group: result.of("wait_days_median", stage.name, *_where(group)) for group in groups}
    most = {group: result.of("wait_days_p90", stage.name, *_where(group)) for group in groups}
    seen = {group: result.of(stage.counted_by, "", *_where(group)).estimate for group in groups}
    labels = [_label(group, seen[group]) for group in groups]
    figure = blank(FRAME + ROW * len(groups))
    for found, name, colour, symbol in (
        (median, "half wait less", DARK, "circle"),
        (most, "9 in 10 wait less", ACCENT, "diamond-open"),
    ):
        figure.add_scatter(
            x=[found[group].estimate for group in groups], y=labels, mode="markers", name=name,
            marker={"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2}},
            error_x=whiskers([found[group] for group in groups], colour),
            hovertemplate="%{x:.0f} days<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="days waited by those seen", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    half = count(median["all"].estimate)
    told = f"Waits from {stage.since} to {stage.waits_for} by staff group. Half of all wait less than {half} days."
    table = [
        {
            "staff group": sentence(words(group)),
            "people a replication": count(seen[group]) + "*" * (seen[group] < SMALL_GROUP),
            "half wait less (days)": count.interval(median[group]),
            "9 in 10 wait less (days)": count.interval(most[group]),
            "in time": share.interval(result.of("within_standard_share", stage.name, *_where(group))),
        }
        for group in groups
    ]
    return Chart(figure, told, table)


def load_by_role(result: Result) -> Chart:
    """Draw client-facing time used over earned, by role."""
    roles = [role for role, given in result.config.staffing.roles.items() if given.wte > 0]
    used = {role: result.of("utilisation", "", "role", role) for role in roles}
    labels = [sentence(words(role)) for role in roles]
    figure = blank(FRAME + ROW * len(roles))
    figure.add_bar(
        x=[used[role].estimate * 100 for role in roles], y=labels, orientation="h", width=0.6,
        marker={"color": [ACCENT if used[role].estimate > BUSY else DARK for role in roles]},
        error_x=whiskers([used[role].times(100) for role in roles], INK),
        hovertemplate="%{y}: %{x:.0f} %<extra></extra>",
    )  # fmt: skip
    figure.add_vline(BUSY * 100, line={"color": INK, "dash": "dash", "width": 1.5})
    figure.add_annotation(
        x=BUSY * 100, y=1.0, yref="paper", text=share(BUSY), showarrow=False, yanchor="bottom", font={"color": INK}
    )
    figure.update_xaxes(title_text="% of client-facing time used", range=[0, 105])
    ticks = [f"{label} · {share(used[role].estimate)}" for role, label in zip(roles, labels, strict=True)]
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=labels, ticktext=ticks)
    busy = [sentence(words(role)) for role in roles if used[role].estimate > BUSY]
    told = f"Load by role. Over {share(BUSY)}: {', '.join(busy) or 'nobody'}."
    table = [
        {
            "role": label,
            "load": share.interval(used[role]),
            f"over {share(BUSY)}": "yes" if used[role].estimate > BUSY else "no",
        }
        for role, label in zip(roles, labels, strict=True)
    ]
    return Chart(figure, told, table)


def cost_by_kind(result: Result) -> Chart:
    """Draw what the Hub costs a year by kind, the dearest first."""
    years = result.config.run.horizon_days / DAYS_PER_YEAR
    kinds = {
        f"staff: {words(role)}": result.of("cost_staff_gbp", "", "role", role) for role in result.config.staffing.roles
    } | {name: result.of(measure) for measure, name in OTHER_COSTS.items()}
    yearly = {name: found.times(1 / years) for name, found in kinds.items() if found.estimate > 0}
    ranked = dict(sorted(yearly.items(), key=lambda item: -item[1].estimate))
    labels = [sentence(name) for name in ranked]
    figure = blank(FRAME + ROW * max(len(ranked), 1))
    figure.add_bar(
        x=[found.estimate / 1000 for found in ranked.values()], y=labels, orientation="h", width=0.6,
        marker={"color": [DARK if name.startswith("staff: ") else LIGHT for name in ranked]},
        error_x=whiskers([found.times(1 / 1000) for found in ranked.values()], INK),
        hovertemplate="%{y}: £%{x:,.0f} thousand<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title_text=f"£ thousand a year, {result.config.costs.price_year} prices", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    total = result.of("cost_per_year_gbp")
    table = [{"kind": "All, set-up apart", "a year": pounds.interval(total)}]
    table += [
        {"kind": label, "a year": pounds.interval(found)} for label, found in zip(labels, ranked.values(), strict=True)
    ]
    return Chart(figure, f"Cost a year by kind; all together {pounds.interval(total)}.", table)


def in_time_by_group(result: Result, stage: str) -> Chart:
    """Draw the share seen within the standard by staff group, gender and ethnicity, beside that of everyone."""
    population = result.config.population
    members = [("staff_group", group) for group in _coming(result)]
    members += [("gender", name) for name in population.genders]
    members += [("ethnicity", name) for name in population.ethnicities]
    shares = {where: result.of("within_standard_share", stage, *where) for where in members}
    gaps = {where: result.of("within_standard_gap", stage, *where) for where in members}
    people = {where: result.of("referrals", "", *where).estimate for where in members}
    everyone = result.of("within_standard_share", stage)
    labels = [_label(where[1], people[where]) for where in members]
    figure = blank(FRAME + 34 * len(members))
    figure.add_scatter(
        x=[shares[where].estimate * 100 for where in members], y=labels, mode="markers", showlegend=False,
        marker={"color": DARK, "size": 11}, error_x=whiskers([shares[where].times(100) for where in members], DARK),
        hovertemplate="%{y}: %{x:.0f} %<extra></extra>",
    )  # fmt: skip
    if not math.isnan(everyone.estimate):
        figure.add_vline(everyone.estimate * 100, line={"color": GREY, "dash": "dash", "width": 1.5})
        figure.add_annotation(
            x=everyone.estimate * 100, y=1.0, yref="paper", text="everyone", showarrow=False, yanchor="bottom",
            font={"color": INK},
        )  # fmt: skip
    figure.update_xaxes(title_text="% seen within the standard, of all eligible", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    table = [
        {
            "by": MEANINGS[where[0]],
            "group": sentence(words(where[1])),
            "referred a replication": count(people[where]) + "*" * (people[where] < SMALL_GROUP),
            "seen in time": share.interval(shares[where]),
            "points beside the reference group": _points(gaps[where]),
        }
        for where in members
    ]
    told = f"Share seen in time by staff group, gender and ethnicity; of everyone {share.interval(everyone)}."
    return Chart(figure, told, table)


def _points(gap: Interval) -> str:
    if math.isnan(gap.estimate):
        return MISSING
    if gap.estimate == 0 and gap.low == gap.high:
        return "reference"
    return change_in("%", 100).interval(gap)


def _coming(result: Result) -> list[str]:
    groups = result.config.population.staff_groups
    return [name for name, group in groups.items() if group.headcount > 0]


def _where(group: str) -> tuple[str, str]:
    return ("all", "all") if group == "all" else ("staff_group", group)


def _label(group: str, people: float) -> str:
    return sentence(words(group)) + " *" * (people < SMALL_GROUP)


def whiskers(found: list[Interval], colour: str, at_least: float = 0.0) -> dict[str, Any]:
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


def blank(height: int) -> Figure:
    """Return an empty figure in the style of the page."""
    from plotly.graph_objects import Figure

    figure = Figure()
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 20, "t": 30, "b": 10},
        font={"family": FONT, "size": LETTER, "color": INK},
        plot_bgcolor="white",
        paper_bgcolor="white",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"font": {"size": LETTER}},
    )
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(
            gridcolor="#DDDDDD", zeroline=False, tickfont={"size": LETTER, "color": INK}, automargin=True,
            title_font={"size": LETTER, "color": INK},
        )  # fmt: skip
    figure.update_yaxes(ticklabelstandoff=6)
    return figure
