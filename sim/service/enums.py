"""The words of the service as whole numbers: where a case stands, how it ends, what posts do and what comes of it."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """Where a case stands with the Hub."""

    REFERRED = 0
    SCREENING_REVIEW = 1
    PHONE_SCREEN = 2
    CONTACT = 3
    ASSESSMENT_LIST = 4
    ASSESSMENT_BOOKED = 5
    THERAPY_LIST = 6
    THERAPY = 7
    GROUP_LIST = 8
    GROUP = 9
    NAVIGATION = 10
    CLOSED = 11


class Ending(IntEnum):
    """Why a case was closed; while it is open, why its therapy ended if it did.

    A reason to end therapy goes before the end of navigation.
    """

    NOT_ENDED = 0
    NOT_SCREENED = 1
    ADVISED = 2
    UNREACHABLE = 3
    ADVICE = 4
    ADMINISTRATIVE = 5
    """The draws of the episode ran out."""
    MISSED_ASSESSMENT = 6
    LEFT_ASSESSMENT_LIST = 7
    DROPPED_OUT = 8
    MISSED_THERAPY = 9
    COMPLETED = 10
    ONWARD = 11
    LEFT_THERAPY_LIST = 12
    LEFT_GROUP_LIST = 13
    LEFT_BETWEEN_CLINICIANS = 14
    """Or while waiting for a stepped-up course."""
    BELOW_THRESHOLD = 15
    """Not offered an assessment because the need is below a threshold: a policy."""
    SELF_HELP_ENOUGH = 16
    """Needed no therapy after guided self-help while waiting for it: a policy."""


class Outcome(IntEnum):
    """What an assessment came to, in the order of `sim.config.pathway.OUTCOMES`."""

    NONE_YET = -1
    ADVICE = 0
    HUB_THERAPY = 1
    GROUP = 2
    ONWARD = 3
    THERAPY_AND_ONWARD = 4


class Modality(IntEnum):
    """Where a position among the configured modalities may stand: no modality, or a group."""

    NONE = -1
    GROUP = -2


class Activity(IntEnum):
    """What minutes are for, in the order of `sim.config.staffing.ACTIVITIES`; `IDLE` takes what nobody used."""

    RISK_CALL = 0
    SCREENING_REVIEW = 1
    ASSESSMENT = 2
    THERAPY = 3
    GROUP = 4
    NAVIGATION = 5
    CHECK_IN = 6
    TEAM_SUPPORT = 7
    ADMINISTRATION = 8
    IDLE = 9


class Result(IntEnum):
    """What came of a piece of work or of an appointment."""

    ATTENDED = 0
    MISSED = 1
    CANCELLED = 2
    """Too late to give the time to somebody else."""
    DONE = 3
    NO_ANSWER = 4
    CANCELLED_IN_TIME = 5
    """Costs no time and is not recorded."""


class Why(IntEnum):
    """Why somebody is on a list no more."""

    TAKEN = 0
    LEFT = 1
    WAITING = 2
    """Still waiting when the run ended."""


class Listed(IntEnum):
    """The lists that people and tasks wait on; the list of each modality follows, from `THERAPY` on."""

    SCREENING_REVIEW = 0
    PHONE_SCREEN = 1
    CONTACT = 2
    RISK_CALL = 3
    NAVIGATION = 4
    CHECK_IN = 5
    TEAM_SUPPORT = 6
    ADMINISTRATION = 7
    ASSESSMENT = 8
    GROUP = 9
    """This list and those after it are for therapy; `Case.waits_for_therapy` relies on it."""
    THERAPY = 10


class Step(IntEnum):
    """What reception expects to come due."""

    SCREEN_COMPLETED = 0
    SCREEN_OVERDUE = 1
    CONTACT_DUE = 2
    CHECK_IN_DUE = 3
    NAVIGATION_DUE = 4
    REFUSED_ELSEWHERE = 5
    REFERRED_AGAIN = 6
    SELF_HELP_DUE = 7


ENUMS: tuple[type[IntEnum], ...] = (State, Ending, Outcome, Modality, Activity, Result, Why, Listed, Step)


def text_of(member: IntEnum) -> str:
    """Return a member as the results write it; nothing for what has not happened."""
    silent = member is Ending.NOT_ENDED or member is Outcome.NONE_YET or member is Modality.NONE
    return "" if silent else member.name.lower()
