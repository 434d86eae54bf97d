"""The card on the terminal, in plain lines."""

from __future__ import annotations

from analysis.sizing.budget import by_month
from analysis.sizing.card import key_figures, trial_row
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress
from analysis.sizing.wording import (
    date_words,
    goals_words,
    headline,
    plan_rows,
    short_date,
    statement,
    total_row,
    why_not,
)
from sim.calendar import date_of
from sim.stages import STAGES


def card_lines(answer: Answer, stress: Stress | None) -> list[str]:
    """Return the card as lines of text."""
    target = answer.question.target
    lines = [f"Target: {goals_words(answer)}, in {target.assurance:.0%} of futures", "", headline(answer)]
    if not answer.attainability.verdict.passed:
        remedies = answer.attainability.remedies
        lines += ["What would meet it:" if remedies else "No plan within these limits met the target."]
        lines += [f"  - {line}" for line in remedies]
    if answer.plan is not None:
        lines += ["", *_plan_lines(answer)]
    if stress is not None and answer.plan is not None:
        lines += [""] + [f"{number:>22}  {what}" for number, what in key_figures(answer, stress, answer.plan)]
        lines += ["", *_trial_lines(answer, stress)]
    if answer.plan is not None and answer.neighbours:
        lines += ["", "Why not less?"] + [f"  {step}: saves {saved}, {what}" for step, saved, what in why_not(answer)]
    return [*lines, "", "What this says, and on what conditions", *(f"  - {line}" for line in statement(answer))]


def _trial_lines(answer: Answer, stress: Stress) -> list[str]:
    """Return what happens if things go wrong: the share in time by goal, its range, and how often the target held."""
    goals = answer.question.goals
    heads = "".join(f"{STAGES[goal.stage].seen + ' in ' + str(goal.days) + ' days':>34}" for goal in goals)
    lines = [f"{'If things go wrong':<32}{heads}{'target held':>16}"]
    late = [trial for weeks, trial in stress.late if weeks]
    for trial in (stress.as_planned, *stress.breaks, *late, stress.idle):
        name, shares, held = trial_row(trial)
        lines.append(f"{name:<32}" + "".join(f"{f'{mean} ({span})':>34}" for mean, span in shares) + f"{held:>16}")
    return lines


def _plan_lines(answer: Answer) -> list[str]:
    """Return the plan by role and decision date, and its cost by month."""
    assert answer.plan is not None
    rows = plan_rows(answer, answer.plan)
    if not rows:
        return ["Nobody is to be asked for."]
    start = answer.config.run.start_date
    dates = "".join(f"{short_date(answer, day):>13}" for day in answer.menu.decision_days)
    lines = [f"{'Ask for, WTE':<38}{'lead time':>10}{dates}{'in post from':>14}{'£ a WTE':>10}{'£':>12}"]
    for row in (*rows, total_row(answer, rows)):
        who = f"{row.role}, {row.kind}" if row.kind else row.role
        wte = "".join(f"{number:>13g}" if number else f"{'–':>13}" for number in row.wte)
        lead = f"{row.lead_weeks:g} weeks" if row.lead_weeks else ""
        each = f"{row.cost_gbp / row.total_wte:,.0f}" if row.kind else ""
        lines.append(f"{who:<38}{lead:>10}{wte}{row.in_post:>14}{each:>10}{row.cost_gbp:>12,.0f}")
    months = [f"{month.first:%b %y} {month.total_gbp / 1000:,.0f}" for month in by_month(answer.menu, answer.plan)]
    lines.append(f"£ thousand by month: {', '.join(months)}")
    lines.append(f"First decision: {date_words(date_of(start, answer.menu.decision_days[0]))}")
    return lines
