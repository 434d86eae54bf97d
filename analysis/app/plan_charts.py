"""Charts of a comparison for hovering over, from the tables that it has written; each with a table."""

from __future__ import annotations

import html
import math
from typing import Any

import numpy as np

from analysis.app.charts import FRAME, QUARTER, ROW, Chart, blank, whiskers
from analysis.app.plans import Comparison
from analysis.comparison.appendix_figures import KINDS
from analysis.comparison.equity import DIMENSIONS, Concern, concerns
from analysis.comparison.figures import OFTEN, colours, markers
from analysis.comparison.pairs import BETTER, WORSE
from analysis.estimates.headline import compared_headlines
from analysis.estimates.intervals import RANGE, Interval
from analysis.estimates.tables import list_by_week
from analysis.runs.figures import weeks_apart
from analysis.tell.style import ACCENT, DARK, GREY, INK
from analysis.tell.wording import (
    MISSING,
    change_in,
    count,
    full_date,
    level_in,
    pounds,
    sentence,
    share,
    thousand_pounds,
    unit_of_change,
    words,
)
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of

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
    figure = blank(420)
    table, points = [], {}
    for plan, look in _looks(compared).items():
        pay = compared.level(plan, cost.key[0]).times(cost.scale)
        missed = _missed(compared, plan)
        points[plan] = (pay.estimate, missed.estimate)
        colour = look["color"]
        figure.add_scatter(
            x=[pay.estimate], y=[missed.estimate], mode="markers", name=label(compared, plan),
            marker=look | {"size": 13}, error_x=whiskers([pay], colour), error_y=whiskers([missed], colour),
            hovertemplate=f"£%{{x:,.0f}} thousand a year<br>%{{y:.1f}} % not {wait.words}",
        )  # fmt: skip
        table.append(
            {
                "plan": compared.name(plan),
                "cost a year": pounds.interval(compared.level(plan, cost.key[0])),
                sentence(wait.words): share.interval(compared.level(plan, wait.key[0], wait.key[1])),
                "no other plan is cheaper and quicker": share(compared.not_beaten(plan)),
            }
        )
    best = sorted(points[plan] for plan in compared.plans if compared.not_beaten(plan) > OFTEN)
    figure.add_scatter(
        x=[x for x, _ in best], y=[y for _, y in best], mode="lines", hoverinfo="skip", name="not beaten by another",
        line={"color": INK, "dash": "dot", "width": 1.5}, showlegend=len(best) > 1,
    )  # fmt: skip
    figure.update_xaxes(title_text="cost a year, £ thousand")
    figure.update_yaxes(title_text=f"% not {wait.words}", rangemode="tozero")
    named = [compared.name(plan) for plan in compared.plans if compared.not_beaten(plan) > OFTEN]
    told = f"Cost a year against the share not {wait.words}. Not beaten by another plan: {', '.join(named) or 'none'}."
    return Chart(figure, told, table)


def _missed(compared: Comparison, plan: str) -> Interval:
    """Return the share that is not seen in time, in per cent, as the printed frontier has it."""
    seen = compared.level(plan, "within_standard_share", compared.stage).times(100)
    return Interval(100 - seen.estimate, 100 - seen.high, 100 - seen.low)


def differences(compared: Comparison, which: int) -> Chart:
    """Draw the paired differences of one of the two figures that decide."""
    found = compared_headlines(compared.config, compared.stage)[which]
    rows = compared.primary(found.words)
    look = {BETTER: (DARK, "circle"), WORSE: (ACCENT, "square")}
    figure = blank(FRAME + ROW * len(rows))
    for plan, gap, verdict in rows:
        colour, symbol = look.get(verdict, (GREY, "circle-open"))
        figure.add_scatter(
            x=[gap.estimate], y=[label(compared, plan)], mode="markers", showlegend=False,
            marker={"color": colour, "symbol": symbol, "size": 12, "line": {"width": 2, "color": colour}},
            error_x=whiskers([gap], colour, FAR_BELOW), hovertemplate=f"%{{x:+,.1f}}: {verdict}",
        )  # fmt: skip
    figure.add_vline(0, line={"color": INK, "width": 1.5})
    unit = unit_of_change(found.unit)
    figure.update_xaxes(title_text=f"difference from the baseline, {unit}")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    table = [
        {"plan": compared.name(plan), f"difference ({unit})": change_in(found.unit).interval(gap), "verdict": verdict}
        for plan, gap, verdict in rows
    ]
    told = "; ".join(f"{compared.name(plan)}: {verdict}" for plan, _, verdict in rows)
    return Chart(figure, f"Difference from the baseline, {found.words}. {told}.", table)


