"""The figures that the model should reproduce (conf/targets.csv), and the verdict on each."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.estimates.intervals import NOTHING, Interval
from sim.disk.shipped import conf_dir
from sim.errors import HubError

TARGETS = "targets.csv"
STUDY, OWN, EVIDENCE = "study", "own", "evidence"
FITTED, IMPLIED, HELD_OUT, SILENT, PULL = "fitted", "implied", "held out", "silent", "pull"
WHOSE = (STUDY, OWN, EVIDENCE)
USES = {
    FITTED: "values were chosen to meet it",
    IMPLIED: "follows by arithmetic from fitted figures",
    HELD_OUT: "never looked at by the fit",
    SILENT: "the model does not produce it",
    PULL: "no figure of the model: where a fitted value would be without targets",
}


class Target(NamedTuple):
    """A row of conf/targets.csv; `target` is not a number where only the tolerance is known."""

    id: str
    figure: str
    target: float
    low: float
    high: float
    unit: str
    whose: str
    use: str
    model: str
    """Name of the model's figure or, for a pull, of the fitted value; empty if the model has none."""
    source: str
    note: str

    @property
    def half(self) -> float:
        """Half the tolerance."""
        return (self.high - self.low) / 2

    def missed(self, value: float) -> float:
        """Return how far a value is from the target, in halves of the tolerance."""
        return (value - self.target) / self.half


class Verdict(NamedTuple):
    """What is said of one target, and whether it counts against the configuration."""

    text: str
    outside: bool


def read_targets(file: Path | None = None) -> list[Target]:
    """Return the targets in the order of the file.

    Raises
    ------
    HubError
        With every row that is not as it should be, one line each.
    """
    file = file or conf_dir() / TARGETS
    if not file.is_file():
        raise HubError(f"{file}: there is no such file")
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = tuple(next(reader, ()))
        lines = [(reader.line_num, cells) for cells in reader]
    if header != Target._fields:
        raise HubError(f"{file}: the first line must be {','.join(Target._fields)}")
    found: list[Target] = []
    problems = []
    for line, cells in lines:
        try:
            found.append(_row(cells))
        except ValueError as error:
            problems.append(f"{file}: line {line}: {error}")
    if problems:
        raise HubError("\n".join(problems))
    return found


def _row(cells: list[str]) -> Target:
    if len(cells) != len(Target._fields):
        raise ValueError(f"got {len(cells)} cells; must be {len(Target._fields)}")
    named = dict(zip(Target._fields, cells, strict=True))
    target, low, high = (float(named[name] or "nan") for name in ("target", "low", "high"))
    row = Target(**{**named, "target": target, "low": low, "high": high})  # type: ignore[arg-type]
    if not low < high or not (math.isnan(target) or low <= target <= high):
        raise ValueError(f"low {named['low']}, target {named['target']}, high {named['high']}: must be in this order")
    if row.whose not in WHOSE or row.use not in USES:
        raise ValueError(f"got {row.whose}, {row.use}; must be one of {', '.join(WHOSE)} and one of {', '.join(USES)}")
    if bool(row.model) == (row.use == SILENT):
        raise ValueError("model must be empty exactly where the model cannot speak")
    return row


def by_model(targets: Iterable[Target], *uses: str) -> dict[str, Target]:
    """Return the targets of these uses by the name of the model's figure."""
    return {target.model: target for target in targets if target.use in uses}


def verdict(target: Target, interval: Interval) -> Verdict:
    """Judge one figure: by its estimate, with a remark where the interval crosses the tolerance."""
    kind = "our estimate, " if target.whose == OWN else ""
    if math.isnan(interval.estimate):
        return Verdict(f"{kind}{target.use}: outside, the model gave no value", True)
    inside = target.low <= interval.estimate <= target.high
    crosses = any(low < bound < high for bound in (target.low, target.high) for _, low, high in (interval,))
    remark = ", but its interval crosses the tolerance" if crosses else ""
    return Verdict(f"{kind}{target.use}: {'inside' if inside else 'outside'}{remark}", not inside)


def table(targets: Iterable[Target], figures: Mapping[str, Interval]) -> tuple[list[str], bool]:
    """Return a line for each figure of the model, as a Markdown table, and whether any is outside its tolerance."""
    rows = [("id", "figure", "target", "tolerance", "model", "95 % interval", "verdict")]
    any_outside = False
    for target in targets:
        if target.use in (PULL, SILENT):
            continue
        interval = figures.get(target.model, NOTHING)
        said = verdict(target, interval)
        any_outside |= said.outside
        estimate, low, high = (amount(value, target.unit) for value in interval)
        spread = "" if math.isnan(interval.low) else f"{low} to {high}"
        wanted = "" if math.isnan(target.target) else amount(target.target, target.unit)
        rows.append((target.id, target.figure, wanted, tolerance(target), estimate, spread, said.text))
    return aligned(rows), any_outside


def unspoken(targets: Iterable[Target]) -> list[str]:
    """Return a line for each target that the model does not produce, with the reason."""
    return [
        f"- {target.id}, {target.figure} ({amount(target.target, target.unit)}; {tolerance(target)}): {target.note}"
        for target in targets
        if target.use == SILENT
    ]


def tolerance(target: Target) -> str:
    """Return the ends of a tolerance as a reader writes them."""
    return f"{amount(target.low, target.unit)} to {amount(target.high, target.unit)}"


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows, the first being the head, as the lines of a Markdown table that also reads well as text."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = [
        "| " + " | ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) + " |"
        for row in rows
    ]
    return [lines[0], "| " + " | ".join([*("-" * width for width in widths), "---"]) + " |", *lines[1:]]


def amount(value: float, unit: str) -> str:
    """Return a figure as a reader writes it: shares in per cent."""
    if math.isnan(value):
        return ""
    if unit == "share":
        return f"{value:.1%}".replace("%", " %")
    if unit in ("GBP", "points"):
        return f"{value:,.0f}"
    return f"{value:.1f}" if unit in ("days", "a month") else f"{value:.3g}"
