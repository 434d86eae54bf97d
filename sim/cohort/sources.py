"""Where people come from and when they refer: strata, incidents, the opening position, and the propensity clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.barriers import uptake
from sim.config import HubConfig
from sim.config.demand import Delay, Population, StaffGroup
from sim.config.screening import MEASURES
from sim.streams import Floats, Ints, PersonDraw, Stream, uniforms

Kind = Literal["background", "incident", "backlog", "earlier", "referrals_csv"]
KINDS: tuple[Kind, ...] = ("background", "incident", "backlog", "earlier", "referrals_csv")
STRATUM = ("staff_group", "gender", "ethnicity")
SMALLEST_RISE = 1e-300
"""Where nobody comes any more, nobody comes by invitation."""
DRAWN = -1
"""What is drawn for each person rather than given by the source."""


class Route(NamedTuple):
    """A way to the Hub, by which some of a source's people come: outreach, or an invitation.

    Of those who refer on each day the share that comes by it, shape (days,), and what it adds to latent need by
    measure, shape (5,).
    """

    share: Floats
    shift_sd: Floats


@dataclass(frozen=True)
class Source:
    """People of one stratum, all equally likely to refer."""

    owner: tuple[str | int, ...]
    """Names the source's random numbers: hub, kind and stratum, by stream keys."""
    kind: Kind
    staff_group: int = DRAWN
    gender: int = DRAWN
    ethnicity: int = DRAWN
    """Position in the configuration's lists, or `DRAWN`."""
    headcount: int = 0
    """People who could refer."""
    hazard: Floats = field(default_factory=lambda: np.zeros(1))
    """Cumulative hazard at the edges of the days from `first_day` on, shape (days + 1,), starting at 0; of one edge for
    people whose moments are known otherwise."""
    first_day: int = 0
    severity_shift_sd: Floats = field(default_factory=lambda: np.zeros(len(MEASURES)))
    """Added to the latent need of all its people by measure, shape (5,)."""
    routes: tuple[Route, ...] = ()
    """Ways by which some of them come who would not have come by themselves."""
    numbers: Ints | None = None
    """Which of its people came, ascending; None for the first of them."""


def referral_minutes(source: Source, seed: int, replication: int) -> NDArray[np.int64]:
    """Return the minutes at which the source's people refer, most ready person first.

    Person k has readiness E_(k) = sum of X_j / (N - j + 1), X_j standard exponential: the order statistics of N
    independent readiness levels. A higher hazard moves the same people earlier and adds the next most ready.

    Returns
    -------
    Minutes since day 0, ascending, shape (people who refer within the hazard's days,).
    """
    total = float(source.hazard[-1])
    expected = -source.headcount * math.expm1(-total)
    rows = min(source.headcount, int(expected + 6 * math.sqrt(expected)) + 16)
    while True:
        gaps = -np.log1p(-uniforms(seed, replication, Stream.READINESS, source.owner, rows, 1)[:, 0])
        readiness = np.cumsum(gaps / (source.headcount - np.arange(rows)))
        if rows == source.headcount or readiness[-1] > total:
            break
        rows = min(source.headcount, 2 * rows)
    ready = readiness[: np.searchsorted(readiness, total, side="right")]
    edges = np.arange(source.first_day, source.first_day + len(source.hazard), dtype=np.float64)
    minutes = np.floor(np.interp(ready, source.hazard, edges) * MINUTES_PER_DAY).astype(np.int64)
    last_minute = int(edges[-1]) * MINUTES_PER_DAY - 1
    return np.minimum(minutes, last_minute)


def incident_sources(config: HubConfig, hub: int, size: float) -> list[Source]:
    """Return one source for each incident x exposure tier x staff group of a Hub.

    The hazard is H(t) = -log(1 - take_up x F(t - incident day)), so that a share `take_up` of the exposed
    has referred in the end, spread over time as F.
    """
    horizon = config.run.horizon_days
    groups = config.population.staff_groups
    sources = []
    for name, incident in config.incident.items():
        first_day = min(incident.day, horizon)
        since = np.arange(0, horizon - first_day + 1, dtype=np.float64)
        share_by_now = delay_cdf(incident.delay, since)
        by_measure = np.array(list(incident.shift_of_measures.values()))
        routes = _invitations(incident.delay, since, by_measure)
        for tier, exposure in incident.exposed.items():
            hazard = -np.log1p(-np.minimum(exposure.take_up_share * share_by_now, 1 - 1e-12))
            for g, (group_name, group) in enumerate(groups.items()):
                headcount = round(exposure.persons.get(group_name, 0) * size)
                if headcount == 0 or first_day == horizon:
                    continue
                owner = (hub, "incident", name, tier, group.stream_key or group_name)
                shift = exposure.severity_shift_sd * by_measure
                sources.append(Source(owner, "incident", g, DRAWN, DRAWN, headcount, hazard, first_day, shift, routes))
    return sources


def delay_cdf(delay: Delay, days: Floats) -> Floats:
    """Return the share of eventual referrals made within so many days of the incident (early, pulses, tail)."""
    parts = [(delay.early_share, 0.0, delay.early_mean_days), (delay.tail_share, 0.0, delay.tail_mean_days)]
    cdf = np.zeros_like(days)
    for share, after, mean in parts:
        cdf += share * _risen(days, after, mean)
    for pulse in delay.pulses:
        cdf += pulse.share * _risen(days, pulse.after_days, pulse.mean_delay_days)
    return cdf


def _risen(days: Floats, after: float, mean: float) -> Floats:
    """Return the share that has come by so many days of those who begin to come after some, with a mean delay."""
    come: Floats = -np.expm1(-np.maximum(days - after, 0) / mean)
    return come


