"""The question of a board and its answer: which plan, what it changes and costs, and whether that holds elsewhere."""

from __future__ import annotations

import math
from textwrap import shorten

from analysis.comparison.across import Across
from analysis.comparison.compare import Comparison, FigureAnswer
from analysis.comparison.pairs import MOST_REPLICATIONS, NO_MATTER, SAME, UNDECIDED, WORSE
from analysis.comparison.sentences import round_up
from analysis.estimates.headline import Headline
from analysis.tell.wording import MOST_NAMED, change_in, few, frequency, listed, pounds, share, words

LONGEST_QUESTION = 130
NO_OPTION = "What do these scenarios do to the Hub? There is one plan, so there is nothing to choose."
NO_DIFFERENCE = {NO_MATTER, SAME}


def asked(comparison: Comparison, question: str) -> str:
    """Return the question that a report answers: the board's own, else which plan to have in place of the baseline."""
    names = comparison.names_at_home
    mine = [plan for plan in comparison.options if plan in comparison.baseline_of]
    others = [names[plan] for plan in mine]
    base = listed([names[plan] for plan in dict.fromkeys(comparison.baseline_of[plan] for plan in mine)])
    if not others:
        return shorten(question.strip() or NO_OPTION, LONGEST_QUESTION, placeholder=" …")
    one = f"What would {others[0]} change, at what cost and for whom?"
    several = (
        one
        if len(others) == 1
        else f"Which of {len(others)} plans should take the place of {base}, at what cost and for whom?"
    )
    named = f"What would {listed(others)} change against {base}, at what cost and for whom?"
    fits = len(others) <= MOST_NAMED and len(named) <= LONGEST_QUESTION
    return shorten(question.strip() or (named if fits else several), LONGEST_QUESTION, placeholder=" …")


def answer_sentences(found: Across) -> list[str]:
    """Return the answer in a few sentences, in short first: the best plan or those that may be, price, how sure.

    By the wait that was asked for or, if none was, each standard in turn. Scenarios are no plans: whether another plan
    is better in another scenario is part of the answer.
    """
    comparison = found.comparison
    best = {wait: _best(comparison, comparison.home, wait) for wait in comparison.deciding}
    others = [plan for plan in comparison.options if plan in comparison.baseline_of]
    lost = [comparison.names_at_home[plan] for plan in comparison.options if comparison.loses(plan)]
    left_out = [f"Left out of the choice, because people are lost on the way: {few(lost, 'plans')}."] if lost else []
    if others and {comparison.verdict_of(plan) for plan in others} <= NO_DIFFERENCE:
        lines = _tie(comparison, others)
    elif len({tuple(plans) for plans in best.values()}) == 1 and len(found_one := next(iter(best.values()))) == 1:
        lines = _winner(found, found_one[0])
    else:
        lines = _open(comparison, best)
    return [*lines, *left_out, *_least_behind(found)]


def _best(comparison: Comparison, scenario: str, wait: Headline) -> list[str]:
    """Return the one plan that was selected for a wait in a scenario, or all that may be the best."""
    choice = comparison.choices[scenario, wait]
    selected = choice.selection.left if choice.selection else []
    return selected if len(selected) == 1 else choice.may_be_best


def wait_for(wait: Headline) -> str:
    """Return what is waited for: `assessment`."""
    return words(wait.measure.stage).removeprefix("referral to ")


def _tie(comparison: Comparison, others: list[str]) -> list[str]:
    """Say that it makes no difference that matters to waits, and what the plans cost."""
    names, base = comparison.names_at_home, comparison.baseline_of[others[0]]
    those = few([names[plan] for plan in (base, *others)], "plans", last="or")
    lines = [f"For waits it makes no difference that matters which you choose: {those}."]
    for plan in others[:MOST_NAMED]:
        price = comparison.of(plan, comparison.cost)
        told = [_difference(answer) for wait in comparison.deciding if (answer := comparison.of(plan, wait))]
        costs = f" {_price(price)}" if price else ""
        lines.append(f"{names[plan]} against {names[base]}: {'; '.join(told)}.{costs}")
    return lines


def _winner(found: Across, plan: str) -> list[str]:
    """Say that one plan serves most people in time, what that costs, and where it does not."""
    comparison, names = found.comparison, found.comparison.names_at_home
    home = comparison.grid.scenario_names[comparison.home]
    elsewhere = _beaten(found, plan)
    only = f" in {home}, but not in {listed([comparison.grid.scenario_names[one] for one in elsewhere])}"
    lines = [f"{names[plan]} serves most people in time{only if elsewhere else ''}."]
    answers = [comparison.of(plan, wait) for wait in comparison.deciding]
    lines += [_level(comparison, plan, wait, answer) for wait, answer in zip(comparison.deciding, answers, strict=True)]
    if price := comparison.of(plan, comparison.cost):
        lines.append(_price(price))
    lines.append(f"It meets {_standards(comparison)} in {frequency(met_at_home(found, plan))} simulated futures.")
    for scenario in elsewhere[:1]:
        lines += _instead(found, plan, scenario)
    return lines


def met_at_home(found: Across, plan: str) -> float:
    """Return in what share of simulated futures an option meets every standard that decides."""
    [(name, scenario)] = [place for place, cell in found.comparison.grid.cells.items() if cell == plan]
    return found.met_in(name, scenario, None).estimate


def _standards(comparison: Comparison) -> str:
    return {1: "the standard", 2: "both standards"}.get(len(comparison.deciding), "all standards")


