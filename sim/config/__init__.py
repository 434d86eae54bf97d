"""The validated configuration of one run, typed, checked once and frozen; and another with some values changed.

No file is read here. What only files can tell (`Outside`) is told by whoever composes a configuration.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sim.composed import Composed, Outside, leaves, put
from sim.config.hub import HubConfig, cross_check
from sim.config.messages import lines_of
from sim.config.referrals import expected_from_file
from sim.errors import ConfigProblem

__all__ = ["HubConfig", "changed", "expected_referrals", "validate"]

DAY = re.compile(r"(^|[._])day$")
"""Ends the path of every value that is a day."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOST_PEOPLE = 2_000_000
"""Most people that may be expected to refer in one replication (a bound on memory)."""


def validate(container: dict[str, Any], outside: Outside | None = None) -> HubConfig:
    """Check a composed configuration and return it typed and frozen.

    Parameters
    ----------
    container
        Plain dictionaries and lists, as composed from conf/, a scenario and the command line.
    outside
        What files tell; of what `sim.launch` returns it is known.

    Raises
    ------
    ConfigProblem
        With one line a problem: the config path, what was given and what would be right.
    """
    if outside is None and isinstance(container, Composed):
        outside = container.outside
    in_days(container)
    try:
        config = HubConfig.model_validate(container, context=outside)
    except ValidationError as error:
        raise ConfigProblem(lines_of(error, HubConfig, container)) from None
    cross_check(config, outside)
    if (expected := expected_referrals(config)) > MOST_PEOPLE:
        people = sum(group.headcount for group in config.population.staff_groups.values())
        raise ConfigProblem([
            f"demand: got {expected:,.0f} referrals that are expected of {people:,} people; "
            f"at most {MOST_PEOPLE:,} are possible: lower the uptake, the headcount or run.horizon_days"
        ])  # fmt: skip
    return config


def in_days(container: Any) -> None:
    """Turn every date that is given for a day into days from `run.start_date`, in place: 2021-04-08 is day 7.

    What is no date stays as it is, to be refused with its key.
    """
    run = container.get("run") if isinstance(container, Mapping) else None
    first = _date(str(run.get("start_date"))) if isinstance(run, Mapping) else None
    if first is None:  # refused below
        return
    for path, value in list(leaves(container)):
        if DAY.search(path) and isinstance(value, str) and (date := _date(value)) is not None:
            put(container, path, (date - first).days)


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:  # 2022-02-30
        return None


def expected_referrals(config: HubConfig) -> float:
    """Return about how many people of one Hub's catchment may refer in one replication, times the number of Hubs.

    Raises ConfigProblem when a file of referrals cannot be used.
    """
    exposed = sum(
        sum(tier.persons.values()) * tier.take_up_share
        for incident in config.incident.values()
        for tier in incident.exposed.values()
    )
    if config.demand.referrals_csv:
        return exposed + expected_from_file(config)
    years = (config.run.horizon_days + config.run.run_in_days) / 365.25
    uptake = config.demand.uptake_per_person_year
    expected = exposed + sum(
        min(1.0, uptake[name] * config.demand.multiplier * years) * group.headcount
        for name, group in config.population.staff_groups.items()
        if name in uptake
    )
    return expected * config.hubs.count


def changed(config: HubConfig, values: Mapping[Any, Any]) -> HubConfig:
    """Return a configuration in which some values, by path as `put` takes it, are others, or are not there (`NOTHING`).

    What files tell was asked when the configuration was composed and is not asked again: a value drawn for a staff
    group that is not there, as in conf/, changes nobody, and must not stop a run in its middle.

    Raises
    ------
    ConfigProblem
        If it contradicts itself.
    """
    tree = config.model_dump()
    for path, value in values.items():
        put(tree, path, value)
    return validate(tree)
