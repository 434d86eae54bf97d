"""The cohort: one row a person who comes to a Hub, with everything that will ever be drawn for that person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sim.cohort.decisions import Decisions
from sim.cohort.sources import Source
from sim.streams import Bools, Floats, Ints

OPENING_LISTS = ("screening_review", "assessment", "therapy", "caseload")
"""Where people of the opening position are; -1 in `opening` means: refers in the ordinary way."""


@dataclass(frozen=True)
class Cohort:
    """People in order of referral; arrays of length n unless said otherwise.

    Attributes
    ----------
    sources, source, number
        Where each person comes from: `sources[source[i]]`, and being the `number`-th (from 0) of it.
    staff_group, gender, ethnicity
        Positions in the configuration's lists.
    referred_minute
        Minute since day 0; negative before `run.start_date`.
    points
        Scores of the five measures, shape (n, 5).
    opening, sessions_left
        Position in `OPENING_LISTS` or -1; sessions left of people in the opening caseload.
    survey_if_contact, survey_if_no_contact
        Whether the person answers the follow-up survey, depending on contact with the Hub.
    offers
        Uniforms for the n-th appointment offered, shape (n, 64).
    attendance
        Uniforms for the n-th visit, shape (episodes, n, 2 kinds: assessment and therapy, 64): three episodes, or one
        where nobody is ever referred again. Of a further episode they are drawn for people who may have one.
    """

    hub: int
    sources: list[Source]
    source: Ints
    number: Ints
    staff_group: Ints
    gender: Ints
    ethnicity: Ints
    referred_minute: Ints
    points: Ints
    measures_positive: Ints
    tier: Ints
    risk: Bools
    shift_worker: Bools
    newly_reached: Bools
    covariates: Bools
    opening: Ints
    sessions_left: Ints
    survey_if_contact: Bools
    survey_if_no_contact: Bools
    survey_delay: Ints
    supported_elsewhere: Bools
    decisions: Decisions
    offers: Floats
    attendance: Floats
    team_request_minute: Ints
    """When teams ask for a workshop; not people, shape (requests,)."""
    team_request_length: Ints
    """Staff minutes each workshop takes, shape (requests,)."""

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.referred_minute)

    @cached_property
    def client_ids(self) -> list[str]:
        """Names that stay with a person whatever the scenario: hub/kind/stratum/number."""
        stems = ["/".join(str(part) for part in source.owner) for source in self.sources]
        return [f"{stems[s]}/{k}" for s, k in zip(self.source.tolist(), self.number.tolist(), strict=True)]
