"""The answer in words: what to ask for, the guarantee with its conditions, and why what is cheaper fails."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass

from analysis.sizing.plan import Plan, cost_gbp, in_words, nothing, units_words
from analysis.sizing.question import DAYS_PER_WEEK, Goal
from analysis.sizing.sizing import Answer
from analysis.sizing.verdict import Verdict, lower_bound
from analysis.style import sentence, words
from sim.calendar import date_of
from sim.manifest import code_version, config_hash

REACHED = {
    "screening": "screened and reviewed",
    "referral_to_assessment": "assessed",
    "referral_to_therapy": "in therapy",
}


@dataclass(frozen=True)
class Row:
    """One line of the plan: who, by which contract, and WTE asked for by decision week."""

    role: str
    kind: str
    wte: tuple[float, ...]
    expected: str
    """When they are expected in post."""
    cost_gbp: float


def plan_rows(answer: Answer, plan: Plan) -> list[Row]:
    """Return the plan by role, contract and decision week."""
    menu, rows = answer.menu, []
    for o, option in enumerate(menu.options):
        if not any(plan[o]):
            continue
        first = next(day for day, units in zip(menu.decision_days, plan[o], strict=True) if units)
        start, _ = menu.in_post(option, first)
        wte = tuple(units * option.step_wte for units in plan[o])
        cost = sum(units * price for units, price in zip(plan[o], menu.price_gbp[o].tolist(), strict=True))
        rows.append(Row(words(option.role), words(option.kind), wte, f"from {short_date(answer, start)}", cost))
    return rows


def day_words(answer: Answer, day: int) -> str:
    """Return a day of the run as a date: `28 September 2021`."""
    return date_words(date_of(answer.config.run.start_date, day))


def short_date(answer: Answer, day: int) -> str:
    """Return a day of the run as a short date: `28 Sep 2021`."""
    date = date_of(answer.config.run.start_date, day)
    return f"{date.day} {date:%b %Y}"


def date_words(date: datetime.date) -> str:
    """Return a date in words."""
    return f"{date.day} {date:%B %Y}"


def goal_words(goal: Goal) -> str:
    """Return a goal: `at least 80% of those eligible are assessed within 28 days of referral`."""
    return f"at least {goal.share:.0%} of those eligible are {REACHED[goal.stage]} within {goal.days} days of referral"


def goals_words(answer: Answer) -> str:
    """Return all goals."""
    return " and ".join(goal_words(goal) for goal in answer.question.goals)


def headline(answer: Answer) -> str:
    """Return the answer in a sentence or two."""
    target = answer.question.target
    if not answer.attainability.verdict.passed:
        goals = answer.question.goals
        caps = " and ".join(
            f"{most:.0%} {REACHED[goal.stage]} within {goal.days} days"
            for goal, most in zip(goals, answer.attainability.most_share, strict=True)
        )
        return (
            "Unattainable: even if everybody who can be had is asked for on the first day, lead times cap what is "
            f"reached in {target.assurance:.0%} of futures at {caps}."
        )
    if answer.plan is None:
        return "No plan that was tried passed; nobody can be recommended. The limit of the search was reached."
    if answer.plan == nothing(answer.menu):
        return f"Nobody needs to be hired: {goals_words(answer)} with the staff there are."
    asked = in_words(answer.menu, answer.plan)
    cost = f"about £{cost_gbp(answer.menu, answer.plan):,.0f}"
    if not answer.certified:
        last = answer.certificates[-1]
        low = lower_bound(last.met, last.of, answer.question.certify.risk / answer.question.certify.attempts)
        return (
            f"Not certified: the cheapest plan that passed the search ({asked}; {cost}) met the target in "
            f"{last.met} of {last.of} fresh futures, {last.needed} needed; its assurance is at least {low:.0%}."
        )
    return f"Ask for {asked}: {cost} until the contracts end."


def statement(answer: Answer) -> list[str]:
    """Return the guarantee and everything that it rests on, a sentence or two a line."""
    question, lines = answer.question, []
    first, last = question.counted_days(answer.config)
    if answer.certified:
        proof = answer.certificates[-1]
        lines.append(
            f"In at least {question.target.assurance:.0%} of simulated futures, {goals_words(answer)} "
            f"({1 - question.certify.risk:.0%} confidence; {proof.of} fresh futures, {proof.met} met it, "
            f"{proof.needed} needed; attempt {proof.attempt} of at most {question.certify.attempts})."
        )
    earlier = " Earlier referrals are not counted: hiring could not reach them." if question.counted.from_week else ""
    decided = day_words(answer, answer.menu.decision_days[0])
    lines.append(
        f"Counted are people referred from {day_words(answer, first)} to {day_words(answer, last - 1)} (the first "
        f"decision is on {decided}) who are screened, to be offered assessment and "
        f"reachable; whoever leaves or still waits counts as not seen.{earlier}"
    )
    if answer.plan is not None:
        lines += [_search_words(answer), _check_words(answer)]
        if answer.bounds.no_effect:
            left = " and ".join(words(role) for role in answer.bounds.no_effect)
            lines.append(f"Left out, because the most that can be had changed nothing: {left}.")
        if answer.certified:
            lines.append(
                "A plan whose true assurance is only a little above the target is usually not certified: one step "
                "less may do, and is not promised to."
            )
    lines.append(
        "Conditional on this model, this scenario and its assumptions about lead times, leave, demand and take-up; not "
        "a statement about the real service, and no claim about cost-effectiveness."
    )
    lines.append(used_words(answer))
    return lines


def _search_words(answer: Answer) -> str:
    grid = ", ".join(f"{week}" for week in answer.question.decision_weeks)
    ended = (
        "every cheaper plan on the grid was simulated or ruled out by one that was"
        if answer.exhausted
        else "the search ended at its limit, so that a cheaper plan may exist"
    )
    close = (
        f" {len(answer.close)} cheaper plans held in many futures, but in too few to be sure." if answer.close else ""
    )
    found = f"Cheapest plan found with decisions in weeks {grid}, assuming that more staff never lowers attainment"
    return f"{found}; {ended}.{close}"


def _check_words(answer: Answer) -> str:
    check = answer.check
    if check.violations:
        return (
            f"Of {check.checked} plans excluded unseen and simulated all the same, {len(check.violations)} held: more "
            "staff does not always help here, and the search was widened."
        )
    return f"{check.checked} plans excluded unseen were simulated all the same; none of them held."


def used_words(answer: Answer) -> str:
    """Return how many replications were used and how many of them had been kept."""
    tally = answer.tally
    return f"{tally.used:,} replications used, {tally.from_store:,} of them from the store; {answer.plans_tried} plans."


def why_not(answer: Answer) -> list[tuple[str, str]]:
    """Return each plan that one step makes cheaper, and what became of it."""
    assert answer.plan is not None
    here = cost_gbp(answer.menu, answer.plan)
    found = []
    for verdict in answer.neighbours:
        saved = here - cost_gbp(answer.menu, verdict.plan)
        found.append((step_words(answer, verdict.plan), f"saves £{saved:,.0f}: {fate(answer, verdict)}"))
    return found


def fate(answer: Answer, verdict: Verdict) -> str:
    """Return what a test found, in words."""
    if verdict.at_most:
        return f"can hold in no more than {verdict.met} of {verdict.of} futures, too few"
    held = f"held in {verdict.met} of {verdict.of} futures"
    if verdict.passed:
        failed = any(look.plan == verdict.plan and not look.passed for look in answer.certificates)
        return f"{held}, but not in enough fresh ones" if failed else held
    return f"{held}, too few" if verdict.status == "rejected" else f"{held}, too few to be sure"


def step_words(answer: Answer, other: Plan) -> str:
    """Return the step from the plan to another: `1 fewer senior clinician, agency, week 0`."""
    assert answer.plan is not None
    less: list[str] = []
    more: list[str] = []
    for option, mine, theirs in zip(answer.menu.options, answer.plan, other, strict=True):
        for week, (a, b) in zip(answer.question.decision_weeks, zip(mine, theirs, strict=True), strict=True):
            what = units_words(abs(a - b) * option.step_wte, option, week)
            if a != b:
                (less if b < a else more).append(what)
    return sentence(f"without {', '.join(less)}") + (f", with {', '.join(more)}" if more else "")


def weeks_from_start(answer: Answer) -> int:
    """Return the week of the run in which the first decision falls."""
    return answer.menu.decision_days[0] // DAYS_PER_WEEK


def answer_hash(answer: Answer) -> str:
    """Return a digest of what decides the answer: configuration, question and the model's source."""
    asked = json.dumps(answer.question.model_dump(mode="json"), sort_keys=True)
    text = "\n".join([config_hash(answer.config), asked, code_version()["source_sha256"]])
    return hashlib.sha256(text.encode()).hexdigest()
