"""The pathway in tables: what happens to a client and after what, what staff do, the stages waited for, the places.

Everything that lists stages reads it here: the service's record, measures, figures, standards, the page, the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Milestone(NamedTuple):
    """A moment in a referral's journey."""

    name: str
    after: str | None = None
    """The milestone without which and before which it cannot happen."""
    at_the_hub: bool = True
    """Whether the Hub sees it happen; what happens elsewhere is worked out afterwards."""
    story: str = ""
    """How a client's story tells it; empty where the work done then tells it already."""


MILESTONES = (
    Milestone("referred"),
    Milestone("screened", "referred", story="completed the screen: {scores}; need {tier}{risk}"),
    Milestone("reviewed", "screened", story="screen reviewed"),
    Milestone("risk_called", "screened"),
    Milestone("assessment_joined", "reviewed", story="joined the assessment list"),
    Milestone("booked", "assessment_joined", story="given an assessment appointment"),
    Milestone("assessed", "booked"),
    Milestone("therapy_joined", "assessed", story="joined the list for {modality}"),
    Milestone("therapy_booked", "therapy_joined", story="given a first appointment for {modality}"),
    Milestone("therapy_first", "therapy_booked"),
    Milestone("therapy_last", "therapy_first"),
    Milestone("navigation_joined", "assessed", story="joined the list for help into care elsewhere"),
    Milestone("external_referred", "navigation_joined"),
    Milestone("external_accepted", "external_referred", at_the_hub=False),
    Milestone("external_started", "external_accepted", at_the_hub=False, story="began care elsewhere"),
    Milestone("navigated", "external_referred"),
    Milestone("closed", "referred"),
)
"""In the order in which the journeys table has them."""


class Activity(NamedTuple):
    """Something that staff do, with a reserve of its own in job plans."""

    name: str
    story: str = ""
    """How a client's story tells it; empty for what is not done for one client."""


WORK = (
    Activity("risk_call", "risk call"),
    Activity("screening_review", "staff time on the screen or on reaching the client"),
    Activity("assessment", "assessment"),
    Activity("therapy", "therapy session"),
    Activity("group", "group session"),
    Activity("navigation", "navigation contact"),
    Activity("check_in", "check-in call while waiting"),
    Activity("team_support"),
    Activity("administration"),
)
"""In the order in which tables have them."""
DUTIES = ("risk_call", "screening_review", "administration")
"""What a Hub does on every working day, whoever is away: roles may cover it for each other."""


@dataclass(frozen=True)
class Stage:
    """A wait from one milestone to another, for everybody who is eligible for what it ends with.

    Or one for work that comes due again and again, or for no client: each stay on the list is a wait of its own then.
    """

    name: str
    words: str
    """Its name in tables and figures."""
    opens: str = ""
    closes: str = ""
    """Milestones; empty where each stay is a wait of its own."""
    eligible: str = "everybody"
    """The attribute of `History` that says whose decisions, all drawn beforehand, lead there."""
    since: str = ""
    waits_for: str = ""
    seen: str = ""
    """In words: what it opens with, what is waited for, and what somebody is when it closes."""
    joins: str = ""
    """The milestone at which people join its lists at the Hub; empty for a wait over several lists or elsewhere."""
    books: str = ""
    """The milestone of being given an appointment, where the stage is one list for one appointment. What belongs to
    such a stage has its name: its list, activity, states (`_list`, `_booked`), endings (`missed_`, `left_`), drawn
    minutes and patience, and in the configuration its lengths, attendance, misses allowed and hazard."""
    needs: str = ""
    """The pre-drawn decision without which nobody who is eligible goes through it; empty where everybody does."""
    lists: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    """Its lists, and the states of the people on them, who are nowhere else: empty for lists of work that goes on
    beside. One list a modality is written `therapy:`."""
    on_the_list: str = "people"
    """In words, what is on its lists."""
    activities: tuple[str, ...] = ()
    """What staff do for people on its lists so that it closes."""
    given_up: tuple[str, ...] = ()
    """What ends it otherwise, as `History.at` knows it: `left_` and the stage whose list people leave."""
    ended: tuple[str, str] = ("", "")
    """How a client's story tells of somebody who missed too many appointments of it, and of who gave up waiting."""
    counted_by: str = ""
    """The measure that counts those seen."""
    closes_with_case: bool = True
    """Whether nobody waits any longer whose case the Hub has closed."""
    has_standard: bool = True
    """Whether a standard may be set for it (`standards.stages`)."""
    headline: bool = False
    """Whether its waits are headline figures, and whether plans are compared by them."""
    compared: bool = False
    by_group: bool = False
    """Whether its waits are shown by staff group."""
    by_modality: bool = False
    """Whether its waits and lists are counted by modality too."""

    @property
    def by_stay(self) -> bool:
        """Whether each stay on its list is a wait of its own."""
        return not self.opens

    @property
    def can_be_left(self) -> bool:
        """Whether people give up waiting on its lists: such lists are drawn week by week."""
        return bool(self.lists and self.given_up)


