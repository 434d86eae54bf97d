"""Charts of a comparison for hovering over, from the tables that `hub compare` has written; each with a table."""

from __future__ import annotations

import html
import math

import numpy as np

from analysis.app.charts import FRAME, ROW, Chart, dots, drawn, mark, rows, whiskers
from analysis.app.compared import Comparison
from analysis.app.weekly_list import weekly_list
from analysis.comparison.appendix_figures import KINDS
from analysis.comparison.figures import OFTEN, looks
from analysis.comparison.pairs import BETTER, WORSE
from analysis.comparison.taken_apart import groups_of, of_concern
from analysis.estimates.headline import Headline, compared_headlines
from analysis.estimates.intervals import Interval
from analysis.tell.style import ACCENT, DARK, GREY, INK
from analysis.tell.wording import (
    MISSING,
    change_in,
    count,
    level_in,
    pounds,
    sentence,
    share,
    thousand_pounds,
    unit_of_change,
    words,
)
from sim.calendar import DAYS_PER_YEAR

SYMBOLS = {
    "o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "v": "triangle-down", "P": "cross", "X": "x",
}  # fmt: skip
"""Of plotly, for the markers of the printed figures."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
PATTERNS = {"///": "/", "...": ".", "xx": "x"}
THOUSAND = 1000
FAR_BELOW = -math.inf


def label(compared: Comparison, plan: str) -> str:
    """Return what the visitor calls a plan, so that plotly shows it as it is: it reads some HTML."""
    return html.escape(compared.name(plan))


def frontier(compared: Comparison) -> Chart:
    """Draw cost a year against the share not seen in time; plans that no other beats are joined."""
    wait, cost = compared_headlines(compared.config, compared.stage)[:2]
    hover = f"£%{{x:,.0f}} thousand a year<br>%{{y:.1f}} % not {wait.words}"
    traces, table, points = [], [], {}
    looked = _looks(compared)
    for plan in compared.options:
        colour, symbol = looked[plan]
        pay = compared.level(plan, cost.key[0]).times(cost.scale)
        seen = compared.level(plan, "within_standard_share", compared.stage).times(100)
        missed = Interval(100 - seen.estimate, 100 - seen.high, 100 - seen.low)  # as the printed frontier has it
        points[plan] = (pay.estimate, missed.estimate)
        place = {"name": label(compared, plan), "error_y": whiskers([missed], colour)}
        traces.append(dots([pay], [missed.estimate], colour, hover, symbol, **place))
        table.append(
            {
                "plan": compared.name(plan),
                "cost a year": pounds.interval(compared.level(plan, cost.key[0])),
                sentence(wait.words): share.interval(compared.level(plan, *wait.key[:2])),
                "no other plan is as good on cost and waits": share(compared.not_beaten(plan)),
            }
        )
    best = [plan for plan in compared.options if compared.not_beaten(plan) > OFTEN]
    x, y = zip(*sorted(points[plan] for plan in best), strict=True) if best else ((), ())
    traces.append(
        {
            "type": "scatter", "mode": "lines", "x": x, "y": y, "name": "not beaten by another", "hoverinfo": "skip",
            "line": {"color": INK, "dash": "dot", "width": 1.5}, "showlegend": len(best) > 1,
        }
    )  # fmt: skip
    missed_axis = {"title": f"% not {wait.words}", "rangemode": "tozero"}
    named = ", ".join(compared.name(plan) for plan in best) or "none"
    told = f"Cost a year against the share not {wait.words}. Not beaten by another plan: {named}."
    return Chart(drawn(420, traces, {"title": "cost a year, £ thousand"}, missed_axis), told, table)


def differences(compared: Comparison, which: int) -> Chart:
    """Draw the paired differences of one of the two figures that decide."""
    found = compared_headlines(compared.config, compared.stage)[which]
    gaps = compared.primary(found.words)
    traces = []
    for plan, gap, verdict in gaps:
        colour, symbol = {BETTER: (DARK, "circle"), WORSE: (ACCENT, "square")}.get(verdict, (GREY, "circle-open"))
        more = {"showlegend": False, "error_x": whiskers([gap], colour, FAR_BELOW)}
        traces.append(dots([gap], [label(compared, plan)], colour, f"%{{x:+,.1f}}: {verdict}", symbol, **more))
    unit = unit_of_change(found.unit)
    axis = {"title": f"difference from the baseline, {unit}"}
    figure = drawn(FRAME + ROW * len(gaps), traces, axis, rows(len(gaps)), [mark(0)])
    table = [
        {"plan": compared.name(plan), f"difference ({unit})": change_in(found.unit).interval(gap), "verdict": verdict}
        for plan, gap, verdict in gaps
    ]
    told = "; ".join(f"{compared.name(plan)}: {verdict}" for plan, _, verdict in gaps)
    return Chart(figure, f"Difference from the baseline, {found.words}. {told}.", table)


def lists(compared: Comparison, stage: str) -> Chart:
    """Draw a list by week under each plan: the median of simulated futures."""
    mine = {plan: weekly_list(compared.weekly[compared.weekly["cell"] == plan], stage) for plan in compared.plans}
    looks = _looks(compared)
    traces = [
        {
            "type": "scatter", "mode": "lines", "x": plan_list.weeks, "y": plan_list.middle,
            "name": label(compared, plan), "customdata": plan_list.ranges,
            "line": {"color": looks[plan][0], "width": 3, "dash": DASHES[number % len(DASHES)]},
            "hovertemplate": "week %{x}: %{y:.0f} people; 9 in 10 futures %{customdata}",
        }
        for number, (plan, plan_list) in enumerate(mine.items())
    ]  # fmt: skip
    table = [
        {"plan": compared.name(plan)}
        | {
            one.ends_on(compared.config, at): f"{count(round(one.middle[at]))} ({one.ranges[at]})"
            for at in one.in_table
        }
        for plan, one in mine.items()
    ]
    people = {"title": "people waiting, median", "rangemode": "tozero"}
    figure = drawn(340, traces, mine[compared.plans[0]].axis(compared.config), people)
    ends = ", ".join(f"{compared.name(plan)} {count(round(one.middle[-1]))}" for plan, one in mine.items())
    return Chart(figure, f"People waiting for {words(stage)}; at the end, median: {ends}.", table)


def equity(compared: Comparison, concern: Headline) -> Chart:
    """Draw one concern group by group, the plans side by side; small groups are open."""
    mine = of_concern(compared.equity, concern)
    members = groups_of(mine)
    names = [sentence(words(group)) for _, group in members]
    places = np.arange(len(members), dtype=float)
    looks = _looks(compared)
    traces, table = [], []
    for number, (plan, (colour, symbol)) in enumerate(looks.items()):
        of_plan = mine[mine["plan"] == plan].set_index(["dimension", "group"]).loc[members]
        found = [Interval(*map(float, row)) for row in of_plan[["estimate", "low", "high"]].to_numpy()]
        symbols = [symbol + "-open" * bool(small) for small in of_plan["small"]]
        beside = places + 0.6 * ((number + 0.5) / len(looks) - 0.5)
        more = {"name": label(compared, plan), "customdata": names}
        traces.append(dots(found, beside, colour, "%{customdata}: %{x:,.1f}", symbols, **more))
        for (_, group), row, level in zip(members, of_plan.to_dict("records"), found, strict=True):
            gap, change = (
                Interval(*(float(row.get(f"{name}{end}", math.nan)) for end in ("", "_low", "_high")))
                for name in ("gap", "change")
            )
            is_reference, told = group == row["reference"], change_in(concern.unit)
            table.append(
                {
                    "plan": compared.name(plan),
                    "group": sentence(words(group)) + " *" * bool(row["small"]),
                    f"level ({concern.unit})": level_in(concern.unit).interval(level),
                    "beside the reference group": "reference" if is_reference else told.interval(gap),
                    "that gap against the baseline": MISSING if is_reference else told.interval(change),
                }
            )
    unit = "" if concern.unit == "per 1,000" else f", {concern.unit}"
    rows_axis = {"tickvals": places, "ticktext": names, "range": [len(members) - 0.4, -0.6], "showgrid": False}
    figure = drawn(FRAME + 44 * len(members), traces, {"title": f"{concern.words}{unit}"}, rows_axis)
    said = f"{sentence(concern.words)} by staff group, gender and ethnicity under each plan; the table has all of it."
    return Chart(figure, said, table)


def cost(compared: Comparison) -> Chart:
    """Draw what each plan costs a year, stacked by kind."""
    a_year = DAYS_PER_YEAR / compared.config.run.horizon_days
    labels = [label(compared, plan) for plan in compared.plans]
    traces, table = [], [{"plan": compared.name(plan)} for plan in compared.plans]
    for measure, (kind, colour, pattern) in KINDS.items():
        found = [compared.level(plan, measure).times(a_year) for plan in compared.plans]
        if not any(interval.estimate > 0 for interval in found):
            continue
        look = {"pattern": {"shape": PATTERNS.get(pattern, "")}, "line": {"color": "white", "width": 1}}
        traces.append(
            {
                "type": "bar", "orientation": "h", "width": 0.6, "name": sentence(kind), "y": labels,
                "x": [interval.estimate / THOUSAND for interval in found], "marker": {"color": colour} | look,
                "hovertemplate": "£%{x:,.0f} thousand",
            }
        )  # fmt: skip
        for row, interval in zip(table, found, strict=True):
            row[kind] = pounds.interval(interval)
    totals = [compared.level(plan, "cost_total_gbp").times(a_year) for plan in compared.plans]
    for row, total in zip(table, totals, strict=True):
        row["all"] = pounds.interval(total)
    beside = {"showarrow": False, "xanchor": "left", "xshift": 6, "font": {"color": INK}}
    notes = [
        {"x": total.estimate / THOUSAND, "y": name, "text": f"<b>{thousand_pounds(total.estimate)}</b>"} | beside
        for name, total in zip(labels, totals, strict=True)
    ]
    dearest = max(total.estimate for total in totals) / THOUSAND
    money = {"title": f"£ thousand a year, {compared.config.costs.prices}", "range": [0, dearest * 1.15]}
    height = FRAME + 30 + ROW * len(labels)
    figure = drawn(
        height, traces, money, rows(len(labels)), annotations=notes, barmode="stack", legend={"traceorder": "normal"}
    )
    told = ", ".join(f"{row['plan']} {row['all']}" for row in table)
    return Chart(figure, f"Cost a year of each plan: {told}.", table)


def _looks(compared: Comparison) -> dict[str, tuple[str, str]]:
    """Return colour and symbol of each plan, as in the printed figures."""
    chosen = looks(compared.plans, compared.baselines)
    return {plan: (colour, SYMBOLS[marker]) for plan, (colour, marker) in chosen.items()}
