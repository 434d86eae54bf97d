"""The figures that plans are read by: one list, with the name of each on the command line and its words on paper.

`sweep.csv`, `run.precision` and `hub sensitivity` know all of them. `hub compare` leaves out those for which neither
way is better, those that begin to count after referral (a plan could look better by letting people in late), and lists
at the end, which their means over time tell better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sim.calendar import DAYS_PER_YEAR
from sim.measures.rows import Better, declared
from sim.stages import ALL_STAGES, COMPARED, DRAWN, STAGES, Stage

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import HubConfig

Key = tuple[str, str, str, str]
"""Measure, stage, dimension and group."""


class Measure(NamedTuple):
    """A measure of everyone: `referral_to_assessment_within_standard_share` is a measure of a stage."""

    measure: str
    stage: str = ""

    @property
    def name(self) -> str:
        """Its name in one word."""
        return f"{self.stage}_{self.measure}" if self.stage else self.measure


class KeyFigure(NamedTuple):
    """A measure with how it is told."""

    measure: Measure
    words: str
    """With `{days}` for those of the standard."""
    unit: str
    scale: float = 1.0
    """What a value is multiplied by for its unit: 100 for a percentage."""
    compared: bool = False
    a_year: bool = False
    """Whether it is a total that is told by the year."""


def _waits(stage: Stage) -> list[KeyFigure]:
    since = "" if stage.opens == "referred" else f" from {stage.since}"
    exceed = f"waits{since} to {stage.waits_for} exceed"
    told = (
        ("within_standard_share", f"{stage.seen} within {{days}} days of {stage.since}", "%", 100.0),
        ("wait_days_median", f"half of {exceed}", "days", 1.0),
        ("wait_days_p90", f"1 in 10 {exceed}", "days", 1.0),
    )
    return [
        KeyFigure(Measure(name, stage.name), in_words, unit, scale, stage.compared)
        for name, in_words, unit, scale in told
    ]


def _list(stage: Stage) -> list[KeyFigure]:
    left, mean, end = (Measure(name, stage.name) for name in ("left_waiting_share", "queue_mean", "waiting_at_end"))
    return [
        *([KeyFigure(left, f"gave up waiting for {stage.words}", "%", 100, True)] if stage.can_be_left else []),
        KeyFigure(mean, f"people on the list for {stage.words}", "people", compared=True),
        KeyFigure(end, f"people waiting for {stage.words} at the end", "people"),
    ]


TEAMS = STAGES["team_support"]
"""What teams ask for, not clients: its requests come, and wait, whoever of the clients gets how far."""
TEAMS_WAITING, TEAMS_AT_END = Measure("queue_mean", TEAMS.name), Measure("waiting_at_end", TEAMS.name)
TEAMS_WAIT = Measure("wait_days_mean", TEAMS.name)
"""Of requests that were met: the others are in the list, so plans are compared by that."""
FIGURES = (
    KeyFigure(Measure("referrals"), "referrals a year", "people", a_year=True),
    KeyFigure(Measure("assessed"), "people assessed a year", "people", a_year=True),
    KeyFigure(Measure("therapy_started"), "people starting therapy a year", "people", a_year=True),
    *(
        figure
        for stage in sorted(ALL_STAGES, key=lambda stage: not stage.compared)
        if stage.headline
        for figure in _waits(stage)
    ),
    *(figure for stage in DRAWN for figure in _list(stage)),
    KeyFigure(TEAMS_WAITING, f"requests for {TEAMS.words} that wait", "requests", compared=True),
    KeyFigure(TEAMS_AT_END, f"requests for {TEAMS.words} that wait at the end", "requests"),
    KeyFigure(TEAMS_WAIT, f"mean wait for {TEAMS.words}, of requests met", "days"),
    KeyFigure(Measure("supported"), "people supported a year", "people", compared=True, a_year=True),
    KeyFigure(Measure("utilisation"), "client-facing time that is booked", "%", 100),
    KeyFigure(Measure("cost_per_year_gbp"), "cost a year", "£ thousand", 1e-3, compared=True),
    KeyFigure(Measure("cost_per_supported_gbp"), "cost a person supported", "£", compared=True),
)
HEADLINES = tuple(figure.measure for figure in FIGURES)


@dataclass(frozen=True)
class Headline:
    """One figure in words: under the standards and the horizon of a configuration."""

    measure: Measure
    words: str
    unit: str
    scale: float
    primary: bool = False

    @property
    def smaller_is_better(self) -> bool:
        """Whether less of it is better."""
        return declared(self.measure.measure).better is Better.LESS

    @property
    def key(self) -> Key:
        """Where it stands in a table of measures."""
        return (self.measure.measure, self.measure.stage, "all", "all")


def headlines(config: HubConfig) -> list[Headline]:
    """Return every figure as it is told under a configuration."""
    return [_told(figure, config) for figure in FIGURES]


def compared_headlines(config: HubConfig, *stages: str) -> list[Headline]:
    """Return the figures that plans are compared by, the primary ones first: seen in time at a stage, and cost.

    With several stages those seen in time at the others come third.
    """
    wait, *others = (Measure("within_standard_share", stage) for stage in stages or COMPARED[:1])
    primary = (wait, Measure("cost_per_year_gbp"), *others)
    told = {figure.measure: _told(figure, config, figure.measure in primary) for figure in FIGURES if figure.compared}
    return [*(told.pop(measure) for measure in primary), *told.values()]


def _told(figure: KeyFigure, config: HubConfig, primary: bool = False) -> Headline:
    standard = config.standards.stages.get(figure.measure.stage)
    days = figure.words.format(days=standard.days) if standard else figure.words.replace("{days} days", "the standard")
    scale = figure.scale * (DAYS_PER_YEAR / config.run.horizon_days if figure.a_year else 1.0)
    return Headline(figure.measure, days, figure.unit, scale, primary)


def of_everyone(measures: pd.DataFrame, wanted: Sequence[Measure] = HEADLINES) -> pd.DataFrame:
    """Return the rows of a measures table that belong to the wanted measures of everyone."""
    chosen = measures[measures["dimension"] == "all"]
    pairs = set(wanted)
    return chosen[[pair in pairs for pair in zip(chosen["measure"], chosen["stage"], strict=True)]]
