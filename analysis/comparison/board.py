"""The page for a board: question, answer, both waits and cost of each plan, who gains, what would change it."""

from __future__ import annotations

from textwrap import shorten
from typing import Any, NamedTuple

import pandas as pd

from analysis.comparison.across import Across
from analysis.comparison.across_tables import has_several
from analysis.comparison.answer import answer_sentences, asked, met_at_home, wait_for
from analysis.comparison.compare import Comparison, FigureAnswer
from analysis.comparison.figures import SHAPES, looks_of
from analysis.comparison.pairs import NO_MATTER, SAME, UNDECIDED
from analysis.comparison.plans import in_words
from analysis.comparison.rests_on import ASSUMPTION, Drivers, change_sentences, driver_sentences, grade_sentences
from analysis.comparison.sentences import unanswered_lines
from analysis.comparison.steps import NOT_JUDGED
from analysis.comparison.switching import NEVER, NOT_DRAWN, TURNS
from analysis.comparison.taken_apart import Widened
from analysis.comparison.who import gain_or_lose, group_changes, who_sentences
from analysis.estimates.headline import Headline, Measure
from analysis.estimates.intervals import Interval
from analysis.tell.futures import sentence_of
from analysis.tell.style import INTERVALS
from analysis.tell.wording import change_in, count, frequency, full_date, grouped, level_in, listed, share
from sim.calendar import date_of

MOST_OPTIONS = 6
"""More plans than this do not fit the first page; the others are in the appendix."""
FEW_OPTIONS = 3
"""With so many plans there is room for larger letters and more words."""
LONGEST_WORDS = 220
"""Characters of a plan in words on the first page; where there are many plans the appendix has them."""
MOST_TURNS, LONGEST_DRIVER = 2, 60
NO_COST_EFFECTIVENESS = (
    "No claim about cost-effectiveness can be made: the study of the Hubs found that none is possible, and cost and "
    "waits are shown side by side, never weighed."
)
LIMITS = (
    "No waits in days, staffing or Hub costs are published for the Hubs, so levels rest on guesses. Differences "
    "between plans are firmer: every plan serves the same simulated people.",
)
DRAWN = (
    "{number} uncertain numbers were drawn from their ranges, the same for every plan: intervals and ranges take "
    "that in, but not what the model leaves out."
)
SHORT = {UNDECIDED: "open", NO_MATTER: "too small to matter", NOT_JUDGED: NOT_JUDGED}


class Cell(NamedTuple):
    """A figure of a plan on the page: its level with its interval, the difference, and what goes with it."""

    level: str
    interval: str
    change: str = ""
    notes: tuple[str, ...] = ()


def board_page(
    found: Across, equity: pd.DataFrame, widened: list[Widened], drivers: Drivers | None, switching: pd.DataFrame,
    question: str,
) -> dict[str, Any]:  # fmt: skip
    """Return everything that the first page says."""
    comparison = found.comparison
    plans = comparison.options[:MOST_OPTIONS]
    uncertain, run = comparison.config.uncertainty, comparison.config.run
    drawn = sentence_of(comparison.config) or DRAWN.format(number=len(uncertain.parameters))
    last_day = date_of(run.start_date, run.horizon_days - 1)
    return {
        "question": asked(comparison, question),
        "answer": answer_sentences(found),
        "shapes": SHAPES,
        "waits": [heading(wait) for wait in comparison.waits],
        "last": "In its worst scenario" if has_several(found) else "People supported a year",
        "options": [option(found, plan) for plan in plans],
        "compact": len(plans) > FEW_OPTIONS,
        "left_out": len(comparison.options[MOST_OPTIONS:]),
        "standards": _standards(comparison),
        "in_time": comparison.headlines[0].words,
        "pairs": len(comparison.sweep.numbers),
        "period": f"{full_date(run.start_date)} to {full_date(last_day)}",
        "home": comparison.grid.scenario_names[comparison.home] if len(comparison.grid.scenarios) > 1 else "",
        "who": who_sentences(comparison, equity, widened),
        "drivers": driver_sentences(comparison, drivers),
        "would_change": [*turns(comparison, switching), *change_sentences(comparison, drivers)],
        "rests_on": rests_on(comparison),
        "grades": grade_sentences(comparison),
        "limits": [*unanswered_lines(comparison), *LIMITS, INTERVALS if uncertain.mode == "none" else drawn],
        "no_cost_effectiveness": NO_COST_EFFECTIVENESS,
        "prices": comparison.config.costs.prices,
    }


def heading(wait: Headline) -> str:
    """Return what a wait is called at the head of a column: `Assessed within 28 days of referral, %`."""
    return f"{wait.words[:1].upper()}{wait.words[1:]}, {wait.unit}"


