"""How figures look: one style, readable in colour, by the colour-blind and in grey print."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.disk import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DARK, LIGHT, ACCENT = "#0072B2", "#56B4E9", "#D55E00"
"""Blue, sky blue and vermilion of Okabe and Ito; shapes and line styles tell them apart in grey print."""
INK, GREY = "#222222", "#767676"
SMALL_GROUP = 30
"""Groups with fewer people a replication are marked: their figures move with a handful of people."""
BUSY = 0.85
"""Load from which on a role is marked: short absences then turn into waits."""
DOTS_PER_INCH = 150
INTERVALS = (
    "Intervals show how much these averages would move if the simulation were run again; they do not say how sure we "
    "are about the real service."
)
RC: dict[Any, Any] = {
    "text.parse_math": False,  # a $ in a name is a dollar, not the beginning of a formula
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlepad": 8,
    "axes.labelsize": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 2.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
}


@contextmanager
def hub_style() -> Iterator[None]:
    """Draw in the project's style; what matplotlib was set to before is put back."""
    import matplotlib as mpl

    with mpl.rc_context(RC):
        yield


def write_png(figure: Figure, path: Path) -> None:
    """Write a figure that appears whole or not at all."""
    write_whole(path, png(figure))


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG. It needs no screen and no pyplot."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=DOTS_PER_INCH)
    return picture.getvalue()


def point(
    axes: Axes, row: float, at: float, ends: tuple[float, float], colour: str, marker: str, filled: bool = True,
    size: float = 5.5, width: float = 1.6,
) -> None:  # fmt: skip
    """Draw a figure as a point, open where it is not filled, with a line over its interval if it has one."""
    if not math.isnan(ends[0]):
        axes.plot(ends, [row, row], color=colour, linewidth=width)
    axes.plot([at], [row], marker, color=colour, markersize=size, markerfacecolor=colour if filled else "white")


def name_rows(axes: Axes, labels: Sequence[str], **look: Any) -> None:
    """Name the rows of a chart from top to bottom, without an axis beside them."""
    axes.set_yticks(range(len(labels)), labels, **look)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(labels), 1) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
