"""What a sizing leaves: the card as a page, as PDF and on the terminal, every number as JSON, the plan as an option."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml  # type: ignore[import-untyped]

from analysis.estimates.intervals import Interval
from analysis.sizing.conditions import statement
from analysis.sizing.numbers import numbers
from analysis.sizing.overleaf import (
    back_date,
    list_remarks,
    list_rows,
    lists_table,
    none_found,
    overleaf_lines,
    plan_lines_of,
    plan_rows,
    plans_table,
    week_date,
)
from analysis.sizing.pictures import lists, months_and_waiting
from analysis.sizing.plan import Plan, by_month, cost_gbp, staffed
from analysis.sizing.question import Question
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress, Trial
from analysis.sizing.wording import (
    PlanLine,
    answer_hash,
    headline,
    instead,
    left_undone,
    lifted_lines,
    plan_lines,
    question_words,
    seen_within,
    total_line,
    why_not,
)
from analysis.tell.incidents import about_the_world
from analysis.tell.input_warnings import input_warnings
from analysis.tell.style import embedded, hub_style, render, write_page
from analysis.tell.wording import MISSING, csv_of, full_date, pounds, share, short_date, words
from sim.calendar import date_of
from sim.disk import write_whole
from sim.stages import STAGES

TEMPLATE, PAGE, NUMBERS, OPTION = "card.html.j2", "card.html", "sizing.json", "sized"
PLANS, LISTS = "plans.csv", "lists.csv"
MOST_REMARKS = 4
"""On the inputs, at the foot of the page; more of them, and those of a full page, stand overleaf."""
MOST_REASONS = 4
"""Cheaper neighbours that are listed on the card; all are in sizing.json."""
FEW_LINES, MANY_LINES = 3, 4
"""With more lines of plan than the first, or a second target, the page is set smaller, so that it stays one page; with
more than the second, or a third target, the conditions stand overleaf."""


def content(answer: Answer, stress: Stress | None, folder: Path) -> dict[str, Any]:
    """Return everything that the page shows, its pictures drawn into the folder."""
    plan, config, question = answer.shown, answer.config, answer.question
    lines, reasons = ([], []) if plan is None else (plan_lines(answer, plan), why_not(answer, plan))
    if len(reasons) > MOST_REASONS:
        rest = len(reasons) - MOST_REASONS
        reasons = [*reasons[:MOST_REASONS], (f"{rest} more cheaper plans, one step away", "", "each failed")]
    figures, pictures, trials, after, plans, wonder = [], {}, [], [], [], []
    if stress is not None and plan is not None:
        figures = key_figures(answer, stress, plan)
        with hub_style():
            drawn = {"lists": lists(answer, stress), "waiting": months_and_waiting(answer, stress, plan)}
            pictures = embedded(drawn, folder)
        trials = [trial_row(trial) for trial in (stress.as_planned, *stress.breaks, stress.idle)]
        after, plans = list_rows(answer, stress), plan_lines_of(answer, plan_rows(answer, stress))
        wonder = list_remarks(answer, stress)
    said = statement(answer)
    remarks = [warning.sentence for warning in input_warnings(config)]
    compact = len(question.goals) > 1 or len(lines) > FEW_LINES or answer.nearest is not None
    return {
        "question": question_words(answer),
        "compact": compact,
        "crowded": len(question.goals) > 2 or len(lines) > MANY_LINES or answer.nearest is not None,  # noqa: PLR2004
        "scenario": words(config.scenario),
        "world": " ".join(about_the_world(config, answer.changed)),
        "staffing": words(config.staffing_model),
        "prices": config.costs.prices,
        "certified": answer.certified,
        "headline": headline(answer),
        "promise": said[0] if answer.certified else "",
        "instead": instead(answer),
        "lifted": lifted_lines(answer),
        "remedies": None if answer.attainability.verdict.passed else list(answer.attainability.remedies),
        "figures": figures,
        "lines": lines,
        "total": total_line(answer, lines),
        "dates": [_short_date(answer, day) for day in answer.menu.decision_days],
        "pictures": pictures,
        "reached": _reached(question),
        "trials": trials,
        "why_not": reasons,
        "left_undone": left_undone(answer),
        "after": after,
        "after_remarks": wonder,
        "plans": plans,
        "no_plans": none_found(answer),
        "assurance": share(question.target.assurance),
        "statement": said[1:] if answer.certified else said,
        "warnings": remarks,
        "overleaf": len(remarks) > (0 if compact else MOST_REMARKS),
        "written_on": full_date(datetime.date.today()),
        "hash": answer_hash(answer),
        "seed": config.run.seed,
    }


def trial_row(trial: Trial) -> tuple[str, list[tuple[str, str]], str]:
    """Return a trial in words: what happens, mean and range of the share in time by goal, and how often all held."""
    goals = range(trial.shares.shape[1])
    shares = [share.parts(Interval(trial.mean(goal).estimate, *trial.range(goal))) for goal in goals]
    return trial.name, shares, f"{trial.met} of {trial.of}"


def key_figures(answer: Answer, stress: Stress, plan: Plan) -> list[tuple[str, str]]:
    """Return the figures at the head of the card: a number and what it is."""
    found = []
    for place, goal in enumerate(answer.question.goals):
        (estimate, *ends), futures = stress.as_planned.mean(place), stress.as_planned.range(place)
        spread = f"average {share.range(*ends)}; 9 in 10 futures {share.range(*futures)}"
        without = share(stress.idle.mean(place).estimate)
        found.append((share(estimate), f"{seen_within(goal)} ({spread}). Nobody hired: {without}"))
    stage = answer.question.target.stage
    course, without_plan = stress.with_plan[stage], stress.without[stage]
    after, idle = stress.list_of(stage)
    dearest = max(by_month(answer.menu, plan), key=lambda month: month.total_gbp, default=None)
    month = f"; dearest month {dearest.first:%B %Y}, {pounds(dearest.total_gbp)}" if dearest else ""
    simulated = pounds(float(np.mean(course.cost_gbp - without_plan.cost_gbp)))
    price = f"if every post is filled on time and kept{month}. Simulated, with turnover: {simulated}"
    found.append((pounds(cost_gbp(answer.menu, plan)), price))
    peak = f"{after.words} at the peak, {week_date(answer, after.peak_week)} (median)"
    above = f"1 in 10 futures above {after.rises_to:,.0f}"
    found.append((f"{after.peak:,.0f} waiting", f"{peak}; {above}. Nobody hired: {idle.peak:,.0f}"))
    if answer.config.incident and after.before is not None:
        half = f"the median is back at its level before the incident, {after.before:,.0f}"
        with_plan, without = (back_date(answer, week) for week in (after.back_week, idle.back_week))
        found.append((with_plan, f"{half}. Nobody hired: {without}"))
    return found


def _short_date(answer: Answer, day: int) -> str:
    return short_date(date_of(answer.config.run.start_date, day))


def _reached(question: Question) -> list[str]:
    return [f"{STAGES[goal.stage].seen} in {goal.days} days" for goal in question.goals]


def card_lines(answer: Answer, stress: Stress | None) -> list[str]:
    """Return the card as lines of text."""
    plan, remedies = answer.shown, answer.attainability.remedies
    lines = [question_words(answer)]
    lines += [*about_the_world(answer.config, answer.changed), "", headline(answer)]
    lines += instead(answer)
    if not answer.attainability.verdict.passed:
        lines += [f"  {line}" for line in lifted_lines(answer)]
        lines += ["What would meet it:" if remedies else "No plan within these limits met the target."]
        lines += [f"  - {line}" for line in remedies]
    if plan is not None:
        lines += ["", *_plan_table(answer, plan)]
    if plan is not None and stress is not None:
        lines += ["", *(f"{number:>22}  {what}" for number, what in key_figures(answer, stress, plan))]
        lines += ["", *_trial_table(answer, stress), *overleaf_lines(answer, stress)]
    reasons, undone = [] if plan is None else why_not(answer, plan), left_undone(answer)
    if reasons or undone:
        lines += ["", "Why not less?", *(f"  {step}: saves {saved}, {what}" for step, saved, what in reasons)]
        lines += [f"  {undone}"] if undone else []
    return [*lines, "", "What this says, and on what conditions", *(f"  - {line}" for line in statement(answer))]


def _plan_table(answer: Answer, plan: Plan) -> list[str]:
    """Return the plan by role and decision date, and its cost by month."""
    lines, days = plan_lines(answer, plan), answer.menu.decision_days
    if not lines:
        return ["Nobody is to be asked for."]

    def row(line: PlanLine) -> tuple[str, ...]:
        wte, cost = (f"{number:g}" if number else MISSING for number in line.wte), f"{line.cost_gbp:,.0f}"
        if not line.kind:
            return line.role, "", *wte, "", "", cost
        each = f"{line.cost_gbp / line.total_wte:,.0f}"
        return f"{line.role}, {line.kind}", f"{line.lead_weeks:g} weeks", *wte, line.in_post, each, cost

    dates = (_short_date(answer, day) for day in days)
    heads = ("Ask for, WTE", "lead time", *dates, "in post from", "£ per WTE", "cost, £")
    widths = (-38, 10, *[13] * len(days), 14, 10, 12)
    table = [
        "".join(f"{cell:{'<' if width < 0 else '>'}{abs(width)}}" for cell, width in zip(cells, widths, strict=True))
        for cells in (heads, *map(row, (*lines, total_line(answer, lines))))
    ]
    months = ", ".join(f"{month.first:%b %y} {month.total_gbp / 1000:,.0f}" for month in by_month(answer.menu, plan))
    first = full_date(date_of(answer.config.run.start_date, days[0]))
    return [*table, f"£ thousand by month: {months}", f"First decision: {first}"]


def _trial_table(answer: Answer, stress: Stress) -> list[str]:
    """Return what happens if things go wrong: the share in time by goal, its range, and how often the target held."""
    heads = "".join(f"{head:>38}" for head in _reached(answer.question))
    lines = [f"{'If things go wrong':<32}{heads}{'target held':>16}"]
    late = [trial for weeks, trial in stress.late if weeks]
    for name, shares, held in map(trial_row, (stress.as_planned, *stress.breaks, *late, stress.idle)):
        lines.append(f"{name:<32}" + "".join(f"{f'{mean} ({span})':>38}" for mean, span in shares) + f"{held:>16}")
    return lines


def write_card(answer: Answer, stress: Stress | None, folder: Path) -> list[Path]:
    """Write the card into a folder and return its files."""
    return write_page(folder / PAGE, render("analysis.sizing", TEMPLATE, content(answer, stress, folder)))


def write_files(answer: Answer, stress: Stress | None, folder: Path) -> list[Path]:
    """Write every number, and the plan as an option of the group `staffing` for `hub`; return the files."""
    written = [folder / NUMBERS]
    write_whole(written[0], json.dumps(numbers(answer, stress), indent=2, ensure_ascii=False) + "\n")
    tables: dict[str, pd.DataFrame] = {}
    if stress is not None and (rows := plan_rows(answer, stress)):
        tables[PLANS] = plans_table(answer, rows)
    if stress is not None and answer.config.incident:
        tables[LISTS] = lists_table(stress)
    for name, table in tables.items():
        write_whole(folder / name, csv_of(table))
        written.append(folder / name)
    if answer.shown is not None:
        written.append(folder / "staffing" / f"{OPTION}.yaml")
        written[-1].parent.mkdir()
        staffing = staffed(answer.config, answer.menu, answer.shown).staffing.model_dump(mode="json", exclude_none=True)
        found = f"# {answer.config.staffing_model} with the posts that hub size found"
        note = f"{found}; hub run --config-dir DIR staffing={OPTION}\n"
        write_whole(written[-1], note + str(yaml.safe_dump(staffing, sort_keys=False, allow_unicode=True)))
    return written
