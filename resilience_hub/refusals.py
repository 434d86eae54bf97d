"""Refusals in the words of Python: what is wrong is named as its user wrote it, a keyword and no option of a command.

A refusal names its subject at the beginning of a line, as the command line writes it: a key or an option. Whoever calls
from Python wrote a keyword for either; this is the one place where one is put for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from sim.errors import HubError

ARGUMENTS = {
    "--config-dir": "folder",
    "--out": "folder",
    "--baseline": "baseline",
    "--stage": "stage",
    "--delta": "delta_points",
    "SWEEP": "plans",
}
"""What the command line calls something, and the argument here that gives it."""
REMEDIES = {
    "add -m to run each": "give each value to a plan of compare()",
    "hub --cfg job shows them all": "load().checked holds them all",
    "hub run --help lists the options": "options() lists them",
    "hub run --help lists the keys": "load().checked holds them",
    "give --delta": "give delta_points",
}
"""What to do on the command line, and what instead here."""


@contextmanager
def in_python(texts: Iterable[object] = (), given: Mapping[str, str] | None = None, group: str = "") -> Iterator[None]:
    """Word what is refused within in the words of Python.

    `texts` are changes that the user wrote as the command line does, `given` the keys that arguments with other names
    have given; `group` is that of keys which need not name it here.
    """
    try:
        yield
    except HubError as problem:
        keys = {str(text).partition("=")[0].strip() for text in texts}
        problem.lines = [_worded(line, keys, given or {}, group) for line in problem.lines]
        raise


def remedied(text: str) -> str:
    """Return a text that advises what to do here in place of what to do on the command line."""
    for there, here in REMEDIES.items():
        text = text.replace(there, here)
    return text


def _worded(line: str, as_text: set[str], given: Mapping[str, str], group: str) -> str:
    def keyword(key: str) -> str:
        return given.get(key) or _keyword(key).removeprefix(f"{group}__")

    subject, colon, rest = line.partition(": ")
    complaint, semicolon, remedy = rest.partition("; ")
    if not semicolon:
        complaint, remedy = "", complaint
    remedy = remedied(remedy)
    if not any(f"{subject}.".startswith(f"{key}.") for key in as_text):
        subject = ARGUMENTS.get(subject) or keyword(subject)
        remedy = _any_key().sub(lambda found: keyword(found[0]), remedy)
    return f"{subject}{colon}{complaint}{semicolon}{remedy}"


def _keyword(key: str) -> str:
    """Return the keyword for a key; the key itself where it can be none."""
    keyword = key.replace(".", "__")
    return keyword if keyword.isidentifier() else key


@cache
def _any_key() -> re.Pattern[str]:
    """Return what finds a key of the configuration in a sentence.

    One after a plus is left alone: it can only be given as a text.
    """
    from sim.config import HubConfig

    groups = "|".join([*HubConfig.model_fields, "target", "more_targets", "sizing"])
    return re.compile(rf"(?<![\w.+=/-])(?:{groups})(?:\.\w+)+(?![\w.]*[/:])")
