"""Finds words of docs/plain_words.csv in what people read: pages, messages, purposes and comments of conf/, templates.

`python tests/docs/plain_words.py` is part of `make check`. Names in the code are no sentences and are left alone.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "plain_words.csv"
ROOMS = ("analysis", "resilience_hub", "sim")
SILENT = "/sim/service/"
"""Says nothing to anybody: it is compiled, refuses nothing and prints nothing."""
PAGES = ("*.md", "docs/**/*.md", "benchmarks/*.md", ".github/**/*.md")
NO_SENTENCE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)\s]*\)|https?://\S+|\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)
"""Code, addresses and tags. What is taken out leaves its lines, so that those after it keep their numbers."""


class Sentence(NamedTuple):
    """Something that somebody may read, and where it is written."""

    where: str
    line: int
    text: str


@cache
def banned() -> dict[str, str]:
    """Return each word or phrase to avoid, in small letters, and what to say instead."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row["avoid"]: row["say"] for row in csv.DictReader(file)}


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(banned(), key=len, reverse=True)
    return re.compile(
        r"(?<![\w-])(?:" + "|".join(re.escape(p).replace(r"\ ", r"\s+") for p in phrases) + r")(?![\w-])", re.I
    )


def found(text: str) -> list[tuple[int, str]]:
    """Return each banned phrase of a text and the line of the text it is on, from 0."""
    return [(text.count("\n", 0, hit.start()), " ".join(hit[0].lower().split())) for hit in _pattern().finditer(text)]


def sentences(root: Path = ROOT) -> Iterator[Sentence]:
    """Return all that people read in the project at a folder."""
    for pattern in PAGES:
        for path in sorted(root.glob(pattern)):
            yield Sentence(_name(path, root), 1, _prose(path))
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.py") if SILENT not in path.as_posix()):
        yield from (Sentence(_name(path, root), line, text) for line, text in _messages(path))
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.j2")):
        yield Sentence(_name(path, root), 1, _prose(path))
    for path in sorted(path for folder in ("conf", "scenarios") for path in (root / folder).rglob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield Sentence(_name(path, root), number, line)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _prose(path: Path) -> str:
    return NO_SENTENCE.sub(lambda cut: "\n" * cut[0].count("\n") or "§", path.read_text(encoding="utf-8"))


def _messages(path: Path) -> Iterator[tuple[int, str]]:
    """Return texts of a module that hold a space; docstrings only of the package that people import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_users = path.parent.name == "resilience_hub"
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and not for_users:
            inner.add(id(node.value))
        elif isinstance(node, ast.JoinedStr) and id(node) not in inner:
            inner.update(id(part) for part in ast.walk(node) if part is not node)
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values),
            )
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and " " in node.value
            and id(node) not in inner
        ):
            yield node.lineno, node.value


def faults(root: Path = ROOT) -> list[str]:
    """Return a line for each banned phrase: where it is and what to say instead."""
    return [
        f'{where}:{line + down}: "{phrase}": say {banned()[phrase]}'
        for where, line, text in sentences(root)
        for down, phrase in found(text)
    ]


if __name__ == "__main__":
    lines = faults()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(bool(lines))
