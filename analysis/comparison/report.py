"""The report for a board, as HTML and PDF: its first page, its appendix (STRESS-DES, assumptions in use), figures."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.comparison.across import Across
from analysis.comparison.across_tables import across_content
from analysis.comparison.appendix_figures import cost_stack, fans, forest, waterfall
from analysis.comparison.compare import Comparison
from analysis.comparison.figures import SHAPES, equity_dots, looks, overview
from analysis.comparison.map_figure import plan_map
from analysis.comparison.plans import changes, in_full, in_words
from analysis.comparison.rests_on import Drivers, change_sentences, driver_sentences, grade_sentences
from analysis.comparison.sentences import (
    answer_sentences,
    asked,
    change_in_words,
    choice_lines,
    steps_line,
    unanswered_lines,
    who_sentences,
    widened_lines,
)
from analysis.comparison.spread import kind_rows, told_shares
from analysis.comparison.tables import answer_cells, two_figures
from analysis.comparison.taken_apart import Attribution, Widened, of_concern, told_of_gaps
from analysis.estimates.headline import Headline, Measure
from analysis.estimates.intervals import Interval
from analysis.runs.read_run import MANIFEST
from analysis.tell.futures import sentence_of
from analysis.tell.style import INTERVALS, data_uri, embedded, hub_style, png, render, write_page
from analysis.tell.wording import (
    MISSING,
    Form,
    change_in,
    count,
    frequency,
    full_date,
    level_in,
    sentence,
    share,
    words,
)
from sim.calendar import DAYS_PER_YEAR
from sim.composed import NOTHING
from sim.config import HubConfig
from sim.evidence import numbers_in_use

MOST_OPTIONS = 6
"""More plans than this do not fit the first page; the others are in the appendix."""
LONGEST_WORDS, LONGEST_OF_MANY, MANY, LONG_NAME = 140, 88, 4, 36
"""Characters of an option in words on the first page, and where there are many: half as many under a long name."""
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
ASSUMED = ("D", "C")
"""Grades that the register in the report lists: assumptions, and what is known but unchecked."""
LONGEST_VALUE = 90
TEMPLATE = "report.html.j2"
PAGE = "report.html"


def first_page(
    comparison: Comparison, equity: pd.DataFrame, widened: list[Widened], drivers: Drivers | None, question: str
) -> dict[str, Any]:
    """Return everything the first page says."""
    options = [_option(comparison, plan) for plan in comparison.options]
    wait = comparison.headlines[0]
    standard, uncertain = comparison.config.standards.stages[comparison.stage], comparison.config.uncertainty
    drawn = sentence_of(comparison.config) or DRAWN.format(number=len(uncertain.parameters))
    return {
        "question": asked(comparison, question),
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
        "limits": [*unanswered_lines(comparison), *LIMITS, INTERVALS if uncertain.mode == "none" else drawn],
        "no_cost_effectiveness": NO_COST_EFFECTIVENESS,
        "prices": comparison.config.costs.prices,
    }


def _option(comparison: Comparison, plan: str) -> dict[str, Any]:
    """Return a row of the table of options; a figure is a pair of itself and its interval."""
    wait, cost = comparison.headlines[:2]
    figures = {headline.measure: headline for headline in comparison.headlines}
    answer = comparison.of(plan, wait)

    def level(headline: Headline) -> tuple[str, str]:
        return _form(headline).parts(comparison.level(plan, headline.key))

    low, high = comparison.range_of(plan, wait.key)
    room = LONGEST_OF_MANY if len(comparison.names[plan]) <= LONG_NAME else LONGEST_OF_MANY // 2
    return {
        "name": comparison.names[plan],
        "words": in_words(comparison.sweep.plans, plan, LONGEST_WORDS if len(comparison.options) < MANY else room),
        "look": looks(comparison.plans, comparison.baseline_of.values())[plan],
        "is_baseline": answer is None,
        "cost": level(cost),
        "in_time": level(wait),
        "in_time_range": "" if math.isnan(low) else f"range {_form(wait).range(low, high)}",
        "one_in_ten": level(figures[Measure("wait_days_p90", comparison.stage)]),
        "supported": level(figures[Measure("supported")]),
        "standard_met": frequency(comparison.assurance(plan).estimate),
        "change": change_in_words(answer) if answer else ("baseline", "", ""),
    }


def write_report(
    found: Across, equity: pd.DataFrame, widened: list[Widened], reasons: list[Attribution],
    drivers: Drivers | None, question: str, folder: Path,
) -> list[Path]:  # fmt: skip
    """Write the figures and the report of a comparison into a folder, and return the report's files."""
    comparison = found.comparison
    pictures = draw(found, equity, reasons, folder)
    digest = hashlib.sha256((comparison.sweep.folder / MANIFEST).read_bytes()).hexdigest()
    content = first_page(comparison, equity, widened, drivers, question)
    content |= appendix(comparison, equity, widened, reasons) | across_content(found)
    content |= {"pictures": pictures, "manifest_hash": digest, "sweep": comparison.sweep.folder.name}
    content |= {"written_on": full_date(datetime.date.today())}
    return write_page(folder / PAGE, render("analysis.comparison", TEMPLATE, content))


