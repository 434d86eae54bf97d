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
from analysis.comparison.board import board_page, has_back
from analysis.comparison.board_figure import overview
from analysis.comparison.comparison import Comparison
from analysis.comparison.figures import blocks, cost_and_waits, equity_dots, names_in, scenarios_in
from analysis.comparison.map_figure import plan_map
from analysis.comparison.plans import LONGEST, Change, changes, in_full
from analysis.comparison.rests_on import NOT_EXPLAINED, Drivers
from analysis.comparison.sentences import choice_lines, steps_line, widened_lines
from analysis.comparison.spread import kind_rows, told_shares
from analysis.comparison.switching import switching_table
from analysis.comparison.tables import answer_cells, two_figures
from analysis.comparison.taken_apart import Attribution, Widened, of_concern, told_of_gaps
from analysis.comparison.word_page import can_be_written, word_page
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import Interval
from analysis.runs.read_run import MANIFEST
from analysis.tell.style import data_uri, embedded, hub_style, png, render, write_page
from analysis.tell.wording import MISSING, Form, change_in, count, full_date, level_in, sentence, words
from sim.calendar import DAYS_PER_YEAR
from sim.composed import NOTHING, leaves
from sim.config import HubConfig
from sim.disk import write_whole
from sim.evidence import EvidenceRow, numbers_in_use

ASSUMED = ("D", "C")
"""Grades that the register in the report lists: assumptions, and what is known but unchecked."""
LONGEST_VALUE = 90
TEMPLATE = "report.html.j2"
PAGE, WORD, BOARD = "report.html", "report.docx", "board.json"
SAID = ("question", "answer", "caveat", "who", "would_change", "rests_on", "limits", "no_cost_effectiveness")
"""What the page for a board says in sentences, for whoever says them elsewhere."""
BY_PLAN = ("forest", "lists", "equity", "cost")
"""Figures with a place for each plan."""
MOST_A_FIGURE, MOST_A_TABLE = 6, 4
"""Plans in one figure of the appendix, and in one table, so that each can be read on paper."""


