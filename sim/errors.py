"""The errors that a user can mend, each told in a line or a few, without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

KEY_SIGNS = "_.-/@$+~[]"
"""What a key of the configuration may hold beside letters and digits."""

NAMES_ARE_FREE = (
    "incident", "exposed", "persons", "campaigns", "waves", "staff_groups", "modalities", "roles", "lines", "job_plan",
    "first_step", "uptake_per_person_year",
)  # fmt: skip
"""Parts of a configuration whose entries have names of the user's own."""


class HubError(Exception):
    """Something that a user can mend; its text is fit for the terminal."""


class ConfigProblem(HubError):
    """A configuration that is refused before anything runs.

    Parameters
    ----------
    lines
        One line a problem: `path: got VALUE; what would be right`.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__(self.lines)  # as given, so that it survives pickling between processes

    def __str__(self) -> str:
        return "\n".join(self.lines)


def given(override: str | None) -> str:
    """Return what an override gives: the part after its `=`."""
    _, equals, value = (override or "").partition("=")
    return (value or "nothing") if equals else str(override)


def unreadable(override: str, groups: Mapping[str, Sequence[str]] | None = None) -> str:
    """Word the refusal of an override that does not parse.

    Parameters
    ----------
    groups
        The options of each group, for somebody who named an option alone.
    """
    key, equals, value = override.partition("=")
    if not key.strip():
        return nameless(override)
    if not equals:
        meant = [group for group, options in (groups or {}).items() if key in options]
        return f"{key}: got no value; write {meant[0]}={key}" if meant else f"{key}: got no value; write {key}=VALUE"
    if not all(letter.isascii() and (letter.isalnum() or letter in KEY_SIGNS) for letter in key):
        return f"{key}: got {value}; there is no such key: hub --cfg job shows them all"
    return f"{key}: got {value}; put text with spaces or symbols in quotes, as '{key}=\"a b\"'"


def nameless(override: str) -> str:
    """Word the refusal of an override without a key."""
    return f"command line: got {override!r}; write KEY=VALUE, hub --help lists the keys"


def nearest(name: str, known: Sequence[str]) -> str:
    """Suggest the known name that is closest to `name`, or list them all."""
    close = closest(name, known)
    return f"did you mean {close}?" if close else f"choose from {', '.join(known)}"


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, capitals apart, if any is."""
    by_lower = {each.lower(): each for each in known}
    alike = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[alike[0]] if alike else None


def nearest_key(key: str, known: Sequence[str]) -> str:
    """Suggest the configuration key that was meant by `key`, or list those beside it."""
    ends_alike = [path for path in known if f".{path}".lower().endswith(f".{key}".lower())]
    parent = max((path for path in known if key.startswith(f"{path}.")), key=len, default="")
    beside = {path.rpartition(".")[2]: path for path in known if path.rpartition(".")[0] == parent}
    misspelt = key.removeprefix(f"{parent}.").partition(".")[0]
    alike = closest(misspelt, beside)
    if meant := (ends_alike[0] if ends_alike else beside[alike] if alike else "" if beside else parent):
        return f"did you mean {meant}?"
    addable = f"; or add it as +{key}=VALUE" if parent.rpartition(".")[2] in NAMES_ARE_FREE else ""
    return f"choose from {', '.join(beside.values())}{addable}"
