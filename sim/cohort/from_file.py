"""Who comes of a table of real referrals: its rows, more like them under a multiplier, and those after its end."""

from __future__ import annotations

import numpy as np

from sim.cohort.background import season_and_weekday, weekly_shock
from sim.cohort.sources import DRAWN, Source, referral_minutes
from sim.config import HubConfig
from sim.config.referrals import Covered, Referral, covered, read_referrals
from sim.streams import Floats, Ints, Stream, uniforms

POOL = 1_000_000
"""People who could refer after the file ends: so many that those who have come are not missed."""


def sources_from_file(config: HubConfig, hub: int, replication: int) -> list[tuple[Source, Ints, Ints]]:
    """Return the sources of a Hub whose referrals come from a file: when their people refer, and like which rows.

    Returns
    -------
    Of each source the minutes since day 0 and the rows of the file, shapes (people,).
    """
    minutes = np.array([row.minute for row in read_referrals(config)], dtype=np.int64)
    rows = np.arange(len(minutes))
    found = [(_source(hub, len(rows)), minutes, rows)]
    if (more := round(len(rows) * (config.demand.multiplier - 1))) > 0:
        # Every row once more in an order of its own, again and again: a larger multiplier only adds people.
        layers = range(-(-more // len(rows)))
        luck = [_luck(config, replication, (hub, "referrals_csv", "more", layer), len(rows)) for layer in layers]
        like = np.concatenate([np.argsort(draws, kind="stable") for draws in luck])[:more]
        found.append((_source(hub, more, "more"), minutes[like], like))
    cover = covered(config)
    if cover.goes_on:
        after = _after(config, hub, replication, cover)
        when = referral_minutes(after, config.run.seed, replication)
        draws = _luck(config, replication, after.owner, len(when))
        found.append((after, when, np.floor(draws * len(rows)).astype(np.int64)))
    return found


def _luck(config: HubConfig, replication: int, owner: tuple[str | int, ...], people: int) -> Floats:
    return uniforms(config.run.seed, replication, Stream.REFERRAL_LIKE, owner, people, 1)[:, 0]


def _source(hub: int, people: int, *name: str) -> Source:
    return Source(
        owner=(hub, "referrals_csv", *name),
        kind="referrals_csv",
        staff_group=DRAWN,
        gender=DRAWN,
        ethnicity=DRAWN,
        headcount=people,
        hazard=np.zeros(1),
        first_day=0,
    )


def _after(config: HubConfig, hub: int, replication: int, cover: Covered) -> Source:
    """Return those who refer after the file ends: at its rate, with the season, weekdays and good and bad weeks."""
    start, days = cover.last_day + 1, config.run.horizon_days - cover.last_day - 1
    in_file = season_and_weekday(config, cover.first_day, cover.last_day - cover.first_day + 1)
    shock = weekly_shock(config, hub, replication, start, days)
    rate = cover.referrals * config.demand.multiplier / (in_file.sum() or len(in_file))
    course = np.cumsum(season_and_weekday(config, start, days) * shock)
    return Source(
        owner=(hub, "referrals_csv", "after"),
        kind="referrals_csv",
        staff_group=DRAWN,
        gender=DRAWN,
        ethnicity=DRAWN,
        headcount=POOL,
        hazard=np.concatenate([[0.0], rate / POOL * course]),
        first_day=start,
    )


def rows_as_columns(rows: list[Referral]) -> dict[str, np.ndarray]:
    """Return the rows as arrays: minute, staff_group, gender, ethnicity (n,) and points (n, 5)."""
    return {
        name: np.array([getattr(row, name) for row in rows], dtype=np.int64)
        for name in ("minute", "staff_group", "gender", "ethnicity", "points")
    }
