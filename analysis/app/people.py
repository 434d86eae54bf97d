"""The picture of people flow: a column of dots for each place, a dot for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.app.charts import FONT, LETTER, Chart
from analysis.flow import PLACES, most_at_once
from analysis.style import INK, sentence, words
from sim.config import HubConfig

if TYPE_CHECKING:
    import pandas as pd

ABREAST = 8
"""Dots side by side in a place."""
GAP = 3.0
"""Empty width between two places, in dots."""
MOST_ROWS = 40
LOOKS = (
    ("#0072B2", "circle"), ("#D55E00", "square"), ("#009E73", "diamond"), ("#CC79A7", "triangle-up"),
    ("#56B4E9", "cross"), ("#222222", "x"), ("#E69F00", "star"), ("#767676", "hexagon"),
)  # fmt: skip
"""Colours of Okabe and Ito, each with a shape of its own; used again from the beginning for more groups than that."""


def people_chart(config: HubConfig, here: pd.DataFrame, stays: pd.DataFrame, date: str) -> Chart:
    """Draw where everybody stands at one moment.

    Parameters
    ----------
    here
        The stays of that moment, as `analysis.flow.at_day` gives them.
    stays
        All stays: they fix the height, so that nothing jumps while it plays.
    """
    from plotly.graph_objects import Figure

    groups = list(config.population.staff_groups)
    rows = min(max(-(-most_at_once(stays) // ABREAST), 5), MOST_ROWS)
    position = here.groupby("place").cumcount().to_numpy()
    place = here["place"].to_numpy()
    x = place * (ABREAST + GAP) + position % ABREAST
    y = position // ABREAST
    shown = y < rows
    figure = Figure()
    for number, group in enumerate(groups):
        mine = shown & (here["pathway"] == group).to_numpy()
        colour, symbol = LOOKS[number % len(LOOKS)]
        figure.add_scatter(
            x=x[mine], y=y[mine], mode="markers", name=sentence(words(group)), hoverinfo="name",
            marker={"color": colour, "symbol": symbol, "size": 9},
        )  # fmt: skip
    counts = np.bincount(place, minlength=len(PLACES))
    for number, name in enumerate(PLACES):
        two_lines = name.replace(": ", ":<br>").replace(" into ", "<br>into ").replace(" and first", "<br>and first")
        figure.add_annotation(
            x=number * (ABREAST + GAP) + (ABREAST - 1) / 2, y=-1.2, yanchor="top", showarrow=False,
            text=f"<b>{counts[number]}</b><br>{two_lines}",
            font={"size": LETTER, "color": INK},
        )  # fmt: skip
    wide = len(PLACES) * (ABREAST + GAP)
    figure.update_xaxes(visible=False, range=[-1.5, wide - GAP + 0.5], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-rows * 0.22 - 2, rows + 0.5], fixedrange=True)
    figure.update_layout(
        height=520, margin={"l": 5, "r": 5, "t": 45, "b": 5}, plot_bgcolor="white", paper_bgcolor="white",
        font={"family": FONT, "size": LETTER, "color": INK},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    told = f"On {date}: " + "; ".join(f"{name}: {counts[number]}" for number, name in enumerate(PLACES)) + "."
    table = [
        {"place": name}
        | {
            sentence(words(group)): str(int(((place == number) & (here["pathway"] == group).to_numpy()).sum()))
            for group in groups
        }
        | {"everyone": str(counts[number])}
        for number, name in enumerate(PLACES)
    ]
    return Chart(figure, told, table)
