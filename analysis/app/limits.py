"""What the page will do for one visitor: bounds that are kept behind it, whatever a browser sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.config import HubConfig
from sim.config.checks import expected_referrals
from sim.errors import ConfigProblem, unfit

MEGABYTE = 1_000_000
LONGEST_VALUE = 100
"""Of one value in a link; the name of an option is the longest."""
KEYS_OF_THE_COMMAND_LINE = "the command line has no such bound"


@dataclass(frozen=True)
class Limits:
    """The most that one visitor can ask for at a time."""

    people: int = 150_000
    """Expected to refer in one replication, all Hubs together."""
    hubs: int = 40
    horizon_days: int = 1_827
    replications: int = 500
    plans: int = 6
    wall_seconds: int = 1_800
    """After which a run in the background is ended; what is finished stays in the store."""
    absence_seconds: int = 300
    """So long a visit is kept whose page is not connected: its uploads, and what it runs."""
    look_seconds: float = 15.0
    """After which a quick look makes do with the replications it has."""
    waiting_runs: int = 2
    """Runs in the background that one visitor may have going or waiting."""
    places: int = 2
    """Runs in the background of all visitors that go at the same time; others wait their turn."""
    upload_bytes: int = 2 * MEGABYTE
    store_bytes: int = 2_000 * MEGABYTE
    """Room for finished replications; when it is full the store is emptied."""


LIMITS = Limits()


def refuse_beyond(config: HubConfig, limits: Limits = LIMITS) -> None:
    """Refuse a configuration that is more than one visitor may ask for.

    Raises
    ------
    ConfigProblem
        With one line a bound.
    """
    run = config.run
    asked = (
        ("hubs.count", config.hubs.count, limits.hubs),
        ("run.horizon_days", run.horizon_days, limits.horizon_days),
        ("run.replications", run.replications, limits.replications),
        ("run.opening.run_in_days", run.opening.run_in_days, limits.horizon_days),
        ("demand, people expected to refer", round(expected_referrals(config)), limits.people),
        ("run.opening.backlog, people", _already_there(config), limits.people),
    )
    lines = [
        f"{key}: got {value:,}; this page runs at most {most:,} ({KEYS_OF_THE_COMMAND_LINE})"
        for key, value, most in asked
        if value > most
    ]
    if lines:
        raise ConfigProblem(lines)


def refuse_unfit(parameters: Mapping[str, str]) -> None:
    """Refuse a link whose values are longer than any that it could hold, or no text, before they are read.

    Raises
    ------
    ConfigProblem
        With one line a value.
    """
    bad = {name: text for name, text in parameters.items() if len(text) > LONGEST_VALUE or unfit(f"{name}{text}", "")}
    if bad:
        raise ConfigProblem(
            [f"{name[:40]}: got {text[:40]!a} ...; a link holds short texts" for name, text in bad.items()]
        )


def refuse_many(plans: int, limits: Limits = LIMITS) -> None:
    """Refuse more plans side by side than the page runs.

    Raises
    ------
    ConfigProblem
        When there are too many, or fewer than two.
    """
    if not 2 <= plans <= limits.plans:  # noqa: PLR2004 (a comparison is of two)
        raise ConfigProblem([f"plans: got {plans}; choose 2 to {limits.plans}"])


def _already_there(config: HubConfig) -> int:
    opening = config.run.opening
    if opening.mode != "backlog":
        return 0
    backlog = opening.backlog
    queues = (backlog.screening_review, backlog.assessment, backlog.therapy, backlog.caseload)
    return sum(queue.people for queue in queues) * config.hubs.count
