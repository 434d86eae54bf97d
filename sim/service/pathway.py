"""What happens to a client, step by step: the transitions of the pathway, each at a given minute."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sim.config.pathway import MOST_EPISODES
from sim.service.cases import Course
from sim.service.record import NOT_YET
from sim.service.rules import GROUP, ITSELF
from sim.service.waiting_list import HEAD_OF_LIST, Key

if TYPE_CHECKING:
    from sim.service.hub import Hub

COMES_BACK = frozenset({"advised", "advice", "onward", "completed", "dropped_out", "missed_therapy"})
"""How an episode must have ended for the person to return later; people who gave up waiting do not."""


def refer(hub: Hub, case: int, minute: int) -> None:
    """Record a referral and when its screen will be completed, if ever; the desk takes it from there."""
    journeys, draws, rules = hub.journeys, hub.draws, hub.rules
    if draws.screens[case]:
        done = minute + draws.screen_delay[case]
        if done < hub.horizon:
            journeys.screened[case] = done
            hub.desk.expect(done, screened, case)
    elif rules.phones_after is not None:
        hub.desk.expect(minute + rules.phones_after, screen_by_phone, case)
    elif minute + rules.screening_window < hub.horizon:
        close(hub, case, minute + rules.screening_window, "not_screened")


def screened(hub: Hub, case: int, minute: int) -> None:
    """Put a completed screen on the list for review."""
    hub.cases.state[case] = "screening_review"
    hub.tasks["screening_review"].join(case, minute, hub.draws.tie[case])


def screen_by_phone(hub: Hub, case: int, minute: int) -> None:
    """Put somebody who did not complete the screen on the list of phone screens."""
    hub.cases.state[case] = "phone_screen"
    hub.tasks["phone_screen"].join(case, minute, hub.draws.tie[case])


def reviewed(hub: Hub, case: int, minute: int) -> None:
    """Act on the reviewed screen: risk call, offer of assessment, or advice by letter."""
    hub.journeys.reviewed[case] = minute
    cases = hub.cases
    if cases.risk[case]:
        hub.tasks["risk_call"].join(case, minute, hub.draws.tie[case])
    if not hub.draws.offered[case]:
        close(hub, case, minute, "advised")
    elif hub.draws.reachable[case]:
        cases.place[case] = minute
        join_assessment(hub, case, minute)
    else:
        to_contact(hub, case, minute)


def to_contact(hub: Hub, case: int, minute: int) -> None:
    """Put somebody who is hard to reach on the list of contact attempts."""
    hub.cases.state[case] = "contact"
    hub.tasks["contact"].join(case, minute, hub.draws.tie[case])


def not_reached(hub: Hub, case: int, minute: int) -> None:
    """Try again later, or close after the last attempt."""
    hub.cases.attempts[case] += 1
    if hub.cases.attempts[case] >= hub.rules.contact_attempts:
        close(hub, case, minute, "unreachable")
    else:
        hub.desk.expect(minute + hub.rules.contact_attempt_interval, to_contact, case)


def join_assessment(hub: Hub, case: int, minute: int, patient_from: int | None = None) -> None:
    """Join the assessment list, at the place held by `cases.place`; patience runs from joining unless said."""
    cases, journeys = hub.cases, hub.journeys
    if journeys.assessment_joined[case] == NOT_YET:
        journeys.assessment_joined[case] = minute
    cases.state[case] = "assessment_list"
    gives_up = (minute if patient_from is None else patient_from) + hub.draws.patience_assessment[case]
    hub.lists["assessment"].join(case, place_in_list(hub, case, cases.place[case]), minute, gives_up)


def place_in_list(hub: Hub, case: int, minute: int) -> Key:
    """Return a case's place under the list policy; the order never changes while people wait."""
    cases = hub.cases
    return cases.rank[case], minute + cases.set_back[case], hub.draws.tie[case]


def assessed(hub: Hub, case: int, started: int, minute: int) -> None:
    """Record an assessment and do what it comes to."""
    hub.journeys.assessed[case] = started
    route(hub, case, hub.rules.outcomes[hub.draws.outcome[case]], minute)


