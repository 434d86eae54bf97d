"""What is asked of a sizing: targets, dates, who can be hired, and how hard to look (conf/sizing), checked once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml  # type: ignore[import-untyped]
from pydantic import AfterValidator, Field, ValidationError, model_validator

from sim.config import HubConfig
from sim.config.kinds import Amount, Count, Day, OpenShare, Ordinal, Part, Refused, Share
from sim.config.messages import lines_of
from sim.config.staffing import Band, PayPoint
from sim.disk import conf_dir
from sim.errors import ConfigProblem, given, nearest
from sim.launch.options import merged
from sim.stages import FROM_REFERRAL

GROUP, DEFAULT = "sizing", "default"
TOP = ("target", "more_targets")
"""Keys that are written as they are; the others as sizing.KEY."""
HireKind = Literal["substantive", "fixed_term", "agency"]
SIMILAR = 0.8
"""From this on a key is taken for a misspelt one: none of the Hub's own is so near."""
DAYS_PER_WEEK = 7


BESIDE = {"navigation": "referral_to_assessment"}
"""Stages counted from a later day than referral, which may be asked for only together with the wait until that day."""


def _known_stage(name: str) -> str:
    if name not in (*FROM_REFERRAL, *BESIDE):
        remedy = "counted from referral, so that every plan has the same people: " + nearest(name, FROM_REFERRAL)
        raise ValueError(remedy)
    return name


class Goal(Part):
    """At least `share` of those eligible for a stage reach it within so many days of referral."""

    stage: Annotated[str, AfterValidator(_known_stage)]
    days: Ordinal
    share: OpenShare


class Target(Goal):
    """The first goal, and in which share of futures all goals must hold together."""

    assurance: OpenShare


def _half_or_whole(wte: float) -> float:
    if wte not in (0.5, 1.0):
        raise ValueError("must be 0.5 or 1.0")
    return wte


def _rising(numbers: list[int]) -> list[int]:
    if sorted(set(numbers)) != numbers:
        raise ValueError(f"got {numbers}; each must be larger than the one before")
    return numbers


RISING = AfterValidator(_rising)


class Hire(Part):
    """How a role can be hired: its pay, the smallest step, and the most of each kind."""

    band: Band
    pay_point: PayPoint
    step_wte: Annotated[float, AfterValidator(_half_or_whole)]
    most_wte: dict[HireKind, Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]]
    most_per_other_wte: Amount | None = None
    """For staff who come with those they support: at most so many WTE for each WTE of others asked for by then."""

    @model_validator(mode="after")
    def _whole_steps(self) -> Self:
        for kind, most in self.most_wte.items():
            if most % self.step_wte:
                raise Refused(f"most_wte.{kind}", most, f"must be a multiple of step_wte {self.step_wte:g}")
        return self


class Supply(Part):
    """How many of a kind can be had of each role, in times the WTE of the whole established team."""

    at_first: Amount
    """Asked for in the week of the first decision."""
    more_each_4_weeks: Amount
    """Added to it by each four weeks that go by."""


class Counted(Part):
    """Whose waits are counted: people referred in these weeks from the first decision, the second exclusive."""

    from_week: Count
    to_week: Ordinal

    @property
    def in_words(self) -> str:
        """The weeks as they stand in a sentence."""
        return f"weeks {self.from_week} to {self.to_week}"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_week <= self.from_week:
            raise Refused("to_week", self.to_week, f"must be after from_week {self.from_week}")
        return self


class Search(Part):
    """How plans are tried."""

    looks: Annotated[list[Ordinal], Field(min_length=1), RISING]
    reject_risk: OpenShare
    accept_risk: OpenShare
    most_replications: Ordinal
    most_explored: Ordinal
    least_saving_share: Share = 0.0
    """Plans that are cheaper by a smaller part are no more searched for; 0: every cheaper one is."""
    least_effect_share: Share
    excluded_share: Share
    least_chance: Share = 0.0
    """A test of a plan ends where the chance that it still becomes a candidate is lower; 0: where there is none."""
    kind_replications: Count = 0
    """For each kind of plan other than the cheapest found; 0 to look for none."""


class Certify(Part):
    """The test of the plan on futures that the search has not seen."""

    replications: Ordinal
    attempts: Ordinal
    risk: OpenShare
    """Of certifying a plan whose assurance is too low, over all attempts."""


class Card(Part):
    """What the card shows besides the plan."""

    replications: Annotated[int, Field(strict=True, ge=2, le=10_000)]
    slip_weeks: Ordinal
    demand_increase_share: Amount
    sickness_times: Amount = 2.0
    kind_replications: Count = 20
    """Of each figure of a plan of another kind; at least 2 where such plans are looked for."""
    later_weeks: Annotated[list[Ordinal], RISING]


