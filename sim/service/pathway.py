"""The client's journey, top to bottom, in the order in which it happens: from referral to closure.

Each step happens to one case at one minute. It notes what happened in the journeys' columns and says what follows: a
list to wait on, something to expect on the agenda, or the end. Whoever has the time for it takes people and tasks
from the lists (`activities.py`), keeps appointments (`appointments.py`) and comes back here with the result.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from sim.service import codes
from sim.service.cases import Case, Cases, Course, TeamRequest
from sim.service.codes import NOT_YET
from sim.service.day import WorkingDay
from sim.service.lists import Agenda, Expected, TaskList, WaitingList
from sim.service.logs import Logs
from sim.service.rules import Rules

COMES_BACK = frozenset(
    {
        codes.Ending.ADVISED, codes.Ending.ADVICE, codes.Ending.ONWARD, codes.Ending.COMPLETED,
        codes.Ending.DROPPED_OUT, codes.Ending.MISSED_THERAPY,
    }
)  # fmt: skip
"""How an episode must have ended for the person to return later; people who gave up waiting do not."""


class Pathway:
    """The steps of the pathway, and the lists between them."""

    def __init__(
        self, rules: Rules, cases: Cases, logs: Logs, requests: list[TeamRequest], today: WorkingDay, horizon: int
    ) -> None:
        self.rules = rules
        self.cases = cases
        self.journeys = logs.journeys
        self.today = today
        self.horizon = horizon
        self.agenda = Agenda(horizon)
        by_tie, stays = cases.by_tie, logs.stays
        self.screening_reviews = TaskList(codes.Listed.SCREENING_REVIEW, by_tie, stays)
        self.phone_screens = TaskList(codes.Listed.PHONE_SCREEN, by_tie, stays)
        self.contacts = TaskList(codes.Listed.CONTACT, by_tie, stays)
        self.risk_calls = TaskList(codes.Listed.RISK_CALL, by_tie, stays)
        self.navigation = TaskList(codes.Listed.NAVIGATION, by_tie, stays)
        self.check_ins = TaskList(codes.Listed.CHECK_IN, by_tie, stays)
        self.assessment = WaitingList(codes.Listed.ASSESSMENT, by_tie, stays, horizon)
        self.groups = WaitingList(codes.Listed.GROUP, by_tie, stays, horizon)
        modalities = range(len(rules.modality_names))
        self.therapies = [WaitingList(codes.Listed.THERAPY + n, by_tie, stays, horizon) for n in modalities]
        """By modality."""
        self.workshops = TaskList(codes.Listed.TEAM_SUPPORT, requests, stays)
        self.groups_without_lead: list[Any] = []
        """Groups whose lead has left or is long away, until somebody takes them over."""

    def comes_due(self, expected: Expected) -> None:
        """Have a step happen that the agenda held for this minute."""
        step, minute, case = expected.step, expected.minute, expected.case
        if step == codes.Step.SCREEN_COMPLETED:
            self.screen_completed(case, minute)
        elif step == codes.Step.SCREEN_OVERDUE:
            self.screen_overdue(case, minute)
        elif step == codes.Step.CONTACT_DUE:
            self.to_contact(case, minute)
        elif step == codes.Step.CHECK_IN_DUE:
            self.check_in_due(case, minute)
        elif step == codes.Step.NAVIGATION_DUE:
            self.navigation.join(case, minute)
        elif step == codes.Step.REFUSED_ELSEWHERE:
            self.refused_elsewhere(case, minute)
        elif step == codes.Step.REFERRED_AGAIN:
            self.refer(self.cases.open(case.client, case.episode + 1, minute), minute)
        else:
            raise ValueError(f"the agenda holds step {step}, which the pathway does not know")

    # --- Referral, screening and first contact -----------------------------------------------------------------------

    def refer(self, case: Case, minute: int) -> None:
        """Refer somebody: the screen will be completed, or its time runs out."""
        rules = self.rules
        if case.screens:
            done = minute + case.screen_delay
            if done < self.horizon:
                self.journeys.screened[case.number] = done
                self.agenda.expect(done, codes.Step.SCREEN_COMPLETED, case)
        elif rules.phones:
            self.agenda.expect(minute + rules.screening_window, codes.Step.SCREEN_OVERDUE, case)
        elif minute + rules.screening_window < self.horizon:
            self.close(case, minute + rules.screening_window, codes.Ending.NOT_SCREENED)

    def screen_completed(self, case: Case, minute: int) -> None:
        """Put a completed screen on the list for review."""
        case.state = codes.State.SCREENING_REVIEW
        self.screening_reviews.join(case, minute)

    def screen_overdue(self, case: Case, minute: int) -> None:
        """Put somebody who did not complete the screen on the list of phone screens."""
        case.state = codes.State.PHONE_SCREEN
        self.phone_screens.join(case, minute)

    def phoned(self, case: Case, started: int, minute: int) -> None:
        """Complete a screen by phone, which reviews it as well."""
        self.journeys.screened[case.number] = started
        self.reviewed(case, minute)

    def reviewed(self, case: Case, minute: int) -> None:
        """Act on the reviewed screen: risk call, offer of assessment, or advice by letter."""
        self.journeys.reviewed[case.number] = minute
        if case.risk:
            self.risk_calls.join(case, minute)
        if not case.offered:
            self.close(case, minute, codes.Ending.ADVISED)
        elif case.reachable:
            case.place = minute
            self.join_assessment(case, minute, minute)
        else:
            self.to_contact(case, minute)

    def risk_called(self, case: Case, started: int) -> None:
        """Note the risk call; the journey goes on beside it."""
        self.journeys.risk_called[case.number] = started

    def to_contact(self, case: Case, minute: int) -> None:
        """Put somebody who cannot be reached on the list of contact attempts."""
        case.state = codes.State.CONTACT
        self.contacts.join(case, minute)

    def not_reached(self, case: Case, minute: int) -> None:
        """Try again later, or close after the last attempt."""
        case.attempts += 1
        if case.attempts >= self.rules.contact_attempts:
            self.close(case, minute, codes.Ending.UNREACHABLE)
        else:
            self.agenda.expect(minute + self.rules.contact_attempt_interval, codes.Step.CONTACT_DUE, case)

    # --- Assessment --------------------------------------------------------------------------------------------------

    def join_assessment(self, case: Case, minute: int, patient_from: int) -> None:
        """Wait for an assessment, at the place of `case.place`.

        Patience runs from `patient_from`, which differs from `minute` only for the opening position.
        """
        if self.journeys.assessment_joined[case.number] == NOT_YET:
            self.journeys.assessment_joined[case.number] = minute
        case.state = codes.State.ASSESSMENT_LIST
        gives_up = patient_from + case.patience_assessment
        self.assessment.join(case, case.by_policy(case.place), minute, gives_up, self.today.opens)

    def next_on(self, waiting: WaitingList) -> Case | None:
        """Return who would be taken next from a list, once those whose patience has run out have left it."""
        if waiting.next_change <= self.today.opens:
            self.let_go(waiting, self.today.opens)
        return waiting.first()

    def let_go(self, waiting: WaitingList, now: int) -> None:
        """Let everybody leave a list whose patience has run out, each at the minute at which it did."""
        while (case := waiting.overdue(now)) is not None:
            waiting.leave(case, case.gives_up, codes.Why.LEFT)
            if waiting.listed == codes.Listed.ASSESSMENT:
                self.close(case, case.gives_up, codes.Ending.LEFT_ASSESSMENT_LIST)
            elif self.journeys.therapy_first[case.number] != NOT_YET:
                self.end_therapy(case, case.gives_up, codes.Ending.LEFT_BETWEEN_CLINICIANS)
            elif waiting.listed == codes.Listed.GROUP:
                self.end_therapy(case, case.gives_up, codes.Ending.LEFT_GROUP_LIST)
            else:
                self.end_therapy(case, case.gives_up, codes.Ending.LEFT_THERAPY_LIST)

    def assessment_booked(self, case: Case) -> None:
        """Leave the list with an appointment."""
        case.state = codes.State.ASSESSMENT_BOOKED
        if self.journeys.booked[case.number] == NOT_YET:
            self.journeys.booked[case.number] = self.today.opens

    def after_assessment(self, case: Case, result: int, started: int, minute: int) -> None:
        """Go on after an appointment for assessment, kept or not."""
        if result == codes.Result.ATTENDED:
            self.journeys.assessed[case.number] = started
            self.route(case, self.rules.outcomes[case.outcome], minute, minute)
            return
        if result == codes.Result.MISSED:
            case.assessments_missed += 1
            if case.assessments_missed >= self.rules.assessment_misses_allowed:
                self.close(case, minute, codes.Ending.MISSED_ASSESSMENT)
                return
            case.place = minute
        self.join_assessment(case, minute, minute)

    def route(self, case: Case, outcome: int, minute: int, patient_from: int) -> None:
        """Send a client on after assessment: advice, the Hub's own therapy or group, a service elsewhere, or both."""
        self.journeys.outcome[case.number] = outcome
        if outcome == codes.Outcome.ADVICE:
            self.close(case, minute, codes.Ending.ADVICE)
        if outcome in (codes.Outcome.HUB_THERAPY, codes.Outcome.THERAPY_AND_ONWARD):
            case.strands += 1
            self.join_therapy(case, minute, patient_from)
        if outcome == codes.Outcome.GROUP:
            case.strands += 1
            self.join_group(case, minute, patient_from)
        if outcome in (codes.Outcome.ONWARD, codes.Outcome.THERAPY_AND_ONWARD):
            case.strands += 1
            self.start_navigation(case, minute)

    # --- Therapy and groups ------------------------------------------------------------------------------------------

    def join_therapy(self, case: Case, minute: int, patient_from: int) -> None:
        """Join the list of the first step towards the modality that suits; patience runs from a minute."""
        rules, first = self.rules, self.rules.first_step[case.modality]
        if first == codes.Modality.GROUP:
            self.join_group(case, minute, patient_from)
            return
        if first == case.modality:
            then = rules.step_up[first] if case.steps_up else codes.Modality.NONE
            self.plan_course(case, first, case.course_sessions, then, case.step_up_sessions)
        else:
            sessions = bisect_right(rules.course_edges[first], case.course_luck) + 1
            then = case.modality if self.needs_more(case) else codes.Modality.NONE
            self.plan_course(case, first, sessions, then, case.course_sessions)
        self.journeys.modality[case.number] = first
        self.journeys.therapy_joined[case.number] = minute
        self.wait_for_therapy(case, case.by_policy(minute), minute, patient_from)

    def needs_more(self, case: Case) -> bool:
        """Return whether somebody who completes the first step then needs the modality that suits."""
        share: float = self.rules.first_step_share[case.modality]
        return case.step_up_luck < share

    def plan_course(self, case: Case, modality: int, sessions: int, then: int, then_sessions: int) -> None:
        """Plan a course, and what is to follow when it is complete."""
        attended = self.journeys.attended[case.number]
        case.course = Course.__new__(Course)
        case.course.plan(self.rules, case, modality, sessions, then, then_sessions, attended)

    def wait_for_therapy(self, case: Case, key: int, minute: int, patient_from: int) -> None:
        """Wait for a clinician who gives the modality: at first, after a step up, or after a handover."""
        case.state = codes.State.THERAPY_LIST
        gives_up = patient_from + case.patience_therapy
        self.therapies[case.course.modality].join(case, key, minute, gives_up, self.today.opens)
        self.plan_check_in(case, minute)

    def join_group(self, case: Case, minute: int, patient_from: int) -> None:
        """Wait for the next group, first come first served; patience runs from a minute."""
        self.journeys.therapy_joined[case.number] = minute
        self.journeys.modality[case.number] = codes.Modality.GROUP
        case.state = codes.State.GROUP_LIST
        self.groups.join(case, case.in_order(minute), minute, patient_from + case.patience_group, self.today.opens)
        self.plan_check_in(case, minute)

    def plan_check_in(self, case: Case, minute: int) -> None:
        """Expect a call to see how somebody who waits is."""
        if self.rules.check_in_interval:
            case.next_check_in = minute + self.rules.check_in_interval
            self.agenda.expect(case.next_check_in, codes.Step.CHECK_IN_DUE, case)

    def check_in_due(self, case: Case, minute: int) -> None:
        """Put a check-in call on the list if the person still waits, and plan the next."""
        if case.next_check_in == minute and self.waits_for_therapy(case, minute, minute):
            if not case.to_check_in:
                case.to_check_in = True
                self.check_ins.join(case, minute)
            self.plan_check_in(case, minute)

    def waits_for_therapy(self, case: Case, minute: int, later: int) -> bool:
        """Let people go, then return whether one waits for therapy or a group and will not have given up later."""
        if case.waits_on == codes.Listed.GROUP:
            self.let_go(self.groups, minute)
        elif case.waits_on >= codes.Listed.THERAPY:
            self.let_go(self.therapies[case.waits_on - codes.Listed.THERAPY], minute)
        return case.waits_on >= codes.Listed.GROUP and case.joined <= minute and case.gives_up > later

    def therapy_booked(self, case: Case) -> None:
        """Leave the list for a clinician's caseload, with a first session booked."""
        case.state = codes.State.THERAPY
        if self.journeys.therapy_booked[case.number] == NOT_YET:
            self.journeys.therapy_booked[case.number] = self.today.opens

    def group_booked(self, case: Case) -> None:
        """Leave the list for a group that begins."""
        case.state = codes.State.GROUP
        case.missed_in_a_row = 0
        self.journeys.therapy_booked[case.number] = self.today.opens

    def after_session(self, case: Case, result: int, started: int, minute: int) -> bool:
        """Go on after an appointment for therapy, kept or not; return whether another one is wanted."""
        course = case.course
        if result == codes.Result.ATTENDED:
            self.attended(case, started)
            course.start()
            course.missed_in_a_row = 0
            course.sessions_left -= 1
            if course.sessions_left > course.ends_with:
                return True
            if course.sessions_left > 0:
                self.end_therapy(case, minute, codes.Ending.DROPPED_OUT)
            else:
                self.complete(case, course.then, course.then_sessions, minute)
            return False
        if result == codes.Result.MISSED:
            course.missed_in_a_row += 1
            self.journeys.missed[case.number] += 1
            if course.missed_in_a_row >= self.rules.misses_in_a_row_allowed:
                self.end_therapy(case, minute, codes.Ending.MISSED_THERAPY)
                return False
        return True

    def after_group_session(self, case: Case, result: int, started: int, minute: int, sessions_left: int) -> bool:
        """Go on after a session of a group, attended or not; return whether the person stays in the group."""
        if result == codes.Result.ATTENDED:
            self.attended(case, started)
            case.missed_in_a_row = 0
            if sessions_left > 0 and self.journeys.attended[case.number] >= case.drop_out_session:
                self.end_therapy(case, minute, codes.Ending.DROPPED_OUT)
                return False
            return True
        self.journeys.missed[case.number] += 1
        case.missed_in_a_row += 1
        if case.missed_in_a_row >= self.rules.misses_in_a_row_allowed:
            self.end_therapy(case, minute, codes.Ending.MISSED_THERAPY)
            return False
        return True

    def after_last_group_session(self, case: Case, minute: int) -> None:
        """Finish a group, or go on to individual therapy where the group was only the first step to it."""
        if self.journeys.therapy_first[case.number] == NOT_YET:
            self.end_therapy(case, minute, codes.Ending.MISSED_THERAPY)
            return
        only_the_group = self.journeys.outcome[case.number] == codes.Outcome.GROUP
        then = codes.Modality.NONE if only_the_group or not self.needs_more(case) else case.modality
        self.complete(case, then, case.course_sessions, minute)

    def attended(self, case: Case, started: int) -> None:
        """Note a session that took place."""
        self.journeys.attended[case.number] += 1
        self.journeys.therapy_last[case.number] = started
        if self.journeys.therapy_first[case.number] == NOT_YET:
            self.journeys.therapy_first[case.number] = started

    def complete(self, case: Case, then: int, then_sessions: int, minute: int) -> None:
        """Complete a course or group, and wait for the stronger course that is to follow, if any."""
        if then == codes.Modality.NONE:
            self.end_therapy(case, minute, codes.Ending.COMPLETED)
            return
        self.plan_course(case, then, then_sessions, codes.Modality.NONE, 0)
        self.wait_for_therapy(case, case.by_policy(minute), minute, minute)

    def hand_over(self, case: Case, minute: int) -> None:
        """Go back to the head of the list when the clinician leaves or is long away, with the sessions left."""
        self.journeys.transferred[case.number] += 1
        self.wait_for_therapy(case, case.in_order(minute), minute, minute)

    def end_therapy(self, case: Case, minute: int, why: int) -> None:
        """End the therapy or group of a case, and the case itself unless another strand goes on."""
        self.journeys.ended[case.number] = why
        case.state = codes.State.NAVIGATION
        self.end_strand(case, minute)

    # --- Navigation to a service elsewhere ---------------------------------------------------------------------------

    def start_navigation(self, case: Case, minute: int) -> None:
        """Begin helping somebody into a service elsewhere."""
        case.contacts_left = case.navigation_contacts
        if self.journeys.outcome[case.number] == codes.Outcome.ONWARD:
            case.state = codes.State.NAVIGATION
        self.navigation.join(case, minute)

    def navigated(self, case: Case, minute: int) -> None:
        """Follow a navigation contact: the first one refers, and may bounce back; the last one ends the navigation."""
        journeys, number = self.journeys, case.number
        if journeys.external_referred[number] == NOT_YET:
            journeys.external_referred[number] = minute
            comes_back = not case.accepted and case.bounced_back and self.rules.gives_therapy
            if comes_back and journeys.outcome[number] == codes.Outcome.ONWARD:
                case.strands += 1
                self.agenda.expect(minute + self.rules.decision_minutes, codes.Step.REFUSED_ELSEWHERE, case)
        case.contacts_left -= 1
        if case.contacts_left > 0:
            self.agenda.expect(minute + self.rules.navigation_interval, codes.Step.NAVIGATION_DUE, case)
            return
        journeys.navigated[number] = minute
        if journeys.ended[number] == codes.Ending.NOT_ENDED:
            journeys.ended[number] = codes.Ending.ONWARD
        self.end_strand(case, minute)

    def refused_elsewhere(self, case: Case, minute: int) -> None:
        """Join the Hub's own therapy list after a refusal elsewhere."""
        self.journeys.ended[case.number] = codes.Ending.NOT_ENDED
        self.join_therapy(case, minute, minute)

    # --- The end -----------------------------------------------------------------------------------------------------

    def end_strand(self, case: Case, minute: int) -> None:
        """Close the case when nothing is left to do for it."""
        case.strands -= 1
        case.last_end = max(case.last_end, minute)
        if case.strands == 0:
            self.close(case, case.last_end, self.journeys.ended[case.number])

    def close(self, case: Case, minute: int, why: int) -> None:
        """Close a case; some people are referred again later."""
        case.state = codes.State.CLOSED
        self.journeys.closed[case.number] = minute
        self.journeys.ended[case.number] = why
        if case.re_referred and why in COMES_BACK and self.cases.may_come_again(case):
            self.agenda.expect(minute + case.re_referral_delay, codes.Step.REFERRED_AGAIN, case)

    def end(self) -> None:
        """Come to the horizon: what was not done and whoever was not taken still waits."""
        for tasks in (
            self.screening_reviews, self.phone_screens, self.contacts, self.risk_calls, self.navigation,
            self.check_ins, self.workshops,
        ):  # fmt: skip
            tasks.close(self.horizon)
        for waiting in (self.assessment, self.groups, *self.therapies):
            self.let_go(waiting, self.horizon - 1)
            waiting.close(self.cases.all)
