"""The report for a board: what its first page says, its figures, and the page as HTML and PDF."""

from __future__ import annotations

import datetime
import hashlib
import math
from pathlib import Path
from textwrap import shorten
from typing import Any

import pandas as pd

from analysis.comparison.appendix import appendix
from analysis.comparison.appendix_figures import cost_stack, fans, forest, waterfall
from analysis.comparison.attribution import Attribution
from analysis.comparison.compare import Comparison
from analysis.comparison.equity import Widened
from analysis.comparison.figures import SHAPES, colours, equity_dots, markers, overview
from analysis.comparison.plans import in_words
from analysis.comparison.read_sweep import MANIFEST
from analysis.comparison.rests_on import Drivers, change_sentences, driver_sentences, grade_sentences
from analysis.comparison.sentences import answer_sentences, change_in_words, who_sentences
from analysis.estimates.headline import Headline, Measure
from analysis.tell.pages import data_uri, embedded, render, write_page
from analysis.tell.style import INTERVALS, hub_style, png
from analysis.tell.wording import MOST_NAMED, frequency, full_date, level_in, listed, share

MOST_OPTIONS = 6
"""More plans than this do not fit the first page; the others are in the appendix."""
LONGEST_WORDS, LONGEST_OF_MANY, MANY, LONG_NAME = 140, 88, 4, 36
"""Characters of an option in words on the first page, and where there are many: half as many under a long name."""
LONGEST_QUESTION = 130
NO_COST_EFFECTIVENESS = (
    "No claim about cost-effectiveness can be made: the study of the Hubs found that none is possible, and cost and "
    "waits are shown side by side, never weighed."
)
LIMITS = (
    "No waits in days, staffing or Hub costs are published for the Hubs, so levels rest on assumptions. Differences "
    "between plans are firmer: every plan serves the same simulated people. The model does not follow symptoms, "
    "predict individuals or replace local data.",
)
DRAWN = (
    "{number} uncertain numbers were drawn from their ranges, the same for every option: intervals and ranges take "
    "that in, but not what the model leaves out."
)
TEMPLATE = "report.html.j2"
PAGE = "report.html"


def first_page(
    comparison: Comparison, equity: pd.DataFrame, widened: list[Widened], drivers: Drivers | None, question: str
) -> dict[str, Any]:
    """Return everything the first page says."""
    options = [_option(comparison, plan) for plan in comparison.plans]
    wait = comparison.headlines[0]
    standard, uncertain = comparison.config.standards.stages[comparison.stage], comparison.config.uncertainty
    drawn = DRAWN.format(number=len(uncertain.parameters))
    return {
        "question": shorten(question, LONGEST_QUESTION, placeholder=" …") or _question(comparison),
        "answer": answer_sentences(comparison),
        "shapes": SHAPES,
        "options": options[:MOST_OPTIONS],
        "left_out": len(options[MOST_OPTIONS:]),
        "in_time": wait.words,
        "standard": f"{share(standard.share)} {wait.words}",
        "pairs": len(comparison.sweep.numbers),
        "who": who_sentences(comparison, equity, widened),
        "drivers": driver_sentences(comparison, drivers),
        "would_change": change_sentences(comparison, drivers),
        "grades": grade_sentences(comparison),
        "limits": [*LIMITS, INTERVALS if uncertain.mode == "none" else drawn],
        "no_cost_effectiveness": NO_COST_EFFECTIVENESS,
    }


def _question(comparison: Comparison) -> str:
    others = [comparison.names[plan] for plan in comparison.plans if plan in comparison.baseline_of]
    base = listed([comparison.names[plan] for plan in dict.fromkeys(comparison.baseline_of.values())])
    several = f"Which of {len(others)} options should take the place of {base}, at what cost and for whom?"
    named = f"What would {listed(others)} change against {base}, at what cost and for whom?"
    fits = len(others) <= MOST_NAMED and len(named) <= LONGEST_QUESTION
    return shorten(named if fits else several, LONGEST_QUESTION, placeholder=" …")


def _option(comparison: Comparison, plan: str) -> dict[str, Any]:
    """Return a row of the table of options; a figure is a pair of itself and its interval."""
    wait, cost = comparison.headlines[:2]
    figures = {headline.measure: headline for headline in comparison.headlines}
    answer = comparison.of(plan, wait)

    def level(headline: Headline) -> tuple[str, str]:
        return level_in(headline.unit, headline.scale).parts(comparison.level(plan, headline.key))

    low, high = comparison.range_of(plan, wait.key)
    room = LONGEST_OF_MANY if len(comparison.names[plan]) <= LONG_NAME else LONGEST_OF_MANY // 2
    return {
        "name": comparison.names[plan],
        "words": in_words(comparison.sweep.plans, plan, LONGEST_WORDS if len(comparison.plans) < MANY else room),
        "colour": colours(comparison.plans, set(comparison.baseline_of.values()))[plan],
        "marker": markers(comparison.plans)[plan],
        "is_baseline": answer is None,
        "cost": level(cost),
        "in_time": level(wait),
        "in_time_range": "" if math.isnan(low) else f"range {level_in(wait.unit, wait.scale).range(low, high)}",
        "one_in_ten": level(figures[Measure("wait_days_p90", comparison.stage)]),
        "supported": level(figures[Measure("supported")]),
        "standard_met": frequency(comparison.assurance(plan).estimate),
        "change": change_in_words(answer) if answer else ("baseline", "", ""),
    }


def write_report(
    comparison: Comparison,
    equity: pd.DataFrame,
    widened: list[Widened],
    reasons: list[Attribution],
    drivers: Drivers | None,
    question: str,
    folder: Path,
) -> list[Path]:
    """Write the figures and the report of a comparison into a folder, and return the report's files."""
    pictures = draw(comparison, equity, reasons, folder)
    digest = hashlib.sha256((comparison.sweep.folder / MANIFEST).read_bytes()).hexdigest()
    content = (
        first_page(comparison, equity, widened, drivers, question)
        | appendix(comparison, equity, widened, reasons)
        | {"pictures": pictures, "manifest_hash": digest, "written_on": full_date(datetime.date.today())}
        | {"sweep": comparison.sweep.folder.name}
    )
    return write_page(folder / PAGE, render("analysis.comparison", TEMPLATE, content))


def draw(comparison: Comparison, equity: pd.DataFrame, reasons: list[Attribution], folder: Path) -> dict[str, str]:
    """Draw every figure into the folder and return each as a data URI, so that the page needs no other file."""
    with hub_style():
        figures = {
            "overview": overview(comparison, equity),
            "forest": forest(comparison),
            "lists": fans(comparison),
            "equity": equity_dots(comparison, equity),
            "cost": cost_stack(comparison),
        } | {f"why_{number}": waterfall(comparison, reason) for number, reason in enumerate(reasons, start=1)}
        pictures = embedded(figures, folder)
        pictures["overview"] = data_uri(png(overview(comparison, equity, key=False)))  # the table is the key
    return pictures
