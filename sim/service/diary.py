"""A post's diary: which appointments are to be kept on which day, and which day has room for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.roster.table import Ints

if TYPE_CHECKING:
    from sim.service.clinician import Account, Clinician
    from sim.service.hub import Hub

Keep = Callable[["Hub", "Clinician", "Account", Any, int], None]
Appointment = tuple[Keep, "Account", Any, int, bool]
"""How it is kept, the account that pays, with whom (a case, a course or a group), staff minutes, and whether the
account has set these minutes aside."""

NOTHING: list[Appointment] = []


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
        Days, ascending, from which whoever is in post until then has left: nothing is booked beyond the next one.
    """

    def __init__(self, planned_days: Ints, day_length: int, opens_on: int, leaving_days: list[int]) -> None:
        self._opens_on = opens_on
        days = np.arange(opens_on, planned_days[-1] + 1 if len(planned_days) else opens_on)
        self._page_from: list[int] = np.searchsorted(planned_days, days).tolist()
        """For each day from `opens_on` on, the page of the first planned day that is not before it."""
        self._day_length = day_length
        self._pages: defaultdict[int, list[Appointment]] = defaultdict(list)
        self._booked = [0] * len(planned_days)
        """Minutes of appointments by page."""
        self._overdue: list[Appointment] = []
        self._next_page = 0
        """The first page that has not been looked up."""
        leaving_pages = np.searchsorted(planned_days, [day for day in leaving_days if day >= opens_on])
        self._leaving_pages: list[int] = leaving_pages.tolist()
        self._end = self._leaving_pages.pop(0) if self._leaving_pages else 0
        """The first page after the next leaving day."""

    def book(self, earliest: int, appointment: Appointment) -> bool:
        """Write an appointment on the first day from `earliest` on, before leaving, that is worked and has room.

        Returns whether there is such a day.
        """
        try:
            page = self._page_from[earliest - self._opens_on]
        except IndexError:
            return False
        booked, minutes = self._booked, appointment[3]
        while page < self._end:
            taken = booked[page] + minutes
            if taken <= self._day_length or taken == minutes:
                booked[page] = taken
                (self._pages[page] if page >= self._next_page else self._overdue).append(appointment)
                return True
            page += 1
        return False

    def due(self, today: int) -> list[Appointment]:
        """Take the appointments of a day at work, after those that earlier days could not keep, out of the diary."""
        page = self._page_from[today - self._opens_on]
        due = self._pages.pop(page, NOTHING)
        if self._overdue or self._next_page < page:
            earlier = [self._pages.pop(missed, NOTHING) for missed in range(self._next_page, page)]
            due = [appointment for entries in (self._overdue, *earlier, due) for appointment in entries]
            self._overdue = []
        self._next_page = page + 1
        while page >= self._end:
            self._end = self._leaving_pages.pop(0)
        return due

    def put_off(self, appointment: Appointment) -> None:
        """Put an appointment back, to be kept on the next day at work."""
        self._overdue.append(appointment)

    def clear(self) -> list[Appointment]:
        """Take everything out of the diary."""
        everything = self._overdue + [entry for _, entries in sorted(self._pages.items()) for entry in entries]
        self._overdue = []
        self._pages.clear()
        self._booked = [0] * len(self._booked)
        return everything
