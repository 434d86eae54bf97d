"""Keeping a diary: assessments, therapy sessions and groups; attended, missed or cancelled; and handing over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.service import pathway
from sim.service.cases import Course
from sim.service.record import ATTENDED, CANCELLED, MISSED, NOT_YET
from sim.service.rules import VisitOdds

if TYPE_CHECKING:
    from sim.service.clinician import Clinician
    from sim.service.hub import Hub

ASSESSMENT, FIRST_SESSION, NEXT_SESSION, GROUP_SESSION = "assessment", "first_session", "next_session", "group_session"
COMMITTED = {ASSESSMENT: "assessment", FIRST_SESSION: "therapy", GROUP_SESSION: "group"}
"""Kinds whose minutes were set aside at booking, and from which account; follow-up sessions take what is there."""
REUSABLE = "cancelled_in_time"


@dataclass
class Group:
    """A therapy group: who is in it, what is left of it."""

    members: list[int]
    sessions_left: int
    missed_in_a_row: dict[int, int] = field(default_factory=dict)


def outcome_of_visit(luck: float, odds: VisitOdds) -> str:
    """Return how an appointment goes: missed, cancelled too late, cancelled in time, or attended."""
    if luck >= odds.any:
        return ATTENDED
    if luck < odds.missed:
        return MISSED
    return CANCELLED if luck < odds.late else REUSABLE


def keep_appointments(hub: Hub, me: Clinician) -> None:
    """Keep today's appointments in the order of their dates; what does not fit moves to the next day at work."""
    for appointment in me.diary.due(me.day):
        kind, case, minutes = appointment
        account = COMMITTED.get(kind)
        has = me.free["therapy"] if account is None else me.balance(account)
        if has < minutes or me.minute + minutes > me.closes:
            me.diary.put_off(appointment)
            continue
        if account is not None:
            me.commit(account, -minutes)
        _KEEP[kind](hub, me, case, minutes)


def hand_over(hub: Hub, me: Clinician) -> None:
    """Give everything in the diary back: assessments to their places, therapy to the head of the list, groups."""
    minute = max(hub.now, me.minute)
    for kind, case, minutes in me.diary.clear():
        account = COMMITTED.get(kind)
        if account is not None:
            me.commit(account, -minutes)
        if kind == ASSESSMENT:
            pathway.join_assessment(hub, case, minute)
        elif kind == GROUP_SESSION:
            if me.group is not None:
                hub.groups_without_lead.append(me.group)
            me.group = None
        else:
            leave_caseload(hub, me, case, minute)
            pathway.head_of_list(hub, case, minute)


def session_minutes(hub: Hub, case: int) -> int:
    """Return the staff minutes of a case's next session, notes included; the first of a course is longer."""
    course, rules = hub.cases.courses[case], hub.rules
    return (rules.next_minutes if course.started else rules.first_minutes)[course.modality]


def join_caseload(hub: Hub, me: Clinician, case: int) -> None:
    """Take a person on for the whole course."""
    me.caseload.add(case)
    hub.cases.state[case] = "therapy"
    hub.record.caseload.append((max(hub.now, me.minute), me.number, 1))
    if hub.record.journeys.therapy_booked[case] == NOT_YET:
        hub.record.journeys.therapy_booked[case] = hub.now


def leave_caseload(hub: Hub, me: Clinician, case: int, minute: int) -> None:
    """Free a caseload place."""
    me.caseload.remove(case)
    hub.record.caseload.append((minute, me.number, -1))


def _keep_assessment(hub: Hub, me: Clinician, case: int, minutes: int) -> None:
    cases, rules = hub.cases, hub.rules
    luck = cases.assessment_luck(case)
    if luck is None:
        pathway.close(hub, case, me.minute, "administrative")
        return
    result = outcome_of_visit(luck, rules.assessment_odds)
    if result == REUSABLE:
        pathway.join_assessment(hub, case, me.minute)
        return
    started = me.minute
    ended = me.spend("assessment", minutes, case, result)
    if result == ATTENDED:
        pathway.assessed(hub, case, started, ended)
    elif result == CANCELLED:
        pathway.join_assessment(hub, case, ended)
    else:
        cases.assessments_missed[case] += 1
        if cases.assessments_missed[case] >= rules.assessment_misses_allowed:
            pathway.close(hub, case, ended, "missed_assessment")
        else:
            cases.place[case] = ended
            pathway.join_assessment(hub, case, ended)


