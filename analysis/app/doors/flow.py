"""People flow: one simulated future, person by person, with play, pause and scrub; and one client's story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from analysis.app.doors.levers_form import difference, levers_form
from analysis.app.doors.shown import PLOTLY, show_problem, show_table
from analysis.app.here import house, visit
from analysis.app.people import people_chart
from analysis.app.view import View
from analysis.runs.story import at_day, stays_of, story
from analysis.tell.wording import full_date, sentence, words
from sim.calendar import DAYS_PER_WEEK, date_of
from sim.config import HubConfig
from sim.errors import HubError
from sim.run.manifest import config_hash
from sim.stages import PLACES

if TYPE_CHECKING:
    import pandas as pd

FUTURES = 20
"""Replications that can be chosen: those of a quick look."""
STEP_SECONDS = 0.8
STEPS = {1: "A week at a time", 4: "Four weeks at a time", 13: "A quarter at a time"}
WEEK, PLAYING, KNOWN, STAYS = "flow-week", "flow-playing", "flow-known", "flow-stays"
MOST_TO_CHOOSE_FROM = 200


def flow() -> None:
    """Show the door."""
    with st.sidebar:
        st.header("Change something")
        now = levers_form()
    st.title("People flow")
    st.markdown(
        "One simulated future, week by week. A mark is a person; who has been longest in a place stands on the left. "
        "Nobody in it is real."
    )
    difference(now)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.number_input(f"Which simulated future (1 to {FUTURES})", 1, FUTURES, 1, width=240)
        step = st.selectbox("How fast it plays", list(STEPS), format_func=STEPS.__getitem__, width=240)
    try:
        config = house().config(now, FUTURES, visit())
        stays = _stays(config, int(chosen) - 1)
    except HubError as problem:
        show_problem(problem)
        return
    _player(now, config, stays, int(chosen) - 1, step)


def _stays(config: HubConfig, number: int) -> pd.DataFrame:
    known = f"{config_hash(config)}-{number}"
    if st.session_state.get(KNOWN) != known:
        with st.spinner("Simulating one future"):
            st.session_state[STAYS] = stays_of(house().events(config, number))
        st.session_state[KNOWN] = known
    found: pd.DataFrame = st.session_state[STAYS]
    return found


def _player(now: View, config: HubConfig, stays: pd.DataFrame, number: int, step: int) -> None:
    last = config.run.horizon_days // DAYS_PER_WEEK
    st.session_state[WEEK] = min(st.session_state.get(WEEK, 0), last)

    @st.fragment(run_every=STEP_SECONDS if st.session_state.get(PLAYING) else None)
    def play() -> None:
        playing = bool(st.session_state.get(PLAYING))
        if playing:
            st.session_state[WEEK] = min(st.session_state[WEEK] + step, last)
        columns = st.columns([1, 5], vertical_alignment="center")
        if columns[0].button("Pause" if playing else "Play", width="stretch", type="primary", key="flow-play"):
            st.session_state[PLAYING] = not playing
            if not playing and st.session_state[WEEK] == last:
                del st.session_state[WEEK]
            st.rerun()
        week = columns[1].slider(f"Week, 0 to {last}", 0, last, key=WEEK)
        if playing and week == last:
            st.session_state[PLAYING] = False
            st.rerun()
        here = at_day(stays, week * DAYS_PER_WEEK)
        date = date_of(config.run.start_date, week * DAYS_PER_WEEK)
        chart = people_chart(config, here, stays, full_date(date))
        st.markdown(f"**{full_date(date)}**: {len(here):,} people are with the Hub.")
        st.plotly_chart(chart.figure, key="people", config=PLOTLY, alt=chart.told, theme=None)
        with st.expander("This week as a table"):
            show_table(chart.table, "People by place and staff group")
        if not playing:
            _story(now, config, stays, number)

    play()


def _story(now: View, config: HubConfig, stays: pd.DataFrame, number: int) -> None:
    st.header("One client's story")
    week = int(st.session_state.get(WEEK, 0))
    here = at_day(stays, week * DAYS_PER_WEEK).head(MOST_TO_CHOOSE_FROM)
    if here.empty:
        st.markdown("Nobody is with the Hub in this week; choose another.")
        return
    columns = (here[name].tolist() for name in ("client_id", "pathway", "place", "from_day"))
    told = {
        client: f"{row}. {PLACES[place].words}, for {week * DAYS_PER_WEEK - since:.0f} days · {words(group)}"
        for row, (client, group, place, since) in enumerate(zip(*columns, strict=True), start=1)
    }
    chosen = st.selectbox(f"Somebody who is with the Hub in week {week}", list(told), format_func=told.__getitem__)
    if not st.button("Tell this person's story"):
        return
    try:
        lines = story(config, chosen, number)
    except HubError as problem:
        show_problem(problem)
        return
    show_table([_happened(line) for line in lines[1:]], "What happened to this person, in order")
    st.markdown("The same from the command line:")
    st.code(now.command("--replication", str(number), verb=["story", chosen]), language=None, wrap_lines=True)


def _happened(line: str) -> dict[str, str]:
    """Return a line of a story as a row: `Mon 26 Jul 2021 18:44  day  0  referred`."""
    when, _, day, what = re.split(r"\s{2,}", line.strip(), maxsplit=3)
    return {"when": when, "day after referral": day, "what happened": sentence(what)}