class Question(Part):
    """A sizing."""

    target: Target
    more_targets: dict[str, Goal]
    start_day: Day | None
    counted: Counted
    decision_weeks: Annotated[list[Count], Field(min_length=1), RISING]
    contract_weeks: dict[HireKind, Ordinal | None]
    supply: dict[HireKind, Supply] = {}
    """A kind that is not named has no limit but `hire`."""
    hire: dict[str, Hire] = Field(min_length=1)
    search: Search
    certify: Certify
    card: Card

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        stages = [goal.stage for goal in self.goals]
        if len(set(stages)) < len(stages):
            raise Refused("more_targets", ", ".join(stages), "give each stage one target")
        if self.target.stage in BESIDE:
            remedy = f"counted from referral, so that every plan has the same people: {nearest('', FROM_REFERRAL)}"
            raise Refused("target.stage", self.target.stage, remedy)
        for stage in stages:
            if BESIDE.get(stage, stage) not in stages:
                remedy = f"ask for {BESIDE[stage]} as well, or a plan that assesses few is enough"
                raise Refused("more_targets", stage, remedy)
        return self

    @property
    def goals(self) -> list[Goal]:
        """Everything that must hold in the same future."""
        return [self.target, *self.more_targets.values()]

    def counted_days(self, config: HubConfig) -> tuple[int, int]:
        """Return the days between which people must be referred to be counted, the second exclusive."""
        first, counted = self.first_day(config), self.counted
        return first + counted.from_week * DAYS_PER_WEEK, first + counted.to_week * DAYS_PER_WEEK

    def first_day(self, config: HubConfig) -> int:
        """Return the day of the first decision."""
        if self.start_day is not None:
            return self.start_day
        return min((incident.day for incident in config.incident.values()), default=0)


def split_overrides(overrides: Iterable[str]) -> tuple[list[str], list[str]]:
    """Part what is said about the sizing from what is said about the Hub; ConfigProblem if a key looks misspelt."""
    ours: list[str] = []
    hubs: list[str] = []
    for override in overrides:
        key = override.partition("=")[0]
        top = key.partition(".")[0]
        if top in (*TOP, GROUP):
            ours.append(override)
        elif meant := get_close_matches(top, (*TOP, GROUP), 1, SIMILAR):
            told = f"there is no such key: did you mean {meant[0]}{key.removeprefix(top)}?"
            raise ConfigProblem([f"{key}: got {given(override)}; {told}"])
        else:
            hubs.append(override)
    return ours, hubs


def read_question(overrides: Sequence[str] = (), config_dir: str | None = None) -> Question:
    """Read conf/sizing/default.yaml, an option over it and values over that; ConfigProblem with a line a problem.

    Overrides are `sizing=OPTION`, `target.KEY=VALUE`, `more_targets.NAME.KEY=VALUE` and `sizing.KEY=VALUE`. In a user's
    own folder DIR/sizing/OPTION.yaml is looked for too.
    """
    folders = [conf_dir() / GROUP, *([Path(config_dir) / GROUP] if config_dir else [])]
    options = {file.stem: file for folder in folders for file in sorted(folder.glob("*.yaml"))}
    files = [options[DEFAULT]]
    values: list[str] = []
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or not value:
            raise ConfigProblem([f"{key}: got no value; write {key}=VALUE"])
        if key == GROUP:
            if value not in options:
                raise ConfigProblem([f"{GROUP}: got {value}; {nearest(value, list(options))}"])
            files.append(options[value])
        else:
            values.append(override.removeprefix(f"{GROUP}."))
    asked = merged(files, values)
    try:
        return Question.model_validate(asked)
    except ValidationError as error:
        raise ConfigProblem([_as_written(line) for line in lines_of(error, Question, asked)]) from None


def as_yaml(question: Question) -> str:
    """Return what a sizing looks for as YAML, each key where the command line has it."""
    values = question.model_dump(mode="json")
    mine = {key: values.pop(key) for key in TOP if key in values}
    return str(yaml.safe_dump(mine | {GROUP: values}, sort_keys=False, allow_unicode=True))


def _as_written(line: str) -> str:
    """Name a key as the command line names it, and the key that was meant."""
    line = line.removeprefix("configuration.")
    if line.startswith((*TOP, "configuration")):
        return line
    return f"{GROUP}.{line.replace('such key: did you mean ', f'such key: did you mean {GROUP}.')}"
