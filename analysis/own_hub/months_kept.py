"""The months of a check in a folder: as a table, which can be read back, and as a figure."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.own_hub.actual import bounded, known_within, published, suppressed
from analysis.own_hub.check import Month, months_figure
from analysis.tell.style import hub_style, write_png
from analysis.tell.wording import csv_of_rows
from sim.disk import write_whole


def write_months(folder: Path, rows: Sequence[Month], title: str) -> None:
    """Write every month as a table and a figure."""
    write_whole(folder / "months.csv", months_csv(rows))
    with hub_style():
        write_png(months_figure(rows, title), folder / "months.png")


def months_csv(rows: Sequence[Month]) -> str:
    """Return all months as CSV."""
    head = [
        "figure",
        "month",
        "happened",
        "median",
        "range_low",
        "range_high",
        "verdict",
        "at_least",
        "at_most",
        "mean",
    ]
    cells = [
        [
            row.figure,
            row.month.isoformat(),
            published(row.happened),
            row.median,
            row.low,
            row.high,
            row.verdict,
            *known_within(row.happened),
            row.mean,
        ]
        for row in rows
    ]
    return csv_of_rows([head, *cells])


def read_months(path: Path) -> list[Month]:
    """Return the months that `months_csv` wrote."""
    return [
        Month(row["figure"], datetime.date.fromisoformat(row["month"]), _as_given(row), float(row["median"]),
              float(row["range_low"]), float(row["range_high"]), float(row["mean"]))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]  # fmt: skip


def _as_given(row: Mapping[str, str]) -> float:
    text, low, high = row["happened"], float(row["at_least"]), float(row["at_most"])
    return bounded((low + high) / 2 if suppressed(text) else float(text), low, high, text)
