"""Futures that differ as futures do: what is drawn once for a whole replication, and the Hub in such a future.

A future belongs to (seed, draw), whatever the plan: how many come and how that goes on, the size of an incident, and
how hard it is to recruit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.config import HubConfig
from sim.config.run import Factor, UncertainNumber
from sim.evidence.belief import quantile
from sim.streams import FUTURE_COLUMNS, FutureDraw, Stream, uniforms

DEMAND, INCIDENT, RECRUITMENT = "demand", "incident", "recruitment"
DRIVERS: dict[str, tuple[str, ...]] = {
    DEMAND: ("demand_level", "demand_trend"),
    INCIDENT: ("incident_size", "incident_take_up"),
    RECRUITMENT: ("recruitment_time",),
}
"""What makes one future differ from another, chance apart, and the factors of each."""


def drivers_of(config: HubConfig) -> dict[str, tuple[str, ...]]:
    """Return the drivers that a configuration has a use for: none of an incident where none is configured.

    Referrals from a file are known, and so are their level and trend. Without drawn futures there are none.
    """
    if config.uncertainty.mode != "futures":
        return {}
    known = {DEMAND: config.demand.referrals_csv is not None, INCIDENT: not config.incident}
    return {driver: factors for driver, factors in DRIVERS.items() if not known.get(driver, False)}


def luck_of(config: HubConfig, replication: int) -> dict[str, float]:
    """Return where a replication's future lies in what is believed of each factor, between 0 and 1."""
    draw = config.uncertainty.draw_of(replication)
    [row] = uniforms(config.run.seed, draw, Stream.FUTURE, ("future",), 1, FUTURE_COLUMNS)
    wanted = [name for factors in drivers_of(config).values() for name in factors]
    return {name: float(row[FutureDraw[name.upper()]]) for name in wanted}


def future_of(config: HubConfig, replication: int) -> dict[str, float]:
    """Return the factors of a replication's future by name; empty without drawn futures."""
    ranges = config.uncertainty.futures
    return {} if ranges is None else {
        name: factor_at(getattr(ranges, name), position) for name, position in luck_of(config, replication).items()
    }  # fmt: skip


def factor_at(factor: Factor, position: float) -> float:
    """Return a factor at a position between 0 and 1: lognormal with median 1, cut off at the ends of its range."""
    if factor.low == factor.high:
        return 1.0
    number = UncertainNumber(value=1.0, low=factor.low, high=factor.high, distribution="lognormal", together=None)
    return quantile(number, position)


def in_future(config: HubConfig, factors: Mapping[str, float]) -> HubConfig:
    """Return the configuration as it is in a future with these factors (1 where one is left out); nothing left to draw.

    Not checked again: a run must not stop in its middle because a future is extreme.
    """
    of = {name: factors.get(name, 1.0) for names in DRIVERS.values() for name in names}
    demand, recruitment = config.demand, config.staffing.recruitment
    growth = (1 + demand.growth_per_year) * of["demand_trend"] - 1
    incident = {
        name: _with(
            one,
            exposed={
                tier: _with(
                    exposure,
                    persons={group: round(people * of["incident_size"]) for group, people in exposure.persons.items()},
                    take_up_share=min(1.0, exposure.take_up_share * of["incident_take_up"]),
                )
                for tier, exposure in one.exposed.items()
            },
        )
        for name, one in config.incident.items()
    }
    later = _with(
        recruitment,
        lead_median_weeks=recruitment.lead_median_weeks * of["recruitment_time"],
        agency_lead_median_weeks=recruitment.agency_lead_median_weeks * of["recruitment_time"],
    )
    found: HubConfig = _with(
        config,
        demand=_with(demand, multiplier=demand.multiplier * of["demand_level"], growth_per_year=growth),
        incident=incident,
        staffing=_with(config.staffing, recruitment=later),
        uncertainty=_with(config.uncertainty, mode="none", futures=None),
    )
    return found


def _with(part: Any, **values: Any) -> Any:
    return part.model_copy(update=values)
