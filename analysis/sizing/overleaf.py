"""What stands overleaf on a card: what becomes of every list, and plans of other kinds with what breaks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from analysis.estimates.intervals import clopper_pearson
from analysis.sizing.aftermath import ListAfter
from analysis.sizing.plan import Menu, Plan, cost_gbp, wte_of
from analysis.sizing.question import DAYS_PER_WEEK
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress, Trial
from analysis.tell.incidents import NO_BEFORE
from analysis.tell.wording import MISSING, listed, pounds, share, short_date, words
from sim.calendar import date_of

MORE_JOIN = 1.02
"""Times as many people must join a list with the plan as without, if that is to be why it is longer."""
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
    """Return what becomes of every list that the surge touches; nothing where no incident strikes."""
    if not answer.config.incident:
        return []
    return [
        ListRow(
            row.words,
            MISSING if row.before is None else f"{row.before:,.0f}",
            *(peak_words(answer, row), back_words(answer, row)),
            *(peak_words(answer, idle), back_words(answer, idle)),
        )
        for row, idle in zip(stress.lists, stress.idle_lists, strict=True)
    ]


def week_date(answer: Answer, week: int) -> str:
    """Return the date on which a week of the run ends, the first is 1."""
    return short_date(date_of(answer.config.run.start_date, week * DAYS_PER_WEEK))


def back_date(answer: Answer, week: int | None) -> str:
    """Return the date on which a list is back as before, or that it is not by the last simulated day."""
    if week is not None:
        return week_date(answer, week)
    run = answer.config.run
    return f"not by {short_date(date_of(run.start_date, run.horizon_days - 1))}"


def peak_words(answer: Answer, row: ListAfter) -> str:
    """Return how long a list gets, when, and what 1 of 10 futures exceed: `40 (5 Jan 2027; 1 in 10 above 105)`."""
    return f"{row.peak:,.0f} ({week_date(answer, row.peak_week)}; 1 in 10 above {row.rises_to:,.0f})"


def back_words(answer: Answer, row: ListAfter) -> str:
    """Return when a list is back as before the incident: `27 Feb 2022 (28 of 40)`."""
    if row.before is None:
        return MISSING
    return f"{back_date(answer, row.back_week)} ({row.back} of {row.of})"


def list_remarks(answer: Answer, stress: Stress) -> list[str]:
    """Return what a reader of the lists would wonder at: why there is no before, or why a plan makes a list longer."""
    if not answer.config.incident:
        return []
    longer = [(plan, idle) for plan, idle in zip(stress.lists, stress.idle_lists, strict=True) if _worse(plan, idle)]
    said = [NO_BEFORE] if any(row.before is None for row in stress.lists) else []
    begun = "Longer at the peak, or back later, with the plan than with nobody hired: the list"
    if more := [(plan, idle) for plan, idle in longer if plan.joined > MORE_JOIN * idle.joined]:
        names, joined = zip(*((plan.words, f"{plan.joined / idle.joined - 1:.0%}") for plan, idle in more), strict=True)
        said.append(f"{begun} {listed(names)}. More people are assessed, so {listed(joined)} more come to wait there.")
    if rest := [plan.words for plan, idle in longer if plan.joined <= MORE_JOIN * idle.joined]:
        said.append(f"{begun} {listed(rest)}. No more people join it: this is chance, or contracts that end.")
    return said


def _worse(plan: ListAfter, idle: ListAfter) -> bool:
    """Return whether a list is longer at its peak, or back later, with the plan than with nobody hired."""
    never = float("inf")
    later = plan.before is not None and (plan.back_week or never) > (idle.back_week or never)
    return later or round(plan.peak) > round(idle.peak)


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


def none_found(answer: Answer) -> list[str]:
    """Return in a sentence which kinds were tried without finding a plan, and how near their most staff came."""
    tried = []
    for other in answer.others:
        if other.plan is None and other.most is not None:
            met, of = other.met
            wte, cost = sum(wte_of(answer.menu, other.most).values()), pounds(cost_gbp(answer.menu, other.most))
            tried.append(f"{other.name} {met} of {of} futures ({wte:g} WTE, {cost})")
    if not tried:
        return []
    return [f"Tried, and no plan found. The most staff of each of these kinds met the target in: {'; '.join(tried)}."]


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
        lines += ["", "What becomes of every list: the median over futures, week by week, as drawn"]
        for row in rows:
            lines.append(f"  {row.words}: {row.before} before; peak {row.peak}; back as before {row.back}")
            lines.append(f"    nobody hired: peak {row.idle_peak}; back as before {row.idle_back}")
        lines.append(
            "  In brackets: what 1 of 10 futures exceed at some time, and futures back within the simulated time."
        )
        lines += [f"  {line}" for line in list_remarks(answer, stress)]
    if plans := plan_rows(answer, stress):
        asked = share(answer.question.target.assurance)
        lines += ["", f"Plans of other kinds; what breaks them: held in fewer than {asked} of futures"]
        for name, wte, cost, held, broken, asks in plan_lines_of(answer, plans):
            lines += [f"  {name}: {wte} WTE, {cost}, held in {held} fresh futures; broken by {broken}", f"    {asks}"]
    return [*lines, *(f"  {line}" for line in none_found(answer))]
