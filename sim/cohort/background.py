"""Who comes in the ordinary way: strata of the catchment with their hazards over time, or a table of real referrals."""

from __future__ import annotations

import datetime
import math
from typing import Final

import numpy as np

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of, weekdays
from sim.cohort.barriers import dated_reach, shift_workers_among_clients, uptake
from sim.cohort.sources import Route, Source, referral_minutes, strata_headcounts
from sim.config import HubConfig
from sim.config.changes import Campaign, Wave
from sim.config.demand import SEASON_PERIODS, Demand
from sim.config.referrals import Covered, Referral, covered, read_referrals
from sim.config.screening import MEASURES
from sim.streams import Floats, Ints, Stream, uniforms

PERIOD_DAYS = 28
LOGIT_TO_PROBIT = math.sqrt(3) / math.pi
"""Turns a log odds ratio into a shift of a latent normal with unit spread."""
RAMP_STEEPNESS = 10.0
"""A logistic ramp runs from 0.7 % to 99.3 % over its length."""


def background_sources(config: HubConfig, hub: int, size: float, replication: int) -> list[Source]:
    """Return the strata of one Hub's catchment with their cumulative hazards.

    `size` is that of the catchment relative to the configured head-counts.
    """
    demand, population = config.demand, config.population
    first_day, days = -config.run.run_in_days, config.run.run_in_days + config.run.horizon_days
    shared = _shared_course(config, first_day, days) * weekly_shock(config, hub, replication, first_day, days)
    plain = np.concatenate([[0.0], np.cumsum(shared)])
    sources = []
    readily = dated_reach(config, np.arange(first_day, first_day + days))
    among = shift_workers_among_clients(config)
    for g, (group_name, group) in enumerate(population.staff_groups.items()):
        if readily is not None:
            mine = shared * (among[g] * readily[0] + (1 - among[g]) * readily[1])
            plain = np.concatenate([[0.0], np.cumsum(mine)])
        else:
            mine = shared
        heads = strata_headcounts(group, size)
        for (gender, ethnicity), headcount in heads.items():
            if headcount == 0:
                continue
            rate = (
                uptake(config, group_name)
                * demand.relative_uptake.gender[gender]
                * demand.relative_uptake.ethnicity[ethnicity]
                * demand.multiplier
                / DAYS_PER_YEAR
            )
            reach, shift = _reach(config, group_name, gender, ethnicity, first_day, days)
            course = plain if reach is None else np.concatenate([[0.0], np.cumsum(mine * reach)])
            # Who refers on a day when outreach multiplies uptake by m would not have come without it for 1 - 1/m.
            outreach = () if reach is None else (Route(1 - 1 / reach, np.full(len(MEASURES), shift)),)
            sources.append(
                Source(
                    owner=(hub, "background", group.stream_key or group_name, gender, ethnicity),
                    kind="background",
                    staff_group=g,
                    gender=population.genders.index(gender),
                    ethnicity=population.ethnicities.index(ethnicity),
                    headcount=headcount,
                    hazard=rate * course,
                    first_day=first_day,
                    routes=outreach,
                )
            )
    return sources


def _shared_course(config: HubConfig, first_day: int, days: int) -> Floats:
    """Return season x weekday x growth x launch ramp x waves for each day, mean about 1."""
    demand = config.demand
    day = np.arange(first_day, first_day + days, dtype=np.float64)
    course = season_and_weekday(config, first_day, days)
    course *= (1 + demand.growth_per_year) ** (np.maximum(day, 0) / DAYS_PER_YEAR)
    if demand.launch_ramp_days > 0:
        ramp = 1 / (1 + np.exp(-RAMP_STEEPNESS * (day / demand.launch_ramp_days - 0.5)))
        course *= np.where(day < 0, 0.0, ramp)
    for wave in config.changes_of(Wave).values():
        during = (day >= wave.from_day) & (day < wave.to_day)
        course[during] *= wave.uptake_multiplier
    return course


def season_and_weekday(config: HubConfig, first_day: int, days: int) -> Floats:
    """Return season x weekday for each day, mean about 1."""
    season = _season(config.demand, config.run.start_date, first_day, days)
    by_weekday = np.array(list(config.demand.weekday_share.values())) * DAYS_PER_WEEK
    course: Floats = season * by_weekday[weekdays(config.run.start_date, first_day, days)]
    return course


