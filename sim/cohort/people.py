"""Who the people of a cohort are: stratum, predictors, scores and need, and who comes only once severely unwell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.barriers import Held, dated_reach, shift_workers_among_clients, wait_until_severe
from sim.cohort.screening import FLAG_BY, above_cut_off, risk_shares, score
from sim.cohort.sources import Source, strata_of
from sim.cohort.table import DECISIONS, WIDTH
from sim.config import HubConfig
from sim.config.referrals import NOT_GIVEN
from sim.config.screening import COVARIATES, MEASURES
from sim.streams import (
    COVARIATE_COLUMNS,
    MEASURE_COLUMNS,
    PERSON_COLUMNS,
    Bools,
    EpisodeDraw,
    Floats,
    Ints,
    PersonDraw,
    Stream,
    columns_of,
    standard_normal,
    uniforms,
)

ORDINARY = "background"
"""The kind of source whose people meet barriers; for those of a file they have taken effect."""


def attributes(
    config: HubConfig,
    sources: list[Source],
    source: Ints,
    ready: Ints,
    worse_sd: Floats,
    draws: Floats,
    given: dict[str, Ints] | None,
    row: Ints,
) -> dict[str, np.ndarray]:
    """Return the attributes of each person: stratum, need, scores.

    `ready` is the minute at which each would refer without waiting until severe, `worse_sd` what they grow worse by
    meanwhile. `given` are the rows of a table of referrals, `row` which of them each person is, or is like; -1 for
    none.
    """
    screening = config.screening
    groups = list(config.population.staff_groups.values())
    staff_group, gender, ethnicity = strata_of(config, sources, source, draws, given, row)
    covariates = _covariates(config, staff_group, draws)
    newly_reached, shift = _routes(sources, source, ready, draws[:, PersonDraw.ROUTE])
    points, positives, tier = score(
        screening,
        *_latent(draws),
        covariates,
        shift + worse_sd[:, None],
        None if given is None else np.where((row >= 0)[:, None], given["points"][row], NOT_GIVEN),
    )
    ordinary = np.array([s.kind == ORDINARY for s in sources], dtype=bool)[source]
    of_staff = np.array([group.shift_worker_share for group in groups])[staff_group]
    among = shift_workers_among_clients(config)[staff_group]
    if (readily := dated_reach(config, ready // MINUTES_PER_DAY)) is not None:
        among = among * readily[0] / (among * readily[0] + (1 - among) * readily[1])
    shift_share = np.where(ordinary, among, of_staff)
    return {
        "staff_group": staff_group,
        "gender": gender,
        "ethnicity": ethnicity,
        "points": points,
        "measures_positive": positives,
        "tier": tier,
        "risk": (draws[:, PersonDraw.RISK] < risk_shares(screening)[points[:, FLAG_BY]]) & (positives > 0),
        "shift_worker": draws[:, PersonDraw.SHIFT_WORKER] < shift_share,
        "newly_reached": newly_reached,
        "covariates": covariates,
    }


def held(config: HubConfig, replication: int, sources: list[Source], source: Ints, ready: Ints) -> Held:
    """Return how much later, and how much worse, everybody comes who comes only once severe.

    People stand in the order of their sources, each source's by number.
    """
    if config.demand.barriers.only_once_severe.share == 0:
        return Held(np.zeros_like(source), np.zeros(len(source)))
    key = config.run.seed, replication, Stream.PERSON
    people = np.bincount(source, minlength=len(sources)).tolist()
    blocks = (uniforms(*key, s.owner, n, WIDTH)[:, :DECISIONS] for s, n in zip(sources, people, strict=True))
    draws = np.concatenate([np.zeros((0, DECISIONS)), *blocks])
    ordinary = np.array([s.kind == ORDINARY for s in sources], dtype=bool)[source]
    staff_group = np.array([s.staff_group for s in sources], dtype=np.int64)[source]
    _, shift = _routes(sources, source, ready, draws[:, PersonDraw.ROUTE])
    covariates = _covariates(config, np.maximum(staff_group, 0), draws)
    above = above_cut_off(config.screening, *_latent(draws), covariates, shift)
    return wait_until_severe(config, above, draws[:, PERSON_COLUMNS + EpisodeDraw.ONLY_ONCE_SEVERE], ordinary)


def _latent(draws: Floats) -> tuple[Floats, Floats]:
    """Return everybody's common factor and what is each measure's own, standard normal."""
    own = draws[:, columns_of(MEASURES, MEASURE_COLUMNS)]
    return standard_normal(draws[:, PersonDraw.FACTOR]), standard_normal(own)


def _covariates(config: HubConfig, staff_group: Ints, draws: Floats) -> Bools:
    """Return which predictors each person has, shape (people, covariates); intensive care is by staff group."""
    groups = config.population.staff_groups.values()
    share = np.array([config.screening.covariates[name].share for name in COVARIATES])
    share = share[None, :].repeat(len(staff_group), axis=0)
    icu = np.array([group.icu_or_emergency_share for group in groups])[staff_group]
    share[:, COVARIATES.index("icu_or_emergency")] = icu
    has: Bools = draws[:, columns_of(COVARIATES, COVARIATE_COLUMNS)] < share
    return has


def _routes(sources: list[Source], source: Ints, ready: Ints, uniform: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Return who would not have come without outreach or an invitation, and everybody's shift in latent need.

    The shift has shape (people, 5). Each route takes its share of the uniforms of who refers on a day, from 1 down.
    """
    newly = np.zeros(len(source), dtype=bool)
    shift = np.array([s.severity_shift_sd for s in sources]).reshape(-1, len(MEASURES))[source]
    for s, origin in enumerate(sources):
        if not origin.routes:
            continue
        mine = np.flatnonzero(source == s)
        day = ready[mine] // MINUTES_PER_DAY - origin.first_day
        taken = np.zeros(len(mine))
        for route in origin.routes:
            before, taken = taken, taken + route.share[day]
            came = mine[(uniform[mine] > 1 - taken) & (uniform[mine] <= 1 - before)]
            newly[came] = True
            shift[came] += route.shift_sd
    return newly, shift
