"""What an option is, in a line under its name: how it differs from the baseline, and of that who works there."""

from __future__ import annotations

from analysis.comparison.comparison import Comparison
from analysis.comparison.plans import (
    DULL,
    Change,
    changes,
    posts_in_words,
    role_of_line,
    staff_in_words,
    whole_clauses,
)
from analysis.tell.wording import counted, key_words, listed, sentence, words
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
    if base is not None and (added := _each_change(swept[base].config, mine)):
        purpose = [whole_clauses(part, LONGEST_WORDS // 2) for part in parts]
        room = LONGEST_WORDS - sum(len(part) + len(". ") for part in purpose if part)
        return ". ".join(filter(None, [*purpose, sentence(_as_many_as_fit(added, room))]))
    parts.append(staff_in_words(mine) if base is None else against(swept[base].config, mine))
    parts = [part for part in parts if part]
    told = ". ".join(parts)
    if len(told) <= LONGEST_WORDS:
        return told
    return ". ".join(filter(None, (whole_clauses(part, LONGEST_WORDS // len(parts)) for part in parts)))


def against(base: HubConfig, plan: HubConfig) -> str:
    """Say what a plan changes: value by value and post by post where these are few, else who works there."""
    if told := _each_change(base, plan):
        return sentence(_as_many_as_fit(told))
    staff = staff_in_words(plan)
    if staff != staff_in_words(base):
        return staff
    found = changes(base, plan)
    parts = listed([*dict.fromkeys(key_words(change.path[0]) for change in found)])
    return f"Other {parts} than the baseline" if found else ""


def _each_change(base: HubConfig, plan: HubConfig) -> list[str]:
    """Say each change by itself, posts first; nothing where that would tell less than who works there."""
    found = changes(base, plan)
    posts = [change for change in found if role_of_line(change.path)]
    others = [change for change in found if change not in posts]
    plain = not any(isinstance(each, NO_PLAIN_VALUE) for change in others for each in (change.before, change.after))
    if len(others) <= MOST_CHANGES and plain:
        return [*(_posts(base, plan, change) for change in posts), *map(_change, others)]
    return []


def _posts(base: HubConfig, plan: HubConfig, change: Change) -> str:
    """Say which posts a plan has more or fewer than its baseline."""
    more = change.before is NOTHING
    return posts_in_words(
        plan if more else base, role_of_line(change.path), change.path[-1], "more" if more else "fewer"
    )


def _as_many_as_fit(told: list[str], room: int = LONGEST_WORDS) -> str:
    """Return changes in words, whole: where there is no room for all of them, how many more there are."""
    for shown in range(len(told), 0, -1):
        more = f"; and {counted(len(told) - shown, 'other change')}" if shown < len(told) else ""
        text = f"{'; '.join(told[:shown])}{more}"
        if len(text) <= room:
            return text
    return counted(len(told), "change")


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
