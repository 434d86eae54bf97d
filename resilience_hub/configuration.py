"""A configuration: loaded from what ships or a folder of your own, changed by keyword, then simulated or sized."""

from __future__ import annotations

import datetime
import html
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

from resilience_hub.refusals import in_python
from sim.launch.pieces import typed

if TYPE_CHECKING:
    import pandas as pd

    from resilience_hub.results import Results
    from resilience_hub.sizing import Sizing
    from sim.config import HubConfig

Progress = bool | Callable[[int, int], None]
"""Whether progress is shown; or what is called after each replication with how many are finished, and of how many."""
UNHEEDED = {
    "run.design": "a design is for hub sweep: give each plan to compare()",
    "run.profile": "hub run alone prints seconds: leave it out",
    "run.warm_up": "hub run alone finds a run-in: give its run.opening.run_in_days",
}
"""Keys that nothing here obeys, each with what to do instead."""
_composing = threading.Lock()
"""Hydra composes for one thread at a time."""


def load(*overrides: str, folder: str | PathLike[str] | None = None, **values: Any) -> Configuration:
    """Load a configuration: the defaults, with what is asked for in their place.

    Parameters
    ----------
    *overrides
        Changes as the command line takes them: `"demand.multiplier=1.2"`, and with a plus what is to be added:
        `'+staffing.roles.therapist.lines.locum={band: "7", wte: 1.0, kind: agency, pay_point: mid}'`.
    folder
        A folder of your own options, as `hub import` writes it beside a workbook, or as `--config-dir` takes it. Where
        it holds one scenario, that one is taken unless you name another.
    **values
        Changes by keyword, two underscores for each point: `scenario="major_incident"`, `staffing="mixed_skill"`,
        `demand__multiplier=1.2`, `run__start_date=datetime.date(2022, 4, 1)`. Lists and dictionaries may be given too.

    Returns
    -------
    Configuration
        Checked and frozen.

    Raises
    ------
    HubError
        With one line for each thing that is wrong: the key, what was given, and what would be right.
    """
    with in_python(overrides):
        asked = [*_texts(overrides), *_written(values)]
        where = None if folder is None else str(folder)
        if where is not None and not any(text.startswith("scenario=") for text in asked):
            asked = [*_only_scenario(where), *asked]
        return Configuration.composed(asked, where)


def options(folder: str | PathLike[str] | None = None) -> pd.DataFrame:
    """List what can be chosen: scenarios, staffing models and the options of every other group.

    Parameters
    ----------
    folder
        A folder of your own options, as `load` takes it.

    Returns
    -------
    pandas.DataFrame
        One row an option: `group`, `option`, `default` (whether it is taken unless another is named) and `purpose`
        (what it is for, in a sentence).
    """
    import pandas as pd

    from sim.launch.options import SCENARIO, Options

    with in_python():
        found = Options(None if folder is None else str(folder))
        groups = {SCENARIO: "", "staffing": ""} | found.defaults
        rows = [
            (group, name, name == groups[group], purpose)
            for group in groups
            for name, purpose in found.purposes(group).items()
        ]
    return pd.DataFrame(rows, columns=["group", "option", "default", "purpose"])


