"""What the server keeps: one place for all (store, looks, runs) and a folder for each visit, gone with it.

A visit lasts as long as its page is connected and `Limits.absence_seconds` more: a network that drops for a moment,
or a laptop that is closed on the way to a meeting, costs nobody an upload or a run.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.app.background import BackgroundRun, Runs, end
from analysis.app.caretaker import PassingFolder
from analysis.app.plans import NamedView
from analysis.app.presets import kept_presets, simulate_in_background
from analysis.app.quick_look import QuickLooks
from analysis.app.view import LIMITS, QUICK, Limits, View, from_link, refuse_beyond
from sim.config import HubConfig
from sim.errors import ConfigProblem, HubError
from sim.run.experiment import simulate

if TYPE_CHECKING:
    import pandas as pd

Made = TypeVar("Made")
RUNS, PLAN, BASELINE, DELTA, STAGE, QUESTION = "runs", "plan", "baseline", "delta", "stage", "question"
NO_LEVERS = (RUNS, PLAN, BASELINE, DELTA, STAGE, QUESTION)
"""Parameters of a link that are no levers: replications of a run, plans side by side and how they are compared."""
TARGET, HIRE = "target.", "hire."
"""And those that begin with these: what is asked of a sizing."""
BETWEEN_SECONDS = 5.0
"""Between two rounds that look who is away."""
LATER_SECONDS = 15.0
"""A visit outlives its session by so much: who comes back to a session in its last moment finds everything."""


@dataclass
class Visit:
    """One visitor's session: its uploads and runs, which nobody else can reach."""

    folder: Path
    runs: dict[str, BackgroundRun] = field(default_factory=dict)
    """By what they answer; a finished one stays until another takes its place."""
    away_since: float | None = None
    """On the monotonic clock; None while the page is connected."""
    closed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while a run is started, so that none starts in a visit that ends."""

    def close(self) -> None:
        """End what runs and remove every file."""
        with self.lock:
            self.closed = True
        end(self.runs.values())
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self, but: str = "") -> None:
        """End what runs and remove everything but one folder, and go on."""
        end(self.runs.values())
        self.runs.clear()
        for path in self.folder.iterdir():
            if path.name != but:
                shutil.rmtree(path, ignore_errors=True)


class House:
    """The server's own: a folder that is removed when it stops, the store inside it, looks and runs."""

    def __init__(
        self,
        limits: Limits = LIMITS,
        connected: Callable[[str], bool] = lambda session: True,
        presets: Path | None = None,
    ) -> None:
        self.limits = limits
        self._connected = connected
        self._own = PassingFolder()
        self.folder = self._own.path
        self.store = self.folder / "store"
        self.looks = QuickLooks(self.store, limits)
        self.runs = Runs(limits)
        self.visits: dict[str, Visit] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._rounds, daemon=True, name="rounds").start()
        atexit.register(self.close)
        self.presets = presets
        self.looks.ask(View.default().config(QUICK, presets or self.store))  # what most begin with
        self._simulating = None if presets is None else simulate_in_background(presets)

    def visit(self, session: str) -> Visit:
        """Return the visit of a session; it is opened when that comes for the first time."""
        with self._lock:
            if session not in self.visits:
                folder = self.folder / secrets.token_urlsafe(16)
                folder.mkdir(mode=0o700)
                self.visits[session] = Visit(folder)
            return self.visits[session]

    def see_who_is_away(self, now: float) -> None:
        """Close the visits whose page has not been connected for `Limits.absence_seconds`, and a little more."""
        ended = []
        with self._lock:
            for session, visit in list(self.visits.items()):
                if self._connected(session):
                    visit.away_since = None
                elif visit.away_since is None:
                    visit.away_since = now
                elif now - visit.away_since > self.limits.absence_seconds + LATER_SECONDS:
                    ended.append(self.visits.pop(session))
        for visit in ended:
            visit.close()
            self.looks.forget(self._own_store(visit))

    def _rounds(self) -> None:
        while not self._closed.wait(BETWEEN_SECONDS):
            self.see_who_is_away(time.monotonic())

    def config(self, view: View, replications: int, visit: Visit) -> HubConfig:
        """Return the configuration of a view; what was uploaded leaves no trace in the stores that others use."""
        if self.presets is not None and replications <= QUICK and not view.changed and not view.is_private:
            return view.config(replications, self.presets)
        return view.config(replications, self.store_of(visit, [view]))

    def store_of(self, visit: Visit, views: Iterable[View]) -> Path:
        """Return the store for some views: that of the visit where one holds what was uploaded."""
        return self._own_store(visit) if any(view.is_private for view in views) else self.store

    def forget(self, visit: Visit, but: str = "") -> None:
        """Remove what a visit has uploaded and everything that was made in it, but one folder."""
        visit.forget(but)
        self.looks.forget(self._own_store(visit))

    @staticmethod
    def _own_store(visit: Visit) -> Path:
        return visit.folder / "store"

    def events(self, config: HubConfig, number: int) -> pd.DataFrame:
        """Simulate one replication, unless it is more than a visitor may ask for; return its first Hub's events."""
        refuse_beyond(config, self.limits)
        kept = config.model_copy(update={"run": config.run.model_copy(update={"keep": ["events"], "jobs": 1})})
        events: pd.DataFrame = next(simulate(kept, [number])).tables["events"].to_pandas()
        return events[events["hub"] == 0]

    def start(self, visit: Visit, question: str, asked: Callable[[Path], dict[str, Any]]) -> BackgroundRun:
        """Start a run for a visit, in place of an earlier one for the same question.

        `asked` is given the folder of the run and returns the request, or refuses what cannot be run. HubError also
        where the visit has ended, or has as many runs going as there may be.
        """
        with visit.lock:
            if visit.closed:
                raise HubError("This visit has ended; reload the page.")
            going = [run for name, run in visit.runs.items() if name != question and not run.over]
            if len(going) >= self.limits.waiting_runs:
                raise HubError(f"You have {len(going)} runs going; wait for one or cancel it.")
            folder = visit.folder / f"run-{secrets.token_hex(4)}"
            request = asked(folder)
            if (earlier := visit.runs.get(question)) is not None:
                earlier.stop.set()
            self._give_way(request)
            run = self.runs.start(folder, request)
            visit.runs[question] = run
        return run

    def _give_way(self, request: dict[str, Any]) -> None:
        """End the same run of a visit that is away: a page that is loaded anew goes on from what that has finished."""
        with self._lock:
            away = [visit for session, visit in self.visits.items() if not self._connected(session)]
        for run in (run for visit in away for run in list(visit.runs.values())):
            if run.request == request:
                run.stop.set()

    def close(self) -> None:
        """Stop for good."""
        self._closed.set()
        if self._simulating is not None:
            self._simulating.terminate()
            self._simulating.wait()
        self.looks.close()
        self.runs.close()
        self._own.remove()


