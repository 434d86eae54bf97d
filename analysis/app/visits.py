"""What the server keeps: one place for all (store, looks, runs) and a folder for each visit, gone with it."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.app.limits import LIMITS, Limits, refuse_beyond
from analysis.app.looks import Looks
from analysis.app.runs import Background, Runs
from analysis.app.view import QUICK, View
from sim.config import HubConfig
from sim.errors import HubError
from sim.experiment import simulate

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Visit:
    """One visitor's session: its uploads and runs, which nobody else can reach."""

    folder: Path
    runs: dict[str, Background] = field(default_factory=dict)
    """By what they answer; a finished one stays until another takes its place."""

    def close(self) -> None:
        """End what runs and remove every file."""
        for run in self.runs.values():
            Runs.cancel(run)
        for run in self.runs.values():
            run.ended.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class House:
    """The server's own: a folder that is removed when it stops, the store inside it, looks and runs."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._folder = tempfile.TemporaryDirectory(prefix="hub-app-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        self.store = self.folder / "store"
        self.looks = Looks(self.store, limits)
        self.runs = Runs(limits)
        atexit.register(self.close)
        default = View.default()
        self.looks.ask(default.config(QUICK, self.store))  # what most begin with; and the cores are warm

    def visit(self) -> Visit:
        """Open a visit."""
        folder = self.folder / secrets.token_urlsafe(16)
        folder.mkdir(mode=0o700)
        return Visit(folder)

    def config(self, view: View, replications: int, visit: Visit) -> HubConfig:
        """Return the configuration of a view; own referrals leave no trace in the shared store."""
        store = self.store if view.referrals is None else visit.folder / "store"
        return view.config(replications, store)

    def events(self, config: HubConfig, number: int) -> pd.DataFrame:
        """Simulate one replication and return the events of its first Hub.

        Raises
        ------
        ConfigProblem
            When the configuration is more than a visitor may ask for.
        """
        refuse_beyond(config, self.limits)
        kept = config.model_copy(update={"run": config.run.model_copy(update={"keep": ["events"], "jobs": 1})})
        events: pd.DataFrame = next(simulate(kept, [number])).tables["events"].to_pandas()
        return events[events["hub"] == 0]

    def start(self, visit: Visit, question: str, asked: Callable[[Path], dict[str, Any]]) -> Background:
        """Start a run for a visit, in place of an earlier one for the same question.

        Parameters
        ----------
        asked
            Given the folder of the run, returns the request, and refuses what cannot be run.

        Raises
        ------
        HubError
            When the visitor has as many runs going as there may be, or what is asked is refused.
        """
        going = [run for name, run in visit.runs.items() if name != question and not run.over]
        if len(going) >= self.limits.waiting_runs:
            raise HubError(f"You have {len(going)} runs going; wait for one or cancel it.")
        folder = visit.folder / f"run-{secrets.token_hex(4)}"
        request = asked(folder)
        if (earlier := visit.runs.get(question)) is not None:
            self.runs.cancel(earlier)
        run = self.runs.start(folder, request)
        visit.runs[question] = run
        return run

    def close(self) -> None:
        """Stop for good."""
        self.looks.close()
        self.runs.close()
        self._folder.cleanup()
