"""Who works at the Hub: roles, lines of funding, job plans, supervision."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.config.absence import Absence, Recruitment, StandIn
from sim.config.kinds import (
    Amount,
    Day,
    Ordinal,
    Part,
    Positive,
    Refused,
    Share,
    YesNo,
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


Band = Annotated[Literal["2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d"], BeforeValidator(_band)]
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

    starts_on_the_day: ClassVar[bool] = False
    """Whether somebody is known to start on `from_day`; a line of the establishment is advertised then."""

    band: Band
    wte: Annotated[float, Field(strict=True, ge=0, le=500, allow_inf_nan=False)]
    kind: Kind
    pay_point: PayPoint
    from_day: Day | None = None
    """Day of the decision to recruit; empty: in post from the start."""
    to_day: Day | None = None
    """Funding ends; empty: never."""

    _in_order = in_order("from_day", "to_day")

    @property
    def is_for_good(self) -> bool:
        """Whether it is there from the start and does not end: of the team there is."""
        return self.from_day is None and self.to_day is None


class Reserve(Part):
    """The share of client-facing time that a job plan reserves for one activity."""

    share: Share
    flexes: YesNo
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
    def offers_appointments(self) -> bool:
        """Whether its posts offer appointments of their own, some of them in the evening."""
        return any(str(name) in ("assessment", "therapy") for name in self.job_plan)

    @property
    def gives_therapy(self) -> bool:
        """Whether its caseload places are for anybody."""
        return any(str(name) == "therapy" and reserve.share > 0 for name, reserve in self.job_plan.items())

    @property
    def wte(self) -> float:
        """WTE of all lines, whatever their dates."""
        return sum(line.wte for line in self.lines.values())


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


class Staffing(Part):
    """A staffing model."""

    hours_per_week: Positive
    working_day_minutes: Ordinal
    balance_cap_weeks: Positive
    """Unused client-facing time is kept this long and then counts as idle."""
    roles: dict[str, Role] = Field(min_length=1)
    absence: Absence
    recruitment: Recruitment
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
