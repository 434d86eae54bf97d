"""The pathway of a client: offers, lists, outcomes, therapy, navigation, attendance (conf/pathway)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.config.barriers import MatchedClinician, Times
from sim.config.kinds import Amount, Count, Minutes, Ordinal, Part, Positive, Refused, Share, Split
from sim.config.screening import NEEDS, TIERS

Outcome = Literal["advice", "hub_therapy", "group", "onward", "therapy_and_onward"]
OUTCOMES: tuple[Outcome, ...] = ("advice", "hub_therapy", "group", "onward", "therapy_and_onward")
ListOrder = Literal["first_come", "by_need", "by_need_with_ageing"]
DRAWS_PER_EPISODE = 64
"""Attendance draws of each kind in an episode; at the cap a course ends, it never wraps."""
MOST_EPISODES = 3


class Lists(Part):
    """How waiting lists are ordered, and how people are reached and booked."""

    policy: ListOrder
    ageing_days_per_tier: Amount
    """Under `by_need_with_ageing`: how many days of waiting one tier of need is worth."""
    notice_days: Annotated[int, Field(strict=True, ge=0, le=60)]
    unreachable_share: Share
    contact_attempts: Annotated[int, Field(strict=True, ge=1, le=20)]
    contact_attempt_minutes: Minutes
    contact_attempt_interval_days: Ordinal
    risk_call_minutes: Minutes


class Length(Part):
    """A length of work: lognormal with this mean, held inside low and high."""

    mean_minutes: Minutes
    sigma: Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False)]
    low_minutes: Minutes
    high_minutes: Minutes

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low_minutes <= self.mean_minutes <= self.high_minutes:
            remedy = f"must lie between low_minutes {self.low_minutes} and high_minutes {self.high_minutes}"
            raise Refused("mean_minutes", self.mean_minutes, remedy)
        return self


class OneVisit(Part):
    """What staff do at a stage of one appointment."""

    contact: Length
    write_up: Length

    @property
    def is_needed(self) -> bool:
        """Whether anybody goes through it."""
        return True


class Assessment(OneVisit):
    """Senior-clinician assessment, who is offered it and what follows."""

    offered_share: dict[str, Share]
    """By need tier."""
    outcome_share: dict[str, Split]
    """By need tier, over the five outcomes."""

    @model_validator(mode="after")
    def _every_tier(self) -> Self:
        for name in ("offered_share", "outcome_share"):
            self.check_names(name, getattr(self, name), TIERS)
        for tier, row in self.outcome_share.items():
            if unknown := [name for name in row if name not in OUTCOMES]:
                raise Refused(f"outcome_share.{tier}", repr(unknown[0]), f"must be one of {', '.join(OUTCOMES)}")
        return self


class Modality(Part):
    """One kind of individual therapy."""

    first_minutes: Minutes
    next_minutes: Minutes
    admin_minutes: Annotated[int, Field(strict=True, ge=0, le=240)]
    sessions_mean: Positive
    sessions_shape: Positive
    sessions_most: Annotated[int, Field(strict=True, ge=1, le=DRAWS_PER_EPISODE)]
    interval_days: Ordinal
    shift_worker_interval_days: Ordinal
    steps_up_to: str | None
    step_up_share: Share

    @model_validator(mode="after")
    def _room_for_the_course(self) -> Self:
        if self.sessions_mean > self.sessions_most:
            remedy = f"must be at most sessions_most {self.sessions_most}"
            raise Refused("sessions_mean", f"{self.sessions_mean:g}", remedy)
        return self


class Groups(Part):
    """Therapy groups."""

    min_size: Ordinal
    max_size: Ordinal
    max_wait_days: Positive
    """A group starts below min_size once its first member has waited this long."""
    sessions: Annotated[int, Field(strict=True, ge=1, le=DRAWS_PER_EPISODE)]
    session_minutes: Minutes
    """Staff time a session, preparation included."""
    interval_days: Ordinal

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_size > self.max_size:
            raise Refused("min_size", self.min_size, f"must be at most max_size {self.max_size}")
        return self


class Navigation(Part):
    """Helping people into services elsewhere, whose capacity is not the Hub's."""

    contact_minutes: Length
    contacts_mean: Annotated[float, Field(strict=True, ge=1, le=20, allow_inf_nan=False)]
    contact_interval_days: Ordinal
    accepted_share: Share
    opted_in_share: Share
    decision_days: Positive
    wait_median_days: Positive
    wait_sigma: Amount
    bounced_back_share: Share
    """Of those not accepted: share who join the Hub's own therapy list."""


