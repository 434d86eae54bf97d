"""The opening position: people who already wait, or are in therapy, when the run begins."""

from __future__ import annotations

import numpy as np

from sim.cohort.background import strata_headcounts
from sim.cohort.sources import DRAWN, Source
from sim.cohort.table import OPENING_LISTS
from sim.config import HubConfig
from sim.streams import Floats


def opening_sources(config: HubConfig, hub: int, size: float) -> list[Source]:
    """Return one source for each list of the opening backlog; empty unless `run.opening.mode` is backlog."""
    if config.run.opening.mode != "backlog":
        return []
    backlog = config.run.opening.backlog
    return [
        Source(
            owner=(hub, "backlog", name),
            kind="backlog",
            staff_group=DRAWN,
            gender=DRAWN,
            ethnicity=DRAWN,
            headcount=round(getattr(backlog, name).people * size),
            hazard=np.zeros(1),
            first_day=0,
        )
        for name in OPENING_LISTS
    ]


def waited_days(config: HubConfig, name: str, uniform: Floats) -> Floats:
    """Return how long people of an opening list have waited so far: exponential with the configured mean."""
    if name == "caseload":
        return np.zeros_like(uniform)
    mean: float = getattr(config.run.opening.backlog, name).mean_wait_days
    return -mean * np.log1p(-uniform)


def sessions_left(config: HubConfig, uniform: Floats) -> Floats:
    """Return sessions left of people in the opening caseload: geometric from 1 with the configured mean."""
    mean = max(1.0, config.run.opening.backlog.caseload.mean_sessions_left)
    if mean == 1:
        return np.ones_like(uniform)
    sessions: Floats = 1 + np.floor(np.log1p(-uniform) / np.log(1 - 1 / mean))
    return sessions


def workforce_mix(config: HubConfig) -> Floats:
    """Return the make-up of each staff group, shape (groups, genders, ethnicities)."""
    population = config.population
    return np.array(
        [
            [
                [group.gender[gender] * group.ethnicity[ethnicity] for ethnicity in population.ethnicities]
                for gender in population.genders
            ]
            for group in population.staff_groups.values()
        ]
    )


def client_mix(config: HubConfig) -> Floats:
    """Return expected shares of clients by staff group x gender x ethnicity, flattened in that order."""
    population, relative = config.population, config.demand.relative_uptake
    weights = []
    for name, group in population.staff_groups.items():
        heads = strata_headcounts(group)
        weights += [
            heads[gender, ethnicity]
            * config.demand.uptake_per_person_year[name]
            * relative.gender[gender]
            * relative.ethnicity[ethnicity]
            for gender in population.genders
            for ethnicity in population.ethnicities
        ]
    total = sum(weights)
    return np.array(weights) / total if total > 0 else np.full(len(weights), 1 / len(weights))