def _level(comparison: Comparison, plan: str, wait: Headline, answer: FigureAnswer | None) -> str:
    """Say how many are seen in time under a plan, and by how many points that differs from the baseline."""
    in_time = share(comparison.level(plan, wait.key).estimate)
    if answer is None:
        return f"An estimated {in_time} are {wait.words}."
    base = share(comparison.level(answer.baseline, wait.key).estimate)
    middle, interval = change_in(wait.unit, wait.scale).parts(answer.interval)
    under = comparison.names_at_home.get(answer.baseline, comparison.names[answer.baseline])
    return (
        f"An estimated {in_time} are {wait.words}, against {base} under {under} ({middle} points, 95% interval "
        f"{interval})."
    )


def _difference(answer: FigureAnswer) -> str:
    """Say a difference in short: `for assessment +0.3 points (−0.2 to +0.8)`."""
    middle, interval = change_in(answer.headline.unit, answer.headline.scale).parts(answer.interval)
    return f"for {wait_for(answer.headline)} {middle} points{f' ({interval})' if interval else ''}"


def _price(price: FigureAnswer) -> str:
    """Say what a plan costs against the baseline."""
    if price.verdict == SAME:
        return "It costs the same."
    form = change_in(price.headline.unit, price.headline.scale)
    if price.verdict == UNDECIDED:
        change = f"{form.interval(price.interval)} £ thousand a year"
        return f"Whether it costs more or less is not yet conclusive: {change}."
    more = "more" if price.found.difference > 0 else "less"
    by = pounds(abs(price.found.difference))
    return f"It costs about {by} a year {more} (£ thousand: {form.parts(price.interval)[1]})."


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


def _instead(found: Across, plan: str, scenario: str) -> list[str]:
    """Say which plan does better in a scenario where the best one at home does not."""
    comparison, mine = found.comparison, found.comparison.sweep.plans[plan].plan
    cell, lines = comparison.grid.cells[mine, scenario], []
    for wait in comparison.deciding:
        better = found.best_in(scenario, wait)
        if cell in _best(comparison, scenario, wait) or not better or better == mine:
            continue
        theirs = share(comparison.level(comparison.grid.cells[better, scenario], wait.key).estimate)
        ours = share(comparison.level(cell, wait.key).estimate)
        lines.append(
            f"In {comparison.grid.scenario_names[scenario]} {comparison.grid.plan_names[better]} does better: {theirs} "
            f"{wait.words}, against {ours}."
        )
    return lines


def _open(comparison: Comparison, best: dict[Headline, list[str]]) -> list[str]:
    """Say which plans may be the best for each standard where it is not one plan for all of them."""
    names, answers = comparison.names_at_home, []
    settled = all(len(plans) == 1 for plans in best.values())
    told = [
        f"for {wait_for(wait)} {few([names[plan] for plan in plans], 'plans', last='or') or 'no plan'}"
        for wait, plans in best.items()
    ]
    first = "The standards point to different plans" if settled else "Not settled yet which plan serves most in time"
    lines = [f"{first}: {'; '.join(told)}."]
    for wait, plans in best.items():
        if len(plans) == 1:
            level = _level(comparison, plans[0], wait, comparison.of(plans[0], wait))
            lines.append(f"Under {names[plans[0]]} {level[:1].lower()}{level[1:]}")
    for wait in comparison.deciding:
        answers += [answer for answer in comparison.on(wait) if answer.plan in names]
    if not answers:
        return lines
    base = names.get(answers[0].baseline, comparison.names[answers[0].baseline])
    verdicts = {plan: comparison.verdict_of(plan) for plan in dict.fromkeys(answer.plan for answer in answers)}
    for verdict, said in ((WORSE, "Clearly worse than"), (SAME, "The same as")):
        if alike := [names[plan] for plan, mine in verdicts.items() if mine == verdict]:
            lines.append(f"{said} {base}: {few(alike, 'plans')}.")
    undecided = [a for a in answers if a.verdict == UNDECIDED]
    if undecided and not any(len(plans) == 1 for plans in best.values()):
        needed = missing(max(undecided, key=lambda a: math.inf if a.more is None else a.more))
        lines.append(f"Up to {needed} more replications would settle which are better than {base}.")
    return lines


def missing(answer: FigureAnswer) -> str:
    """Return how many replications an open answer still needs, in words."""
    return f"more than {MOST_REPLICATIONS:,}" if answer.more is None else f"about {round_up(answer.more):,}"


def _least_behind(found: Across) -> list[str]:
    """Say which plan falls behind least, whatever happens, where there are several plans and scenarios."""
    if min(len(found.plans), len(found.scenarios)) < 2:  # noqa: PLR2004 - a choice, and more than one thing to happen
        return []
    comparison, lines = found.comparison, []
    plans, scenarios = comparison.grid.plan_names, comparison.grid.scenario_names
    by_plan: dict[str, list[str]] = {}
    for wait in comparison.deciding:
        most = {plan: found.regret(plan, wait) for plan in found.plans}
        judged = [plan for plan in found.plans if not math.isnan(most[plan].most.estimate)]
        if judged:
            least = min(judged, key=lambda plan: most[plan].most.estimate)
            points = change_in(wait.unit, wait.scale)(most[least].most.estimate).lstrip("+")
            never = most[least].most.estimate == 0
            where = "never behind" if never else f"{points} points at most, in {scenarios[most[least].regret_scenario]}"
            by_plan.setdefault(least, []).append(f"for {wait_for(wait)} {where}")
    for plan, told in by_plan.items():
        least_behind = f"{plans[plan]} falls behind the best plan least"
        lines.append(f"Across {len(found.scenarios)} scenarios {least_behind}: {'; '.join(told)}.")
    return lines