def _season(demand: Demand, start: datetime.date, first_day: int, days: int) -> Floats:
    dates = np.datetime64(date_of(start, first_day)) + np.arange(days)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(np.int64)
    season: Floats = np.array(demand.season_index)[np.minimum(day_of_year // PERIOD_DAYS, SEASON_PERIODS - 1)]
    return season


def weekly_shock(config: HubConfig, hub: int, replication: int, first_day: int, days: int) -> Floats:
    """Return the gamma shock of each day's week, mean 1, shared by all background sources of a Hub."""
    demand = config.demand
    variance = (demand.dispersion_ratio - 1) / demand.dispersion_reference_per_week
    if variance == 0:
        return np.ones(days)
    from scipy.special import gammaincinv

    week = np.arange(first_day, first_day + days) // DAYS_PER_WEEK
    shocks = {}
    for name, rows in (("after", int(week[-1]) + 1), ("before", max(0, -int(week[0])))):
        # Weeks before day 0 have a stream of their own, counted backwards: a longer run-in leaves later weeks alone.
        owner = (hub, "weekly_shock", name)
        draws = uniforms(config.run.seed, replication, Stream.WEEKLY_SHOCK, owner, rows, 1)[:, 0]
        shocks[name] = gammaincinv(1 / variance, draws) * variance
    by_week = np.concatenate([shocks["before"][::-1], shocks["after"]])
    shock: Floats = by_week[week - min(0, int(week[0]))]
    return shock


def _reach(
    config: HubConfig, group: str, gender: str, ethnicity: str, first_day: int, days: int
) -> tuple[Floats | None, float]:
    """Return the product of the campaigns that reach a stratum, by day, and the newly reached people's shift."""
    mine = [c for c in config.changes_of(Campaign).values() if _targets(c, group, gender, ethnicity)]
    if not mine:
        return None, 0.0
    day = np.arange(first_day, first_day + days, dtype=np.float64)
    reach = np.ones(days)
    shifts = []
    for campaign in mine:
        fading = np.exp(-np.maximum(day - campaign.to_day, 0) / campaign.decay_days)
        more = uptake_multiplier(config, campaign, group, gender, ethnicity) - 1
        reach *= 1 + more * np.where(day < campaign.from_day, 0.0, fading)
        if more > 0:  # one that brings nobody has no say in what those who are brought need
            shifts.append(math.log(campaign.need_odds_ratio) * LOGIT_TO_PROBIT)
    return reach, max(shifts, default=0.0)


def uptake_multiplier(config: HubConfig, campaign: Campaign, group: str, gender: str, ethnicity: str) -> float:
    """Return how many times a campaign at its height multiplies the uptake of a stratum that it targets.

    Without a multiplier of its own it does what closes the chosen share of the gap, and no more than
    `demand.campaign_multiplier_most`. Source: RCH-07.
    """
    if campaign.uptake_multiplier is not None:
        return campaign.uptake_multiplier
    return min(gap_multiplier(config, campaign, group, gender, ethnicity), config.demand.campaign_multiplier_most)


def gap_multiplier(config: HubConfig, campaign: Campaign, group: str, gender: str, ethnicity: str) -> float:
    """Return how many times the uptake closes `demand.gap_closed_share` of the gap of a stratum to the reference group.

    In the dimensions that the campaign targets: with relative uptake r it is 1 + share x (1/r - 1). Who comes as
    readily as the reference group, or never, gains nothing. Source: RCH-08.
    """
    demand, reference, target = config.demand, config.population.reference, campaign.target
    uptake = (
        (target.staff_groups, demand.uptake_per_person_year, group, reference.staff_group),
        (target.genders, demand.relative_uptake.gender, gender, reference.gender),
        (target.ethnicities, demand.relative_uptake.ethnicity, ethnicity, reference.ethnicity),
    )
    relative = math.prod(
        rates[mine] / rates[theirs] for targeted, rates, mine, theirs in uptake if targeted and rates[theirs] > 0
    )
    return 1.0 if relative == 0 else 1 + demand.gap_closed_share * max(0.0, 1 / relative - 1)


def _targets(campaign: Campaign, group: str, gender: str, ethnicity: str) -> bool:
    target = campaign.target
    pairs = ((target.staff_groups, group), (target.genders, gender), (target.ethnicities, ethnicity))
    return all(not wanted or name in wanted for wanted, name in pairs)


FILE: Final = "referrals_csv"
POOL = 1_000_000
"""People who could refer after the file ends: so many that those who have come are not missed."""


def sources_from_file(config: HubConfig, hub: int, replication: int) -> list[tuple[Source, Ints, Ints]]:
    """Return the sources of a Hub whose referrals come from a file: when their people refer, and like which rows.

    Of each source the minutes since day 0 and the rows of the file, shapes (people,).
    """
    minutes = np.array([row.minute for row in read_referrals(config)], dtype=np.int64)
    rows = np.arange(len(minutes))
    found = [(Source((hub, FILE), FILE, headcount=len(rows)), minutes, rows)]
    if (more := round(len(rows) * (config.demand.multiplier - 1))) > 0:
        # Every row once more in an order of its own, again and again: a larger multiplier only adds people.
        layers = range(-(-more // len(rows)))
        luck = [_luck(config, replication, (hub, FILE, "more", layer), len(rows)) for layer in layers]
        like = np.concatenate([np.argsort(draws, kind="stable") for draws in luck])[:more]
        found.append((Source((hub, FILE, "more"), FILE, headcount=more), minutes[like], like))
    cover = covered(config)
    if cover.goes_on:
        after = _after(config, hub, replication, cover)
        when = referral_minutes(after, config.run.seed, replication)
        draws = _luck(config, replication, after.owner, len(when))
        found.append((after, when, np.floor(draws * len(rows)).astype(np.int64)))
    return found


def _luck(config: HubConfig, replication: int, owner: tuple[str | int, ...], people: int) -> Floats:
    return uniforms(config.run.seed, replication, Stream.REFERRAL_LIKE, owner, people, 1)[:, 0]


def _after(config: HubConfig, hub: int, replication: int, cover: Covered) -> Source:
    """Return those who refer after the file ends: at its rate, with the season, weekdays and good and bad weeks."""
    start, days = cover.last_day + 1, config.run.horizon_days - cover.last_day - 1
    in_file = season_and_weekday(config, cover.first_day, cover.last_day - cover.first_day + 1)
    shock = weekly_shock(config, hub, replication, start, days)
    rate = cover.referrals * config.demand.multiplier / (in_file.sum() or len(in_file))
    course = np.cumsum(season_and_weekday(config, start, days) * shock)
    hazard = np.concatenate([[0.0], rate / POOL * course])
    return Source((hub, FILE, "after"), FILE, headcount=POOL, hazard=hazard, first_day=start)


def rows_as_columns(rows: list[Referral]) -> dict[str, np.ndarray]:
    """Return the rows as arrays: minute, staff_group, gender, ethnicity (n,) and points (n, 5)."""
    return {
        name: np.array([getattr(row, name) for row in rows], dtype=np.int64)
        for name in ("minute", "staff_group", "gender", "ethnicity", "points")
    }
