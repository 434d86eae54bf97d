"""Judges a fit on months that it did not look at, and writes what it found: options, a table and a figure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.own_hub.actual import known_within
from analysis.own_hub.check import FEWEST_MONTHS, FigureChecked, Month, by_figure, months_panels
from analysis.own_hub.fit import Adjusted, Fit
from analysis.own_hub.option_files import OPTION, Option, Told, written
from analysis.own_hub.sheets import SETTINGS
from analysis.own_hub.tunable import values_at
from analysis.tell.style import GREY
from analysis.tell.wording import csv_of_rows, key_words, sentence
from sim.composed import put
from sim.config import HubConfig
from sim.errors import HubError
from sim.evidence import ranges

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = f"{OPTION}_fitted"
"""What the options of the first fit are called: `scenario=my_hub_fitted`; those after it are numbered from 2."""
SCALE = "demand.multiplier"
"""Times what was written: the range that the evidence has of it is of the shipped Hubs."""
FURTHER = 0.1
"""A shift that goes so much further and shows the same has come to an end."""
MADE = "# Made by hub fit"
HALF_A_MONTH = 15
HELD_OUT = 4
"""One month in so many is held out, the last ones, unless somebody says otherwise."""


class Judged(NamedTuple):
    """A figure in months that were held out, before the fit and after it."""

    before: FigureChecked
    after: FigureChecked
    distance_before: float
    """From what happened to the median, on average, in halves of the range before the fit."""
    distance_after: float


def split(
    months: Sequence[datetime.date], until: datetime.date | None
) -> tuple[list[datetime.date], list[datetime.date]]:
    """Return the months that a fit may look at, and those that it is judged on: the last quarter, 3 or more."""
    months = sorted(set(months))
    if until is not None and until > months[-1]:
        told = f"the last month that happened is {months[-1]:%Y-%m}, and a fit is judged on months after --until"
        raise HubError(f"--until: got {until:%Y-%m}; {told}")
    if until is None:
        held = max(FEWEST_MONTHS, len(months) // HELD_OUT)
        held = held if len(months) - held >= FEWEST_MONTHS else 0
        until = months[len(months) - held - 1]
    mine = [month for month in months if month <= until]
    if len(mine) < FEWEST_MONTHS:
        told = f"{len(mine)} of {len(months)} months may be looked at; it needs {FEWEST_MONTHS} or more"
        raise HubError(f"hub fit: {told}: fill in more months, or give a later --until")
    return mine, [month for month in months if month > until]


def judged(before: Sequence[Month], after: Sequence[Month]) -> list[Judged]:
    """Set the same months side by side, by figure."""
    found = []
    for one, other in zip(by_figure(before), by_figure(after), strict=True):
        halves = {row.month: max((row.high - row.low) / 2, 0.5) for row in before if row.figure == one.figure}
        distances = [
            float(np.mean([_missed(row) / halves[row.month] for row in rows if row.figure == one.figure]))
            for rows in (before, after)
        ]
        found.append(Judged(one, other, *distances))
    return found


class Verdict(NamedTuple):
    """What held-out months say of a fit, all figures counting alike."""

    before: float
    """How far what happened lies from the median, in halves of the range before the fit, on average."""
    after: float
    inside_before: int
    inside_after: int
    figures: int
    """Months times figures."""

    @property
    def improves(self) -> bool:
        """Whether they lie closer to the model after the fit."""
        return self.after < self.before


def verdict_on(of: Sequence[Judged]) -> Verdict:
    """Sum up held-out months of all figures."""
    before, after = (float(np.mean(sides)) for sides in zip(*((one[2], one[3]) for one in of), strict=True))
    counts = zip(*((one.before.inside, one.after.inside, one.before.months) for one in of), strict=True)
    return Verdict(before, after, *map(sum, counts))


def _missed(row: Month) -> float:
    low, high = known_within(row.happened)
    return max(low - row.median, row.median - high, 0.0)


def scenario_of(
    config: HubConfig, fit: Fit, file: str, months: Sequence[datetime.date], advice: Sequence[str], name: str
) -> Option:
    """Return the options of a fit: those of the workbook with what was fitted in their place, and what told it.

    `advice` is what the held-out months say, in lines for whoever opens the file.
    """
    tree: dict[str, Any] = {"purpose": f"{config.purpose}, fitted to its months", "defaults": [OPTION]}
    for number in fit.numbers:
        if number.told_by:
            told_by = f"; told by {number.told_by}"
            for path, before, after, low, high in rows_of(config, number):
                put(tree, path, Told(after, f"was {before:.4g}; 95 % interval {low:.3g} to {high:.3g}{told_by}"))
                told_by = ""  # once, of all that move together
    heading = (
        f"{MADE} from {file}, months {months[0]:%B %Y} to {months[-1]:%B %Y}. What is not here is as in "
        f"scenario/{OPTION}.yaml. Another fit takes another name." + "".join(f"\n# {line}" for line in advice)
    )
    return written("scenario", tree, file, name, heading)


def rows_of(config: HubConfig, number: Adjusted) -> list[tuple[str, float, float, float, float]]:
    """Return every value that a number moves: its path, before, after, and the ends of its interval."""
    name = number.tunable.name
    before = number.tunable.moved(config, 0.0)
    if not number.told_by:
        return [(path, value, value, np.nan, np.nan) for path, value in before.items()]
    after, one, other = (values_at(config, {name: shift}) for shift in (number.shift, number.low, number.high))
    found = []
    for path, value in before.items():
        low, high = sorted((one.get(path, value), other.get(path, value)))
        found.append((path, value, after.get(path, value), low, high))
    return found


def fit_csv(config: HubConfig, fit: Fit) -> str:
    """Return every value that could be fitted, one a row."""
    rows: list[Sequence[Any]] = [["key", "before", "after", "low", "high", "told_by", "why_not"]]
    for number in fit.numbers:
        for path, before, after, low, high in rows_of(config, number):
            ends = ["", ""] if np.isnan(low) else [low, high]
            rows.append([path, before, after, *ends, number.told_by, number.cannot])
    return csv_of_rows(rows)


def own_name(folder: Path, made: Callable[[str], Option]) -> Option:
    """Return what is made under the first name that is free, or that holds the same already: no other is taken."""
    for number in count(1):
        option = made(NAME if number == 1 else f"{NAME}_{number}")
        path = folder / option.path
        if not path.exists() or path.read_bytes() == option.text.encode():
            return option
    raise AssertionError("there is always another number")


def at_the_edge(config: HubConfig, fit: Fit) -> list[str]:
    """Say of each fitted number that it ends where a fit or the evidence ends, or does not match; in a line each."""
    evidence = ranges()
    found = []
    for number in fit.numbers:
        if not number.told_by:
            continue
        tunable, shift = number.tunable, number.shift
        at = tunable.shown(config, shift)
        told = []
        if abs(shift) >= tunable.most or (shift and tunable.shown(config, shift * (1 + FURTHER)) == at):
            told.append("as far as a fit moves it")
        if not number.matched:
            told.append("and what happened is still not matched" if told else "with what happened not matched")
        outside = [
            (path, value, evidence[path])
            for path, value in values_at(config, {tunable.name: shift}).items()
            if path in evidence and path != SCALE and not evidence[path].low <= value <= evidence[path].high
        ]
        if outside:
            path, value, known = outside[0]
            others = f" (and {len(outside) - 1} more)" if outside[1:] else ""
            named = SETTINGS[path].label if path in SETTINGS else sentence(key_words(path))
            told.append(
                f"“{named}” at {value:.3g} is outside its range in the evidence, "
                f"{known.low:g} to {known.high:g}{others}"
            )
        if told:
            found.append(f"{tunable.words}: {tunable.form(at)}, {'; '.join(told)}")
    return found


def fit_figure(before: Sequence[Month], after: Sequence[Month], held: Sequence[datetime.date], title: str) -> Figure:
    """Draw each figure month by month as `months_figure` does, with the median before the fit, and where it ends."""
    from matplotlib.dates import date2num
    from matplotlib.lines import Line2D

    figure, panels, keys = months_panels(after, title)
    for name, axes in panels.items():
        mine = [row for row in before if row.figure == name]
        axes.plot(
            np.array([row.month for row in mine], dtype="datetime64[D]"),
            [row.median for row in mine],
            color=GREY,
            ls="--",
        )
        if held:
            axes.axvline(float(date2num(held[0])) - HALF_A_MONTH, color=GREY, linewidth=0.8, linestyle=":")
    keys.insert(3, Line2D([], [], color=GREY, linestyle="--", label="median before the fit"))
    if held:
        keys.append(Line2D([], [], color=GREY, linewidth=0.8, linestyle=":", label="held out from here"))
    figure.legend(handles=keys, loc="outside lower left", ncols=3)
    return figure
