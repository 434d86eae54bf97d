"""What a comparison says in plain words: which plan, what it changes and costs, how sure that is, who waits longer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import shorten

import pandas as pd

from analysis.comparison.compare import Comparison, FigureAnswer
from analysis.comparison.pairs import (
    BETTER,
    FIRST_STAGE,
    MOST_REPLICATIONS,
    NO_MATTER,
    SAME,
    UNDECIDED,
    WORSE,
    Selection,
)
from analysis.comparison.plans import changes
from analysis.comparison.steps import NOT_JUDGED, loss_line
from analysis.comparison.taken_apart import Widened, of_concern
from analysis.estimates.headline import Headline
from analysis.tell.barriers import moves_evenings_unanswered
from analysis.tell.wording import (
    MOST_NAMED,
    change_in,
    count,
    few,
    futures,
    grouped,
    listed,
    pounds,
    share,
    unit_of_change,
    words,
)

SURE = 0.95
LONGEST_QUESTION = 130
MOST_FLAGS, MOST_GAPS = 2, 2
"""Flags on the first page, and groups named in each."""
UNANSWERED = (
    "{plans}: evenings are changed and nobody answers to them: shift workers are offered more times, but their uptake "
    "and attendance do not depend on evenings (demand.barriers.evenings and pathway.attendance.in_hours_missed_times "
    "are 1); no difference says what evenings are worth."
)
NO_OPTION = "What do these scenarios do to the Hub? There is one plan, so there is nothing to choose."
MOST_WHO = 2
"""Plans under which it is said who waits longest."""


def round_up(number: int) -> int:
    """Round a number of replications up to two figures: it is an estimate."""
    step = int("1" + "0" * max(len(str(number)) - 2, 0))
    return -(-max(number, 1) // step) * step


def choice_lines(comparison: Comparison) -> list[str]:
    """Say in sentences which plans may be best, which was selected, and which nothing beats.

    By each deciding wait in turn, and scenario by scenario: a board chooses plans, and no scenario.
    """
    names, lines = comparison.names, []
    scenarios = [comparison.home, *(one for one in comparison.grid.scenarios if one != comparison.home)]
    chosen = [one for one in scenarios if len(comparison.grid.in_scenario(one)) > 1]
    for scenario in chosen:
        for wait in comparison.deciding:
            best = ", ".join(names[plan] for plan in comparison.choices[scenario, wait].may_be_best)
            lines.append(f"May be best for {wait.words} (95% sure that the best is among them): {best or 'no plan'}.")
            if comparison.delta is not None:
                lines.append(_selection_line(comparison, comparison.choices[scenario, wait].selection))
    if comparison.delta is None and chosen:
        lines.append("No smallest difference that matters was stated: give --delta to select one plan.")
    lines += loss_lines(comparison)
    for scenario in chosen:
        not_beaten = comparison.choices[scenario, comparison.headlines[0]].not_beaten
        told = ", ".join(
            f"{names[plan]} {share(often)}" for plan, often in not_beaten.items() if not comparison.loses(plan)
        )
        waits = "waits" if len(comparison.deciding) > 1 else "wait"
        lines.append(f"Not beaten by another plan on cost and {waits} together, share of resamples: {told or 'none'}.")
    return lines


def _selection_line(comparison: Comparison, selection: Selection | None) -> str:
    """Say which plan was selected, or what is missing."""
    names, per_draw = comparison.names, comparison.sweep.per_draw
    if selection is None:
        return f"Too few replications to select one plan: selection needs {FIRST_STAGE * per_draw}."
    if len(selection.left) == 1:
        matter = f"{(comparison.delta or 0) * 100:g} {unit_of_change('%')}"
        return f"Selected: {names[selection.left[0]]}, the best or within {matter} of it (95% sure)."
    missing = (selection.needed or 0) * per_draw - len(comparison.sweep.numbers)
    those = listed([names[plan] for plan in selection.left])
    return f"Not yet conclusive between {those}: at most {round_up(missing):,} more replications."


def loss_lines(comparison: Comparison) -> list[str]:
    """Say of each plan that loses people on the way who they are; such a plan is not among those chosen from."""
    lines = (loss_line(comparison.names[plan], steps) for plan, steps in comparison.steps.items())
    return [line for line in lines if line]


def steps_line(comparison: Comparison, plan: str) -> str:
    """Say what share of everyone referred gets to each step, under the baseline and under a plan."""
    told = ", ".join(step.told for step in comparison.steps[plan])
    return f"Of everyone referred, baseline → plan: {told}."


def widened_lines(comparison: Comparison, widened: Sequence[Widened]) -> list[str]:
    """Say where a plan improves the mean and widens gaps: a line for each figure of a plan."""
    lines = []
    for (plan, what), gaps in grouped(((gap.plan, gap.concern.words), gap) for gap in widened).items():
        told = []
        for gap in gaps:
            care = " (under 30 people per replication, read with care)" if gap.small else ""
            change = f"{_change_of(gap)} {unit_of_change(gap.concern.unit)}"
            told.append(f"{words(gap.group)} against {words(gap.reference)}, from {change}{care}")
        some = "a gap" if len(gaps) == 1 else "gaps"
        lines.append(f"{comparison.names[plan]} improves '{what}' for everyone and widens {some}: {'; '.join(told)}")
    return lines


def unanswered_lines(comparison: Comparison) -> list[str]:
    """Say of which plans a change of evenings shows nothing of what evenings are worth."""
    moved = []
    for plan, base in comparison.baseline_of.items():
        one, other = (comparison.sweep.plans[name].config for name in (base, plan))
        if moves_evenings_unanswered(other, [change.key for change in changes(one, other)]):
            moved.append(comparison.names[plan])
    return [UNANSWERED.format(plans=listed(moved))] if moved else []


def _change_of(gap: Widened) -> str:
    return change_in(gap.concern.unit).range(gap.gap_before, gap.gap_after)


def change_in_words(answer: FigureAnswer) -> tuple[str, str, str]:
    """Return a difference in a few words: its number, its interval, and what is to be known of it."""
    if answer.verdict == SAME:
        return "the same", "", ""
    middle, interval = change_in(answer.headline.unit, answer.headline.scale).parts(answer.interval)
    note = {
        UNDECIDED: f"{UNDECIDED}: {_missing(answer)} more replications",
        NO_MATTER: NO_MATTER,
        NOT_JUDGED: f"{NOT_JUDGED}: {answer.because}",
    }
    return middle, interval or "no interval", note.get(answer.verdict, "")


def _missing(answer: FigureAnswer) -> str:
    return f"more than {MOST_REPLICATIONS:,}" if answer.more is None else f"about {round_up(answer.more):,}"


def asked(comparison: Comparison, question: str) -> str:
    """Return the question that a report answers: the board's own, else which plan to have in place of the baseline."""
    mine = [plan for plan in comparison.options if plan in comparison.baseline_of]
    others = [comparison.names[plan] for plan in mine]
    base = listed([comparison.names[plan] for plan in dict.fromkeys(comparison.baseline_of[plan] for plan in mine)])
    if not others:
        return shorten(question.strip() or NO_OPTION, LONGEST_QUESTION, placeholder=" …")
    several = f"Which of {len(others)} options should take the place of {base}, at what cost and for whom?"
    named = f"What would {listed(others)} change against {base}, at what cost and for whom?"
    fits = len(others) <= MOST_NAMED and len(named) <= LONGEST_QUESTION
    return shorten(question.strip() or (named if fits else several), LONGEST_QUESTION, placeholder=" …")


