"""The card on the terminal, in plain lines."""

from __future__ import annotations

from analysis.sizing.budget import by_month
from analysis.sizing.card import key_figures
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress
from analysis.sizing.told import date_words, goals_words, headline, plan_rows, statement, why_not
from sim.calendar import date_of


def card_lines(answer: Answer, stress: Stress | None) -> list[str]:
    """Return the card as lines of text."""
    target = answer.question.target
    lines = [f"Target: {goals_words(answer)}, in {target.assurance:.0%} of futures", "", headline(answer)]
    if not answer.attainability.verdict.passed:
        remedies = answer.attainability.remedies
        lines += ["What would do:" if remedies else "Nothing that was tried would do."]
        lines += [f"  - {line}" for line in remedies]
    if answer.plan is not None:
        lines += ["", *_plan_lines(answer)]
    if stress is not None and answer.plan is not None:
        lines += [""] + [f"{number:>22}  {what}" for number, what in key_figures(answer, stress, answer.plan)]
        lines += ["", f"{'Share in time':<36}{'mean':>8}{'futures':>12}{'target held':>14}"]
        late = [trial for weeks, trial in stress.late if weeks]
        for trial in (stress.as_planned, *stress.breaks, *late, stress.idle):
            low, high = trial.range()
            span = f"{low:.0%}–{high:.0%}"
            lines.append(f"{trial.name:<36}{trial.mean().estimate:>8.0%}{span:>12}{trial.met:>8} of {trial.of}")
    if answer.plan is not None and answer.neighbours:
        lines += ["", "Why not less?"] + [f"  {step}: {what}" for step, what in why_not(answer)]
    return [*lines, "", "What this says, and on what conditions", *(f"  - {line}" for line in statement(answer))]


def _plan_lines(answer: Answer) -> list[str]:
    """Return the plan by role and decision date, and its cost by month."""
    assert answer.plan is not None
    start = answer.config.run.start_date
    dates = [f"{date_of(start, day):%d %b %Y}" for day in answer.menu.decision_days]
    lines = [f"{'Ask for, WTE':<40}" + "".join(f"{date:>13}" for date in dates) + f"{'cost':>14}"]
    for row in plan_rows(answer, answer.plan):
        wte = "".join(f"{number:>13g}" if number else f"{'–':>13}" for number in row.wte)
        lines.append(f"{row.role + ', ' + row.kind:<40}{wte}{'£' + format(row.cost_gbp, ',.0f'):>14}  {row.expected}")
    months = [f"{month.first:%b %y} {month.total_gbp / 1000:,.0f}" for month in by_month(answer.menu, answer.plan)]
    if months:
        lines.append(f"£ thousand by month: {', '.join(months)}")
    lines.append(f"First decision: {date_words(date_of(start, answer.menu.decision_days[0]))}")
    return lines
