"""What a commissioner may decide beside staffing: policies, each from one day to another, none unless it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.config.absence import StandIn
from sim.config.barriers import Times
from sim.config.kinds import Amount, Day, Minutes, Ordinal, Part, Share, Surcharge, in_order
from sim.config.screening import TIERS
from sim.config.staffing import Staffing
from sim.streams import Bools, Ints


class Dated(Part):
    """What holds from one day to another."""

    from_day: Day | None = None
    to_day: Day | None = None
    """The first day after it; empty: no beginning, no end."""

    _in_order = in_order("from_day", "to_day")

    def holds_on(self, days: Ints) -> Bools:
        """Return on which of these days it holds."""
        inside: Bools = days >= (days.min(initial=0) if self.from_day is None else self.from_day)
        if self.to_day is not None:
            inside &= days < self.to_day
        return inside


class Policy(Dated):
    """A policy that is off while some of its keys have neutral values."""

    NEUTRAL: ClassVar[dict[str, object]] = {}

    @property
    def is_on(self) -> bool:
        """Whether it changes anything."""
        return any(getattr(self, key) != value for key, value in self.NEUTRAL.items())


class AssessmentThreshold(Policy):
    """Who is offered advice and wellbeing resources in place of an assessment; a risk flag is always assessed."""

    NEUTRAL = {"from_tier": TIERS[0]}

    from_tier: Literal["none", "some", "high", "very_high"]
    """The lowest tier of need that is offered an assessment; `none`: every tier is."""
    return_share: Share
    """Of those not offered one, who are referred again, and are then judged as if there were no threshold."""


class WaitingListInitiative(Policy):
    """Extra sessions, paid one by one, for those who have waited longest; begun courses go on when it is over."""

    NEUTRAL = {"sessions_a_week": 0}

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

    def role_in(self, staffing: Staffing) -> str | None:
        """Return whose work it is; None where no role has it in the job plan, or nobody is funded."""
        able = [name for name, role in staffing.roles.items() if role.lines and self.stage in map(str, role.job_plan)]
        if self.role is None:
            return next(iter(able), None)
        return self.role if self.role in able else None


class GuidedSelfHelp(Policy):
    """Self-help with short checks by a member of staff while people wait for individual therapy."""

    NEUTRAL = {"offered_share": 0.0}

    offered_share: Share
    """Of people who join the list; 0: nobody is offered it."""
    taken_up_share: Share
    """Of those offered it."""
    checks: Annotated[int, Field(strict=True, ge=1, le=20)]
    check_minutes: Minutes
    check_every_days: Ordinal
    enough_share: Share
    """Of those who still wait at the last check, who then need no therapy."""
    role: str
    """Who makes the checks, from time that nothing is booked for."""


class EveningClinics(Policy):
    """Posts that offer early, evening or weekend appointments beside those of `out_of_hours_share`."""

    NEUTRAL = {"share": 0.0}

    share: Share
    """Of the posts of each role with appointments, who then offer them; 0: no more than already do."""
    hours_share: Share
    """Of such a post's hours, those worked in the evening or at the weekend."""
    enhancement_share: Surcharge
    """On top of what these hours cost."""


class Remote(Policy):
    """Appointments by video or telephone, of whoever joins a list between two days; groups meet as before."""

    NEUTRAL = {"assessment_share": 0.0, "therapy_share": 0.0}

    assessment_share: Share
    therapy_share: Share
    """Of people, whose assessment or individual therapy is remote; 0 for both: nobody's is."""
    minutes_times: Times
    """Staff minutes with the person, as a multiple of those of a meeting; notes take as long."""
    missed_times: Times
    """Times as many are missed."""
    in_hours_accepted_share: Share
    """Of ordinary-hours offers, share that a shift worker can take where it is remote."""
    uptake_times_shift_workers: Times
    uptake_times_others: Times
    """Times as many people refer while it is offered."""


class Policies(Part):
    """Every policy; with the values of conf/policies/none.yaml none of them changes anything."""

    assessment_threshold: AssessmentThreshold
    waiting_list_initiative: WaitingListInitiative
    guided_self_help: GuidedSelfHelp
    evening_clinics: EveningClinics
    remote: Remote
    cover: dict[str, StandIn] = {}
    """By role: who stands in while a post is empty, as `staffing.stand_in` says it for good."""

    @property
    def in_force(self) -> tuple[str, ...]:
        """The names of the policies that change anything."""
        on = {name: one.is_on for name, one in self if isinstance(one, Policy)}
        return tuple(name for name, is_on in (on | {"cover": bool(self.cover)}).items() if is_on)


OFF = {
    name: kind.NEUTRAL
    for name, kind in (
        ("assessment_threshold", AssessmentThreshold),
        ("waiting_list_initiative", WaitingListInitiative),
        ("guided_self_help", GuidedSelfHelp),
        ("evening_clinics", EveningClinics),
        ("remote", Remote),
    )
}
"""Of each policy the keys, and their values, with which it is off."""


def of_a_policy_that_is_off(key: str, values: Mapping[str, object]) -> bool:
    """Return whether a key of a composed configuration, given with all others, belongs to a policy that is off."""
    group, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    if group != "policies" or name not in OFF:
        return False
    return all(values.get(f"policies.{name}.{switch}", value) == value for switch, value in OFF[name].items())
