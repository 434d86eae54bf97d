"""Listed designs: a CSV whose columns are configuration keys and whose every row is a cell of a sweep."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import ConfigProblem, given, meant_number
from sim.launch.command_line_only import NAMES, PART, decided
from sim.launch.overrides import meant, parsed

KEY = "run.design"
MOST_BYTES = 5_000_000
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins, new and old."""


class Row(NamedTuple):
    """One row of a design: its line in the file, and what it sets, as on the command line."""

    line: int
    overrides: list[str]


def read_design(path: Path, taken: Sequence[str]) -> list[Row]:
    """Return the rows of a design; an empty cell leaves its key as it is.

    Parameters
    ----------
    taken
        Keys that the command line sets already.

    Raises
    ------
    ConfigProblem
        With every problem of the file, by line.
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
    found = [
        Row(line, [meant(f"{key}={value}") for key, value in zip(keys, values, strict=True) if value])
        for line, values in rows
    ]
    if problems := [f"{path}:{row.line}: {problem}" for row in found for problem in _problems(row.overrides)]:
        raise ConfigProblem(problems)
    return found


def of_heading(line: str, heading: Mapping[str, str]) -> str:
    """Return a refusal as one of the heading, where it is about a key that heads a column and that there is not.

    Parameters
    ----------
    heading
        The file and line of each key.
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
        return "stands in the heading twice; keep one"
    if ";" in key or "\t" in key:
        return "separate columns with commas"
    if (plain := key.lstrip("+~ ")) in taken:
        return "is on the command line too; set it in one place"
    if plain.split("@")[0].replace("/", ".").split(".")[0] == "hydra":
        return "cannot be set by a design; leave the column out"
    if plain in {f"{PART}.{name}" for name in NAMES}:
        return "only the command line sets it: leave the column out"
    return None
