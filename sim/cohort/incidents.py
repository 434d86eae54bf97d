"""Incident demand: people exposed to a major incident, and the delay from incident to referral."""

from __future__ import annotations

import numpy as np

from sim.cohort.sources import DRAWN, Source
from sim.config import HubConfig
from sim.config.demand import Delay
from sim.streams import Floats


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
        for tier, exposure in incident.exposed.items():
            hazard = -np.log1p(-np.minimum(exposure.take_up_share * share_by_now, 1 - 1e-12))
            for g, (group_name, group) in enumerate(groups.items()):
                headcount = round(exposure.persons.get(group_name, 0) * size)
                if headcount == 0 or first_day == horizon:
                    continue
                sources.append(
                    Source(
                        owner=(hub, "incident", name, tier, group.stream_key or group_name),
                        kind="incident",
                        staff_group=g,
                        gender=DRAWN,
                        ethnicity=DRAWN,
                        headcount=headcount,
                        hazard=hazard,
                        first_day=first_day,
                        severity_shift_sd=exposure.severity_shift_sd,
                    )
                )
    return sources


def delay_cdf(delay: Delay, days: Floats) -> Floats:
    """Return the share of eventual referrals made within so many days of the incident (early, pulses, tail)."""
    parts = [(delay.early_share, 0.0, delay.early_mean_days), (delay.tail_share, 0.0, delay.tail_mean_days)]
    parts += [(pulse.share, pulse.after_days, pulse.mean_delay_days) for pulse in delay.pulses]
    cdf = np.zeros_like(days)
    for share, after, mean in parts:
        cdf += share * -np.expm1(-np.maximum(days - after, 0) / mean)
    return cdf
