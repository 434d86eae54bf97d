"""The cells of a sweep: listed in a design, told apart by names and levers, and blamed for a refusal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from sim.composed import Place
from sim.errors import ConfigProblem, given, meant_number
from sim.launch.decisions import UNSAID, OwnWord
from sim.launch.overrides import COMMAND_LINE_ONLY, NAMED_ALREADY, check_number, decided, expand, meant, parsed
from sim.launch.plan_files import (
    ENDINGS,
    NAME,
    NAME_OF_SCENARIO,
    Design,
    DesignRow,
    name_problem,
    read_plans,
)

NAMES = (NAME, NAME_OF_SCENARIO)
KEY = "run.design"
MOST_BYTES = 5_000_000
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins, new and old."""
NAMED = ", “"
"""Before the name of a plan or a scenario, after the line where it stands."""
MOST_NAMED = 2
"""Plans that are named after the first, where several are refused for the same reason."""


def levers_of(sweep: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Return what differs between cells, by configuration path: of each cell's overrides what not all of them set."""
    parser = OverridesParser.create()
    cells = [{o.key_or_group: _value(o) for o in parser.parse_overrides(list(cell))} for cell in sweep]
    keys = dict.fromkeys(key for cell in cells for key in cell if not key.startswith("hydra"))
    differ = [key for key in keys if any(cell.get(key, cell) != cells[0].get(key, cells[0]) for cell in cells)]
    return [{key: cell[key] for key in differ if key in cell and key not in NAMED_ALREADY} for cell in cells]


def changes_of(overrides: Sequence[str]) -> dict[str, Any]:
    """Return what overrides set, by configuration path; scenario and staffing model apart."""
    return levers_of([[], overrides])[1]


def _value(override: Override) -> Any:
    if override.is_delete():
        return "removed"
    value = override.value()
    return value if isinstance(value, int | float | list | dict) or value is None else str(value)


def places_of(sweep: Sequence[Sequence[str]]) -> list[Place]:
    """Return for each cell what only some cells set, in the user's own words: `scenario=baseline, run.seed=-1`."""
    everywhere = set(sweep[0]).intersection(*sweep)
    return [Place(", ".join(o for o in cell if o not in everywhere)) for cell in sweep]


def blamed(problems: Mapping[str, Sequence[Place]], cells: int) -> list[str]:
    """Return the lines of a refusal, with where in a file each was written, or the cells at fault if they are not all.

    `problems` are its lines with the places of the cells that each is about, `cells` how many there are.
    """
    lines = []
    for line, places in problems.items():
        told = [place.of(line) for place in places]
        all_alike = len(places) == cells and not places[0].in_file
        lines.append(line if all_alike or not told[0] else f"{line} (in {_counted(told)})")
    return lines


def _counted(places: Sequence[str]) -> str:
    """Return the first place, and how many others there are: by name where these are plans, and few."""
    first, *others = dict.fromkeys(places)
    names = [name for place in others if (name := place.partition(NAMED)[2])]
    if len(names) < len(others) or len(others) > MOST_NAMED:
        those = f"{'s' * (len(others) > 1)}" if NAMED in first else f" cell{'s' * (len(others) > 1)}"
        return f"{first} and {len(others)} other{those}"
    return " and ".join(filter(None, [first, ", ".join(f"“{name}" for name in names)]))


class Asked(NamedTuple):
    """What the command line and a design ask for, cell by cell."""

    sweep: list[list[str]]
    """The overrides of each cell."""
    places: list[Place]
    heading: dict[str, str]
    """Where the keys of a design stand."""
    called: list[tuple[str, str]]
    """What the plan and the scenario of each cell are called; empty where nobody says."""
    own_word: OwnWord
    """What the design says of decisions and the world."""


def asked_for(loader: ConfigLoader, overrides: Sequence[str], multirun: bool, unheeded: Mapping[str, str]) -> Asked:
    """Return the cells that the command line asks for, or that a design lists."""
    sweep, found = expand(loader, overrides, multirun, unheeded)
    said = {override.key_or_group: override for override in found}
    design = said.get(KEY)
    if design is None or design.value() is None:
        return Asked(sweep, places_of(sweep), {}, [("", "")] * len(sweep), UNSAID)
    path = at_home(KEY, str(design.value()))
    if not multirun:
        raise ConfigProblem([f"{KEY}: got {path}; add -m to run each of its rows"])
    in_yaml = path.suffix.lower() in ENDINGS
    rows, own_word = read_plans(path, list(said)) if in_yaml else Design(read_design(path, list(said)))
    check_number(len(rows) * len(sweep))
    pairs = [(row, cell) for row in rows for cell in sweep]
    keys = {text.partition("=")[0].lstrip("+~ ") for row in rows for text in row.overrides}
    cells = [[*cell, *row.overrides] for row, cell in pairs]
    heading = {} if in_yaml else dict.fromkeys(keys, f"{path}:1")
    called = [(row.plan, row.scenario) for row, _ in pairs]
    places = [
        Place(
            _stands(path, row.line, row.plan), _stands(path, row.scenario_line, row.scenario), row.set_by_scenario, True
        )
        for row, _ in pairs
    ]
    return Asked(cells, places, heading, called, own_word)


def _stands(path: Path, line: int, name: str) -> str:
    return f"{path}:{line}{f'{NAMED}{name}”' if name else ''}"


def at_home(key: str, path: str) -> Path:
    """Return a path with `~` for the user's home.

    Raises ConfigProblem when there is no such home.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ConfigProblem([f"{key}: got {path}; ~ is nobody's home here: write the whole path"]) from None


def read_design(path: Path, taken: Sequence[str]) -> list[DesignRow]:
    """Return the rows of a design; an empty cell leaves its key as it is.

    Keys that the command line sets are `taken`. Raises ConfigProblem with every problem of the file, by line.
    """
    try:
        reader = csv.reader(io.StringIO(_text(path), newline=""))
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise ConfigProblem([f"{path}:{reader.line_num}: {error}; save it as CSV, with commas"]) from None
    if len(rows) < 2:  # noqa: PLR2004 - a heading and a row
        raise ConfigProblem([f"{KEY}: got {path}; it needs a heading of keys and a row for each cell"])
    (_, keys), *rows = rows
    problems = [f"{path}:1: {key or 'a column'}: {fault}" for key in keys if (fault := _fault(key, keys, taken))]
    for line, values in rows:
        if len(values) != len(keys):
            problems.append(f"{path}:{line}: got {len(values)} values; the heading has {len(keys)} keys")
    if problems:
        raise ConfigProblem(problems)
    found = []
    for line, values in rows:
        row = dict(zip(keys, values, strict=True))
        names = {column: row.pop(column) for column in NAMES if column in row}
        problems += [f"{path}:{line}: {of}: {wrong}" for of, name in names.items() if (wrong := name_problem(name))]
        sets = [meant(f"{key}={value}") for key, value in row.items() if value]
        found.append(DesignRow(line, sets, names.get(NAME, ""), names.get(NAME_OF_SCENARIO, "")))
    if problems:
        raise ConfigProblem(problems)
    if problems := [f"{path}:{row.line}: {problem}" for row in found for problem in _problems(row.overrides)]:
        raise ConfigProblem(problems)
    return found


def of_heading(line: str, heading: Mapping[str, str]) -> str:
    """Return a refusal as one of the heading, where it is about a key that heads a column and that there is not.

    `heading` is the file and line of each key.
    """
    slip = re.fullmatch(r"(\S+): got .*; (there is no such key.*)", line, re.DOTALL)
    return f"{heading[slip[1]]}: {slip[1]}: {slip[2]}" if slip and slip[1] in heading else line


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise ConfigProblem([f"{KEY}: got {path}; it is not a file: give a CSV with a column for each key"])
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "there is no such file"
        raise ConfigProblem([f"{KEY}: got {path}; {reason}: give a CSV with a column for each key"]) from None
    if raw.startswith(WORKBOOKS):
        raise ConfigProblem([f"{KEY}: got {path}, which is a workbook; save its sheet as CSV UTF-8 and give that"])
    if len(raw) > MOST_BYTES:
        raise ConfigProblem([f"{KEY}: got {path} of more than {MOST_BYTES:,} bytes; list fewer cells at a time"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigProblem([f"{path}:{line}: it is not CSV text in UTF-8; save it as CSV UTF-8"]) from None


def _problems(overrides: Sequence[str]) -> list[str]:
    """Say which values of a row cannot be read, or are several at once."""
    try:
        found = parsed(overrides)
    except ConfigProblem as problem:
        return problem.lines
    ours = [each for override in found for each in decided({override.key_or_group: override.value()})]
    if ours:
        return [f"{key}: got {value}; {remedy}" for key, value, remedy in ours]
    several = [override.input_line for override in found if override.is_sweep_override()]
    return [_one_value(text or "") for text in several]


def _one_value(text: str) -> str:
    number = meant_number(given(text))
    return f"got {text}; write {number or 'one value'}, or a list as [a,b]"


def _fault(key: str, keys: Sequence[str], taken: Sequence[str]) -> str | None:
    if not key:
        return "has no heading; write the key that it sets"
    if keys.count(key) > 1:
        return "appears in the heading twice; keep one"
    if ";" in key or "\t" in key:
        return "separate columns with commas"
    if (plain := key.lstrip("+~ ")) in taken:
        return "is on the command line too; set it in one place"
    if plain.split("@")[0].replace("/", ".").split(".")[0] == "hydra":
        return "cannot be set by a design; leave the column out"
    if plain in {f"run.{name}" for name in COMMAND_LINE_ONLY}:
        return "only the command line sets it: leave the column out"
    return None
