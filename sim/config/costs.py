"""What staff and everything else cost: prices of one price year (conf/costs)."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from sim.config.kinds import Amount, Part, Positive, Refused, Share, Surcharge
from sim.config.staffing import Band


class PayBand(Part):
    """Basic pay of one Agenda for Change band, GBP a year."""

    entry: Positive
    mid: Positive
    top: Positive

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.entry <= self.mid <= self.top:
            raise Refused("mid", f"{self.mid:g}", f"must lie between entry {self.entry:g} and top {self.top:g}")
        return self


class OnCosts(Part):
    """What an employer pays on top of basic pay."""

    national_insurance_share: Share
    national_insurance_threshold_gbp_per_year: Amount
    pension_share: Share
    apprenticeship_levy_share: Share


class Costs(Part):
    """Prices of one price year."""

    price_year: str
    pay_gbp_per_year: dict[Band, PayBand]
    on_costs: OnCosts
    agency_premium_share: Surcharge
    """On top of basic pay, in place of on-costs, for agency lines."""
    bank_premium_share: Surcharge
    """The same for bank lines: on-costs, and pay for holidays that are not taken."""
    maternity_pay_share: Share
    """Of pay with on-costs, over the whole of a maternity leave, less what the state pays back."""
    overhead_share: Surcharge
    """Of staff cost: management, estates and other overheads charged by the host."""
    non_staff_share: Surcharge
    """Of staff cost: running costs that are not staff (screening system, rooms, printing)."""
    set_up_gbp: Amount
    set_up_counted: bool
    recruitment_gbp_per_hire: Amount
    paid_hours_per_wte_year: Positive
    care_mental_health_gbp: Amount
    """A client over the study's follow-up, the Hub's own services included."""
    care_by_the_hub_gbp: Amount
    """Of that, what the Hub gives, whose cost is counted as the Hub's and not a second time."""
    care_prior_concern_times: Positive
    """Times as much mental health care elsewhere for people with earlier wellbeing concerns, at the same mean."""
    care_elsewhere_other_gbp: Amount

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.care_by_the_hub_gbp > self.care_mental_health_gbp:
            remedy = f"must be at most care_mental_health_gbp {self.care_mental_health_gbp:g}, which includes it"
            raise Refused("care_by_the_hub_gbp", f"{self.care_by_the_hub_gbp:g}", remedy)
        return self
