"""How the plans of a comparison are told apart: a colour and a marker each, in the order of the plans."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from analysis.comparison.names import cut_names
from analysis.tell.style import GREY

if TYPE_CHECKING:
    from analysis.comparison.compare import Comparison

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222")
"""Of Okabe and Ito: told apart by the colour-blind, and with markers also in grey print."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""One more than colours, so that many plans still differ in one or the other."""
SHAPES = {
    "o": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "s": "M-3.6 -3.6h7.2v7.2h-7.2z",
    "^": "M0 -4.4L4.4 3.6H-4.4z",
    "D": "M0 -4.8L4.8 0L0 4.8L-4.8 0z",
    "v": "M0 4.4L4.4 -3.6H-4.4z",
    "P": "M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "X": "M-4.2 -2.1L-2.1 -4.2L0 -2.1L2.1 -4.2L4.2 -2.1L2.1 0L4.2 2.1L2.1 4.2L0 2.1L-2.1 4.2L-4.2 2.1L-2.1 0z",
    "*": "M0 -5L1.2 -1.6H4.8L1.9 0.6L3 4.2L0 2L-3 4.2L-1.9 0.6L-4.8 -1.6H-1.2z",
}
"""The same markers as paths, for a page: 12 units wide about 0."""
BASELINE_COLOUR = GREY
LONGEST_NAME = 48
WIDTH = 7.2
"""Inches: the width of an A4 page between its margins, so that text in figures prints at its own size."""


def colours(plans: list[str], baselines: set[str]) -> dict[str, str]:
    """Return a colour for each plan; baselines are grey."""
    others = [plan for plan in plans if plan not in baselines]
    chosen = {plan: COLOURS[number % len(COLOURS)] for number, plan in enumerate(others)}
    return dict.fromkeys(baselines, BASELINE_COLOUR) | chosen


def markers(plans: list[str]) -> dict[str, str]:
    """Return a marker for each plan."""
    return {plan: MARKERS[number % len(MARKERS)] for number, plan in enumerate(plans)}


def short_name(comparison: Comparison, plan: str) -> str:
    """Return what a plan is called in the key of a figure."""
    return cut_names(comparison.names, LONGEST_NAME)[plan]


def wrapped_name(comparison: Comparison, plan: str) -> str:
    """Return what a plan is called beside an axis, over two lines at most."""
    return "\n".join(wrap(short_name(comparison, plan), LONGEST_NAME * 2 // 3))
