"""Who works at the Hub and what it costs: roles, lines of funding, job plans, absence, recruitment, prices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.config.kinds import (
    Amount,
    Day,
    OpenShare,
    Ordinal,
    Part,
    Positive,
    Refused,
    Share,
    each_its_own_stream,
    in_order,
)
from sim.config.pathway import Outcome
from sim.stages import DUTIES, WORK

ACTIVITIES: tuple[str, ...] = tuple(activity.name for activity in WORK)
if TYPE_CHECKING:
    Activity = str
    Duty = str
else:
    Activity, Duty = Literal[ACTIVITIES], Literal[DUTIES]


def _band(given: object) -> object:
    """Take a band as people write it: 7 without quotes, 8A."""
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given.strip().lower() if isinstance(given, str) else given


Band = Annotated[Literal["4", "5", "6", "7", "8a", "8b", "8c", "8d"], BeforeValidator(_band)]
Kind = Literal["substantive", "fixed_term", "secondment", "agency", "bank"]
TEMPORARY = ("agency", "bank")
"""Kinds of line whose people come sooner, give no notice and are paid a premium in place of on-costs."""
PayPoint = Literal["entry", "mid", "top"]


SMALLEST_POST = 1e-6
"""WTE below this is rounding, not a post."""


def whole_posts(wte: float) -> list[float]:
    """Split a line's WTE into whole posts and one remainder."""
    whole = math.floor(wte + SMALLEST_POST)
    rest = wte - whole
    return [1.0] * whole + ([rest] if rest > SMALLEST_POST else [])


class Line(Part):
    """One line of funding within a role: so many WTE of one band from one day to another."""

    band: Band
    wte: Annotated[float, Field(strict=True, ge=0, le=500, allow_inf_nan=False)]
    kind: Kind
    pay_point: PayPoint
    from_day: Day | None = None
    """Day of the decision to recruit; empty: in post from the start."""
    to_day: Day | None = None
    """Funding ends; empty: never."""

    _in_order = in_order("from_day", "to_day")


class Reserve(Part):
    """The share of client-facing time that a job plan reserves for one activity."""

    share: Share
    flexes: bool
    """Whether time that its list leaves unused passes to the next activity of the plan."""


class LoadBand(Part):
    """The load within which a service manager would call a role well used; it changes no result."""

    low: Share
    high: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise Refused("low", f"{self.low:g}", f"must be at most high {self.high:g}")
        return self

    def side_of(self, load: float) -> str:
        """Return on which side of the band a load lies: `below`, `above`, or nothing where it lies inside."""
        return "below" if load < self.low else "above" if load > self.high else ""


class Role(Part):
    """A role: hours, job plan and the lines that fund it."""

    client_facing_hours_per_week: Annotated[float, Field(strict=True, gt=0, le=60, allow_inf_nan=False)]
    """For clients and supervision: what supervision takes, given and received, is taken off."""
    supervision_hours_per_week: Amount
    """Received by each WTE."""
    supervised_by: str | None = None
    """Which role gives it; without one it comes from outside the Hub, or from peers, and takes only the own time."""
    most_supervision_given_hours_per_week: Amount = 0.0
    """That each WTE can give to others."""
    caseload_cap_per_wte: Amount
    out_of_hours_share: Share
    """Share of posts that offer early, evening or weekend appointments."""
    modalities: list[str]
    job_plan: dict[Activity, Reserve]
    load_band: LoadBand | None = None
    """Of `utilisation`; without one nothing is said about its load."""
    covers: list[Duty] = []
    """What its posts do, from time that nothing is booked for, while nobody is at work who has it in the job plan."""
    lines: dict[str, Line]
    stream_key: str | None = None
    turn: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1000
    """When its posts act within a day, the lowest first; equal turns go by the roles' names, never by their order."""

    @model_validator(mode="after")
    def _plan_adds_up(self) -> Self:
        self.check_whole("job_plan", (reserve.share for reserve in self.job_plan.values()))
        if "therapy" in self.job_plan and not self.modalities:
            raise Refused("modalities", "none", "a role whose job plan has therapy needs at least one")
        return self

    @property
    def gives_therapy(self) -> bool:
        """Whether its caseload places are for anybody."""
        return any(str(name) == "therapy" and reserve.share > 0 for name, reserve in self.job_plan.items())

    @property
    def wte(self) -> float:
        """WTE of all lines, whatever their dates."""
        return sum(line.wte for line in self.lines.values())


class Sickness(Part):
    """Sickness absence as short and long spells."""

    absence_share: Annotated[float, Field(strict=True, ge=0, le=0.9, allow_inf_nan=False)]
    long_spell_share: Share
    """Of spells."""
    short_mean_days: Positive
    long_mean_days: Positive


class Supervision(Part):
    """What happens where more supervision is due than can be given, and how much more newcomers take."""

    beyond: Literal["refuse", "unsupervised"] = "unsupervised"
    """Whether a Hub that funds more people than can be supervised is refused, or a share goes unsupervised."""
    newcomers_times: Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)] = 1.0
    """Times as many hours until the caseload is full."""


