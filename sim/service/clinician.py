"""One post at work: its accounts of minutes, its diary, and a working day from the diary to the lists."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE
from sim.config.staffing import Role
from sim.roster.table import Post
from sim.service import activities, appointments
from sim.service.clock import FIRST_POST_ORDER, Wake
from sim.service.record import IDLE
from sim.service.rules import WORKING_DAYS_PER_WEEK, Rules

if TYPE_CHECKING:
    from sim.service.appointments import Group
    from sim.service.hub import Hub


class Appointment(NamedTuple):
    """An entry of a diary, kept on its day or the first day at work after it."""

    day: int
    ticket: int
    kind: str
    case: int
    minutes: int


class Clinician:
    """A post with its accounts: minutes earned by the roster, spent on work, passed on or left idle.

    `balance` is what an activity's account holds; `committed` is the part that booked appointments will need.
    """

    def __init__(self, number: int, post: Post, role: Role, rules: Rules, opens_on: int) -> None:
        self.number = number
        self.post = post
        self.role_name = post.frame.role
        self.out_of_hours = post.out_of_hours
        self.modalities = role.modalities
        self.therapy_lists = [f"therapy:{name}" for name in role.modalities] if "therapy" in post.plan else []
        self.plan = post.plan
        self.balance = dict.fromkeys(post.plan, 0)
        self.committed = dict.fromkeys(post.plan, 0)
        self.earned_today = dict.fromkeys(post.plan, 0)
        a_day = post.frame.wte * role.client_facing_hours_per_week * 60 / WORKING_DAYS_PER_WEEK
        following = [*post.plan[1:], ""]
        self._steps = [
            (
                activity,
                next_activity if reserve.flexes else "",
                max(round(rules.balance_cap_days * a_day * reserve.share), rules.longest[activity]),
            )
            for (activity, reserve), next_activity in zip(role.job_plan.items(), following, strict=True)
        ]
        """Each activity of the job plan, the one that its unused time passes to ("" for none), and its cap."""
        self.diary: list[Appointment] = []
        self.booked_on: dict[int, int] = {}
        self.caseload: set[int] = set()
        self.group: Group | None = None
        self.places = 0
        self.opening_places = int(post.places[0]) if len(post.places) else 0
        """Caseload places on the first day at work, for the opening caseload."""
        self.day = opens_on
        self.minute = opens_on * MINUTES_PER_DAY
        self.closes = self.minute
        self._day_length = rules.working_day_minutes
        self._planned_days = post.planned_days.tolist()
        self._ticket = 0

    def working_life(self, hub: Hub) -> Generator[Wake, None, None]:
        """Work every day of the roster; hand the caseload over when leaving or long away."""
        post = self.post
        work = list(zip(post.days.tolist(), post.minutes.tolist(), post.places.tolist(), strict=True))
        days: list[tuple[int, list[int] | None, int]] = [(day, None, 0) for day in post.handover_days.tolist()]
        # On a day that has both, the work comes first.
        for day, minutes, places in sorted([*work, *days], key=lambda entry: (entry[0], entry[1] is None)):
            opens = day * MINUTES_PER_DAY + OPENING_MINUTE
            yield Wake(hub.env, opens, FIRST_POST_ORDER + self.number)
            hub.now = opens
            if minutes is None:
                appointments.hand_over(hub, self)
            else:
                self._begin(day, minutes, places)
                self._work(hub)

    def is_filled_on(self, day: int) -> bool:
        """Return whether somebody is in this post on a day."""
        return any(spell.start_day <= day < spell.end_day for spell in self.post.frame.spells)

    def free(self, activity: str) -> int:
        """Return the minutes of an account that no appointment needs."""
        return self.balance[activity] - self.committed[activity]

    def has_time(self, minutes: int) -> bool:
        """Return whether the working day still has room."""
        return self.minute + minutes <= self.closes

    def spend(self, hub: Hub, activity: str, minutes: int, case: int, result: str) -> int:
        """Do a piece of work now and return the minute at which it ends."""
        hub.record.work.append((self.number, activity, self.minute, minutes, case, result))
        self.balance[activity] -= minutes
        self.minute += minutes
        return self.minute

    def move_minutes(self, hub: Hub, source: str, target: str, minutes: int) -> None:
        """Move unbooked minutes from one account to another."""
        self.balance[source] -= minutes
        self.balance[target] += minutes
        hub.record.passed.append((self.number, self.day, source, target, minutes))

    def free_day(self, earliest: int, minutes: int) -> int | None:
        """Return the first day from `earliest` on that the post expects to work and has room, or None."""
        days = self._planned_days
        for index in range(bisect_left(days, earliest), len(days)):
            day: int = days[index]
            if self.booked_on.get(day, 0) + minutes <= self._day_length:
                return day
        return None

    def book(self, day: int, kind: str, case: int, minutes: int) -> None:
        """Write an appointment into the diary."""
        self._ticket += 1
        heappush(self.diary, Appointment(day, self._ticket, kind, case, minutes))
        self.booked_on[day] = self.booked_on.get(day, 0) + minutes

    def due(self) -> list[Appointment]:
        """Take today's appointments, and those that earlier days could not keep, out of the diary."""
        due: list[Appointment] = []
        while self.diary and self.diary[0][0] <= self.day:
            due.append(heappop(self.diary))
        return due

    def put_off(self, appointment: Appointment) -> None:
        """Put an appointment back, to be kept on the next day at work."""
        heappush(self.diary, appointment)

    def _begin(self, day: int, minutes: list[int], places: int) -> None:
        self.booked_on.pop(self.day, None)
        self.day = day
        self.minute = day * MINUTES_PER_DAY + OPENING_MINUTE
        self.closes = self.minute + self._day_length
        self.places = places
        self.earned_today = earned = dict(zip(self.plan, minutes, strict=True))
        balance = self.balance
        for activity in self.plan:
            balance[activity] += earned[activity]

    def _work(self, hub: Hub) -> None:
        if hub.lists["risk_call"].length(hub.now):
            activities.answer_risk_calls(hub, self)
        if self.diary and self.diary[0][0] <= self.day:
            appointments.keep_appointments(hub, self)
        for activity, following, cap in self._steps:
            work_left = activities.SERVE[activity](hub, self)
            unbooked = self.balance[activity] - self.committed[activity]
            if following and not work_left and unbooked > 0:
                # Only today's time passes on: what was saved before stays for a longer piece of work.
                unused = min(unbooked, self.earned_today[activity])
                if unused > 0:
                    self.move_minutes(hub, activity, following, unused)
                    self.earned_today[following] += unused
                    unbooked -= unused
            if unbooked > cap:
                self.balance[activity] -= unbooked - cap
                hub.record.passed.append((self.number, self.day, activity, IDLE, unbooked - cap))
