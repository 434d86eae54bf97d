"""A post and its means: accounts of minutes, a diary and a caseload."""

from __future__ import annotations

from sim.config import HubConfig
from sim.config.staffing import ACTIVITIES
from sim.roster import Post as RosterPost
from sim.service import codes
from sim.service.cases import Case
from sim.service.day import Today
from sim.service.diary import Account, Diary
from sim.service.lists import WaitingList
from sim.service.logs import Logs
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.rules import WORKING_DAYS_PER_WEEK, Rules, longest_work


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
        for (name, reserve), earned in zip(role.job_plan.items(), rostered.minutes.T, strict=True):
            activity = ACTIVITIES.index(name)
            cap = max(round(rules.balance_cap_days * a_day * reserve.share), longest[activity])
            self.job_plan.append(Account(activity, earned, cap))
        for account, following, reserve in zip(self.job_plan, self.job_plan[1:], role.job_plan.values(), strict=False):
            account.flexes_to = following if reserve.flexes else None
        self.accounts: list[Account | None] = [None] * len(ACTIVITIES)
        """The same accounts by activity; None where the job plan has no such activity."""
        for account in self.job_plan:
            self.accounts[account.activity] = account
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

    def has_time(self, account: Account, minutes: int) -> bool:
        """Return whether a piece of work can be done now: its account pays, and the day is long enough."""
        return account.free >= minutes and self.minute + minutes <= self.today.closes

    def unbooked(self) -> int:
        """Return the minutes of all activities that nothing is booked for."""
        minutes = 0
        for account in self.job_plan:
            minutes += max(0, account.free)
        return minutes

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