class FirstStep(Part):
    """What people begin with in place of the modality that suits them, and how many then still need it."""

    starts_with: str
    """Another modality, or `group`."""
    step_up_share: Share
    """Of those who complete the first step: share who go on to the modality that suits them."""


class FundingCut(Part):
    """Funding that ends: every line shrinks by a share, the last posts of a line first."""

    from_day: Day
    share: Share


class MaternityLeave(Part):
    """Long leave that is known beforehand: maternity, adoption and shared parental leave."""

    per_year: Share
    """Leaves that begin in a year, for each post."""
    least_weeks: Positive
    most_weeks: Positive
    """Any length between the two is as likely."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least_weeks > self.most_weeks:
            raise Refused("least_weeks", f"{self.least_weeks:g}", f"must be at most most_weeks {self.most_weeks:g}")
        return self


class PhasedReturn(Part):
    """How hours rise after maternity leave, or after sickness that was longer than `handover_after_days`."""

    weeks: Amount
    start_share: Share
    """Of the post's hours on the first day back; from there in a straight line to all of them."""


class StandIn(Part):
    """Who stands in for a post of a role while it is vacant or its holder is on maternity leave."""

    by: Literal["bank", "agency", "acting_up"]
    after_weeks: Amount
    """From the day on which somebody goes."""
    share: Share
    """Of the post's hours."""
    from_role: str | None = None
    """Whose people act up: their own posts have so many hours less, and they are paid the difference."""

    @model_validator(mode="after")
    def _somebody_acts_up(self) -> Self:
        if (self.by == "acting_up") is (self.from_role is None):
            remedy = "say whose people act up" if self.by == "acting_up" else "it goes with by: acting_up"
            raise Refused("from_role", repr(self.from_role), remedy)
        return self


class Absence(Part):
    """Time away from work."""

    annual_leave_days: Annotated[int, Field(strict=True, ge=0, le=60)]
    study_days: Annotated[int, Field(strict=True, ge=0, le=60)]
    bank_holidays: bool
    sickness: Sickness
    handover_after_days: Ordinal
    """A clinician away for longer hands the caseload back to the list."""
    maternity_leave: MaternityLeave | None = None
    phased_return: PhasedReturn | None = None


class Freeze(Part):
    """A time in which no recruitment begins; what began before goes on, and agency and bank posts are exempt."""

    from_day: Day
    to_day: Day

    _in_order = in_order("from_day", "to_day")


class Recruitment(Part):
    """How posts are filled and fall vacant."""

    lead_median_weeks: Positive
    lead_sigma: Amount
    agency_lead_median_weeks: Positive
    notice_weeks: Amount
    """Before leaving; the post can be advertised meanwhile."""
    refill_approval_weeks: Amount = 0.0
    """From notice until it is decided to recruit again: vacancy panel, funding."""
    turnover_per_year: Annotated[float, Field(strict=True, ge=0, le=20, allow_inf_nan=False)]
    induction_weeks: Amount = 0.0
    """From starting, without work for clients; agency and bank staff have none."""
    ramp_weeks: Amount
    """From starting until a full caseload, linear."""
    ramp_start_share: OpenShare
    agency_ramp_weeks: Amount
    freeze: Freeze | None = None


class Staffing(Part):
    """A staffing model."""

    hours_per_week: Positive
    working_day_minutes: Ordinal
    balance_cap_weeks: Positive
    """Unused client-facing time is kept this long and then counts as idle."""
    roles: dict[str, Role] = Field(min_length=1)
    absence: Absence
    recruitment: Recruitment
    funding_cut: FundingCut | None = None
    reroute: dict[Outcome, Outcome] = {}
    """Outcomes that this staffing model replaces, applied after `pathway.reroute`."""
    first_step: dict[str, FirstStep] = {}
    """By the modality that suits a person: what this staffing model begins with instead."""
    supervision: Supervision = Supervision()
    stand_in: dict[str, StandIn] = {}
    """By role; without an entry nobody stands in."""

    @model_validator(mode="after")
    def _own_streams(self) -> Self:
        each_its_own_stream("roles", {name: role.stream_key or name for name, role in self.roles.items()})
        for name, role in self.roles.items():
            if role.client_facing_hours_per_week > self.hours_per_week:
                hours = f"{role.client_facing_hours_per_week:g}"
                remedy = f"must be at most staffing.hours_per_week {self.hours_per_week:g}"
                raise Refused(f"roles.{name}.client_facing_hours_per_week", hours, remedy)
        return self

    @model_validator(mode="after")
    def _supervised_by_a_role(self) -> Self:
        for name, role in self.roles.items():
            if role.supervised_by is not None and role.supervised_by not in self.roles:
                raise Refused(
                    f"roles.{name}.supervised_by", repr(role.supervised_by), f"must be one of {', '.join(self.roles)}"
                )
        return self

    @model_validator(mode="after")
    def _stood_in_for_by_others(self) -> Self:
        for name, one in self.stand_in.items():
            if name not in self.roles:
                raise Refused("stand_in", repr(name), f"must be one of {', '.join(self.roles)}")
            others = [role for role in self.roles if role != name]
            if one.from_role is not None and one.from_role not in others:
                raise Refused(f"stand_in.{name}.from_role", repr(one.from_role), f"must be one of {', '.join(others)}")
        return self
