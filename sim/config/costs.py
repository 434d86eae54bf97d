"""What staff and everything else cost: prices of one price year (conf/costs)."""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, model_validator

from sim.config.kinds import Amount, Part, Positive, Refused, Share, Surcharge, YesNo
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


FINANCIAL_YEAR = re.compile(r"(\d{4})/(\d\d)")


class Costs(Part):
    """Prices of one price year, and of a later one that they are uprated to."""

    price_year: str
    """Of every price below."""
    uprated_to: str | None = None
    """A later financial year whose prices are told: 2027/28."""
    uplift_per_year: Share
    """What every price rises by in each year from the price year to that one."""
    pay_gbp_per_year: dict[Band, PayBand] = Field(min_length=1)
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
    set_up_counted: YesNo
    recruitment_gbp_per_hire: Amount
    paid_hours_per_wte_year: Positive
    care_mental_health_gbp: Amount
    """A client over the study's follow-up, the Hub's own services included."""
    care_by_the_hub_gbp: Amount
    """Of that, what the Hub gives, whose cost is counted as the Hub's and not a second time."""
    care_prior_concern_times: Positive
    """Times as much mental health care elsewhere for people with earlier wellbeing concerns, at the same mean."""
    care_elsewhere_other_gbp: Amount

    @property
    def uplift(self) -> float:
        """How many times its own price every price is told as."""
        return (1.0 + self.uplift_per_year) ** self._years_uprated()

    @property
    def prices(self) -> str:
        """The year whose prices are told, in words, and what was uprated to it."""
        if not self._years_uprated():
            return f"{self.price_year} prices"
        return f"{self.uprated_to} prices ({self.price_year} uprated by {100 * self.uplift_per_year:.3g}% a year)"

    def _years_uprated(self) -> int:
        if self.uprated_to is None:
            return 0
        return _first_year(self.uprated_to, "uprated_to") - _first_year(self.price_year, "price_year")

    @model_validator(mode="after")
    def _uprated_forwards(self) -> Self:
        if self._years_uprated() < 0:
            raise Refused("uprated_to", self.uprated_to, f"must be price_year {self.price_year} or a later year")
        return self

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.care_by_the_hub_gbp > self.care_mental_health_gbp:
            remedy = f"must be at most care_mental_health_gbp {self.care_mental_health_gbp:g}, which includes it"
            raise Refused("care_by_the_hub_gbp", f"{self.care_by_the_hub_gbp:g}", remedy)
        return self


def _first_year(financial_year: str, key: str) -> int:
    """Return the calendar year in which a financial year begins, as 2027 of 2027/28."""
    match = FINANCIAL_YEAR.fullmatch(financial_year)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise Refused(key, repr(financial_year[:20]), "must be a financial year, as 2027/28")
    return int(match[1])