def _keep_session(hub: Hub, me: Clinician, case: int, minutes: int) -> None:
    rules, cases, journeys = hub.rules, hub.cases, hub.record.journeys
    course, luck = cases.courses[case], cases.therapy_luck(case)
    if luck is None:
        _end_course(hub, me, case, me.minute, "administrative")
        return
    result = outcome_of_visit(luck, rules.next_odds if course.started else rules.first_odds)
    if result == REUSABLE:
        _book_next(hub, me, case, course)
        return
    started = me.minute
    ended = me.spend("therapy", minutes, case, result)
    if result == ATTENDED:
        course.started = True
        course.missed_in_a_row = 0
        course.sessions_left -= 1
        _attended(hub, case, started)
        if course.sessions_left <= 0:
            leave_caseload(hub, me, case, ended)
            pathway.step_up_or_finish(hub, case, ended)
            return
        if journeys.attended[case] >= cases.draws.drop_out_session[case]:
            _end_course(hub, me, case, ended, "dropped_out")
            return
    elif result == MISSED:
        course.missed_in_a_row += 1
        journeys.missed[case] += 1
        if course.missed_in_a_row >= rules.misses_in_a_row_allowed:
            _end_course(hub, me, case, ended, "missed_therapy")
            return
    _book_next(hub, me, case, course)


def _keep_group(hub: Hub, me: Clinician, _: int, minutes: int) -> None:
    group, rules, journeys = me.group, hub.rules, hub.record.journeys
    if group is None:
        raise RuntimeError(f"post {me.number} has a group session in its diary but leads no group")
    started = me.minute
    ended = me.spend("group", minutes, -1, ATTENDED)
    group.sessions_left -= 1
    for case in list(group.members):
        luck = hub.cases.therapy_luck(case)
        result = MISSED if luck is None else outcome_of_visit(luck, rules.group_odds)
        if result == ATTENDED:
            group.missed_in_a_row[case] = 0
            _attended(hub, case, started)
            hub.record_visit(me, "group", started, case, ATTENDED)
            if group.sessions_left > 0 and journeys.attended[case] >= hub.cases.draws.drop_out_session[case]:
                _leave_group(hub, group, case, ended, "dropped_out")
            continue
        hub.record_visit(me, "group", started, case, MISSED)
        journeys.missed[case] += 1
        group.missed_in_a_row[case] = group.missed_in_a_row.get(case, 0) + 1
        if group.missed_in_a_row[case] >= rules.misses_in_a_row_allowed:
            _leave_group(hub, group, case, ended, "missed_therapy")
    if group.sessions_left == 0:
        for case in list(group.members):
            if journeys.therapy_first[case] == NOT_YET:
                _leave_group(hub, group, case, ended, "missed_therapy")
            else:
                group.members.remove(case)
                pathway.step_up_or_finish_group(hub, case, ended)
    if not group.members:
        me.group = None
        return
    if not me.diary.book(me.day + rules.group_interval_days, GROUP_SESSION, -1, rules.group_minutes):
        hub.groups_without_lead.append(group)
        me.group = None
        return
    # The next session is set aside as it is earned: a group's lead never lends these minutes.
    me.commit("group", rules.group_minutes)


def _attended(hub: Hub, case: int, minute: int) -> None:
    journeys = hub.record.journeys
    journeys.attended[case] += 1
    journeys.therapy_last[case] = minute
    if journeys.therapy_first[case] == NOT_YET:
        journeys.therapy_first[case] = minute


def _book_next(hub: Hub, me: Clinician, case: int, course: Course) -> None:
    cases, rules = hub.cases, hub.rules
    intervals = rules.shift_worker_interval_days if cases.shift_worker[case] else rules.interval_days
    minutes = (rules.next_minutes if course.started else rules.first_minutes)[course.modality]
    if not me.diary.book(me.day + intervals[course.modality], NEXT_SESSION, case, minutes):
        leave_caseload(hub, me, case, me.minute)
        pathway.head_of_list(hub, case, me.minute)


def _end_course(hub: Hub, me: Clinician, case: int, minute: int, why: str) -> None:
    leave_caseload(hub, me, case, minute)
    pathway.end_therapy(hub, case, minute, why)


def _leave_group(hub: Hub, group: Group, case: int, minute: int, why: str) -> None:
    group.members.remove(case)
    pathway.end_therapy(hub, case, minute, why)


_KEEP = {
    ASSESSMENT: _keep_assessment,
    FIRST_SESSION: _keep_session,
    NEXT_SESSION: _keep_session,
    GROUP_SESSION: _keep_group,
}