ALL_STAGES = (
    Stage(
        "screening", "screening", "referred", "reviewed", eligible="screens",
        since="referral", waits_for="screening", seen="screened and reviewed",
        joins="screened", lists=("screening_review", "phone_screen"), states=("screening_review", "phone_screen"),
        activities=("screening_review",), counted_by="reviewed",
    ),
    Stage(
        "assessment", "assessment", "reviewed", "assessed", eligible="eligible_for_assessment",
        since="screening", waits_for="assessment", seen="assessed",
        joins="assessment_joined", books="booked", lists=("assessment",), states=("assessment_list",),
        activities=("assessment",), given_up=("left_assessment",), counted_by="assessed",
        ended=("discharged after missed assessments", "gave up waiting for an assessment"),
    ),
    Stage(
        "therapy", "therapy", "therapy_joined", "therapy_first", eligible="everybody",
        since="assessment", waits_for="therapy", seen="in therapy",
        joins="therapy_joined", lists=("therapy:", "group"), states=("therapy_list", "group_list"),
        activities=("therapy", "group"), given_up=("left_therapy",), counted_by="therapy_started",
        headline=True, by_group=True, by_modality=True,
    ),
    Stage(
        "navigation", "navigation", "navigation_joined", "external_referred",
        since="assessment", waits_for="a navigator", seen="in touch with a navigator",
        joins="navigation_joined", lists=("navigation",), activities=("navigation",), counted_by="navigated",
        headline=True,
    ),
    Stage(
        "risk_call", "risk calls", "screened", "risk_called", eligible="at_risk",
        since="the completed screen", waits_for="a risk call", seen="called",
        joins="screened", lists=("risk_call",), on_the_list="calls", activities=("risk_call",),
        closes_with_case=False, has_standard=False,
    ),
    Stage(
        "contact", "attempts to reach people", since="coming due", waits_for="an attempt to reach them", seen="made",
        lists=("contact",), on_the_list="attempts", activities=("screening_review",), has_standard=False,
    ),
    Stage(
        "check_in", "check-in calls", since="coming due", waits_for="a check-in call", seen="made",
        lists=("check_in",), on_the_list="calls", activities=("check_in",), has_standard=False,
    ),
    Stage(
        "team_support", "team support", since="the request", waits_for="team support", seen="met",
        lists=("team_support",), on_the_list="requests", activities=("team_support",), has_standard=False,
    ),
    Stage(
        "administration", "administration", since="coming due", waits_for="letters and records", seen="done",
        lists=("administration",), on_the_list="letters and records", activities=("administration",),
        has_standard=False,
    ),
    Stage(
        "referral_to_assessment", "referral to assessment", "referred", "assessed", eligible="eligible_for_assessment",
        since="referral", waits_for="assessment", seen="assessed",
        given_up=("left_assessment",), counted_by="assessed", headline=True, compared=True, by_group=True,
    ),
    Stage(
        "referral_to_therapy", "referral to therapy", "referred", "therapy_first", eligible="eligible_for_therapy",
        since="referral", waits_for="therapy", seen="in therapy",
        given_up=("left_assessment", "left_therapy"), counted_by="therapy_started", headline=True, compared=True,
    ),
    Stage(
        "external", "care elsewhere", "external_referred", "external_started", eligible="takes_up_care_elsewhere",
        since="being referred on", waits_for="care elsewhere", seen="in care elsewhere",
        given_up=("refused_elsewhere",), closes_with_case=False, has_standard=False,
    ),
)  # fmt: skip
"""Those with a list at the Hub first: in the order of the pathway, then what goes on beside it."""

