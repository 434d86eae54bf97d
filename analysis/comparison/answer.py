"""The question of a board and its answer: which plan, what it changes and costs, and whether that holds elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.comparison.across import Across
from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.pairs import MOST_REPLICATIONS, NO_MATTER, SAME, UNDECIDED, WORSE
from analysis.comparison.sentences import round_up
from analysis.estimates.headline import Headline
from analysis.tell.wording import MOST_NAMED, change_in, few, frequency, grouped, listed, pounds, share, words

LONGEST_QUESTION = 160
"""Characters of a board's own question that its page has room for."""
LONGEST_NAMES = 130
"""Characters of a question that names every plan; a longer one says how many there are."""
NO_OPTION = "What do these scenarios do to the Hub? There is one plan, so there is nothing to choose."
NO_DIFFERENCE = {NO_MATTER, SAME}


def asked(comparison: Comparison, question: str) -> str:
    """Return the question that a report answers: the board's own, else which plan to have in place of the baseline."""
    if question.strip():
        return question.strip()
    mine = [plan for plan in comparison.options if plan in comparison.baseline_of]
    others = [comparison.said(plan) for plan in mine]
    base = listed([comparison.said(plan) for plan in dict.fromkeys(comparison.baseline_of[plan] for plan in mine)])
    if not others:
        return NO_OPTION
    named = f"What would {listed(others)} change against {base}, at what cost and for whom?"
    if len(others) == 1 or (len(others) <= MOST_NAMED and len(named) <= LONGEST_NAMES):
        return named
    return f"Which of {len(others)} plans should take the place of {base}, at what cost and for whom?"


def answer_sentences(found: Across) -> list[str]:
    """Return the answer in a few sentences, in short first: the best plan or those that may be, price, how sure.

    By the wait that was asked for or, if none was, each standard in turn. Scenarios are no plans: whether another plan
    is better in another scenario is part of the answer.
    """
    comparison = found.comparison
    best = {wait: _best(comparison, comparison.home, wait) for wait in comparison.deciding}
    others = [plan for plan in comparison.options if plan in comparison.baseline_of]
    lost = [comparison.said(plan) for plan in comparison.options if comparison.loses(plan)]
    left_out = [f"Left out of the choice, because people are lost on the way: {few(lost, 'plans')}."] if lost else []
    alone = {plans[0] if len(plans) == 1 else "" for plans in best.values()}
    leader = alone.pop() if len(alone) == 1 else ""
    if others and {comparison.verdict_of(plan) for plan in others} <= NO_DIFFERENCE:
        lines = _tie(comparison, others)
    elif leader and not (still_open := _still_open(comparison, leader)):
        lines = _winner(found, leader)
    elif leader:
        lines = _leader(found, leader, still_open)
    else:
        lines = _open(comparison, best)
    return [*lines, *left_out, *_least_behind(found)]


def _best(comparison: Comparison, scenario: str, wait: Headline) -> list[str]:
    """Return the one plan that was selected for a wait in a scenario, or all that may be the best."""
    choice = comparison.choices[scenario, wait]
    selected = choice.selection.left if choice.selection else []
    return selected if len(selected) == 1 else choice.may_be_best


def _still_open(comparison: Comparison, plan: str, waits: Sequence[Headline] = ()) -> list[FigureAnswer]:
    """Return where it is not conclusive that a plan beats the baseline or, if it is the baseline, each other plan."""
    against = [plan] if plan in comparison.baseline_of else comparison.options
    answers = [answer for wait in waits or comparison.deciding for answer in comparison.on(wait)]
    return [answer for answer in answers if answer.plan in against and answer.verdict == UNDECIDED]


def wait_for(wait: Headline) -> str:
    """Return what is waited for: `assessment`."""
    return words(wait.measure.stage).removeprefix("referral to ")


def _tie(comparison: Comparison, others: list[str]) -> list[str]:
    """Say that it makes no difference that matters to waits, and what the plans cost."""
    base = comparison.said(comparison.baseline_of[others[0]])
    those = few([base, *map(comparison.said, others)], "plans", last="or")
    lines = [f"For waits it makes no difference that matters which you choose: {those}."]
    for plan in others[:MOST_NAMED]:
        price = comparison.of(plan, comparison.cost)
        told = [_difference(answer) for wait in comparison.deciding if (answer := comparison.of(plan, wait))]
        costs = f" {_price(price)}" if price else ""
        lines.append(f"{comparison.said(plan)} against {base}: {'; '.join(told)}.{costs}")
    return lines


