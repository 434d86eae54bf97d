"""Keys of the command line that `hub` would not obey in this very run: they are refused, so none is lost in silence.

Numbers of the model that a configuration does not use are remarked on instead (`analysis.tell.unused`): the next cell
of a sweep may use them. What never depends on the rest of the command line is refused as it is read
(`sim.launch.overrides`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.errors import ConfigProblem, given
from sim.launch.overrides import meant, parsed

if TYPE_CHECKING:
    from sim.config import HubConfig


class Unheeded(NamedTuple):
    """A key, when it is obeyed, and what to do where it is not."""

    key: str
    obeyed: Callable[[HubConfig], bool]
    remedy: str


def _no_story(config: HubConfig) -> bool:
    return config.trace is None


OF_STORIES = "trace tells one story and keeps nothing: leave one of the two out"
TABLE = (
    Unheeded(
        "run.replication",
        lambda config: config.trace is not None,
        "it says whose story trace=CLIENT_ID tells; run.replications says how many there are",
    ),
    Unheeded(
        "run.replications_max",
        lambda config: config.run.precision is not None,
        "it goes with run.precision; run.replications says how many there are",
    ),
    Unheeded(
        "run.opening.run_in_days",
        lambda config: not config.run.warm_up,
        "run.warm_up finds the days itself: leave one of the two out",
    ),
    *(
        Unheeded(f"run.{name}", _no_story, OF_STORIES)
        for name in (
            "replications", "precision", "warm_up", "keep", "store", "jobs", "backend", "scheduler", "design",
            "profile",
        )
    ),
    *(
        Unheeded(f"uncertainty.{name}", lambda config: config.uncertainty.mode == "psa", "it goes with uncertainty=psa")
        for name in ("replications_per_draw", "leave_out", "parameters")
    ),
)  # fmt: skip


def refuse_unheeded(overrides: Sequence[str], configs: Sequence[HubConfig]) -> None:
    """Refuse what the command line sets and no cell obeys.

    Parameters
    ----------
    overrides
        What the command line says.
    configs
        Of each cell.

    Raises
    ------
    ConfigProblem
        With a line for each such key.
    """
    problems = [
        f"{override.key_or_group}: got {given(override.input_line)}; {unheeded.remedy}"
        for override in parsed(list(map(meant, overrides)))
        for unheeded in TABLE
        if f"{override.key_or_group}.".startswith(f"{unheeded.key}.") and not any(map(unheeded.obeyed, configs))
    ]
    if problems:
        raise ConfigProblem(problems)
