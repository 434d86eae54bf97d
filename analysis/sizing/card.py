"""The sizing card: one page of HTML that needs no other file, and its PDF where Chromium is present."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from analysis.sizing.budget import by_month
from analysis.sizing.charts import lists, months_and_waiting
from analysis.sizing.plan import Plan, cost_gbp
from analysis.sizing.question import DAYS_PER_WEEK, Goal
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress, Trial
from analysis.sizing.wording import (
    answer_hash,
    date_words,
    goals_words,
    headline,
    plan_rows,
    short_date,
    statement,
    total_row,
    weeks_from_start,
    why_not,
)
from analysis.tell.input_warnings import input_warnings
from analysis.tell.pages import embedded, render, write_page
from analysis.tell.style import hub_style
from analysis.tell.wording import words
from sim.stages import STAGES

TEMPLATE = "card.html.j2"
PAGE = "card.html"
MOST_REMARKS = 4
"""On the inputs, at the foot of the page; more of them, and those of a full page, stand overleaf."""
MOST_REASONS = 4
"""Cheaper neighbours that are listed on the card; all are in sizing.json."""
FEW_LINES = 4
"""With more lines of plan than this, or a second target, the page is set smaller, so that it stays one page."""
MANY_WEEKS = "not within the horizon"


def write_card(answer: Answer, stress: Stress | None, folder: Path) -> list[Path]:
    """Write the card into a folder and return its files."""
    filled = content(answer, stress, folder)
    return write_page(folder / PAGE, render("analysis.sizing", TEMPLATE, filled))


def content(answer: Answer, stress: Stress | None, folder: Path) -> dict[str, Any]:
    """Return everything that the page shows, its pictures drawn into the folder."""
    plan, config = answer.plan, answer.config
    target = answer.question.target
    rows = plan_rows(answer, plan) if plan is not None else []
    reasons = why_not(answer) if plan is not None else []
    if len(reasons) > MOST_REASONS:
        rest = len(reasons) - MOST_REASONS
        reasons = [*reasons[:MOST_REASONS], (f"{rest} more cheaper plans, one step away", "", "each failed")]
    said = statement(answer)
    remarks = input_warnings(config)
    compact = len(answer.question.goals) > 1 or len(rows) > FEW_LINES
    return {
        "question": f"What does it take that {goals_words(answer)}, in {target.assurance:.0%} of futures?",
        "compact": compact,
        "scenario": words(config.scenario),
        "purpose": config.purpose,
        "staffing": words(config.staffing_model),
        "price_year": config.costs.price_year,
        "certified": answer.certified,
        "headline": headline(answer),
        "promise": said[0] if answer.certified else "",
        "remedies": None if answer.attainability.verdict.passed else list(answer.attainability.remedies),
        "figures": key_figures(answer, stress, plan) if stress and plan is not None else [],
        "rows": rows,
        "total": total_row(answer, rows),
        "dates": [short_date(answer, day) for day in answer.menu.decision_days],
        "pictures": _pictures(answer, stress, plan, folder) if stress and plan is not None else {},
        "reached": [f"{STAGES[goal.stage].seen} in {goal.days} days" for goal in answer.question.goals],
        "wrong": [trial_row(trial) for trial in (stress.as_planned, *stress.breaks, stress.idle)] if stress else [],
        "why_not": reasons,
        "statement": said[1:] if answer.certified else said,
        "warnings": remarks,
        "overleaf": len(remarks) > (0 if compact else MOST_REMARKS),
        "written_on": date_words(datetime.date.today()),
        "hash": answer_hash(answer),
        "seed": config.run.seed,
    }


def trial_row(trial: Trial) -> tuple[str, list[tuple[str, str]], str]:
    """Return a trial in words: what happens, mean and range of the share in time by goal, and how often all held."""
    shares = []
    for place in range(trial.shares.shape[1]):
        low, high = trial.range(place)
        shares.append((f"{trial.mean(place).estimate:.0%}", f"{low:.0%} to {high:.0%}"))
    return trial.name, shares, f"{trial.met} of {trial.of}"


def key_figures(answer: Answer, stress: Stress, plan: Plan) -> list[tuple[str, str]]:
    """Return the figures at the head of the card: a number and what it is."""
    target = answer.question.target
    course, idle = stress.with_plan[target.stage], stress.without[target.stage]
    start = weeks_from_start(answer)
    peak = np.median(course.peak_week)
    change = course.cost_gbp - idle.cost_gbp
    dearest = max(by_month(answer.menu, plan), key=lambda month: month.total_gbp, default=None)
    found = [_in_time(stress, place, goal) for place, goal in enumerate(answer.question.goals)]
    found += [
        (
            f"£{cost_gbp(answer.menu, plan):,.0f}",
            "if every post is filled on time and kept"
            + (f"; dearest month {dearest.first:%B %Y}, £{dearest.total_gbp:,.0f}" if dearest else "")
            + f". Simulated, with turnover: £{np.mean(change):,.0f}",
        ),
        (
            f"{np.median(course.peak):.0f} waiting",
            f"at the peak, about {short_date(answer, round(float(peak) * DAYS_PER_WEEK))}. "
            f"Nobody hired: {np.median(idle.peak):.0f}",
        ),
    ]
    if answer.config.incident:
        found.append((_recovery(answer, course.recovery_week, start), _recovered(answer, idle.recovery_week)))
    return found


def _in_time(stress: Stress, place: int, goal: Goal) -> tuple[str, str]:
    """Return the share seen in time for one goal, with its interval and range."""
    (estimate, low, high), (least, most) = stress.as_planned.mean(place), stress.as_planned.range(place)
    without = stress.idle.mean(place).estimate
    spread = f"interval {low:.0%}–{high:.0%}; futures {least:.0%}–{most:.0%}"
    what = f"{STAGES[goal.stage].seen} within {goal.days} days ({spread})"
    return f"{estimate:.0%}", f"{what}. Nobody hired: {without:.0%}"


def _recovery(answer: Answer, weeks: np.ndarray, start: int) -> str:
    """Return when half of the futures have recovered, as a date."""
    middle = _middle(weeks)
    return MANY_WEEKS if middle is None else short_date(answer, round(middle * DAYS_PER_WEEK))


def _recovered(answer: Answer, idle: np.ndarray) -> str:
    middle = _middle(idle)
    without = MANY_WEEKS if middle is None else short_date(answer, round(middle * DAYS_PER_WEEK))
    return f"the list is back at its level before the incident, in half of futures. Nobody hired: {without}"


def _middle(weeks: np.ndarray) -> float | None:
    """Return the median week; None where most futures never come so far."""
    middle = float(np.median(np.nan_to_num(weeks, nan=np.inf)))
    return middle if np.isfinite(middle) else None


def _pictures(answer: Answer, stress: Stress, plan: Plan, folder: Path) -> dict[str, str]:
    """Draw every figure into the folder and return each as a data URI."""
    with hub_style():
        drawn = {"lists": lists(answer, stress), "waiting": months_and_waiting(answer, stress, plan)}
        return embedded(drawn, folder)
