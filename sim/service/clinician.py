"""One post at work: its accounts of minutes, its diary, and a working day from the diary to the lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import Role
from sim.roster.table import Post
from sim.service import activities, appointments
from sim.service.diary import Diary
from sim.service.record import IDLE
from sim.service.rules import WORKING_DAYS_PER_WEEK
from sim.service.waiting_list import NEVER

if TYPE_CHECKING:
    from sim.service.activities import Watched
    from sim.service.appointments import Group
    from sim.service.hub import Hub


class Account:
    """Minutes of one activity: earned by the roster, spent on work, passed on or left idle.

    `committed` is the part that booked appointments will need, `free` the rest.
    """

    __slots__ = ("activity", "cap", "committed", "earned", "flexes_to", "free", "serve", "today", "waits_on")

    def __init__(self, activity: str, earned: list[int], cap: int, waits_on: Watched) -> None:
        self.activity = activity
        self.earned = earned
        """Minutes earned on each day at work."""
        self.cap = cap
        """No more than this is kept for later."""
        self.waits_on = waits_on
        """What tells whether there may be something to do."""
        self.serve: Callable[[Hub, Clinician, Account], bool] = activities.SERVE[activity]
        self.flexes_to: Account | None = None
        """Where time that is not used passes to."""
        self.free = 0
        self.committed = 0
        self.today = 0
        """What this day earned or was passed."""

    def commit(self, minutes: int) -> None:
        """Set minutes aside for an appointment, or release them when negative."""
        self.free -= minutes
        self.committed += minutes


class Clinician:
    """A post at work, with an account for each activity of its job plan."""

    def __init__(self, hub: Hub, number: int, post: Post, role: Role) -> None:
        rules, until = hub.rules, hub.horizon // MINUTES_PER_DAY
        self.number = number
        self.post = post
        self.out_of_hours = post.out_of_hours
        self.modalities = role.modalities
        self.therapy_lists = [hub.lists[f"therapy:{name}"] for name in role.modalities]
        some = slice(int(np.searchsorted(post.days, until)))
        a_day = post.frame.wte * role.client_facing_hours_per_week * 60 / WORKING_DAYS_PER_WEEK
        earned = post.minutes[some].T.tolist()
        self.plan: list[Account] = []
        """Accounts in the order of the job plan."""
        for (activity, reserve), minutes in zip(role.job_plan.items(), earned, strict=True):
            cap = max(round(rules.balance_cap_days * a_day * reserve.share), rules.longest[activity])
            self.plan.append(Account(activity, minutes, cap, activities.waits_on(hub, activity)))
        for account, following, reserve in zip(self.plan, self.plan[1:], role.job_plan.values(), strict=False):
            account.flexes_to = following if reserve.flexes else None
        self.accounts = {account.activity: account for account in self.plan}
        leaving_days = [spell.end_day for spell in post.frame.spells]
        self.diary = Diary(post.planned_days, rules.working_day_minutes, hub.opens_on, leaving_days)
        self.caseload: set[int] = set()
        self.group: Group | None = None
        self.places = 0
        self.opening_places = int(post.places[0]) if len(post.places) else 0
        """Caseload places on the first day at work, for the opening caseload."""
        self.minute = hub.opens_on * MINUTES_PER_DAY
        self._cases = hub.cases
        self._record = hub.record
        self._days = [*post.days[some].tolist(), NEVER]
        self._places = post.places[some].tolist()
        self._worked = 0
        """Days at work so far."""
        self.next_day = self._days[0]
        """The next day at work."""
        self._handovers = [*reversed(post.handover_days[post.handover_days < until].tolist())]
        self.next_handover = self._handovers.pop() if self._handovers else NEVER

    def days(self) -> set[int]:
        """Return the days on which there is something to do: work, or a handover."""
        return {*self._days, *self._handovers, self.next_handover} - {NEVER}

    def is_filled_on(self, day: int) -> bool:
        """Return whether somebody is in this post on a day."""
        return any(spell.start_day <= day < spell.end_day for spell in self.post.frame.spells)

    def suits(self, case: int) -> bool:
        """Return whether a person can take the appointment offered; only shift workers ever cannot."""
        return self.out_of_hours or not self._cases.shift_worker[case] or self._cases.accepts(case)

    def spend(self, account: Account, minutes: int, case: int, result: str) -> int:
        """Do a piece of work now and return the minute at which it ends."""
        started = self.minute
        self._record.work.append((self.number, account.activity, started, minutes, case, result))
        account.free -= minutes
        self.minute = ended = started + minutes
        return ended

    def move_minutes(self, day: int, source: Account, target: Account, minutes: int) -> None:
        """Move unbooked minutes from one account to another."""
        source.free -= minutes
        target.free += minutes
        self._record.passed.append((self.number, day, source.activity, target.activity, minutes))

    def hand_over(self, hub: Hub) -> None:
        """Give the caseload back, on leaving or when long away."""
        self.next_handover = self._handovers.pop() if self._handovers else NEVER
        appointments.hand_over(hub, self)

    def work(self, hub: Hub, day: int) -> None:
        """Work one day: earn its minutes, make risk calls, keep the diary, then serve the lists in job-plan order."""
        now, plan, n = hub.now, self.plan, self._worked
        self._worked = n + 1
        self.next_day = self._days[n + 1]
        self.minute = now
        self.places = self._places[n]
        for account in plan:
            account.today = earned = account.earned[n]
            account.free += earned
        if hub.risk_calls.next_due <= now:
            activities.answer_risk_calls(hub, self)
        due = self.diary.due(day)
        if due:
            appointments.keep_appointments(hub, self, due)
        for account in plan:
            work_left = account.waits_on.next_due <= now and account.serve(hub, self, account)
            free = account.free
            if free <= 0:
                continue
            # Only today's time passes on: what was saved before stays for a longer piece of work.
            if account.flexes_to is not None and not work_left and account.today > 0:
                passed_on = min(free, account.today)
                self.move_minutes(day, account, account.flexes_to, passed_on)
                account.flexes_to.today += passed_on
                free -= passed_on
            if free > account.cap:
                self._record.passed.append((self.number, day, account.activity, IDLE, free - account.cap))
                account.free = account.cap
