"""How every part of the page shows charts, tables, problems and runs in the background."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app.background import BackgroundRun, end
from analysis.app.charts import Chart, Rows
from analysis.tell.wording import duration, plain, sentence, words
from sim.errors import HubError

PLOTLY = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}
LINES_OF_ACCOUNT = 12
File = tuple[str, str | bytes | Callable[[], str | bytes], str, str]
"""Something to take away: label, content, name and kind."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_chart(title: str, chart: Chart, key: str, note: str = "") -> None:
    """Show a chart under a heading, with the same as a table below it."""
    st.subheader(title)
    if note:
        st.markdown(note)
    st.plotly_chart(chart.figure, key=key, config=PLOTLY, alt=chart.told, theme=None)
    with st.expander(f"{title}: the same as a table"):
        show_table(chart.table, title)


def show_table(rows: Rows, caption: str) -> None:
    """Show rows as a plain table, which a screen reader can read cell by cell."""
    if not rows:
        st.markdown("Nothing to show.")
        return
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in rows[0])
    body = ""
    for row in rows:
        first, *others = (html.escape(str(cell)) for cell in row.values())
        first = first.replace(".", ".<wbr>").replace("_", "_<wbr>")  # where long names of keys may go on in a new line
        body += f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
    st.html(
        f'<div class="hub-table" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def show_printed(text: str, caption: str) -> None:
    """Show what a command prints: its columns stay in line, and a keyboard can scroll it."""
    told = f'tabindex="0" role="region" aria-label="{html.escape(caption)}"'
    st.html(f'<pre class="hub-printed" {told}>{html.escape(text)}</pre>')


def show_figures(figures: Sequence[tuple[str, str, str]]) -> None:
    """Show what a board asks for first: name, value with its unit, and a note of its interval and the standard."""
    told = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd><b>{html.escape(value)}</b><span>{html.escape(note)}</span></dd></div>"
        for name, value, note in figures
    )
    st.html(f'<div class="hub-cards"><dl class="hub-figures">{told}</dl></div>')


def stamp(text: str, decisive: bool) -> None:
    """Say how much stands behind what follows, so that nobody takes a quick look for more."""
    kind = "decisive" if decisive else "quick"
    st.html(f'<p class="hub-stamp hub-{kind}">{html.escape(text)}</p>')


def downloads(files: Sequence[File]) -> None:
    """Offer files to take away, as many in a row as there is room for."""
    with st.container(horizontal=True):
        for label, content, name, kind in files:
            st.download_button(label, content, name, kind, on_click="ignore", width="content")


def show_problem(problem: Exception | str) -> None:
    """Tell what was refused, a sentence a line; never a traceback."""
    lines = str(problem).splitlines() or ["Something was refused, but it did not say why."]
    st.error("\n".join(f"- {plain(line)}" for line in lines) if len(lines) > 1 else plain(lines[0]))


def start_run(start: Callable[[], None]) -> None:
    """Start a run in the background and draw the page anew, which shows it; what is refused is told here."""
    try:
        start()
    except HubError as problem:
        show_problem(problem)
    else:
        st.rerun()


def watch(run: BackgroundRun, called: str, key: str, account: bool = False) -> None:
    """Show a run in the background until it is over: progress, time left, cancel and what it tells."""

    @st.fragment(run_every=1.0)
    def follow() -> None:
        if run.over:
            st.rerun()
        done, total = run.progress
        left = run.seconds_left
        if run.state == "waiting":
            st.progress(0.0, text=f"{called}: waiting for its turn; somebody else's run goes first.")
        elif account:
            st.markdown(f"**{called}**: running for about {duration(run.seconds)}. The account tells how far it is.")
        else:
            ending = "" if left is None else f", about {duration(left)} left"
            text = f"{called}: {done} of {total}{ending}" if total else f"{called}: starting"
            st.progress(min(done / total, 1.0) if total else 0.0, text=text)
        if account and (lines := run.account):
            st.code("\n".join(lines[-LINES_OF_ACCOUNT:]), language=None, wrap_lines=True)
        if st.button("Cancel the run", key=f"cancel-{key}"):
            end([run])
            st.rerun()

    follow()


def outcome(run: BackgroundRun) -> bool:
    """Tell how a run ended that did not finish; return whether it finished."""
    if run.state == "done":
        return True
    if run.state == "cancelled":
        st.info("The run was cancelled. What was finished is kept: start it again and it goes on from there.")
    else:
        show_problem(run.problem)
    return False


def files_of(folder: Path, files: Sequence[tuple[str, str, str]]) -> list[File]:
    """Return those files of a folder that are there to take away; each is given as label, place and kind."""
    return [
        (label, (folder / place).read_bytes(), Path(place).name, kind)
        for label, place, kind in files
        if (folder / place).is_file()
    ]


def archive(folder: Path, name: str) -> File:
    """Return all files of a folder as one archive to take away, made when it is asked for."""

    def zipped() -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as files:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    files.write(path, path.relative_to(folder))
        return content.getvalue()

    return "Everything (ZIP)", zipped, name, "application/zip"


def show_command(command: str) -> None:
    """Show what does the same on the command line, to copy."""
    st.markdown("The same from the command line:")
    st.code(command, language=None, wrap_lines=True)


def choose_named(label: str, names: Sequence[str], chosen: str, key: str | None = None, **more: Any) -> str:
    """Let one of some names of the configuration be chosen by its words."""
    shown = {"format_func": lambda name: sentence(words(name)), "key": key, **more}
    return str(st.selectbox(label, names, names.index(chosen), **shown))


def charts_beside(key: str, shown: Sequence[tuple[Any, ...]]) -> None:
    """Show charts beside each other, each as `show_chart` is given it; on a narrow screen one below the other."""
    beside = st.container(key=f"beside-{key}").columns(len(shown), gap="medium")
    for column, chart in zip(beside, shown, strict=True):
        with column:
            show_chart(*chart)