def answer_sentences(comparison: Comparison) -> list[str]:
    """Return the answer in a few sentences: the best option or those that may be, the price, how sure.

    By the wait that was asked for or, if none was, each standard in turn. Scenarios are no options.
    """
    lines: list[str] = []
    for wait in comparison.deciding:
        choice = comparison.choices[comparison.home, wait]
        selected = choice.selection.left if choice.selection else []
        best = selected if len(selected) == 1 else choice.may_be_best
        told = _of_one(comparison, best[0], wait) if len(best) == 1 else _of_several(comparison, best, wait)
        lines += [line for line in told if line not in lines]
    lost = [comparison.names[plan] for plan in comparison.options if comparison.loses(plan)]
    left_out = [f"Left out of the choice, because people are lost on the way: {few(lost, 'options')}."] if lost else []
    return [*lines, *left_out, *_not_beaten(comparison)]


def _of_one(comparison: Comparison, plan: str, wait: Headline) -> list[str]:
    names = comparison.names
    answer, price = comparison.of(plan, wait), comparison.of(plan, comparison.cost)
    in_time = share(comparison.level(plan, wait.key).estimate)
    met = futures(comparison.assurance(plan, wait).estimate)
    which = "the standard" if len(comparison.deciding) == 1 else f"the standard of people {wait.words}"
    sure = f"It meets {which} in {met}."
    if answer is None or price is None:
        return [
            f"No option does better than {names[plan]}, under which an estimated {in_time} of people are {wait.words}.",
            sure,
        ]
    base = share(comparison.level(answer.baseline, wait.key).estimate)
    middle, interval = change_in(wait.unit, wait.scale).parts(answer.interval)
    return [
        f"{names[plan]} serves most people in time: an estimated {in_time} are {wait.words}, against {base} under "
        f"{names[answer.baseline]} (difference {middle} points, 95% interval {interval}).",
        _price(price),
        sure,
    ]


