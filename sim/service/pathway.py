"""The client's journey, top to bottom, in the order in which it happens: from referral to closure.

Each step happens to one case at one minute. It notes what happened in the journeys' columns and says what follows: a
list to wait on, something to expect on the agenda, or the end. Reception comes with what is due (`reception.py`);
staff take from the lists (`activities.py`) and keep appointments (`appointments.py`); who loses patience leaves.
"""

from __future__ import annotations

from sim.service import codes
from sim.service.cases import Case, Cases
from sim.service.codes import MAY_RETURN, NOT_YET
from sim.service.lists import Agenda, HubLists, VisitStage
from sim.service.rules import Rules, Today
from sim.stages import ONE_VISIT


class Pathway:
    """The steps of the pathway."""

    def __init__(self, rules: Rules, cases: Cases, lists: HubLists, today: Today, horizon: int) -> None:
        self.rules = rules
        self.cases = cases
        self.drawn = cases.drawn
        self.lists = lists
        self.journeys = cases.journeys
        self.today = today
        self.horizon = horizon
        self.agenda = Agenda(horizon)
        self.visits = [VisitStage(name, rules, cases, lists.visits[n], today) for n, name in enumerate(ONE_VISIT)]
        self.assessment = self.visits[0]  # of the stages of one appointment the first

    # --- Referral, screening and first contact -----------------------------------------------------------------------

    def refer(self, case: Case, minute: int) -> None:
        """Refer somebody: the screen will be completed, or its time runs out."""
        # First referrals are made before the run: what is decided is written at once, dated ahead, up to the horizon.
        rules = self.rules
        self.lists.to_write_up(case, minute)
        if self.drawn.screens[case.row]:
            done = minute + self.drawn.screen_delay[case.row]
            if done < self.horizon:
                self.journeys.screened[case.number] = done
                self.agenda.expect(done, codes.Step.SCREEN_COMPLETED, case)
        elif rules.phones:
            self.agenda.expect(minute + rules.screening_window, codes.Step.SCREEN_OVERDUE, case)
        elif minute + rules.screening_window < self.horizon:
            self.close(case, minute + rules.screening_window, codes.Ending.NOT_SCREENED)

    def screen_completed(self, case: Case, minute: int) -> None:
        """Put a completed screen on the list for review; a risk flag shows before anybody has read it."""
        case.state = codes.State.SCREENING_REVIEW
        self.lists.screening_reviews.join(case, minute)
        self.show_flag(case, minute)

    def screen_overdue(self, case: Case, minute: int) -> None:
        """Put somebody who did not complete the screen on the list of phone screens."""
        case.state = codes.State.PHONE_SCREEN
        self.lists.phone_screens.join(case, minute)

    def phoned(self, case: Case, started: int, minute: int) -> None:
        """Complete a screen by phone, which reviews it as well."""
        self.journeys.screened[case.number] = started
        self.show_flag(case, started)
        self.reviewed(case, minute)

    def show_flag(self, case: Case, minute: int) -> None:
        """Have a risk call made to somebody whose answers raise the flag."""
        if self.drawn.risk[case.client]:
            self.lists.risk_calls.join(case, minute)

    def reviewed(self, case: Case, minute: int) -> None:
        """Act on the reviewed screen: offer of assessment, or advice by letter."""
        self.journeys.reviewed[case.number] = minute
        if not self.drawn.offered[case.row]:
            self.close(case, minute, codes.Ending.ADVISED)
        elif self.is_below_threshold(case, minute):
            self.lists.to_write_up(case, minute)
            self.close(case, minute, codes.Ending.BELOW_THRESHOLD)
        elif self.drawn.reachable[case.row] or not self.drawn.screens[case.row]:  # who was phoned was reached
            self.assessment.join(case, minute, minute)
        else:
            self.to_contact(case, minute)

    def is_below_threshold(self, case: Case, minute: int) -> bool:
        """Return whether a policy has somebody advised in place of assessed; who comes back is judged without it."""
        if minute < self.rules.threshold_from or minute >= self.rules.threshold_to or case.episode > 0:
            return False
        return self.drawn.below_threshold[case.client] > 0

    def risk_called(self, case: Case, started: int) -> None:
        """Note the risk call; the journey goes on beside it."""
        self.journeys.risk_called[case.number] = started

    def to_contact(self, case: Case, minute: int) -> None:
        """Put somebody who never answers on the list of contact attempts; to reach anybody else costs no time."""
        case.state = codes.State.CONTACT
        self.lists.contacts.join(case, minute)

    def not_reached(self, case: Case, minute: int) -> None:
        """Try again later, or close after the last attempt."""
        case.attempts += 1
        if case.attempts >= self.rules.contact_attempts:
            self.close(case, minute, codes.Ending.UNREACHABLE)
        else:
            self.agenda.expect(minute + self.rules.contact_attempt_interval, codes.Step.CONTACT_DUE, case)

    # --- Assessment, and any other stage of one appointment (`VisitStage` has its list) ------------------------------

    def after_visit(self, stage: VisitStage, case: Case, result: int, started: int, minute: int) -> None:
        """Go on after an appointment, kept or not."""
        if result == codes.Result.ATTENDED:
            stage.seen[case.number] = started
            case.visits_missed = 0
            self.after_seeing(stage, case, minute)
            return
        if result == codes.Result.MISSED:
            case.visits_missed += 1
            if case.visits_missed >= stage.misses_to_close:
                self.give_up(case, minute, stage.after_missing)
                return
            case.counts_from = minute
        stage.wait(case, minute, minute)

    def after_seeing(self, stage: VisitStage, case: Case, minute: int) -> None:
        """Go on from the stage at which somebody was seen."""
        self.lists.to_write_up(case, minute)
        self.route(case, self.rules.outcomes[self.drawn.outcome[case.row]], minute, minute)

    def give_up(self, case: Case, minute: int, why: int) -> None:
        """Stop waiting for an appointment or missing it: the case closes unless something else is open for it."""
        if case.open_tasks > 0:
            self.end_therapy(case, minute, why)
        else:
            self.close(case, minute, why)

    def route(self, case: Case, outcome: int, minute: int, patient_from: int) -> None:
        """Send a client on after assessment: advice, the Hub's own therapy or group, a service elsewhere, or both."""
        self.journeys.outcome[case.number] = outcome
        if outcome == codes.Outcome.ADVICE:
            self.close(case, minute, codes.Ending.ADVICE)
        if outcome in (codes.Outcome.HUB_THERAPY, codes.Outcome.THERAPY_AND_ONWARD):
            case.open_tasks += 1
            self.join_therapy(case, minute, patient_from)
        if outcome == codes.Outcome.GROUP:
            case.open_tasks += 1
            self.join_group(case, minute, patient_from)
        if outcome in (codes.Outcome.ONWARD, codes.Outcome.THERAPY_AND_ONWARD):
            case.open_tasks += 1
            self.start_navigation(case, minute)

    # --- Therapy and groups ------------------------------------------------------------------------------------------

    def join_therapy(self, case: Case, minute: int, patient_from: int) -> None:
        """Join the list of the first step towards the suitable modality; patience runs from a minute."""
        first: int = self.rules.first_step[self.drawn.modality[case.row]]
        if first == codes.Modality.GROUP:
            self.join_group(case, minute, patient_from)
            return
        self.cases.plan_first_course(case, first, self.journeys.attended[case.number])
        self.journeys.modality[case.number] = first
        self.journeys.therapy_joined[case.number] = minute
        case.patience_left = self.drawn.patience_therapy[case.row]
        self.wait_for_therapy(case, case.key_by_policy(minute), minute, patient_from)
        if self.rules.self_help_from <= minute < self.rules.self_help_to and self.drawn.takes_self_help[case.row]:
            case.checks_left = self.rules.self_help_checks
            self.agenda.expect(minute + self.rules.self_help_interval, codes.Step.SELF_HELP_DUE, case)

    def self_help_checked(self, case: Case, started: int, minute: int) -> None:
        """Go on with guided self-help after a check, or, after the last, leave the list where it was enough."""
        case.checks_left -= 1
        if case.checks_left > 0:
            self.agenda.expect(minute + self.rules.self_help_interval, codes.Step.SELF_HELP_DUE, case)
        elif self.drawn.needs_no_therapy[case.row] and self.journeys.therapy_first[case.number] == NOT_YET:
            self.lists.for_therapy(case.waits_on).end_stay(case, started, codes.Why.TAKEN)
            self.end_therapy(case, minute, codes.Ending.SELF_HELP_ENOUGH)

    def wait_for_therapy(self, case: Case, key: int, minute: int, patient_from: int) -> None:
        """Wait for a clinician who gives the modality: at first, or, as patient as is left, for another one."""
        case.state = codes.State.THERAPY_LIST
        if self.rules.remote_from <= minute < self.rules.remote_to and self.drawn.remote_therapy[case.row]:
            case.is_remote = 1
            case.course.be_remote(self.rules)
        elif not case.course.started:
            case.is_remote = 0
        waiting = self.lists.therapies[case.course.modality]
        waiting.join(case, key, minute, patient_from, self.today.opens)
        self.plan_check_in(case, minute)

    def join_group(self, case: Case, minute: int, patient_from: int) -> None:
        """Wait for the next group, first come first served; patience runs from a minute."""
        self.journeys.therapy_joined[case.number] = minute
        self.journeys.modality[case.number] = codes.Modality.GROUP
        case.state = codes.State.GROUP_LIST
        case.patience_left = self.drawn.patience_group[case.row]
        self.lists.groups.join(case, case.key_by_minute(minute), minute, patient_from, self.today.opens)
        self.plan_check_in(case, minute)

    def plan_check_in(self, case: Case, minute: int) -> None:
        """Expect a call to see how somebody who waits is."""
        if self.rules.check_in_interval:
            case.next_check_in = minute + self.rules.check_in_interval
            self.agenda.expect(case.next_check_in, codes.Step.CHECK_IN_DUE, case)

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
            case.missed_in_a_row = 0
            self.journeys.came_to_session(case.number, started)
            if course.count_session():
                return True
            if course.sessions_left > 0:
                self.end_therapy(case, minute, codes.Ending.DROPPED_OUT)
            else:
                self.complete(case, course.then, course.then_sessions, minute)
            return False
        return result != codes.Result.MISSED or self.stays_after_missing(case, minute)

    def after_group_session(self, case: Case, result: int, started: int, minute: int, sessions_left: int) -> bool:
        """Go on after a session of a group, attended or not; return whether the person stays in the group."""
        if result == codes.Result.ATTENDED:
            case.missed_in_a_row = 0
            self.journeys.came_to_session(case.number, started)
            if sessions_left > 0 and self.journeys.attended[case.number] >= self.drawn.drop_out_session[case.row]:
                self.end_therapy(case, minute, codes.Ending.DROPPED_OUT)
                return False
            return True
        return result != codes.Result.MISSED or self.stays_after_missing(case, minute)

    def after_last_group_session(self, case: Case, minute: int) -> None:
        """Finish a group, or go on to individual therapy where the group was only the first step to it."""
        if self.journeys.therapy_first[case.number] == NOT_YET:
            self.end_therapy(case, minute, codes.Ending.MISSED_THERAPY)
            return
        only_the_group = self.journeys.outcome[case.number] == codes.Outcome.GROUP
        goes_on = not only_the_group and self.cases.needs_suitable_after_first_step(case)
        then: int = self.drawn.modality[case.row] if goes_on else codes.Modality.NONE
        case.patience_left = self.drawn.patience_therapy[case.row]
        self.complete(case, then, self.drawn.course_sessions[case.row], minute)

    def stays_after_missing(self, case: Case, minute: int) -> bool:
        """Note a missed session; return whether therapy goes on, which it does until too many are missed in a row."""
        self.journeys.missed[case.number] += 1
        case.missed_in_a_row += 1
        if case.missed_in_a_row < self.rules.misses_in_a_row_to_close:
            return True
        self.end_therapy(case, minute, codes.Ending.MISSED_THERAPY)
        return False

    def complete(self, case: Case, then: int, then_sessions: int, minute: int) -> None:
        """Complete a course or group, and wait for the stronger course that is to follow, if any."""
        if then == codes.Modality.NONE:
            self.end_therapy(case, minute, codes.Ending.COMPLETED)
            return
        attended = self.journeys.attended[case.number]
        self.cases.plan_course(case, then, then_sessions, codes.Modality.NONE, 0, attended)
        self.wait_for_therapy(case, case.key_by_policy(minute), minute, minute)

    def rejoin_therapy_list(self, case: Case, minute: int) -> None:
        """Wait at the head of the list, with the sessions left: no clinician, or one who leaves or is long away."""
        self.journeys.transferred[case.number] += 1
        self.wait_for_therapy(case, case.key_by_minute(minute), minute, minute)

    def end_therapy(self, case: Case, minute: int, why: int) -> None:
        """End the therapy or group of a case: another task still open is navigation, else the case closes at once."""
        self.journeys.ended[case.number] = why
        case.state = codes.State.NAVIGATION
        self.finish_task(case, minute)

    # --- Navigation to a service elsewhere ---------------------------------------------------------------------------

    def start_navigation(self, case: Case, minute: int) -> None:
        """Begin helping somebody into a service elsewhere."""
        case.contacts_left = self.drawn.navigation_contacts[case.row]
        if self.journeys.outcome[case.number] == codes.Outcome.ONWARD:
            case.state = codes.State.NAVIGATION
        self.journeys.navigation_joined[case.number] = minute
        self.lists.navigation.join(case, minute)

    def navigated(self, case: Case, minute: int) -> None:
        """Follow a navigation contact: the first makes the referral, after which a refused client may return."""
        journeys, number = self.journeys, case.number
        if journeys.external_referred[number] == NOT_YET:
            journeys.external_referred[number] = minute
            drawn, row = self.drawn, case.row
            comes_back = not drawn.accepted[row] and drawn.bounced_back[row] and self.rules.gives_therapy
            if comes_back and journeys.outcome[number] == codes.Outcome.ONWARD:
                case.open_tasks += 1
                self.agenda.expect(minute + self.rules.decision_minutes, codes.Step.REFUSED_ELSEWHERE, case)
        case.contacts_left -= 1
        if case.contacts_left > 0:
            self.agenda.expect(minute + self.rules.navigation_interval, codes.Step.NAVIGATION_DUE, case)
            return
        journeys.navigated[number] = minute
        self.finish_task(case, minute)

    def refused_elsewhere(self, case: Case, minute: int) -> None:
        """Join the Hub's own therapy list after a refusal elsewhere."""
        self.join_therapy(case, minute, minute)

    # --- The end -----------------------------------------------------------------------------------------------------

    def finish_task(self, case: Case, minute: int) -> None:
        """Finish one thing that the Hub does for a case, and close the case when nothing is left to do."""
        case.open_tasks -= 1
        case.last_end = max(case.last_end, minute)
        if case.open_tasks == 0:
            why: int = self.journeys.ended[case.number]  # of therapy, if there was any
            self.close(case, case.last_end, codes.Ending.ONWARD if why == codes.Ending.NOT_ENDED else why)

    def close(self, case: Case, minute: int, why: int) -> None:
        """Close a case; some people are referred again later."""
        case.state = codes.State.CLOSED
        self.journeys.closed[case.number] = minute
        self.journeys.ended[case.number] = why
        drawn = self.drawn
        comes_back = drawn.returns_unassessed if why == codes.Ending.BELOW_THRESHOLD else drawn.re_referred
        once_more: bool = case.episode + 1 < drawn.episodes
        if once_more and comes_back[case.row] and why in MAY_RETURN:
            self.agenda.expect(minute + self.drawn.re_referral_delay[case.row], codes.Step.REFERRED_AGAIN, case)
