"""Your own Hub by upload: an empty workbook to take, and a filled one to give back."""

from __future__ import annotations

import datetime
import io
import secrets
import zipfile
from pathlib import Path

import streamlit as st

from analysis.app import widgets
from analysis.app.charts import Rows
from analysis.app.last_year import check
from analysis.app.option_folder import OwnHub, take_workbook
from analysis.app.view import MEGABYTE, View, refuse_beyond
from analysis.app.visits import house, kept_plans, set_view, view, visit
from analysis.own_hub.doubts import months_told
from analysis.own_hub.imported import summary
from analysis.own_hub.opened import MOST_BYTES
from analysis.own_hub.write import empty_workbook
from analysis.tell.wording import plain
from sim.errors import HubError

READ, TOLD = "workbook-read", "workbook-told"
MOST_SHOWN = 20
"""Refused cells that are listed; the rest is counted."""


def workbook() -> None:
    """Show the workbook to take and to give back, and what became of the one that was given."""
    st.header("Your Hub, in one workbook")
    st.markdown(
        "Staff of your area, posts, job plans, prices, lists and months of last year, in Excel. Take the empty "
        "workbook, fill in the yellow cells and upload it; what you leave is our default. Every cell is checked."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.date_input(
            "First day to simulate", datetime.date.today().replace(day=1), format="DD/MM/YYYY", width=220
        )
        st.download_button(
            "Empty workbook (Excel)",
            lambda: empty_workbook(f"{first}"),
            "my-hub.xlsx",
            widgets.EXCEL,
            on_click="ignore",
            disabled=first is None,
        )
    given = st.file_uploader("Your filled-in workbook", type="xlsx", max_upload_size=MOST_BYTES // MEGABYTE)
    if said := st.session_state.pop(TOLD, None):
        st.success(said)
    if given is not None and st.session_state.get(READ) != given.file_id:
        _take(given.name, given.getvalue(), given.file_id)
    hub = view().hub
    if hub is not None:
        _taken(hub)


def _take(name: str, content: bytes, file_id: str) -> None:
    """Take a workbook in place of an earlier one, or say of every cell why not and leave everything as it was."""
    try:
        hub = take_workbook(Path(name).name, content, visit().folder / f"hub-{secrets.token_hex(4)}", refuse_beyond)
    except HubError as problem:
        lines = str(problem).splitlines()
        more = [f"and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
        st.error("Nothing was taken." if len(lines) == 1 else f"Nothing was taken: {len(lines)} cells to correct.")
        widgets.show_problem("\n".join([*lines[:MOST_SHOWN], *more]))
        return
    _forget(hub.mark)
    st.session_state[READ] = file_id
    st.session_state[TOLD] = "Your Hub is in use: every part of the page starts from it."
    set_view(View.of_hub(hub))
    st.rerun()


def _forget(but: str = "") -> None:
    """Let go of an earlier workbook and of everything that was made of it; of a new one nothing has been made yet."""
    if view().hub is not None:
        house().forget(visit(), but)
        kept_plans()[:] = [plan for plan in kept_plans() if plan.view.hub is None]


def _taken(hub: OwnHub) -> None:
    """Show what a workbook came to, with the cell of every value, and the check of its months."""
    config = View.of_hub(hub).config(1)
    came_to, referrals, *more = map(plain, [*summary(config, hub.made), *months_told(hub.filled)])
    st.markdown("  \n".join([f"**{came_to}**, {referrals}.", *more]))
    if hub.filled.remarks:
        st.info("\n".join(f"- {plain(remark)}" for remark in hub.filled.remarks))
    with st.expander("Every value, and the cell that it came from"):
        widgets.show_table(values_of(hub), "Values of the workbook")
    with st.container(horizontal=True):
        widgets.downloads(
            [("Options for the command line (ZIP)", lambda: options_of(hub), "my_hub.zip", "application/zip")]
        )
        if st.button("Forget my workbook"):
            _forget()
            set_view(View.default())
            st.rerun()
    check(hub)


def values_of(hub: OwnHub) -> Rows:
    """Return every value of a workbook: its key, the value, and the cell or default that it came from."""
    return [
        {"key": f"{option.path.partition('/')[0]}: {taken.key}", "value": str(taken.value), "from": taken.source}
        for option in hub.made
        for taken in option.taken
    ]


def options_of(hub: OwnHub) -> bytes:
    """Return the files that `hub import` writes, as one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as files:
        for option in hub.made:
            files.writestr(option.path, option.text)
    return content.getvalue()