def _of_several(comparison: Comparison, best: list[str], wait: Headline) -> list[str]:
    names = comparison.names
    which = f"the best is {few([names[plan] for plan in best], 'options', last='or')}"
    lines = [f"For the share {wait.words}, {which}: this is not settled yet."]
    if not best:
        lines = [f"For the share {wait.words} no option can be called the best."]
    answers = [answer for answer in comparison.on(wait) if answer.plan in comparison.options]
    if not answers:
        return lines
    base = "the baseline" if len(set(comparison.baseline_of.values())) > 1 else names[answers[0].baseline]
    for verdict, told in ((BETTER, "Clearly better than"), (WORSE, "Clearly worse than"), (SAME, "The same as")):
        if alike := [names[a.plan] for a in answers if a.verdict == verdict]:
            lines.append(f"{told} {base}: {few(alike, 'options')}.")
    if undecided := [a for a in answers if a.verdict == UNDECIDED]:
        needed = _missing(max(undecided, key=lambda a: math.inf if a.more is None else a.more))
        those = few([names[a.plan] for a in undecided], "options")
        up_to = "up to " if len(undecided) > 1 else ""
        lines.append(f"Not yet conclusive against {base}: {those}, which would take {up_to}{needed} more replications.")
    return lines


def _not_beaten(comparison: Comparison) -> list[str]:
    """Say which options that lose nobody on the way no other beats on cost and wait together."""
    ahead = [plan for plan, often in comparison.choice.not_beaten.items() if often >= SURE]
    if not ahead or len(comparison.options) == len(ahead):
        return []
    those = few([comparison.names[plan] for plan in ahead], "options")
    return [f"No other option is both cheaper and quicker than {those}."]


def _price(price: FigureAnswer) -> str:
    """Say what an option costs against the baseline."""
    if price.verdict == SAME:
        return "It costs the same."
    form = change_in(price.headline.unit, price.headline.scale)
    if price.verdict == UNDECIDED:
        change = f"{form.interval(price.interval)} £ thousand a year"
        return f"Whether it costs more or less is not yet conclusive: {change}."
    more = "more" if price.found.difference > 0 else "less"
    by = pounds(abs(price.found.difference))
    return f"It costs about {by} a year {more} (£ thousand: {form.parts(price.interval)[1]})."


def who_sentences(comparison: Comparison, equity: pd.DataFrame, widened: list[Widened]) -> list[str]:
    """Say who is seen in time least often, and where a plan improves the mean and widens a gap."""
    mine, behind = of_concern(equity, comparison.headlines[0]), []
    for plan in comparison.options[:MOST_WHO]:
        sure = mine[(mine["plan"] == plan) & ~mine["small"] & (mine["gap_high"] < 0)]
        if len(sure):
            worst = sure.sort_values("gap").iloc[0]
            group, reference = (words(str(worst[who])) for who in ("group", "reference"))
            points = count(abs(worst["gap"]))
            behind.append(f"under {comparison.names[plan]} {group}, {points} points behind {reference}")
    looked_at = listed([comparison.names[plan] for plan in comparison.options[:MOST_WHO]])
    none = (
        f"Under {looked_at} there is no clear sign that any group of 30 people or more is seen in time less often than "
        "its reference group."
    )
    first = f"Least often seen in time: {'; '.join(behind)}." if behind else none
    return [first, *_gap_sentences(comparison, widened)]


def _gap_sentences(comparison: Comparison, widened: list[Widened]) -> list[str]:
    """Say where a plan improves the mean and widens a gap; the largest groups first."""
    largest = sorted(widened, key=lambda gap: (gap.small, -abs(gap.gap_after - gap.gap_before)))
    together = grouped(((gap.plan, gap.concern.words), gap) for gap in largest)
    lines = []
    for (plan, what), gaps in [*together.items()][:MOST_FLAGS]:
        more = [f"{len(gaps) - MOST_GAPS} more"] if len(gaps) > MOST_GAPS else []
        those = listed([*(_gap_in_short(gap) for gap in gaps[:MOST_GAPS]), *more])
        improves = f"{comparison.names[plan]} improves “{what}” for everyone"
        lines.append(f"Flag: {improves} but widens gaps to the reference group: {those}.")
    if left := len(together) - len(lines):
        lines.append(f"{left} more such {'flags are' if left > 1 else 'flag is'} in the appendix.")
    return lines or ["No plan clearly improves a figure for everyone while it clearly widens a group's gap in it."]


def _gap_in_short(gap: Widened) -> str:
    few = ", under 30 people" if gap.small else ""
    return f"{words(gap.group)} ({_change_of(gap)} {'points' if gap.concern.unit == '%' else gap.concern.unit}{few})"
