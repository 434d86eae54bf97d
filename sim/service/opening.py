"""Refers everybody before the run begins, however late they come, and enters the people of the opening position.

These are people who already wait, or are already in therapy, when the run begins. A run has an opening position or a
run-in, never both (`run.opening.mode`): for them the first day is day 0 and minute 0 is when the run begins.
"""

from __future__ import annotations

from sim.cohort.sources import OPENING_LISTS
from sim.cohort.table import Cohort
from sim.roster import Post as RosterPost
from sim.roster import PostFrame
from sim.service import codes
from sim.service.appointments import Session
from sim.service.cases import Case
from sim.service.clinician import Clinician
from sim.service.codes import Fractions, Wholes, fractions, whole
from sim.service.diary import Account
from sim.service.pathway import Pathway


class Opening:
    """Refers everybody, or enters them where the opening position has them.

    Parameters
    ----------
    rostered
        Of the posts, in their order: who is in which, and how many caseload places it has on its first day at work.
    handover_after_days
        Who comes to work for the first time later than this after `first_day` has handed their people over already.
    """

    def __init__(
        self,
        pathway: Pathway,
        posts: list[Clinician],
        rostered: list[RosterPost],
        first_day: int,
        handover_after_days: int,
    ) -> None:
        self.pathway = pathway
        self.rules = pathway.rules
        self.journeys = pathway.journeys
        self.first_day = first_day
        self.in_post: list[tuple[Clinician, Account, int]] = []
        """Who can have people in therapy: post, account and caseload places."""
        for post, rostered_post in zip(posts, rostered, strict=True):
            account = post.accounts[codes.Activity.THERAPY]
            is_here = bool((rostered_post.days[:1] <= first_day + handover_after_days).any())
            if account is not None and is_here and _is_filled(rostered_post.frame, first_day):
                self.in_post.append((post, account, int(rostered_post.places[0])))

    def enter(self, cohort: Cohort) -> None:
        """Enter everybody of the cohort, in order of referral."""
        referred: Wholes = whole(cohort.referred_minute)
        opening: Wholes = whole(cohort.opening)
        sessions_left: Wholes = whole(cohort.sessions_left)
        # A number between 0 and 1 for each person, which breaks ties elsewhere, spreads the first sessions here.
        luck: Fractions = fractions(cohort.decisions.tie[:, 0])
        for client in range(len(cohort)):
            minute, where = referred[client], opening[client]
            case = self.pathway.cases.open(client, 0, minute)
            if where < 0:
                self.pathway.refer(case, minute)
            else:
                self.enter_waiting(case, minute, OPENING_LISTS[where], sessions_left[client], luck[client])

    def enter_waiting(self, case: Case, minute: int, where: str, sessions_left: int, luck: float) -> None:
        """Enter one person of the opening position, who has waited since `minute` and is patient from minute 0 on."""
        pathway, journeys, number = self.pathway, self.journeys, case.number
        journeys.screened[number] = minute
        if where == "screening_review":
            pathway.screen_completed(case, minute)
            return
        journeys.reviewed[number] = minute
        if where == "assessment":
            pathway.assessment.join(case, minute, 0)
            return
        journeys.assessment_joined[number] = journeys.booked[number] = journeys.assessed[number] = minute
        if where == "therapy" or not self.rules.gives_therapy:
            pathway.route(case, self.rules.outcomes[codes.Outcome.HUB_THERAPY], minute, 0)
            return
        journeys.outcome[number] = codes.Outcome.HUB_THERAPY
        case.open_tasks = 1
        journeys.therapy_joined[number] = journeys.therapy_booked[number] = minute
        journeys.therapy_first[number] = journeys.therapy_last[number] = minute
        cases, drawn, row = pathway.cases, pathway.drawn, case.row
        journeys.modality[number] = suitable = drawn.modality[row]
        then: int = self.rules.step_up[suitable] if drawn.steps_up[row] else codes.Modality.NONE
        cases.plan_course(case, suitable, sessions_left, then, drawn.step_up_sessions[row], 0)
        case.course.start()
        self.find_clinician(case, luck)

    def find_clinician(self, case: Case, luck: float) -> None:
        """Give somebody of the opening caseload to the post with most room, or to the head of the list."""
        modality = case.course.modality
        wanted = self.pathway.lists.therapies[modality]
        able = [one for one in self.in_post if wanted in one[0].therapy_lists]
        if not able:
            self.pathway.rejoin_therapy_list(case, 0)
            return
        post, account, room = max(able, key=lambda one: one[2] - one[0].caseload)
        if post.caseload < room:
            spread = int(luck * self.rules.interval_days[modality])
            session = Session(post, account, case)
            session.is_set_aside = False
            if post.diary.book(self.first_day + spread, session):
                post.take_on(post.minute)
                self.pathway.therapy_booked(case)
                return
        self.pathway.rejoin_therapy_list(case, 0)


def _is_filled(frame: PostFrame, day: int) -> bool:
    return any(spell.start_day <= day < spell.end_day for spell in frame.spells)
