"""The first door: move a lever, see within seconds what becomes of the waits, the staff and the cost."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import charts, phrases
from analysis.app.doors.levers_form import difference, levers_form
from analysis.app.doors.shown import (
    File,
    archive,
    downloads,
    outcome,
    show_chart,
    show_figures,
    show_problem,
    side_by_side,
    stamp,
    watch,
)
from analysis.app.here import RUNS, house, kept_plans, visit
from analysis.app.job import RESULTS
from analysis.app.limits import LIMITS
from analysis.app.looks import Look
from analysis.app.phrases import plain
from analysis.app.plans import Plan, keep_referrals
from analysis.app.results import Result, result_of_folder
from analysis.app.runs import Background
from analysis.app.view import DECISION, QUICK, View
from sim.config import HubConfig
from sim.errors import HubError
from sim.run.manifest import config_hash
from sim.stages import BY_GROUP, CAN_BE_LEFT, SEEN_FIRST

RUN = "explore"
CHOICES = (100, DECISION, 500)
SLICE = 0.05
"""Seconds between two glances at a quick look."""


def explore() -> None:
    """Show the door."""
    with st.sidebar:
        st.header("Change something")
        now = levers_form()
    st.title("Explore a scenario")
    difference(now)
    _link(now)
    try:
        config = house().config(now, QUICK, visit())
        result = _decided(now, config)
        look = None if result else _quick_look(config)
        result = look.result if look else result
    except HubError as problem:
        show_problem(problem)
        return
    if result is None:
        return
    _answer(result)
    _decide(now)
    _charts(result)
    _take_away(now, result, look)


def _link(now: View) -> None:
    """Let the address bar say what is shown, so that a refresh or a sent link shows it again."""
    runs = st.query_params.get(RUNS)
    st.query_params.from_dict(now.link() | ({RUNS: runs} if runs else {}))


def _quick_look(config: HubConfig) -> Look:
    """Wait for a quick look; where it takes long, say above its progress what the first replications come to."""
    look = house().looks.ask(config)
    early, place = st.empty(), st.empty()
    told = False
    try:
        while not look.finished.wait(SLICE):
            place.progress(look.done / config.run.replications, text=f"Quick look: {look.done} of {QUICK} replications")
            if look.so_far is not None and not told:
                with early.container():
                    _headline(look.so_far, phrases.so_far(look.so_far, QUICK), "answer-so-far")
                told = True
    finally:
        if not look.finished.is_set():
            look.abandon()
    early.empty()
    place.empty()
    if look.problem:
        show_problem(look.problem)
    return look


def _decided(now: View, config: HubConfig) -> Result | None:
    """Return the decision-grade result of what is shown, if there is one; start it where a link asks for it."""
    asked = st.query_params.get(RUNS, "")
    run = visit().runs.get(RUN)
    if asked in map(str, CHOICES) and (run is None or run.request["link"] != now.link()):
        if run is None:
            _start(now, int(asked))
        else:
            del st.query_params[RUNS]  # a lever was moved since
        return None
    if run is None or run.state != "done" or run.request["hash"] != config_hash(config):
        return None
    return _finished(run, house().config(now, run.request["replications"], visit()))


def _finished(run: Background, config: HubConfig) -> Result:
    key = f"result-{run.folder}"
    if key not in st.session_state:
        for old in [name for name in st.session_state if str(name).startswith("result-")]:
            del st.session_state[old]
        st.session_state[key] = result_of_folder(config, run.folder / RESULTS)
    result: Result = st.session_state[key]
    return result


def _start(now: View, replications: int) -> None:
    config = house().config(now, replications, visit())

    def request(folder: Path) -> dict[str, Any]:
        keep_referrals([now], folder)
        content = config.model_dump(mode="json")
        content["run"]["store"] = os.path.relpath(content["run"]["store"], folder)
        key, link = config_hash(config), now.link()
        return {"kind": "run", "config": content, "replications": replications, "hash": key, "link": link}

    house().start(visit(), RUN, request)
    st.query_params[RUNS] = str(replications)


def _headline(result: Result, stands_behind: str, key: str) -> None:
    stamp(stands_behind, result.replications > QUICK)
    with st.container(border=True, key=key):
        st.markdown("\n\n".join(phrases.headline(result)))
    show_figures(phrases.figures(result))


def _answer(result: Result) -> None:
    _headline(result, phrases.stamp(result, QUICK), "answer")
    if result.warnings:
        st.warning("\n".join(f"- {plain(line)}" for line in result.warnings))


def _decide(now: View) -> None:
    """Offer a decision-grade run, or show the one that goes."""
    run = visit().runs.get(RUN)
    if run is not None and not run.over:
        watch(run, "Decision-grade run", RUN)
        return
    if run is not None and run.request["link"] == now.link() and outcome(run):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        replications = st.selectbox("Replications of a decision-grade run", CHOICES, index=1, width=300)
        pressed = st.button("Run it in the background", type="primary")
    if pressed:
        try:
            _start(now, replications)
        except HubError as problem:
            show_problem(problem)
            return
        st.rerun()


def _charts(result: Result) -> None:
    st.header("The lists, week by week")
    side_by_side(
        "lists",
        [
            partial(
                show_chart,
                f"Waiting for {stage.words}",
                charts.list_over_time(result, stage.name),
                f"list-{stage.name}",
            )
            for stage in CAN_BE_LEFT
        ],
    )
    st.header("Who waits how long")
    side_by_side(
        "waits",
        [
            partial(
                show_chart,
                f"From {stage.since} to {stage.waits_for}",
                charts.waits_by_group(result, stage.name, stage.counted_by),
                f"wait-{stage.name}",
            )
            for stage in BY_GROUP
        ],
    )
    st.caption("Lines: 95% interval over replications. * fewer than 30 people a replication: read with care.")
    longer = charts.in_time_by_group(result, SEEN_FIRST)
    show_chart("Who waits longer", longer, "equity", phrases.who_waits_longer(result))
    st.header("Staff and cost")
    side_by_side(
        "staff",
        [
            lambda: show_chart("Load by role", charts.load_by_role(result), "load", phrases.busiest(result)),
            lambda: show_chart("Cost a year by kind", charts.cost_by_kind(result), "cost"),
        ],
    )


def _take_away(now: View, result: Result, look: Look | None) -> None:
    st.header("Take it away")
    run = visit().runs.get(RUN)
    if look is None and run is not None:
        summary = (run.folder / RESULTS / "summary.csv").read_bytes()
    elif look is not None:
        waiting = st.empty()
        while not look.complete.wait(SLICE):
            waiting.caption("The summary is being put together.")
        waiting.empty()
        summary = look.summary
    scenario = now.scenario_file(result.replications)
    files: list[File] = [
        ("Summary (CSV)", summary, "summary.csv", "text/csv"),
        ("This as a scenario (YAML)", scenario, "mine.yaml", "text/yaml"),
    ]
    if look is None and run is not None:
        files.append(("Everything (ZIP)", archive(run.folder / RESULTS), "hub.zip", "application/zip"))
    downloads(files)
    _keep_plan(now)
    st.markdown("The same from the command line:")
    st.code(now.command(f"run.replications={result.replications}"), language=None, wrap_lines=True)


def _keep_plan(now: View) -> None:
    """Offer to keep what is set up, for comparing."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of a plan to compare", f"Plan {len(kept_plans()) + 1}", max_chars=60, width=400)
        full = len(kept_plans()) >= LIMITS.plans
        pressed = st.button("Keep this as a plan", disabled=full or not name.strip())
    if full:
        st.caption(f"{LIMITS.plans} plans are kept, as many as can be compared; begin a new visit for others.")
    if pressed:
        kept_plans().append(Plan(name.strip(), now))
        st.toast(f"{plain(name.strip())} is kept; it stands under Compare staffing.")