def _winner(found: Across, plan: str) -> list[str]:
    """Say that one plan serves most people in time, what that costs, and where it does not."""
    comparison = found.comparison
    grid, elsewhere = comparison.grid, _beaten(found, plan)
    but = f" in {grid.said_scenario(comparison.home)}, but not in {listed([*map(grid.said_scenario, elsewhere)])}"
    first = f"{comparison.said(plan)} serves most people in time{but if elsewhere else ''}."
    instead = [_instead(found, plan, scenario) for scenario in elsewhere[:1]]
    return [first, *_described(found, plan), *instead]


def _leader(found: Across, plan: str, still_open: Sequence[FigureAnswer]) -> list[str]:
    """Say that one plan looks best, and of which it is not conclusive that it is better."""
    comparison = found.comparison
    others = dict.fromkeys(a.baseline if plan in comparison.baseline_of else a.plan for a in still_open)
    those = few([comparison.said(other) for other in others], "other plans", last="or")
    waits = listed([*dict.fromkeys(wait_for(answer.headline) for answer in still_open)])
    first = f"Not settled yet: {comparison.said(plan)} looks best, but for {waits} it may be no better than {those}."
    return [first, *_described(found, plan), _would_settle(still_open)]


def _described(found: Across, plan: str) -> list[str]:
    """Say what a plan does for the waits that decide, what it costs, and how often it meets the standards."""
    comparison = found.comparison
    lines = [_level(comparison, plan, wait) for wait in comparison.deciding]
    if price := comparison.of(plan, comparison.cost):
        lines.append(_price(price))
    return [*lines, f"It meets {_standards(comparison)} in {frequency(met_at_home(found, plan))} simulated futures."]


def met_at_home(found: Across, plan: str) -> float:
    """Return in what share of simulated futures an option meets every standard that decides."""
    [(name, scenario)] = [place for place, cell in found.comparison.grid.cells.items() if cell == plan]
    return found.met_in(name, scenario, None).estimate


def _standards(comparison: Comparison) -> str:
    return {1: "the standard", 2: "both standards"}.get(len(comparison.deciding), "all standards")


def _level(comparison: Comparison, plan: str, wait: Headline) -> str:
    """Say how many are seen in time under a plan, and by how many points that differs from the baseline."""
    in_time, answer = share(comparison.level(plan, wait.key).estimate), comparison.of(plan, wait)
    if answer is None:
        return f"An estimated {in_time} are {wait.words}."
    base = share(comparison.level(answer.baseline, wait.key).estimate)
    middle, interval = change_in(wait.unit, wait.scale).parts(answer.interval)
    return (
        f"An estimated {in_time} are {wait.words}, against {base} under {comparison.said(answer.baseline)} ({middle} "
        f"points, 95% interval {interval})."
    )


def _difference(answer: FigureAnswer) -> str:
    """Say a difference in short: `for assessment +0.3 points (−0.2 to +0.8)`."""
    middle, interval = change_in(answer.headline.unit, answer.headline.scale).parts(answer.interval)
    return f"for {wait_for(answer.headline)} {middle} points{f' ({interval})' if interval else ''}"


def _price(price: FigureAnswer) -> str:
    """Say what a plan costs against the baseline."""
    if price.verdict == SAME:
        return "It costs the same."
    if price.verdict == UNDECIDED:
        ends = " to ".join(_more_or_less(end) for end in (price.low, price.high) if not math.isnan(end))
        return f"Whether it costs more is open{f': from {ends} a year' if ends else ''}."
    form = change_in(price.headline.unit, price.headline.scale)
    more = _more_or_less(price.found.difference)
    return f"It costs about {more} a year (95% interval {form.parts(price.interval)[1]} £ thousand)."


def _more_or_less(difference: float) -> str:
    return f"{pounds(abs(difference))} {'more' if difference > 0 else 'less'}"


def _beaten(found: Across, plan: str) -> list[str]:
    """Return the other scenarios in which another plan clearly serves more people in time, the worst one first."""
    comparison = found.comparison
    mine = comparison.sweep.plans[plan].plan
    behind = {}
    for scenario in found.scenarios:
        cell = comparison.grid.cells.get((mine, scenario))
        if scenario == comparison.home or cell is None:
            continue
        lost = [w for w in comparison.deciding if cell not in _best(comparison, scenario, w)]
        if lost:
            regrets = [found.regret_in(mine, scenario, wait).estimate for wait in lost]
            behind[scenario] = max((one for one in regrets if not math.isnan(one)), default=math.inf)
    return sorted(behind, key=lambda scenario: -behind[scenario])


