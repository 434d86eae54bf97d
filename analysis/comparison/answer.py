"""The question of a board and its answer: which plan, what it changes and costs, and whether that holds elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from analysis.comparison.across import Across
from analysis.comparison.across_tables import has_several
from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.cost_words import what_it_costs
from analysis.comparison.pairs import MOST_REPLICATIONS, NO_MATTER, SAME, UNDECIDED, WORSE
from analysis.comparison.sentences import round_up
from analysis.comparison.teams import longer_sentence
from analysis.estimates.headline import Headline
from analysis.tell.wording import MOST_NAMED, counted, few, grouped, level_in, listed, share, words

LONGEST_QUESTION = 160
"""Characters of a board's own question that its page has room for."""
LONGEST_NAMES = 130
"""Characters of a question that names every plan; a longer one says how many there are."""
NO_OPTION = "What do these scenarios do to the Hub? There is one plan, so there is nothing to choose."
NO_DIFFERENCE = {NO_MATTER, SAME}
ONLY_JUST = 0.02
"""A standard that a plan is nearer to than this is met or missed only just."""


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
    lost = few([comparison.said(plan) for plan in comparison.options if comparison.loses(plan)], "plans")
    left_out = f"Left out of the choice, because people are lost on the way: {lost}." if lost else ""
    alone = {plans[0] if len(plans) == 1 else "" for plans in best.values()}
    leader = alone.pop() if len(alone) == 1 else ""
    if others and {comparison.verdict_of(plan) for plan in others} <= NO_DIFFERENCE:
        lines = _tie(comparison, others)
    elif leader and not (still_open := _still_open(comparison, leader)):
        lines = _winner(found, leader)
    elif leader:
        lines = _leader(comparison, leader, still_open)
    else:
        lines = _open(comparison, best)
    longer = longer_sentence(comparison, [*dict.fromkeys(plan for plans in best.values() for plan in plans)])
    return [*filter(None, [*lines, longer, standards_sentence(found), left_out, *_behind(found)])]


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
    """Say that nobody is seen sooner under the plans, and what these cost: both facts at once, and no advice."""
    lines, more = [], len(others) - MOST_NAMED
    for plan in others[:MOST_NAMED]:
        base, price = comparison.said(comparison.baseline_of[plan]), comparison.of(plan, comparison.cost)
        dearer = price is not None and price.found.difference > 0
        soon = f"no sooner than {base}" if dearer else f"as soon as {base}"
        costs = f" and {what_it_costs(comparison, price)}" if price else ""
        lines.append(f"{comparison.said(plan)} sees people {soon}{costs}.")
    return [
        *lines,
        *[f"{counted(more, 'more plan')} with no difference that matters to waits: see the table."] * (more > 0),
    ]


def _winner(found: Across, plan: str) -> list[str]:
    """Say that the most people are seen in time under one plan, and in which scenarios it is another one."""
    comparison, grid = found.comparison, found.comparison.grid
    first = f"Under {comparison.said(plan)} the most people are seen in time"
    if beaten := _beaten(found, plan):
        instead = grouped((_instead(found, plan, scenario), grid.said_scenario(scenario)) for scenario in beaten)
        but = [f"in {few(those, 'other scenarios')} {another}" for another, those in instead.items()]
        first += f" in {grid.said_scenario(comparison.home)}, but {listed(but)}"
    return [f"{first}.", *_described(comparison, plan)]


def _leader(comparison: Comparison, plan: str, still_open: Sequence[FigureAnswer]) -> list[str]:
    """Say that one plan looks best, and of which it is not conclusive that it is better."""
    others = dict.fromkeys(a.baseline if plan in comparison.baseline_of else a.plan for a in still_open)
    those = few([comparison.said(other) for other in others], "other plans", last="or")
    waits = listed([*dict.fromkeys(wait_for(answer.headline) for answer in still_open)])
    first = f"Not settled yet: {comparison.said(plan)} looks best, but for {waits} it may be no better than {those}."
    return [first, *_described(comparison, plan), _would_settle(still_open)]


