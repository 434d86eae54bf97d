"""Listed designs: a CSV whose columns are configuration keys and whose every row is a cell of a sweep."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import ConfigProblem

KEY = "run.design"


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
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is not CSV text in UTF-8"
        raise ConfigProblem([f"{KEY}: got {path}; {reason}: give a CSV with a column for each key"]) from None
    if len(rows) < 2:  # noqa: PLR2004 - a heading and a row
        raise ConfigProblem([f"{KEY}: got {path}; it needs a heading of keys and a row for each cell"])
    (_, keys), *rows = rows
    problems = [f"{path}:1: {key or 'a column'}: {fault}" for key in keys if (fault := _fault(key, keys, taken))]
    for line, values in rows:
        if len(values) != len(keys):
            problems.append(f"{path}:{line}: got {len(values)} values; the heading has {len(keys)} keys")
    if problems:
        raise ConfigProblem(dict.fromkeys(problems))
    return [
        Row(line, [f"{key}={value}" for key, value in zip(keys, values, strict=True) if value]) for line, values in rows
    ]


def _fault(key: str, keys: Sequence[str], taken: Sequence[str]) -> str | None:
    if not key:
        return "has no heading; write the key that it sets"
    if keys.count(key) > 1:
        return "stands in the heading twice; keep one"
    if key.lstrip("+~") in taken:
        return "is on the command line too; set it in one place"
    if key == KEY or key.startswith("hydra"):
        return "cannot be set by a design; leave the column out"
    if ";" in key:
        return "separate columns with commas"
    return None
