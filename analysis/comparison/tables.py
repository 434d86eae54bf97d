"""The comparison as files, and as tables on the terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
from rich.console import RenderableType

from analysis.comparison.across import Across
from analysis.comparison.across_tables import FILES as ACROSS
from analysis.comparison.across_tables import across_parts, across_tables
from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.pairs import MOST_REPLICATIONS, UNDECIDED, Difference, differences
from analysis.comparison.sentences import choice_lines, round_up, steps_line, unanswered_lines, widened_lines
from analysis.comparison.spread import share_rows, split_rows
from analysis.comparison.steps import NOT_JUDGED
from analysis.comparison.switching import SWITCHING, switching_lines, switching_table
from analysis.comparison.taken_apart import Attribution, Widened
from analysis.comparison.values import FIGURE
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import Interval
from analysis.runs.one_run import SPLIT_FILE
from analysis.tell.console import console, plain_table
from analysis.tell.futures import sentence_of
from analysis.tell.style import INTERVALS
from analysis.tell.wording import MISSING, change_in, counted, csv_of, level_in
from sim.disk import write_whole

NO_CHOICE = "what happens differs, so this is nothing to choose"
"""In place of a verdict on two plans that were not run in one scenario."""
WHY = "why.csv"
TABLES = ("headlines.csv", "steps.csv", "differences.csv", "levels.csv", "equity.csv", "choice.csv", *ACROSS)
WIDTH = 155
FOOTER = (
    "Difference: the plan less the baseline, with the same simulated people in both. Intervals are 95%; those of "
    "figures with * hold for all plans and all * figures at once, and their p allows for that (Holm).",
    "Not called better, or worse: under this plan over half a person in 100 referred get less far, or further, so that "
    "the figure is about other people. A plan that loses people is never called better and cannot be selected.",
    "Pairing: how closely the two plans move together over replications (correlation), and how many times smaller that "
    "makes the variance of the difference.",
    INTERVALS,
    "No claim about cost-effectiveness can be made from these figures.",
)


def write_tables(found: Across, equity: pd.DataFrame, folder: Path, reasons: Sequence[Attribution] = ()) -> None:
    """Write every table of a comparison into a folder; those of levers and of drawn parameters where there are any."""
    comparison = found.comparison
    levels = pd.concat([table.assign(plan=plan) for plan, table in comparison.estimates.items()], ignore_index=True)
    tables = {
        "headlines.csv": pd.DataFrame(headline_rows(comparison)),
        "steps.csv": pd.DataFrame(step_rows(comparison)),
        "differences.csv": all_differences(comparison),
        "levels.csv": levels[["plan", *levels.columns[:-1]]],
        "equity.csv": equity,
        "choice.csv": pd.DataFrame(choice_rows(comparison)),
    } | across_tables(found)
    for kinds in (split_rows(comparison), share_rows(comparison)):
        if len(kinds):
            tables[SPLIT_FILE] = kinds
    if len(switching := switching_table(comparison)):
        tables[SWITCHING] = switching
    if reasons:
        tables[WHY] = pd.DataFrame(why_rows(reasons))
    for name, table in tables.items():
        write_whole(folder / name, csv_of(table))


def all_differences(comparison: Comparison) -> pd.DataFrame:
    """Return the difference of every figure of every plan, tidy: one row a plan and figure."""
    values = comparison.by_replication
    found = {
        (plan, base): differences(values[plan], values[base], comparison.confidence)
        for plan, base in comparison.baseline_of.items()
    }
    table = pd.concat(found, names=["plan", "baseline"]).reset_index()
    units = next(iter(comparison.estimates.values())).drop_duplicates(FIGURE).set_index(FIGURE)["unit"]
    table["unit"] = [units.get(tuple(row), "") for row in table[FIGURE].to_numpy()]
    return table[["plan", "baseline", *FIGURE, "unit", *Difference._fields]]


def headline_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row a plan and headline figure, in the unit of the figure."""
    rows = []
    for answer in comparison.answers:
        headline, found = answer.headline, answer.found
        in_its_unit = {
            "baseline_level": comparison.level(answer.baseline, headline.key).estimate,
            "plan_level": comparison.level(answer.plan, headline.key).estimate,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "simultaneous_low": answer.low,
            "simultaneous_high": answer.high,
        }
        row: dict[str, Any] = {"plan": answer.plan, "baseline": answer.baseline, "figure": headline.words}
        row |= {"unit": headline.unit, "primary": headline.primary}
        row |= {name: value * headline.scale for name, value in in_its_unit.items()}
        row |= {"p": found.p, "p_holm": answer.p_adjusted, "verdict": answer.verdict, "because": answer.because}
        row |= {"more_replications": answer.more}
        row["baseline_people"] = people_behind(comparison, answer.baseline, headline)
        row["plan_people"] = people_behind(comparison, answer.plan, headline)
        rows.append(row | {name: getattr(found, name) for name in ("correlation", "variance_reduction", "pairs")})
    return rows


def people_behind(comparison: Comparison, plan: str, headline: Headline) -> float:
    """Return the mean number of people a replication that a figure is a share or a wait of; else not a number."""
    if headline.unit not in ("%", "days"):
        return math.nan
    return float(comparison.people[plan].get(headline.key, math.nan))


def step_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row a plan and step: the share of everyone referred who get that far, and its difference."""
    return [
        {"plan": plan, "baseline": comparison.baseline_of[plan], "step": step.words, "baseline_share": step.baseline,
         "plan_share": step.plan, "low": step.low, "high": step.high, "lost": step.lost, "gained": step.gained}
        for plan, steps in comparison.steps.items()
        for step in steps
    ]  # fmt: skip


def choice_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row a plan and deciding wait: whether it may be the best of its scenario, or was selected."""
    return [_choice_row(comparison, plan, wait) for wait in comparison.deciding for plan in comparison.plans]


