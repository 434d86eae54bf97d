"""What a reader must know of the inputs of a run: values beyond the evidence, and dates that the run never reaches."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sim.calendar import date_of
from sim.config import HubConfig
from sim.register import leaves, ranges

YOURS = (
    "staffing.roles.*.lines.*", "staffing.roles.*.job_plan.*", "staffing.roles.*.caseload_cap_per_wte",
    "costs.pay_gbp_per_year.*", "incident.*.persons.*", "population.*", "standards.*", "run.*", "hubs.*",
)  # fmt: skip
"""What a planner decides or knows better than any evidence: staff, standards, pay, who lives there, how to run it."""
MOST_LINES = 6
BEGINS = ("from_day", "start_day", "referred_from_day")
ENDS = ("to_day", "end_day", "referred_to_day")


def input_warnings(config: HubConfig) -> list[str]:
    """Return what is odd about a configuration that can be run all the same, one line each."""
    numbers = list(leaves(config.model_dump(mode="json", exclude={"uncertainty"})))
    return [*_beyond_the_evidence(numbers), *_never_reached(config, numbers)]


def _beyond_the_evidence(numbers: list[tuple[str, Any]]) -> list[str]:
    """Find values outside their range in conf/evidence.csv."""
    known = ranges()
    lines = []
    for key, value in numbers:
        within = known.get(key)
        if within is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if within.low <= value <= within.high or any(fnmatchcase(key, pattern) for pattern in YOURS):
            continue
        source = f", {within.evidence_id}" if within.evidence_id else ""
        lines.append(
            f"{key}={value:g} lies outside its range in the evidence, {within.low:g} to {within.high:g} "
            f"({within.unit}{source}): check the value, or read the results as a what-if"
        )
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"... and {more} more values lie outside their range"] if more > 0 else [])]


def _never_reached(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[str]:
    """Find dated changes that begin after the run ends, or are over before it begins."""
    run = config.run
    last = f"the run ends on day {run.horizon_days - 1}, {_written(config, run.horizon_days - 1)}"
    starts = f"the run begins on day {-run.run_in_days}, {_written(config, -run.run_in_days)}"
    over = {
        f"demand.waves.{name}.start_day": wave.start_day + wave.length_days
        for name, wave in config.demand.waves.items()
    }
    for key, day in numbers:
        name = key.rpartition(".")[2]
        if day is None:
            continue
        if name in BEGINS and day >= run.horizon_days:
            yield f"{key}={day} has no effect, because {last}: choose an earlier day, or a longer run.horizon_days"
        elif (name in ENDS and day <= -run.run_in_days) or over.get(key, 1 - run.run_in_days) <= -run.run_in_days:
            yield f"{key}={day} has no effect, because it is over before {starts}: choose a later day"


def _written(config: HubConfig, day: int) -> str:
    date = date_of(config.run.start_date, day)
    return f"{date.day} {date:%B %Y}"
