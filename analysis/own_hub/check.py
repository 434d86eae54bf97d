"""Holds the months of the model beside those of a Hub, to see whether it reproduces what happened."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.estimates.intervals import range_of_futures
from analysis.own_hub.actual import Actual, Cell, Within, known_within
from analysis.own_hub.read import Filled
from analysis.own_hub.sheets import MONTHS
from analysis.own_hub.uptake import days_of_month
from analysis.tell.style import ACCENT, DARK, INK, LIGHT, sheet
from analysis.tell.wording import count, counted, sentence
from sim.measures.months import MONTHLY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.config import HubConfig
    from sim.run.replicate import Replication

RANGE = 0.9
"""Share of simulated futures that the range of a month holds, and so of months that should lie inside it."""
UNLIKELY = 0.05
"""A figure is not reproduced when so few months inside its range, or fewer, are this improbable."""
FEWEST_MONTHS = 3
TOO_WIDE_FROM = 1.5
"""A range more than so many times as wide as what happened says next to nothing: about 36 it reaches from 9 to 63.
A choice of ours (grade D)."""
TOO_FAR_FROM = 0.5
"""Nor does one that holds what happened with its middle off by more than this share of it: 6 for 36. Grade D too."""
COLUMNS = 2
INSIDE, ABOVE, BELOW, TOO_FEW, TOO_WIDE = "inside", "above", "below", "too few", "too wide"
VERDICTS = {
    INSIDE: "reproduced",
    ABOVE: "the model has less",
    BELOW: "the model has more",
    TOO_FEW: "too few months to tell",
    TOO_WIDE: "cannot tell: range too wide",
}
"""What is said of a figure."""
CANNOT_TELL = (
    f"Cannot tell: ranges on average more than {TOO_WIDE_FROM:g} times as wide as what happened, or their middle off "
    f"by more than {100 * TOO_FAR_FROM:.0f} % of it, so that months inside say little."
)


class Month(NamedTuple):
    """A figure of one month beside the model's."""

    figure: str
    month: datetime.date
    happened: float
    median: float
    low: float
    high: float
    """The range that holds 9 of 10 simulated futures."""
    mean: float
    """Of the simulated futures: more than the median where few futures are far above the others."""

    @property
    def verdict(self) -> str:
        """Where what happened lies; a figure that is known within bounds may lie anywhere within them."""
        least, most = known_within(self.happened)
        return INSIDE if least <= self.high and most >= self.low else ABOVE if least > self.high else BELOW


class FigureChecked(NamedTuple):
    """All months of one figure."""

    figure: str
    months: int
    inside: int
    happened: float
    """Mean of the months."""
    simulated: float
    """Mean of the model's futures for the same months: of the same kind as what happened."""
    middle: float
    """Mean of the medians of these futures, which lies below the first where few are far above the others."""
    least: float
    most: float
    """Bounds of the first mean, where months are known within bounds only."""
    width: float
    """Mean width of the ranges."""

    @property
    def expected(self) -> int:
        """The fewest months inside that chance still explains, if the model is right."""
        from scipy.stats import binom

        return int(binom.ppf(UNLIKELY, self.months, RANGE))

    @property
    def verdict(self) -> str:
        """Whether what happened is reproduced, or lies above or below what is simulated; a key of `VERDICTS`.

        A range that holds nearly anything reproduces nothing: that months lie inside it then cannot tell.
        """
        if self.months < FEWEST_MONTHS:
            return TOO_FEW
        if self.inside >= self.expected:
            off = abs(self.middle - self.happened)
            wide = self.width > TOO_WIDE_FROM * self.happened or off > TOO_FAR_FROM * self.happened
            return TOO_WIDE if wide else INSIDE
        return ABOVE if self.happened > self.middle else BELOW


def happened(filled: Filled) -> dict[Cell, float]:
    """Return what the sheet Months says, by figure and the first day of the month."""
    found: dict[Cell, float] = {}
    for row in filled.tables[MONTHS.title]:
        month = row["month"].value.replace(day=1)
        for figure in (figure for figure in MONTHLY if figure in row):
            value = row[figure].value
            found[figure, month] = value if isinstance(value, Within) else float(value)
    return found


def window(months: Iterable[datetime.date]) -> tuple[datetime.date, int]:
    """Return the first day of a run that covers months, and its days."""
    months = sorted(set(months))
    last = months[-1]
    return months[0], (last - months[0]).days + days_of_month(last)


def keeping_months(config: HubConfig) -> HubConfig:
    """Return a configuration whose replications hold the months."""
    return config.model_copy(update={"run": config.run.model_copy(update={"keep": ["months"]})})


def simulated_months(replications: Iterable[Replication]) -> dict[Cell, np.ndarray]:
    """Return each figure of each month over replications; several Hubs are one, but for the median wait."""
    return of_months(pd.concat([replication.tables["months"].to_pandas() for replication in replications]))


