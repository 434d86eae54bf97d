"""What a clinician does from the lists, one function an activity of the job plan.

Each returns whether work is left that this post could do with more time, so that its reserve must not flex.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.service import appointments, pathway
from sim.service.appointments import keep_assessment, keep_group, keep_session
from sim.service.record import DONE, NOT_YET
from sim.service.task_list import TaskList
from sim.service.waiting_list import CASE, NEVER, PLACE_MINUTE, WaitingList

if TYPE_CHECKING:
    from sim.service.clinician import Account, Clinician
    from sim.service.hub import Hub

NO_ANSWER = "no_answer"


class Always:
    """Stands for lists where an activity with rules of its own must look on every day."""

    next_due = -NEVER


Watched = TaskList | WaitingList | Always


def waits_on(hub: Hub, activity: str) -> Watched:
    """Return what tells that an activity may have something to do: nothing, on a day when nothing there is due."""
    if activity == "assessment":
        return hub.lists["assessment"]
    if activity in ("risk_call", "navigation", "check_in", "team_support"):
        return hub.tasks[activity]
    return Always()


def answer_risk_calls(hub: Hub, me: Clinician) -> None:
    """Make the risk calls that wait, from unbooked minutes of any activity; what cannot be made today is late."""
    calls, minutes, account = hub.risk_calls, hub.rules.risk_call_minutes, me.accounts.get("risk_call")
    if account is None:
        return
    while (
        calls.next_due <= hub.now
        and hub.closes - me.minute >= minutes
        and sum(max(0, source.free) for source in me.plan) >= minutes
    ):  # fmt: skip
        case = calls.take(hub.now)
        short = minutes - account.free
        for source in me.plan:
            if short > 0 and source is not account and source.free > 0:
                moved = min(short, source.free)
                me.move_minutes(hub.today, source, account, moved)
                short -= moved
        hub.journeys.risk_called[case] = me.minute
        me.spend(account, minutes, case, DONE)


def review_screens(hub: Hub, me: Clinician, account: Account) -> bool:
    """Review completed screens, make phone screens, and try to reach people, in this order."""
    rules, tasks = hub.rules, hub.tasks
    left = _tasks(hub, me, account, tasks["screening_review"], rules.review_minutes, _reviewed)
    left |= _tasks(hub, me, account, tasks["phone_screen"], rules.phone_screen_minutes, _phone_screened)
    left |= _tasks(hub, me, account, tasks["contact"], rules.contact_attempt_minutes, _not_reached)
    return left


def book_assessments(hub: Hub, me: Clinician, account: Account) -> bool:
    """Offer the next free appointment to the first person on the list whom it suits, while time is unbooked."""
    waiting, lengths, booked, now = hub.lists["assessment"], hub.draws.assessment_minutes, hub.journeys.booked, hub.now
    while (first := waiting.first(now)) is not None:
        case = first[CASE]
        if account.free < lengths[case]:
            return True
        if not me.suits(case):
            other = _behind(me, account, waiting, lengths, now)
            if other is None:
                return True
            case = other
        minutes = lengths[case]
        if not me.diary.book(hub.today + hub.rules.notice_days, (keep_assessment, account, case, minutes, True)):
            return True
        waiting.remove(case, now)
        account.commit(minutes)
        hub.cases.state[case] = "assessment_booked"
        if booked[case] == NOT_YET:
            booked[case] = now
    return False


def start_therapy(hub: Hub, me: Clinician, account: Account) -> bool:
    """Fill free caseload places from the lists of the modalities this post gives, best-placed person first."""
    now, courses = hub.now, hub.cases.courses
    while len(me.caseload) < me.places:
        heads = []
        for waiting in me.therapy_lists:
            if waiting.next_due <= now and (first := waiting.first(now)) is not None:
                heads.append((first, waiting))
        if not heads:
            return False
        for first, waiting in sorted(heads):
            if account.free < courses[first[CASE]].minutes:
                return True
            case = waiting.find(now, me.suits)
            if case is not None:
                break
        else:
            return True
        course = courses[case]
        minutes = course.minutes
        if account.free < minutes:
            return True
        if not me.diary.book(hub.today + hub.rules.notice_days, (keep_session, account, course, minutes, True)):
            return True
        waiting.remove(case, now)
        account.commit(minutes)
        appointments.join_caseload(hub, me, case)
    return True


def lead_groups(hub: Hub, me: Clinician, account: Account) -> bool:
    """Take over a group without a lead, or start one when enough people wait or have waited long enough."""
    if me.group is not None:
        return True
    if not hub.groups_without_lead and not _group_is_due(hub):
        return False
    earliest, minutes = hub.today + hub.rules.notice_days, hub.rules.group_minutes
    if account.free >= minutes and me.diary.book(earliest, (keep_group, account, None, minutes, True)):
        me.group = hub.groups_without_lead.pop(0) if hub.groups_without_lead else _new_group(hub)
        account.commit(minutes)
    return True


def navigate(hub: Hub, me: Clinician, account: Account) -> bool:
    """Make the navigation contacts that wait."""
    waiting, now = hub.tasks["navigation"], hub.now
    while waiting.next_due <= now:
        case = waiting.first()
        minutes = hub.draws.navigation_minutes[case]
        if account.free < minutes or hub.closes - me.minute < minutes:
            return True
        waiting.take(now)
        pathway.navigated(hub, case, me.spend(account, minutes, case, DONE))
    return False


def check_in(hub: Hub, me: Clinician, account: Account) -> bool:
    """Call people who wait for therapy; those who no longer wait are struck off at no cost."""
    return _tasks(hub, me, account, hub.tasks["check_in"], hub.rules.check_in_minutes, _checked_in)


def support_teams(hub: Hub, me: Clinician, account: Account) -> bool:
    """Run the workshops that teams have asked for."""
    waiting, now = hub.tasks["team_support"], hub.now
    while waiting.next_due <= now:
        minutes = hub.team_request_length[waiting.first()]
        if account.free < minutes or hub.closes - me.minute < minutes:
            return True
        waiting.take(now)
        me.spend(account, minutes, -1, DONE)
    return False


def _behind(me: Clinician, account: Account, waiting: WaitingList, lengths: list[int], now: int) -> int | None:
    """Return the first person behind the head of the list whom an assessment suits and for whom there is time."""
    return waiting.find_behind(now, lambda case: me.suits(case) and account.free >= lengths[case])


def _tasks(
    hub: Hub,
    me: Clinician,
    account: Account,
    waiting: TaskList,
    minutes: int,
    then: Callable[[Hub, Clinician, Account, int, int], None],
) -> bool:
    """Do tasks of one length from a list, oldest first; return whether any are left."""
    now = hub.now
    while waiting.next_due <= now:
        if account.free < minutes or me.minute + minutes > hub.closes:
            return True
        then(hub, me, account, waiting.take(now), minutes)
    return False


def _reviewed(hub: Hub, me: Clinician, account: Account, case: int, minutes: int) -> None:
    pathway.reviewed(hub, case, me.spend(account, minutes, case, DONE))


def _phone_screened(hub: Hub, me: Clinician, account: Account, case: int, minutes: int) -> None:
    hub.journeys.screened[case] = me.minute
    pathway.reviewed(hub, case, me.spend(account, minutes, case, DONE))


def _not_reached(hub: Hub, me: Clinician, account: Account, case: int, minutes: int) -> None:
    pathway.not_reached(hub, case, me.spend(account, minutes, case, NO_ANSWER))


def _checked_in(hub: Hub, me: Clinician, account: Account, case: int, minutes: int) -> None:
    hub.cases.to_check_in.remove(case)
    if hub.waits_for_therapy(case, hub.now, me.minute):
        me.spend(account, minutes, case, DONE)


def _group_is_due(hub: Hub) -> bool:
    waiting, rules = hub.lists["group"], hub.rules
    if waiting.length(hub.now) >= rules.group_min:
        return True
    first = waiting.first(hub.now)
    return first is not None and hub.now - first[PLACE_MINUTE] >= rules.group_max_wait


def _new_group(hub: Hub) -> appointments.Group:
    waiting = hub.lists["group"]
    members: list[int] = []
    while len(members) < hub.rules.group_max and (case := waiting.take(hub.now)) is not None:
        members.append(case)
        hub.cases.state[case] = "group"
        hub.journeys.therapy_booked[case] = hub.now
    return appointments.Group(members, hub.rules.group_sessions)


def _already_answered(hub: Hub, me: Clinician, account: Account) -> bool:
    """Risk calls come first thing in the day, before the diary."""
    return hub.risk_calls.next_due <= hub.now


SERVE: dict[str, Callable[[Hub, Clinician, Account], bool]] = {
    "risk_call": _already_answered,
    "screening_review": review_screens,
    "assessment": book_assessments,
    "therapy": start_therapy,
    "group": lead_groups,
    "navigation": navigate,
    "check_in": check_in,
    "team_support": support_teams,
}
