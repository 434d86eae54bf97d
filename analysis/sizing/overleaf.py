"""What stands overleaf on a card: what becomes of every list, and plans of other kinds with what breaks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from analysis.estimates.intervals import clopper_pearson
from analysis.sizing.aftermath import ListAfter
from analysis.sizing.kinds import OtherKind
from analysis.sizing.plan import Menu, Plan, cost_gbp, wte_of
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress, Trial
from analysis.tell.wording import listed, pounds, share, short_date, words
from sim.calendar import date_of

CONFIDENCE = 0.95
CHEAPEST = "the cheapest found"
FEWEST_TO_CLEAR = 20
"""Futures of each trial from which it is said that nothing breaks a plan; fewer only show what does."""


class ListRow(NamedTuple):
    """A list in words: before the incident, at its peak, and when it is back, with the plan and with nobody hired."""

    words: str
    before: str
    peak: str
    back: str
    idle_peak: str
    idle_back: str


def list_rows(answer: Answer, stress: Stress) -> list[ListRow]:
    """Return what becomes of every list that the surge touches."""
    return [
        ListRow(
            row.words,
            f"{row.before:,.0f}",
            *(_peak(answer, row), _back(answer, row)),
            *(_peak(answer, idle), _back(answer, idle)),
        )
        for row, idle in zip(stress.lists, stress.idle_lists, strict=True)
    ]


def _date(answer: Answer, week: float) -> str:
    return short_date(date_of(answer.config.run.start_date, round(week * DAYS_PER_WEEK)))


def _peak(answer: Answer, row: ListAfter) -> str:
    return f"{row.peak:,.0f} ({_date(answer, row.peak_week)})"


def _back(answer: Answer, row: ListAfter) -> str:
    when = "not within the horizon" if row.back_week is None else _date(answer, row.back_week)
    return f"{when} ({row.back} of {row.of})"


class PlanRow(NamedTuple):
    """A plan beside others: what it asks for, what it costs, how often it holds, and what breaks it."""

    name: str
    asks: str
    wte: float
    cost_gbp: float
    held: int
    of: int
    """Fresh futures."""
    breaks: tuple[Trial, ...]

    def broken_by(self, assurance: float) -> str:
        """Return what makes it hold in fewer futures than was asked for, the worst first, in words."""
        broken = sorted((t for t in self.breaks if t.met < assurance * t.of), key=lambda trial: trial.met / trial.of)
        if broken:
            return listed([f"{trial.name} ({trial.met} of {trial.of})" for trial in broken])
        fewest = min((trial.of for trial in self.breaks), default=0)
        return "none of these" if fewest >= FEWEST_TO_CLEAR else f"not known: {fewest} futures each are too few"


def plan_rows(answer: Answer, stress: Stress) -> list[PlanRow]:
    """Return the cheapest plan and those of other kinds, cheapest first; empty where no other kind was found.

    A plan found again as another kind has been simulated in other futures: it stands here once, under its first name.
    """
    if answer.plan is None or not stress.others:
        return []
    weeks = answer.question.card.slip_weeks
    late = tuple(trial for late, trial in stress.late if late == weeks)
    proof = answer.certificates[-1]
    rows = [_row(answer, CHEAPEST, answer.plan, (proof.met, proof.of), (*stress.breaks, *late))]
    seen = {answer.plan}
    for other in stress.others:
        if other.plan not in seen:
            held = other.as_planned.met, other.as_planned.of
            rows.append(_row(answer, other.name, other.plan, held, other.breaks))
            seen.add(other.plan)
    return sorted(rows, key=lambda row: row.cost_gbp) if len(rows) > 1 else []


def _row(answer: Answer, name: str, plan: Plan, held: tuple[int, int], breaks: tuple[Trial, ...]) -> PlanRow:
    menu = answer.menu
    return PlanRow(name, asks_words(menu, plan), sum(wte_of(menu, plan).values()), cost_gbp(menu, plan), *held, breaks)


def asks_words(menu: Menu, plan: Plan) -> str:
    """Return a plan by role and contract: `senior clinician: agency 3 at first, 2 in week 8, fixed term 5 at first`."""
    found: dict[str, list[str]] = {}
    for option, units in zip(menu.options, plan, strict=True):
        when = [
            f"{number * option.step_wte:g} {f'in week {week}' if week else 'at first'}"
            for week, number in zip(menu.decision_weeks, units, strict=True)
            if number
        ]
        if when:
            found.setdefault(words(option.role), []).append(f"{words(option.kind)} {', '.join(when)}")
    return "; ".join(f"{role}: {', '.join(parts)}" for role, parts in found.items())


def plan_lines_of(answer: Answer, rows: Sequence[PlanRow]) -> list[tuple[str, str, str, str, str, str]]:
    """Return plans in words: name, WTE, cost, how often it held, what breaks it, what it asks for."""
    assurance = answer.question.target.assurance
    return [
        (
            row.name,
            f"{row.wte:g}",
            pounds(row.cost_gbp),
            f"{row.held} of {row.of}",
            row.broken_by(assurance),
            row.asks,
        )
        for row in rows
    ]


def none_found(others: Sequence[OtherKind]) -> list[str]:
    """Return kinds without a plan, in a sentence; nothing where each has one."""
    without = [other.name for other in others if other.plan is None]
    return [f"A short search found no plan that meets the target with {listed(without, 'or')}."] if without else []


def plans_table(answer: Answer, rows: Sequence[PlanRow]) -> pd.DataFrame:
    """Return the plans as a table, a row each: WTE, GBP, futures in which they held with a 95 % interval, by trial."""
    found = []
    for row in rows:
        low, high = clopper_pearson(row.held, row.of, CONFIDENCE)
        line = {"plan": row.name, "asks_for": row.asks, "wte": row.wte, "cost_gbp": round(row.cost_gbp)}
        line |= {"held": row.held, "of": row.of, "held_share_low": low, "held_share_high": high}
        for trial in row.breaks:
            line |= {f"held, {trial.name}": trial.met, f"of, {trial.name}": trial.of}
        line["broken_by"] = row.broken_by(answer.question.target.assurance)
        found.append(line)
    return pd.DataFrame(found)


def lists_table(stress: Stress) -> pd.DataFrame:
    """Return what becomes of every list as a table, with the plan and with nobody hired."""
    both = (("the plan", stress.lists), ("nobody hired", stress.idle_lists))
    return pd.DataFrame([{"staff": who} | row._asdict() for who, rows in both for row in rows])


def overleaf_lines(answer: Answer, stress: Stress) -> list[str]:
    """Return all of it as lines of text."""
    lines = []
    if rows := list_rows(answer, stress):
        lines += ["", "What becomes of every list, half of futures (in brackets: futures back before the horizon)"]
        for row in rows:
            lines.append(f"  {row.words}: {row.before} before; peak {row.peak}; back as before {row.back}")
            lines.append(f"    nobody hired: peak {row.idle_peak}; back as before {row.idle_back}")
    if plans := plan_rows(answer, stress):
        asked = share(answer.question.target.assurance)
        lines += ["", f"Plans of other kinds; what breaks them: held in fewer than {asked} of futures"]
        for name, wte, cost, held, broken, asks in plan_lines_of(answer, plans):
            lines += [f"  {name}: {wte} WTE, {cost}, held in {held} fresh futures; broken by {broken}", f"    {asks}"]
    return [*lines, *(f"  {line}" for line in none_found(answer.others))]
