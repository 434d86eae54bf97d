"""How things are shown in a notebook: tables, figures, and how far a simulation has come."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from resilience_hub.configuration import Progress
    from sim.run.experiment import Told

Owner = TypeVar("Owner")
Table = TypeVar("Table", bound="pd.DataFrame | list[str]")
CELL = "text-align:left;vertical-align:top;white-space:normal"
BETWEEN_SECONDS = 0.2
"""Between two times that a notebook is told how far it is."""


def copied(made: Callable[[Owner], Table]) -> Callable[[Owner], Table]:
    """Make a table once and hand out copies of it: whoever changes theirs changes nobody else's."""

    @wraps(made)
    def copy(owner: Owner) -> Table:
        kept = vars(owner)
        if (name := f"_{made.__name__}") not in kept:
            kept[name] = made(owner)
        own: Table = kept[name].copy()
        return own

    return copy


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of HTML; its cells are HTML already."""
    head = "".join(f'<th style="{CELL}">{name}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f'<td style="{CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' * bool(heads)}<tbody>{body}</tbody></table>"


def as_written(text: str) -> str:
    """Return text as HTML that keeps its lines and columns."""
    return (
        f'<pre style="font-family:monospace;white-space:pre;line-height:1.3;overflow-x:auto">{html.escape(text)}</pre>'
    )


def drawn(figure: Callable[..., Figure], *of: Any) -> Figure:
    """Draw a figure in the project's style; a notebook shows it as it is, without pyplot."""
    from analysis.tell.style import hub_style, png

    def picture() -> bytes:
        with hub_style():
            return png(made)

    with hub_style():
        made = figure(*of)
    made._repr_png_ = picture  # type: ignore[attr-defined]  # what a notebook asks an object for
    return made


@contextmanager
def progress(wanted: Progress, what: str) -> Iterator[Told]:
    """Give what to call after each replication with how many are finished, and of how many."""
    if callable(wanted):
        yield wanted
    elif not wanted:
        yield lambda finished, of: None
    elif (display := displays()) is not None:
        with _bar(display, what) as told:
            yield told
    else:
        from analysis.tell.console import progress as on_a_terminal

        with on_a_terminal(what) as told:
            yield told


@contextmanager
def account(wanted: bool | Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Give what to call with each line on what is being done: printed, but in a notebook shown in one place."""
    if callable(wanted):
        yield wanted
    elif not wanted:
        yield lambda text: None
    elif (display := displays()) is not None:
        with _place(display) as told:
            yield told
    else:
        yield print


def displays() -> Callable[..., Any] | None:
    """Return what displays things in the notebook that this runs in; None where it runs in none."""
    import sys

    if (ipython := sys.modules.get("IPython")) is None:
        return None
    shell = ipython.get_ipython()
    if shell is None or getattr(shell, "kernel", None) is None:
        return None
    from IPython.display import display

    found: Callable[..., Any] = display
    return found


@contextmanager
def _place(display: Callable[..., Any]) -> Iterator[Callable[[str], None]]:
    """Show the step that is being taken and the last word on it, until all is over."""
    shown = display({"text/html": ""}, raw=True, display_id=True)
    step = ""

    def told(text: str) -> None:
        nonlocal step
        own = text.startswith(" ")
        step = step if own else text
        said = [step, text.strip()] if own else [step]
        shown.update({"text/html": as_written("\n".join(said)), "text/plain": "\n".join(said)}, raw=True)

    try:
        yield told
    finally:
        shown.update({"text/html": "", "text/plain": ""}, raw=True)


@contextmanager
def _bar(display: Callable[..., Any], what: str) -> Iterator[Told]:
    """Show a bar that goes when it is full, or when all is over."""
    from analysis.tell.wording import duration

    began = last = time.monotonic()
    shown = display({"text/html": ""}, raw=True, display_id=True)

    def told(finished: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < BETWEEN_SECONDS and finished < of:
            return
        last = now
        left = (now - began) / finished * (of - finished)
        bar = f'<progress value="{finished}" max="{of}"></progress>'
        text = f"{html.escape(what)}: {finished:,} of {of:,}, about {duration(left)} left"
        shown.update({"text/html": f"{bar} {text}", "text/plain": text}, raw=True)

    try:
        yield told
    finally:
        shown.update({"text/html": "", "text/plain": ""}, raw=True)
