"""How the plans of a comparison are told apart: a colour and a marker each, in the order of the plans."""

from __future__ import annotations

from analysis.style import GREY

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222")
"""Of Okabe and Ito: told apart by the colour-blind, and with markers also in grey print."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
BASELINE_COLOUR = GREY
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
