"""How every part of the page shows charts, tables, problems, runs in the background and the levers."""

from __future__ import annotations

import datetime
import html
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app.background import BackgroundRun, end
from analysis.app.charts import Chart, Rows
from analysis.app.levers import PLANNERS, WHO_ASKS, Lever, Value
from analysis.app.view import View
from analysis.app.visits import epoch, keep, set_view, view
from analysis.own_hub.option_files import OPTION
from analysis.tell.wording import duration, full_date, plain, sentence, words
from sim.calendar import date_of
from sim.errors import HubError
from sim.evidence import SETTING

PLOTLY = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}
LINES_OF_ACCOUNT = 12
File = tuple[str, str | bytes | Callable[[], str | bytes], str, str]
"""Something to take away: label, content, name and kind."""
SLIDERS = ("referrals", "size", "plan", "sessions", "lead")
"""Levers that are dragged, by the first part of their name; the others are typed or chosen."""


def begin(title: str, text: str = "", levers: str = "Change something", first: str = PLANNERS) -> View:
    """Show the levers under a heading beside the page, the page's title, and how the view differs from its preset."""
    with st.sidebar:
        st.header(levers)
        now = levers_form(first)
    st.title(title)
    if text:
        st.markdown(text)
    difference(now)
    return now


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


def levers_form(first: str = PLANNERS) -> View:
    """Show the form and return the view that it describes: presets, then the levers by who asks for them."""
    now = _presets(view())
    levers, changed = now.levers, {lever.name for lever, _ in now.changed}
    for asked, sections in sorted(WHO_ASKS.items(), key=lambda item: item[0] != first):
        st.subheader(asked)
        for section in sections:
            mine = [lever for lever in levers if lever.section == section and _in_use(lever, now)]
            moved = sum(lever.name in changed for lever in mine)
            opened = asked == first and section == sections[0]
            with st.expander(f"{section}{f' ({moved} changed)' if moved else ''}", expanded=opened):
                for lever in mine:
                    value = _widget(lever, now)
                    if value == now.changes.get(lever.name, lever.preset):
                        continue
                    now = now.with_change(lever.name, value)
                    if lever.name == "incident":
                        keep(now)
                        st.rerun()
    now = replace(now, changes={lever.name: value for lever, value in now.changed})
    keep(now)
    return now


def _presets(now: View) -> View:
    told = "What happens to the Hub. Each is a small difference to the baseline."
    scenario = choose_named("Scenario", now.folder.options("scenario"), now.scenario, f"scenario-{epoch()}", help=told)
    st.caption(now.folder.purposes.get(scenario, ""))
    told = "Who works at the Hub and what they do."
    staffing = choose_named(
        "Staffing model", now.folder.options("staffing"), now.staffing, f"staffing-{epoch()}", help=told
    )
    if (scenario, staffing) != (now.scenario, now.staffing):
        set_view(replace(now, scenario=scenario, staffing=staffing, changes={}))
        st.rerun()
    return now


def _in_use(lever: Lever, now: View) -> bool:
    """Return whether a lever does anything now."""
    if lever.name.startswith("backlog."):
        return now.changes.get("opening", now.preset.run.opening.mode) == "backlog"
    if lever.name.startswith("uptake.") or lever.name == "referrals":
        return now.referrals is None
    return True


def _label(lever: Lever) -> str:
    """Return the label of a lever with its unit and the grade of the evidence."""
    grade = "your choice" if lever.grade == SETTING else f"evidence {lever.grade}"
    return f"**{lever.label}** :small[{f'{lever.unit} · ' if lever.unit else ''}{grade}]"


def _widget(lever: Lever, now: View) -> Value:
    value = now.changes.get(lever.name, lever.preset)
    key = f"lever-{epoch()}-{lever.name}"
    more: dict[str, Any] = {"key": key, "help": lever.meaning}
    if lever.options is not None:
        choices = list(lever.options)
        chosen: Value = st.selectbox(_label(lever), choices, choices.index(value), format_func=lever.shown, **more)
        return chosen
    kind = lever.name.partition(".")[0]
    if kind == "day":
        start: datetime.date = now.preset.run.start_date
        day, first, last = (date_of(start, int(day)) for day in (value, lever.low, lever.high))
        label = _label(replace(lever, unit="date"))
        date: datetime.date = st.date_input(label, day, first, last, format="DD/MM/YYYY", **more)
        return (date - start).days
    if lever.whole:
        whole = [int(number) for number in (lever.low, lever.high, value, lever.step)]
        typed: int = st.number_input(_label(lever), *whole, **more)
        return typed
    show = st.slider if kind in SLIDERS else st.number_input
    moved: float = show(_label(lever), lever.low, lever.high, float(value), lever.step, format="%g", **more)
    return round(moved, 6)


def difference(now: View) -> None:
    """Show how the view differs from its preset; it stays in sight however far the page is scrolled."""
    preset = f"{sentence(words(now.scenario))}, {words(now.staffing)}"
    if problem := st.session_state.pop("link_problem", None):
        show_problem(f"The link could not be opened as it is, so this is the baseline. {problem}")
    changes = [_told(lever, to, now) for lever, to in now.changed]
    if now.hub is not None:
        ours = now.preset.purpose if now.scenario == OPTION else preset
        preset = f"{plain(ours)}, from your workbook {plain(now.hub.filled.file)}"
    if now.referrals is not None:
        changes.append("Referrals: drawn → **your own table**")
    with st.container(key="difference", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Preset:** {preset}. **Changed:** {'; '.join(changes) or 'nothing'}.", width="stretch")
        if changes and st.button("Undo all changes"):
            set_view(replace(now, changes={}, referrals=None))
            st.rerun()


def _told(lever: Lever, to: Value, now: View) -> str:
    """Return one change in words: what it was, what it is, and the unit once."""
    if lever.options is not None:
        return f"{lever.label}: {lever.shown(lever.preset)} → **{lever.shown(to)}**"
    if lever.name.startswith("day."):
        before, after = (full_date(date_of(now.preset.run.start_date, int(day))) for day in (lever.preset, to))
        return f"{lever.label}: {before} → **{after}**"
    return f"{lever.label}: {lever.preset:g} → **{lever.shown(to)}**"
