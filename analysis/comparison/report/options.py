"""The options in words: what the scenario is for, who works there, and what else the sweep set."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import shorten

from analysis.comparison.compare import Comparison
from analysis.comparison.finished import Plan
from analysis.tell.wording import key_words, listed, sentence, words
from sim.config import HubConfig

CLAUSE_ENDS = (". ", "; ", " (")
OUTCOMES = {
    "hub_therapy": "therapy",
    "group": "groups",
    "onward": "help into care elsewhere",
    "therapy_and_onward": "therapy with help into care elsewhere",
}


def in_words(comparison: Comparison, plan: str, longest: int) -> str:
    """Say what tells an option from the others, in no more than so many characters."""
    plans = comparison.sweep.plans
    mine = plans[plan]
    parts = []
    if _differ(each.scenario for each in plans.values()):
        parts.append(mine.config.purpose.rstrip("."))
    if _differ(staff_in_words(each.config) for each in plans.values()) or not parts:
        parts.append(staff_in_words(mine.config))
    parts = [*filter(None, parts), *_set(mine)]
    told = ". ".join(parts) + "."
    if len(told) <= longest:
        return told
    return "; ".join(_cut(part, longest // len(parts) - 2) for part in parts)


def _cut(text: str, longest: int) -> str:
    """Shorten a text at the end of a clause if one ends in its second half, else at a word."""
    if len(text) <= longest:
        return text
    clause = max(text.rfind(mark, longest // 2, longest) for mark in CLAUSE_ENDS)
    return text[:clause] if clause > 0 else shorten(text, longest, placeholder=" …")


def in_full(plan: Plan) -> str:
    """Say everything that there is to say about an option."""
    return ". ".join([*filter(None, [plan.config.purpose.rstrip("."), staff_in_words(plan.config)]), *_set(plan)]) + "."


def staff_in_words(config: HubConfig) -> str:
    """Say how people are treated where the staffing model changes it, and who works there."""
    staffing, parts = config.staffing, []

    def told(outcome: str) -> str:
        return OUTCOMES.get(outcome, words(outcome))

    by_start: dict[str, list[str]] = {}
    for modality, step in staffing.first_step.items():
        by_start.setdefault(step.starts_with, []).append(words(modality))
    parts += [
        f"{sentence(listed(those))} {'begin' if len(those) > 1 else 'begins'} with "
        f"{'a group' if start == 'group' else words(start)}"
        for start, those in by_start.items()
    ]
    by_end: dict[str, list[str]] = {}
    for outcome, instead in staffing.reroute.items():
        by_end.setdefault(instead, []).append(told(outcome))
    parts += [f"{sentence(told(end))} in place of {listed(those)}" for end, those in by_end.items()]
    roles = {
        name: sum(line.wte for line in role.lines.values() if line.kind != "agency")
        for name, role in staffing.roles.items()
    }
    people = ", ".join(f"{words(name)} {wte:g}" for name, wte in roles.items() if wte)
    agency: dict[str, list[str]] = {}
    for name, role in staffing.roles.items():
        for line in role.lines.values():
            if line.kind == "agency" and line.wte:
                agency.setdefault(_when(line.from_day, line.to_day), []).append(f"{line.wte:g} agency {words(name)}")
    parts += [f"{listed(those)}{when}" for when, those in agency.items()]
    return ". ".join([*parts, f"{sum(roles.values()):g} WTE: {people}"])


def _when(start: int | None, end: int | None) -> str:
    if start is None and end is None:
        return ""
    return f" from day {start or 0}" + ("" if end is None else f" to {end}")


def _set(plan: Plan) -> list[str]:
    return [f"{key_words(key)} {value}" for key, value in plan.levers.items()]


def _differ(values: Iterable[str]) -> bool:
    return len(set(values)) > 1