def _described(comparison: Comparison, plan: str) -> list[str]:
    """Say how many are seen in time under a plan, and what it costs: in one line, as the table has the intervals."""
    price, levels = comparison.of(plan, comparison.cost), [_level(comparison, plan, w) for w in comparison.deciding]
    told = f"An estimated {listed(levels)}"
    if len(comparison.grid.scenarios) > 1:
        where = comparison.grid.said_scenario(comparison.home)
        told = f"Under {comparison.said(plan)} an estimated {listed(levels)} in {where}"
    return [f"{told}.", *([f"It {what_it_costs(comparison, price)}."] if price else [])]


def _level(comparison: Comparison, plan: str, wait: Headline) -> str:
    """Say how many are seen in time under a plan, and how many under its baseline."""
    in_time, answer = share(comparison.level(plan, wait.key).estimate), comparison.of(plan, wait)
    if answer is None:
        return f"{in_time} are {wait.words}"
    base = share(comparison.level(answer.baseline, wait.key).estimate)
    return f"{in_time} are {wait.words} (under {comparison.said(answer.baseline)} {base})"


def standards_sentence(found: Across) -> str:
    """Say which standards each option meets on average, whether only just, and in how many futures it meets all."""
    comparison, told = found.comparison, []
    for plan in comparison.options:
        met, of = met_at_home(found, plan)
        kept = {wait: _above(comparison, plan, wait) for wait in comparison.deciding}
        if any(math.isnan(above) for above in kept.values()):
            continue
        how_often = f", in {met:,} of {of:,} single futures" if of and min(kept.values()) >= 0 else ""
        told.append(((_kept(kept, several=False), _kept(kept, several=True), how_often), comparison.said(plan)))
    parts = [
        f"{few(plans, 'plans')} {several if len(plans) > 1 else alone}{how_often}"
        for (alone, several, how_often), plans in grouped(told).items()
    ]
    where = f", in {comparison.grid.said_scenario(comparison.home)}," if len(comparison.grid.scenarios) > 1 else ""
    return f"On average{where} {'; '.join(parts)}." if parts else ""


def _above(comparison: Comparison, plan: str, wait: Headline) -> float:
    """Return by how much more are seen in time under a plan than the standard asks, as a share."""
    return comparison.level(plan, wait.key).estimate - comparison.config.standards.stages[wait.measure.stage].share


def _kept(above: Mapping[Headline, float], several: bool) -> str:
    """Say which standards are met: `meets both standards, therapy only just`."""
    meets, misses = ("meet", "miss") if several else ("meets", "misses")
    just = {wait: " only just" * (abs(by) < ONLY_JUST) for wait, by in above.items()}
    sides = [[wait for wait, by in above.items() if (by >= 0) == side] for side in (True, False)]
    if all(sides):
        (met, missed) = (listed([f"{wait_for(wait)}{just[wait]}" for wait in side]) for side in sides)
        return f"{meets} the standard for {met} and {misses} that for {missed}"
    which = which_standards([*above])
    close = [f"{wait_for(wait)}{just[wait]}" for wait in above if just[wait]]
    if len(close) == len(above):
        return f"{meets if sides[0] else misses} {which} only just"
    return f"{meets if sides[0] else misses} {which}{', ' * bool(close)}{listed(close)}"


def which_standards(deciding: Sequence[Headline]) -> str:
    """Return what the standards that decide are called together."""
    return {1: "the standard", 2: "both standards"}.get(len(deciding), "all standards")


def met_at_home(found: Across, plan: str) -> tuple[int, int]:
    """Return in how many simulated futures an option meets every standard that decides, and how many were judged."""
    [(name, scenario)] = [place for place, cell in found.comparison.grid.cells.items() if cell == plan]
    return found.count_met(name, scenario)


