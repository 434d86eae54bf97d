"""How a scenario is run: dates, replications, cores, opening position, what to keep (conf/run), and the standards."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.config.kinds import Amount, Count, Ordinal, Part, Positive, Refused, Share

Table = Literal["cohort", "journeys", "events", "staff_days"]

FIRST_YEAR, LAST_YEAR = 1950, 2100


def _iso_date(text: object) -> object:
    if isinstance(text, str):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError("must be a date written YYYY-MM-DD") from None
    if not isinstance(text, datetime.date):
        raise ValueError("must be a date written YYYY-MM-DD")
    return text


class Queue(Part):
    """People who already wait when the run opens."""

    people: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    mean_wait_days: Amount


class Caseload(Part):
    """People already in therapy when the run opens."""

    people: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    mean_sessions_left: Positive


class Backlog(Part):
    """The opening position under `opening.mode: backlog`."""

    screening_review: Queue
    assessment: Queue
    therapy: Queue
    caseload: Caseload


class Opening(Part):
    """What the Hub looks like on the first day."""

    mode: Literal["empty", "backlog", "run_in"]
    run_in_days: Annotated[int, Field(strict=True, ge=0, le=3660)]
    backlog: Backlog


class Run(Part):
    """How a scenario is run."""

    seed: Annotated[int, Field(strict=True, ge=0, le=2**128)]
    replications: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    replication: Count
    """Which replication `trace` tells of."""
    horizon_days: Annotated[int, Field(strict=True, ge=7, le=36_600)]
    start_date: Annotated[datetime.date, BeforeValidator(_iso_date)]
    opening: Opening
    jobs: Annotated[int, Field(strict=True, ge=-1, le=4096)]
    keep: list[Table]
    store: Annotated[str, Field(min_length=1)] | None
    """Folder of finished replications, kept for the next run; none keeps nothing."""
    design: str | None
    """CSV that lists the cells of a sweep (`hub -m run.design=plans.csv`)."""
    profile: bool

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.jobs == 0:
            raise Refused("jobs", self.jobs, "must be 1 or more, or -1 for all cores")
        if not FIRST_YEAR <= self.start_date.year <= LAST_YEAR:
            raise Refused("start_date", self.start_date, f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
        return self

    @property
    def run_in_days(self) -> int:
        """Days simulated before `start_date`."""
        return self.opening.run_in_days if self.opening.mode == "run_in" else 0


class Standard(Part):
    """A waiting-time standard: this share within so many days."""

    days: Ordinal
    share: Share


class Standards(Part):
    """Waiting-time standards by stage (conf/standards)."""

    stages: dict[
        Literal["screening", "assessment", "therapy", "referral_to_assessment", "referral_to_therapy"], Standard
    ] = Field(min_length=1)
    risk_call_working_days: Annotated[int, Field(strict=True, ge=0, le=30)]
