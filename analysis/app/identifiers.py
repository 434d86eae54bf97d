"""What may identify a person in a file that somebody uploads: headings, and how cells look."""

from __future__ import annotations

import re
import unicodedata

IDENTIFIER = re.compile(
    r"nhs(no|nr|num|id|$)|name|initials|dob|birth|born|address|street|post(al)?co|zip|mail|phone|mobile|fax|nino"
    r"|(ni|chi|hospital|staff|payroll|employee|case|badge|record|registration|unit)(no|nr|num)"
    r"|nationalins|passport|patient|client|person|ident|mrn|gmc|nmc|hcpc"
)
"""In the letters and digits of a heading."""
IDENTIFIER_WORDS = {"id", "ids", "ni", "no", "nr", "number", "tel", "age", "gp"}
"""A heading with one of these words is refused too."""
LOOKS_LIKE = (
    ("an e-mail address", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    ("a postcode", re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)),
    ("a National Insurance number", re.compile(r"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", re.IGNORECASE)),
    ("a telephone number", re.compile(r"(\+44|0)[0-9 ]{9,14}")),
)
NHS_NUMBER = re.compile(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}")


def identifies(heading: str) -> bool:
    """Return whether a column under a heading may tell of persons."""
    plain = unicodedata.normalize("NFKD", re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)).lower()
    parts = re.findall(r"[a-z0-9]+", plain)
    return IDENTIFIER.search("".join(parts)) is not None or not IDENTIFIER_WORDS.isdisjoint(parts)


def looks_like(cell: str) -> str:
    """Return what a cell looks like that identifies a person; empty for any other."""
    text = cell.strip()
    if NHS_NUMBER.fullmatch(text) and _nhs_check_digit(re.sub(r"\D", "", text)):
        return "an NHS number"
    return next((what for what, pattern in LOOKS_LIKE if pattern.fullmatch(text)), "")


def _nhs_check_digit(digits: str) -> bool:
    """Return whether the last of ten digits is the check digit of an NHS number (modulus 11)."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == int(digits[9])