def _instead(found: Across, plan: str, scenario: str) -> str:
    """Say which plan does better in a scenario where the best one at home does not."""
    comparison, mine = found.comparison, found.comparison.sweep.plans[plan].plan
    cell, told = comparison.grid.cells[mine, scenario], []
    for wait in comparison.deciding:
        better = found.best_in(scenario, wait)
        if cell in _best(comparison, scenario, wait) or not better or better == mine:
            continue
        theirs = share(comparison.level(comparison.grid.cells[better, scenario], wait.key).estimate)
        ours = share(comparison.level(cell, wait.key).estimate)
        told.append((comparison.grid.said_plan(better), f"{theirs} {wait.words}, against {ours}"))
    where = comparison.grid.said_scenario(scenario)
    those = [f"{name} does better in {where}: {', and '.join(figures)}" for name, figures in grouped(told).items()]
    return f"{'; '.join(those)}."


def _open(comparison: Comparison, best: dict[Headline, list[str]]) -> list[str]:
    """Say which plans may be the best for each standard where it is not one plan for all of them."""
    settled = {
        wait: plans[0]
        for wait, plans in best.items()
        if len(plans) == 1 and not _still_open(comparison, plans[0], [wait])
    }
    told = []
    for wait, plans in best.items():
        those = few([comparison.said(plan) for plan in plans], "plans", last="or") or "no plan"
        told.append(f"for {wait_for(wait)} {those}{'' if wait in settled or len(plans) > 1 else ', not yet for sure'}")
    both = len(settled) == len(best)
    first = "The standards point to different plans" if both else "Not settled yet which plan serves most in time"
    lines = [f"{first}: {'; '.join(told)}."]
    for wait, plan in settled.items():
        level, price = _level(comparison, plan, wait), comparison.of(plan, comparison.cost)
        lines.append(
            f"Under {comparison.said(plan)} {level[:1].lower()}{level[1:]}{f' {_price(price)}' if price else ''}"
        )
    answers = [a for wait in comparison.deciding for a in comparison.on(wait) if a.plan in comparison.options]
    verdicts = {plan: comparison.verdict_of(plan) for plan in dict.fromkeys(answer.plan for answer in answers)}
    for verdict, said in ((WORSE, "Clearly worse than"), (SAME, "The same as")):
        if alike := [comparison.said(plan) for plan, mine in verdicts.items() if mine == verdict]:
            lines.append(f"{said} {comparison.said(answers[0].baseline)}: {few(alike, 'plans')}.")
    undecided = [a for a in answers if a.verdict == UNDECIDED]
    return [*lines, *([_would_settle(undecided)] if undecided and not settled else [])]


def _would_settle(undecided: Sequence[FigureAnswer]) -> str:
    """Say how many more simulated futures would settle what is open, for the one that needs most."""
    most = max(math.inf if answer.more is None else answer.more for answer in undecided)
    needed = f"more than {MOST_REPLICATIONS:,}" if math.isinf(most) else f"about {round_up(int(most)):,}"
    return f"To settle what is open may take {needed} more simulated futures."


def _least_behind(found: Across) -> list[str]:
    """Say which plan falls behind least, whatever happens, where there are several plans and scenarios."""
    if min(len(found.plans), len(found.scenarios)) < 2:  # noqa: PLR2004 - a choice, and more than one thing to happen
        return []
    grid = found.comparison.grid
    by_plan: dict[str, list[str]] = {}
    for wait in found.comparison.deciding:
        most = {plan: found.regret(plan, wait) for plan in found.plans}
        judged = [plan for plan in found.plans if not math.isnan(most[plan].most.estimate)]
        if judged:
            least = min(judged, key=lambda plan: most[plan].most.estimate)
            points = change_in(wait.unit, wait.scale)(most[least].most.estimate).lstrip("+")
            where = f"by {points} points at most, in {grid.said_scenario(most[least].regret_scenario)}"
            told = "never" if most[least].most.estimate == 0 else where
            by_plan.setdefault(least, []).append(f"for {wait_for(wait)} {told}")
    start = f"Whichever of the {len(found.scenarios)} scenarios comes,"
    return [
        f"{start} {grid.said_plan(plan)} falls behind the best plan least: {'; '.join(told)}."
        for plan, told in by_plan.items()
    ]
