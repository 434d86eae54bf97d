"""The answer in words: what to ask for, the guarantee with its conditions, and why what is cheaper fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.estimates.drivers import Share, positions_of, variance_shares
from analysis.sizing.binding import Lifted
from analysis.sizing.plan import Plan, cost_gbp, in_words, nothing, plan_of, wte_of
from analysis.sizing.question import Goal
from analysis.sizing.sizing import Answer
from analysis.sizing.verdict import FIRST_FRESH, Verdict, fewest_to_pass, lower_bound
from analysis.tell.futures import sentence_of, told
from analysis.tell.wording import counted, full_date, listed, pounds, sentence, share, short_date, words
from sim.calendar import date_of
from sim.run.manifest import code_version, config_hash
from sim.stages import STAGES

LIMITS_OF_THE_MODEL = (
    "Conditional on this model, this scenario and its assumptions about lead times, leave, demand and take-up; not "
    "a statement about the real service, and no claim about cost-effectiveness."
)


@dataclass(frozen=True)
class PlanLine:
    """One line of the plan: who, by which contract, and WTE asked for by decision week."""

    role: str
    kind: str
    lead_weeks: float
    """Median time from asking to starting."""
    wte: tuple[float, ...]
    in_post: str
    """Date from which the first of them is expected in post."""
    cost_gbp: float
    """Of all of them, until their contracts or the run end."""

    @property
    def total_wte(self) -> float:
        """WTE asked for in all weeks."""
        return sum(self.wte)


def plan_lines(answer: Answer, plan: Plan) -> list[PlanLine]:
    """Return the plan by role, contract and decision week."""
    menu, lines = answer.menu, []
    for option, units, prices in zip(menu.options, plan, menu.price_gbp.tolist(), strict=True):
        if any(units):
            first = next(day for day, number in zip(menu.decision_days, units, strict=True) if number)
            start = short_date(date_of(answer.config.run.start_date, menu.in_post(option, first)[0]))
            wte = tuple(number * option.step_wte for number in units)
            cost = sum(number * price for number, price in zip(units, prices, strict=True))
            lines.append(PlanLine(words(option.role), words(option.kind), menu.lead_weeks(option), wte, start, cost))
    return lines


def total_line(answer: Answer, lines: Sequence[PlanLine]) -> PlanLine:
    """Return the sum of all lines of a plan."""
    wte = tuple(sum(line.wte[k] for line in lines) for k in range(len(answer.menu.decision_days)))
    return PlanLine("all", "", 0.0, wte, "", sum(line.cost_gbp for line in lines))


def goals_words(answer: Answer) -> str:
    """Return all goals: `at least 80% of those eligible are assessed within 28 days of referral`."""
    return " and ".join(
        f"at least {share(goal.share)} of those eligible are {seen_within(goal)} of {STAGES[goal.stage].since}"
        for goal in answer.question.goals
    )


def seen_within(goal: Goal) -> str:
    """Return what is asked, without how often: `assessed within 28 days`."""
    return f"{STAGES[goal.stage].seen} within {counted(goal.days, 'day')}"


def headline(answer: Answer) -> str:
    """Return the answer in a sentence or two."""
    target = answer.question.target
    attained = answer.attainability
    if not attained.verdict.passed:
        caps = [
            f"{share(most)} {seen_within(goal)}, where {share(goal.share)} is asked"
            for goal, most in zip(answer.question.goals, attained.most_share, strict=True)
        ]
        only = f"{share(target.assurance)} of futures reach only {listed(caps)}"
        sentences = [f"The target cannot be met: even hiring everyone available, as early as possible, {only}."]
        return " ".join([*sentences, *way_words(answer)])
    if answer.plan is None:
        return (
            f"No plan was found within the limit of {answer.question.search.most_replications:,} replications. Asking "
            f"for everybody available on the first day is enough (target met in {attained.verdict.met} of "
            f"{attained.verdict.of} futures), at the highest price: raise sizing.search.most_replications to find a "
            "cheaper plan."
        )
    if answer.certified and answer.plan == nothing(answer.menu):
        return f"Nobody needs to be hired: {goals_words(answer)} with the staff there are."
    asked = asked_words(answer, answer.plan)
    if answer.certified:
        return f"Ask for {asked}."
    last = answer.certificates[-1]
    low = lower_bound(last.met, last.of, answer.question.certify.risk / answer.question.certify.attempts)
    return (
        f"Not certified. The cheapest plan that passed the search asks for {asked}. It met the target in "
        f"{last.met} of {last.of} fresh futures; {last.needed} of {last.planned} are needed. Its assurance is at "
        f"least {share(low)}."
    )


def way_words(answer: Answer) -> list[str]:
    """Return what stands in the way and what does not, a sentence each; none where nothing was simulated for it."""
    why = answer.attainability.reasons
    if why.ample is None:
        return []
    plenty = f"With {why.ample.without} {_attained(answer, why.ample)}"
    said = [f"{plenty}: staff would meet it, in time." if why.staff_would_do else f"{plenty}: no hiring would meet it."]
    way, rest = why.in_the_way()
    if not way:
        return said
    clear = f", not {listed(rest, 'or')}" if rest else ""
    return [*said, f"What stands in the way is {listed(way)}{clear}."]


def lifted_lines(answer: Answer) -> list[str]:
    """Return what each limit costs, a line each."""
    why = answer.attainability.reasons
    with_plenty = "" if why.staff_would_do or why.ample is None else f", with {why.ample.without}"
    return [
        f"without {one.limit} ({one.without}{with_plenty}): {_attained(answer, one)}; "
        f"target met in {one.met} of {one.of} futures"
        for one in why.each
    ]


def _attained(answer: Answer, lifted: Lifted) -> str:
    goals = zip(answer.question.goals, lifted.shares, strict=True)
    return listed([f"{share(most)} are {seen_within(goal)}" for goal, most in goals])


def limits_words(answer: Answer) -> str:
    """Return how many could be had at most, by role and kind, now and in the end: what was assumed."""
    found = []
    for role in answer.menu.roles:
        kinds = [answer.menu.options[place] for place in answer.menu.options_of(role)]
        each = [
            f"{one.most_by[0] * one.step_wte:g} to {one.most * one.step_wte:g} {words(one.kind)}"
            if one.most_by[0] < one.most
            else f"{one.most * one.step_wte:g} {words(one.kind)}"
            for one in kinds
        ]
        found.append(f"{words(role)}s: {', '.join(each)}")
    weeks = answer.question.decision_weeks
    said = f"Assumed available at most, WTE asked for in week {weeks[0]} to all by week {weeks[-1]}: {'; '.join(found)}"
    together = [one.words for one in answer.menu.joint]
    also = f", and within {listed(together)}" if together else ""
    return f"{said}{also}. These are guesses (grade D): give your own with sizing.supply and sizing.hire."


def asked_words(answer: Answer, plan: Plan) -> str:
    """Return a plan by role: `14.5 WTE (13 senior clinicians, 1.5 coordinators), about £841,000 until …`."""
    if plan == nothing(answer.menu):
        return "nobody"
    wte = wte_of(answer.menu, plan)
    roles = [f"{number:g} {words(role)}{'s' * (number > 1)}" for role, number in wte.items() if number]
    cost = pounds(cost_gbp(answer.menu, plan))
    return f"{sum(wte.values()):g} WTE ({listed(roles)}), about {cost} until their contracts end"


def statement(answer: Answer) -> list[str]:
    """Return the guarantee and everything that it rests on, a sentence or two a line."""
    question, lines = answer.question, []
    if answer.certified:
        proof = answer.certificates[-1]
        lines.append(
            f"In at least {share(question.target.assurance)} of simulated futures, {goals_words(answer)} "
            f"({share(1 - question.certify.risk)} confidence; {proof.of} fresh futures, {proof.met} met it, "
            f"{proof.needed} needed; attempt {proof.attempt} of at most {question.certify.attempts})."
        )
    first, last = question.counted_days(answer.config)
    days = (first, last - 1, answer.menu.decision_days[0])
    since, until, decided = (full_date(date_of(answer.config.run.start_date, day)) for day in days)
    earlier = " Earlier referrals are not counted: hiring could not reach them." if question.counted.from_week else ""
    lines.append(
        f"Counted are people referred from {since} to {until} (the first decision is on {decided}) who are screened, "
        f"to be offered assessment and reachable; whoever leaves or still waits counts as not seen.{earlier}"
    )
    lines += [limits_words(answer), _futures_words(answer)]
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
    return [*lines, LIMITS_OF_THE_MODEL, used_words(answer)]


def range_from(answer: Answer) -> list[list[Share]]:
    """Return what the range of the share seen in time comes from, for each goal, in the fresh futures of the last look.

    Empty for a goal where there is no look, or too few futures, or futures differ by chance alone.
    """
    if answer.plan is None or not answer.certificates:
        return [[] for _ in answer.question.goals]
    numbers, shares = answer.futures.seen(answer.plan, FIRST_FRESH * answer.certificates[-1].attempt)
    positions = positions_of(answer.futures.config, [answer.futures.first + number for number in numbers])
    return [variance_shares(of_goal, positions) for of_goal in shares.T]


def _futures_words(answer: Answer) -> str:
    """Return how futures differ, and how much of the range of what is asked comes from what."""
    differ = sentence_of(answer.config)
    if not differ:
        return (
            "Futures differ by chance alone: demand, incidents and lead times are taken as known (uncertainty=futures)."
        )
    found = [
        f"Of the variance of the share {seen_within(goal)}, with the plan, come from {told(shares)} (95% intervals)."
        for goal, shares in zip(answer.question.goals, range_from(answer), strict=True)
        if shares
    ]
    return " ".join([differ, *found])


def _search_words(answer: Answer) -> str:
    grid = ", ".join(map(str, answer.question.decision_weeks))
    ended = "the search ended at its limit, so that a cheaper plan may exist"
    if answer.exhausted:
        ended = "every cheaper plan was simulated, or ruled out because a plan with more staff failed"
    close = f" {counted(len(answer.close), 'cheaper plan')} held in many futures, but in too few to be sure."
    found = f"Cheapest plan found with decisions in weeks {grid}, assuming that more staff never lowers attainment"
    return f"{found}; {ended}.{close if answer.close else ''}"


def _check_words(answer: Answer) -> str:
    check = answer.check
    if not check.checked:
        return "No plan was ruled out without a full run."
    found = f"We re-checked {check.checked} of the plans ruled out without a full run"
    if check.violations:
        held = f"{len(check.violations)} met the target: more staff does not always help here"
        return f"{found}; {held}, so the search was widened."
    return f"{found}; none of them met the target."


def used_words(answer: Answer) -> str:
    """Return how many replications were used and how many of them had been kept."""
    tally, plans = answer.tally, counted(answer.plans_tried, "plan")
    search = f"{tally.searched:,} to search, at most {answer.question.search.most_replications:,}"
    used = f"{tally.used:,} replications used ({search}), {tally.from_store:,} of them from the store"
    return f"{used}; {plans} simulated."


def why_not(answer: Answer, plan: Plan) -> list[tuple[str, str, str]]:
    """Return each plan that one step makes cheaper, what it saves, and what became of it."""
    menu, here = answer.menu, cost_gbp(answer.menu, plan)
    return [
        (step_words(answer, plan, tried.plan), pounds(here - cost_gbp(menu, tried.plan)), fate(answer, tried))
        for tried in answer.neighbours
    ]


def fate(answer: Answer, verdict: Verdict) -> str:
    """Return what a test found, in words."""
    if verdict.at_most:
        question = answer.question
        needed = fewest_to_pass(verdict.of, question.target.assurance, question.search.accept_risk)
        return f"holds in at most {verdict.met} of {verdict.of} futures; {needed} needed"
    held = f"held in {verdict.met} of {verdict.of} futures"
    if verdict.passed:
        failed = any(look.plan == verdict.plan and not look.passed for look in answer.certificates)
        return f"{held}, but not in enough fresh ones" if failed else held
    return f"{held}: too few" if verdict.status == "rejected" else f"{held}: too few to be sure"


def step_words(answer: Answer, plan: Plan, other: Plan) -> str:
    """Return the step from a plan to another: `Without 1 WTE senior clinician (agency) in week 0`."""
    added = np.array(other) - np.array(plan)
    less, more = (in_words(answer.menu, plan_of(np.maximum(steps, 0))) for steps in (-added, added))
    return sentence(f"without {less}") + (f", with {more}" if (added > 0).any() else "")


def answer_hash(answer: Answer) -> str:
    """Return a digest of what decides the answer: configuration, question and the model's source."""
    asked = json.dumps(answer.question.model_dump(mode="json"), sort_keys=True)
    text = "\n".join([config_hash(answer.config), asked, code_version()["source_sha256"]])
    return hashlib.sha256(text.encode()).hexdigest()
