"""The answer in words: what to ask for, what stands in the way, the nearest plan, and why what is cheaper fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.sizing.binding import Lifted
from analysis.sizing.plan import Plan, cheaper_neighbours, cost_gbp, in_words, nothing, plan_of, wte_of
from analysis.sizing.question import Goal
from analysis.sizing.sizing import Answer
from analysis.sizing.verdict import Verdict, fate, lower_bound
from analysis.tell.wording import counted, listed, pounds, sentence, share, short_date, words
from sim.calendar import date_of
from sim.run.manifest import code_version, config_hash
from sim.stages import STAGES


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


def question_words(answer: Answer) -> str:
    """Return the question: `What does it take for at least 75% of those eligible to be assessed within 42 days …?`."""
    goals = " and for ".join(
        f"at least {share(goal.share)} of those eligible to be {seen_within(goal)} of {STAGES[goal.stage].since}"
        for goal in answer.question.goals
    )
    often = share(answer.question.target.assurance)
    weeks = answer.question.counted.in_words
    return f"What does it take for {goals}, of {referred_words(answer)} ({weeks}), in {often} of futures?"


def referred_words(answer: Answer) -> str:
    """Return whose waits are counted: `those referred from 23 Nov 2021 to 25 Apr 2022`."""
    first, last = answer.question.counted_days(answer.config)
    since, until = (short_date(date_of(answer.config.run.start_date, day)) for day in (first, last - 1))
    return f"those referred from {since} to {until}"


def seen_within(goal: Goal) -> str:
    """Return what is asked, without how often: `assessed within 28 days`."""
    return f"{STAGES[goal.stage].seen} within {counted(goal.days, 'day')}"


def headline(answer: Answer) -> str:
    """Return the answer in a sentence or two."""
    target = answer.question.target
    attained = answer.attainability
    if not attained.verdict.passed:
        caps = [
            f"only {share(most)} {seen_within(goal)}, where {share(goal.share)} is asked"
            for goal, most in zip(answer.question.goals, attained.most_share, strict=True)
        ]
        only = f"{share(target.assurance)} of futures see {listed(caps)} (of {referred_words(answer)})"
        return f"The target cannot be met: even hiring everyone available, as early as possible, {only}."
    if answer.plan is None:
        return (
            f"No plan that meets the target was found within {answer.question.search.most_replications:,} "
            f"replications. Everybody available, as early as possible, met it in {attained.verdict.met} of "
            f"{attained.verdict.of} futures, but may be more than can be supported and supervised: raise "
            "sizing.search.most_replications to search further, or give more of sizing.hire and sizing.supply."
        )
    if answer.certified and answer.plan == nothing(answer.menu):
        return f"Nobody needs to be hired: of {referred_words(answer)}, {goals_words(answer)} with the staff there are."
    asked = asked_words(answer, answer.plan)
    if answer.certified:
        return f"Ask for {asked}. Enough for {referred_words(answer)}."
    last = answer.certificates[-1]
    low = lower_bound(last.met, last.of, answer.question.certify.risk / answer.question.certify.attempts)
    return (
        f"Not certified. The cheapest plan that passed the search asks for {asked}. It met the target in "
        f"{last.met} of {last.of} fresh futures; {last.needed} of {last.planned} are needed. Its assurance is at "
        f"least {share(low)}."
    )


def instead(answer: Answer) -> list[str]:
    """Return what stands in the way of a target that no plan met, and the nearest plan, a paragraph each."""
    way = [] if answer.attainability.verdict.passed else way_words(answer)
    return [*([" ".join(way)] if way else []), *nearest_words(answer)]


def nearest_words(answer: Answer) -> list[str]:
    """Return what the nearest plan asks for, reaches and lacks; nothing where a plan was found."""
    if (near := answer.nearest) is None:
        return []
    reached = [
        f"{share(most)} {seen_within(goal)}, "
        + (
            f"{100 * (goal.share - most):.0f} points short of the {share(goal.share)} asked"
            if most < goal.share
            else "as is asked"
        )
        for goal, most in zip(answer.question.goals, near.shares, strict=True)
    ]
    return [
        f"The nearest plan asks for {asked_words(answer, near.plan)}. In {share(answer.question.target.assurance)} of "
        f"futures it reaches at least {listed(reached)}. It met the target in {near.met} of {near.of} futures."
    ]


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
    with_plenty = "" if why.staff_would_do or why.ample is None else f" and {why.ample.without}"
    return [
        f"{one.limit}: with {one.without}{with_plenty}, {_attained(answer, one)}; "
        f"target met in {one.met} of {one.of} futures"
        for one in why.each
    ]


def _attained(answer: Answer, lifted: Lifted) -> str:
    goals = zip(answer.question.goals, lifted.shares, strict=True)
    return listed([f"{share(most)} are {seen_within(goal)}" for goal, most in goals])


def asked_words(answer: Answer, plan: Plan) -> str:
    """Return a plan by role: `14.5 WTE (13 senior clinicians, 1.5 coordinators), about £841,000 until …`."""
    if plan == nothing(answer.menu):
        return "nobody"
    wte = wte_of(answer.menu, plan)
    roles = [f"{number:g} {words(role)}{'s' * (number > 1)}" for role, number in wte.items() if number]
    cost = pounds(cost_gbp(answer.menu, plan))
    return f"{sum(wte.values()):g} WTE ({listed(roles)}), about {cost} {until_words(answer, plan)}"


def until_words(answer: Answer, plan: Plan) -> str:
    """Return until when a plan is priced: permanent posts to the end of the run, others to that of their contract."""
    menu, horizon = answer.menu, answer.config.run.horizon_days
    ends = [
        option.last_day(day)
        for option, units in zip(menu.options, plan, strict=True)
        for day, number in zip(menu.decision_days, units, strict=True)
        if number
    ]
    simulated = f"the end of the simulated time, {short_date(date_of(answer.config.run.start_date, horizon))}"
    within = [end is not None and end <= horizon for end in ends]
    if all(within):
        return "until their contracts end"
    if not any(within):
        return f"until {simulated}"
    permanent = "permanent" if all(end is None for end in ends if end is None or end > horizon) else "longer"
    return f"until their contracts end, {permanent} posts until {simulated}"


def why_not(answer: Answer, plan: Plan) -> list[tuple[str, str, str]]:
    """Return each plan that one step makes cheaper, what it saves, and what became of it."""
    menu, here = answer.menu, cost_gbp(answer.menu, plan)
    return [
        (step_words(answer, plan, tried.plan), pounds(here - cost_gbp(menu, tried.plan)), _told(answer, tried))
        for tried in answer.neighbours
    ]


def left_undone(answer: Answer) -> str:
    """Return which cheaper plans were not judged, and why; empty where all were, or nothing can be less."""
    if answer.nearest is not None:
        return "Not judged: this plan does not meet the target, so none that has less would."
    if answer.plan is None or answer.plan == nothing(answer.menu):
        return ""
    cheaper, judged = len(cheaper_neighbours(answer.menu, answer.plan)), len(answer.neighbours)
    if not cheaper:
        return "No plan one step away is cheaper."
    if judged >= cheaper:
        return ""
    which = "None" if not judged else f"Only {judged}"
    most = answer.question.search.most_replications
    return (
        f"{which} of the {counted(cheaper, 'plan')} one step cheaper could be judged within the {most:,} replications "
        "of the search: some may do. Raise sizing.search.most_replications to have them judged."
    )


def _told(answer: Answer, verdict: Verdict) -> str:
    failed = verdict.passed and any(look.plan == verdict.plan and not look.passed for look in answer.certificates)
    return fate(verdict, answer.question) + ", but not in enough fresh ones" * failed


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
