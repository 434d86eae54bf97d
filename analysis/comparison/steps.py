"""How far people get: of everyone referred, who reaches each step of the pathway under a plan and its baseline.

A figure of people who got far enough to be in it looks better when fewer of them did. So a plan that loses people on
the way is called better on no figure, and one that brings more of them further is called worse only on figures of
everyone (docs/decisions, "A failing service never looks better").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.pairs import BETTER, MIXED, NO_MATTER, PARTLY, SAME, UNDECIDED, WORSE, difference, row_of
from analysis.estimates.headline import TEAMS, Headline
from analysis.estimates.intervals import linearised, mean_interval
from analysis.tell.wording import share
from sim.stages import FROM_REFERRAL, LISTED

STEPS = {stage.counted_by: stage.seen for stage in LISTED if stage.counted_by} | {"supported": "supported"}
"""Measures of how many people get that far, and in words what they then are."""
REFERRED = "referrals"
LEAST = 0.005
"""A plan loses people where surely more than this share of everyone referred gets less far: half a person in 100."""
NOT_JUDGED = "not judged"
COST_UNIT = "£ thousand"


class Step(NamedTuple):
    """The share of everyone referred who get to one step, and the paired difference with its interval."""

    words: str
    baseline: float
    plan: float
    low: float
    high: float

    @property
    def lost(self) -> bool:
        """Whether fewer people surely get that far under the plan."""
        return self.high < -LEAST

    @property
    def gained(self) -> bool:
        """Whether more people surely get that far under the plan."""
        return self.low > LEAST

    @property
    def told(self) -> str:
        """The two shares in words."""
        return f"{self.words} {share(self.baseline)} → {share(self.plan)}"


def steps_of(plan: pd.DataFrame, baseline: pd.DataFrame, confidence: float = 0.95) -> list[Step]:
    """Return every step as a plan and its baseline have it, given their values by replication."""
    found = []
    for measure, words in STEPS.items():
        mine, theirs = _share(plan, measure), _share(baseline, measure)
        low, high = difference(mine, theirs, confidence)[1:3]
        found.append(Step(words, mean_interval(theirs).estimate, mean_interval(mine).estimate, low, high))
    return found


def _share(values: pd.DataFrame, measure: str) -> NDArray[np.float64]:
    """Return the share of everyone referred, replication by replication: none where nobody was referred."""
    top, bottom = (row_of(values, (name, "", "all", "all")) for name in (measure, REFERRED))
    by_replication, _ = linearised(top[None], bottom[None])
    return by_replication.ravel()


def is_of_everyone(headline: Headline) -> bool:
    """Return whether a figure is a share of people who are fixed by decisions drawn before anybody is served."""
    return headline.measure.measure == "within_standard_share" and headline.measure.stage in FROM_REFERRAL


def is_of_clients(headline: Headline) -> bool:
    """Return whether a figure depends on how far clients get: requests of teams wait whoever that is."""
    return headline.measure.stage != TEAMS.name


def judged(said: str, headline: Headline, steps: Sequence[Step], has_figure: bool = True) -> tuple[str, str]:
    """Return the verdict on a figure after a look at who got that far, and what is said instead where there is none.

    Without a figure under both plans, as the wait of people where none are seen, there is nothing to be conclusive of.
    """
    lost, gained = ([step for step in steps if getattr(step, way)] for way in ("lost", "gained"))
    is_cost = headline.unit == COST_UNIT
    if lost and (said == BETTER or not has_figure):
        people = f"fewer people {_furthest(lost).words}"
        return NOT_JUDGED, f"cheaper, with {people}" if is_cost else f"not called better: {people}"
    if said == WORSE and gained and not lost and is_of_clients(headline) and not is_of_everyone(headline):
        people = f"more people {_furthest(gained).words}"
        return NOT_JUDGED, f"dearer, with {people}" if is_cost else f"not called worse: {people}"
    return said, ""


def verdict_in_all(verdicts: Sequence[str]) -> str:
    """Return what verdicts on several standards come to: no difference matters only where it matters on none.

    What is not yet conclusive on one of them is not called better, nor worse, on the whole.
    """
    found = set(verdicts)
    if NOT_JUDGED in found:
        return NOT_JUDGED
    if {BETTER, WORSE} <= found:
        return MIXED
    for said, partly in PARTLY.items():
        if {said, UNDECIDED} <= found:
            return partly
    for said in (BETTER, WORSE, UNDECIDED, NO_MATTER):
        if said in found:
            return said
    return SAME if found else UNDECIDED


def _furthest(steps: Sequence[Step]) -> Step:
    """Return the step at which most people are lost or gained."""
    return max(steps, key=lambda step: abs(step.plan - step.baseline))


def loss_line(name: str, steps: Sequence[Step]) -> str:
    """Say which people a plan loses; nothing where it loses none."""
    lost = [step.told for step in steps if step.lost]
    if not lost:
        return ""
    return f"{name} loses people, so nothing about it is called better: of everyone referred, {', '.join(lost)}."
