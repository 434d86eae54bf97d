"""One post at work: its accounts of minutes, its diary, and a working day from the diary to the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.config.staffing import Role
from sim.roster.table import Post
from sim.service import activities, appointments
from sim.service.diary import Diary
from sim.service.record import IDLE, Record
from sim.service.rules import WORKING_DAYS_PER_WEEK, Rules

if TYPE_CHECKING:
    from sim.service.appointments import Group
    from sim.service.hub import Hub


Duty = tuple[Callable[["Hub", int, list[int], int], None], list[int], int]
"""What a post does on a day: the deed, and for a day's work the minutes earned by activity and caseload places."""


class Clinician:
    """A post with its accounts: minutes earned by the roster, spent on work, passed on or left idle.

    Each activity has an account: `committed` is the part that booked appointments will need, `free` the rest.
    """

    def __init__(self, number: int, post: Post, role: Role, rules: Rules, record: Record, opens_on: int) -> None:
        self.number = number
        self.post = post
        self.role_name = post.frame.role
        self.out_of_hours = post.out_of_hours
        self.modalities = role.modalities
        self.therapy_lists = [f"therapy:{name}" for name in role.modalities] if "therapy" in post.plan else []
        self.plan = post.plan
        self.free = dict.fromkeys(post.plan, 0)
        self.committed = dict.fromkeys(post.plan, 0)
        a_day = post.frame.wte * role.client_facing_hours_per_week * 60 / WORKING_DAYS_PER_WEEK
        following = [*post.plan[1:], ""]
        self._steps = [
            (
                activity,
                activities.SERVE[activity],
                next_activity if reserve.flexes else "",
                max(round(rules.balance_cap_days * a_day * reserve.share), rules.longest[activity]),
            )
            for (activity, reserve), next_activity in zip(role.job_plan.items(), following, strict=True)
        ]
        """Each activity of the job plan, how it is done, the one that unused time passes to ("" for none), its cap."""
        leaving_days = [spell.end_day for spell in post.frame.spells]
        self.diary = Diary(post.planned_days.tolist(), rules.working_day_minutes, opens_on, leaving_days)
        self.caseload: set[int] = set()
        self.group: Group | None = None
        self.places = 0
        self.opening_places = int(post.places[0]) if len(post.places) else 0
        """Caseload places on the first day at work, for the opening caseload."""
        self.day = opens_on
        self.minute = opens_on * MINUTES_PER_DAY
        self.closes = self.minute
        self._day_length = rules.working_day_minutes
        self._record = record

    def duties(self, until: int) -> Iterator[tuple[int, Duty]]:
        """Return the roster before a day, work and handovers; on a day that has both, work comes first."""
        post = self.post
        work, hand_over = self._work, self._hand_over
        some = slice(int(np.searchsorted(post.days, until)))
        days, minutes = post.days[some].tolist(), post.minutes[some].tolist()
        for day, earned, places in zip(days, minutes, post.places[some].tolist(), strict=True):
            yield day, (work, earned, places)
        for day in post.handover_days[post.handover_days < until].tolist():
            yield day, (hand_over, [], 0)

    def is_filled_on(self, day: int) -> bool:
        """Return whether somebody is in this post on a day."""
        return any(spell.start_day <= day < spell.end_day for spell in self.post.frame.spells)

    def balance(self, activity: str) -> int:
        """Return the minutes on an account."""
        return self.free[activity] + self.committed[activity]

    def commit(self, activity: str, minutes: int) -> None:
        """Set minutes aside for an appointment, or release them when negative."""
        self.free[activity] -= minutes
        self.committed[activity] += minutes

    def has_time(self, minutes: int) -> bool:
        """Return whether the working day still has room."""
        return self.minute + minutes <= self.closes

    def spend(self, activity: str, minutes: int, case: int, result: str) -> int:
        """Do a piece of work now and return the minute at which it ends."""
        self._record.work.append((self.number, activity, self.minute, minutes, case, result))
        self.free[activity] -= minutes
        self.minute += minutes
        return self.minute

    def move_minutes(self, source: str, target: str, minutes: int) -> None:
        """Move unbooked minutes from one account to another."""
        self.free[source] -= minutes
        self.free[target] += minutes
        self._record.passed.append((self.number, self.day, source, target, minutes))

    def _hand_over(self, hub: Hub, _: int, __: list[int], ___: int) -> None:
        """Give the caseload back, on leaving or when long away."""
        appointments.hand_over(hub, self)

    def _work(self, hub: Hub, day: int, minutes: list[int], places: int) -> None:
        """Work one day: earn its minutes, make risk calls, keep the diary, then serve the lists in job-plan order."""
        self.day = day
        self.minute = hub.now
        self.closes = hub.now + self._day_length
        self.places = places
        free = self.free
        for activity, earned in zip(self.plan, minutes, strict=True):
            free[activity] += earned
        if hub.risk_calls.next_due <= hub.now:
            activities.answer_risk_calls(hub, self)
        appointments.keep_appointments(hub, self)
        passed_on = 0
        for (activity, serve, following, cap), earned in zip(self._steps, minutes, strict=True):
            work_left = serve(hub, self)
            # Only today's time passes on: what was saved before stays for a longer piece of work.
            today = earned + passed_on
            passed_on = 0
            if following and not work_left and free[activity] > 0 and today > 0:
                passed_on = min(free[activity], today)
                self.move_minutes(activity, following, passed_on)
            if free[activity] > cap:
                self._record.passed.append((self.number, day, activity, IDLE, free[activity] - cap))
                free[activity] = cap
