"""A post's time: an account of minutes for each activity of its job plan, and a diary of its appointments."""

from __future__ import annotations

import numpy as np

from sim.service.codes import Column, whole
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

    Parameters
    ----------
    planned_days
        Days on which the post expects to work, ascending.
    day_length
        Minutes of appointments that one day takes.
    opens_on
        The first day that can hold an entry.
    leaving_days
        The first day after each holder of the post has gone, ascending. Nothing is booked for the next such day or
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