def draw(found: Across, equity: pd.DataFrame, reasons: list[Attribution], folder: Path) -> dict[str, str]:
    """Draw every figure into the folder and return each as a data URI, so that the page needs no other file."""
    comparison = found.comparison
    with hub_style():
        figures = {
            "overview": overview(comparison, equity),
            "forest": forest(comparison),
            "lists": fans(comparison),
            "equity": equity_dots(comparison, equity),
            "cost": cost_stack(comparison),
            **({"map": plan_map(found)} if len(comparison.grid.scenarios) > 1 else {}),
        } | {f"why_{number}": waterfall(comparison, reason) for number, reason in enumerate(reasons, start=1)}
        pictures = embedded(figures, folder)
        pictures["overview"] = data_uri(png(overview(comparison, equity, key=False)))  # the table is the key
    return pictures


def appendix(
    comparison: Comparison, equity: pd.DataFrame, widened: list[Widened], reasons: list[Attribution]
) -> dict[str, Any]:
    """Return everything that the appendix says in words and tables."""
    plans = [(plan, comparison.sweep.plans[plan]) for plan in comparison.plans]
    return {
        "choice": [*choice_lines(comparison), *widened_lines(comparison, widened)],
        "all_options": [(comparison.names[name], name, in_full(plan), plan.config_hash) for name, plan in plans],
        "comparisons": [_comparison_rows(comparison, plan) for plan in comparison.baseline_of],
        "reasons": [_reason_rows(comparison, reason) for reason in reasons],
        "heads": [comparison.names[plan] for plan in comparison.plans],
        "levels": [
            (_heading(h), [_form(h).parts(comparison.level(plan, h.key)) for plan in comparison.plans])
            for h in comparison.headlines
        ],
        "equity": _equity_rows(comparison, equity),
        "gaps": told_of_gaps(equity),
        "diffs": [(comparison.names[plan], _diff_rows(comparison, plan)) for plan in comparison.baseline_of],
        "assumptions": _assumptions(comparison.config),
        "stress": _stress_values(comparison),
        "warnings": [
            f"{comparison.names[name]}: {line}"
            for name, plan in comparison.sweep.plans.items()
            for line in plan.manifest["warnings"]
        ],
        "kinds": kind_rows(comparison),
        "of_futures": told_shares(comparison),
        "drawn": len(comparison.config.uncertainty.parameters),
    }


def _comparison_rows(comparison: Comparison, plan: str) -> dict[str, Any]:
    rows = []
    for answer in comparison.about(plan):
        (figure, *said), found = answer_cells(answer), answer.found
        cut = "all of it" if math.isinf(found.variance_reduction) else count(found.variance_reduction)
        rows.append((sentence(figure), *said, two_figures(found.correlation), cut))
    base = comparison.names[comparison.baseline_of[plan]]
    return {"name": comparison.names[plan], "baseline": base, "steps": steps_line(comparison, plan), "rows": rows}


