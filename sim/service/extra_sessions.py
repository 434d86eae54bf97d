"""Extra sessions, of an initiative or a partner Hub: for whoever has waited longest, whatever their need."""

from __future__ import annotations

from sim.calendar import MINUTES_PER_DAY
from sim.config import HubConfig
from sim.roster import Post as RosterPost
from sim.service import activities, codes
from sim.service.arrays import Logs
from sim.service.cases import Case
from sim.service.clinician import Clinician
from sim.service.codes import Column
from sim.service.lists import WaitingList
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.post import Account
from sim.service.rules import minutes_of


class ExtraSessions(Clinician):
    """The sessions of a policy: so many may be asked for each week, while somebody has waited for too long."""

    def __init__(
        self, config: HubConfig, number: int, rostered: RosterPost, pathway: Pathway, patience: Patience, logs: Logs
    ) -> None:
        super().__init__(config, number, rostered, pathway, patience, logs)
        policy = config.policies.extra_sessions[rostered.frame.policy]
        self.gives_therapy: bool = policy.stage == "therapy"
        self.waiting: list[WaitingList] = self.therapy_lists if self.gives_therapy else [pathway.assessment.waiting]
        self.since: Column = pathway.journeys.therapy_joined if self.gives_therapy else pathway.assessment.joined
        """Since when each case is on the list."""
        self.a_week: int = policy.sessions_a_week
        self.left_this_week = 0
        self.too_long = round(policy.wait_over_days * MINUTES_PER_DAY)
        between = minutes_of(policy, policy.is_on)
        self.opens_at: int = between[0]
        self.closes_at: int = between[1]
        """The minutes between which sessions are offered (the second exclusive)."""

    def work(self) -> None:
        """Work one day: keep what is booked, and offer sessions to those who have waited longest."""
        account = self.job_plan[0]
        before = account.free
        self.begin_the_day()
        if account.earned_today > 0:  # a week begins: nobody has worked what last week did not ask for
            self.left_this_week = self.a_week
            if before > 0:
                self.leave_idle(account, before)
        self.keep_the_diary()
        if self.opens_at <= self.today.opens < self.closes_at:
            self.offer_sessions(account)

    def offer_sessions(self, account: Account) -> None:
        """Book the sessions that are left this week, while somebody has waited for too long."""
        while self.left_this_week > 0 and (self.caseload < self.places or not self.gives_therapy):
            waiting = self.longest_list()
            if waiting is None:
                return
            case: Case = self.longest_on(waiting)
            if self.today.opens - self.since[case.number] <= self.too_long:
                return
            if not self.offer_to(case):  # who cannot come then is asked again on the next day
                return
            activities.take_out(self, waiting, case)
            if not self.book(waiting, case, account):
                waiting.put_back(case)
                return
            self.left_this_week -= 1

    def longest_list(self) -> WaitingList | None:
        """Return the list on which somebody has waited longest; None where nobody waits."""
        found: WaitingList | None = None
        longest = codes.NEVER
        for waiting in self.waiting:
            if self.patience.next_on(waiting) is not None:
                case: Case = self.longest_on(waiting)
                since = self.since[case.number]
                if since < longest:
                    found, longest = waiting, since
        return found

    def longest_on(self, waiting: WaitingList) -> Case:
        """Return who has waited longest on a list, on which somebody waits."""
        everybody = activities.in_order(self, waiting)
        found: Case = everybody[0]
        for place in range(1, len(everybody)):
            case: Case = everybody[place]
            if self.since[case.number] < self.since[found.number]:
                found = case
        return found

    def book(self, waiting: WaitingList, case: Case, account: Account) -> bool:
        """Give somebody a session; return whether there is a day for it."""
        if self.gives_therapy:
            return activities.book_course(self, account, waiting, case)
        return activities.book_visit(self, account, self.pathway.assessment, case)
