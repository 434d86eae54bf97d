"""What happened, written by the service and counted later, as columns of whole numbers.

Every column is an array of int64. Times are minutes since day 0, `NOT_YET` where something has not happened; names are
the codes of `codes.py`; `case` is a row of `Journeys`, `post` a position in the roster's posts, `day` a day number.
"""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from typing import TYPE_CHECKING

from sim import stages
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Modality, Outcome
from sim.streams import Ints

MILESTONES = tuple(milestone.name for milestone in stages.MILESTONES if milestone.at_the_hub and milestone.after)
"""Columns of `Journeys` that are minutes of something that may not happen."""
BEFORE: dict[str, int] = {
    "client": 0, "episode": 0, "referred": NOT_YET, **dict.fromkeys(MILESTONES, NOT_YET),
    "outcome": Outcome.NONE_YET, "modality": Modality.NONE, "ended": Ending.NOT_ENDED,
    "attended": 0, "missed": 0, "transferred": 0,
}  # fmt: skip
"""Every column of `Journeys`, with what stands there before anything has happened."""


if TYPE_CHECKING:

    class Journeys:
        """See below."""

        def __init__(self, **columns: Ints) -> None: ...
        def __getattr__(self, name: str) -> Ints: ...

else:
    Journeys = make_dataclass("Journeys", [(name, Ints) for name in BEFORE], namespace={"__module__": __name__})
    Journeys.__doc__ = """One row a referral (client x episode), in order of opening; a column for each of `BEFORE`.

    Attributes
    ----------
    client, episode
        A position in the cohort, and 0 for the first referral.
    outcome, modality, ended
        `Outcome` after reroutes; of the first course, a position in the configured modalities or `Modality`; `Ending`.
    attended, missed, transferred
        Therapy and group sessions; times handed back by a clinician, to the head of the therapy list.
    """


@dataclass
class Stays:
    """One row a stay on a list, in the order in which it was seen to have ended.

    `listed` is `Listed`, the list of a modality being `Listed.THERAPY` + its position; `why` is `Why`; `case` is the
    request's number on the list of team support.
    """

    listed: Ints
    case: Ints
    joined: Ints
    left: Ints
    why: Ints


@dataclass
class Work:
    """One row a piece of work: `Activity`, starting minute, staff minutes, case (-1: nobody's) and `Result`.

    Each person's visit to a group is a row of no minutes, beside the row of the group's session.
    """

    post: Ints
    activity: Ints
    minute: Ints
    minutes: Ints
    case: Ints
    result: Ints


@dataclass
class Passed:
    """Minutes that changed account: post, day, from which `Activity` to which, and how many."""

    post: Ints
    day: Ints
    source: Ints
    target: Ints
    minutes: Ints


@dataclass
class Caseload:
    """Changes of caseload: +1 or -1."""

    minute: Ints
    post: Ints
    change: Ints


@dataclass
class Balances:
    """Minutes left over at the horizon, by post and `Activity`."""

    post: Ints
    activity: Ints
    minutes: Ints


@dataclass
class Record:
    """Everything that a run leaves behind; `states` is each case's `State` at the horizon."""

    horizon: int
    journeys: Journeys
    stays: Stays
    work: Work
    passed: Passed
    caseload: Caseload
    balances: Balances
    states: Ints
