"""Pydantic's findings as plain lines: the path, what was given, what would be right, and where it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import shorten
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.composed import Composed, Places
from sim.config.changes import KINDS, AnyChange
from sim.config.kinds import Refused
from sim.errors import closest, in_plain_digits, meant_number, moved, nearest

MOST_LINES = 5
LONGEST_VALUE, LONGEST_LIST = 60, 160
MOST_BITS = 1024
NO_KIND = ("union_tag_not_found", "union_tag_invalid")
PERCENT = 100
PROPORTIONS = ("share", "growth_per_year")


def lines_of(error: ValidationError, root: type[BaseModel], container: Mapping[str, Any] | None = None) -> list[str]:
    """Return one line a problem, at most five and a count of the rest.

    What was checked (`container`) tells by its neighbours what a misspelt name was meant to be; a composed one knows
    the file and line of each value.
    """
    places = container.places if isinstance(container, Composed) else Places()
    findings = error.errors(include_url=False)
    meant = _misspelt(findings, root, container or {})
    lines: dict[str, None] = {}
    for finding in findings:
        path = _path(finding)
        line = next((line for name, line in meant.items() if path[: len(name)] == name), None) or (_line(finding, root))
        place = places.of(path)
        lines[f"{line} ({place})" if place and line not in meant.values() else line] = None
    shown = list(lines)[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(f"... and {len(lines) - MOST_LINES} more problems")
    return shown


def _path(finding: Any) -> tuple[str, ...]:
    """Return the steps to the value that a finding is about, as somebody wrote them."""
    error = finding.get("ctx", {}).get("error")
    below = error.key.split(".") if isinstance(error, Refused) and error.key else []
    below += ["kind"] * (finding["type"] in NO_KIND)
    return (*_written([str(step) for step in finding["loc"] if step != "[key]"]), *below)


def _written(steps: list[str]) -> list[str]:
    """Leave out the kind of a dated change, which pydantic counts as a step of the path: changes.NAME.KIND.key."""
    return steps[:2] + steps[3:] if steps[:1] == ["changes"] else steps


def _misspelt(findings: list[Any], root: type[BaseModel], container: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """Find entries of a user's own name that lack much and are called nearly as a neighbour: a slip, not a new one."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    meant: dict[tuple[str, ...], str] = {}
    for path in (_path(finding) for finding in findings if finding["type"] == "missing"):
        part: Any = root
        beside: Any = container
        for length, step in enumerate(path):
            named_freely = get_origin(part) is dict
            others = [str(name) for name in beside if str(name) != step] if isinstance(beside, Mapping) else []
            if named_freely and (neighbour := closest(step, others)):
                entry = path[: length + 1]
                lacking.setdefault(entry, []).append(".".join(path[length + 1 :]))
                meant[entry] = neighbour
                break
            part, beside = _below(part, step), beside.get(step) if isinstance(beside, Mapping) else None
    places = container.places if isinstance(container, Composed) else Places()
    return {
        entry: f"{'.'.join(entry)}: has no {shorten(', '.join(keys), LONGEST_VALUE, placeholder=' and more')}; "
        f"did you mean {meant[entry]}?" + (f" ({place})" if (place := places.of(entry)) else "")
        for entry, keys in lacking.items()
    }


def _line(finding: Any, root: type[BaseModel]) -> str:
    location = [
        str(step).encode("unicode_escape").decode()[:LONGEST_VALUE] for step in finding["loc"] if step != "[key]"
    ]
    path = ".".join(_written(location)) or "configuration"
    kind, given, context = finding["type"], finding["input"], finding.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{path}: got {_shown(given)}; {moved(path) or f'there is no such key: {_nearest(location, root)}'}"
    if kind == "missing":
        return f"{path}: missing; give it a value"
    if kind in NO_KIND:
        named = given.get("kind") if isinstance(given, Mapping) else None
        what = f"got {_shown(named)}" if kind == NO_KIND[1] else "missing"
        return f"{path}.kind: {what}; {nearest(str(named), list(KINDS))}"
    if kind == "value_error":
        error = context.get("error", finding["msg"])
        if isinstance(error, Refused):
            return f"{'.'.join(filter(None, (path, error.key)))}: {error}"
        return f"{path}: {error}" if isinstance(given, dict | list) else f"{path}: got {_shown(given)}; {error}"
    remedy = _remedy(kind, path, context, finding["msg"])
    number = _as_number(given) if kind in ("float_type", "int_type", "bool_type") else ""
    return f"{path}: got {_shown(given)}; {remedy}{number or _as_proportion(path, given, context)}"


