"""The figures that a comparison is about: in words, in a unit people use, and which way is better."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.style import words
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig

Key = tuple[str, str, str, str]
"""Measure, stage, dimension and group."""
STAGES = ("referral_to_assessment", "referral_to_therapy")
"""Waits that can be weighed against cost: from referral on, so that nobody's wait starts late."""


@dataclass(frozen=True)
class Headline:
    """One figure of the comparison."""

    key: Key
    words: str
    unit: str
    scale: float
    """What a value is multiplied by for its unit: 100 for a percentage."""
    smaller_is_better: bool
    decimals: int = 0
    primary: bool = False

    def shown(self, value: float, sign: bool = False) -> str:
        """Return a value as text in its unit, without the unit."""
        if math.isnan(value):
            return "–"
        scaled = round(value * self.scale, self.decimals) + 0.0  # + 0.0 turns -0 into 0
        return f"{scaled:{'+' if sign else ''},.{self.decimals}f}".replace("-", "−")


def headlines(config: HubConfig, stage: str = STAGES[0]) -> list[Headline]:
    """Return the figures to compare, the two primary ones first: what is not seen in time, and what it costs.

    Parameters
    ----------
    config
        Of any plan: standards and horizon.
    stage
        The wait that is weighed against cost, one of `STAGES`.
    """
    a_year = DAYS_PER_YEAR / config.run.horizon_days

    def everyone(measure: str, of: str = "") -> Key:
        return (measure, of, "all", "all")

    found = [
        Headline(everyone("within_standard_share", stage), in_time(config, stage), "%", 100, False, 1, True),
        Headline(everyone("cost_per_year_gbp"), "cost a year", "£ thousand", 1e-3, True, 0, True),
    ]
    for of, what in (("referral_to_assessment", "assessment"), ("referral_to_therapy", "therapy")):
        found += [
            Headline(everyone("wait_days_median", of), f"half of waits to {what} exceed", "days", 1, True, 1),
            Headline(everyone("wait_days_p90", of), f"1 in 10 waits to {what} exceed", "days", 1, True, 1),
        ]
    other = STAGES[1 - STAGES.index(stage)]
    found.append(Headline(everyone("within_standard_share", other), in_time(config, other), "%", 100, False, 1))
    for of in ("assessment", "therapy"):
        found += [
            Headline(everyone("left_waiting_share", of), f"gave up waiting for {of}", "%", 100, True, 1),
            Headline(everyone("queue_mean", of), f"people on the list for {of}", "people", 1, True, 1),
        ]
    return [
        *found,
        Headline(everyone("supported"), "people supported a year", "people", a_year, False),
        Headline(everyone("cost_per_supported_gbp"), "cost a person supported", "£", 1, True),
    ]


def in_time(config: HubConfig, stage: str) -> str:
    """Return the standard of a stage in words."""
    standard = config.standards.stages.get(stage)  # type: ignore[call-overload]
    what = words(stage).removeprefix("referral to ")
    verb = {"assessment": "assessed", "therapy": "in therapy"}[what]
    return f"{verb} within {standard.days} days of referral" if standard else f"{verb} in time"
