"""The appendix, filled from the configuration and manifest: STRESS-DES, assumptions in use, and how plans differ."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.comparison.attribution import Attribution
from analysis.comparison.compare import Comparison, split_rows
from analysis.comparison.equity import Widened
from analysis.comparison.plans import changes, in_full
from analysis.comparison.sentences import choice_lines, widened_lines
from analysis.comparison.tables import answer_cells, two_figures
from analysis.estimates.intervals import Interval
from analysis.tell.wording import MISSING, change_in, count, full_date, level_in, sentence, words
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.edit import NOTHING
from sim.evidence.register import numbers_in_use

ASSUMED = ("D", "C")
"""Grades that the register in the report lists: assumptions, and what is known but unchecked."""
LONGEST_VALUE = 90


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
        "levels": _levels(comparison),
        "equity": _equity_rows(comparison, equity),
        "diffs": [(comparison.names[plan], _diff_rows(comparison, plan)) for plan in comparison.baseline_of],
        "assumptions": _assumptions(comparison.config),
        "stress": _stress_values(comparison),
        "warnings": [
            f"{comparison.names[name]}: {line}"
            for name, plan in comparison.sweep.plans.items()
            for line in plan.manifest["warnings"]
        ],
        "kinds": _kind_rows(comparison),
        "drawn": len(comparison.config.uncertainty.parameters),
    }


def _kind_rows(comparison: Comparison) -> list[tuple[str, str, list[str]]]:
    """Return how far apart the primary figures are by kind of uncertainty; nothing where no parameters were drawn."""
    primary = {headline.words for headline in comparison.headlines if headline.primary}
    rows = []
    for row in split_rows(comparison).to_dict("records"):
        if row["figure"] in primary:
            name = comparison.names[row["plan"]]
            of = f"{name} less {comparison.names[row['baseline']]}" if row["baseline"] else name
            form = replace(change_in(row["unit"]), sign=False)
            cells = [form(row[kind]) for kind in ("monte_carlo", "futures", "parameters")]
            rows.append((of, f"{row['figure']}, {row['unit']}", cells))
    return rows


def _comparison_rows(comparison: Comparison, plan: str) -> dict[str, Any]:
    rows = []
    for answer in comparison.about(plan):
        figure, *said = answer_cells(answer)
        gain = answer.found.variance_reduction
        cut = "all of it" if math.isinf(gain) else count(gain)
        rows.append((sentence(figure), *said, two_figures(answer.found.correlation), cut))
    base = comparison.names[comparison.baseline_of[plan]]
    return {"name": comparison.names[plan], "baseline": base, "rows": rows}


def _reason_rows(comparison: Comparison, reason: Attribution) -> dict[str, Any]:
    first = comparison.headlines[:4]
    rows = [
        (sentence(lever.name), [change_in(h.unit, h.scale).parts(reason.worth[h][number]) for h in first])
        for number, lever in enumerate(reason.levers)
    ]
    heads = [f"{sentence(h.words)}, {h.unit}" for h in first]
    names = {"name": comparison.names[reason.plan], "baseline": comparison.names[reason.baseline]}
    return names | {"heads": heads, "rows": rows}


def _levels(comparison: Comparison) -> dict[str, Any]:
    rows = []
    for headline in comparison.headlines:
        form = level_in(headline.unit, headline.scale)
        cells = [form.parts(comparison.level(plan, headline.key)) for plan in comparison.plans]
        rows.append((f"{sentence(headline.words)}, {headline.unit}", cells))
    return {"heads": [comparison.names[plan] for plan in comparison.plans], "rows": rows}


def _equity_rows(comparison: Comparison, equity: pd.DataFrame) -> dict[str, Any]:
    """Return the primary wait by group: level under each plan, and the change of the gap."""
    mine = equity[equity["measure"] == comparison.headlines[0].key[0]]
    rows = []
    for (dimension, group), part in mine.groupby(["dimension", "group"], sort=False):
        by_plan = part.set_index("plan")
        cells = []
        for plan in comparison.plans:
            found = by_plan.loc[plan].to_dict()
            level = level_in("%")(found["estimate"]) + "*" * bool(found["small"])
            gap, ends = change_in("%").parts(Interval(*(found[name] for name in ("gap", "gap_low", "gap_high"))))
            cells.append((level, "") if group == found["reference"] else (f"{level} {gap}", ends))
        rows.append((sentence(words(str(dimension))), sentence(words(str(group))), cells))
    return {"heads": [comparison.names[plan] for plan in comparison.plans], "rows": rows}


def _diff_rows(comparison: Comparison, plan: str) -> list[tuple[str, str, str, str]]:
    """Return key, value before and after, and unit with grade, of everything in which a plan differs."""
    configs = [comparison.sweep.plans[cell].config for cell in (comparison.baseline_of[plan], plan)]
    rows = {used.key: used.row for config in configs for used in numbers_in_use(config)}
    found = []
    for change in changes(*configs):
        row = rows.get(change.key)
        about = f"{row.unit} ({row.grade})" if row is not None else ""
        found.append((change.key, _short(change.before), _short(change.after), about))
    return found


def _short(value: object) -> str:
    if value is NOTHING:
        return MISSING
    plain = value is not None and not isinstance(value, dict | list)
    text = str(value) if plain else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _assumptions(config: HubConfig) -> list[tuple[str, str, str, str]]:
    """Return grade, key, value with its range, and note of the numbers in use that are assumed or unchecked."""
    found = []
    for used in numbers_in_use(config):
        row = used.row
        if row is not None and row.grade in ASSUMED:
            found.append((row.grade, used.key, f"{row.value} ({row.low} to {row.high}) {row.unit}", row.note))
    return sorted(found, key=lambda one: (ASSUMED.index(one[0]), one[1]))


def _stress_values(comparison: Comparison) -> dict[str, Any]:
    """Return what fills the STRESS-DES checklist (Monks et al. 2019): values of the configuration and the manifest."""
    plan = comparison.sweep.plans[comparison.plans[0]]
    config, run, ran = plan.config, plan.config.run, plan.manifest
    code = ran["code"]
    opening = {
        "run_in": f"Each replication first simulates a run-in of {run.run_in_days} days, which is not counted",
        "backlog": "Each replication opens with the lists and caseload given in run.opening.backlog",
        "empty": "Each replication opens with an empty Hub",
    }
    return {
        "outputs": sentence("; ".join(headline.words for headline in comparison.headlines)),
        "policy": words(config.pathway.lists.policy),
        "groups": len(config.population.staff_groups),
        "roles": ", ".join(f"{words(name)} {role.wte:g} WTE" for name, role in config.staffing.roles.items()),
        "lines": sum(len(role.lines) for role in config.staffing.roles.values()),
        "price_year": config.costs.price_year,
        "opening": opening[run.opening.mode],
        "days": f"{run.horizon_days:,}",
        "years": f"{run.horizon_days / DAYS_PER_YEAR:.1f}",
        "start": full_date(run.start_date),
        "seed": run.seed,
        "python": ran["python"],
        "packages": ", ".join(f"{name} {version}" for name, version in ran["packages"].items()),
        "layout": ran["draw_layout"],
        "platform": ran["platform"],
        "version": code["version"],
        "source": code["source_sha256"][:16],
    }
