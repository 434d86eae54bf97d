"""What a clinician does from the lists, one function an activity of the job plan.

`serve` and those it calls return whether to keep today's minutes in the account; otherwise they may pass to the next
activity of the job plan.
"""

from __future__ import annotations

from sim.service import codes
from sim.service.appointments import Group, Session, Visit
from sim.service.cases import Case, TeamRequest
from sim.service.codes import NEVER
from sim.service.lists import TaskList, VisitStage, WaitingList
from sim.service.post import Account, Post


def serve(me: Post, account: Account) -> bool:
    """Do what an account's activity has to do."""
    activity = account.activity
    if activity == codes.Activity.RISK_CALL:
        return me.lists.risk_calls.next_due <= me.today.opens  # made first thing in the day
    if activity == codes.Activity.SCREENING_REVIEW:
        return review_screens(me, account)
    if activity == codes.Activity.THERAPY:
        return start_therapy(me, account)
    if activity == codes.Activity.GROUP:
        return lead_groups(me, account)
    if activity == codes.Activity.NAVIGATION:
        return navigate(me, account)
    if activity == codes.Activity.CHECK_IN:
        return check_in(me, account)
    if activity == codes.Activity.TEAM_SUPPORT:
        return support_teams(me, account)
    if activity == codes.Activity.ADMINISTRATION:
        return write_letters(me, account)
    for stage in me.pathway.visits:
        if activity == stage.activity:
            return book_visits(me, account, stage)
    raise ValueError(f"post {me.number} has activity {activity} in its job plan, which nobody knows how to do")


def answer_risk_calls(me: Post) -> None:
    """Make the risk calls that wait, from unbooked minutes of any activity; what cannot be made today is late."""
    minutes = me.rules.risk_call_minutes
    account = me.accounts[codes.Activity.RISK_CALL]
    if account is None:
        account = me.covers(codes.Activity.RISK_CALL)
    while account is not None:
        case = with_borrowed_time(me, account, me.lists.risk_calls, minutes)
        if case is None:
            return
        me.pathway.risk_called(case, me.minute)
        me.spend(account, minutes, case.number, codes.Result.DONE)


def cover_reviews(me: Post) -> None:
    """Review completed screens likewise while nobody is at work who has that in the job plan."""
    minutes, account = me.rules.review_minutes, me.covers(codes.Activity.SCREENING_REVIEW)
    while account is not None:
        case = with_borrowed_time(me, account, me.lists.screening_reviews, minutes)
        if case is None:
            return
        me.pathway.reviewed(case, me.spend(account, minutes, case.number, codes.Result.DONE))


def cover_administration(me: Post) -> None:
    """Write letters and records likewise while nobody is at work who has them in the job plan."""
    minutes, account = me.rules.administration_minutes, me.covers(codes.Activity.ADMINISTRATION)
    while account is not None:
        case = with_borrowed_time(me, account, me.lists.administration, minutes)
        if case is None:
            return
        me.spend(account, minutes, case.number, codes.Result.DONE)


def with_borrowed_time(me: Post, account: Account, waiting: TaskList, minutes: int) -> Case | None:
    """Take the first of what waits, with time for it lent by any activity; None where nothing waits, or no time."""
    if waiting.next_due > me.today.opens or not me.can_borrow(minutes):
        return None
    me.borrow(account, minutes)
    case: Case = waiting.take(me.today.opens)
    return case


def review_screens(me: Post, account: Account) -> bool:
    """Review completed screens, make phone screens, and try to reach those who never answer, in this order."""
    rules, pathway, now = me.rules, me.pathway, me.today.opens
    case: Case
    while me.lists.screening_reviews.next_due <= now and me.has_time(account, rules.review_minutes):
        case = me.lists.screening_reviews.take(now)
        pathway.reviewed(case, me.spend(account, rules.review_minutes, case.number, codes.Result.DONE))
    while me.lists.phone_screens.next_due <= now and me.has_time(account, rules.phone_screen_minutes):
        case, started = me.lists.phone_screens.take(now), me.minute
        pathway.phoned(case, started, me.spend(account, rules.phone_screen_minutes, case.number, codes.Result.DONE))
    while me.lists.contacts.next_due <= now and me.has_time(account, rules.contact_attempt_minutes):
        case = me.lists.contacts.take(now)
        pathway.not_reached(case, me.spend(account, rules.contact_attempt_minutes, case.number, codes.Result.NO_ANSWER))
    next_due = min(me.lists.screening_reviews.next_due, me.lists.phone_screens.next_due, me.lists.contacts.next_due)
    return next_due <= now


