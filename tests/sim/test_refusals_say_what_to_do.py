"""Every refusal in the source names what it is about and says what to do. File and line: test_messages.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = {"HubError", "ConfigProblem"}
NAMED = re.compile(r"(?:[^\s:]|\{\})[^:]{0,60}(?::(?:\{\}|\d+))?[:,] ")
"""A key, an option, a file or a line of it, and then what is wrong there."""
REMEDY = re.compile(r"[;:] \S|\bmust\b|\bor\b|^\{\}$|, (?:which holds )?\{\}$")
VALUE = re.compile(
    r": got \S|, (?:which|whose) |: (?:there is no such|empty|no |nobody|holds |(?:it )?is |was not made )"
)
"""What was given, or in its place that nothing was, or what is wrong with the very file that is named."""
TOLD_BELOW = re.compile(r"\{\}(?::(?:\{\}|\d+))?: \{\}")
"""What is wrong is worded elsewhere: by whoever found it."""
FOUND_NOT_GIVEN = {
    "{}: another command wrote its results there meanwhile; the new ones are in {}",
    "hydra-core: not installed for {}; run make run once, then .venv/bin/hub",
    "{}, sheet Months: {}",
    "{}: {}, or copy your values into a new one (hub new)",
    "hub fit: {}: fill in more months, or give a later --until",
}
"""Nobody gave a value that is wrong."""
PAGE = ROOT / "analysis" / "app"
"""A visitor is answered beside the very control or upload that was wrong, which therefore needs no name."""


def refusals(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Return each refusal that is written out where it is raised, and its place; {} stands for what is put in."""
    for room in ("sim", "analysis", "resilience_hub"):
        for path in sorted((root / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) in REFUSALS:
                    for argument in node.args:
                        lines = argument.elts if isinstance(argument, ast.List) else [argument]
                        for text in filter(None, map(_text, lines)):
                            yield f"{path.relative_to(root)}:{node.lineno}", text


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _says_what_to_do(text: str) -> bool:
    named = NAMED.match(text)
    rest = text[named.end() :] if named else text
    return bool(REMEDY.search(rest))


@cache
def found() -> list[tuple[str, str]]:
    """Return the refusals of the project."""
    return list(refusals())


def test_every_refusal_names_what_it_is_about() -> None:
    page = PAGE.relative_to(ROOT).as_posix()
    assert [one for one in found() if not one[0].startswith(page) and not NAMED.match(one[1])] == []


def test_every_refusal_says_what_to_do() -> None:
    assert len(found()) > 150  # else they are written in another way than is looked for here
    assert [one for one in found() if not _says_what_to_do(one[1])] == []


def test_every_refusal_gives_the_value() -> None:
    page = PAGE.relative_to(ROOT).as_posix()
    elsewhere = [one for one in found() if not one[0].startswith(page) and one[1] not in FOUND_NOT_GIVEN]
    assert [one for one in elsewhere if not VALUE.search(one[1]) and not TOLD_BELOW.match(one[1])] == []


@pytest.mark.parametrize("text", ["{}: there is no such file", "run.seed: got {}", "{}: holds a run already"])
def test_a_line_that_only_complains_is_not_enough(text: str) -> None:
    assert not _says_what_to_do(text)
