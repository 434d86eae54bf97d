"""A clinician's working life: on each day at work the diary first, then the lists in the order of the job plan.

The whole day runs in one go when SimPy's clock comes to its opening minute; `minute` says how far into the day it is.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from sim.config import HubConfig
from sim.roster import Post as RosterPost
from sim.service import activities
from sim.service.arrays import Logs
from sim.service.codes import NEVER, whole
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.post import Account, Post


class Clinician(Post):
    """A post with whoever holds it, one person after the other; elsewhere it is called the post."""

    def __init__(
        self, config: HubConfig, number: int, rostered: RosterPost, pathway: Pathway, patience: Patience, logs: Logs
    ) -> None:
        super().__init__(config, number, rostered, pathway, patience, logs)
        self._days = whole(np.append(rostered.days, NEVER))
        """Days at work, with `NEVER` added at the end."""
        self._handovers = whole(np.append(rostered.handover_days, NEVER))
        """Days on which clients are returned to the lists, likewise."""
        self._places = whole(rostered.places)
        self._days_worked = self._handed_over = 0

    def working_life(self) -> Generator[simpy.Event, None, None]:
        """Wake every morning: go to work on the days of the roster, and return the clients on leaving."""
        today = self.today
        while today.morning is not None:
            yield today.morning
            if today.number == self._days[self._days_worked]:
                self.work()
            if today.number == self._handovers[self._handed_over]:
                self.return_clients()

    def work(self) -> None:
        """Work one day."""
        self.begin_the_day()
        if self.lists.risk_calls.next_due <= self.today.opens:
            activities.answer_risk_calls(self)
        if self.lists.screening_reviews.next_due <= self.today.opens:
            activities.cover_reviews(self)
        self.keep_the_diary()
        if self.lists.self_help.next_due <= self.today.opens:
            activities.check_self_help(self)
        for account in self.job_plan:
            keep_minutes = activities.serve(self, account)
            if account.free > 0:
                self.use_what_is_left(account, keep_minutes)
        if self.lists.administration.next_due <= self.today.opens:
            activities.cover_administration(self)  # letters wait, people first

    def begin_the_day(self) -> None:
        """Earn the day's minutes and learn how many people there is room for."""
        self.minute = self.today.opens
        self.places = self._places[self._days_worked]
        for account in self.job_plan:
            account.earned_today = account.earned[self._days_worked]
            account.free += account.earned_today
        self._days_worked += 1
        if self.has_evenings:
            self.out_of_hours = self.rules.evenings_from <= self.today.opens < self.rules.evenings_to

    def keep_the_diary(self) -> None:
        """Keep today's appointments in the order of their dates; what does not fit moves to the next day at work."""
        for appointment in self.diary.due(self.today.number):
            account = appointment.account
            minutes = appointment.minutes
            is_set_aside = appointment.is_set_aside
            available = account.free + account.committed if is_set_aside else account.free
            if available < minutes or self.minute + minutes > self.today.closes:
                self.diary.put_off(appointment)
                continue
            if is_set_aside:
                account.commit(-minutes)
            appointment.keep()

    def use_what_is_left(self, account: Account, keep_minutes: bool) -> None:
        """Pass on today's minutes unless the account is to keep them, and lose what is too much to keep."""
        # Only today's time passes on: what was saved before stays for a longer piece of work.
        target = account.flexes_to
        if target is not None and not keep_minutes and account.earned_today > 0:
            minutes = min(account.free, account.earned_today)
            self.pass_on(account, target, minutes)
            target.earned_today += minutes
        if account.free > account.cap:
            self.leave_idle(account, account.free - account.cap)

    def return_clients(self) -> None:
        """Hand back all that is booked, on leaving or when long away: clients wait again, groups for another lead."""
        self._handed_over += 1
        minute = max(self.today.opens, self.minute)
        for appointment in self.diary.clear():
            if appointment.is_set_aside:
                appointment.account.commit(-appointment.minutes)
            appointment.hand_back(minute)
