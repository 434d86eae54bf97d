"""What an option is, in a line under its name: how it differs from the baseline, and of that who works there."""

from __future__ import annotations

from analysis.comparison.comparison import Comparison
from analysis.comparison.plans import DULL, Change, changes, staff_in_words, whole_clauses
from analysis.tell.wording import key_words, listed, sentence, words
from sim.composed import NOTHING
from sim.config import HubConfig

LONGEST_WORDS = 220
"""Characters of a plan in words; the appendix has them all."""
MOST_CHANGES = 4
"""Changes that are named one by one."""
NO_PLAIN_VALUE = (dict, list, tuple)


def option_in_words(comparison: Comparison, plan: str) -> str:
    """Say how an option differs from its baseline, and of the baseline who works there: nothing that they share.

    A purpose of its own goes before; one that is that of the scenario says nothing of a plan.
    """
    swept = comparison.sweep.plans
    mine, base = swept[plan].config, comparison.baseline_of.get(plan)
    own = len({swept[each].config.purpose for each in comparison.options}) > 1
    parts = [mine.purpose.rstrip(".")] if own else []
    parts.append(staff_in_words(mine) if base is None else against(swept[base].config, mine))
    parts = [part for part in parts if part]
    told = ". ".join(parts)
    if len(told) <= LONGEST_WORDS:
        return told
    return ". ".join(filter(None, (whole_clauses(part, LONGEST_WORDS // len(parts)) for part in parts)))


def against(base: HubConfig, plan: HubConfig) -> str:
    """Say what a plan changes: value by value where these are few and plain, else who works there."""
    found = changes(base, plan)
    if found and len(found) <= MOST_CHANGES and not any(isinstance(c.after, NO_PLAIN_VALUE) for c in found):
        return sentence("; ".join(map(_change, found)))
    staff = staff_in_words(plan)
    if staff != staff_in_words(base):
        return staff
    parts = listed([*dict.fromkeys(key_words(change.path[0]) for change in found)])
    return f"Other {parts} than the baseline" if found else ""


def _change(change: Change) -> str:
    """Say one change: `therapist 2 WTE instead of 1`."""
    told = [words(step) for step in change.path if step not in DULL]
    name = ": ".join([*dict.fromkeys(told[1:] or told)][-2:])
    unit = " WTE" if change.path[-1] == "wte" else ""
    return f"{name} {_said(change.after)}{unit} instead of {_said(change.before)}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:g}"
    return "none" if value is None or value is NOTHING else words(str(value))