def of_months(whole: pd.DataFrame) -> dict[Cell, np.ndarray]:
    """Do the same with a table of months that a run has kept."""
    of_all = whole.groupby(["figure", "month", "replication"], observed=True)["value"].sum(min_count=1)
    by_month = of_all.groupby(["figure", "month"], observed=True)
    return {
        (str(figure), datetime.date.fromisoformat(str(month))): values.to_numpy(dtype=float)
        for (figure, month), values in by_month
    }


def compared(actual: Actual, simulated: Mapping[Cell, np.ndarray]) -> list[Month]:
    """Set every month that both have beside each other, by figure in the order of `MONTHLY`."""
    order = {figure: place for place, figure in enumerate(MONTHLY)}
    rows = []
    for figure, month in sorted(actual, key=lambda key: (order[key[0]], key[1])):
        values = simulated.get((figure, month))
        values = values[~np.isnan(values)] if values is not None else np.empty(0)
        if len(values):
            low, high = range_of_futures(values)
            rows.append(
                Month(figure, month, actual[figure, month], float(np.median(values)), low, high, float(values.mean()))
            )
    return rows


def by_figure(rows: Sequence[Month]) -> list[FigureChecked]:
    """Sum months up by figure."""
    checked = []
    for figure in dict.fromkeys(row.figure for row in rows):
        mine = [row for row in rows if row.figure == figure]
        inside = sum(row.verdict == INSIDE for row in mine)
        least, most = np.mean([known_within(row.happened) for row in mine], axis=0).tolist()
        real, mean, middle = (
            float(np.mean(column))
            for column in zip(*((row.happened, row.mean, row.median) for row in mine), strict=True)
        )
        width = float(np.mean([row.high - row.low for row in mine]))
        checked.append(FigureChecked(figure, len(mine), inside, real, mean, middle, least, most, width))
    return checked


def mean_of(one: FigureChecked) -> str:
    """Return what happened a month, or the bounds that it is known within."""
    least, most = f"{one.least:,.0f}", f"{one.most:,.0f}"
    return count(one.happened) if least == most else f"{least} to {most}"


def left_open(checked: Sequence[FigureChecked]) -> str:
    """Name the figures of which nothing is shown, and how far off their middle is; empty where there are none."""
    told = []
    for one in checked:
        if one.verdict == TOO_FEW:
            told.append(f"{MONTHLY[one.figure]} ({counted(one.months, 'month')})")
        elif one.verdict == TOO_WIDE:
            less, more = sorted((one.happened, one.middle))
            times = f": {more / less:.1f} times" if less and more / less > 1 + TOO_FAR_FROM else ""
            told.append(
                f"{MONTHLY[one.figure]} ({mean_of(one)} happened, the middle of futures is {count(one.middle)}{times})"
            )
    return f"Not shown, neither right nor wrong: {'; '.join(told)}." if told else ""


def title_of(config: HubConfig) -> str:
    """Return what stands above the figure of a check."""
    return f"{config.purpose}: what happened and what is simulated"


def months_figure(rows: Sequence[Month], title: str) -> Figure:
    """Draw each figure month by month: the range of simulated futures, its median, and what happened as dots."""
    figure, _, keys = months_panels(rows, title)
    figure.legend(handles=keys, loc="outside lower left", ncols=len(keys))
    return figure


def months_panels(rows: Sequence[Month], title: str) -> tuple[Figure, dict[str, Axes], list[Any]]:
    """Draw the same without a legend; return the panels by figure too, and the keys of the legend."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    figures = list(dict.fromkeys(row.figure for row in rows))
    deep = -(-len(figures) // COLUMNS)
    figure, grid = sheet((12, 1.2 + 2.6 * deep), deep, COLUMNS, squeeze=False, title=title)
    panels = grid.ravel()
    for axes, name in zip(panels, figures, strict=False):
        mine = [row for row in rows if row.figure == name]
        dates = np.array([row.month for row in mine], dtype="datetime64[D]")
        axes.fill_between(
            dates, [row.low for row in mine], [row.high for row in mine], color=LIGHT, alpha=0.5, linewidth=0
        )
        axes.plot(dates, [row.median for row in mine], color=DARK)
        for date, row in zip(dates, mine, strict=True):
            inside = row.verdict == INSIDE
            colour = INK if inside else ACCENT
            axes.plot([date], [row.happened], "o", color=colour, markersize=5)
            axes.plot([date, date], known_within(row.happened), color=colour, linewidth=1.5)
        checked = by_figure(mine)[0]
        axes.set_title(
            f"{sentence(MONTHLY[name].partition(' (')[0])}\n{checked.inside} of {checked.months} months inside"
        )
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        locator = AutoDateLocator(minticks=3, maxticks=7)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    for axes in panels[len(figures) :]:
        axes.set_visible(False)
    keys: list[Any] = [
        Line2D([], [], color=INK, marker="o", linestyle="none", label="what happened"),
        Line2D([], [], color=ACCENT, marker="o", linestyle="none", label="outside the range"),
        Line2D([], [], color=DARK, label="median of simulated futures"),
        Patch(color=LIGHT, alpha=0.5, label="range of simulated futures (9 in 10)"),
    ]
    return figure, dict(zip(figures, panels, strict=False)), keys
