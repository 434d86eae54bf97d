"""Who comes of a table of real referrals: its rows, more like them under a multiplier, and those after its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.background import season_and_weekday, weekly_shock
from sim.cohort.referrals import read_referrals
from sim.cohort.sources import DRAWN, Source, referral_minutes
from sim.config.parts import Parts
from sim.streams import Floats, Ints, Stream, uniforms

FEWEST_DAYS = 28
"""A file that covers less tells no rate."""
LONGEST_PAUSE_DAYS = 7
"""A file may end so many days before the horizon, or as many as it once had without a referral, and still cover it."""
POOL = 1_000_000
"""People who could refer after the file ends: so many that those who have come are not missed."""


@dataclass(frozen=True)
class Covered:
    """What a file covers of a run.

    Attributes
    ----------
    first_day, last_day
        Of its first and last referral.
    referrals
        How many there are.
    goes_on
        Whether further referrals are drawn from the day after the last until the horizon.
    stops_short
        Whether nobody refers from then on, though the run goes on.
    longest_pause, pause_until
        The most days from one referral to the next, and the day of the latter.
    """

    first_day: int
    last_day: int
    referrals: int
    goes_on: bool
    stops_short: bool
    longest_pause: int
    pause_until: int


def covered(config: Parts) -> Covered:
    """Return what `demand.referrals_csv` covers of the run, and what comes after it."""
    days = np.sort([row.minute // MINUTES_PER_DAY for row in read_referrals(config)])
    first, last = int(days[0]), int(days[-1])
    gaps = np.diff(days, prepend=first)
    pause = int(gaps.max())
    ends_early = config.run.horizon_days - 1 - last > max(pause, LONGEST_PAUSE_DAYS)
    goes_on = ends_early and config.demand.after_referrals_csv == "go_on" and last - first + 1 >= FEWEST_DAYS
    return Covered(first, last, len(days), goes_on, ends_early and not goes_on, pause, int(days[gaps.argmax()]))


def expected_from_file(config: Parts) -> float:
    """Return about how many people come because of the file, those who are drawn included."""
    cover = covered(config)
    after = config.run.horizon_days - cover.last_day - 1 if cover.goes_on else 0
    in_file = cover.last_day - cover.first_day + 1
    return cover.referrals * config.demand.multiplier * (1 + after / in_file)


def sources_from_file(config: Parts, hub: int, replication: int) -> list[tuple[Source, Ints, Ints]]:
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


def _luck(config: Parts, replication: int, owner: tuple[str | int, ...], people: int) -> Floats:
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


def _after(config: Parts, hub: int, replication: int, cover: Covered) -> Source:
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
