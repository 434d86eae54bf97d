"""When posts are empty or their holders away: leave, sickness, recruitment, and who stands in."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.kinds import Amount, Day, OpenShare, Ordinal, Part, Positive, Refused, Share, YesNo, in_order


class Sickness(Part):
    """Sickness absence as short and long spells."""

    absence_share: Annotated[float, Field(strict=True, ge=0, le=0.9, allow_inf_nan=False)]
    long_spell_share: Share
    """Of spells."""
    short_mean_days: Positive
    long_mean_days: Positive


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
    from_day: Day | None = None
    to_day: Day | None = None
    """Days between which anybody stands in (the second exclusive); empty: always."""

    _in_order = in_order("from_day", "to_day")

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
    bank_holidays: YesNo
    sickness: Sickness
    handover_after_days: Ordinal
    """A clinician away for longer hands the caseload back to the list."""
    maternity_leave: MaternityLeave | None = None
    phased_return: PhasedReturn | None = None


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
