"""What a visitor brings: a Hub's own figures and its referrals, checked at the door and kept for the session only."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from analysis.app.levers import Lever, Value
from analysis.app.limits import LIMITS, Limits
from analysis.app.view import View
from sim.cohort.referrals import OPTIONAL, REQUIRED
from sim.errors import ConfigProblem, nearest
from sim.results import write_whole

FIGURE, VALUE = "figure", "value"
TOLD = ("what", "unit", "evidence")
"""Columns of the template that are for people and not read."""
IDENTIFIER = re.compile(
    r"(^|_)(nhs_?(no|num\w*)|names?|surname|forename|dob|(date_of_)?birth\w*|address|post_?code|e?-?mail|phone|mobile"
    r"|telephone|ni_?number|national_insurance\w*|patient\w*|client\w*|person\w*|id|identifier|hospital_?number|mrn)($|_)"
)
MOST_LINES = 10
EXAMPLE = (
    ("2021-04-06", "nhs_hospital_community", "women", "white_british", "12", "14", "40", "2", "20"),
    ("2021-04-06T19:30", "care_homes", "", "", "", "", "", "", ""),
)


def figures_template(view: View) -> str:
    """Return a table of every figure that a Hub can give, holding what the page assumes now."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((FIGURE, VALUE, *TOLD))
    for lever in view.levers:
        unit = lever.unit if lever.options is None else "one of: " + ", ".join(str(option) for option in lever.options)
        writer.writerow((lever.name, view.changes.get(lever.name, lever.preset), lever.label, unit, lever.grade))
    return text.getvalue()


def referrals_template() -> str:
    """Return two rows of made-up referrals under the columns that are read."""
    return "\n".join(",".join(row) for row in (REQUIRED + OPTIONAL, *EXAMPLE)) + "\n"


def read_figures(content: bytes, view: View, limits: Limits = LIMITS) -> View:
    """Return the view with a Hub's own figures in place of the preset's.

    Raises
    ------
    ConfigProblem
        When the file is too large, is no table, has a column that may identify people, or a figure is unknown or out
        of bounds; up to ten lines.
    """
    rows = _rows(content, limits)
    header = [name.strip().lower() for name in rows[0]]
    _refuse_identifiers(header)
    if missing := [name for name in (FIGURE, VALUE) if name not in header]:
        raise ConfigProblem([f"line 1: no column {missing[0]!r}; use the template"])
    if strange := [name for name in header if name not in (FIGURE, VALUE, *TOLD)]:
        raise ConfigProblem([f"line 1: column {strange[0][:40]!r} is not used; remove it"])
    given: dict[str, tuple[int, str]] = {}
    problems = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            problems.append(f"line {number}: has {len(row)} cells; the header has {len(header)}")
            continue
        name, value = row[header.index(FIGURE)].strip(), row[header.index(VALUE)].strip()
        if name in given:
            problems.append(f"line {number}: {name[:40]} stands twice; keep one")
        given[name] = (number, value)
    view = _with_figures(view, given, problems)
    if problems:
        raise ConfigProblem(problems[:MOST_LINES])
    return view


def _with_figures(view: View, given: dict[str, tuple[int, str]], problems: list[str]) -> View:
    for name in sorted(given, key=lambda figure: figure != "incident"):  # other figures depend on it
        number, value = given[name]
        known: dict[str, Lever] = {lever.name: lever for lever in view.levers}
        if value == "":
            continue
        if name not in known:
            problems.append(f"line {number}: there is no figure {name[:40]!r}; {nearest(name, list(known))}")
            continue
        try:
            moved: Value = known[name].checked(value)
        except ConfigProblem as problem:
            problems += [f"line {number}: {line}" for line in problem.lines]
            continue
        if moved != view.changes.get(name, known[name].preset):
            view = view.with_change(name, moved)
    return view


def keep_referrals(content: bytes, folder: Path, limits: Limits = LIMITS) -> Path:
    """Keep a table of referrals in the folder of a session and return its path; its rows are checked when it is run.

    Raises
    ------
    ConfigProblem
        When the file is too large, is no table, or has a column that may identify people.
    """
    rows = _rows(content, limits)
    _refuse_identifiers([name.strip().lower() for name in rows[0]])
    path = folder / "referrals.csv"
    write_whole(path, content)
    return path


def _rows(content: bytes, limits: Limits) -> list[list[str]]:
    if len(content) > limits.upload_bytes:
        raise ConfigProblem([f"the file has {len(content):,} bytes; at most {limits.upload_bytes:,} are taken"])
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise ConfigProblem(["the file is not a table of text; save it as CSV (UTF-8)"]) from None
    if not rows:
        raise ConfigProblem(["the file is empty; use the template"])
    return rows


def _refuse_identifiers(header: list[str]) -> None:
    if found := [name for name in header if IDENTIFIER.search(re.sub(r"\W+", "_", name))]:
        raise ConfigProblem(
            [
                f"column {name[:40]!r} may identify people; remove it and upload again: nothing of this file was kept"
                for name in found[:MOST_LINES]
            ]
        )