def _reason_rows(comparison: Comparison, reason: Attribution) -> dict[str, Any]:
    first = comparison.headlines[:4]
    rows = [
        (sentence(lever.name), [change_in(h.unit, h.scale).parts(reason.worth[h][number]) for h in first])
        for number, lever in enumerate(reason.levers)
    ]
    names = {"name": comparison.names[reason.plan], "baseline": comparison.names[reason.baseline]}
    return names | {"heads": [*map(_heading, first)], "rows": rows}


def _heading(headline: Headline) -> str:
    return f"{sentence(headline.words)}, {headline.unit}"


def _form(headline: Headline) -> Form:
    return level_in(headline.unit, headline.scale)


def _equity_rows(comparison: Comparison, equity: pd.DataFrame) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the primary wait by group: level under each plan, and the gap to the reference group."""
    mine, rows = of_concern(equity, comparison.headlines[0]), []
    for (_, group), part in mine.groupby(["dimension", "group"], sort=False):
        by_plan = part.set_index("plan")
        cells = []
        for plan in comparison.plans:
            found = by_plan.loc[plan].to_dict()
            level = level_in("%")(found["estimate"]) + "*" * bool(found["small"])
            gap, ends = change_in("%").parts(Interval(*(found[name] for name in ("gap", "gap_low", "gap_high"))))
            cells.append((level, "") if group == found["reference"] else (f"{level} {gap}", ends))
        rows.append((sentence(words(str(group))), cells))
    return rows


def _diff_rows(comparison: Comparison, plan: str) -> list[tuple[str, str, str, str]]:
    """Return key, value before and after, and unit with grade, of everything in which a plan differs."""
    configs = [comparison.sweep.plans[cell].config for cell in (comparison.baseline_of[plan], plan)]
    used = {used.key: used.row for config in configs for used in numbers_in_use(config)}
    about = {key: f"{row.unit} ({row.grade})" for key, row in used.items() if row is not None}
    return [
        (change.key, _short(change.before), _short(change.after), about.get(change.key, ""))
        for change in changes(*configs)
    ]


def _short(value: object) -> str:
    if value is NOTHING:
        return MISSING
    plain = value is not None and not isinstance(value, dict | list)
    text = str(value) if plain else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _assumptions(config: HubConfig) -> list[tuple[str, str, str, str]]:
    """Return grade, key, value with its range, and note of the numbers in use that are assumed or unchecked."""
    found = [
        (row.grade, used.key, f"{row.value} ({row.low} to {row.high}) {row.unit}", row.note)
        for used in numbers_in_use(config)
        if (row := used.row) is not None and row.grade in ASSUMED
    ]
    return sorted(found, key=lambda one: (ASSUMED.index(one[0]), one[1]))


def _stress_values(comparison: Comparison) -> dict[str, Any]:
    """Return what fills the STRESS-DES checklist (Monks et al. 2019): values of the configuration and the manifest."""
    plan = comparison.sweep.plans[comparison.plans[0]]
    config, run = plan.config, plan.config.run
    opening = {
        "run_in": f"The Hub opens with the lists that it sustains; a run-in of {run.run_in_days} days is not counted",
        "backlog": "Each replication opens with the lists and caseload given in run.opening.backlog",
        "empty": "Each replication opens with an empty Hub",
    }
    return {
        "config": config,
        "ran": plan.manifest,
        "outputs": sentence("; ".join(headline.words for headline in comparison.headlines)),
        "policy": words(config.pathway.lists.policy),
        "roles": ", ".join(f"{words(name)} {role.wte:g} WTE" for name, role in config.staffing.roles.items()),
        "lines": sum(len(role.lines) for role in config.staffing.roles.values()),
        "opening": opening[run.opening.mode],
        "years": f"{run.horizon_days / DAYS_PER_YEAR:.1f}",
        "start": full_date(run.start_date),
    }