STAGES = {stage.name: stage for stage in ALL_STAGES}
LISTED = tuple(stage for stage in ALL_STAGES if stage.lists)
"""Stages with a list at the Hub."""
PASSED = tuple(stage for stage in LISTED if stage.states)
"""Of these, those that people pass one after the other."""
CAN_BE_LEFT = tuple(stage for stage in LISTED if stage.can_be_left)
DRAWN = (*CAN_BE_LEFT, STAGES["navigation"])
"""Whose lists the page, the report and the figures show; `every_list.png` of a run has all."""
RISK_CALL = STAGES["risk_call"]
"""The one stage whose standard is counted in working days (`standards.risk_call_working_days`)."""
LEFT_LAST = CAN_BE_LEFT[-1]
"""The last stage at the Hub whose lists people leave."""
WITH_STANDARD = tuple(stage.name for stage in ALL_STAGES if stage.has_standard)
FROM_REFERRAL = tuple(stage.name for stage in ALL_STAGES if stage.opens == "referred")
"""Stages whose eligible people are the same whatever the Hub does."""
COMPARED = tuple(stage.name for stage in ALL_STAGES if stage.compared)
"""Waits that can be weighed against cost: from referral on, so that nobody's wait starts late."""
SEEN_FIRST = COMPARED[0]
"""Of those, the wait until somebody is first seen: what is judged where one wait must do."""
BY_GROUP = tuple(sorted((stage for stage in ALL_STAGES if stage.by_group), key=lambda stage: stage.opens != "referred"))
"""Stages whose waits are shown by staff group, that from referral first."""
ONE_VISIT = tuple(stage.name for stage in ALL_STAGES if stage.books)
"""Stages of one appointment, in the order of the pathway."""


def list_of(stage: str) -> str:
    """Return the stage whose lists people wait on last before a stage closes."""
    return next(listed.name for listed in LISTED if listed.closes == STAGES[stage].closes)


def work_on_the_way(stage: str) -> tuple[str, ...]:
    """Return what staff do, in order, before a person who was referred reaches the end of a stage."""
    last, passed = STAGES[list_of(stage)], [listed.name for listed in PASSED]
    before = passed.index(last.name) if last in PASSED else passed.index(last.since) + 1
    return tuple(activity for listed in (*PASSED[:before], last) for activity in listed.activities)


class Place(NamedTuple):
    """Where a planner thinks of somebody as being, from joining a list or from some work on."""

    words: str
    lists: tuple[str, ...] = ()
    work: tuple[str, ...] = ()
    unless: tuple[int, ...] = ()
    """Places that one does not leave for it."""


PLACES = (
    Place("Screening and first contact", lists=("screening_review", "phone_screen", "contact")),
    Place("Assessment: waiting or booked", lists=("assessment",)),
    Place("Therapy: waiting", lists=("therapy:",)),
    Place("Therapy: in a course", work=("therapy",)),
    Place("Group: waiting or in one", lists=("group",), work=("group",)),
    Place("Help into care elsewhere", lists=("navigation",), unless=(2, 3, 4)),
)
"""Everybody is in one of them from referral, the first, until closed."""