class Visit(Part):
    """How appointments of one kind go."""

    missed_share: Share
    cancelled_share: Share

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.missed_share + self.cancelled_share > 1:
            remedy = f"must be at most 1 together with missed_share {self.missed_share:g}"
            raise Refused("cancelled_share", f"{self.cancelled_share:g}", remedy)
        return self


class Attendance(Part):
    """Missed and cancelled appointments, and what the Hub does about them."""

    assessment: Visit
    therapy_first: Visit
    therapy_next: Visit
    group: Visit
    missed_share_per_week_waited: Annotated[float, Field(strict=True, ge=0, le=0.2, allow_inf_nan=False)]
    """Of assessments and first sessions: share that is missed besides for each week since joining the list."""
    reusable_share: Share
    """Of cancelled appointments: share cancelled early enough for the slot to serve somebody else."""
    assessment_misses_allowed: Ordinal
    """Discharged at this many missed assessments."""
    therapy_misses_in_a_row_allowed: Ordinal
    drop_out_share: Share
    """Of people who start an average-length course: share who stop before its end."""
    drop_out_reference_sessions: Annotated[float, Field(strict=True, gt=1, le=64, allow_inf_nan=False)]
    in_hours_accepted_share: Share
    """Of ordinary-hours offers, share that a shift worker can take."""
    in_hours_missed_times: Times
    """Times as many individual appointments as others miss, that shift workers miss with a post in ordinary hours."""
    matched_clinician: MatchedClinician


class Patience(Part):
    """How soon people give up waiting, as a constant hazard."""

    assessment_leave_per_week: Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)]
    therapy_leave_per_week: Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)]
    group_leave_per_week: Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)]


class CheckIn(Part):
    """Calls to people who wait for therapy."""

    every_days: Count
    """0: the plan has none."""
    minutes: Minutes


class Administration(Part):
    """Letters, booking and records: what a referral, each appointment for assessment and its outcome make of them."""

    minutes: Count
    """For each of the three; 0: the plan has none."""


class ReReferral(Part):
    """Coming back after closure."""

    share: Share
    mean_delay_days: Positive


class TeamSupport(Part):
    """Workshops for teams, which compete for senior time."""

    requests_per_month: Amount
    staff_minutes: Length


class FollowUp(Part):
    """The study's survey, mirrored for comparison with its figures."""

    response_share_if_contact: Share
    response_share_if_no_contact: Share
    from_days: Positive
    to_days: Positive
    supported_elsewhere_share: Share
    """Of people whom the Hub did not support: share who found support without it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_days >= self.to_days:
            raise Refused("from_days", f"{self.from_days:g}", f"must be below to_days {self.to_days:g}")
        return self


class Pathway(Part):
    """Everything that happens to a client between referral and closure."""

    lists: Lists
    assessment: Assessment
    modalities: dict[str, Modality] = Field(min_length=1)
    modality_share: dict[str, Split]
    """By need (tier, and positive for post-traumatic stress or not), over the modalities: what suits people."""
    groups: Groups
    navigation: Navigation
    attendance: Attendance
    patience: Patience
    check_in: CheckIn
    administration: Administration
    re_referral: ReReferral
    team_support: TeamSupport
    follow_up: FollowUp
    reroute: dict[Outcome, Outcome]
    """Outcomes that this Hub replaces, e.g. `hub_therapy: onward` where it gives none itself."""

    @model_validator(mode="after")
    def _modalities_fit(self) -> Self:
        self.check_names("modality_share", self.modality_share, NEEDS)
        for need, row in self.modality_share.items():
            if unknown := [name for name in row if name not in self.modalities]:
                remedy = f"must be one of {', '.join(self.modalities)}"
                raise Refused(f"modality_share.{need}", repr(unknown[0]), remedy)
        for name, modality in self.modalities.items():
            others = [other for other in self.modalities if other != name]
            if modality.steps_up_to is not None and modality.steps_up_to not in others:
                remedy = f"must be null or one of {', '.join(others)}"
                raise Refused(f"modalities.{name}.steps_up_to", repr(modality.steps_up_to), remedy)
        return self

    def suits_somebody(self, modality: str) -> bool:
        """Return whether a modality suits anybody of any need."""
        return any(row.get(modality, 0.0) > 0 for row in self.modality_share.values())
