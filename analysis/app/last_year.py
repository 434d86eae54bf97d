"""Whether a visitor's workbook reproduces what happened: the months of its sheet, or of a CSV of national data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import widgets
from analysis.app.background import CHECKED, BackgroundRun
from analysis.app.charts import Rows
from analysis.app.option_folder import OwnHub
from analysis.app.plans import keep_referrals
from analysis.app.view import MEGABYTE, View, refuse_beyond
from analysis.app.visits import house, view, visit
from analysis.own_hub import check as checking
from analysis.own_hub.actual import Actual, Within, as_lists, published
from analysis.own_hub.months_csv import MOST_BYTES, TEMPLATE, read_csv, template
from analysis.own_hub.months_kept import read_months
from analysis.own_hub.opening import start_of
from analysis.own_hub.option_files import OPTION
from analysis.own_hub.sheets import MONTHS_ASKED
from analysis.tell.wording import count, counted, sentence
from sim.calendar import month_later
from sim.config import HubConfig
from sim.errors import HubError
from sim.launch.options import SCENARIO
from sim.measures.months import MONTHLY
from sim.run.manifest import config_hash

RUN = "check"
REPLICATIONS = 100
"""Of a check, as `hub check` takes by itself."""
FILES = (("Every month (CSV)", "months.csv", "text/csv"), ("Every month, as a figure (PNG)", "months.png", "image/png"))


def check(hub: OwnHub) -> None:
    """Offer to set the months that happened beside the model's, or show how they compare."""
    st.subheader("Does it reproduce last year?")
    now = view()
    try:
        actual = _of_csv(hub) or checking.happened(hub.filled)
        if not actual:
            st.markdown("The sheet Months is empty: write what happened last year, and the model is compared with it.")
            return
        config, told = config_of_months(now, hub, actual)
        refuse_beyond(config)
    except HubError as problem:
        widgets.show_problem(problem)
        return
    st.markdown(told)
    run = visit().runs.get(RUN)
    if run is not None and not run.over:
        widgets.watch(run, "Check against last year: simulated futures", RUN)
        return
    mine = run is not None and (run.request["hash"], run.request["happened"]) == (config_hash(config), as_lists(actual))
    if run is not None and mine and widgets.outcome(run):
        _answer(run)
    elif run is not None and not mine:
        st.info("A lever was moved since, or the months are others; check again.")
    if st.button("Check again" if run is not None else "Check against last year", type="primary"):
        widgets.start_run(lambda: _start(now, config, actual))


def _of_csv(hub: OwnHub) -> Actual | None:
    """Offer to take months of a CSV in place of the sheet Months, and show those that were taken."""
    with st.expander("Months from a file instead, such as national data (team type F06)"):
        st.markdown(
            "Counts by month, as NHS England publishes them: type `*` or `<5` where a count is kept back. Never a row "
            "for a person. Columns headed as on the sheet Months are read too."
        )
        first = month_later(hub.config(f"{SCENARIO}={OPTION}").run.start_date, -MONTHS_ASKED)
        st.download_button("Template (CSV)", template(first), TEMPLATE, "text/csv", on_click="ignore")
        given = st.file_uploader("Your months (CSV)", type="csv", max_upload_size=max(MOST_BYTES // MEGABYTE, 1))
        if given is None:
            return None
        actual = read_csv(given.name, given.getvalue())
        widgets.show_table(months_taken(actual), "Months of the file")
    bounds = sum(isinstance(value, Within) for value in actual.values())
    known = f"; {counted(bounds, 'figure')} known within bounds only" if bounds else ""
    st.markdown(f"What happened is read from {given.name}, not from the sheet Months{known}.")
    return actual


def months_taken(actual: Actual) -> Rows:
    """Return a row a month with each figure as it was given; rounded and kept back ones are never shown as exact."""
    figures = [figure for figure in MONTHLY if any(figure == each for each, _ in actual)]
    return [
        {"month": f"{month:%B %Y}"}
        | {
            sentence(MONTHLY[figure]): str(published(actual[figure, month], count)) if (figure, month) in actual else ""
            for figure in figures
        }
        for month in sorted({month for _, month in actual})
    ]


def config_of_months(now: View, hub: OwnHub, actual: Actual) -> tuple[HubConfig, str]:
    """Return the Hub with its levers as they stand over the months that happened, and in words from what."""
    covered = checking.window(month for _, month in actual)
    moved = [line for line in now.overrides if not line.startswith((f"{SCENARIO}=", "run."))]
    asked = [f"{SCENARIO}={OPTION}", *moved, f"run.replications={REPLICATIONS}"]
    start = start_of(hub.config(*asked), covered)
    return checking.keeping_months(hub.config(*asked, *start.overrides)), start.told


def _start(now: View, config: HubConfig, actual: Actual) -> None:
    store = house().store_of(visit(), [now])

    def request(folder: Path) -> dict[str, Any]:
        keep_referrals([now], folder)
        content = config.model_dump(mode="json")
        content["run"]["store"] = os.path.relpath(store, folder)
        return {"kind": "check", "config": content, "happened": as_lists(actual), "hash": config_hash(config)}

    house().start(visit(), RUN, request)


def _answer(run: BackgroundRun) -> None:
    months = read_months(run.folder / CHECKED / "months.csv")
    widgets.show_table(verdicts(months), "Figures of last year beside the model's")
    if still_open := checking.left_open(checking.by_figure(months)):
        st.warning(still_open)
    st.caption(
        f"Inside: in the range of 9 in 10 of {REPLICATIONS} simulated futures. Happened and simulated are means, "
        "of months and futures. Reproduced: as many inside as 19 of 20 right models; rough for lists. "
        f"{checking.CANNOT_TELL}"
    )
    with st.expander("Month by month"):
        widgets.show_table(_by_month(months), "Months beside the model's")
    st.markdown(
        "On the command line `hub fit FOLDER` lets these months adjust what they can tell, and `--actual FILE` takes "
        "months of a file: FOLDER holds your workbook and what `hub import` made of it."
    )
    widgets.downloads(widgets.files_of(run.folder / CHECKED, FILES))


def verdicts(months: Sequence[checking.Month]) -> Rows:
    """Return a row a figure: how many months lie inside, what happened, what is simulated, and the verdict."""
    return [
        {
            "figure": sentence(MONTHLY[one.figure]),
            "months inside": f"{one.inside} of {one.months}",
            "happened": checking.mean_of(one),
            "simulated": count(one.simulated),
            "verdict": sentence(checking.VERDICTS[one.verdict]),
        }
        for one in checking.by_figure(months)
    ]


def _by_month(months: Sequence[checking.Month]) -> Rows:
    return [
        {
            "figure": sentence(MONTHLY[one.figure]),
            "month": f"{one.month:%B %Y}",
            "happened": str(published(one.happened, count)),
            "9 in 10 futures": count.range(one.low, one.high),
            "verdict": one.verdict,
        }
        for one in months
    ]
