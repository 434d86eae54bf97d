"""The picture of people flow: a band of dots for each place, a dot for each person, the longest there on the left."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from analysis.app.charts import FONT, LETTER, Chart
from analysis.runs.story import most_at_once
from analysis.tell.style import INK
from analysis.tell.wording import sentence, words
from sim.config import HubConfig
from sim.stages import PLACES

if TYPE_CHECKING:
    import pandas as pd

DEEP = 4
"""Dots above each other in a place."""
GAP = 1.6
"""Empty height between two places, in dots."""
FEWEST, MOST = 20, 60
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

    Parameters
    ----------
    here
        The stays of that moment, as `analysis.runs.story.at_day` gives them.
    stays
        All stays: they fix the width, so that nothing jumps while it plays.
    """
    from plotly.graph_objects import Figure

    groups = list(config.population.staff_groups)
    across = min(max(-(-most_at_once(stays) // DEEP), FEWEST), MOST)
    position = here.groupby("place").cumcount().to_numpy()
    place = here["place"].to_numpy()
    x, y = position // DEEP, place * (DEEP + GAP) + position % DEEP
    figure = Figure()
    for number, group in enumerate(groups):
        mine = (x < across) & (here["pathway"] == group).to_numpy()
        colour, symbol = LOOKS[number % len(LOOKS)]
        figure.add_scatter(
            x=x[mine], y=y[mine], mode="markers", name=sentence(words(group)), hoverinfo="name",
            marker={"color": colour, "symbol": symbol, "size": 9 if across <= NARROW else 7},
        )  # fmt: skip
    counts = np.bincount(place, minlength=len(PLACES))
    bands = [number * (DEEP + GAP) for number in range(len(PLACES))]
    for count, band in zip(counts, bands, strict=True):
        if band:
            figure.add_hline(band - (GAP + 1) / 2, line={"color": "#D5D9DD", "width": 1})
        if count > across * DEEP:
            figure.add_annotation(
                x=across, y=band + (DEEP - 1) / 2, text=f"and {count - across * DEEP:,}<br>more", showarrow=False,
                xanchor="left", font={"size": LETTER, "color": INK},
            )  # fmt: skip
    names = ["<br>".join(textwrap.wrap(name.words, LETTERS)) for name in PLACES]
    figure.update_xaxes(visible=False, range=[-0.8, across + 2.5], fixedrange=True)
    figure.update_yaxes(
        tickvals=[band + (DEEP - 1) / 2 for band in bands], showgrid=False, zeroline=False, fixedrange=True,
        ticktext=[f"<b>{count:,}</b><br>{name}" for count, name in zip(counts, names, strict=True)],
        range=[bands[-1] + DEEP - 0.2, -0.8], automargin=True, tickfont={"size": LETTER, "color": INK},
    )  # fmt: skip
    figure.update_layout(
        height=600, margin={"l": 5, "r": 5, "t": 45, "b": 5}, plot_bgcolor="white", paper_bgcolor="white",
        font={"family": FONT, "size": LETTER, "color": INK},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    told = f"On {date}: " + "; ".join(f"{name.words}: {counts[number]}" for number, name in enumerate(PLACES)) + "."
    table = [
        {"place": name.words}
        | {
            sentence(words(group)): str(int(((place == number) & (here["pathway"] == group).to_numpy()).sum()))
            for group in groups
        }
        | {"everyone": str(counts[number])}
        for number, name in enumerate(PLACES)
    ]
    return Chart(figure, told, table)
