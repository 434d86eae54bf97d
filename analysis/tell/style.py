"""How figures and pages look: one style, readable in colour, by the colour-blind and in grey print.

A page is HTML that needs no other file, its figures inside it, with its PDF beside it where Chromium, Chrome or Edge
is there.
"""

from __future__ import annotations

import base64
import io
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge",
)  # fmt: skip
"""Commands that print a page, where one of them is on the PATH."""
PROGRAM_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
INSTALLED = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
"""Where Windows keeps browsers: every one has Edge, and none has it on the PATH."""
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
"""Where macOS keeps them."""
TIMEOUT_SECONDS = 120
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
    "svg.fonttype": "path",
    "svg.hashsalt": "hub",  # the same figure has the same names of parts, whenever it is drawn
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


def sheet(
    size: tuple[float, float],
    *shape: int,
    title: str = "",
    places: Mapping[str, float] | None = None,
    **panels: Any,
) -> tuple[Figure, Any]:
    """Return a figure of so many inches, and what is drawn on: one panel, or an array of rows and columns.

    `places` are where the panels stand, as `Figure.subplots` takes them, where that need not be found: with many panels
    it takes as long to find as to draw them.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="none" if places else None)  # type: ignore[arg-type]  # documented, not typed
    if title:
        top = {"y": 1 - 0.1 / size[1]} if places else {}
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, **top)
    return figure, figure.subplots(*shape, gridspec_kw=dict(places) if places else None, **panels)


def write_png(figure: Figure, path: Path) -> None:
    """Write a figure that appears whole or not at all."""
    write_whole(path, png(figure))


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG. It needs no screen and no pyplot."""
    return _drawn(figure, format="png", dpi=DOTS_PER_INCH)


def svg(figure: Figure) -> bytes:
    """Return a figure as an SVG that PowerPoint and Word show as it is: its letters are shapes, so no font is missing.

    Call it after `png`: everything stands where it was put there, and need not be placed again.
    """
    import matplotlib as mpl

    with mpl.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)  # by "none" a stand-in stays, for which all is drawn once more, unseen
    return _drawn(figure, format="svg", metadata={"Date": None})


def _drawn(figure: Figure, **how: Any) -> bytes:
    """Return a figure as a file. Most of the time that a figure takes goes here."""
    picture = io.BytesIO()
    figure.savefig(picture, **how)
    return picture.getvalue()


def point(
    axes: Axes, row: float, at: float, ends: tuple[float, float], colour: str, marker: str, filled: bool = True,
    size: float = 5.5, width: float = 1.6, **line: Any,
) -> None:  # fmt: skip
    """Draw a figure as a point, open where it is not filled, with a line over its interval if it has one."""
    if not math.isnan(ends[0]):
        axes.plot(ends, [row, row], color=colour, linewidth=width, **line)
    axes.plot([at], [row], marker, color=colour, markersize=size, markerfacecolor=colour if filled else "white")


def name_rows(axes: Axes, labels: Sequence[str], **look: Any) -> None:
    """Name the rows of a chart from top to bottom, without an axis beside them."""
    axes.set_yticks(range(len(labels)), labels, **look)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(labels), 1) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def render(room: str, template: str, content: Mapping[str, Any]) -> str:
    """Fill a template that stands in the folder `templates` of a package, such as `analysis.comparison`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(room), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(content)


def embedded(figures: Mapping[str, Figure], folder: Path) -> dict[str, str]:
    """Write figures into a folder as PNG and SVG, and return each as a data URI: the text that a page holds of it."""
    pictures = {}
    for name, figure in figures.items():
        picture = png(figure)
        write_whole(folder / f"{name}.png", picture)
        write_whole(folder / f"{name}.svg", svg(figure))
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
    """Print a page of HTML to PDF, which appears whole or not at all; return why there is none, if there is none."""
    browser = chromium()
    if browser is None:
        return "no PDF: neither Chromium, Chrome nor Edge was found; open the page in any browser and print it"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        command = [*chromium_command(browser, f"{folder}/profile"), "--no-pdf-header-footer", f"--print-to-pdf={made}"]
        command.append(page.resolve().as_uri())
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
        except (subprocess.TimeoutExpired, OSError) as error:
            return f"no PDF: {browser} did not print ({error})"
        if done.returncode != 0 or not made.is_file():
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            return f"no PDF: {browser} did not print ({reason})"
        write_whole(pdf, made.read_bytes())
    return None


def chromium() -> str | None:
    """Return the path of Chromium, Chrome or Edge; None where there is none of them."""
    if found := next((path for name in BROWSERS if (path := shutil.which(name))), None):
        return found
    folders = [os.environ[name] for name in PROGRAM_FOLDERS if name in os.environ]
    places = [*(Path(folder, browser) for browser in INSTALLED for folder in folders), *map(Path, APPLICATIONS)]
    return next((str(place) for place in places if place.is_file()), None)


def chromium_command(browser: str, profile: str) -> list[str]:
    """Return how a browser is started without a window and with a profile of its own."""
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
    # As root, in a container, Chromium refuses to start with its sandbox; the page is our own and has no script.
    return [*command, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else command
