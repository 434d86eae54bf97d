"""How the doors show charts, tables, problems and a run in the background, so that all do it alike."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from analysis.app.charts import Chart, Rows
from analysis.app.downloads import zipped
from analysis.app.phrases import Figure, plain
from analysis.app.runs import Background, Runs

PLOTLY = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}
MINUTE = 60
LINES_OF_ACCOUNT = 12
File = tuple[str, str | bytes | Callable[[], bytes], str, str]
"""Something to take away: label, content, name and kind."""


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
        cells = "".join(f"<td>{cell}</td>" for cell in others)
        body += f'<tr><th scope="row">{_breakable(first)}</th>{cells}</tr>'
    st.html(
        f'<div class="hub-table" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def show_printed(text: str, caption: str) -> None:
    """Show what a command prints: its columns stay in line, and a keyboard can scroll it."""
    told = f'tabindex="0" role="region" aria-label="{html.escape(caption)}"'
    st.html(f'<pre class="hub-printed" {told}>{html.escape(text)}</pre>')


def _breakable(name: str) -> str:
    """Return escaped text whose long names of keys may go on in the next line after a dot or a low line."""
    return name.replace(".", ".<wbr>").replace("_", "_<wbr>")


def show_figures(figures: Sequence[Figure]) -> None:
    """Show the figures that a board asks for first, each with its unit and what surrounds it."""
    told = "".join(
        f"<div><dt>{html.escape(figure.name)}</dt><dd><b>{html.escape(figure.value)}</b>"
        f"<span>{html.escape(figure.note)}</span></dd></div>"
        for figure in figures
    )
    st.html(f'<dl class="hub-figures">{told}</dl>')


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


def watch(run: Background, called: str, key: str, account: bool = False) -> None:
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
            st.markdown(f"**{called}**: at work for {time_left(run.seconds)}. The account tells how far it is.")
        else:
            ending = "" if left is None else f", {time_left(left)} left"
            text = f"{called}: {done} of {total}{ending}" if total else f"{called}: starting"
            st.progress(min(done / total, 1.0) if total else 0.0, text=text)
        if account and (lines := run.account):
            st.code("\n".join(lines[-LINES_OF_ACCOUNT:]), language=None, wrap_lines=True)
        if st.button("Cancel the run", key=f"cancel-{key}"):
            Runs.cancel(run)
            run.ended.wait(5)
            st.rerun()

    follow()


def outcome(run: Background) -> bool:
    """Tell how a run ended that did not finish; return whether it finished."""
    if run.state == "done":
        return True
    if run.state == "cancelled":
        st.info("The run was cancelled. What was finished is kept: start it again and it goes on from there.")
    else:
        show_problem(run.problem)
    return False


def archive(folder: Path) -> bytes:
    """Return the files of a finished run as one archive, made once in a session."""
    key = f"archive-{folder}"
    if key not in st.session_state:
        st.session_state[key] = zipped(folder)
    made: bytes = st.session_state[key]
    return made


def time_left(seconds: float) -> str:
    """Return a length of time in words: `about 40 seconds`."""
    if seconds < MINUTE:
        return f"about {max(round(seconds), 1)} seconds"
    minutes = round(seconds / MINUTE)
    return f"about {minutes} minute{'s' * (minutes != 1)}"


def side_by_side(key: str, shows: Sequence[Callable[[], None]]) -> None:
    """Show things beside each other; on a narrow screen they stand one below the other."""
    with st.container(key=f"beside-{key}"):
        for column, show in zip(st.columns(len(shows), gap="medium"), shows, strict=True):
            with column:
                show()
