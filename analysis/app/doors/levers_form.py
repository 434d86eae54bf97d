"""The levers as a form: presets first, then the dozen things that matter, each with unit and grade of evidence."""

from __future__ import annotations

import datetime
from dataclasses import replace

import streamlit as st

from analysis.app.here import epoch, keep, set_view, view
from analysis.app.levers import SECTIONS, Lever, Value
from analysis.app.view import View, options, purpose
from analysis.style import sentence, words
from sim.calendar import date_of
from sim.register import SETTING

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
    unit = f" ({lever.unit})" if lever.unit else ""
    grade = "your choice" if lever.grade == SETTING else f"evidence {lever.grade}"
    return f"{lever.label}{unit} · {grade}"


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
        f"{lever.label} (date)",
        date_of(start, day),
        min_value=date_of(start, int(lever.low)),
        max_value=date_of(start, int(lever.high)),
        format="DD/MM/YYYY",
        key=key,
        help=lever.meaning,
    )
    return (chosen - start).days


def difference(now: View) -> None:
    """Show how the view differs from its preset; always there."""
    preset = f"{sentence(words(now.scenario))}, {words(now.staffing)}"
    if not now.changed and now.referrals is None:
        st.markdown(f"**Preset:** {preset}. **Changed:** nothing.")
        return
    lines = [
        f"{lever.label}: {_told(lever, lever.preset, now)} → **{_told(lever, to, now)}**" for lever, to in now.changed
    ]
    if now.referrals is not None:
        lines.append("Referrals: drawn → **your own table**")
    columns = st.columns([5, 1], vertical_alignment="center")
    columns[0].markdown(f"**Preset:** {preset}. **Changed:**\n" + "\n".join(f"- {line}" for line in lines))
    if columns[1].button("Undo all changes", width="stretch"):
        set_view(View(now.scenario, now.staffing))
        st.rerun()


def _told(lever: Lever, value: Value, now: View) -> str:
    if lever.name.startswith("day."):
        return f"{date_of(now.preset.run.start_date, int(value)):%d %B %Y}"
    return lever.shown(value)
