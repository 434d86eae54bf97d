"""What a comparison says in plain words: which plan, what it changes and costs, how sure that is, who waits longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import (
    FIRST_STAGE,
    Selection,
)
from analysis.comparison.plans import changes
from analysis.comparison.steps import loss_line
from analysis.comparison.taken_apart import Widened
from analysis.tell.barriers import moves_evenings_unanswered
from analysis.tell.wording import (
    change_in,
    grouped,
    in_quotes,
    listed,
    sentence,
    share,
    unit_of_change,
    words,
)

UNANSWERED = (
    "{plans}: evenings are changed and nobody answers to them: shift workers are offered more times, but their uptake "
    "and attendance do not depend on evenings (demand.barriers.evenings and pathway.attendance.in_hours_missed_times "
    "are 1); no difference says what evenings are worth."
)


def round_up(number: int) -> int:
    """Round a number of replications up to two figures: it is an estimate."""
    step = int("1" + "0" * max(len(str(number)) - 2, 0))
    return -(-max(number, 1) // step) * step


def choice_lines(comparison: Comparison) -> list[str]:
    """Say in sentences which plans may be best, which was selected, and which nothing beats.

    By each deciding wait in turn, and scenario by scenario: a board chooses plans, and no scenario.
    """
    grid, lines = comparison.grid, []
    scenarios = [comparison.home, *(one for one in grid.scenarios if one != comparison.home)]
    chosen = [one for one in scenarios if len(grid.in_scenario(one)) > 1]
    for scenario in chosen:
        where = f"In {grid.said_scenario(scenario)}: " if len(grid.scenarios) > 1 else ""
        said = {cell: grid.said_plan(plan) for plan, cell in grid.in_scenario(scenario).items()}
        for wait in comparison.deciding:
            choice = comparison.choices[scenario, wait]
            best = listed([said[plan] for plan in choice.may_be_best], last="or") or "no plan"
            selected = _selected(comparison, choice.selection, said) if choice.selection else ""
            alone = len(choice.may_be_best) == 1
            sure = "95% sure, from comparing every pair of plans" if alone else "95% sure that the best is among them"
            lines.append(f"{where}{'' if alone else 'may be '}best for {wait.words} ({sure}): {best}.{selected}")
        not_beaten = comparison.choices[scenario, comparison.headlines[0]].not_beaten
        told = [f"{said[plan]} {share(often)}" for plan, often in not_beaten.items() if not comparison.loses(plan)]
        waits = "waits" if len(comparison.deciding) > 1 else "wait"
        unbeaten = f"no other plan is as good on cost and {waits} together, in so many of the resamples"
        lines.append(f"{where}{unbeaten}: {listed(told) or 'none'}.")
    if comparison.delta is None and chosen:
        lines.append("No plan is selected: for that give --delta, the smallest difference that matters to you.")
    elif chosen and not any(choice.selection for choice in comparison.choices.values()):
        needed = FIRST_STAGE * comparison.sweep.per_draw
        lines.append(f"Too few replications to select one plan: selection needs {needed}.")
    return [*map(sentence, lines), *loss_lines(comparison)]


def _selected(comparison: Comparison, selection: Selection, said: Mapping[str, str]) -> str:
    """Say which plan was selected, or what is missing."""
    if len(selection.left) == 1:
        matter = f"{(comparison.delta or 0) * 100:g} {unit_of_change('%')}"
        return f" Selected: {said[selection.left[0]]}, the best or within {matter} of it (95% sure)."
    missing = (selection.needed or 0) * comparison.sweep.per_draw - len(comparison.sweep.numbers)
    those = listed([said[plan] for plan in selection.left])
    return (
        f" The selection by --delta, a test of its own that drops plans step by step, is not finished: it still has "
        f"{those} and needs at most {round_up(missing):,} more replications."
    )


def loss_lines(comparison: Comparison) -> list[str]:
    """Say of each plan that loses people on the way who they are; such a plan is not among those chosen from."""
    lines = (loss_line(in_quotes(comparison.names[plan]), steps) for plan, steps in comparison.steps.items())
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
            change = f"{change_of(gap)} {unit_of_change(gap.concern.unit)}"
            told.append(f"{words(gap.group)} against {words(gap.reference)}, from {change}{care}")
        some = "a gap" if len(gaps) == 1 else "gaps"
        name = in_quotes(comparison.names[plan])
        lines.append(f"{name} improves “{what}” on average and widens {some}: {'; '.join(told)}")
    return lines


def unanswered_lines(comparison: Comparison) -> list[str]:
    """Say of which plans a change of evenings shows nothing of what evenings are worth."""
    moved = []
    for plan, base in comparison.baseline_of.items():
        one, other = (comparison.sweep.plans[name].config for name in (base, plan))
        if moves_evenings_unanswered(other, [change.key for change in changes(one, other)]):
            moved.append(in_quotes(comparison.names[plan]))
    return [UNANSWERED.format(plans=listed(moved))] if moved else []


def change_of(gap: Widened) -> str:
    """Return a gap before and after, in the form of its unit."""
    return change_in(gap.concern.unit).range(gap.gap_before, gap.gap_after)
