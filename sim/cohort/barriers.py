"""What barriers do to who comes and when: uptake by evenings and managers' support, and who waits until severe."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.calendar import DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.config import HubConfig
from sim.streams import Bools, Floats, Ints

MINUTES_PER_MONTH = DAYS_PER_YEAR / 12 * MINUTES_PER_DAY
JUST_ABOVE = 1e-9
"""In standard deviations: so far beyond its cut-off somebody's measure is when they come."""


def evening_share(config: HubConfig, at_least: float = 0.0) -> float:
    """Return the share of WTE with appointments of their own that offers early, evening or weekend ones.

    Of each role it is `at_least` so much, while a policy has evening clinics.
    """
    seeing = [role for role in config.staffing.roles.values() if role.offers_appointments]
    wte = sum(role.wte for role in seeing)
    return sum(role.wte * max(role.out_of_hours_share, at_least) for role in seeing) / wte if wte else 0.0


def answer_to_evenings(config: HubConfig) -> float:
    """Return how many times as readily shift workers come as with today's evenings; 1 while the lever is neutral."""
    evenings = config.demand.barriers.evenings
    more = evenings.relative_uptake - 1
    if more == 0:
        return 1.0
    return (1 + evening_share(config) * more) / (1 + evenings.share_today * more)


def uptake(config: HubConfig, group_name: str) -> float:
    """Return first referrals a person and year of a staff group, in the reference stratum, under the barriers."""
    demand, group = config.demand, config.population.staff_groups[group_name]
    managers = demand.barriers.managers
    more, today = managers.relative_uptake - 1, managers.supported_share_today
    supported = managers.supported_share.get(group_name, today)
    by_shift = 1 + group.shift_worker_share * (answer_to_evenings(config) - 1)
    by_manager = (1 + supported * more) / (1 + today * more)
    return demand.uptake_per_person_year[group_name] * by_shift * by_manager


def shift_workers_among_clients(config: HubConfig) -> Floats:
    """Return the share of shift workers among those of each staff group who come in the ordinary way."""
    share = np.array([group.shift_worker_share for group in config.population.staff_groups.values()])
    times = answer_to_evenings(config)
    among: Floats = share * times / (1 + share * (times - 1))
    return among


def answer_to_clinics(config: HubConfig) -> float:
    """Return how many times as readily shift workers come while a policy has evening clinics; 1 while it is neutral."""
    evenings, more = config.policies.evening_clinics, config.demand.barriers.evenings.relative_uptake - 1
    if not evenings.is_on or more == 0:
        return 1.0
    return (1 + evening_share(config, evenings.share) * more) / (1 + evening_share(config) * more)


def dated_reach(config: HubConfig, day: Ints) -> tuple[Floats, Floats] | None:
    """Return times as readily as without policies shift workers and others come on each day; None where none says so.

    More come where appointments are remote, and shift workers by more evenings as `demand.barriers.evenings` says.
    """
    remote, evenings = config.policies.remote, config.policies.evening_clinics
    shift_workers, others = np.ones(len(day)), np.ones(len(day))
    if remote.is_on:
        inside = remote.holds_on(day)
        shift_workers[inside] *= remote.uptake_times_shift_workers
        others[inside] *= remote.uptake_times_others
    shift_workers[evenings.holds_on(day)] *= answer_to_clinics(config)
    if (shift_workers == 1).all() and (others == 1).all():
        return None
    return shift_workers, others


class Held(NamedTuple):
    """People who wait until they are severely unwell.

    The minutes by which they come later and what they have grown worse by in standard deviations, both of shape
    (people,) and 0 for everybody else.
    """

    minutes: Ints
    worse_sd: Floats


def wait_until_severe(config: HubConfig, above: Floats, luck: Floats, may: Bools) -> Held:
    """Return how much later, and how much worse, those come who come only once severe.

    Need grows evenly until as many measures are positive as bring them; who is as unwell already comes at once.

    Parameters
    ----------
    above
        How far each measure is above its cut-off when somebody else would come, in standard deviations, shape
        (people, 5).
    luck
        Uniforms that say who waits, shape (people,).
    may
        Who comes in the ordinary way; an invitation after an incident is no barrier.
    """
    lever = config.demand.barriers.only_once_severe
    short = -np.sort(above, axis=1)[:, -lever.measures_positive]
    waits = may & (luck < lever.share) & (short > 0)
    months = np.where(waits, short, 0.0) / lever.worsening_sd_per_month
    minutes = np.rint(np.minimum(months * MINUTES_PER_MONTH, 2.0**53)).astype(np.int64)
    return Held(minutes, np.where(waits, short + JUST_ABOVE, 0.0))
