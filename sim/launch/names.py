"""What the cells of a sweep are called: each a plan in a scenario, by its user's own names or by what it sets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sim.errors import ConfigProblem
from sim.launch.decisions import Sides, Sorted, sort_cell
from sim.launch.plan_files import NAME, NAME_OF_SCENARIO

LONGEST_VALUE = 40
LONGEST_FOLDER = 100
"""Bytes of a cell's name in the name of its folder: Windows takes 260 characters of a whole path."""


def names_of(cells: Sequence[tuple[str, str]], levers: Sequence[dict[str, Any]]) -> list[str]:
    """Return a name for each cell, unique and readable: `baseline,senior_led,senior.wte=3`.

    `cells` are the scenario and staffing model of each, `levers` as `levers_of` returns them.
    """
    short = _shortened(dict.fromkeys(key for each in levers for key in each))
    names: list[str] = []
    times: Counter[str] = Counter()
    for chosen, values in zip(cells, levers, strict=True):
        parts = [*chosen, *(f"{short[key]}={str(value)[:LONGEST_VALUE]}" for key, value in values.items())]
        name = ",".join(parts)
        times[name] += 1
        names.append(f"{name} ({times[name]})" if times[name] > 1 else name)
    return names


class Told(NamedTuple):
    """What a cell is called: its own name, its plan, and its scenario with all that happens."""

    name: str
    plan: str
    scenario: str
    decisions: tuple[str, ...]


def told_apart(
    cells: Sequence[tuple[str, str]], levers: Sequence[dict[str, Any]], called: Sequence[tuple[str, str]],
    sides: Sides, plans_among_scenarios: Collection[str], configs: Sequence[Mapping[str, Any]], usual: str,
) -> list[Told]:  # fmt: skip
    """Return what each cell is called, as a plan in a scenario: by its user's names, else by what it sets.

    `cells` are scenario and staffing model of each, `called` the names that a design gives. Raises ConfigProblem where
    one name stands for two plans, or two cells are the same plan in the same scenario.
    """
    short = _shortened(dict.fromkeys(key for each in levers for key in each))
    by_rule = [
        sort_cell(sides, choice, mine, choice[0] in plans_among_scenarios, config, usual, short)
        for choice, mine, config in zip(cells, levers, configs, strict=True)
    ]
    if (
        any(plan for plan, _ in called)
        and len({own.plan for own in by_rule}) == 1
        and not any(scenario for _, scenario in called)
    ):
        called = [("", plan) for plan, _ in called]  # nothing is decided: the names are those of scenarios
    named = [
        own._replace(plan=plan or own.plan, scenario=scenario or own.scenario)
        for own, (plan, scenario) in zip(by_rule, called, strict=True)
    ]
    _refuse_one_name_for_two(by_rule, named)
    usual_names = names_of(cells, levers)
    found = []
    for own, names, usual_name in zip(named, called, usual_names, strict=True):
        name = f"{own.scenario}/{own.plan}" if any(names) else usual_name
        found.append(Told(name, own.plan, own.scenario, own.decisions))
    return found


def _refuse_one_name_for_two(by_rule: Sequence[Sorted], named: Sequence[Sorted]) -> None:
    """Refuse a name that stands for two plans or two scenarios, and a named plan twice in one scenario."""
    first: dict[tuple[str, str], str] = {}
    cells: set[tuple[str, str]] = set()
    for rule, own in zip(by_rule, named, strict=True):
        if own == rule:
            continue
        for column, name, sets in ((NAME, own.plan, rule.plan), (NAME_OF_SCENARIO, own.scenario, rule.scenario)):
            if (other := first.setdefault((column, name), sets)) != sets:
                raise ConfigProblem([f"{column}: got {name} for {other} and for {sets}; give each its own"])
        if own[:2] in cells:
            raise ConfigProblem([f"{NAME}: got {own.plan} twice in {own.scenario}; leave out or rename one"])
        cells.add(own[:2])


def folders_of(names: Sequence[str]) -> list[str]:
    """Return what the folder of each cell is called: its number, which makes it unique, and its name as far as it goes.

    Only letters, digits and `.`, `_`, `-` are in it, which no system and no command line takes for anything else:
    `0_baseline_senior_led_senior.wte-3`.
    """
    plain = (re.sub(r"[^\w.-]+", "-", re.sub(r",\s*|/", "_", name)) for name in names)
    return [f"{number}_{_cut(text)}" for number, text in enumerate(plain)]


def _cut(text: str) -> str:
    """Return the beginning of a text that a file system takes: it counts bytes, and Windows drops a dot at the end."""
    return text.encode()[:LONGEST_FOLDER].decode(errors="ignore").rstrip(".-_")


def _shortened(keys: Iterable[str]) -> dict[str, str]:
    """Return the last two steps of each key, or all of it where that is not enough to tell it from another."""
    ends = {key: ".".join(key.split(".")[-2:]).removeprefix("run.") for key in keys}
    return {key: end if list(ends.values()).count(end) == 1 else key for key, end in ends.items()}
