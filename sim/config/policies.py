"""What a commissioner may decide beside staffing: policies, each from one day to another, none unless it is chosen."""

from __future__ import annotations

from typing import Literal

from sim.config.absence import StandIn
from sim.config.kinds import Day, Part, Share, in_order
from sim.config.screening import TIERS


class Dated(Part):
    """What holds from one day to another."""

    from_day: Day | None = None
    to_day: Day | None = None
    """The first day after it; empty: no beginning, no end."""

    _in_order = in_order("from_day", "to_day")


class AssessmentThreshold(Dated):
    """Who is offered advice and wellbeing resources in place of an assessment; a risk flag is always assessed."""

    from_tier: Literal["none", "some", "high", "very_high"]
    """The lowest tier of need that is offered an assessment; `none`: every tier is."""
    return_share: Share
    """Of those not offered one, who are referred again, and are then judged as if there were no threshold."""

    @property
    def is_on(self) -> bool:
        """Whether anybody is below it."""
        return self.from_tier != TIERS[0]


class Policies(Part):
    """Every policy; with the values of conf/policies/none.yaml none of them changes anything."""

    assessment_threshold: AssessmentThreshold
    cover: dict[str, StandIn] = {}
    """By role: who stands in while a post is empty, as `staffing.stand_in` says it for good."""

    @property
    def in_force(self) -> tuple[str, ...]:
        """The names of the policies that change anything."""
        on = {"assessment_threshold": self.assessment_threshold.is_on, "cover": bool(self.cover)}
        return tuple(name for name, is_on in on.items() if is_on)
