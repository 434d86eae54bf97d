"""The comparison as text on a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from analysis.comparison.compare import Answer, Comparison
from analysis.comparison.equity import Concern, Widened
from analysis.comparison.pairs import MOST_REPLICATIONS, UNDECIDED
from analysis.comparison.selection import FIRST_STAGE, Selection
from analysis.tell.console import console, plain_table
from analysis.tell.style import INTERVALS
from analysis.tell.wording import MISSING, change_in, level_in, listed, share, unit_of_change, words

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 155
FOOTER = (
    "Difference: plan less baseline, in pairs of replications with the same people. Intervals: 95%; those of figures "
    "with * hold for all plans and both * figures at once, and their p is Holm's.",
    "Pairing: correlation of the two plans over replications, and by what factor it cut the difference's variance.",
    INTERVALS,
    "No claim about cost-effectiveness can be made from these figures.",
)


def print_comparison(comparison: Comparison, widened: list[Widened], file: TextIO | None = None) -> None:
    """Print what was compared, figure by figure, and what it comes to."""
    shown = console(WIDTH, file=file or sys.stdout)
    for part in _parts(comparison, widened):
        shown.print(part)


def _parts(comparison: Comparison, widened: list[Widened]) -> list[RenderableType]:
    pairs = len(comparison.sweep.numbers)
    parts: list[RenderableType] = [f"{len(comparison.plans)} plans, {pairs} pairs of replications"]
    if short := [plan.name for plan in comparison.sweep.plans.values() if plan.replications > pairs]:
        parts.append(f"Replications that not every plan has were left out ({', '.join(short)} had more).")
    for plan, base in comparison.baseline_of.items():
        parts += ["", _table(comparison, plan, base)]
    return [
        *parts,
        "",
        *choice_lines(comparison),
        *(f"! {line}" for line in widened_lines(comparison, widened)),
        "",
        *FOOTER,
    ]


def _table(comparison: Comparison, plan: str, base: str) -> RenderableType:
    title = f"{comparison.names[plan]} against {comparison.names[base]}"
    table = plain_table(title=title, title_justify="left", title_style="bold")
    for heading in ("", "baseline", "plan", "difference", "p", "verdict", "pairing"):
        table.add_column(heading, no_wrap=True)
    for headline in comparison.headlines:
        answer = comparison.of(plan, headline)
        assert answer is not None
        level = level_in(headline.unit, headline.scale)
        levels = (level(comparison.level(name, headline.key).estimate) for name in (base, plan))
        table.add_row(
            f" {headline.words}, {headline.unit}{' *' if headline.primary else ''}",
            *levels,
            with_interval(answer),
            p_value(answer),
            told(answer),
            f"{two_figures(answer.found.correlation)}, ×{two_figures(answer.found.variance_reduction)}",
        )
    return table


def with_interval(answer: Answer) -> str:
    """Return a difference with the interval that goes with its verdict."""
    return change_in(answer.headline.unit, answer.headline.scale).interval(answer.interval)


def told(answer: Answer) -> str:
    """Return a verdict, and how many more replications an open one needs."""
    if answer.verdict != UNDECIDED:
        return answer.verdict
    if answer.more is None:
        return f"{UNDECIDED}: over {MOST_REPLICATIONS:,} more" if not math.isnan(answer.low) else UNDECIDED
    return f"{UNDECIDED}: about {round_up(answer.more):,} more"


def round_up(number: int) -> int:
    """Round a number of replications up to two figures: it is an estimate."""
    step = int("1" + "0" * max(len(str(number)) - 2, 0))
    return -(-max(number, 1) // step) * step


def choice_lines(comparison: Comparison) -> list[str]:
    """Say in sentences which plans may be best, which was selected, and which nothing beats."""
    names, choice = comparison.names, comparison.choice
    wait = comparison.headlines[0].words
    best = ", ".join(names[plan] for plan in choice.may_be_best)
    lines = [f"May be best for {wait} (95% sure that the best is among them): {best}."]
    selection = choice.selection
    if comparison.delta is None:
        lines.append("No smallest difference that matters was stated: give --delta to select one plan.")
    elif selection is None:
        needed = FIRST_STAGE * comparison.sweep.per_draw
        lines.append(f"Too few replications to select one plan: selection needs {needed}.")
    elif len(selection.left) == 1:
        matter = f"{comparison.delta * 100:g} {unit_of_change('%')}"
        lines.append(f"Selected: {names[selection.left[0]]}, the best or within {matter} of it (95% sure).")
    else:
        lines.append(
            f"Not yet conclusive between {listed([names[plan] for plan in selection.left])}: "
            f"at most {round_up(_missing(comparison, selection)):,} more replications."
        )
    shown = ", ".join(f"{names[plan]} {share(often)}" for plan, often in choice.not_beaten.items())
    lines.append(f"Not beaten by another plan on cost and wait together, share of resamples: {shown}.")
    return lines


def _missing(comparison: Comparison, selection: Selection) -> int:
    return (selection.needed or 0) * comparison.sweep.per_draw - len(comparison.sweep.numbers)


def widened_lines(comparison: Comparison, widened: Sequence[Widened]) -> list[str]:
    """Say where a plan improves the mean and widens gaps: a line for each figure of a plan."""
    together: dict[tuple[str, Concern], list[Widened]] = {}
    for gap in widened:
        together.setdefault((gap.plan, gap.concern), []).append(gap)
    return [
        f"{comparison.names[plan]} improves '{concern.words}' for everyone and widens "
        f"{'a gap' if len(gaps) == 1 else 'gaps'}: {'; '.join(map(_gap, gaps))}"
        for (plan, concern), gaps in together.items()
    ]


def _gap(gap: Widened) -> str:
    few = " (under 30 people a replication, read with care)" if gap.small else ""
    change = change_in(gap.concern.unit).range(gap.gap_before, gap.gap_after)
    return f"{words(gap.group)} against {words(gap.reference)}, from {change} {unit_of_change(gap.concern.unit)}{few}"


def p_value(answer: Answer) -> str:
    """Return p: Holm's for primary figures."""
    value = answer.p_adjusted if answer.headline.primary else answer.found.p
    if math.isnan(value):
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def two_figures(value: float) -> str:
    """Return a correlation or a factor to two figures; ∞ where pairing left no variance at all."""
    if math.isinf(value):
        return "∞"
    return MISSING if math.isnan(value) else f"{value:.2g}" if value < 10 else f"{value:,.0f}"  # noqa: PLR2004
