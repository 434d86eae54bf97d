"""What a clinician does from the lists, one function an activity of the job plan.

Each returns whether work is left that this post could do with more time, so that its reserve must not flex.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.service import appointments, pathway
from sim.service.record import DONE, NOT_YET

if TYPE_CHECKING:
    from sim.service.clinician import Clinician
    from sim.service.hub import Hub

NO_ANSWER = "no_answer"
ACTIVITY_OF_LIST = {
    "screening_review": "screening_review",
    "phone_screen": "screening_review",
    "contact": "screening_review",
    "check_in": "check_in",
}


def answer_risk_calls(hub: Hub, me: Clinician) -> None:
    """Make the risk calls that wait, from unbooked minutes of any activity; what cannot be made today is late."""
    calls, minutes = hub.risk_calls, hub.rules.risk_call_minutes
    if "risk_call" not in me.plan:
        return
    while (
        calls.next_due <= hub.now and me.has_time(minutes) and sum(max(0, me.free[name]) for name in me.plan) >= minutes
    ):
        case = calls.take(hub.now)
        short = minutes - me.free["risk_call"]
        for source in me.plan:
            if short > 0 and source != "risk_call" and me.free[source] > 0:
                moved = min(short, me.free[source])
                me.move_minutes(source, "risk_call", moved)
                short -= moved
        hub.record.journeys.risk_called[case] = me.minute
        me.spend("risk_call", minutes, case, DONE)


def review_screens(hub: Hub, me: Clinician) -> bool:
    """Review completed screens, make phone screens, and try to reach people, in this order."""
    left = _tasks(hub, me, "screening_review", hub.rules.review_minutes, _reviewed)
    left |= _tasks(hub, me, "phone_screen", hub.rules.phone_screen_minutes, _phone_screened)
    left |= _tasks(hub, me, "contact", hub.rules.contact_attempt_minutes, _not_reached)
    return left


def book_assessments(hub: Hub, me: Clinician) -> bool:
    """Offer the next free appointment to the first person on the list whom it suits, while time is unbooked."""
    waiting, lengths = hub.lists["assessment"], hub.cases.draws.assessment_minutes
    while (first := waiting.first(hub.now)) is not None:
        if me.free["assessment"] < lengths[first[1]]:
            return True
        case = waiting.find(hub.now, lambda c: _suits(hub, me, c) and me.free["assessment"] >= lengths[c])
        earliest = me.day + hub.rules.notice_days
        if case is None or not me.diary.book(earliest, appointments.ASSESSMENT, case, lengths[case]):
            return True
        waiting.remove(case, hub.now)
        me.commit("assessment", lengths[case])
        hub.cases.state[case] = "assessment_booked"
        if hub.record.journeys.booked[case] == NOT_YET:
            hub.record.journeys.booked[case] = hub.now
    return False


def start_therapy(hub: Hub, me: Clinician) -> bool:
    """Fill free caseload places from the lists of the modalities this post gives, best-placed person first."""
    while len(me.caseload) < me.places:
        heads = [(first[0], first[1], name) for name in me.therapy_lists if (first := hub.lists[name].first(hub.now))]
        if not heads:
            return False
        for _, head, name in sorted(heads):
            minutes = appointments.session_minutes(hub, head)
            if me.free["therapy"] < minutes:
                return True
            case = hub.lists[name].find(hub.now, lambda c: _suits(hub, me, c))
            if case is not None:
                break
        else:
            return True
        minutes = appointments.session_minutes(hub, case)
        earliest = me.day + hub.rules.notice_days
        if me.free["therapy"] < minutes or not me.diary.book(earliest, appointments.FIRST_SESSION, case, minutes):
            return True
        hub.lists[name].remove(case, hub.now)
        me.commit("therapy", minutes)
        appointments.join_caseload(hub, me, case)
    return True


def lead_groups(hub: Hub, me: Clinician) -> bool:
    """Take over a group without a lead, or start one when enough people wait or have waited long enough."""
    if me.group is not None:
        return True
    if not hub.groups_without_lead and not _group_is_due(hub):
        return False
    earliest, minutes = me.day + hub.rules.notice_days, hub.rules.group_minutes
    if me.free["group"] >= minutes and me.diary.book(earliest, appointments.GROUP_SESSION, -1, minutes):
        me.group = hub.groups_without_lead.pop(0) if hub.groups_without_lead else _new_group(hub)
        me.commit("group", minutes)
    return True


def navigate(hub: Hub, me: Clinician) -> bool:
    """Make the navigation contacts that wait."""
    waiting = hub.tasks["navigation"]
    while waiting.next_due <= hub.now:
        case = waiting.first()
        minutes = hub.cases.draws.navigation_minutes[case]
        if me.free["navigation"] < minutes or not me.has_time(minutes):
            return True
        waiting.take(hub.now)
        pathway.navigated(hub, case, me.spend("navigation", minutes, case, DONE))
    return False


def check_in(hub: Hub, me: Clinician) -> bool:
    """Call people who wait for therapy; those who no longer wait are struck off at no cost."""
    return _tasks(hub, me, "check_in", hub.rules.check_in_minutes, _checked_in)


def support_teams(hub: Hub, me: Clinician) -> bool:
    """Run the workshops that teams have asked for."""
    waiting = hub.tasks["team_support"]
    while waiting.next_due <= hub.now:
        minutes = hub.team_request_length[waiting.first()]
        if me.free["team_support"] < minutes or not me.has_time(minutes):
            return True
        waiting.take(hub.now)
        me.spend("team_support", minutes, -1, DONE)
    return False


def _suits(hub: Hub, me: Clinician, case: int) -> bool:
    return hub.cases.accepts(case, me.out_of_hours, hub.rules.in_hours_accepted)


def _tasks(hub: Hub, me: Clinician, list_name: str, minutes: int, then: Callable[[Hub, Clinician, int], None]) -> bool:
    """Do tasks of one length from a list, oldest first; return whether any are left."""
    waiting, now = hub.tasks[list_name], hub.now
    while waiting.next_due <= now:
        if me.free[ACTIVITY_OF_LIST[list_name]] < minutes or not me.has_time(minutes):
            return True
        then(hub, me, waiting.take(now))
    return False


def _reviewed(hub: Hub, me: Clinician, case: int) -> None:
    pathway.reviewed(hub, case, me.spend("screening_review", hub.rules.review_minutes, case, DONE))


def _phone_screened(hub: Hub, me: Clinician, case: int) -> None:
    hub.record.journeys.screened[case] = me.minute
    pathway.reviewed(hub, case, me.spend("screening_review", hub.rules.phone_screen_minutes, case, DONE))


def _not_reached(hub: Hub, me: Clinician, case: int) -> None:
    minutes = hub.rules.contact_attempt_minutes
    pathway.not_reached(hub, case, me.spend("screening_review", minutes, case, NO_ANSWER))


def _checked_in(hub: Hub, me: Clinician, case: int) -> None:
    if hub.waits_for_therapy(case, hub.now, me.minute):
        me.spend("check_in", hub.rules.check_in_minutes, case, DONE)


def _group_is_due(hub: Hub) -> bool:
    waiting, rules = hub.lists["group"], hub.rules
    if waiting.length(hub.now) >= rules.group_min:
        return True
    first = waiting.first(hub.now)
    return first is not None and hub.now - first[0][1] >= rules.group_max_wait


def _new_group(hub: Hub) -> appointments.Group:
    waiting = hub.lists["group"]
    members: list[int] = []
    while len(members) < hub.rules.group_max and (case := waiting.take(hub.now)) is not None:
        members.append(case)
        hub.cases.state[case] = "group"
        hub.record.journeys.therapy_booked[case] = hub.now
    return appointments.Group(members, hub.rules.group_sessions)


def _already_answered(hub: Hub, me: Clinician) -> bool:
    """Risk calls come first thing in the day, before the diary."""
    return hub.risk_calls.next_due <= hub.now


SERVE: dict[str, Callable[[Hub, Clinician], bool]] = {
    "risk_call": _already_answered,
    "screening_review": review_screens,
    "assessment": book_assessments,
    "therapy": start_therapy,
    "group": lead_groups,
    "navigation": navigate,
    "check_in": check_in,
    "team_support": support_teams,
}