def lists(compared: Comparison, stage: str) -> Chart:
    """Draw a list by week under each plan: the median of simulated futures."""
    figure = blank(340)
    ends, table = [], []
    start = compared.config.run.start_date
    for number, (plan, look) in enumerate(_looks(compared).items()):
        weeks, lengths = list_by_week(compared.weekly[compared.weekly["cell"] == plan], stage)
        low, middle, high = np.quantile(lengths, (RANGE[0], 0.5, RANGE[1]), axis=0)
        spread = [count.range(*ends) for ends in zip(low, high, strict=True)]
        figure.add_scatter(
            x=weeks, y=middle, name=label(compared, plan), customdata=spread,
            line={"color": look["color"], "width": 3, "dash": DASHES[number % len(DASHES)]},
            hovertemplate="week %{x}: %{y:.0f} people; 9 in 10 futures %{customdata}",
        )  # fmt: skip
        ends.append(f"{compared.name(plan)} {count(middle[-1])}")
        shown = [at for at in range(len(weeks)) if weeks[at] % QUARTER == 0 or at == len(weeks) - 1]
        table.append(
            {"plan": compared.name(plan)}
            | {
                f"{date_of(start, int(weeks[at]) * DAYS_PER_WEEK):%d %b %Y}": f"{count(middle[at])} ({spread[at]})"
                for at in shown
            }
        )
    figure.update_xaxes(title_text=f"weeks since {full_date(start)}", dtick=weeks_apart(len(weeks)))
    figure.update_yaxes(title_text="people waiting, median", rangemode="tozero")
    return Chart(figure, f"People waiting for {words(stage)}; at the end, median: {', '.join(ends)}.", table)


def equity(compared: Comparison, concern: Concern) -> Chart:
    """Draw one concern group by group, the plans side by side; small groups are open."""
    mine = compared.equity[
        (compared.equity["measure"] == concern.measure) & (compared.equity["stage"] == concern.stage)
    ]
    members = [
        (str(dimension), str(group))
        for dimension in DIMENSIONS
        for group in mine[mine["dimension"] == dimension]["group"].unique()
    ]
    places = np.arange(len(members), dtype=float)
    figure = blank(FRAME + 44 * len(members))
    looks = _looks(compared)
    table: list[dict[str, str]] = []
    for number, (plan, look) in enumerate(looks.items()):
        rows = mine[mine["plan"] == plan].set_index(["dimension", "group"]).loc[members]
        found = [
            Interval(*(float(row[name]) for name in ("estimate", "low", "high"))) for row in rows.to_dict("records")
        ]
        symbols = [look["symbol"] + ("-open" if small else "") for small in rows["small"]]
        figure.add_scatter(
            x=[interval.estimate for interval in found], y=places + 0.6 * ((number + 0.5) / len(looks) - 0.5),
            mode="markers", name=label(compared, plan), error_x=whiskers(found, look["color"]),
            marker={"color": look["color"], "symbol": symbols, "size": 9, "line": {"width": 2, "color": look["color"]}},
            customdata=[sentence(words(group)) for _, group in members],
            hovertemplate="%{customdata}: %{x:,.1f}",
        )  # fmt: skip
        for (_, group), row, level in zip(members, rows.to_dict("records"), found, strict=True):
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
    figure.update_xaxes(title_text=f"{concern.words}{'' if concern.unit == 'per 1,000' else f', {concern.unit}'}")
    figure.update_yaxes(
        tickvals=places, ticktext=[sentence(words(group)) for _, group in members], range=[len(members) - 0.4, -0.6],
        showgrid=False,
    )  # fmt: skip
    said = f"{sentence(concern.words)} by staff group, gender and ethnicity under each plan; the table has all of it."
    return Chart(figure, said, table)


def concerns_of(compared: Comparison) -> dict[str, Concern]:
    """Return what is watched group by group, by its words."""
    return {sentence(concern.words): concern for concern in concerns(compared.config, compared.stage)}


def cost(compared: Comparison) -> Chart:
    """Draw what each plan costs a year, stacked by kind."""
    a_year = DAYS_PER_YEAR / compared.config.run.horizon_days
    labels = [label(compared, plan) for plan in compared.plans]
    figure = blank(FRAME + 30 + ROW * len(labels))
    table = [{"plan": compared.name(plan)} for plan in compared.plans]
    for measure, (kind, colour, pattern) in KINDS.items():
        found = [compared.level(plan, measure).times(a_year) for plan in compared.plans]
        if not any(interval.estimate > 0 for interval in found):
            continue
        figure.add_bar(
            x=[interval.estimate / THOUSAND for interval in found], y=labels, orientation="h", name=sentence(kind),
            width=0.6, hovertemplate="£%{x:,.0f} thousand",
            marker={
                "color": colour, "pattern": {"shape": PATTERNS.get(pattern, "")}, "line": {"color": "white", "width": 1}
            },
        )  # fmt: skip
        for row, interval in zip(table, found, strict=True):
            row[kind] = pounds.interval(interval)
    totals = [compared.level(plan, "cost_total_gbp").times(a_year) for plan in compared.plans]
    for name, row, total in zip(labels, table, totals, strict=True):
        row["all"] = pounds.interval(total)
        figure.add_annotation(
            x=total.estimate / THOUSAND, y=name, text=f"<b>{thousand_pounds(total.estimate)}</b>", showarrow=False,
            xanchor="left", xshift=6, font={"color": INK},
        )  # fmt: skip
    dearest = max(total.estimate for total in totals) / THOUSAND
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_xaxes(title_text=f"£ thousand a year, {compared.config.costs.price_year} prices",
                        range=[0, dearest * 1.15])  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False)
    told = ", ".join(f"{row['plan']} {row['all']}" for row in table)
    return Chart(figure, f"Cost a year of each plan: {told}.", table)


def _looks(compared: Comparison) -> dict[str, dict[str, Any]]:
    """Return colour and symbol of each plan, as in the printed figures."""
    colour, marker = colours(compared.plans, compared.baselines), markers(compared.plans)
    return {plan: {"color": colour[plan], "symbol": SYMBOLS[marker[plan]]} for plan in compared.plans}
