"""Writes the report: figures as files and inside the page, the page as HTML, and as PDF where Chromium is present."""

from __future__ import annotations

import base64
import datetime
import hashlib
import sys
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
from analysis.comparison.report.pdf import print_pdf
from analysis.tell.style import hub_style, png
from sim.disk.whole import write_whole

TEMPLATE = "report.html.j2"
PAGE, PDF = "report.html", "report.pdf"


def write_report(
    comparison: Comparison,
    equity: pd.DataFrame,
    widened: list[Widened],
    reasons: list[Attribution],
    drivers: Drivers | None,
    question: str,
    folder: Path,
) -> list[Path]:
    """Write the figures and the report of a comparison into a folder, and return the report's files.

    What keeps the PDF from being printed is said on stderr; the page stands without it.
    """
    pictures = draw(comparison, equity, reasons, folder)
    digest = hashlib.sha256((comparison.sweep.folder / MANIFEST).read_bytes()).hexdigest()
    content = (
        first_page(comparison, equity, widened, drivers, question)
        | appendix(comparison, equity, widened, reasons)
        | {"pictures": pictures, "manifest_hash": digest, "written_on": datetime.date.today()}
        | {"sweep": comparison.sweep.folder.name}
    )
    page = folder / PAGE
    write_whole(page, render(content))
    if problem := print_pdf(page, folder / PDF):
        print(problem, file=sys.stderr)
        return [page]
    return [page, folder / PDF]


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
        pictures = {name: png(figure) for name, figure in figures.items()}
        for name, picture in pictures.items():
            write_whole(folder / f"{name}.png", picture)
        pictures["overview"] = png(overview(comparison, equity, key=False))
    return {name: data_uri(picture) for name, picture in pictures.items()}


def data_uri(picture: bytes) -> str:
    """Return a PNG as text that a page can hold."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def render(content: dict[str, object]) -> str:
    """Fill the template."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("analysis.comparison.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(TEMPLATE).render(content)