def option(found: Across, plan: str) -> dict[str, Any]:
    """Return a row of the table of plans."""
    comparison = found.comparison
    name = comparison.names_at_home[plan]
    few = len(comparison.options) <= FEW_OPTIONS
    figures = {headline.measure: headline for headline in comparison.headlines}
    supported = figures[Measure("supported")]
    last = worst(found, plan) if has_several(found) else [_level(comparison, plan, supported).level]
    return {
        "name": name,
        "words": in_words(comparison.sweep.plans, plan, LONGEST_WORDS) if few else "",
        "look": looks_of(comparison)[plan],
        "is_baseline": plan not in comparison.baseline_of,
        "cost": cell_of(comparison, plan, comparison.cost),
        "waits": [_wait(comparison, plan, wait, figures) for wait in comparison.waits],
        "met": frequency(met_at_home(found, plan)),
        "last": last,
    }


def _level(comparison: Comparison, plan: str, headline: Headline) -> Cell:
    return Cell(*level_in(headline.unit, headline.scale).parts(comparison.level(plan, headline.key)))


def cell_of(comparison: Comparison, plan: str, headline: Headline) -> Cell:
    """Return a figure of a plan, with its difference to the baseline."""
    cell, answer = _level(comparison, plan, headline), comparison.of(plan, headline)
    return cell if answer is None else cell._replace(change=change_of(answer))


def _wait(comparison: Comparison, plan: str, wait: Headline, figures: dict[Measure, Headline]) -> Cell:
    longest = figures[Measure("wait_days_p90", wait.measure.stage)]
    notes = [f"1 in 10 wait over {_level(comparison, plan, longest).level} days"]
    if plan in comparison.baseline_of:
        notes.append(f"staff groups: {gain_or_lose(group_changes(comparison, plan, wait))}")
    return cell_of(comparison, plan, wait)._replace(notes=tuple(notes))


def change_of(answer: FigureAnswer) -> str:
    """Return a difference with its interval and, where it is no plain better or worse, what is to be known of it."""
    if answer.verdict == SAME:
        return "the same"
    is_cost = answer.headline.unit == "£ thousand"  # dearer is dearer, whoever gets further
    found = Interval(answer.found.difference, answer.low, answer.high)
    told = change_in(answer.headline.unit, answer.headline.scale).interval(found)
    note = "" if is_cost and answer.verdict == NOT_JUDGED else SHORT.get(answer.verdict, "")
    return f"{told}, {note}" if note else told


def worst(found: Across, plan: str) -> list[str]:
    """Return the level of each deciding wait in the plan's worst scenario, scenario by scenario."""
    comparison, name = found.comparison, found.comparison.sweep.plans[plan].plan
    if name not in found.plans:
        return []
    most = {wait: found.regret(name, wait) for wait in comparison.deciding}
    told = grouped((one.worst_scenario, f"{wait_for(wait)} {share(one.worst.estimate)}") for wait, one in most.items())
    return [f"{comparison.grid.scenario_names[scenario]}: {', '.join(levels)}" for scenario, levels in told.items()]


def _standards(comparison: Comparison) -> str:
    """Say what the standards ask, as the lines in the figure do."""
    stages = comparison.config.standards.stages
    return listed([f"{share(stages[wait.measure.stage].share)} {wait.words}" for wait in comparison.waits])


def turns(comparison: Comparison, found: pd.DataFrame) -> list[str]:
    """Say where two plans change places, from the table of switching values, or why that is not known."""
    options = {comparison.sweep.plans[plan].plan for plan in comparison.options}
    if found.empty:
        return [NOT_DRAWN] if len(options) > 1 else []
    mine = found[found["plan"].isin(options) & found["scenario"].isin(["", comparison.home])]
    names, rows = comparison.grid.plan_names, mine[mine["verdict"] == TURNS].to_dict("records")
    lines = [
        f"{names[row['plan']]} and {names[row['baseline']]} change places on “{row['figure']}” where "
        f"{shorten(row['driver'], LONGEST_DRIVER, placeholder=' …')} passes {row['switches_at']:.3g} "
        f"(range {row['range_low']:g} to {row['range_high']:g})."
        for row in rows[:MOST_TURNS]
    ]
    if len(rows) > MOST_TURNS:
        lines.append(f"{len(rows) - MOST_TURNS} more such values are in the appendix.")
    if rows or mine.empty:
        return lines
    if set(mine["verdict"]) == {NEVER}:
        number = mine["driver"].nunique()
        return [
            f"None of the {number} numbers that were varied, by itself and within its range, makes another plan better."
        ]
    return ["Whether a number that was varied makes another plan better is not known with so few futures."]


def rests_on(comparison: Comparison) -> str:
    """Say how many of the numbers in use are guesses, and how well the others are known."""
    grades = grade_sentences(comparison)
    whole = sum(number for _, number, _ in grades)
    guesses = sum(number for grade, number, _ in grades if grade.endswith(ASSUMPTION))
    others = [f"{number} {meaning} ({grade})" for grade, number, meaning in grades if not grade.endswith(ASSUMPTION)]
    told = f"{count(guesses)} of the {count(whole)} numbers in use are guesses (grade {ASSUMPTION})"
    return f"{told}, choices aside; the others: {'; '.join(others)}."
