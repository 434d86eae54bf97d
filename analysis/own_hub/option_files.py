"""Files of options as YAML, each value with the cell of the workbook that it came from behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

OPTION = "my_hub"
"""What the options of a workbook are called: `scenario=my_hub`."""
OURS = "default"
"""Said of a value that no cell gives."""
MADE = "# Made by hub import"
"""Begins every file that may be written anew."""


class Told(NamedTuple):
    """A value, and where it came from."""

    value: Any
    source: str


class TakenValue(NamedTuple):
    """One value of a file of options, by its key, and where it came from."""

    key: str
    value: Any
    source: str


class Option(NamedTuple):
    """A file of options."""

    path: str
    """Within the folder of the user's options."""
    text: str
    cells: dict[int, str]
    """The cell that a line of it came from, by the number of the line."""
    taken: list[TakenValue]
    """Every value with a source, in the order of the file."""
    file: str = ""
    """The workbook that it was made of."""
    headings: Mapping[str, str] = {}
    """Cells of headings on the sheet of job plans, by activity and modality."""


def write_options(folder: Path, options: Sequence[Option]) -> None:
    """Write files of options into a folder that is there."""
    for option in options:
        target = folder / option.path
        target.parent.mkdir(exist_ok=True)
        target.write_text(option.text, encoding="utf-8")


def written(part: str, tree: Mapping[str, Any], file: str, name: str = OPTION, heading: str = "") -> Option:
    """Write a tree as YAML with where each value came from behind it."""
    ours = f"{MADE} from {file}; a cell behind a value is where it came from. Change the workbook, not this."
    lines = [heading or ours]
    cells: dict[int, str] = {}
    for text, source in _lines(tree, 0):
        short = source.removeprefix(f"{file}, ")
        lines.append(f"{text} # {short}" if source else text)
        if source.startswith(file):
            cells[len(lines)] = source.partition(":")[0]
    taken = [TakenValue(key, value, source.removeprefix(f"{file}, ")) for key, value, source in _taken(tree, "")]
    return Option(f"{part}/{name}.yaml", "\n".join(lines) + "\n", cells, taken, file)


def _taken(tree: Any, key: str) -> Iterator[TakenValue]:
    if isinstance(tree, Told):
        yield TakenValue(key, *tree)
    elif isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from _taken(value, f"{key}.{name}" if key else str(name))
    elif isinstance(tree, list):
        for value in tree:
            yield from _taken(value, key)


def _lines(tree: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    indent = "  " * depth
    for key, value in tree.items():
        name = f"{indent}{json.dumps(str(key)) if not re.fullmatch(r'[a-z_]+', str(key)) else key}:"
        if isinstance(value, Told):
            yield f"{name} {_scalar(value.value)}", value.source
        elif isinstance(value, Mapping) and value:
            yield name, ""
            yield from _lines(value, depth + 1)
        elif isinstance(value, list) and any(isinstance(each, Told | Mapping) for each in value):
            yield name, ""
            for each in value:
                if isinstance(each, Told):
                    yield f"{indent}  - {_scalar(each.value)}", each.source
                else:
                    [(one, option)] = each.items()
                    yield f"{indent}  - {one}: {option}", ""
        else:
            yield f"{name} {_scalar(value)}", ""


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def tidy(number: float) -> float:
    """Return a number that was worked out without the digits of its last rounding."""
    return float(f"{number:.10g}")
