"""The levers beside every part of the page, and how what is set up differs from its preset."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import streamlit as st

from analysis.app.levers import GROUPS, PLANNERS, WHO_ASKS, Lever, Value
from analysis.app.view import View
from analysis.app.visits import epoch, keep, set_view, view
from analysis.app.widgets import choose_named, show_problem
from analysis.own_hub.option_files import OPTION
from analysis.tell.wording import full_date, plain, sentence, words
from sim.calendar import date_of
from sim.evidence import SETTING

SLIDERS = ("referrals", "size", "plan", "sessions", "lead")
"""Levers that are dragged, by the first part of their name; the others are typed or chosen."""


def begin(title: str, text: str = "", levers: str = "Change something", first: str = PLANNERS) -> View:
    """Show the levers under a heading beside the page, the page's title, and how the view differs from its preset."""
    with st.sidebar:
        st.header(levers)
        now = levers_form(first)
    st.title(title)
    if text:
        st.markdown(text)
    difference(now)
    return now


def levers_form(first: str = PLANNERS) -> View:
    """Show the form and return the view that it describes: presets, then the levers by who asks for them."""
    now = _presets(view())
    levers, changed = now.levers, {lever.name for lever, _ in now.changed}
    for asked, sections in sorted(WHO_ASKS.items(), key=lambda item: item[0] != first):
        st.subheader(asked)
        for section in sections:
            mine = [lever for lever in levers if lever.section == section and _in_use(lever, now)]
            moved = sum(lever.name in changed for lever in mine)
            opened = asked == first and section == sections[0]
            with st.expander(f"{section}{f' ({moved} changed)' if moved else ''}", expanded=opened):
                for lever in mine:
                    value = _widget(lever, now)
                    if value == now.changes.get(lever.name, lever.preset):
                        continue
                    now = now.with_change(lever.name, value)
                    if lever.name in GROUPS:
                        keep(now)
                        st.rerun()
    now = replace(now, changes={lever.name: value for lever, value in now.changed})
    keep(now)
    return now


def _presets(now: View) -> View:
    told = "What happens to the Hub. Each is a small difference to the baseline."
    scenario = choose_named("Scenario", now.folder.options("scenario"), now.scenario, f"scenario-{epoch()}", help=told)
    st.caption(now.folder.purposes.get(scenario, ""))
    told = "Who works at the Hub and what they do."
    staffing = choose_named(
        "Staffing model", now.folder.options("staffing"), now.staffing, f"staffing-{epoch()}", help=told
    )
    if (scenario, staffing) != (now.scenario, now.staffing):
        set_view(replace(now, scenario=scenario, staffing=staffing, changes={}))
        st.rerun()
    return now


def _in_use(lever: Lever, now: View) -> bool:
    """Return whether a lever does anything now."""
    if lever.name.startswith("backlog."):
        return now.changes.get("opening", now.preset.run.opening.mode) == "backlog"
    if lever.name.startswith("uptake.") or lever.name == "referrals":
        return now.referrals is None
    return True


def _label(lever: Lever) -> str:
    """Return the label of a lever with its unit and the grade of the evidence."""
    grade = "your choice" if lever.grade == SETTING else f"evidence {lever.grade}"
    return f"**{lever.label}** :small[{f'{lever.unit} · ' if lever.unit else ''}{grade}]"


def _widget(lever: Lever, now: View) -> Value:
    value = now.changes.get(lever.name, lever.preset)
    key = f"lever-{epoch()}-{lever.name}"
    more: dict[str, Any] = {"key": key, "help": lever.meaning}
    if lever.options is not None:
        choices = list(lever.options)
        chosen: Value = st.selectbox(_label(lever), choices, choices.index(value), format_func=lever.shown, **more)
        return chosen
    kind = lever.name.partition(".")[0]
    if kind == "day":
        start: datetime.date = now.preset.run.start_date
        day, first, last = (date_of(start, int(day)) for day in (value, lever.low, lever.high))
        label = _label(replace(lever, unit="date"))
        date: datetime.date = st.date_input(label, day, first, last, format="DD/MM/YYYY", **more)
        return (date - start).days
    if lever.whole:
        whole = [int(number) for number in (lever.low, lever.high, value, lever.step)]
        typed: int = st.number_input(_label(lever), *whole, **more)
        return typed
    show = st.slider if kind in SLIDERS else st.number_input
    moved: float = show(_label(lever), lever.low, lever.high, float(value), lever.step, format="%g", **more)
    return round(moved, 6)


def difference(now: View) -> None:
    """Show how the view differs from its preset; it stays in sight however far the page is scrolled."""
    preset = f"{sentence(words(now.scenario))}, {words(now.staffing)}"
    if problem := st.session_state.pop("link_problem", None):
        show_problem(f"The link could not be opened as it is, so this is the baseline. {problem}")
    changes = [_told(lever, to, now) for lever, to in now.changed]
    if now.hub is not None:
        ours = now.preset.purpose if now.scenario == OPTION else preset
        preset = f"{plain(ours)}, from your workbook {plain(now.hub.filled.file)}"
    if now.referrals is not None:
        changes.append("Referrals: drawn → **your own table**")
    with st.container(key="difference", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Preset:** {preset}. **Changed:** {'; '.join(changes) or 'nothing'}.", width="stretch")
        if changes and st.button("Undo all changes"):
            set_view(replace(now, changes={}, referrals=None))
            st.rerun()


def _told(lever: Lever, to: Value, now: View) -> str:
    """Return one change in words: what it was, what it is, and the unit once."""
    if lever.options is not None:
        return f"{lever.label}: {lever.shown(lever.preset)} → **{lever.shown(to)}**"
    if lever.name.startswith("day."):
        before, after = (full_date(date_of(now.preset.run.start_date, int(day))) for day in (lever.preset, to))
        return f"{lever.label}: {before} → **{after}**"
    return f"{lever.label}: {lever.preset:g} → **{lever.shown(to)}**"
