"""References from one value of a configuration to another, `${run.seed}`: one step, and never a chain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from omegaconf import Container, OmegaConf

REFERENCE = re.compile(r"\$\{([\w.-]+)\}")
Path = tuple[str, ...]


def chained(config: Container) -> Iterator[str]:
    """Yield a refusal of each value that refers to one that refers on: a few of those can stand for billions."""
    raw = OmegaConf.to_container(config, resolve=False)
    for path, text in _referring(raw, ()):
        key = ".".join(path)
        for to in REFERENCE.findall(text):
            if next(_referring(_at(raw, path, to), ()), None):
                yield f"{key}: got {text}; {to} refers on to others itself: write its value here"
        if "${" in REFERENCE.sub("", text):
            yield f"{key}: got {text}; refer to one value by its name, as ${{run.seed}}"


def _referring(node: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """List the texts below a node that refer to other values, by path."""
    if isinstance(node, str) and "${" in node:
        yield path, node
    for name, child in _entries(node):
        yield from _referring(child, (*path, name))


def _entries(node: Any) -> Iterator[tuple[str, Any]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return ((str(name), child) for name, child in pairs)


def _at(root: Any, path: Path, to: str) -> Any:
    """Return what a reference at `path` points at, none if there is nothing; each leading dot is a step up."""
    up = len(to) - len(to.lstrip("."))
    steps = (*(path[:-up] if up else ()), *filter(None, to.split(".")))
    node = root
    for step in steps:
        node = next((child for name, child in _entries(node) if name == step), None)
    return node
