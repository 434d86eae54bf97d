"""Your own Hub by upload: an empty workbook to take, a filled one to give back, and whether it reproduces last year."""

from __future__ import annotations

import datetime
import io
import os
import secrets
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analysis.app import widgets
from analysis.app.background import CHECKED, BackgroundRun
from analysis.app.charts import Rows
from analysis.app.option_folder import OwnHub, take_workbook
from analysis.app.plans import keep_referrals
from analysis.app.view import MEGABYTE, View, refuse_beyond
from analysis.app.visits import house, kept_plans, set_view, view, visit
from analysis.own_hub import check as checking
from analysis.own_hub.doubts import months_told
from analysis.own_hub.imported import summary
from analysis.own_hub.opened import MOST_BYTES
from analysis.own_hub.opening import start_of
from analysis.own_hub.option_files import OPTION
from analysis.own_hub.write import empty_workbook
from analysis.tell.wording import count, plain, sentence
from sim.config import HubConfig
from sim.errors import HubError
from sim.launch.options import SCENARIO
from sim.measures.months import MONTHLY
from sim.run.manifest import config_hash

RUN, READ, TOLD = "check", "workbook-read", "workbook-told"
REPLICATIONS = 100
"""Of a check, as `hub check` takes by itself."""
MOST_SHOWN = 20
"""Refused cells that are listed; the rest is counted."""
FILES = (("Every month (CSV)", "months.csv", "text/csv"), ("Every month, as a figure (PNG)", "months.png", "image/png"))


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
    _check(hub)


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


def _check(hub: OwnHub) -> None:
    """Offer to set the months of the workbook beside the model's, or show how they compare."""
    st.subheader("Does it reproduce last year?")
    actual = checking.happened(hub.filled)
    if not actual:
        st.markdown("The sheet Months is empty: write what happened last year, and the model is compared with it.")
        return
    now = view()
    try:
        config, told = config_of_months(now, hub)
        refuse_beyond(config)
    except HubError as problem:
        widgets.show_problem(problem)
        return
    st.markdown(told)
    run = visit().runs.get(RUN)
    if run is not None and not run.over:
        widgets.watch(run, "Check against last year: simulated futures", RUN)
        return
    mine = run is not None and run.request["hash"] == config_hash(config)
    if run is not None and mine and widgets.outcome(run):
        _answer(run)
    elif run is not None and not mine:
        st.info("A lever was moved since; check again.")
    if st.button("Check again" if run is not None else "Check against last year", type="primary"):
        widgets.start_run(lambda: _start(now, config, actual))


def config_of_months(now: View, hub: OwnHub) -> tuple[HubConfig, str]:
    """Return the Hub with its levers as they stand over the months of the workbook, and in words from what."""
    covered = checking.window(month for _, month in checking.happened(hub.filled))
    moved = [line for line in now.overrides if not line.startswith((f"{SCENARIO}=", "run."))]
    asked = [f"{SCENARIO}={OPTION}", *moved, f"run.replications={REPLICATIONS}"]
    start = start_of(hub.config(*asked), covered)
    return checking.keeping_months(hub.config(*asked, *start.overrides)), start.told


def _start(now: View, config: HubConfig, actual: dict[tuple[str, datetime.date], float]) -> None:
    store = house().store_of(visit(), [now])

    def request(folder: Path) -> dict[str, Any]:
        keep_referrals([now], folder)
        content = config.model_dump(mode="json")
        content["run"]["store"] = os.path.relpath(store, folder)
        happened = [[figure, month.isoformat(), value] for (figure, month), value in actual.items()]
        return {"kind": "check", "config": content, "happened": happened, "hash": config_hash(config)}

    house().start(visit(), RUN, request)


def _answer(run: BackgroundRun) -> None:
    months = pd.read_csv(run.folder / CHECKED / "months.csv", parse_dates=["month"])
    widgets.show_table(verdicts(months), "Figures of last year beside the model's")
    if still_open := checking.left_open(checking.by_figure(_months(months))):
        st.warning(still_open)
    st.caption(
        f"Inside: in the range of 9 in 10 of {REPLICATIONS} simulated futures. Happened and simulated are means, "
        "of months and futures. Reproduced: as many inside as 19 of 20 right models; rough for lists. "
        f"{checking.CANNOT_TELL}"
    )
    with st.expander("Month by month"):
        widgets.show_table(_by_month(months), "Months beside the model's")
    st.markdown(
        "On the command line `hub fit FOLDER` lets these months adjust what they can tell, and "
        "`hub check FOLDER --actual FILE` takes months of national data (team type F06): FOLDER holds your workbook "
        "and what `hub import` made of it."
    )
    widgets.downloads(widgets.files_of(run.folder / CHECKED, FILES))


def verdicts(months: pd.DataFrame) -> Rows:
    """Return a row a figure: how many months lie inside, what happened, what is simulated, and the verdict."""
    return [
        {
            "figure": sentence(MONTHLY[one.figure]),
            "months inside": f"{one.inside} of {one.months}",
            "happened": count(one.happened),
            "simulated": count(one.simulated),
            "verdict": sentence(checking.VERDICTS[one.verdict]),
        }
        for one in checking.by_figure(_months(months))
    ]


def _months(months: pd.DataFrame) -> Sequence[checking.Month]:
    numbers = months[["happened", "median", "range_low", "range_high", "mean"]].to_numpy(float).tolist()
    keys = zip(months["figure"], months["month"].dt.date, strict=True)
    return [checking.Month(figure, month, *row) for (figure, month), row in zip(keys, numbers, strict=True)]


def _by_month(months: pd.DataFrame) -> Rows:
    return [
        {
            "figure": sentence(MONTHLY[one.figure]),
            "month": f"{one.month:%B %Y}",
            "happened": count(one.happened),
            "9 in 10 futures": count.range(one.low, one.high),
            "verdict": one.verdict,
        }
        for one in _months(months)
    ]