@cache
def house() -> House:
    """Return what all visitors share; it is there before the first of them comes."""
    return House(connected=lambda session: get_instance().is_active_session(session), presets=kept_presets())


def visit() -> Visit:
    """Return this visitor's own; it is closed some minutes after the browser has gone."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("a visit is of a page that is being served")
    return house().visit(context.session_id)


def view() -> View:
    """Return what this visitor looks at: of the session, or of the link at its beginning."""
    if "view" not in st.session_state:
        given = st.query_params.to_dict().items()
        levers = {key: text for key, text in given if key not in NO_LEVERS and not key.startswith((TARGET, HIRE))}
        try:
            st.session_state.view = from_link(levers)
        except ConfigProblem as problem:
            st.session_state.view = View.default()
            st.session_state.link_problem = str(problem)
    found: View = st.session_state.view
    return found


def remembered(what: str, key: str, make: Callable[[], Made]) -> Made:
    """Return what takes a while to make, kept for this visitor until something else of the kind is asked for."""
    if st.session_state.get(what, ("",))[0] != key:
        st.session_state[what] = key, make()
    found: Made = st.session_state[what][1]
    return found


def epoch() -> int:
    """Return a number that widgets carry in their keys, so that they begin anew when it changes."""
    return int(st.session_state.get("epoch", 0))


def set_view(changed: View) -> None:
    """Let this visitor look at something else; widgets begin anew."""
    st.session_state.view = changed
    st.session_state.epoch = epoch() + 1


def keep(changed: View) -> None:
    """Remember what the widgets say."""
    st.session_state.view = changed


def kept_plans() -> list[NamedView]:
    """Return the plans that this visitor has kept for comparing; the list may be changed."""
    found: list[NamedView] = st.session_state.setdefault("kept-plans", [])
    return found