def write_report(
    found: Across, equity: pd.DataFrame, widened: list[Widened], reasons: list[Attribution],
    drivers: Drivers | None, question: str, folder: Path,
) -> list[Path]:  # fmt: skip
    """Write the figures and the report of a comparison into a folder, and return the report's files."""
    comparison = found.comparison
    pictures, sheets = draw(found, equity, reasons, folder)
    digest = hashlib.sha256((comparison.sweep.folder / MANIFEST).read_bytes()).hexdigest()
    switching = switching_table(comparison)
    page = board_page(found, equity, widened, drivers, switching, question)
    page |= {"manifest_hash": digest, "sweep": comparison.sweep.folder.name}
    page |= {"written_on": full_date(datetime.date.today())}
    content = page | appendix(comparison, equity, widened, reasons) | across_content(found, switching)
    content |= {"pictures": pictures, "sheets": sheets, "not_explained": NOT_EXPLAINED}
    said = {name: page[name] for name in SAID} | {"missing": comparison.grid.missing_line}
    write_whole(folder / BOARD, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    files = write_page(folder / PAGE, render("analysis.comparison", TEMPLATE, content))
    if can_be_written():
        word = folder / WORD
        write_whole(word, word_page(page, (folder / "overview.png").read_bytes()))
        files.append(word)
    return files


def draw(
    found: Across, equity: pd.DataFrame, reasons: list[Attribution], folder: Path
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Draw every figure into the folder and return each as a data URI, so that the page needs no other file.

    Those of the appendix with a place for each plan come in sheets of a few plans: all in one could not be read.
    """
    comparison = found.comparison
    with hub_style():
        figures = {
            "overview": overview(comparison, equity),
            "cost_and_waits": cost_and_waits(comparison),
            **({"map": plan_map(found)} if len(comparison.grid.scenarios) > 1 else {}),
        } | {f"why_{number}": waterfall(comparison, reason) for number, reason in enumerate(reasons, start=1)}
        several = blocks(comparison, MOST_A_FIGURE)
        for number, plans in enumerate(several, start=1):
            after = f"_{number}" if len(several) > 1 else ""
            figures |= {
                f"forest{after}": forest(comparison, plans),
                f"lists{after}": fans(comparison, plans),
                f"equity{after}": equity_dots(comparison, equity, plans),
                f"cost{after}": cost_stack(comparison, plans),
            }
        pictures = embedded(figures, folder)
        if not has_back(comparison):  # beside the table, which is the key of most of it
            pictures["overview"] = data_uri(png(overview(comparison, equity, key=False)))
    sheets = [
        {name: pictures[f"{name}_{number}" if len(several) > 1 else name] for name in BY_PLAN}
        | {"of": "; ".join(filter(None, [scenarios_in(comparison, plans), f"{number} of {len(several)}"]))}
        for number, plans in enumerate(several, start=1)
    ]
    return pictures, sheets


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
        "level_blocks": [
            {
                "scenario": scenarios_in(comparison, plans),
                "heads": [*names_in(comparison, plans, LONGEST).values()],
                "levels": [
                    (_heading(h), [_form(h).parts_unless_alike(comparison.level(plan, h.key)) for plan in plans])
                    for h in comparison.headlines
                ],
                "equity": [_equity_rows(comparison, equity, wait, plans) for wait in comparison.deciding],
            }
            for plans in blocks(comparison, MOST_A_TABLE)
        ],
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
        (figure, *said), found = answer_cells(answer, comparison.is_option(plan)), answer.found
        cut = "all of it" if math.isinf(found.variance_reduction) else count(found.variance_reduction)
        rows.append((sentence(figure), *said, two_figures(found.correlation), cut))
    base = comparison.names[comparison.baseline_of[plan]]
    return {"name": comparison.names[plan], "baseline": base, "steps": steps_line(comparison, plan), "rows": rows}


def _reason_rows(comparison: Comparison, reason: Attribution) -> dict[str, Any]:
    first = comparison.headlines[:4]
    rows = [
        (sentence(lever.name), [change_in(h.unit, h.scale).parts_unless_alike(reason.worth[h][number]) for h in first])
        for number, lever in enumerate(reason.levers)
    ]
    names = {"name": comparison.names[reason.plan], "baseline": comparison.names[reason.baseline]}
    return names | {"heads": [*map(_heading, first)], "rows": rows}


def _heading(headline: Headline) -> str:
    return f"{sentence(headline.words)}, {headline.unit}"


def _form(headline: Headline) -> Form:
    return level_in(headline.unit, headline.scale)


def _equity_rows(
    comparison: Comparison, equity: pd.DataFrame, wait: Headline, plans: list[str]
) -> tuple[str, list[tuple[str, list[tuple[str, str]]]]]:
    """Return a wait that decides and, by group, its level under each plan with the gap to the reference group."""
    mine, rows = of_concern(equity, wait), []
    for (_, group), part in mine.groupby(["dimension", "group"], sort=False):
        by_plan = part.set_index("plan")
        cells = []
        for plan in plans:
            found = by_plan.loc[plan].to_dict()
            level = level_in("%")(found["estimate"]) + "*" * bool(found["small"])
            gap, ends = change_in("%").parts_unless_alike(
                Interval(*(found[name] for name in ("gap", "gap_low", "gap_high")))
            )
            cells.append((level, "") if group == found["reference"] else (f"{level} {gap}", ends))
        rows.append((sentence(words(str(group))), cells))
    return _heading(wait), rows


def _diff_rows(comparison: Comparison, plan: str) -> list[tuple[str, str, str, str]]:
    """Return key, value before and after, and unit with grade, of everything in which a plan differs."""
    configs = [comparison.sweep.plans[cell].config for cell in (comparison.baseline_of[plan], plan)]
    used = {used.key: used.row for config in configs for used in numbers_in_use(config)}
    about = {key: f"{row.unit} ({row.grade})" for key, row in used.items() if row is not None}
    return [
        (key, _short(before), _short(after), about.get(key, ""))
        for change in changes(*configs)
        for key, before, after in _plain_rows(change)
    ]


def _plain_rows(change: Change) -> list[tuple[str, object, object]]:
    """Return a row for each value of a part that only one of two plans has, such as a line of posts."""
    sides = [dict(leaves(each, change.key, whole_lists=True)) for each in (change.before, change.after)]
    return [(key, *(side.get(key, NOTHING) for side in sides)) for key in dict.fromkeys([*sides[0], *sides[1]])
            if any(side.get(key, NOTHING) is not NOTHING for side in sides)]  # fmt: skip


def _short(value: object) -> str:
    if value is NOTHING:
        return MISSING
    plain = value is not None and not isinstance(value, dict | list)
    text = str(value) if plain else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _assumptions(config: HubConfig) -> list[tuple[str, str, str, str]]:
    """Return grade, key, value with its range, and note of the numbers in use that are assumed or unchecked."""
    found = [
        (row.grade, used.key, _with_range(row), row.note)
        for used in numbers_in_use(config)
        if (row := used.row) is not None and row.grade in ASSUMED
    ]
    return sorted(found, key=lambda one: (ASSUMED.index(one[0]), one[1]))


def _with_range(row: EvidenceRow) -> str:
    """Return an assumed value with its unit, and its range where it has one that is more than the value."""
    alike = row.value == row.low == row.high
    return f"{row.value} {row.unit}" if alike else f"{row.value} ({row.low} to {row.high}) {row.unit}"


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
        "compared": comparison.grid.counted,
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
