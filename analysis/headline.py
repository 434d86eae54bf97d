"""The measures that a sweep is read by, and the one name that each has in `sweep.csv` and `run.precision`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.measures.waits import STAGES

if TYPE_CHECKING:
    import pandas as pd


class Measure(NamedTuple):
    """A measure of everyone: `referral_to_assessment_within_standard_share` is a measure of a stage."""

    measure: str
    stage: str = ""

    @property
    def name(self) -> str:
        """Its name in one word."""
        return f"{self.stage}_{self.measure}" if self.stage else self.measure


HEADLINES = (
    Measure("referrals"),
    Measure("assessed"),
    Measure("therapy_started"),
    Measure("within_standard_share", "referral_to_assessment"),
    Measure("wait_days_median", "referral_to_assessment"),
    Measure("wait_days_p90", "referral_to_assessment"),
    Measure("within_standard_share", "therapy"),
    Measure("wait_days_median", "therapy"),
    Measure("left_waiting_share", "therapy"),
    Measure("waiting_at_end", "assessment"),
    Measure("waiting_at_end", "therapy"),
    Measure("utilisation"),
    Measure("cost_per_year_gbp"),
    Measure("cost_per_supported_gbp"),
)


def named(name: str) -> Measure:
    """Return the measure that a name stands for; whether the run has it is not looked at."""
    stage = next((stage for stage in sorted(STAGES, key=len, reverse=True) if name.startswith(f"{stage}_")), "")
    return Measure(name.removeprefix(f"{stage}_") if stage else name, stage)


def of_everyone(measures: pd.DataFrame, wanted: Sequence[Measure] = HEADLINES) -> pd.DataFrame:
    """Return the rows of a measures table that belong to the wanted measures of everyone."""
    chosen = measures[measures["dimension"] == "all"]
    pairs = set(wanted)
    return chosen[[pair in pairs for pair in zip(chosen["measure"], chosen["stage"], strict=True)]]