def _invitations(delay: Delay, days: Floats, by_measure: Floats) -> tuple[Route, ...]:
    """Return each invitation to screening as a way to come: of those who refer on a day, the share who come by it."""
    come = np.maximum(np.diff(delay_cdf(delay, days)), SMALLEST_RISE)
    return tuple(
        Route(
            np.diff(pulse.share * _risen(days, pulse.after_days, pulse.mean_delay_days)) / come,
            pulse.severity_shift_sd * by_measure,
        )
        for pulse in delay.pulses
    )


OPENING_LISTS = ("screening_review", "assessment", "therapy", "caseload")
"""Where people of the opening position are; -1 in `opening` means: refers in the ordinary way."""


def opening_sources(config: HubConfig, hub: int, size: float) -> list[Source]:
    """Return one source for each list of the opening backlog; empty unless `run.opening.mode` is backlog."""
    if config.run.opening.mode != "backlog":
        return []
    backlog = config.run.opening.backlog
    return [
        Source((hub, "backlog", name), "backlog", headcount=round(getattr(backlog, name).people * size))
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
    genders, ethnicities = (
        np.array([[getattr(group, name)[each] for each in names] for group in population.staff_groups.values()])
        for name, names in (("gender", population.genders), ("ethnicity", population.ethnicities))
    )
    mix: Floats = genders[:, :, None] * ethnicities[:, None]
    return mix


def client_mix(config: HubConfig) -> Floats:
    """Return expected shares of all clients, shape (groups, genders, ethnicities)."""
    population, demand = config.population, config.demand
    by_group = np.array([uptake(config, name) for name in population.staff_groups])
    of_gender = np.array([demand.relative_uptake.gender[name] for name in population.genders])
    of_ethnicity = np.array([demand.relative_uptake.ethnicity[name] for name in population.ethnicities])
    weights = catchment(population) * by_group[:, None, None] * of_gender[:, None] * of_ethnicity
    total = sum(weights.ravel().tolist())
    return weights / total if total > 0 else np.full(weights.shape, 1 / weights.size)


def catchment(population: Population, size: float = 1.0) -> Ints:
    """Return the people of each stratum, shape (groups, genders, ethnicities)."""
    heads = [strata_headcounts(group, size) for group in population.staff_groups.values()]
    strata = [[(gender, ethnicity) for ethnicity in population.ethnicities] for gender in population.genders]
    return np.array([[[each[stratum] for stratum in row] for row in strata] for each in heads], dtype=np.int64)


def strata_headcounts(group: StaffGroup, size: float = 1.0) -> dict[tuple[str, str], int]:
    """Split a staff group's head-count over gender x ethnicity in whole people (largest remainder)."""
    exact = {
        (gender, ethnicity): group.headcount * size * gender_share * ethnicity_share
        for gender, gender_share in group.gender.items()
        for ethnicity, ethnicity_share in group.ethnicity.items()
    }
    heads = {stratum: int(value) for stratum, value in exact.items()}
    left = round(group.headcount * size) - sum(heads.values())
    for stratum in sorted(exact, key=lambda s: (heads[s] - exact[s], s))[: max(0, left)]:
        heads[stratum] += 1
    return heads


def strata_of(
    config: HubConfig,
    sources: list[Source],
    source: Ints,
    draws: Floats,
    given: dict[str, Ints] | None,
    row: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Return everybody's staff group, gender and ethnicity: of their source or row, else drawn.

    Parameters
    ----------
    source
        Position of each person's source in `sources`, shape (people,).
    draws
        Uniforms, columns as `PersonDraw`.
    given, row
        The rows of a table of referrals, and which of them each person is, or is like; -1 for none.
    """
    population = config.population
    # Dtype is given because a cohort may be empty.
    staff_group, gender, ethnicity = (
        np.array([getattr(s, name) for s in sources], dtype=np.int64)[source] for name in STRATUM
    )
    if given is not None:
        csv_rows = row >= 0
        for column, name in zip((staff_group, gender, ethnicity), STRATUM, strict=True):
            column[csv_rows] = given[name][row[csv_rows]]
    mix = client_mix(config)
    unknown = staff_group == DRAWN
    if unknown.any():
        # By stream key, not by position: reordering the configuration must not change who somebody is.
        by_key = np.argsort([group.stream_key or name for name, group in population.staff_groups.items()])
        of_groups = np.cumsum(mix.reshape(len(mix), -1).sum(axis=1)[by_key])[:-1]
        staff_group[unknown] = by_key[np.searchsorted(of_groups, draws[unknown, PersonDraw.STAFF_GROUP], side="right")]
    clients = np.array([s.kind in ("backlog", "earlier", "referrals_csv") for s in sources], dtype=bool)[source]
    for of_whom, shares in ((clients, mix), (~clients, workforce_mix(config))):
        unknown = (gender == DRAWN) & of_whom
        gender[unknown] = _pick(shares.sum(axis=2)[staff_group[unknown]], draws[unknown, PersonDraw.GENDER])
        unknown = (ethnicity == DRAWN) & of_whom
        within = shares[staff_group[unknown], gender[unknown]]
        ethnicity[unknown] = _pick(within, draws[unknown, PersonDraw.ETHNICITY])
    return staff_group, gender, ethnicity


def _pick(weights: Floats, uniform: Floats) -> Ints:
    """Return for each row of weights the position that a uniform falls on; all positions alike if none has weight."""
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    position: Ints = (uniform[:, None] >= edges[:, :-1]).sum(axis=1)
    return position
