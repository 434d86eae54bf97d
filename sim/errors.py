"""What a user can mend, told in a line or a few without a traceback."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import category

KEY_SIGNS = "_.-/@$+~[]"
"""What a key of the configuration may hold beside letters and digits."""

NAMES_ARE_FREE = (
    "incident", "exposed", "persons", "changes", "staff_groups", "modalities", "roles", "lines", "job_plan",
    "first_step", "uptake_per_person_year", "supported_share",
)  # fmt: skip
"""Parts of a configuration whose entries have names of the user's own."""


MOVED = {
    "staffing.funding_cut": "changes.NAME={kind: funding, from_day: DATE, funded_share: 0.75}",
    "staffing.recruitment.freeze": "changes.NAME={kind: freeze, from_day: DATE, to_day: DATE}",
    "demand.campaigns": "changes.NAME={kind: campaign, from_day: DATE, to_day: DATE, target: ...}",
    "demand.waves": "changes.NAME={kind: wave, from_day: DATE, to_day: DATE, uptake_multiplier: 1.5}",
}
"""Keys of earlier versions, each with what is written in its place."""


THOUSANDS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(,\d{3})+(?![\w.,])")
"""A number that is written as 75,000."""
SLIPS = (re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?"), re.compile(r"[-+]?\d+,\d+"))
"""A number with commas between its thousands, and one with a decimal comma."""
LONGEST_LINE = 300
"""Of a refusal in characters, whatever was given: what is longer loses its middle."""
MOST_LINES = 20
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says when the disk is full."""
_ENDS = 120
"""Characters kept at the end of a line that is cut: they say the remedy."""


def one_line(text: str) -> str:
    """Return a text that fits on one line of any terminal: no control characters, and not too long."""
    if not text.isprintable():
        text = "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode()
            for sign in text[:LONGEST_LINE] + text[LONGEST_LINE:][-LONGEST_LINE:]
        )
    if len(text) <= LONGEST_LINE:
        return text
    return f"{text[: LONGEST_LINE - _ENDS - 5]} ... {text[-_ENDS:]}"


class HubError(Exception):
    """Something that a user can mend; its text is fit for the terminal, in one line or a few.

    A line names its subject first, as the command line calls it: a key, an option or a file. `resilience_hub` puts its
    own words in place of those.
    """

    status = 2
    """With which a command ends on it: the input was refused."""

    def __init__(self, text: str) -> None:
        self.lines = list(map(one_line, text.split("\n")))
        super().__init__("\n".join(self.lines))

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the refusal, not where in our own code it was noticed."""
        return self.lines


class KilledWorkers(HubError):
    """A replication that took its process with it, more than once."""

    status = 1


class Outage(HubError):
    """What simulates for everybody is gone; no other replication would fare better."""

    status = 1


class ConfigProblem(HubError):
    """A configuration that is refused before anything runs.

    One line a problem: `path: got VALUE; what would be right`.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(dict.fromkeys(map(one_line, lines)))
        if len(self.lines) > MOST_LINES:
            self.lines[MOST_LINES:] = [f"... and {len(self.lines) - MOST_LINES} more problems"]
        Exception.__init__(self, self.lines)  # as given, so that it survives pickling between processes


def unfit(text: str, but_for: str = "\t") -> str | None:
    """Say what keeps a text from being written to a file or shown on a terminal, if anything does.

    `but_for` are control characters that are meant all the same.
    """
    kinds = {category(sign) for sign in text if sign not in but_for} if not text.isprintable() else set()
    if "Cs" in kinds:
        return "it is not text in UTF-8: write it again"
    return "take the control characters out" if "Cc" in kinds else None


def given(override: str | None) -> str:
    """Return what an override gives: the part after its `=`."""
    _, equals, value = (override or "").partition("=")
    return (value or "nothing") if equals else str(override)


def unreadable(override: str, groups: Mapping[str, Sequence[str]] | None = None) -> str:
    """Word the refusal of an override that does not parse.

    `groups` are the options of each group, for somebody who named an option alone.
    """
    key, equals, value = override.partition("=")
    if not key.strip():
        return nameless(override)
    if not equals:
        meant = [group for group, options in (groups or {}).items() if key in options]
        return f"{key}: got no value; write {meant[0]}={key}" if meant else f"{key}: got no value; write {key}=VALUE"
    if not all(letter.isascii() and (letter.isalnum() or letter in KEY_SIGNS) for letter in key):
        return f"{key}: got {value}; there is no such key: hub --cfg job shows them all"
    if value.endswith(";"):
        return f"{key}: got {value}; take the ; off the end"
    if thousands := THOUSANDS.search(value):
        return f"{key}: got {value}; leave the comma out of numbers: {thousands[0].replace(',', '')}"
    if number := meant_number(value):
        return f"{key}: got {value}; write {number}"
    return f"{key}: got {value}; put text with spaces or symbols in quotes, as \"{key}='a b'\""


def meant_number(text: str) -> str | None:
    """Return the number that somebody meant by 75,000 or 0,5 or £5 or 1.2; where a text is a slip of that kind."""
    bare = text.strip().rstrip("; ").lstrip("£$€ ")
    if SLIPS[0].fullmatch(bare):
        bare = bare.replace(",", "")
    elif SLIPS[1].fullmatch(bare):
        bare = bare.replace(",", ".")
    return bare if re.fullmatch(r"[-+]?\d+(\.\d+)?", bare) and bare != text else None


def in_plain_digits(number: str) -> str:
    """Say how to write a number that is not in plain digits, such as 0120, 1_200 or 0x1F."""
    digits = number.replace("_", "")
    sign, rest = digits[: digits[:1] in "-+"], digits.lstrip("-+")
    if re.fullmatch(r"0(x[0-9a-f]+|b[01]+|o[0-7]+)", rest, re.IGNORECASE):
        return f"write it in plain digits: {int(digits, 0)}"
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?", rest, re.IGNORECASE):
        return f"write {sign}{re.sub('^0+(?=[0-9])', '', rest)}"
    return "write it in plain digits, as 120, or in quotes if it is text"


def nameless(override: str) -> str:
    """Word the refusal of an override without a key."""
    return f"command line: got {override!r}; write KEY=VALUE, hub run --help lists the keys"


def nearest(name: str, known: Sequence[str]) -> str:
    """Suggest the known name that is closest to `name`, or list them all."""
    close = closest(name, known)
    return f"did you mean {close}?" if close else f"choose from {', '.join(known)}"


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, capitals apart, if any is."""
    by_lower = {each.lower(): each for each in known}
    alike = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[alike[0]] if alike else None


def moved(key: str) -> str | None:
    """Say what is written in place of a key of an earlier version, if it was one."""
    found = next((instead for old, instead in MOVED.items() if f"{key}.".startswith(f"{old}.")), None)
    return f"it is a dated change now: write {found}" if found else None


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
