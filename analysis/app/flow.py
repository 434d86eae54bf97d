"""People flow: one simulated future, a mark for each person, with play, pause and scrub; and one client's story."""

from __future__ import annotations

import textwrap
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from analysis.app import sidebar
from analysis.app.charts import Chart, drawn
from analysis.app.view import View
from analysis.app.visits import house, remembered, visit
from analysis.app.widgets import PLOTLY, show_command, show_problem, show_table
from analysis.runs.story import at_day, most_at_once, stays_of, story
from analysis.tell.wording import full_date, sentence, words
from sim.calendar import DAYS_PER_WEEK, date_of
from sim.config import HubConfig
from sim.errors import HubError
from sim.run.manifest import config_hash
from sim.stages import PLACES

if TYPE_CHECKING:
    import pandas as pd

DEEP = 6
"""Dots above each other in a place."""
GAP = 1.6
"""Empty height between two places, in dots."""
FEWEST, MOST = 20, 40
"""Dots beside each other in a place; who finds no room is counted at the end of the band."""
NARROW = 30
"""Dots beside each other from which on they are drawn smaller."""
LETTERS = 18
"""Of a line of a place's name."""
LOOKS = (
    ("#0072B2", "circle"), ("#D55E00", "square"), ("#009E73", "diamond"), ("#CC79A7", "triangle-up"),
    ("#56B4E9", "cross"), ("#222222", "x"), ("#E69F00", "star"), ("#767676", "hexagon"),
)  # fmt: skip
"""Colours of Okabe and Ito, each with a shape of its own; used again from the beginning for more groups than that."""


def people_chart(config: HubConfig, here: pd.DataFrame, stays: pd.DataFrame, date: str) -> Chart:
    """Draw where everybody stands at one moment.

    `here` has the stays of that moment, as `analysis.runs.story.at_day` gives them; all `stays` fix the width, so that
    nothing jumps while it plays.
    """
    groups = list(config.population.staff_groups)
    across = min(max(-(-most_at_once(stays) // DEEP), FEWEST), MOST)
    position = here.groupby("place").cumcount().to_numpy()
    place, group_of = here["place"].to_numpy(), here["pathway"].to_numpy()
    x, y = position // DEEP, place * (DEEP + GAP) + position % DEEP
    size = 9 if across <= NARROW else 7
    traces = []
    for group, (colour, symbol) in zip(groups, cycle(LOOKS), strict=False):
        mine = (x < across) & (group_of == group)
        marker = {"color": colour, "symbol": symbol, "size": size}
        called = {"name": sentence(words(group)), "hoverinfo": "name"}
        traces.append({"type": "scatter", "mode": "markers", "x": x[mine], "y": y[mine], "marker": marker} | called)
    counts = np.bincount(place, minlength=len(PLACES))
    bands = [number * (DEEP + GAP) for number in range(len(PLACES))]
    middles = [band + (DEEP - 1) / 2 for band in bands]
    edge = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": "#D5D9DD", "width": 1}}
    edges = [edge | {"y0": band - (GAP + 1) / 2, "y1": band - (GAP + 1) / 2} for band in bands[1:]]
    more = [
        {"x": across, "y": middle, "text": f"and {count - across * DEEP:,}<br>more", "showarrow": False,
         "xanchor": "left"}
        for count, middle in zip(counts, middles, strict=True)
        if count > across * DEEP
    ]  # fmt: skip
    names = ["<br>".join(textwrap.wrap(name.words, LETTERS)) for name in PLACES]
    figure = drawn(
        660,
        traces,
        {"visible": False, "range": [-0.8, across + 2.5], "fixedrange": True},
        {
            "tickvals": middles, "range": [bands[-1] + DEEP - 0.2, -0.8], "showgrid": False, "fixedrange": True,
            "ticktext": [f"<b>{count:,}</b><br>{name}" for count, name in zip(counts, names, strict=True)],
        },
        margin={"l": 5, "r": 5, "t": 45, "b": 5}, shapes=edges, annotations=more, legend={"y": 1.0},
    )  # fmt: skip
    told = f"On {date}: " + "; ".join(f"{name.words}: {counts[number]}" for number, name in enumerate(PLACES)) + "."
    table = [
        {"place": name.words}
        | {sentence(words(group)): str(int(((place == number) & (group_of == group)).sum())) for group in groups}
        | {"everyone": str(counts[number])}
        for number, name in enumerate(PLACES)
    ]
    return Chart(figure, told, table)


FUTURES = 20
"""Replications that can be chosen: those of a quick look."""
STEP_SECONDS = 0.8
STEPS = {1: "A week at a time", 4: "Four weeks at a time", 13: "A quarter at a time"}
WEEK, PLAYING = "flow-week", "flow-playing"
MOST_TO_CHOOSE_FROM = 200


def flow() -> None:
    """Show this part of the page."""
    now = sidebar.begin(
        "People flow",
        "One simulated future, week by week. A mark is a person; who has been longest in a place stands on the left. "
        "Nobody in it is real.",
    )
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
    def simulated() -> pd.DataFrame:
        with st.spinner("Simulating one future"):
            return stays_of(house().events(config, number))

    return remembered("flow-stays", f"{config_hash(config)}-{number}", simulated)


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
        _, happened = story(config, chosen, number)
    except HubError as problem:
        show_problem(problem)
        return
    rows = [
        {"when": one.when, "day after referral": one.days_since_referral, "what happened": sentence(one.what)}
        for one in happened
    ]
    show_table(rows, "What happened to this person, in order")
    show_command(now.command("--replication", str(number), verb=["story", chosen]))
