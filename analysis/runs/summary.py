"""The summary of one run: the figures that matter as one screen of text."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from analysis.estimates.intervals import Interval
from analysis.estimates.tables import look_up, look_up_range
from analysis.tell.barriers import gaps_in_short
from analysis.tell.console import console, plain_table
from analysis.tell.dated_changes import in_one_line
from analysis.tell.futures import sentence_of
from analysis.tell.incidents import NO_BEFORE, exposed_lines
from analysis.tell.policies import policy_sentences
from analysis.tell.style import BUSY, SMALL_GROUP
from analysis.tell.wording import beside_band, count, counted, full_date, pounds, share, words
from sim.calendar import DAYS_PER_YEAR
from sim.measures.queues import BEFORE_WEEKS
from sim.stages import BY_GROUP, LISTED, RISK_CALL, WITH_STANDARD

if TYPE_CHECKING:
    import pandas as pd

    from analysis.runs.surge import SurgeRow
    from sim.config import HubConfig

PRICED = ("waiting_list_initiative", "evening_clinics", "mutual_aid")
"""Policies with a cost of their own."""
WIDTH = 136
"""Columns of the text where the terminal does not say how many it has."""
NARROWEST, WIDEST = 100, 136
MONTHS = 12
FIRST_COLUMN = 28
BACKLOG = " People of the opening backlog who are supported count as supported; they were referred before."
FOOTER = (
    "In brackets: 95% intervals over replications, for how much these averages would move if the simulation were run "
    "again; they do not say how sure we are about the real service. Days: of those seen. In time: of all eligible, "
    "drop-outs and waiting included.",
    "Waits and cost rest on assumptions of grade D, the weakest evidence; hub evidence --grade D names each.",
    "No claim about cost-effectiveness can be made from these figures.",
)


def print_summary(
    config: HubConfig,
    estimates: pd.DataFrame,
    warnings: list[str],
    file: TextIO | None = None,
    changed: Mapping[str, Any] | None = None,
    surge: Sequence[SurgeRow] = (),
) -> None:
    """Print the summary; in colour on a terminal, as plain text anywhere else."""
    tables = (_who_comes, _waits, _groups, _lists, _load, _cost)
    parts: list[RenderableType] = [Text(line) for line in _header(config, changed or {})]
    for table in tables:
        parts += ["", table(config, estimates)]
    if surge:
        parts += ["", _surge(surge)]
        if any(math.isnan(row.before.estimate) for row in surge):
            parts.append(Text(NO_BEFORE))
    if config.run.opening.mode == "backlog":
        parts.append(Text(BACKLOG))
    said = filter(None, [sentence_of(config)])
    first = f"{FOOTER[0]} {gaps_in_short(config)}"
    parts += ["", *(Text(line) for line in (first, *said, *FOOTER[1:]))]
    parts += [Text(f"WARNING  {line}", style="bold yellow") for line in warnings]
    screen = console(WIDTH, (NARROWEST, WIDEST), file or sys.stdout)
    for part in parts:
        screen.print(part)


def _header(config: HubConfig, changed: Mapping[str, Any]) -> list[str]:
    run = config.run
    opening = {
        "empty": "opens empty",
        "backlog": "opens with a backlog",
        "run_in": f"opens after a run-in of {run.run_in_days} days",
    }[run.opening.mode]
    hubs = "" if config.hubs.count == 1 else f" · {config.hubs.count} Hubs together"
    return [
        f"Scenario {config.scenario} · staffing {config.staffing_model}{hubs}",
        *([config.purpose] if config.purpose else []),
        *exposed_lines(config),
        *(f"Policy: {said}" for said in policy_sentences(config)),
        *in_one_line(config),
        *([f"Changed: {', '.join(f'{key}={value}' for key, value in changed.items())}"] if changed else []),
        f"{counted(run.replications, 'replication')} of {run.horizon_days:,} days from {full_date(run.start_date)} · "
        f"{opening} · seed {run.seed}",
    ]


def _table(title: str, *headings: str, first: int = FIRST_COLUMN) -> Table:
    """Return an empty table without lines: its title heads the first column, of at least so many characters."""
    table = plain_table()
    table.add_column(title, no_wrap=True, min_width=first)
    for heading in headings:
        table.add_column(heading)
    return table


def _who_comes(config: HubConfig, estimates: pd.DataFrame) -> Table:
    years = config.run.horizon_days / DAYS_PER_YEAR
    table = _table("Who comes (people)", "a month", "a year", "range of simulated futures, a year")
    for measure, name in (
        ("referrals", "referred, first or again"),
        ("screened", "screened"),
        ("assessed", "assessed"),
        ("therapy_started", "started therapy or a group"),
    ):
        a_year = look_up(estimates, measure).times(1 / years)
        low, high = (bound / years for bound in look_up_range(estimates, measure))
        spread = "" if math.isnan(low) else f"{count.range(low, high)} in 9 of 10"
        table.add_row(f" {name}", count.interval(a_year.times(1 / MONTHS)), count.interval(a_year), spread)
    return table


def _waits(config: HubConfig, estimates: pd.DataFrame) -> Table:
    table = _table("Waits by stage (days)", "median", "90% within", "standard", "in time", "left waiting")
    for stage in WITH_STANDARD:
        standard, left = config.standards.stages.get(stage), look_up(estimates, "left_waiting_share", stage)
        table.add_row(
            f" {words(stage)}",
            count.interval(look_up(estimates, "wait_days_median", stage)),
            count.interval(look_up(estimates, "wait_days_p90", stage)),
            f"{share(standard.share)} in {standard.days} days" if standard else "none",
            share.interval(look_up(estimates, "within_standard_share", stage)),
            "" if math.isnan(left.estimate) else share.interval(left),  # nobody can leave some lists
        )
    table.add_row(
        " risk call after the screen",
        count.interval(look_up(estimates, "wait_days_median", RISK_CALL.name)),
        count.interval(look_up(estimates, "wait_days_p90", RISK_CALL.name)),
        f"in {counted(config.standards.risk_call_working_days, 'working day')}",
        share.interval(look_up(estimates, "risk_call_on_time_share")),
    )
    return table


def _groups(config: HubConfig, estimates: pd.DataFrame) -> Table:
    headings = []
    for stage in BY_GROUP:
        first = stage.opens == "referred"
        standard = config.standards.stages.get(stage.name)
        in_time = [f"in {standard.days} days" if standard else "in time"] if first else []
        headings += [stage.seen, f"{'' if first else 'from there '}to {stage.waits_for}", *in_time]
    table = _table("Median wait by group (days)", *headings)
    few = False
    for group in ("all", *config.population.staff_groups):
        where = ("all", "all") if group == "all" else ("staff_group", group)
        cells = []
        for stage in BY_GROUP:
            people = look_up(estimates, stage.counted_by, "", *where).estimate
            small = people < SMALL_GROUP
            few = few or small
            median = look_up(estimates, "wait_days_median", stage.name, *where)
            cells += [count(people) + "*" * small, count.interval(median)]
            if stage.opens == "referred":
                cells.append(share.interval(look_up(estimates, "within_standard_share", stage.name, *where)))
        table.add_row(f" {words(group)}", *cells)
    if few:
        table.add_row(f" * fewer than {SMALL_GROUP} people in a replication")
    return table


def _lists(_: HubConfig, estimates: pd.DataFrame) -> Table:
    table = _table("Lists (people)", "mean", "longest, on average", "at the end")
    for stage in (stage for stage in LISTED if stage.has_standard):  # every_list.png has the others
        figures = (look_up(estimates, f"queue_{which}", stage.name) for which in ("mean", "peak", "end"))
        table.add_row(f" for {stage.words}", *(count.interval(figure) for figure in figures))
    held = (look_up(estimates, f"caseload_{which}") for which in ("mean", "peak"))
    table.add_row(" in therapy", *(count.interval(figure) for figure in held))
    return table


def _surge(rows: Sequence[SurgeRow]) -> Table:
    table = _table(
        "Incident (people)", f"{BEFORE_WEEKS} weeks before", "half a year after", "most, after", "at the end", first=0
    )
    for row in rows:
        table.add_row(f" {row.words}", *(count.interval(figure) for figure in row[1:]))
    return table


def _load(config: HubConfig, estimates: pd.DataFrame) -> Table:
    lends = config.policies.mutual_aid.lends_hours_per_week > 0
    also = ["lent to the partner Hub"] if lends else []
    table = _table("Load by role", f"used (! over {share(BUSY)})", "caseload places filled", *also)
    for name, role in config.staffing.roles.items():
        used = look_up(estimates, "utilisation", "", "role", name)
        mark = beside_band(role, used.estimate) + " !" * (used.estimate > BUSY)
        filled = look_up(estimates, "places_filled_share", "", "role", name)
        lent = [share.interval(look_up(estimates, "lent_share", "", "role", name))] if lends else []
        table.add_row(f" {words(name)}", share.interval(used) + mark, share.interval(filled), *lent)
    return table


def _cost(config: HubConfig, estimates: pd.DataFrame) -> Table:
    columns = {
        "a year": ("cost_per_year_gbp", pounds),
        "of which staff": ("staff_cost_share", share),
        "a person supported": ("cost_per_supported_gbp", pounds),
        "a referral": ("cost_per_referral_gbp", pounds),
    }
    table = _table(f"Cost ({config.costs.prices})", *columns, first=0)
    set_up = "apart from set-up" if config.costs.set_up_counted else "set-up not counted"
    table.add_row(f" {set_up}", *(form.interval(look_up(estimates, name)) for name, form in columns.values()))
    for policy in (name for name in PRICED if name in config.policies.in_force):
        paid = look_up(estimates, "cost_policy_gbp", "", "policy", policy)
        table.add_row(f" of it {words(policy)}", pounds.interval(paid.times(DAYS_PER_YEAR / config.run.horizon_days)))
    if config.policies.mutual_aid.lends_hours_per_week:
        income = look_up(estimates, "cost_policy_gbp", "", "policy", "mutual_aid_income")
        a_year = -DAYS_PER_YEAR / config.run.horizon_days
        received = Interval(income.estimate * a_year, income.high * a_year, income.low * a_year)
        table.add_row(" less income for hours lent", pounds.interval(received))
    return table
