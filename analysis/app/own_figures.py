"""Your own figures: a Hub's numbers and referrals, checked as they come and kept for the visit only."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analysis.app.identifiers import identifies, looks_like
from analysis.app.levers import GROUPS, Lever, Value
from analysis.app.sidebar import difference
from analysis.app.view import LIMITS, MEGABYTE, QUICK, Limits, View
from analysis.app.visits import house, kept_plans, set_view, view, visit
from analysis.app.widgets import show_problem
from analysis.app.workbook import workbook
from analysis.tell.wording import csv_of_rows, full_date
from sim.config.kinds import InputFile
from sim.config.referrals import OPTIONAL, REQUIRED
from sim.errors import ConfigProblem, HubError, nearest

FIGURE, VALUE = "figure", "value"
TOLD = ("what", "unit", "evidence")
"""Columns of the template that are for people and not read."""
MOST_LINES = 10
EXAMPLE = (
    ("2021-04-06", "nhs_hospital_community", "women", "white_british", "12", "14", "40", "2", "20"),
    ("2021-04-06T19:30", "care_homes", "", "", "", "", "", "", ""),
)


def figures_template(view: View) -> str:
    """Return a table of every figure that a Hub can give, holding what the page assumes now."""
    rows: list[tuple[Value, ...]] = [(FIGURE, VALUE, *TOLD)]
    for lever in view.levers:
        unit = lever.unit if lever.options is None else "one of: " + ", ".join(str(option) for option in lever.options)
        rows.append((lever.name, view.changes.get(lever.name, lever.preset), lever.label, unit, lever.grade))
    return csv_of_rows(rows)


def referrals_template() -> str:
    """Return two rows of made-up referrals under the columns that are read."""
    return csv_of_rows((REQUIRED + OPTIONAL, *EXAMPLE))


def read_figures(content: bytes, view: View, limits: Limits = LIMITS) -> View:
    """Return the view with a Hub's own figures in place of the preset's.

    ConfigProblem, of up to ten lines, where the file is too large, is no table or has a column that may identify
    people, or a figure is unknown or out of bounds.
    """
    rows = _rows(content, limits)
    header = [name.strip().lower() for name in rows[0]]
    _refuse_identifiers(rows)
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
            problems.append(f"line {number}: {name[:40]} appears twice; keep one")
        given[name] = (number, value)
    view = _with_figures(view, given, problems)
    if problems:
        raise ConfigProblem(problems[:MOST_LINES])
    return view


def _with_figures(view: View, given: dict[str, tuple[int, str]], problems: list[str]) -> View:
    for name in sorted(given, key=lambda figure: figure not in GROUPS):  # other figures depend on it
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


def take_referrals(content: bytes, limits: Limits = LIMITS) -> InputFile:
    """Return a table of referrals as a configuration carries it; its rows are checked when it is run.

    Its name is made of what it holds, so that a run or a plan that uses an earlier table goes on with that.
    ConfigProblem where the file is too large, is no table, or has a column that may identify people.
    """
    _refuse_identifiers(_rows(content, limits))
    return InputFile(f"referrals-{hashlib.sha256(content).hexdigest()[:8]}.csv", content)


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


def _refuse_identifiers(rows: list[list[str]]) -> None:
    """Refuse headings that tell of persons, and cells that look like what tells of one, whatever their heading.

    The cells themselves are not repeated in what is said.
    """
    problems = [
        f"column {name[:40]!r} may identify people; remove it and upload again: nothing of this file was kept"
        for name in rows[0]
        if identifies(name)
    ] or [
        f"line {line}: a cell looks like {what}, which may identify somebody; nothing of this file was kept"
        for line, row in enumerate(rows, start=1)
        for what in dict.fromkeys(filter(None, map(looks_like, row)))
    ]
    if problems:
        raise ConfigProblem(problems[:MOST_LINES])


def own_figures() -> None:
    """Show this part of the page."""
    st.title("Your own figures")
    st.markdown(
        "Put your Hub's own numbers in place of the assumptions. Files are read on the machine that runs this page "
        f"and nowhere else; they are removed {LIMITS.absence_seconds // 60} minutes after you close it. **Names, NHS "
        "numbers, dates of birth and anything else that may identify a person are refused.**"
    )
    difference(view())
    workbook()
    for column, show in zip(st.columns(2, gap="large"), (_figures, _referrals), strict=True):
        with column:
            show()


def _figures() -> None:
    now = view()
    st.header("Or a few figures of your Hub")
    st.markdown(
        "WTE by role, uptake, waiting lists, sessions: take the template, write your numbers into the column `value`, "
        "leave empty what you do not know, and upload it."
    )
    said = "Your figures are in use: what they change is named above."
    _upload("figures", figures_template(now), lambda content: read_figures(content, now), said)


def _referrals() -> None:
    now = view()
    st.header("Referrals of your Hub")
    st.markdown(
        "One row for each referral: its date and staff group are needed; gender, ethnicity and the five scores are "
        "used where given and drawn where not. They replace the drawn referrals; incidents are still drawn. "
        f"Dates must lie within the time simulated, which begins on {full_date(now.preset.run.start_date)}."
    )
    if now.referrals is not None and st.button("Forget my referrals"):
        kept_plans()[:] = [plan for plan in kept_plans() if plan.view.referrals != now.referrals]
        set_view(replace(now, referrals=None))
        st.rerun()
    _upload(
        "referrals",
        referrals_template(),
        lambda content: replace(now, referrals=take_referrals(content)),
        "Your referrals are in use. Explore shows what becomes of them.",
    )


def _upload(what: str, template: str, read: Callable[[bytes], View], said: str) -> None:
    """Offer a template, take a file and look at what it describes from then on; each file is read once."""
    st.download_button(
        f"Template for {what} (CSV)", template, f"hub-{what}.csv", "text/csv", on_click="ignore", key=f"template-{what}"
    )
    given = st.file_uploader(
        f"Your {what} (CSV)", type="csv", key=what, max_upload_size=LIMITS.upload_bytes // MEGABYTE
    )
    if told := st.session_state.pop(f"told-{what}", None):
        st.success(told)
    if given is None or st.session_state.get(f"{what}-read") == given.file_id:
        return
    try:
        changed = read(given.getvalue())
        house().config(changed, QUICK, visit())
    except HubError as problem:
        show_problem(problem)
        return
    st.session_state[f"{what}-read"] = given.file_id
    st.session_state[f"told-{what}"] = said
    set_view(changed)
    st.rerun()