def _choice_row(comparison: Comparison, plan: str, wait: Headline) -> dict[str, Any]:
    scenario = comparison.scenario_of(plan)
    choice = comparison.choices[scenario, wait]
    selection, standard = choice.selection, ("meets_standard", "meets_standard_low", "meets_standard_high")
    return {
        "plan": plan,
        "scenario": scenario,
        "standard": wait.words,
        "loses_people": comparison.loses(plan),
        "may_be_best": plan in choice.may_be_best,
        "selected": None if selection is None else selection.left == [plan],
        "dropped_after_replications": None if selection is None else selection.dropped_after.get(plan),
        "probability_not_beaten": choice.not_beaten[plan],
        **dict(zip(standard, comparison.assurance(plan, wait), strict=True)),
        "verdict_on_all_standards": comparison.verdict_of(plan) if plan in comparison.baseline_of else "",
    }


def why_rows(reasons: Sequence[Attribution]) -> list[dict[str, Any]]:
    """Return one row a plan, figure and lever: what the lever is worth, in the unit of the figure."""
    return [
        {
            "plan": reason.plan,
            "baseline": reason.baseline,
            "figure": headline.words,
            "unit": headline.unit,
            "lever": lever.name,
            **dict(zip(("worth", "low", "high"), worth.times(headline.scale), strict=True)),
        }
        for reason in reasons
        for headline, of_levers in reason.worth.items()
        for lever, worth in zip(reason.levers, of_levers, strict=True)
    ]


def print_comparison(found: Across, widened: list[Widened], file: TextIO | None = None) -> None:
    """Print what was compared, figure by figure, and what it comes to."""
    comparison = found.comparison
    pairs = len(comparison.sweep.numbers)
    prices = comparison.config.costs.prices
    begun = f"{comparison.grid.counted}, {counted(pairs, 'pair')} of replications; costs at {prices}"
    parts: list[RenderableType] = [begun]
    if short := [plan.name for plan in comparison.sweep.plans.values() if plan.replications > pairs]:
        parts.append(f"Replications that not every plan has were left out ({', '.join(short)} had more).")
    for plan, base in comparison.baseline_of.items():
        parts += ["", _table(comparison, plan, base), steps_line(comparison, plan)]
    flags = [f"! {line}" for line in (*widened_lines(comparison, widened), *unanswered_lines(comparison))]
    shown = console(WIDTH, file=file or sys.stdout)
    for part in [
        *parts,
        "",
        *choice_lines(comparison),
        *across_parts(found),
        "",
        *switching_lines(comparison, switching_table(comparison)),
        *flags,
        "",
        *filter(None, [sentence_of(comparison.config)]),
        *FOOTER,
    ]:
        shown.print(part)


def _table(comparison: Comparison, plan: str, base: str) -> RenderableType:
    title = f"{comparison.names[plan]} against {comparison.names[base]}"
    table = plain_table(title=title, title_justify="left", title_style="bold")
    for heading in ("", "baseline", "plan", "difference", "p", "verdict", "pairing"):
        table.add_column(heading, no_wrap=True)
    for answer in comparison.about(plan):
        headline = answer.headline
        level = level_in(headline.unit, headline.scale)
        levels = (level(comparison.level(name, headline.key).estimate) for name in (base, plan))
        figure, *said = answer_cells(answer, comparison.is_option(plan))
        pairing = f"{two_figures(answer.found.correlation)}, ×{two_figures(answer.found.variance_reduction)}"
        table.add_row(f" {figure}", *levels, *said, pairing)
    return table


def answer_cells(answer: FigureAnswer, is_choice: bool) -> tuple[str, str, str, str]:
    """Return the figure, the difference with the interval that goes with its verdict, p, and the verdict."""
    headline = answer.headline
    figure = f"{headline.words}, {headline.unit}{' *' if headline.primary else ''}"
    told = verdict_words(answer.verdict, answer.because, answer.more, not math.isnan(answer.low), is_choice)
    return figure, difference_words(headline.unit, answer.interval, headline.scale), _p_value(answer), told


def difference_words(unit: str, found: Interval, scale: float = 1.0) -> str:
    """Return a difference with its interval, which is left out where it reads as the difference itself."""
    middle, ends = change_in(unit, scale).parts_unless_alike(found)
    return f"{middle} ({ends})" if ends else middle


def verdict_words(verdict: str, because: str, more: float | None, known: bool, is_choice: bool) -> str:
    """Return a verdict, why there is none, and how many more replications an open one needs; for table and page.

    `known` is whether there is an interval, `is_choice` whether the two plans were run in one scenario.
    """
    if not is_choice:
        return NO_CHOICE
    if verdict == NOT_JUDGED:
        return because
    if verdict != UNDECIDED:
        return verdict
    if more is None or math.isnan(more):
        return f"{UNDECIDED}: over {MOST_REPLICATIONS:,} more" if known else UNDECIDED
    return f"{UNDECIDED}: about {round_up(int(more)):,} more"


def _p_value(answer: FigureAnswer) -> str:
    """Return p: Holm's for primary figures."""
    value = answer.p_adjusted if answer.headline.primary else answer.found.p
    if math.isnan(value):
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def two_figures(value: float) -> str:
    """Return a correlation or a factor to two figures; ∞ where pairing left no variance at all."""
    if math.isinf(value):
        return "∞"
    return MISSING if math.isnan(value) else f"{value:.2g}" if value < 10 else f"{value:,.0f}"  # noqa: PLR2004
