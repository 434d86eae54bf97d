"""Words a refusal of the model as one of the workbook: sheet and cell in place of keys of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from analysis.own_hub.option_files import Option
from analysis.own_hub.sheets import CHANGES, GROUPS, HUB, JOB_PLANS, PRICES, SETTINGS
from analysis.tell.wording import key_words, sentence

PLACE = re.compile(r" ?\(?(?P<file>[^\s(]*?(?P<part>[a-z]+)[/\\]my_hub\.yaml):(?P<line>\d+)\)?")
ELSEWHERE = re.compile(r" \([^()]*\.yaml:\d+\)$")
"""A file of ours in which a default stands."""
CELL = re.compile(r"sheet [^:]+?, cell [A-Z]+\d+")
KEY = re.compile(r"(?<![\w.])[a-z_]\w*(\.\w+)*(?![\w.])")
NOBODY = re.compile(r"(nobody gives|no job plan has) (\w+)")
TO_TYPE = {
    "nobody gives": "no role gives it, though the pathway needs it; type yes for a role in this column",
    "no job plan has": "no role has time for it, though the pathway needs it; give a role a share in this column",
}
SHEETS = {"population": GROUPS.title, "demand": GROUPS.title, "staffing": JOB_PLANS.title, "costs": PRICES.title,
          "changes": CHANGES.title}  # fmt: skip
"""Where to look for what no single cell has said."""


def by_cell(line: str, options: Sequence[Option], file: str) -> str:
    """Name the cell that a refused line came from, or the nearest to it; `file` is what the workbook is called."""
    bare = ELSEWHERE.sub("", PLACE.sub("", line)) if PLACE.search(line) else ELSEWHERE.sub("", line)
    key, _, rest = bare.partition(": ")
    cells = dict(_cells(options))
    rest, mentioned = _in_cells(rest, key, {each: where for each, (where, _) in cells.items()})
    if key in cells:
        where, typed = cells[key]
        if key.endswith("day"):  # the model counts days
            rest = re.sub(r"got -?\d+(?=;)", f"got {typed}", rest)
        named = f"{SETTINGS[key].label}: " if key in SETTINGS else ""
        return f"{file}, {where}: {named}{rest}"
    if (match := PLACE.search(line)) and (where := _by_line(match, options)):
        return f"{where}: {rest or bare.strip(' :')}"
    headings = {name: where for option in options for name, where in option.headings.items()}
    if (nobody := NOBODY.match(rest)) and nobody[2] in headings:
        return f"{headings[nobody[2]]}: {TO_TYPE[nobody[1]]}"
    where = next(_near(key, cells), mentioned) or f"sheet {SHEETS.get(key.partition('.')[0], HUB)}"
    return f"{file}, {where}: {sentence(key_words(key))}: {rest}"


def _cells(options: Sequence[Option]) -> Iterator[tuple[str, tuple[str, object]]]:
    """Yield every key that a cell has filled, with that cell and what it comes to."""
    for option in options:
        part = option.path.partition("/")[0]
        for taken in option.taken:
            if match := CELL.search(taken.source):
                yield (taken.key if part == "scenario" else f"{part}.{taken.key}"), (match[0], taken.value)


def _in_cells(rest: str, key: str, cells: Mapping[str, str]) -> tuple[str, str]:
    """Return a text in which other keys are called by their cell, and the first such cell."""
    beside, found = key.rpartition(".")[0], []

    def told(match: re.Match[str]) -> str:
        if match[0].startswith("changes."):
            return next((where for each, where in cells.items() if each.startswith(f"{match[0]}.")), match[0])
        meant = next((each for each in (match[0], f"{beside}.{match[0]}") if each in cells and each != key), None)
        if meant is None or "_" not in meant.rpartition(".")[2]:
            return match[0]
        found.append(cells[meant])
        label = SETTINGS[meant].label if meant in SETTINGS else key_words(meant.rpartition(".")[2])
        return f"{label} ({cells[meant]})"

    return KEY.sub(told, rest), next(iter(found), "")


def _near(key: str, cells: Mapping[str, tuple[str, object]]) -> Iterator[str]:
    """Yield cells below a key, else below what it is part of; a whole part of the configuration is too much."""
    while "." in key:
        yield from (where for each, (where, _) in cells.items() if each.startswith(f"{key}."))
        key = key.rpartition(".")[0]


def _by_line(match: re.Match[str], options: Sequence[Option]) -> str:
    """Return the last cell up to a line of a file of options."""
    cells = {option.path.partition("/")[0]: option.cells for option in options}.get(match["part"], {})
    before = [number for number in cells if number <= int(match["line"])]
    return cells[max(before)] if before else ""
