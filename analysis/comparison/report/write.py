"""Writes the report: figures as files and inside the page, the page as HTML, and as PDF where Chromium is present."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pandas as pd

from analysis.comparison.attribution import Attribution
from analysis.comparison.compare import Comparison
from analysis.comparison.equity import Widened
from analysis.comparison.figures.cost import cost_stack
from analysis.comparison.figures.equity import equity_dots
from analysis.comparison.figures.fans import fans
from analysis.comparison.figures.forest import forest
from analysis.comparison.figures.overview import overview
from analysis.comparison.figures.waterfall import waterfall
from analysis.comparison.manifests import MANIFEST
from analysis.comparison.report.appendix import appendix
from analysis.comparison.report.drivers import Drivers
from analysis.comparison.report.page import first_page
from analysis.tell.pages import data_uri, embedded, render, write_page
from analysis.tell.style import hub_style, png
from analysis.tell.wording import full_date

TEMPLATE = "report.html.j2"
PAGE = "report.html"


def write_report(
    comparison: Comparison,
    equity: pd.DataFrame,
    widened: list[Widened],
    reasons: list[Attribution],
    drivers: Drivers | None,
    question: str,
    folder: Path,
) -> list[Path]:
    """Write the figures and the report of a comparison into a folder, and return the report's files."""
    pictures = draw(comparison, equity, reasons, folder)
    digest = hashlib.sha256((comparison.sweep.folder / MANIFEST).read_bytes()).hexdigest()
    content = (
        first_page(comparison, equity, widened, drivers, question)
        | appendix(comparison, equity, widened, reasons)
        | {"pictures": pictures, "manifest_hash": digest, "written_on": full_date(datetime.date.today())}
        | {"sweep": comparison.sweep.folder.name}
    )
    return write_page(folder / PAGE, render("analysis.comparison.report", TEMPLATE, content))


def draw(comparison: Comparison, equity: pd.DataFrame, reasons: list[Attribution], folder: Path) -> dict[str, str]:
    """Draw every figure into the folder and return each as a data URI, so that the page needs no other file."""
    with hub_style():
        figures = {
            "overview": overview(comparison, equity),
            "forest": forest(comparison),
            "lists": fans(comparison),
            "equity": equity_dots(comparison, equity),
            "cost": cost_stack(comparison),
        } | {f"why_{number}": waterfall(comparison, reason) for number, reason in enumerate(reasons, start=1)}
        pictures = embedded(figures, folder)
        pictures["overview"] = data_uri(png(overview(comparison, equity, key=False)))  # the table is the key
    return pictures
