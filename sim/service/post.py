"""A post and its means: an account of minutes for each activity of its job plan, a diary and a caseload."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import HubConfig
from sim.config.staffing import ACTIVITIES
from sim.roster import Post as RosterPost
from sim.service import codes
from sim.service.arrays import Logs
from sim.service.cases import Case
from sim.service.codes import Column, whole
from sim.service.lists import WaitingList
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.rules import WORKING_DAYS_PER_WEEK, Rules, Today, longest_work
from sim.streams import Ints


class Account:
    """Minutes of one activity: earned by the roster, spent on work, passed on or left idle.

    `committed` is set aside for booked assessments, first sessions and group sessions, so that nothing else takes their
    time; later sessions of therapy are paid from `free`, on their day or as soon as it covers them. `free` may be below
    0, because a group's next session is set aside before its minutes are earned.
    """

    __slots__ = ("activity", "cap", "committed", "earned", "earned_today", "flexes_to", "free")

    def __init__(self, activity: int, earned: np.ndarray, cap: int) -> None:
        self.activity = activity
        self.earned = whole(earned)
        """Minutes earned on each day at work."""
        self.cap = cap
        """No more than this is kept for later."""
        self.flexes_to: Account | None = None
        """Where time that is not used passes to."""
        self.free = 0
        self.committed = 0
        self.earned_today = 0
        """What this day earned or was passed."""

    def commit(self, minutes: int) -> None:
        """Set minutes aside for an appointment, or release them when negative."""
        self.free -= minutes
        self.committed += minutes


class Appointment:
    """Something that a post has in its diary: each kind says itself how it is kept and how it is handed back."""

    __slots__ = ("account", "is_set_aside", "minutes")
    account: Account
    """Which pays for it."""
    minutes: int
    """Staff minutes that it will take."""
    is_set_aside: bool
    """Whether the account has set these minutes aside."""

    def keep(self) -> None:
        """Keep it now."""
        raise NotImplementedError

    def hand_back(self, minute: int) -> None:
        """Give it back because the post cannot keep it: somebody leaves, or is away for long."""
        raise NotImplementedError


class Diary:
    """Appointments by day, in the order of their booking; a page for each day on which the post plans to work.

    `opens_on` is the first day that can hold an entry, and a day takes `day_length` minutes of appointments. Of the
    `leaving_days`, the first after each holder of the post has gone (ascending), nothing is booked for the next or
    later until somebody is at work on that day or after it.
    """

    def __init__(self, planned_days: Ints, day_length: int, opens_on: int, leaving_days: list[int]) -> None:
        self._opens_on = opens_on
        is_planned = np.bincount(planned_days - opens_on)
        self._page_from = whole(np.cumsum(is_planned) - is_planned)
        """For each day from `opens_on` on, the page of the first planned day that is not before it."""
        self._days_known = len(is_planned)
        self._day_length = day_length
        self._pages: list[list[Appointment] | None] = [None] * len(planned_days)
        self._booked: Column = whole(np.zeros(len(planned_days)))
        """Minutes of appointments by page."""
        self._carried_over: list[Appointment] = []
        self._next_page = 0
        """The first page that has not been taken out."""
        leaving_pages = np.searchsorted(planned_days, [day for day in leaving_days if day >= opens_on])
        self._leaving_pages: list[int] = leaving_pages.tolist()
        self._end: int = self._leaving_pages.pop(0) if self._leaving_pages else 0
        """The first page that nothing can be written on: that of the next leaving day."""

    def book(self, earliest: int, appointment: Appointment) -> bool:
        """Write an appointment on the first day from `earliest` on, before leaving, that is planned and has room.

        Returns whether there is such a day.
        """
        if earliest - self._opens_on >= self._days_known:
            return False
        page = self._page_from[earliest - self._opens_on]
        while page < self._end:
            taken = self._booked[page] + appointment.minutes
            if taken <= self._day_length or taken == appointment.minutes:
                self._booked[page] = taken
                self._write(page, appointment)
                return True
            page += 1
        return False

    def due(self, day: int) -> list[Appointment]:
        """Take out of the diary what is to be kept on a day at work, the oldest first.

        That is what was put off, what stood on planned days that were not worked since, and what stands on this day.
        """
        page = self._page_from[day - self._opens_on]
        due = self._carried_over
        if due:
            self._carried_over = []
        for number in range(self._next_page, page + 1):
            due = self._tear_out(number, due)
        self._next_page = page + 1
        while page >= self._end:
            self._end = self._leaving_pages.pop(0)
        return due

    def put_off(self, appointment: Appointment) -> None:
        """Put an appointment back, to be kept on the next day at work."""
        self._carried_over.append(appointment)

    def clear(self) -> list[Appointment]:
        """Take everything out of the diary."""
        everything, self._carried_over = self._carried_over, []
        for number in range(self._next_page, len(self._pages)):
            everything = self._tear_out(number, everything)
            self._booked[number] = 0
        return everything

    def _write(self, number: int, appointment: Appointment) -> None:
        if number < self._next_page:  # that day's page is out already: keep it on the next day at work
            self._carried_over.append(appointment)
            return
        page = self._pages[number]
        if page is None:
            self._pages[number] = [appointment]
        else:
            page.append(appointment)

    def _tear_out(self, number: int, behind: list[Appointment]) -> list[Appointment]:
        """Return what a page holds, after what is `behind` it already."""
        page = self._pages[number]
        if page is None:
            return behind
        self._pages[number] = None
        return behind + page if behind else page


class Post:
    """A post, with an account for each activity of its job plan."""

    def __init__(
        self, config: HubConfig, number: int, rostered: RosterPost, pathway: Pathway, patience: Patience, logs: Logs
    ) -> None:
        rules, role = pathway.rules, config.staffing.roles[rostered.frame.role]
        opens_on = -config.run.run_in_days
        self.number = number
        self.rules: Rules = rules
        self.patience = patience
        self.pathway = pathway
        self.lists = pathway.lists
        self.cases = pathway.cases
        self.today: Today = pathway.today
        self.out_of_hours: bool = rostered.out_of_hours
        self.therapy_lists: list[WaitingList] = [
            self.lists.therapies[rules.modality_names.index(name)] for name in role.modalities
        ]
        a_day = rostered.frame.wte * role.client_facing_hours_per_week * 60 / WORKING_DAYS_PER_WEEK
        longest = longest_work(config)
        self.job_plan: list[Account] = []
        """Accounts in the order of the job plan."""
        plan: dict[str, Any] = {str(name): reserve for name, reserve in role.job_plan.items()}
        for name, earned in zip(rostered.plan, rostered.minutes.T, strict=True):
            activity = ACTIVITIES.index(name)
            cap = max(round(rules.balance_cap_days * a_day * plan[name].share), longest[activity])
            self.job_plan.append(Account(activity, earned, cap))
        for account, following, reserve in zip(self.job_plan, self.job_plan[1:], role.job_plan.values(), strict=False):
            account.flexes_to = following if reserve.flexes else None
        self.accounts: list[Account | None] = [None] * len(ACTIVITIES)
        """The same accounts by activity; None where the job plan has no such activity."""
        for account in self.job_plan:
            self.accounts[account.activity] = account
        self._covers: list[Account | None] = [None] * len(ACTIVITIES)
        """Accounts, empty until something is borrowed, of what it does while those whose work it is are away."""
        for activity in map(ACTIVITIES.index, role.covers):
            if self.accounts[activity] is None:
                self._covers[activity] = Account(activity, np.zeros(0), 0)
        self.has_evenings: bool = rostered.evening_clinics
        """Whether it offers evenings between the dates of a policy."""
        self.self_help: Account | None = None
        """The account of checks on guided self-help, for a post whose role makes them."""
        checks = config.policies.guided_self_help
        if checks.is_on and rostered.frame.role == checks.role and not rostered.frame.is_extra:
            check_in = ACTIVITIES.index("check_in")
            own = self.accounts[check_in]
            self.self_help = Account(check_in, np.zeros(0), 0) if own is None else own
        leaving_days = [spell.end_day for spell in rostered.frame.spells]
        self.diary = Diary(rostered.planned_days, rules.working_day_minutes, opens_on, leaving_days)
        self.caseload = 0
        self.places = 0
        """How many people the caseload has room for."""
        self.leads = False
        """Whether it leads a group."""
        self.minute: int = self.today.opens
        """How far it has got in its day."""
        self._work = logs.work
        self._passed = logs.passed
        self._caseload_log = logs.caseload

    def offer_to(self, case: Case) -> bool:
        """Offer an appointment; return whether the person can take it.

        Only shift workers ever cannot, and each offer uses up one of the answers drawn for them.
        """
        return self.out_of_hours or not case.shift_worker or self.cases.accepts_next_offer(case)

    def times_missed(self, case: Case) -> float:
        """Return times as many appointments with this post a person misses as anybody would."""
        times: float = 1.0 if self.out_of_hours or not case.shift_worker else self.rules.in_hours_missed
        if case.is_remote:
            times *= self.rules.remote_missed
        return times * self.rules.matched_missed if self.cases.drawn.matched[case.row] else times

    def has_time(self, account: Account, minutes: int) -> bool:
        """Return whether a piece of work can be done now: its account pays, and the day is long enough."""
        return account.free >= minutes and self.minute + minutes <= self.today.closes

    def covers(self, activity: int) -> Account | None:
        """Return the account for an activity that this post covers today, because nobody is there whose work it is."""
        account = self._covers[activity]
        return account if account is not None and self.today.nobody_for(activity) else None

    def can_borrow(self, minutes: int) -> bool:
        """Return whether a piece of work can be done now from unbooked minutes of any activity."""
        unbooked = 0
        for account in self.job_plan:
            unbooked += max(0, account.free)
        return unbooked >= minutes and self.minute + minutes <= self.today.closes

    def borrow(self, account: Account, minutes: int) -> None:
        """Have an account cover a piece of work, from unbooked minutes of the others in the order of the job plan."""
        short = minutes - account.free
        for source in self.job_plan:
            if short > 0 and source is not account and source.free > 0:
                moved = min(short, source.free)
                self.pass_on(source, account, moved)
                short -= moved

    def spend(self, account: Account, minutes: int, case: int, result: int) -> int:
        """Do a piece of work now and return the minute at which it ends; `case` is -1 where it is nobody's."""
        self._work.add(self.number, account.activity, self.minute, minutes, case, result)
        account.free -= minutes
        self.minute += minutes
        return self.minute

    def note_visit(self, account: Account, minute: int, case: Case, result: int) -> None:
        """Record one person's visit to a group, whose staff time is recorded once for the whole group."""
        self._work.add(self.number, account.activity, minute, 0, case.number, result)

    def pass_on(self, source: Account, target: Account, minutes: int) -> None:
        """Move unbooked minutes from one account to another."""
        source.free -= minutes
        target.free += minutes
        self._passed.add(self.number, self.today.number, source.activity, target.activity, minutes)

    def leave_idle(self, account: Account, minutes: int) -> None:
        """Lose minutes that cannot be kept for later."""
        account.free -= minutes
        self._passed.add(self.number, self.today.number, account.activity, codes.Activity.IDLE, minutes)

    def take_on(self, minute: int) -> None:
        """Take one more person on, for the whole course."""
        self.caseload += 1
        self._caseload_log.add(minute, self.number, 1)

    def release(self, minute: int) -> None:
        """Free a caseload place."""
        self.caseload -= 1
        self._caseload_log.add(minute, self.number, -1)
