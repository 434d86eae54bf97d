"""The answer in words: what to ask for, the guarantee with its conditions, and why what is cheaper fails."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.sizing.plan import Plan, cost_gbp, nothing, units_words
from analysis.sizing.question import DAYS_PER_WEEK, Goal
from analysis.sizing.sizing import Answer
from analysis.sizing.verdict import Verdict, fewest_to_pass, lower_bound
from analysis.tell.wording import listed, sentence, words
from sim.calendar import date_of
from sim.run.manifest import code_version, config_hash
from sim.stages import STAGES


@dataclass(frozen=True)
class Row:
    """One line of the plan: who, by which contract, and WTE asked for by decision week.

    Attributes
    ----------
    lead_weeks
        Median time from asking to starting.
    in_post
        Date from which the first of them is expected in post.
    cost_gbp
        Of all of them, until their contracts or the run end.
    """

    role: str
    kind: str
    lead_weeks: float
    wte: tuple[float, ...]
    in_post: str
    cost_gbp: float

    @property
    def total_wte(self) -> float:
        """WTE asked for in all weeks."""
        return sum(self.wte)


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
        lead = menu.lead_weeks(option)
        rows.append(Row(words(option.role), words(option.kind), lead, wte, short_date(answer, start), cost))
    return rows


def total_row(answer: Answer, rows: Sequence[Row]) -> Row:
    """Return the sum of all lines of a plan."""
    wte = tuple(sum(row.wte[k] for row in rows) for k in range(len(answer.menu.decision_days)))
    return Row("all", "", 0.0, wte, "", sum(row.cost_gbp for row in rows))


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
    seen = STAGES[goal.stage].seen
    return f"at least {goal.share:.0%} of those eligible are {seen} within {goal.days} days of referral"


def goals_words(answer: Answer) -> str:
    """Return all goals."""
    return " and ".join(goal_words(goal) for goal in answer.question.goals)


def headline(answer: Answer) -> str:
    """Return the answer in a sentence or two."""
    target = answer.question.target
    if not answer.attainability.verdict.passed:
        caps = [
            f"{most:.0%} {STAGES[goal.stage].seen} within {goal.days} days, where {goal.share:.0%} is asked"
            for goal, most in zip(answer.question.goals, answer.attainability.most_share, strict=True)
        ]
        return (
            "The target cannot be met: even hiring everyone available on day one, "
            f"only {target.assurance:.0%} of futures reach {listed(caps)}."
        )
    if answer.plan is None:
        most = answer.attainability.verdict
        return (
            f"No plan was found within the limit of {answer.question.search.most_replications:,} replications. Asking "
            f"for everybody who can be had on the first day would do (target met in {most.met} of {most.of} futures), "
            "at the highest price: raise sizing.search.most_replications to find a cheaper plan."
        )
    if answer.certified and answer.plan == nothing(answer.menu):
        return f"Nobody needs to be hired: {goals_words(answer)} with the staff there are."
    asked = asked_words(answer, answer.plan)
    if not answer.certified:
        last = answer.certificates[-1]
        low = lower_bound(last.met, last.of, answer.question.certify.risk / answer.question.certify.attempts)
        return (
            f"Not certified. The cheapest plan that passed the search asks for {asked}. It met the target in "
            f"{last.met} of {last.of} fresh futures; {last.needed} of {last.planned} are needed. Its assurance is at "
            f"least {low:.0%}."
        )
    return f"Ask for {asked}."


def asked_words(answer: Answer, plan: Plan) -> str:
    """Return a plan by role: `14.5 WTE (13 senior clinicians, 1.5 coordinators), about £841,000 until …`."""
    if plan == nothing(answer.menu):
        return "nobody"
    wte: dict[str, float] = {}
    for option, units in zip(answer.menu.options, plan, strict=True):
        wte[option.role] = wte.get(option.role, 0.0) + option.step_wte * sum(units)
    roles = [f"{number:g} {words(role)}{'s' * (number > 1)}" for role, number in wte.items() if number]
    cost = round(cost_gbp(answer.menu, plan), -3)
    return f"{sum(wte.values()):g} WTE ({listed(roles)}), about £{cost:,.0f} until their contracts end"


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
            lines.append(f"More of these roles made no difference, so the search left them out: {left}.")
        if answer.certified:
            lines.append(
                "The test is strict: a plan that only just meets the target usually fails it, so a slightly smaller "
                "plan may also be enough."
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
        "every cheaper plan was simulated, or ruled out because a plan with more staff failed"
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
            f"We re-checked {check.checked} of the plans ruled out without a full run; {len(check.violations)} met the "
            "target: more staff does not always help here, so the search was widened."
        )
    if not check.checked:
        return "No plan was ruled out without a full run."
    return f"We re-checked {check.checked} of the plans ruled out without a full run; none of them met the target."


def used_words(answer: Answer) -> str:
    """Return how many replications were used and how many of them had been kept."""
    tally = answer.tally
    plans = "1 plan simulated" if answer.plans_tried == 1 else f"{answer.plans_tried} plans simulated"
    search = f"{tally.searched:,} to search, at most {answer.question.search.most_replications:,}"
    return f"{tally.used:,} replications used ({search}), {tally.from_store:,} of them from the store; {plans}."


def why_not(answer: Answer) -> list[tuple[str, str, str]]:
    """Return each plan that one step makes cheaper, what it saves, and what became of it."""
    assert answer.plan is not None
    here = cost_gbp(answer.menu, answer.plan)
    found = []
    for verdict in answer.neighbours:
        saved = here - cost_gbp(answer.menu, verdict.plan)
        found.append((step_words(answer, verdict.plan), f"£{saved:,.0f}", fate(answer, verdict)))
    return found


def fate(answer: Answer, verdict: Verdict) -> str:
    """Return what a test found, in words."""
    search, target = answer.question.search, answer.question.target
    if verdict.at_most:
        needed = fewest_to_pass(verdict.of, target.assurance, search.accept_risk)
        return f"holds in at most {verdict.met} of {verdict.of} futures; {needed} needed"
    held = f"held in {verdict.met} of {verdict.of} futures"
    if verdict.passed:
        failed = any(look.plan == verdict.plan and not look.passed for look in answer.certificates)
        return f"{held}, but not in enough fresh ones" if failed else held
    return f"{held}: too few" if verdict.status == "rejected" else f"{held}: too few to be sure"


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