def route(hub: Hub, case: int, outcome: str, minute: int, patient_from: int | None = None) -> None:
    """Send a client on after assessment; patience runs from joining a list unless said."""
    cases = hub.cases
    hub.journeys.outcome[case] = outcome
    if outcome == "advice":
        close(hub, case, minute, "advice")
    if outcome in ("hub_therapy", "therapy_and_onward"):
        cases.strands[case] += 1
        join_therapy(hub, case, minute, patient_from)
    if outcome == "group":
        cases.strands[case] += 1
        join_group(hub, case, minute, patient_from)
    if outcome in ("onward", "therapy_and_onward"):
        cases.strands[case] += 1
        start_navigation(hub, case, minute)


def join_therapy(hub: Hub, case: int, minute: int, patient_from: int | None = None) -> None:
    """Join the list of the first step towards the drawn modality; patience runs from joining unless said."""
    if hub.rules.first_step[hub.draws.modality[case]] == GROUP:
        join_group(hub, case, minute, patient_from)
        return
    course = hub.cases.courses[case] = first_course(hub, case)
    hub.journeys.modality[case] = hub.rules.modality_names[course.modality]
    hub.journeys.therapy_joined[case] = minute
    wait_for_therapy(hub, case, minute, place_in_list(hub, case, minute), patient_from)


def first_course(hub: Hub, case: int) -> Course:
    """Return the course that a case begins with: of the drawn modality, or of the step that comes before it."""
    draws, rules = hub.draws, hub.rules
    drawn = draws.modality[case]
    first = rules.first_step[drawn]
    if first == ITSELF:
        then = rules.step_up[drawn] if draws.steps_up[case] else -1
        return Course(hub, case, drawn, draws.course_sessions[case], then, draws.step_up_sessions[case])
    sessions = bisect_right(rules.course_edges[first], draws.course_luck[case]) + 1
    then = drawn if needs_more(hub, case) else -1
    return Course(hub, case, first, sessions, then, draws.course_sessions[case])


def needs_more(hub: Hub, case: int) -> bool:
    """Return whether somebody who completes the first step then needs the modality that suits."""
    draws = hub.draws
    share = hub.rules.first_step_share[draws.modality[case]]
    return bool(draws.step_up_luck[case] < share)


def wait_for_therapy(hub: Hub, case: int, minute: int, place: Key, patient_from: int | None = None) -> None:
    """Wait for a clinician who gives the modality: at first, after a step up, or after a handover."""
    hub.cases.state[case] = "therapy_list"
    gives_up = (minute if patient_from is None else patient_from) + hub.draws.patience_therapy[case]
    hub.therapy_lists[hub.cases.courses[case].modality].join(case, place, minute, gives_up)
    _plan_check_in(hub, case, minute)


def join_group(hub: Hub, case: int, minute: int, patient_from: int | None = None) -> None:
    """Join the list for the next group, first come first served; patience runs from joining unless said."""
    journeys = hub.journeys
    journeys.therapy_joined[case] = minute
    journeys.modality[case] = "group"
    hub.cases.state[case] = "group_list"
    gives_up = (minute if patient_from is None else patient_from) + hub.draws.patience_group[case]
    hub.lists["group"].join(case, (0, minute, hub.draws.tie[case]), minute, gives_up)
    _plan_check_in(hub, case, minute)


def head_of_list(hub: Hub, case: int, minute: int) -> None:
    """Hand somebody in therapy over: to the head of the list, with the sessions left."""
    hub.journeys.transferred[case] += 1
    wait_for_therapy(hub, case, minute, (HEAD_OF_LIST, minute, hub.draws.tie[case]))


def step_up_or_finish(hub: Hub, case: int, minute: int) -> None:
    """End a completed course, or start a stronger one where the review says so."""
    course = hub.cases.courses[case]
    if course.then >= 0:
        step_up(hub, case, minute, Course(hub, case, course.then, course.then_sessions))
    else:
        end_therapy(hub, case, minute, "completed")


def step_up_or_finish_group(hub: Hub, case: int, minute: int) -> None:
    """End a completed group, or go on to individual therapy where the group was only the first step to it."""
    draws = hub.draws
    if hub.journeys.outcome[case] != "group" and needs_more(hub, case):
        step_up(hub, case, minute, Course(hub, case, draws.modality[case], draws.course_sessions[case]))
    else:
        end_therapy(hub, case, minute, "completed")


def step_up(hub: Hub, case: int, minute: int, course: Course) -> None:
    """Wait for a stronger course."""
    hub.cases.courses[case] = course
    wait_for_therapy(hub, case, minute, place_in_list(hub, case, minute))