def _beaten(found: Across, plan: str) -> list[str]:
    """Return the other scenarios in which another plan clearly serves more people in time, the worst one first."""
    comparison, behind = found.comparison, {}
    mine = comparison.sweep.plans[plan].plan
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
    """Say under which plan the most are seen in time in a scenario where it is not this one: `it is “Cautious”`."""
    comparison, mine = found.comparison, found.comparison.sweep.plans[plan].plan
    lost = [
        w for w in comparison.deciding if comparison.grid.cells[mine, scenario] not in _best(comparison, scenario, w)
    ]
    better = {found.best_in(scenario, wait): len(_best(comparison, scenario, wait)) == 1 for wait in lost}
    named = [comparison.grid.said_plan(one) for one in better if one and one != mine]
    if not named:
        return "it is not"
    which = f" for {listed([*map(wait_for, lost)])}" if len(lost) < len(comparison.deciding) else ""
    return f"it {'is' if all(better.values()) else 'may be'} {listed(named, last='or')}{which}"


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
        if len(plans) == 1 and wait in settled:
            those = f"it is {those}"
        elif len(plans) == 1:
            unclear = _still_open(comparison, plans[0], [wait])
            others = dict.fromkeys(a.baseline if plans[0] in comparison.baseline_of else a.plan for a in unclear)
            rivals = few([comparison.said(other) for other in others], "other plans", last="or")
            those += f" looks best, but is not clearly better than {rivals}"
        told.append(f"for {wait_for(wait)} {those}")
    both = len(settled) == len(best)
    first = (
        "The standards point to different plans"
        if both
        else "Not settled yet under which plan the most are seen in time"
    )
    lines = [f"{first}: {'; '.join(told)}."]
    for wait, plan in settled.items():
        level, price = _level(comparison, plan, wait), comparison.of(plan, comparison.cost)
        costs = f" It {what_it_costs(comparison, price)}." if price else ""
        lines.append(f"Under {comparison.said(plan)} an estimated {level}.{costs}")
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


def _behind(found: Across) -> list[str]:
    """Say how far behind the best plan each may fall, or of many the least, where there are several scenarios."""
    if not has_several(found):
        return []
    told, least = [], []
    for wait in found.comparison.deciding:
        most = {plan: found.regret(plan, wait).most.estimate for plan in found.plans}
        judged = sorted((plan for plan in found.plans if not math.isnan(most[plan])), key=most.__getitem__)
        each = [(found.comparison.grid.said_plan(plan), points_behind(most[plan], wait)) for plan in judged]
        told += [f"for {wait_for(wait)} {listed([' '.join(one) for one in each])}"] if each else []
        least += [(name, (points, wait_for(wait))) for name, points in each[:1]]
    if len(found.plans) > MOST_NAMED:
        return [_least_behind(name, by) for name, by in grouped(least).items()]
    return [f"Points behind the best plan, at worst: {'; '.join(told)}."] if told else []


def _least_behind(name: str, by: Sequence[tuple[str, str]]) -> str:
    """Say by how many points the plan that falls the least behind does so, for each wait where it is that plan."""
    (points, what), *more = by
    first = f"{points} points behind the best plan for {what}"
    rest = [f"{others} for {other}" for others, other in more]
    return f"In its worst scenario {name} is {listed([first, *rest])}, the least of all plans."


def how_likely(found: Across) -> list[str]:
    """Say that the answer hangs on which scenario comes, where no plan may be the best in all of them."""
    comparison = found.comparison
    for wait in comparison.deciding if has_several(found) else []:
        best = [
            {comparison.sweep.plans[cell].plan for cell in _best(comparison, scenario, wait)}
            for scenario in found.scenarios
        ]
        if not set.intersection(*best):
            return [f"Which scenario comes: for {wait_for(wait)} the best plan differs, and no chances are known."]
    return []


def points_behind(regret: float, wait: Headline) -> str:
    """Return a regret as percentage points, in the form of the tables."""
    return level_in(wait.unit, wait.scale)(regret)
