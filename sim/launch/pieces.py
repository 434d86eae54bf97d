"""Arguments as every shell hands them on: how one is typed, and what is said of one that came in pieces.

Double quotes around the whole of it, single ones inside: cmd knows no single quotes and hands them on, PowerShell cuts
at commas what is not quoted, and every shell cuts at spaces.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Container, Sequence

WHOLE = re.compile(r"'([^']+)'|\"([^\"]+)\"")
"""An argument with the quotes still around it, as cmd hands single ones on. No key, option or file begins with one."""
NUMBERS = re.compile(r"[-+.\d,\s]+")
PLAIN = re.compile(r"[\w@%+=:./~-]+", re.ASCII)
"""What every shell hands on as it is."""
EXPANDED = re.compile(r"[$`\"\\!]")
"""What a POSIX shell changes inside double quotes."""
LONGEST_SHOWN = 80


def without_quotes(argument: str) -> str:
    """Return an argument without the quotes that a shell left around the whole of it."""
    whole = WHOLE.fullmatch(argument)
    return (whole[1] or whole[2]) if whole else argument


def typed(words: Sequence[str], windows: bool = os.name == "nt") -> str:
    """Return words as a line to type: in double quotes, which every shell knows, where a word needs any."""
    return " ".join(_typed(word, windows) for word in words)


def _typed(word: str, windows: bool) -> str:
    if PLAIN.fullmatch(word):
        return word
    if '"' in word and "'" not in word:
        word = word.replace('"', "'")  # the same to whoever reads it here, and no shell loses it
    return f'"{word}"' if windows or not EXPANDED.search(word) else shlex.quote(word)


def in_pieces(overrides: Sequence[str], groups: Container[str]) -> str | None:
    """Return the refusal of the first override that came in pieces; putting them together would be a guess.

    A piece is what has no `=` and follows something that has one; only `~KEY`, which takes a key away, needs none. What
    is shown to write has commas between numbers and between options of one of the groups, else spaces.
    """
    for at in range(1, len(overrides)):
        if _is_whole(overrides[at]) or _is_piece(overrides[at - 1]):
            continue
        end = next((to for to in range(at, len(overrides)) if _is_whole(overrides[to])), len(overrides))
        pieces = overrides[at - 1 : end]
        key, _, value = pieces[0].partition("=")
        several = key in groups or NUMBERS.fullmatch(" ".join([value, *pieces[1:]]))
        between = "," if several and not value.endswith(",") else " "
        meant = between.join(pieces).strip("'\"").replace('"', "'")
        return (
            f"command line: got {_short(' '.join(pieces))} in {len(pieces)} pieces, as shells cut at spaces and "
            f'PowerShell at commas; put double quotes around the whole: "{_short(meant)}"'
        )
    return None


def _is_whole(override: str) -> bool:
    return "=" in override or override.startswith("~")


def _is_piece(override: str) -> bool:
    return not _is_whole(override)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 4]} ..."
