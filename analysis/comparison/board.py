"""The page for a board: question, answer, both waits and cost of each plan, who gains, what would change it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from analysis.comparison.across import Across
from analysis.comparison.answer import answer_sentences, asked, how_likely, met_at_home, which_standards
from analysis.comparison.by_scenario import by_scenario
from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.cost_words import differs_from_a_year, is_about_the_same, years_simulated
from analysis.comparison.figures import SHAPES, looks_of
from analysis.comparison.option_words import option_in_words
from analysis.comparison.pairs import NO_MATTER, SAME, UNDECIDED
from analysis.comparison.rests_on import (
    ASSUMPTION,
    STATED,
    Drivers,
    change_sentences,
    driver_sentences,
    grade_sentences,
)
from analysis.comparison.sentences import unanswered_lines
from analysis.comparison.sign_change import NEVER, OPEN, TURNS
from analysis.comparison.steps import NOT_JUDGED
from analysis.comparison.taken_apart import Widened
from analysis.comparison.who import FEW_OPTIONS, gain_or_lose, group_changes, who_sentences
from analysis.estimates.headline import Headline, Measure
from analysis.estimates.intervals import Interval
from analysis.tell.futures import sentence_of
from analysis.tell.style import INTERVALS, SMALL_GROUP
from analysis.tell.wording import (
    MINUS,
    MISSING,
    MOST_NAMED,
    change_in,
    count,
    counted,
    full_date,
    level_in,
    listed,
    share,
)
from sim.calendar import DAYS_PER_WEEK, date_of
from sim.evidence import CHANGED

MOST_OPTIONS = 6
"""More plans than this do not fit the first page; the others are in the appendix."""
MOST_TURNS = 2
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
NOT_REALITY = "The real service may differ."
OF_FIGURE = (
    f"Hollow marks: groups of under {SMALL_GROUP} people a future. Lists: half of the futures lie above each line."
)
SHORT = {UNDECIDED: "not clear yet", NO_MATTER: "too small to matter", NOT_JUDGED: "but people are lost"}


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
    scenarios = by_scenario(found, plans)
    options = [option(found, plan) for plan in plans]
    futures = sentence_of(comparison.config)
    drawn = f"{futures} {NOT_REALITY}" if futures else DRAWN.format(number=len(uncertain.parameters))
    last_day = date_of(run.start_date, run.horizon_days - 1)
    return {
        "question": asked(comparison, question),
        "answer": answer_sentences(found),
        "shapes": SHAPES,
        "waits": [heading(wait) for wait in comparison.waits],
        "met_heading": f"Futures that meet {which_standards(comparison.deciding)}",
        "last": "" if scenarios else "People supported a year",
        "by_scenario": scenarios,
        "options": options,
        "many": len(plans) > FEW_OPTIONS,
        "has_back": has_back(comparison),
        "left_out": len(comparison.options[MOST_OPTIONS:]),
        "standards": _standards(comparison),
        "in_time": comparison.headlines[0].words,
        "pairs": len(comparison.sweep.numbers),
        "period": f"{full_date(run.start_date)} to {full_date(last_day)}",
        "home": comparison.grid.said_scenario(comparison.home) if scenarios else "",
        "who": who_sentences(comparison, equity, widened),
        "drivers": driver_sentences(comparison, drivers),
        "would_change": [
            *how_likely(found),
            *turns(comparison, switching),
            *change_sentences(comparison, drivers),
        ],
        "rests_on": rests_on(comparison),
        "grades": grade_sentences(comparison),
        "caveat": INTERVALS if uncertain.mode == "none" else drawn,
        "notes": notes(comparison, bool(scenarios), any("WTE" in shown["words"] for shown in options)),
        "of_figure": OF_FIGURE,
        "limits": [*unanswered_lines(comparison), *LIMITS],
        "no_cost_effectiveness": NO_COST_EFFECTIVENESS,
        "prices": comparison.config.costs.prices,
    }


def has_back(comparison: Comparison) -> bool:
    """Return whether the figure stands on the back of the page, since all that is said takes its front."""
    return len(comparison.grid.scenarios) > 1 or len(comparison.options) > FEW_OPTIONS


def heading(wait: Headline) -> str:
    """Return what a wait is called at the head of a column: `Assessed within 28 days of referral, %`."""
    return f"{wait.words[:1].upper()}{wait.words[1:]}, {wait.unit}"


def option(found: Across, plan: str) -> dict[str, Any]:
    """Return a row of the table of plans."""
    comparison = found.comparison
    name = comparison.names_at_home[plan]
    figures = {headline.measure: headline for headline in comparison.headlines}
    supported = figures[Measure("supported")]
    return {
        "name": name,
        "words": option_in_words(comparison, plan),
        "look": looks_of(comparison)[plan],
        "is_baseline": plan not in comparison.baseline_of,
        "cost": cost_cell(comparison, plan),
        "waits": [_wait(comparison, plan, wait, figures) for wait in comparison.waits],
        "met": _count(*met_at_home(found, plan)),
        "last": _level(comparison, plan, supported).level,
    }


def _count(met: int, of: int) -> str:
    return f"{met:,} of {of:,}" if of else MISSING


def _level(comparison: Comparison, plan: str, headline: Headline, times: float = 1) -> Cell:
    """Return a figure of a plan, or so many times it; an interval with both ends as the figure itself is none."""
    form = level_in(headline.unit, headline.scale * times)
    return Cell(*form.parts_unless_alike(comparison.level(plan, headline.key)))


def cell_of(comparison: Comparison, plan: str, headline: Headline) -> Cell:
    """Return a figure of a plan, with its difference to the baseline."""
    cell, answer = _level(comparison, plan, headline), comparison.of(plan, headline)
    return cell if answer is None else cell._replace(change=change_of(comparison, answer))


def cost_cell(comparison: Comparison, plan: str) -> Cell:
    """Return the cost a year of a plan, and the whole of it where posts come or go: no year is an average one then."""
    cell, answer = cell_of(comparison, plan, comparison.cost), comparison.of(plan, comparison.cost)
    if answer is None or not differs_from_a_year(comparison, plan):
        return cell
    years = years_simulated(comparison)
    whole = _level(comparison, plan, comparison.cost, years).level
    more = change_in(comparison.cost.unit, comparison.cost.scale * years)(answer.found.difference)
    return cell._replace(notes=(f"over {years:.2g} years {whole} ({more})",))


def _wait(comparison: Comparison, plan: str, wait: Headline, figures: dict[Measure, Headline]) -> Cell:
    longest = figures[Measure("wait_days_p90", wait.measure.stage)]
    few, days = len(comparison.options) <= FEW_OPTIONS, _level(comparison, plan, longest).level
    notes = [f"1 in 10 of those seen wait over {days} days" if few else f"1 in 10 seen after {days} days"]
    if plan in comparison.baseline_of and (told := gain_or_lose(group_changes(comparison, plan, wait))):
        notes.append(f"groups: {told if few else told.replace('all ', '')}")
    return cell_of(comparison, plan, wait)._replace(notes=("; ".join(notes),))


def change_of(comparison: Comparison, answer: FigureAnswer) -> str:
    """Return a difference with its interval and, where it is no plain better or worse, what is to be known of it."""
    if answer.verdict == SAME:
        return "the same"
    is_cost = answer.headline.unit == "£ thousand"  # dearer is dearer, whoever gets further
    found = Interval(answer.found.difference, answer.low, answer.high)
    middle, interval = change_in(answer.headline.unit, answer.headline.scale).parts_unless_alike(found)
    told = f"{middle} ({interval})" if interval else middle
    if is_cost and is_about_the_same(comparison, answer):
        return f"about the same ({interval})"
    if answer.verdict == NO_MATTER and not float(middle.replace(MINUS, "-")):
        return f"{NO_MATTER} ({interval})"
    note = "" if is_cost and answer.verdict == NOT_JUDGED else SHORT.get(answer.verdict, "")
    return f"{told}, {note}" if note else told


def notes(comparison: Comparison, several: bool, staff: bool) -> list[str]:
    """Return what is to be known of the tables, each thing once."""
    where = f" in {comparison.grid.said_scenario(comparison.home)}" if several else ""
    lines = [
        "Figures are averages over the futures, in brackets where the average lies (95% interval); single futures vary "
        "more. On the line below: the difference to the baseline, with an interval that allows for looking at all "
        f"plans together; groups: staff groups that clearly gain or lose{where}.",
        f"The standards: {_standards(comparison)}, of everyone eligible; people who gave up or still wait count as not "
        "seen.",
    ]
    return [*lines, *["WTE: whole-time equivalent."] * staff]


def _standards(comparison: Comparison) -> str:
    """Say what the standards ask, as the lines in the figure do."""
    stages = comparison.config.standards.stages
    told = []
    for wait in comparison.waits:
        asked_of = stages[wait.measure.stage]
        weeks = f" ({asked_of.days // DAYS_PER_WEEK:g} weeks)" if asked_of.days % DAYS_PER_WEEK == 0 else ""
        told.append(f"{share(asked_of.share)} {wait.words.replace(' days', f' days{weeks}', 1)}")
    return listed(told)


def turns(comparison: Comparison, found: pd.DataFrame) -> list[str]:
    """Say where two plans change places, from the table of switching values; nothing where nothing was varied."""
    options = {comparison.sweep.plans[plan].plan for plan in comparison.options}
    if found.empty:
        return []
    mine = found[found["plan"].isin(options) & found["scenario"].isin(["", comparison.home])]
    said, rows = comparison.grid.said_plan, mine[mine["verdict"] == TURNS].to_dict("records")
    lines = [
        f"{said(row['plan'])} and {said(row['baseline'])} change places for “{row['figure']}” where “{row['driver']}” "
        f"passes {row['switches_at']:.3g} (looked at from {row['range_low']:g} to {row['range_high']:g})."
        for row in rows[:MOST_TURNS]
    ]
    if len(rows) > MOST_TURNS:
        lines.append(f"{counted(len(rows) - MOST_TURNS, 'more such value')}: see Appendix A.")
    if rows or mine.empty:
        return lines
    against, over = listed([*map(said, mine["baseline"].unique())], last="or"), _looked_at(mine)
    if set(mine["verdict"]) == {NEVER}:
        first, *more = map(said, mine["plan"].unique())
        others = " Plans were tested against it alone, not against each other." if more else ""
        never = "no plan changes" if more else f"{first} does not change"
        return [f"With {over}, {never} from better to worse than {against}, or back.{others}"]
    if (mine["verdict"] == OPEN).any():
        return ["From so few simulated futures we cannot say what would have to happen for another plan to do better."]
    return [
        f"With {over}, the difference to {against} follows no straight line: where it changes its sign is not known."
    ]


def _looked_at(mine: pd.DataFrame) -> str:
    """Say over which values of which numbers plans were tested: `“demand multiplier” between 1 and 1.25`."""
    ranges = mine.drop_duplicates("driver")
    if len(ranges) > MOST_NAMED:
        return f"each of {len(ranges)} numbers by itself anywhere in its range"
    told = [
        f"“{row['driver']}” between {row['range_low']:g} and {row['range_high']:g}" for row in ranges.to_dict("records")
    ]
    return f"{listed(told)}{', each by itself' * (len(told) > 1)}"


def rests_on(comparison: Comparison) -> str:
    """Say how many of the numbers in use are guesses, and how many the study of the Hubs states."""
    number = {grade: number for grade, number, _ in grade_sentences(comparison)}
    guesses, stated = (number.pop(f"grade {grade}", 0) for grade in (ASSUMPTION, STATED))
    elsewhere, unchecked, changed = (number.pop(grade, 0) for grade in ("grade B", "grade C", CHANGED))
    rest = {"read in other sources": elsewhere, "known from the literature but not checked": unchecked,
            "set for this comparison": changed}  # fmt: skip
    parts = [f"{count(guesses)} are guesses", f"{count(stated)} are stated in the study of the Hubs"]
    parts += [f"{count(some)} are {what}" for what, some in rest.items() if some]
    every = guesses + stated + sum(rest.values())
    return f"Of the {count(every)} numbers behind this page {listed(parts)} (Appendices E and F)."