def book_visits(me: Post, account: Account, stage: VisitStage) -> bool:
    """Offer the next free appointment to the first person on a list whom it suits, while time is unbooked."""
    waiting = stage.waiting
    while (first := me.patience.next_on(waiting)) is not None:
        # Time is saved up for whoever is first, so that shorter visits do not overtake a long one. An offer that the
        # first person cannot take goes to the next one whom it suits and for whom there is time now.
        if account.free < first.visit_minutes:
            return True
        case = whom_it_suits(me, waiting, account.free)
        if case is None:
            return True
        if not book_visit(me, account, stage, case):
            waiting.put_back(case)
            return True
    return False


def book_visit(me: Post, account: Account, stage: VisitStage, case: Case) -> bool:
    """Give somebody out of the order of a list an appointment at its stage; return whether there is a day for it."""
    appointment = Visit(stage, me, account, case)
    if account.free < appointment.minutes or not me.diary.book(me.today.number + me.rules.notice_days, appointment):
        return False
    stage.waiting.end_stay(case, me.today.opens, codes.Why.TAKEN)
    account.commit(appointment.minutes)
    stage.booked_for(case)
    me.lists.to_write_up(case, me.today.opens)
    return True


def whom_it_suits(me: Post, waiting: WaitingList, longest_visit: int) -> Case | None:
    """Return the first person on a list whom an offer suits, out of the order; None when it suits nobody.

    Asking counts as an offer made; whoever is asked keeps their place. Nobody is found whose visit would take longer
    than there is time.
    """
    passed_over: list[Case] = []
    case = me.patience.next_on(waiting)
    while case is not None and not (me.offer_to(case) and case.visit_minutes <= longest_visit):
        waiting.set_aside()
        passed_over.append(case)
        case = me.patience.next_on(waiting)
    if case is not None:
        waiting.set_aside()
    for person in passed_over:
        waiting.put_back(person)
    return case


def in_order(me: Post, waiting: WaitingList) -> list[Case]:
    """Return who waits on a list, in its order; everybody keeps their place."""
    everybody: list[Case] = []
    case = me.patience.next_on(waiting)
    while case is not None:
        waiting.set_aside()
        everybody.append(case)
        case = me.patience.next_on(waiting)
    for person in everybody:
        waiting.put_back(person)
    return everybody


def take_out(me: Post, waiting: WaitingList, whom: Case) -> None:
    """Take somebody who waits out of the order of a list, to be taken or put back."""
    passed_over: list[Case] = []
    case = me.patience.next_on(waiting)
    while case is not None and case is not whom:
        waiting.set_aside()
        passed_over.append(case)
        case = me.patience.next_on(waiting)
    waiting.set_aside()
    for person in passed_over:
        waiting.put_back(person)


def start_therapy(me: Post, account: Account) -> bool:
    """Fill free caseload places from the lists of the modalities this post gives, whoever comes first on any."""
    while me.caseload < me.places:
        tried: list[WaitingList] = []
        case = None
        while case is None:
            first = first_on_any(me, tried)
            if first is None:
                return len(tried) > 0  # somebody waits, but the offer suits nobody
            if account.free < first.course.minutes:
                return True
            waiting = me.lists.therapies[first.course.modality]
            case = whom_it_suits(me, waiting, NEVER)
            tried.append(waiting)
        if not book_course(me, account, waiting, case):
            waiting.put_back(case)
            return True
    return True  # with a full caseload, time for therapy is kept for the people on it


def book_course(me: Post, account: Account, waiting: WaitingList, case: Case) -> bool:
    """Begin a course with somebody out of the order of a list; return whether there is a day for its first session."""
    session = Session(me, account, case)
    if account.free < session.minutes or not me.diary.book(me.today.number + me.rules.notice_days, session):
        return False
    waiting.end_stay(case, me.today.opens, codes.Why.TAKEN)
    account.commit(session.minutes)
    me.take_on(me.minute)
    me.pathway.therapy_booked(case)
    return True


