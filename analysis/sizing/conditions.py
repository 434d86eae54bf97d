"""The guarantee of a sizing and everything that it rests on, in words."""

from __future__ import annotations

from analysis.estimates.drivers import Share, positions_of, variance_shares
from analysis.sizing.fluid import left_out
from analysis.sizing.sizing import Answer
from analysis.sizing.verdict import FIRST_FRESH
from analysis.sizing.wording import goals_words, referred_words, seen_within
from analysis.tell.futures import sentence_of, told
from analysis.tell.wording import counted, full_date, listed, share, words
from sim.calendar import date_of

LIMITS_OF_THE_MODEL = (
    "Conditional on this model, this scenario and its assumptions about lead times, leave, demand and take-up; not "
    "a statement about the real service, and no claim about cost-effectiveness."
)


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


def statement(answer: Answer) -> list[str]:
    """Return the guarantee and everything that it rests on, a sentence or two a line."""
    question, lines = answer.question, []
    earlier = " Nothing is promised to those referred before: few of those hired are there by then."
    earlier = earlier if question.counted.from_week else ""
    if answer.certified:
        proof = answer.certificates[-1]
        lines.append(
            f"In at least {share(question.target.assurance)} of simulated futures, {goals_words(answer)} "
            f"({share(1 - question.certify.risk)} confidence; {proof.of} fresh futures, {proof.met} met it, "
            f"{proof.needed} needed; attempt {proof.attempt} of at most {question.certify.attempts}).{earlier}"
        )
    decided = full_date(date_of(answer.config.run.start_date, answer.menu.decision_days[0]))
    lines.append(
        f"Counted are, of {referred_words(answer)}, people who are screened, to be offered assessment and reachable; "
        f"whoever leaves or still waits counts as not seen. The first decision is on {decided}."
        f"{'' if answer.certified else earlier}"
    )
    lines += [limits_words(answer), _futures_words(answer)]
    if unknown := left_out(answer.config):
        lines.append(
            f"The first guess of which plans to try leaves out {listed(unknown)}; every plan that is shown was "
            "simulated with it, and a cheaper one may have been passed over."
        )
    if answer.nearest is not None:
        lines.append(
            "The nearest plan is the most staff available who can be supported and supervised, less those who change "
            "next to nothing; it is not certified."
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
        least = answer.question.search.least_saving_share
        by = f" by {share(least)} or more" if least else ""
        ended = f"every plan cheaper{by} was simulated, or ruled out because a plan with more staff failed"
    close = f" {counted(len(answer.close), 'cheaper plan')} held in many futures, but in too few to promise it."
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
