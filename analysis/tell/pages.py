"""Pages to hand round: HTML that needs no other file, its figures inside it, and its PDF where Chromium is present."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.tell.style import png
from sim.disk import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT_SECONDS = 120


def render(room: str, template: str, content: Mapping[str, Any]) -> str:
    """Fill a template that stands in the folder `templates` of a package, such as `analysis.comparison`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(room), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(content)


def embedded(figures: Mapping[str, Figure], folder: Path) -> dict[str, str]:
    """Write figures into a folder, and return each as a data URI: the text that a page holds in place of a file."""
    pictures = {}
    for name, figure in figures.items():
        picture = png(figure)
        write_whole(folder / f"{name}.png", picture)
        pictures[name] = data_uri(picture)
    return pictures


def data_uri(picture: bytes) -> str:
    """Return a PNG as text that a page can hold."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def write_page(page: Path, html: str) -> list[Path]:
    """Write a page and its PDF beside it, and return the files; why there is no PDF is said on stderr."""
    write_whole(page, html)
    pdf = page.with_suffix(".pdf")
    if problem := print_pdf(page, pdf):
        print(problem, file=sys.stderr)
        return [page]
    return [page, pdf]


def print_pdf(page: Path, pdf: Path) -> str | None:
    """Print a page of HTML to PDF; the file appears whole or not at all.

    Returns
    -------
    str or None
        Why there is no PDF; None if there is one.
    """
    browser = chromium()
    if browser is None:
        return "no PDF: Chromium was not found; open the page in any browser and print it"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        command = [*chromium_command(browser, f"{folder}/profile"), "--no-pdf-header-footer", f"--print-to-pdf={made}"]
        try:
            command.append(page.resolve().as_uri())
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
        except (subprocess.TimeoutExpired, OSError) as error:
            return f"no PDF: {browser} did not print ({error})"
        if done.returncode != 0 or not made.is_file():
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            return f"no PDF: {browser} did not print ({reason})"
        write_whole(pdf, made.read_bytes())
    return None


def chromium() -> str | None:
    """Return the path of Chromium or Chrome; None where there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def chromium_command(browser: str, profile: str) -> list[str]:
    """Return how a browser is started without a window and with a profile of its own."""
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
    # As root, in a container, Chromium refuses to start with its sandbox; the page is our own and has no script.
    return [*command, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else command
