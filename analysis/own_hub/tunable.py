"""What the months of a Hub can tell: five numbers of the model, each a shift of values that the workbook gave."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from analysis.calibration.pathway import adding_up, tier_shares_of_assessed
from analysis.own_hub.option_files import tidy
from analysis.tell.wording import Form, share
from sim.config import HubConfig
from sim.config.pathway import OUTCOMES
from sim.config.screening import TIERS
from sim.measures.history import THERAPY_OUTCOMES

LEAST_SHARE = 0.001
"""A share of 0 has no odds that could be moved: it is taken as this."""
MOST_UNREACHABLE = 0.95
DIGITS = 5
times = Form(places=2)
sessions = Form(places=1)
Values = Mapping[str, float]
"""Values of the configuration by their path."""


class Tunable(NamedTuple):
    """A number that months may tell, and the values of the configuration that it moves."""

    name: str
    words: str
    """What is shown of it: the value that stands for all it moves."""
    moved: Callable[[HubConfig, float], dict[str, float]]
    """Values, by path, at a shift from a configuration; at 0 they are what they were."""
    shown: Callable[[HubConfig, float], float]
    """What `words` names, at a shift."""
    form: Form
    spread: float
    """How far a planner's number may lie from the truth before any month is looked at, as a standard deviation."""
    most: float
    """No shift goes further than this to either side."""


def _odds_times(of: float, shift: float) -> float:
    """Return a share whose odds are multiplied by exp(shift)."""
    held = min(max(of, LEAST_SHARE), 1 - LEAST_SHARE)
    return of if shift == 0 else 1 / (1 + math.exp(-(math.log(held / (1 - held)) + shift)))


def _uptake(config: HubConfig, shift: float) -> dict[str, float]:
    return {"demand.multiplier": config.demand.multiplier * math.exp(shift)}


def _unreachable(config: HubConfig, shift: float) -> dict[str, float]:
    """Multiply the share that can be reached: whoever is assessed is one of them."""
    before = config.pathway.lists.unreachable_share
    after = before if shift == 0 else min(max(1 - (1 - before) * math.exp(shift), 0.0), MOST_UNREACHABLE)
    return {"pathway.lists.unreachable_share": after}


def _to_therapy(config: HubConfig, shift: float) -> dict[str, float]:
    """Multiply the odds of Hub therapy or a group in every tier of need; other outcomes keep their proportions."""
    found: dict[str, float] = {}
    for tier, row in config.pathway.assessment.outcome_share.items():
        given: dict[str, float] = {outcome: row[outcome] for outcome in OUTCOMES if outcome in row}
        before = sum(value for outcome, value in given.items() if outcome in THERAPY_OUTCOMES)
        if not 0 < before < 1:
            continue
        after = _odds_times(before, shift)
        row_after = {
            outcome: value * (after / before if outcome in THERAPY_OUTCOMES else (1 - after) / (1 - before))
            for outcome, value in given.items()
        }
        moved = given if shift == 0 else adding_up(row_after)
        found |= {f"pathway.assessment.outcome_share.{tier}.{outcome}": value for outcome, value in moved.items()}
    return found


def _share_to_therapy(config: HubConfig, shift: float) -> float:
    tiers = tier_shares_of_assessed(config)
    rows = config.pathway.assessment.outcome_share
    before = [sum(rows[tier].get(outcome, 0.0) for outcome in THERAPY_OUTCOMES) for tier in TIERS]
    return float(sum(tiers[n] * _odds_times(before[n], shift) for n in range(len(TIERS)) if before[n] > 0))


def _missed(config: HubConfig, shift: float) -> dict[str, float]:
    attendance = config.pathway.attendance
    return {
        f"pathway.attendance.{visit}.missed_share": min(
            _odds_times(getattr(attendance, visit).missed_share, shift),
            1 - getattr(attendance, visit).cancelled_share,
        )
        for visit in ("assessment", "therapy_first", "therapy_next", "group")
        if getattr(attendance, visit).missed_share > 0
    }


def _sessions(config: HubConfig, shift: float) -> dict[str, float]:
    return {
        f"pathway.modalities.{name}.sessions_mean": min(
            max(kind.sessions_mean * math.exp(shift), 1.0), float(kind.sessions_most)
        )
        for name, kind in config.pathway.modalities.items()
    }


def _first(moved: Callable[[HubConfig, float], dict[str, float]], ending: str) -> Callable[[HubConfig, float], float]:
    """Return what shows the first value whose path ends so, or the first of all."""

    def shown(config: HubConfig, shift: float) -> float:
        values = moved(config, shift)
        return next((value for path, value in values.items() if ending in path), next(iter(values.values()), math.nan))

    return shown


TUNABLE = (
    Tunable("uptake", "Referrals, times what was written", _uptake, _first(_uptake, ""), times, 1.5, 2.0),
    Tunable(
        "reached", "Screened people who cannot be reached", _unreachable, _first(_unreachable, ""), share, 0.7, 2.0
    ),
    Tunable("therapy", "Assessed people who need Hub therapy", _to_therapy, _share_to_therapy, share, 1.5, 2.5),
    Tunable(
        "attendance", "Later sessions missed; others in step", _missed, _first(_missed, "therapy_next"), share, 1.5, 2.0
    ),
    Tunable(
        "sessions", "Sessions planned of CBT; others in step", _sessions, _first(_sessions, ".cbt."), sessions, 0.7, 0.8
    ),
)
"""In the order in which they are told."""


def values_at(config: HubConfig, shifts: Mapping[str, float]) -> dict[str, float]:
    """Return the values, by path, that shifts come to: written with five figures, as they will stand in the file."""
    found: dict[str, float] = {}
    for tunable in TUNABLE:
        if shifts.get(tunable.name, 0.0) != 0.0:
            moved = tunable.moved(config, shifts[tunable.name])
            found |= {path: tidy(float(f"{value:.{DIGITS}g}")) for path, value in moved.items()}
    return found
