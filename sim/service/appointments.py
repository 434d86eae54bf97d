"""Keeping a diary: assessments, therapy sessions and groups; attended, missed or cancelled; and handing over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.service import pathway
from sim.service.cases import Course
from sim.service.record import ATTENDED, CANCELLED, MISSED, NOT_YET
from sim.service.rules import VisitOdds

if TYPE_CHECKING:
    from sim.service.clinician import Account, Clinician
    from sim.service.diary import Appointment
    from sim.service.hub import Hub

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


def keep_appointments(hub: Hub, me: Clinician, due: list[Appointment]) -> None:
    """Keep today's appointments in the order of their dates; what does not fit moves to the next day at work."""
    for appointment in due:
        keep, account, whom, minutes, set_aside = appointment
        has = account.free + account.committed if set_aside else account.free
        if has < minutes or me.minute + minutes > hub.closes:
            me.diary.put_off(appointment)
            continue
        if set_aside:
            account.commit(-minutes)
        keep(hub, me, account, whom, minutes)


def hand_over(hub: Hub, me: Clinician) -> None:
    """Give everything in the diary back: assessments to their places, therapy to the head of the list, groups."""
    minute = max(hub.now, me.minute)
    for keep, account, whom, minutes, set_aside in me.diary.clear():
        if set_aside:
            account.commit(-minutes)
        if keep is keep_assessment:
            pathway.join_assessment(hub, whom, minute)
        elif keep is keep_group:
            if me.group is not None:
                hub.groups_without_lead.append(me.group)
            me.group = None
        else:
            leave_caseload(hub, me, whom.case, minute)
            pathway.head_of_list(hub, whom.case, minute)


def join_caseload(hub: Hub, me: Clinician, case: int) -> None:
    """Take a person on for the whole course."""
    me.caseload.add(case)
    hub.cases.state[case] = "therapy"
    hub.record.caseload.append((max(hub.now, me.minute), me.number, 1))
    if hub.journeys.therapy_booked[case] == NOT_YET:
        hub.journeys.therapy_booked[case] = hub.now


def leave_caseload(hub: Hub, me: Clinician, case: int, minute: int) -> None:
    """Free a caseload place."""
    me.caseload.remove(case)
    hub.record.caseload.append((minute, me.number, -1))


def keep_assessment(hub: Hub, me: Clinician, account: Account, case: int, minutes: int) -> None:
    """Assess, unless the person does not come."""
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
    ended = me.spend(account, minutes, case, result)
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


def keep_session(hub: Hub, me: Clinician, account: Account, course: Course, minutes: int) -> None:
    """Give a session of therapy, unless the person does not come, and book the next one."""
    case, started = course.case, me.minute
    luck = next(course.visits, None)
    if luck is None:
        _end_course(hub, me, case, started, "administrative")
        return
    result = ATTENDED if luck >= course.odds.any else outcome_of_visit(luck, course.odds)
    if result == ATTENDED:
        ended = me.spend(account, minutes, case, ATTENDED)
        journeys = hub.journeys
        journeys.attended[case] += 1
        journeys.therapy_last[case] = started
        if not course.started:
            course.start()
            if journeys.therapy_first[case] == NOT_YET:
                journeys.therapy_first[case] = started
        course.missed_in_a_row = 0
        course.sessions_left -= 1
        if course.sessions_left <= course.ends_with:
            leave_caseload(hub, me, case, ended)
            if course.sessions_left > 0:
                pathway.end_therapy(hub, case, ended, "dropped_out")
            else:
                pathway.step_up_or_finish(hub, case, ended)
            return
    elif result != REUSABLE:
        ended = me.spend(account, minutes, case, result)
        if result == MISSED:
            course.missed_in_a_row += 1
            hub.journeys.missed[case] += 1
            if course.missed_in_a_row >= hub.rules.misses_in_a_row_allowed:
                _end_course(hub, me, case, ended, "missed_therapy")
                return
    next_session = (keep_session, account, course, course.minutes, False)
    if not me.diary.book(hub.today + course.interval_days, next_session):
        leave_caseload(hub, me, case, me.minute)
        pathway.head_of_list(hub, case, me.minute)


def keep_group(hub: Hub, me: Clinician, account: Account, _: None, minutes: int) -> None:
    """Lead a session of a group, who comes and who does not, and book the next one."""
    group, rules, journeys = me.group, hub.rules, hub.journeys
    if group is None:
        raise RuntimeError(f"post {me.number} has a group session in its diary but leads no group")
    started = me.minute
    ended = me.spend(account, minutes, -1, ATTENDED)
    group.sessions_left -= 1
    for case in list(group.members):
        luck = next(hub.cases.therapy_visits(case), None)
        result = MISSED if luck is None else outcome_of_visit(luck, rules.group_odds)
        if result == ATTENDED:
            group.missed_in_a_row[case] = 0
            _attended(hub, case, started)
            hub.record_visit(me, "group", started, case, ATTENDED)
            if group.sessions_left > 0 and journeys.attended[case] >= hub.draws.drop_out_session[case]:
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
    if not me.diary.book(hub.today + rules.group_interval_days, (keep_group, account, None, rules.group_minutes, True)):
        hub.groups_without_lead.append(group)
        me.group = None
        return
    # The next session is set aside as it is earned: a group's lead never lends these minutes.
    account.commit(rules.group_minutes)


def _attended(hub: Hub, case: int, minute: int) -> None:
    journeys = hub.journeys
    journeys.therapy_last[case] = minute
    if journeys.therapy_first[case] == NOT_YET:
        journeys.therapy_first[case] = minute
    journeys.attended[case] += 1


def _end_course(hub: Hub, me: Clinician, case: int, minute: int, why: str) -> None:
    leave_caseload(hub, me, case, minute)
    pathway.end_therapy(hub, case, minute, why)


def _leave_group(hub: Hub, group: Group, case: int, minute: int, why: str) -> None:
    group.members.remove(case)
    pathway.end_therapy(hub, case, minute, why)
