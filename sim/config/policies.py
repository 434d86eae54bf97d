"""What a commissioner may decide beside staffing: policies, each from one day to another, none unless it is chosen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.config.absence import StandIn
from sim.config.kinds import Amount, Day, Part, Share, in_order
from sim.config.screening import TIERS
from sim.config.staffing import Staffing


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


class WaitingListInitiative(Dated):
    """Extra sessions, paid one by one, for those who have waited longest; begun courses go on when it is over."""

    sessions_a_week: Annotated[int, Field(strict=True, ge=0, le=200)]
    """At most, of each Hub; 0: there is no initiative."""
    stage: Literal["assessment", "therapy"]
    wait_over_days: Amount
    """Nobody is offered one until somebody has been on the list for longer."""
    by: Literal["overtime", "agency"]
    role: str | None = None
    """Whose work it is; empty: the first role whose job plan has it."""
    overtime_times: Annotated[float, Field(strict=True, ge=1, le=5, allow_inf_nan=False)]
    """Basic pay for an hour of overtime, as a multiple of that for an ordinary hour."""
    gbp_per_session: Amount | None = None
    """Empty: what the minutes cost at the role's pay, with overtime or the agency premium."""

    @property
    def is_on(self) -> bool:
        """Whether there is one."""
        return self.sessions_a_week > 0

    def role_in(self, staffing: Staffing) -> str | None:
        """Return whose work it is; None where no role has it in the job plan, or nobody is funded."""
        able = [name for name, role in staffing.roles.items() if role.lines and self.stage in map(str, role.job_plan)]
        if self.role is None:
            return next(iter(able), None)
        return self.role if self.role in able else None


class Policies(Part):
    """Every policy; with the values of conf/policies/none.yaml none of them changes anything."""

    assessment_threshold: AssessmentThreshold
    waiting_list_initiative: WaitingListInitiative
    cover: dict[str, StandIn] = {}
    """By role: who stands in while a post is empty, as `staffing.stand_in` says it for good."""

    @property
    def in_force(self) -> tuple[str, ...]:
        """The names of the policies that change anything."""
        on = {
            "assessment_threshold": self.assessment_threshold.is_on,
            "waiting_list_initiative": self.waiting_list_initiative.is_on,
            "cover": bool(self.cover),
        }
        return tuple(name for name, is_on in on.items() if is_on)