def first_on_any(me: Post, tried: list[WaitingList]) -> Case | None:
    """Return the person who comes first on the therapy lists that this post has not tried yet."""
    best: Case | None = None
    for waiting in me.therapy_lists:
        if waiting not in tried:
            case = me.patience.next_on(waiting)
            if case is not None and (best is None or case.key < best.key):
                best = case
    return best


def lead_groups(me: Post, account: Account) -> bool:
    """Take over a group without a lead, or start one when enough people wait or have waited long enough."""
    if me.leads:
        return True  # the group's next sessions need this time
    without_lead, rules = me.lists.groups_without_lead, me.rules
    if not without_lead and not group_is_due(me):
        return False
    group: Group = (
        without_lead[0] if without_lead else Group([], rules.group_sessions, rules.group_minutes, without_lead)
    )
    if account.free >= group.minutes and me.diary.book(me.today.number + rules.notice_days, group):
        if without_lead:
            del without_lead[0]
        else:
            group.members = gather_a_group(me)
        group.take_over(me, account)
        account.commit(group.minutes)
    return True


def group_is_due(me: Post) -> bool:
    """Return whether enough people wait for a group, or somebody has waited long enough."""
    waiting, now = me.lists.groups, me.today.opens
    first = me.patience.next_on(waiting)
    if first is None:
        return False
    return now - first.joined >= me.rules.group_max_wait or waiting.length() >= me.rules.group_min


def gather_a_group(me: Post) -> list[Case]:
    """Take people off the list for a new group."""
    waiting, members = me.lists.groups, list[Case]()
    while len(members) < me.rules.group_max and (case := me.patience.next_on(waiting)) is not None:
        waiting.set_aside()
        waiting.end_stay(case, me.today.opens, codes.Why.TAKEN)
        me.pathway.group_booked(case)
        members.append(case)
    return members


def navigate(me: Post, account: Account) -> bool:
    """Make the navigation contacts that wait."""
    waiting, now = me.lists.navigation, me.today.opens
    while waiting.next_due <= now:
        case: Case = waiting.first()
        minutes = me.cases.drawn.navigation_minutes[case.row]
        if not me.has_time(account, minutes):
            return True
        waiting.take(now)
        me.pathway.navigated(case, me.spend(account, minutes, case.number, codes.Result.DONE))
    return False


def check_in(me: Post, account: Account) -> bool:
    """Call people who wait for therapy; those who no longer wait are struck off at no cost."""
    waiting, minutes, now = me.lists.check_ins, me.rules.check_in_minutes, me.today.opens
    while waiting.next_due <= now:
        if not me.has_time(account, minutes):
            return True
        case: Case = waiting.take(now)
        case.to_check_in = False
        if me.patience.still_waits(case, now, me.minute):
            me.spend(account, minutes, case.number, codes.Result.DONE)
    return False


def check_self_help(me: Post) -> None:
    """Make the checks on guided self-help that are due, from unbooked minutes of any activity."""
    waiting, minutes, account = me.lists.self_help, me.rules.self_help_minutes, me.self_help
    if account is None:
        return
    while waiting.next_due <= me.today.opens and me.can_borrow(minutes):
        case: Case = waiting.take(me.today.opens)
        if me.patience.still_waits(case, me.today.opens, me.minute):
            started = me.minute
            me.borrow(account, minutes)
            me.pathway.self_help_checked(case, started, me.spend(account, minutes, case.number, codes.Result.DONE))


def support_teams(me: Post, account: Account) -> bool:
    """Run the workshops that teams have asked for."""
    waiting, now = me.lists.workshops, me.today.opens
    while waiting.next_due <= now:
        request: TeamRequest = waiting.first()
        if not me.has_time(account, request.minutes):
            return True
        waiting.take(now)
        me.spend(account, request.minutes, -1, codes.Result.DONE)
    return False


def write_letters(me: Post, account: Account) -> bool:
    """Write the letters and records that wait."""
    waiting, minutes, now = me.lists.administration, me.rules.administration_minutes, me.today.opens
    while waiting.next_due <= now:
        if not me.has_time(account, minutes):
            return True
        case: Case = waiting.take(now)
        me.spend(account, minutes, case.number, codes.Result.DONE)
    return False
