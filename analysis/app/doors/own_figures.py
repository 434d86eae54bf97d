"""Your own figures: a Hub's numbers and referrals in place of the assumptions, for this visit only."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analysis.app.doors.levers_form import difference
from analysis.app.doors.shown import show_problem
from analysis.app.here import house, kept_plans, set_view, view, visit
from analysis.app.limits import LIMITS
from analysis.app.uploads import figures_template, read_figures, referrals_template, take_referrals
from analysis.app.view import QUICK
from sim.errors import HubError


def own_figures() -> None:
    """Show the door."""
    st.title("Your own figures")
    st.markdown(
        "Put your Hub's own numbers in place of the assumptions. Files are read on the machine that runs this page "
        f"and nowhere else; they are removed {LIMITS.absence_seconds // 60} minutes after you close it. **Names, NHS "
        "numbers, dates of birth and anything else that may identify a person are refused.**"
    )
    now = view()
    difference(now)
    left, right = st.columns(2, gap="large")
    with left:
        _figures()
    with right:
        _referrals()


def _figures() -> None:
    now = view()
    st.header("Figures of your Hub")
    st.markdown(
        "WTE by role, uptake, waiting lists, sessions: take the template, write your numbers into the column `value`, "
        "leave empty what you do not know, and upload it."
    )
    st.download_button(
        "Template for figures (CSV)", figures_template(now), "hub-figures.csv", "text/csv", on_click="ignore"
    )
    given = st.file_uploader("Your figures (CSV)", type="csv", key="figures")
    if given is None or st.session_state.get("figures-read") == given.file_id:
        return
    try:
        changed = read_figures(given.getvalue(), now)
        changed.config(QUICK)
    except HubError as problem:
        show_problem(problem)
        return
    st.session_state["figures-read"] = given.file_id
    st.session_state["told"] = f"{len(changed.changed)} figures differ from the preset now."
    set_view(changed)
    st.rerun()


def _referrals() -> None:
    now = view()
    st.header("Referrals of your Hub")
    st.markdown(
        "One row a referral: its date and staff group are needed; gender, ethnicity and the five scores are used where "
        "they are given and drawn where they are not. They replace the drawn referrals; incidents are still drawn."
    )
    start = now.preset.run.start_date
    st.markdown(f"Dates must lie within the time simulated, which begins on {start.day} {start:%B %Y}.")
    st.download_button(
        "Template for referrals (CSV)", referrals_template(), "hub-referrals.csv", "text/csv", on_click="ignore"
    )
    given = st.file_uploader("Your referrals (CSV)", type="csv", key="referrals")
    if now.referrals is not None and st.button("Forget my referrals"):
        kept_plans()[:] = [plan for plan in kept_plans() if plan.view.referrals != now.referrals]
        set_view(replace(now, referrals=None))
        st.rerun()
    if told := st.session_state.pop("told", None):
        st.success(told)
    if given is None or st.session_state.get("referrals-read") == given.file_id:
        return
    try:
        changed = replace(now, referrals=take_referrals(given.getvalue()))
        house().config(changed, QUICK, visit())
    except HubError as problem:
        show_problem(problem)
        return
    st.session_state["referrals-read"] = given.file_id
    st.session_state["told"] = "Your referrals are in use. Explore shows what becomes of them."
    set_view(changed)
    st.rerun()
