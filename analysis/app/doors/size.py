"""The third door: the cheapest staffing plan found that keeps a target after a surge, as `hub size` finds it."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app.doors.levers_form import difference, levers_form
from analysis.app.doors.shown import File, downloads, outcome, show_printed, show_problem, stamp, watch
from analysis.app.downloads import zipped
from analysis.app.here import house, keep, view, visit
from analysis.app.job import CARD
from analysis.app.phrases import plain
from analysis.app.plans import keep_referrals
from analysis.app.runs import Background
from analysis.app.target import MOST_HIRED, PREFIXES, Target, sizing_arguments
from analysis.app.view import View
from analysis.tell.wording import sentence, words
from sim.errors import ConfigProblem, HubError
from sim.stages import FROM_REFERRAL

RUN = "size"
SURGE = "major_incident"
HARD_WORDS = {"quick": "A first idea (minutes)", "full": "For a decision (up to half an hour)"}
ROOM = 190
"""Width of a field, pixels: four stand in a row on a desk, two on a tablet."""


def size() -> None:
    """Show the door."""
    _begin_with_a_surge()
    with st.sidebar:
        st.header("The surge and the Hub")
        now = levers_form()
    st.title("Size a surge")
    st.markdown(
        "Which extra staff do you need, and when must you ask for them, so that people are still seen in time? The "
        "search starts from the staff that the Hub has and adds posts."
    )
    difference(now)
    if not now.preset.incident:
        st.info("This scenario has no incident: the plan will be for its everyday demand.")
    target, pressed = _form()
    if target is None:
        return
    asked = {"view": now.link(), "target": target.link()}
    run = visit().runs.get(RUN)
    wanted = st.query_params.to_dict() == now.link() | target.link()
    if pressed or (run is None and wanted):
        try:
            _start(now, target, asked)
        except HubError as problem:
            show_problem(problem)
            return
        st.rerun()
    if run is None:
        st.info(
            "Nothing has been sized yet. The card names the posts, when to ask for them, what they cost, what breaks "
            "the plan and what it costs to start later. While the search runs, you can follow its progress here."
        )
    elif not run.over:
        watch(run, "Sizing", RUN, account=True)
    elif run.request["asked"] != asked:
        st.info("The question has changed since; find the plan again.")
    elif outcome(run):
        _answer(run)


def _begin_with_a_surge() -> None:
    """Let those who come here first begin with an incident."""
    if "view" not in st.session_state and "scenario" not in st.query_params:
        keep(replace(view(), scenario=SURGE))


def _form() -> tuple[Target | None, bool]:
    """Show the question as a form; return it, if it can be asked, and whether it was asked just now."""
    try:
        begin = Target.from_link({key: text for key, text in st.query_params.items() if key.startswith(PREFIXES)})
    except ConfigProblem as problem:
        show_problem(f"The target of the link could not be opened. {problem}")
        begin = Target.default()
    with st.form("target", border=True):
        st.subheader("The target")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            stage = st.selectbox(
                "Wait",
                FROM_REFERRAL,
                FROM_REFERRAL.index(begin.stage),
                lambda name: sentence(words(name)),
                width=ROOM + 50,
            )
            days = st.number_input("Lasts at most (days)", 1, 365, begin.days, width=ROOM)
            share = st.number_input("For at least (% of people)", 1, 99, round(begin.share * 100), width=ROOM)
            sure = st.number_input("In at least (% of futures)", 1, 99, round(begin.assurance * 100), width=ROOM)
        hire = _hire(begin)
        hard = st.radio("How hard to look", list(HARD_WORDS), format_func=HARD_WORDS.__getitem__, horizontal=True,
                        index=list(HARD_WORDS).index(begin.hard))  # fmt: skip
        pressed = st.form_submit_button("Find the cheapest plan", type="primary")
    target = Target(stage, days, share / 100, sure / 100, hire, hard)
    try:
        target.question()
    except ConfigProblem as problem:
        show_problem(problem)
        return None, False
    return target, pressed


def _hire(begin: Target) -> dict[str, float]:
    hire = {}
    roles = dict.fromkeys(item.partition(".")[0] for item in begin.hire)
    with st.expander("Who can be hired at most (WTE)"):
        for role in roles:
            mine = [item for item in begin.hire if item.startswith(f"{role}.")]
            for column, item in zip(st.columns(len(mine), vertical_alignment="bottom"), mine, strict=True):
                label = f"{sentence(words(role))}, {words(item.partition('.')[2])} (WTE)"
                hire[item] = column.number_input(
                    label, 0.0, MOST_HIRED, begin.hire[item], 0.5, format="%g", key=f"hire-{item}"
                )
    return hire


def _start(now: View, target: Target, asked: dict[str, Any]) -> None:
    store = house().store_of(visit(), [now])

    def request(folder: Path) -> dict[str, Any]:
        arguments = sizing_arguments(now, target, os.path.relpath(store, folder))
        keep_referrals([now], folder)
        return {"kind": "size", "arguments": arguments, "asked": asked}

    house().start(visit(), RUN, request)
    st.query_params.from_dict(now.link() | target.link())


def _answer(run: Background) -> None:
    folder = run.folder / CARD
    found = json.loads((folder / "sizing.json").read_text(encoding="utf-8"))
    quick = run.request["asked"]["target"]["target.hard"] == "quick"
    effort = "A first idea: a short search. Not for decisions." if quick else "Decision-grade search."
    stamp(effort, decisive=not quick)
    with st.container(border=True, key="answer"):
        st.markdown(f"**{plain(found['headline'])}**")
    st.iframe((folder / "card.html").read_text(encoding="utf-8"), height="content", alt="The sizing card", tab_index=0)
    with st.expander("The card as text, as hub size prints it"):
        show_printed((run.folder / "printed.txt").read_text(encoding="utf-8"), "The card as text")
    with st.expander("The account of the search"):
        st.code("\n".join(run.account), language=None, wrap_lines=True)
    st.header("Take it away")
    files = (
        ("Card (HTML)", "card.html", "text/html"),
        ("Card (PDF)", "card.pdf", "application/pdf"),
        ("Every number (JSON)", "sizing.json", "application/json"),
        ("Plan as a staffing model (YAML)", "staffing/sized.yaml", "text/yaml"),
    )
    there: list[File] = [
        (label, (folder / name).read_bytes(), Path(name).name, kind)
        for label, name, kind in files
        if (folder / name).is_file()
    ]
    downloads([*there, ("Everything (ZIP)", lambda: zipped(folder), "sizing.zip", "application/zip")])
    st.markdown("The same from the command line:")
    told = [text for text in run.request["arguments"] if not text.startswith("run.store=")]
    st.code(shlex.join(["hub", "size", *told]), language=None, wrap_lines=True)
