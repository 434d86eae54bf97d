"""The levers as a form: presets first, then the dozen things that matter, each with unit and grade of evidence."""

from __future__ import annotations

import datetime
from dataclasses import replace

import streamlit as st

from analysis.app.doors.shown import show_problem
from analysis.app.here import epoch, keep, set_view, view
from analysis.app.levers import SECTIONS, Lever, Value
from analysis.app.view import View, options, purpose
from analysis.tell.wording import sentence, words
from sim.calendar import date_of
from sim.evidence.register import SETTING

SLIDERS = ("referrals", "size", "plan", "sessions", "lead")
"""Levers that are dragged, by the first part of their name; the others are typed or chosen."""


def levers_form() -> View:
    """Show the form and return the view that it describes."""
    now = _presets(view())
    incident, *others = now.levers
    levers = [incident, *others]
    for section in SECTIONS:
        mine = [lever for lever in levers if lever.section == section and _in_use(lever, now)]
        moved = sum(lever in [changed for changed, _ in now.changed] for lever in mine)
        with st.expander(f"{section}{f' ({moved} changed)' if moved else ''}", expanded=section == SECTIONS[0]):
            for lever in mine:
                value = _widget(lever, now)
                if value != now.changes.get(lever.name, lever.preset):
                    now = now.with_change(lever.name, value)
                    if lever.name == "incident":
                        keep(now)
                        st.rerun()
    kept = {lever.name: value for lever, value in now.changed}
    now = replace(now, changes=kept)
    keep(now)
    return now


def _presets(now: View) -> View:
    scenarios, models = options("scenario"), options("staffing")
    scenario = st.selectbox(
        "Scenario",
        scenarios,
        index=scenarios.index(now.scenario),
        format_func=lambda name: sentence(words(name)),
        key=f"scenario-{epoch()}",
        help="What happens to the Hub. Each is a small difference to the baseline.",
    )
    st.caption(purpose(scenario))
    staffing = st.selectbox(
        "Staffing model",
        models,
        index=models.index(now.staffing),
        format_func=lambda name: sentence(words(name)),
        key=f"staffing-{epoch()}",
        help="Who works at the Hub and what they do.",
    )
    if (scenario, staffing) != (now.scenario, now.staffing):
        set_view(View(scenario, staffing, referrals=now.referrals))
        st.rerun()
    return now


def _in_use(lever: Lever, now: View) -> bool:
    """Return whether a lever does anything now."""
    opening = now.changes.get("opening", now.preset.run.opening.mode)
    if lever.name.startswith("backlog."):
        return opening == "backlog"
    if lever.name.startswith("uptake.") or lever.name == "referrals":
        return now.referrals is None
    return True


def label_of(lever: Lever) -> str:
    """Return the label of a lever with its unit and the grade of the evidence."""
    grade = "your choice" if lever.grade == SETTING else f"evidence {lever.grade}"
    return f"**{lever.label}** :small[{f'{lever.unit} · ' if lever.unit else ''}{grade}]"


def _widget(lever: Lever, now: View) -> Value:
    value = now.changes.get(lever.name, lever.preset)
    key = f"lever-{epoch()}-{lever.name}"
    if lever.options is not None:
        choices = list(lever.options)
        chosen: Value = st.selectbox(
            label_of(lever), choices, index=choices.index(value), format_func=lever.shown, key=key, help=lever.meaning
        )
        return chosen
    kind = lever.name.partition(".")[0]
    if kind == "day":
        return _date(lever, int(value), now, key)
    if lever.whole:
        typed: int = st.number_input(
            label_of(lever), int(lever.low), int(lever.high), int(value), int(lever.step), key=key, help=lever.meaning
        )
        return typed
    show = st.slider if kind in SLIDERS else st.number_input
    moved: float = show(
        label_of(lever), lever.low, lever.high, float(value), lever.step, key=key, help=lever.meaning, format="%g"
    )
    return round(moved, 6)


def _date(lever: Lever, day: int, now: View, key: str) -> int:
    start: datetime.date = now.preset.run.start_date
    chosen = st.date_input(
        label_of(replace(lever, unit="date")),
        date_of(start, day),
        min_value=date_of(start, int(lever.low)),
        max_value=date_of(start, int(lever.high)),
        format="DD/MM/YYYY",
        key=key,
        help=lever.meaning,
    )
    return (chosen - start).days


def difference(now: View) -> None:
    """Show how the view differs from its preset; it stays in sight however far the page is scrolled."""
    preset = f"{sentence(words(now.scenario))}, {words(now.staffing)}"
    if problem := st.session_state.pop("link_problem", None):
        show_problem(f"The link could not be opened as it stands, so this is the baseline. {problem}")
    changes = [_told(lever, to, now) for lever, to in now.changed]
    if now.referrals is not None:
        changes.append("Referrals: drawn → **your own table**")
    with st.container(key="difference", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Preset:** {preset}. **Changed:** {'; '.join(changes) or 'nothing'}.", width="stretch")
        if changes and st.button("Undo all changes"):
            set_view(View(now.scenario, now.staffing))
            st.rerun()


def _told(lever: Lever, to: Value, now: View) -> str:
    """Return one change in words: what it was, what it is, and the unit once."""
    if lever.options is not None:
        return f"{lever.label}: {lever.shown(lever.preset)} → **{lever.shown(to)}**"
    if lever.name.startswith("day."):
        before, after = (_date_in_words(now, int(day)) for day in (lever.preset, to))
        return f"{lever.label}: {before} → **{after}**"
    return f"{lever.label}: {lever.preset:g} → **{lever.shown(to)}**"


def _date_in_words(now: View, day: int) -> str:
    date = date_of(now.preset.run.start_date, day)
    return f"{date.day} {date:%B %Y}"
