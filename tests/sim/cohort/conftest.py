"""People of a cohort by name, so that two cohorts can be compared person by person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.cohort.table import Cohort
from sim.config import HubConfig

NOT_OF_A_PERSON = {"hub", "sources", "source", "decisions", "team_request_minute", "team_request_length"}
PLAIN_DAYS = {
    "demand.season_index": [1.0] * 13,
    "demand.weekday_share": dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1 / 7
    ),
    "demand.dispersion_ratio": 1.0,
    "run.opening.mode": "empty",
}


@dataclass(frozen=True)
class People:
    """Everything drawn for each person of a cohort, by name; `traits` is all but the moment of referral."""

    minute: dict[str, int]
    traits: dict[str, dict[str, Any]]

    @property
    def ids(self) -> set[str]:
        return set(self.minute)


@pytest.fixture(scope="session")
def by_person() -> Callable[[Cohort], People]:
    """Index by client_id those of a cohort who refer, and not who is at the Hub already."""

    def indexed(cohort: Cohort) -> People:
        columns = {f.name: getattr(cohort, f.name) for f in fields(cohort) if f.name not in NOT_OF_A_PERSON}
        columns |= {f.name: getattr(cohort.decisions, f.name) for f in fields(cohort.decisions)}
        columns["attendance"] = np.moveaxis(cohort.attendance, 1, 0)
        minute = columns.pop("referred_minute").tolist()
        rows = {
            name: {column: values[row].tobytes() for column, values in columns.items()}
            for row, name in enumerate(cohort.client_ids)
            if "/earlier/" not in name
        }
        return People({name: minute[row] for row, name in enumerate(cohort.client_ids) if name in rows}, rows)

    return indexed


@pytest.fixture(scope="session")
def draw_people(hub_config: Any, by_person: Any) -> Callable[..., People]:
    """Draw the cohort of a changed configuration, by name: `draw_people(**{"demand.multiplier": 2.0})`."""

    def drawn(*overrides: str, replication: int = 0, hub: int = 0, **changes: Any) -> People:
        return by_person(draw_cohort(hub_config(*overrides, **changes), replication, hub))

    return drawn


@pytest.fixture(scope="session")
def plain_days() -> dict[str, Any]:
    """Changes that make every day alike: no season, weekdays, good or bad weeks, nor people before day 0."""
    return dict(PLAIN_DAYS)


@pytest.fixture(scope="session")
def names_of() -> Callable[..., np.ndarray]:
    """Return the staff group, gender, ethnicity or sector of every person of a cohort, in words."""

    def named(config: HubConfig, cohort: Cohort, what: str) -> np.ndarray:
        population = config.population
        words: dict[str, Iterable[str]] = {
            "staff_group": list(population.staff_groups),
            "sector": [group.sector for group in population.staff_groups.values()],
            "gender": population.genders,
            "ethnicity": population.ethnicities,
        }
        position = getattr(cohort, "staff_group" if what == "sector" else what)
        return np.array(list(words[what]), dtype=object)[position]

    return named