def _as_number(given: Any) -> str:
    """Say how a number, or true or false, is written that came as text: 1,000 or '5' or 0120."""
    if not isinstance(given, str) or len(given) > LONGEST_VALUE:
        return ""
    if number := meant_number(given):
        return f": write {number}"
    if re.fullmatch(r"[-+]?(0|[1-9]\d*)(\.\d+)?|true|false", given):
        return ": take the quotes off"
    return f": {in_plain_digits(given)}" if re.fullmatch(r"[-+]?[\d_]*\d[\d_]*(\.\d+)?", given) else ""


def _as_proportion(path: str, given: Any, context: dict[str, Any]) -> str:
    """Say how a percentage is written, where one was given for a share: 80 or `80%` for 0.8."""
    number = given
    if isinstance(given, str):
        digits = given.removesuffix("%").strip()
        number = float(digits) if given != digits and digits.replace(".", "", 1).isdecimal() else None
    elif not any(word in path for word in PROPORTIONS) or not {"le", "lt"} & context.keys():
        return ""
    least = 0 if isinstance(given, str) else 2  # 1.2 may be many slips
    is_percentage = isinstance(number, int | float) and least <= number <= PERCENT
    return f": {number:g} % is written {number / PERCENT:g}" if is_percentage else ""


REMEDIES = {
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "literal_error": "must be {expected}",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must not be empty",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "finite_number": "must be a finite number",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "date_from_datetime_parsing": "must be a date written YYYY-MM-DD",
    "date_type": "must be a date written YYYY-MM-DD",
}
"""What would be right, by what pydantic found; any other finding is told in its own words."""


def _remedy(kind: str, path: str, context: dict[str, Any], message: str) -> str:
    if kind.startswith("int") and path.endswith("day"):
        return "must be a date, as 2022-04-01, or a whole number of days from run.start_date"
    return REMEDIES[kind].format(**context) if kind in REMEDIES else message[0].lower() + message[1:]


def _shown(value: Any) -> str:
    huge = isinstance(value, int) and value.bit_length() > MOST_BITS
    text = "a number of very many digits" if huge else repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _nearest(location: list[str], root: type[BaseModel]) -> str:
    *parents, key = location
    part: Any = root
    for step in parents:
        part = _below(part, step)
        if part is None:
            return "remove it"
    known = list(part.model_fields) if isinstance(part, type) and issubclass(part, BaseModel) else []
    close = closest(key, known)
    if close:
        return f"did you mean {'.'.join(_written([*parents, close]))}?"
    return f"the keys here are {shorten(', '.join(known), LONGEST_LIST, placeholder=' and more')}"


def _given(annotation: Any) -> Any:
    """Return what an optional field holds when it is given."""
    optional = type(None) in get_args(annotation)
    return next(a for a in get_args(annotation) if a is not type(None)) if optional else annotation


def _below(part: Any, step: str) -> Any:
    """Return the type that lies under `step`: a field of a model, or the value type of a mapping."""
    if isinstance(part, type) and issubclass(part, BaseModel):
        field = part.model_fields.get(step)
        return None if field is None else _given(field.annotation)
    if part is AnyChange:
        return KINDS.get(step)
    arguments = [argument for argument in get_args(part) if argument is not type(None)]
    return arguments[-1] if arguments else None
