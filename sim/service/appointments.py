"""The kinds of appointment: an assessment or another single visit, a session of therapy, a session of a group.

Each kind is kept in its own way (attended, missed or cancelled, with what that costs) and handed back in its own way.
What it means for the client is the pathway's.
"""

from __future__ import annotations

from sim.service import codes
from sim.service.cases import Case
from sim.service.lists import VisitStage
from sim.service.post import Account, Appointment, Post


class Visit(Appointment):
    """The one appointment of a person at a stage, such as assessment."""

    __slots__ = ("case", "post", "stage")

    def __init__(self, stage: VisitStage, post: Post, account: Account, case: Case) -> None:
        self.stage = stage
        self.post = post
        self.account = account
        self.case = case
        self.minutes = case.visit_minutes
        self.is_set_aside = True

    def keep(self) -> None:
        """See the person, unless they do not come; the time with them is lost unless the post hears in time."""
        me, case, started = self.post, self.case, self.post.minute
        luck = me.cases.next_visit_luck(case)
        if luck < 0:
            me.pathway.give_up(case, started, codes.Ending.ADMINISTRATIVE)
            return
        result = self.stage.odds.result(luck, started - case.joined, me.times_missed(case))
        if result == codes.Result.ATTENDED:
            me.spend(self.account, self.minutes, case.number, result)
        elif result != codes.Result.CANCELLED_IN_TIME:  # of somebody who did not come there is nothing to write up
            me.spend(self.account, self.minutes - self.stage.write_up[case.row], case.number, result)
        me.pathway.after_visit(self.stage, case, result, started, me.minute)

    def hand_back(self, minute: int) -> None:
        """Put the person back on the list, where they stood."""
        self.stage.wait(self.case, minute, minute)


class Session(Appointment):
    """The next session of somebody on a post's caseload; booked anew after each."""

    __slots__ = ("case", "post")

    def __init__(self, post: Post, account: Account, case: Case) -> None:
        self.post = post
        self.account = account
        self.case = case
        self.minutes = case.course.minutes
        self.is_set_aside = True

    def keep(self) -> None:
        """Give the session, unless the person does not come, and book the next one if there is to be one."""
        me, case, course, started = self.post, self.case, self.case.course, self.post.minute
        luck = me.cases.next_therapy_luck(case)
        if luck < 0:
            me.release(started)
            me.pathway.end_therapy(case, started, codes.Ending.ADMINISTRATIVE)
            return
        if course.started:
            result = me.rules.next_odds.result(luck, 0, me.times_missed(case))
        else:
            result = me.rules.first_odds.result(luck, started - case.joined, me.times_missed(case))
        if result != codes.Result.CANCELLED_IN_TIME:
            me.spend(self.account, self.minutes, case.number, result)
        if not me.pathway.after_session(case, result, started, me.minute):
            me.release(me.minute)
            return
        self.minutes = course.minutes
        self.is_set_aside = False  # paid on its day, or it moves to the next day at work
        if not me.diary.book(me.today.number + course.interval_days, self):
            # No planned day has room before the holder leaves. Planned days go on `PLANNING_DAYS` after the end of the
            # run, so that the end is no reason, unless sessions are further apart than that.
            me.release(me.minute)
            me.pathway.rejoin_therapy_list(case, me.minute)

    def hand_back(self, minute: int) -> None:
        """Free the caseload place, and put the person at the head of the list."""
        self.post.release(minute)
        self.post.pathway.rejoin_therapy_list(self.case, minute)


class Group(Appointment):
    """A therapy group, and its next session: who is in it, what is left of it and who leads it.

    Whoever cancels leaves a place empty and has not missed the session; every visit after the last that was drawn is
    missed. While a group has no lead its members stay in it: they are on no list that they could give up.
    """

    __slots__ = ("groups_without_lead", "lead", "members", "sessions_left")

    def __init__(self, members: list[Case], sessions: int, minutes: int, groups_without_lead: list[Group]) -> None:
        self.members = members
        self.sessions_left = sessions
        self.minutes = minutes
        self.is_set_aside = True
        self.groups_without_lead = groups_without_lead
        """The groups that wait for somebody to take them over."""

    def take_over(self, lead: Post, account: Account) -> None:
        """Have a new lead, who has set the next session's minutes aside."""
        self.lead = lead
        self.account = account
        lead.leads = True

    def keep(self) -> None:
        """Lead a session, whoever comes, and book the next one."""
        me, account, started = self.lead, self.account, self.lead.minute
        pathway, odds = me.pathway, me.rules.group_odds
        ended = me.spend(account, self.minutes, -1, codes.Result.ATTENDED)
        self.sessions_left -= 1
        staying: list[Case] = []
        for case in self.members:
            luck = me.cases.next_therapy_luck(case)
            result = codes.Result.MISSED if luck < 0 else odds.result(luck, 0, 1.0)
            if result == codes.Result.CANCELLED_IN_TIME:
                result = codes.Result.CANCELLED  # a place in a group is nobody else's
            me.note_visit(account, started, case, result)
            if pathway.after_group_session(case, result, started, ended, self.sessions_left):
                staying.append(case)
        if self.sessions_left == 0:
            for case in staying:
                pathway.after_last_group_session(case, ended)
            staying = []
        self.members = staying
        if not self.members:
            me.leads = False
        elif me.diary.book(me.today.number + me.rules.group_interval_days, self):
            # The next session is set aside as it is earned: a group's lead never lends these minutes.
            account.commit(self.minutes)
        else:
            self.hand_back(ended)

    def hand_back(self, minute: int) -> None:
        """Wait for another lead."""
        self.lead.leads = False
        self.groups_without_lead.append(self)
