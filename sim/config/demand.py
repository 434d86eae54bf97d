"""Who may refer, how readily people refer themselves, and what changes it over time (conf/population, conf/demand)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.barriers import Barriers
from sim.config.kinds import (
    Amount,
    Count,
    Day,
    File,
    Part,
    Positive,
    Refused,
    Share,
    Split,
    YesNo,
    each_its_own_stream,
)
from sim.config.screening import MEASURES

Sector = Literal["nhs", "social_care", "emergency"]


class StaffGroup(Part):
    """One staff group of the catchment."""

    headcount: Count
    sector: Sector
    gender: Split
    ethnicity: Split
    shift_worker_share: Share
    icu_or_emergency_share: Share
    stream_key: str | None = None
    """Names this group's random numbers; the group's own name if empty. Keep it when renaming a group."""


class ReferenceGroup(Part):
    """The group to which access ratios and gaps compare."""

    staff_group: str
    gender: str
    ethnicity: str


class Population(Part):
    """The people whom a Hub serves."""

    staff_groups: dict[str, StaffGroup] = Field(min_length=1)
    reference: ReferenceGroup

    @model_validator(mode="after")
    def _one_set_of_strata(self) -> Self:
        groups = self.staff_groups
        first = next(iter(groups))
        for dimension in ("gender", "ethnicity"):
            known = getattr(groups[first], dimension)
            for name, group in groups.items():
                if (mine := getattr(group, dimension)).keys() != known.keys():
                    remedy = f"must be {', '.join(known)}, as in {first}"
                    raise Refused(f"staff_groups.{name}.{dimension}", ", ".join(mine), remedy)
            if (reference := getattr(self.reference, dimension)) not in known:
                raise Refused(f"reference.{dimension}", repr(reference), f"must be one of {', '.join(sorted(known))}")
        if self.reference.staff_group not in groups:
            remedy = f"must be one of {', '.join(groups)}"
            raise Refused("reference.staff_group", repr(self.reference.staff_group), remedy)
        each_its_own_stream("staff_groups", {name: group.stream_key or name for name, group in groups.items()})
        return self

    @property
    def genders(self) -> list[str]:
        """Gender categories, in the order of the first staff group."""
        return list(next(iter(self.staff_groups.values())).gender)

    @property
    def ethnicities(self) -> list[str]:
        """Ethnicity categories, in the order of the first staff group."""
        return list(next(iter(self.staff_groups.values())).ethnicity)


class Hubs(Part):
    """How many Hubs run side by side, sharing no staff and no people."""

    count: Annotated[int, Field(strict=True, ge=1, le=200)]
    size_cv: Positive
    """Spread of catchment sizes between Hubs (coefficient of variation, gamma); one Hub has size 1."""
    staffing_follows_size: YesNo


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SEASON_PERIODS = 13
"""Four-week periods from 1 January."""


class RelativeUptake(Part):
    """Rate ratios of uptake against the reference stratum."""

    gender: dict[str, Amount]
    ethnicity: dict[str, Amount]


class Demand(Part):
    """Referrals from the staff groups, incidents apart."""

    uptake_per_person_year: dict[str, Amount]
    """By staff group, in the reference stratum (gender, ethnicity)."""
    relative_uptake: RelativeUptake
    multiplier: Amount
    growth_per_year: Annotated[float, Field(strict=True, gt=-1, le=10, allow_inf_nan=False)]
    launch_ramp_days: Amount
    """Days from launch (day 0) until uptake has risen to its steady level (logistic); 0 for an established Hub."""
    season_index: list[Amount] = Field(min_length=SEASON_PERIODS, max_length=SEASON_PERIODS)
    weekday_share: Split
    dispersion_ratio: Annotated[float, Field(strict=True, ge=1, le=50, allow_inf_nan=False)]
    """Variance over mean of weekly referrals; 1 is Poisson."""
    dispersion_reference_per_week: Annotated[float, Field(strict=True, ge=0.01, le=100_000, allow_inf_nan=False)]
    """Weekly referrals at which the ratio holds; fixed, so that no scenario changes the shocks."""
    gap_closed_share: Share
    """Share of the gap in uptake that campaigns without an `uptake_multiplier` of their own close ..."""
    campaign_multiplier_most: Annotated[float, Field(strict=True, ge=1, le=100, allow_inf_nan=False)]
    """... as far as no more than this multiple of uptake does."""
    barriers: Barriers
    referrals_csv: File
    """A table of real referrals that replaces the drawn ones; see docs/user_guide.md."""
    after_referrals_csv: Literal["go_on", "stop"] = "go_on"
    """Where the table ends before the horizon: whether referrals go on at its own rate, drawn, or nobody refers."""

    @model_validator(mode="after")
    def _every_weekday(self) -> Self:
        self.check_names("weekday_share", self.weekday_share, WEEKDAYS)
        return self


Shift = Annotated[float, Field(strict=True, ge=-3, le=3, allow_inf_nan=False)]


class Exposure(Part):
    """People of one exposure tier of an incident."""

    persons: dict[str, Annotated[int, Field(strict=True, ge=0, le=1_000_000)]]
    """Exposed by staff group."""
    take_up_share: Share
    """Share who ever refer."""
    severity_shift_sd: Shift
    """Added to latent need, for each measure as far as the incident's `shift_of_measures` says."""


class Pulse(Part):
    """An outreach-screening invitation some days after the incident."""

    after_days: Amount
    share: Share
    mean_delay_days: Positive
    severity_shift_sd: Shift = 0.0
    """On top of the exposure's: who comes because of an invitation is milder than who comes unasked."""


class Delay(Part):
    """From incident to referral: early presentation, invitation pulses and a long tail."""

    early_share: Share
    early_mean_days: Positive
    pulses: list[Pulse]
    tail_share: Share
    tail_mean_days: Positive

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        shares = [self.early_share, self.tail_share, sum(pulse.share for pulse in self.pulses)]
        self.check_whole("", shares, "early_share, tail_share and the pulses' shares must add up to 1")
        return self


class MajorIncident(Part):
    """One incident: who was exposed, how many will come, and when."""

    day: Day
    shift_of_measures: dict[str, Shift] = {"gad7": 1.0, "phq9": 1.0, "ptsd": 1.0, "audit": 0.0, "wsas": 1.0}
    """How far each measure moves where latent need moves by 1; alcohol, unless asked for, not at all."""
    exposed: dict[str, Exposure] = Field(min_length=1)
    """By exposure tier: present, close_to_casualties, responder, community."""
    delay: Delay

    @model_validator(mode="after")
    def _every_measure(self) -> Self:
        self.check_names("shift_of_measures", self.shift_of_measures, MEASURES)
        return self