def end_therapy(hub: Hub, case: int, minute: int, why: str) -> None:
    """End the therapy or group of a case."""
    hub.cases.courses.pop(case, None)
    hub.journeys.ended[case] = why
    hub.cases.state[case] = "navigation"
    end_strand(hub, case, minute)


def start_navigation(hub: Hub, case: int, minute: int) -> None:
    """Begin helping somebody into a service elsewhere."""
    cases = hub.cases
    cases.contacts_left[case] = hub.draws.navigation_contacts[case]
    if hub.journeys.outcome[case] == "onward":
        cases.state[case] = "navigation"
    to_navigate(hub, case, minute)


def to_navigate(hub: Hub, case: int, minute: int) -> None:
    """Put the next navigation contact on the navigators' list."""
    hub.tasks["navigation"].join(case, minute, hub.draws.tie[case])


def navigated(hub: Hub, case: int, minute: int) -> None:
    """Follow a navigation contact: the first one refers; the last one ends the navigation."""
    cases, journeys = hub.cases, hub.journeys
    if journeys.external_referred[case] == NOT_YET:
        journeys.external_referred[case] = minute
        refused = not hub.draws.accepted[case] and hub.draws.bounced_back[case]
        if refused and hub.rules.gives_therapy and journeys.outcome[case] == "onward":
            cases.strands[case] += 1
            hub.desk.expect(minute + hub.rules.decision_minutes, bounced_back, case)
    cases.contacts_left[case] -= 1
    if cases.contacts_left[case] > 0:
        hub.desk.expect(minute + hub.rules.navigation_interval, to_navigate, case)
        return
    journeys.navigated[case] = minute
    if not journeys.ended[case]:
        journeys.ended[case] = "onward"
    end_strand(hub, case, minute)


def bounced_back(hub: Hub, case: int, minute: int) -> None:
    """Join the Hub's own therapy list after a refusal elsewhere."""
    hub.journeys.ended[case] = ""
    join_therapy(hub, case, minute)


def end_strand(hub: Hub, case: int, minute: int) -> None:
    """Close the case when nothing is left to do for it."""
    cases = hub.cases
    cases.strands[case] -= 1
    cases.last_end[case] = max(cases.last_end[case], minute)
    if cases.strands[case] == 0:
        close(hub, case, cases.last_end[case], hub.journeys.ended[case])


def gave_up(hub: Hub, case: int, minute: int, waited_for: str) -> None:
    """Record that somebody's patience ran out on a list."""
    if waited_for == "assessment":
        close(hub, case, minute, "left_assessment_list")
        return
    started = hub.journeys.therapy_first[case] != NOT_YET
    end_therapy(hub, case, minute, "left_between_clinicians" if started else f"left_{waited_for}_list")


def team_asks(hub: Hub, request: int, minute: int) -> None:
    """Put a team's request for a workshop on its list."""
    hub.tasks["team_support"].join(request, minute, 0.0)


def re_refer(hub: Hub, case: int, minute: int) -> None:
    """Open a new episode for somebody who comes back."""
    client, episode = hub.cases.client[case], hub.cases.episode[case] + 1
    again = hub.cases.add(client, episode)
    hub.journeys.open([client], episode, [minute])
    refer(hub, again, minute)


def close(hub: Hub, case: int, minute: int, why: str) -> None:
    """Close a case; some people come back later."""
    cases, journeys = hub.cases, hub.journeys
    cases.state[case] = "closed"
    journeys.closed[case] = minute
    journeys.ended[case] = why
    if why in COMES_BACK and hub.draws.re_referred[case] and cases.episode[case] + 1 < MOST_EPISODES:
        hub.desk.expect(minute + hub.draws.re_referral_delay[case], re_refer, case)


def _plan_check_in(hub: Hub, case: int, minute: int) -> None:
    if hub.rules.check_in_interval:
        hub.cases.next_check_in[case] = minute + hub.rules.check_in_interval
        hub.desk.expect(minute + hub.rules.check_in_interval, check_in_due, case)


def check_in_due(hub: Hub, case: int, minute: int) -> None:
    """Put a check-in call on the list if the person still waits, and plan the next."""
    if hub.cases.next_check_in[case] == minute and hub.waits_for_therapy(case, minute):
        if case not in hub.cases.to_check_in:
            hub.cases.to_check_in.add(case)
            hub.tasks["check_in"].join(case, minute, hub.draws.tie[case])
        _plan_check_in(hub, case, minute)
