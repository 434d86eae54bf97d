"""Plans and scenarios that a user names: in the columns of a design, or in a YAML file of plans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import OmegaConf

from sim.composed import leaves
from sim.errors import ConfigProblem, nearest, unfit
from sim.launch.decisions import UNSAID, OwnWord
from sim.launch.files import read_option
from sim.launch.overrides import PLAIN_NAME, decided, meant, quoted

NAME, NAME_OF_SCENARIO = "name", "scenario_name"
"""Columns of a design that name the plan of a row, and its scenario."""
PLANS, SCENARIOS, DECISIONS, WORLD = "plans", "scenarios", "decisions", "world"
PARTS = (PLANS, SCENARIOS, DECISIONS, WORLD)
ENDINGS = (".yaml", ".yml")
LONGEST = 60
"""Characters of a name: it is a heading, a label of a figure and part of a folder's name."""
MOST_PLANS = 500
FORBIDDEN = re.compile(r"""[/\\|:*?"<>]""")
"""Signs that no folder may bear on some system."""


class DesignRow(NamedTuple):
    """One cell that a file lists: where it stands, what it sets, as on the command line, and what it is called."""

    line: int
    overrides: list[str]
    plan: str = ""
    scenario: str = ""
    scenario_line: int = 0
    set_by_scenario: tuple[str, ...] = ()


class Design(NamedTuple):
    """What a file lists, and what it says of decisions and the world."""

    rows: list[DesignRow]
    own_word: OwnWord = UNSAID


def name_problem(name: str) -> str | None:
    """Say what is wrong with the name of a plan or a scenario, if anything is."""
    if not name.strip():
        return "got nothing; give each row a name"
    if len(name) > LONGEST:
        return f"got {len(name)} characters, {name[:20]!r} …; write at most {LONGEST}"
    if wrong := unfit(name, ""):
        return f"got {name!a}; {wrong}"
    if sign := FORBIDDEN.search(name):
        return f"got {name!r}; leave {sign[0]} out: a folder is named after it"
    return None


def twice(names: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield line and refusal of each name that another has too, capitals apart."""
    first: dict[str, int] = {}
    for line, name in names:
        earlier = first.setdefault(name.casefold(), line)
        if earlier != line:
            yield line, f"got {name!r}, which line {earlier} has too; give each its own"


def read_plans(path: Path, taken: Sequence[str]) -> Design:
    """Read a YAML file of plans, and of scenarios to cross them with.

    `plans:` and `scenarios:` map names to what each sets; `decisions:` and `world:` list keys. Keys that the command
    line sets are `taken`. Raises ConfigProblem with every problem of the file, by line.
    """
    option = read_option(path)
    content: Any = OmegaConf.to_container(option.content, resolve=False)
    lines = option.written.lines
    if not isinstance(content, dict) or PLANS not in content:
        raise ConfigProblem([f"{option.written.file}:1: got no plans; write plans: and below it NAME: {{KEY: VALUE}}"])
    problems: list[tuple[int, str]] = []
    for key in content:
        if key not in PARTS:
            problems.append((lines[(str(key),)], f"{key}: there is no such part; {nearest(str(key), PARTS)}"))
    named = {part: list(_named(part, content.get(part), lines, taken, problems)) for part in (PLANS, SCENARIOS)}
    words = [_keys(part, content.get(part), lines, problems) for part in (DECISIONS, WORLD)]
    if problems:
        raise ConfigProblem([f"{option.written.file}:{line}: {problem}" for line, problem in sorted(problems)])
    worlds = named[SCENARIOS] or [DesignRow(0, [])]
    rows = [
        DesignRow(
            plan.line, [*world.overrides, *plan.overrides], plan.plan, world.plan, world.line, tuple(_keys_of(world))
        )
        for world in worlds
        for plan in named[PLANS]
    ]
    clash = {key for plan in named[PLANS] for key in _keys_of(plan)} & {key for one in worlds for key in _keys_of(one)}
    if clash:
        told = f"{sorted(clash)[0]}: set by plans and by scenarios; set it in one of them"
        raise ConfigProblem([f"{option.written.file}:{lines[(SCENARIOS,)]}: {told}"])
    return Design(rows, OwnWord(*map(tuple, words)))


def _keys_of(row: DesignRow) -> list[str]:
    return [text.partition("=")[0].lstrip("+~") for text in row.overrides]


def _named(
    part: str, given: Any, lines: Mapping[tuple[str, ...], int], taken: Sequence[str], problems: list[tuple[int, str]]
) -> Iterator[DesignRow]:
    """Yield what each name of a part sets, and note what is wrong with it."""
    if given is None and part != PLANS:
        return
    if not isinstance(given, dict) or not given or len(given) > MOST_PLANS:
        told = f"write NAME: {{KEY: VALUE}} for each, at most {MOST_PLANS}"
        problems.append((lines[(part,)], f"{part}: got {type(given).__name__}; {told}"))
        return
    found: list[tuple[int, str]] = []
    for key, values in given.items():
        name, line = str(key), lines[(part, str(key))]
        found.append((line, name))
        if fault := name_problem(name):
            problems.append((line, f"{part}: {fault}"))
        if values is not None and not isinstance(values, dict):
            problems.append((line, f"{part}.{name}: got {values}; write {{KEY: VALUE}}, or {{}} for what is usual"))
            continue
        texts = list(_overrides(values or {}))
        for text in texts:
            if (plain := text.partition("=")[0].lstrip("+~ ")) in taken:
                problems.append((line, f"{plain}: is on the command line too; set it in one place"))
            if plain.split("/")[0].split(".")[0] == "hydra":
                problems.append((line, f"{plain}: cannot be set by a file of plans; leave it out"))
        problems += [(line, f"{key}: got {value}; {remedy}") for key, value, remedy in decided(_nested(values or {}))]
        yield DesignRow(line, texts, name)
    problems += [(line, f"{part}: {told}") for line, told in twice(found)]


def _keys(
    part: str, given: Any, lines: Mapping[tuple[str, ...], int], problems: list[tuple[int, str]]
) -> Sequence[str]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
        problems.append((lines[(part,)], f"{part}: got {given}; write a list of keys, as [demand.multiplier]"))
        return ()
    return given


def _overrides(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what values come to on the command line; what is added with + is added whole."""
    for key, value in values.items():
        if str(key).startswith(("+", "~")):
            yield f"{key}={written(value)}"
        else:
            yield from (meant(f"{path}={written(each)}") for path, each in leaves(value, str(key), whole_lists=True))


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with `run.store` as `run: {store: …}`."""
    tree: dict[str, Any] = {}
    for path, value in leaves(values):
        part, *steps = path.lstrip("+~").split(".")
        if part == "run" and steps:
            tree.setdefault("run", {})[steps[0]] = value
    return tree


def written(value: Any) -> str:
    """Return a value as it is written on the command line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    return str(value) if PLAIN_NAME.fullmatch(str(value)) else quoted(str(value))