@dataclass(frozen=True, repr=False)
class Configuration:
    """A scenario under a staffing model, with what was changed of them; made by `load`, and frozen."""

    overrides: tuple[str, ...]
    """What differs from the defaults, as the command line takes it."""
    folder: str | None
    """The folder of your own options; None without one."""
    checked: HubConfig = field(compare=False)
    """Every value, checked and typed, as in `configuration.checked.demand.multiplier`."""

    @classmethod
    def composed(cls, overrides: Iterable[str], folder: str | None) -> Configuration:
        """Compose and check what the command line would of such overrides; HubError with a line a problem."""
        from analysis.commands.arguments import refuse_unheeded
        from sim.config import validate
        from sim.launch.compose import NO_FOLDER, compose

        asked = tuple(_last_of_each(overrides))
        with _composing:
            checked = validate(compose(*asked, config_dir=folder, unheeded=NO_FOLDER | UNHEEDED))
            refuse_unheeded(asked, [checked])
        return cls(asked, folder, checked)

    def change(self, *overrides: str, **values: Any) -> Configuration:
        """Return another configuration in which some values are others; see `load` for how they are given.

        A key that was set before is set again; all other changes stay.
        """
        with in_python(overrides):
            return self.composed([*self.overrides, *_texts(overrides), *_written(values)], self.folder)

    @property
    def scenario(self) -> str:
        """The name of the scenario."""
        return self.checked.scenario

    @property
    def staffing(self) -> str:
        """The name of the staffing model."""
        return self.checked.staffing_model

    @property
    def command(self) -> str:
        """The command line that simulates the same."""
        own = [] if self.folder is None else ["--config-dir", self.folder]
        return typed(["hub", *own, *self.overrides])

    @property
    def warnings(self) -> list[str]:
        """What is remarked on its numbers before anything is simulated, a sentence each."""
        from analysis.tell.input_warnings import input_warnings

        return [warning.sentence for warning in input_warnings(self.checked)]

    def simulate(
        self, replications: int | None = None, processes: int | None = None, progress: Progress = True
    ) -> Results:
        """Simulate it, each replication with luck of its own, and return what happened.

        Interrupted, finished replications stay in the folder that `run.store` names (`outputs/store` where you stand;
        `run__store=None` keeps none), and the same call goes on from them.

        Parameters
        ----------
        replications
            How many; `run.replications` if not given. With `run.precision`, how many at least.
        processes
            How many cores to use; `run.jobs` if not given, which is all of them. 1 simulates in this process.
        progress
            Whether to show how far it is, in a notebook or on a terminal; or a function that is called after each
            replication with how many are finished, and of how many.

        Raises
        ------
        HubError
            If the configuration cannot be simulated as asked.
        """
        from resilience_hub.results import simulate

        with in_python(given=keys_of(replications, processes)):
            return simulate(self._with(replications, processes), progress)

    def size(
        self, *overrides: str, processes: int | None = None, progress: bool | Callable[[str], None] = True,
        **values: Any,
    ) -> Sizing:  # fmt: skip
        """Find the cheapest staffing that meets a waiting-time target in most futures; as `hub size` does.

        Futures differ as in `uncertainty=futures` unless the configuration says otherwise. It may take minutes;
        interrupted, the same call goes on from what the store keeps.

        Parameters
        ----------
        *overrides
            The target and the search, as the command line takes them: `"target.days=56"`,
            `"sizing.counted.from_week=0"`.
        processes
            How many cores to use; all if not given.
        progress
            Whether to print what is being done; or a function that is called with each line.
        **values
            The same by keyword: `target__days=56`, `target__share=0.8`, `target__assurance=0.8`.

        Raises
        ------
        HubError
            If the question does not fit the configuration.
        """
        from resilience_hub.sizing import size

        with in_python(overrides, keys_of(None, processes), "sizing"):
            return size(self._with(None, processes), [*_texts(overrides), *_written(values)], progress)

    def _with(self, replications: int | None, processes: int | None) -> Configuration:
        asked = {"run.replications": replications, "run.jobs": processes}
        said = [f"{key}={_value(value)}" for key, value in asked.items() if value is not None]
        return self.composed([*self.overrides, *said], self.folder) if said else self

    def __repr__(self) -> str:
        """Return how it is loaded."""
        own = [] if self.folder is None else [f"folder={self.folder!r}"]
        return f"resilience_hub.load({', '.join([*map(repr, self.overrides), *own])})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from analysis.comparison.plans import staff_in_words
        from analysis.tell.wording import full_date, words
        from resilience_hub.notebook import table

        run = self.checked.run
        rows = [
            ("Scenario", f"{words(self.scenario)}: {self.checked.purpose}"),
            ("Staffing model", f"{words(self.staffing)}: {staff_in_words(self.checked)}"),
            ("Time simulated", f"{run.horizon_days:,} days from {full_date(run.start_date)}"),
            ("Replications", f"{run.replications:,}, seed {run.seed}"),
            ("On the command line", self.command),
            *(("Remark", line) for line in self.warnings),
        ]
        return table([], [[f"<b>{name}</b>", html.escape(text)] for name, text in rows])


def keys_of(replications: object, processes: object) -> dict[str, str]:
    """Return which keys were given by arguments with another name."""
    asked = {"run.replications": ("replications", replications), "run.jobs": ("processes", processes)}
    return {key: name for key, (name, value) in asked.items() if value is not None}


def _last_of_each(overrides: Iterable[str]) -> list[str]:
    """Return overrides with each key set once, as it was set last, in the order in which keys were first set."""
    return list({text.partition("=")[0].strip(): text for text in overrides}.values())


def _only_scenario(folder: str) -> list[str]:
    """Return the choice of the one scenario of a folder; nothing where it holds none or several."""
    from pathlib import Path

    found = [file.stem for file in sorted(Path(folder).glob("scenario/*.yaml"))]
    return [f"scenario={_value(found[0])}"] if len(found) == 1 else []


def _texts(overrides: Iterable[Any]) -> list[str]:
    """Return overrides as they are; HubError for one that is no text, as a dictionary."""
    from sim.errors import HubError

    asked = list(overrides)
    if other := next((type(one).__name__ for one in asked if not isinstance(one, str)), None):
        raise HubError(
            f'overrides: got a {other}; give keywords, as demand__multiplier=1.2, or "demand.multiplier=1.2"'
        )
    return asked


def _written(values: Mapping[str, Any]) -> list[str]:
    """Return keywords as the command line takes them; HubError for one with one underscore where a key has a point."""
    for name, value in values.items():
        _refuse_single_underscores(name, value)
    return [f"{name.replace('__', '.')}={_value(value)}" for name, value in values.items()]


def _refuse_single_underscores(name: str, value: object) -> None:
    from sim.composed import leaves
    from sim.config import HubConfig
    from sim.errors import HubError

    top = HubConfig.model_fields
    if "_" not in name or "__" in name or name in top or name.partition("_")[0] not in top:
        return
    defaults = leaves(Configuration.composed([], None).checked.model_dump())
    if meant := next((path for path, _ in defaults if path.replace(".", "_") == name), None):
        raise HubError(f"{name}: got {value!r}; there is no such key: did you mean {meant.replace('.', '__')}?")


def _value(value: Any) -> str:
    """Return a value of Python's as the command line takes it."""
    from sim.launch.overrides import PLAIN_NAME, quoted

    if hasattr(value, "item"):  # a number of numpy's
        value = value.item()
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_value(str(key))}: {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, datetime.datetime):
        value = value.date()
    text = str(value)
    return text if PLAIN_NAME.fullmatch(text) else quoted(text)
