"""How a scenario is run, the standards it is judged by, and whether parameters are drawn from their ranges."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.config.kinds import Amount, Day, Ordinal, Part, Positive, Refused, Share, YesNo, in_order
from sim.stages import WITH_STANDARD

Table = Literal["cohort", "journeys", "events", "staff_days", "months"]
if TYPE_CHECKING:
    StageWithStandard = str
else:
    StageWithStandard = Literal[WITH_STANDARD]

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


def _at_home(path: str) -> str:
    try:
        Path(path).expanduser()
    except RuntimeError:
        raise ValueError("~ is nobody's home here: write the whole path") from None
    return path


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
    precision: Annotated[dict[str, Positive], Field(min_length=1)] | None
    """Half-widths of 95 % intervals by measure: replications go on until all are reached; none for a set number."""
    replications_max: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    """And no further than this."""
    horizon_days: Annotated[int, Field(strict=True, ge=7, le=36_600)]
    start_date: Annotated[datetime.date, BeforeValidator(_iso_date)]
    opening: Opening
    warm_up: YesNo
    """Whether a run that asks for the steady state finds the length of its run-in itself."""
    jobs: Annotated[int, Field(strict=True, ge=-1, le=4096)]
    backend: Literal["cores", "dask"]
    scheduler: Annotated[str, Field(min_length=1)] | None
    """Address of a Dask scheduler, `tcp://HOST:PORT`."""
    keep: Annotated[list[Table], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]
    store: Annotated[str, Field(min_length=1), AfterValidator(_at_home)] | None
    """Folder of finished replications, kept for the next run; none keeps nothing."""
    design: str | None
    """CSV that lists the cells of a sweep (`hub -m run.design=plans.csv`)."""
    profile: YesNo

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.jobs == 0:
            raise Refused("jobs", self.jobs, "must be 1 or more, or -1 for all cores")
        if self.backend == "dask" and self.scheduler is None:
            raise Refused("scheduler", self.scheduler, "backend dask needs one: tcp://HOST:PORT")
        if self.backend != "dask" and self.scheduler is not None:
            raise Refused("scheduler", self.scheduler, "add run.backend=dask, or leave it out")
        if self.precision and self.replications_max < self.replications:
            raise Refused("replications_max", self.replications_max, "must be run.replications or more")
        if not FIRST_YEAR <= self.start_date.year <= LAST_YEAR:
            raise Refused("start_date", self.start_date, f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
        last = self.start_date + datetime.timedelta(days=self.horizon_days - 1)
        if last.year > LAST_YEAR:
            remedy = f"the last day would be {last}, and bank holidays are known until {LAST_YEAR}: shorten it"
            raise Refused("horizon_days", self.horizon_days, remedy)
        return self

    @property
    def most_replications(self) -> int:
        """The largest number of replications that may be simulated."""
        return self.replications_max if self.precision else self.replications

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

    stages: dict[StageWithStandard, Standard] = Field(min_length=1)
    risk_call_working_days: Annotated[int, Field(strict=True, ge=0, le=30)]
    referred_from_day: Day | None = None
    """Only first referrals made from this day on are judged against the standards; empty: from `run.start_date` on."""
    referred_to_day: Day | None = None
    """Only first referrals made before this day are judged; empty: up to the horizon."""

    _in_order = in_order("referred_from_day", "referred_to_day")


Number = Annotated[float, Field(allow_inf_nan=False)]


class UncertainNumber(Part):
    """A number of the configuration that is drawn: its value, its range and the shape of what is believed of it."""

    value: Number
    low: Number
    high: Number
    distribution: str
    together: str | None
    """Numbers with the same text here are shares that add up to a fixed total, and are drawn together."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value:g} must lie between low {self.low:g} and high {self.high:g}")
        return self


class Factor(Part):
    """What a part of the configuration is multiplied by in a future: lognormal round 1, within a range."""

    low: Positive
    high: Positive

    @model_validator(mode="after")
    def _round_one(self) -> Self:
        for name, given, wrong, bound in (
            ("low", self.low, self.low > 1, "most"),
            ("high", self.high, self.high < 1, "least"),
        ):
            if wrong:
                raise Refused(name, f"{given:g}", f"must be at {bound} 1, which is as configured")
        return self


class FutureFactors(Part):
    """What is drawn once for each future; see `sim.evidence.futures`."""

    demand_level: Factor
    demand_trend: Factor
    """Of a year, from day 0 on."""
    incident_size: Factor
    incident_take_up: Factor
    recruitment_time: Factor


class Uncertainty(Part):
    """How parameters are treated."""

    mode: Literal["none", "psa", "futures"]
    replications_per_draw: Annotated[int, Field(strict=True, ge=1, le=1000)]
    """So many replications in a row share one draw of the parameters."""
    leave_out: list[str]
    """Patterns of keys that are never drawn."""
    parameters: dict[str, UncertainNumber]
    """What is drawn, by key; filled from the register when the configuration is composed."""
    futures: FutureFactors | None = None
    """How far futures differ, in mode `futures`."""

    @model_validator(mode="after")
    def _something_to_draw(self) -> Self:
        if self.mode == "psa" and not self.parameters:
            raise ValueError("mode psa, but no number is left to draw; leave fewer out")
        if (self.mode == "futures") != (self.futures is not None):
            raise Refused("mode", self.mode, "choose how futures differ with uncertainty=futures, none or psa")
        if self.mode == "futures" and self.replications_per_draw > 1:
            raise Refused("replications_per_draw", self.replications_per_draw, "must be 1: each is a future of its own")
        return self

    def draw_of(self, replication: int) -> int:
        """Return the number of the draw that a replication belongs to."""
        return replication // self.replications_per_draw
