"""A post's diary: which appointments are to be kept on which day, and which day has room for another."""

from __future__ import annotations

from bisect import bisect_left

Appointment = tuple[str, int, int]
"""Kind, case and staff minutes of an entry, kept on its day or the first day at work after it."""


class Diary:
    """Appointments by day, in the order of their booking.

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

    def __init__(self, planned_days: list[int], day_length: int, opens_on: int, leaving_days: list[int]) -> None:
        self._opens_on = opens_on
        self._planned_from = _next_of(planned_days, opens_on)
        """For each day from `opens_on` on, the first planned day that is not before it."""
        self._leaving_days = leaving_days
        self._day_length = day_length
        self._entries: dict[int, list[Appointment]] = {}
        self._booked: dict[int, int] = {}
        self._overdue: list[Appointment] = []
        self._next_day = opens_on
        """The first day that has not been looked up."""
        self._leaving = opens_on - 1
        """The next leaving day, looked up anew when it has passed."""

    def book(self, earliest: int, kind: str, case: int, minutes: int) -> bool:
        """Write an appointment on the first day from `earliest` on, before leaving, that is worked and has room.

        Returns whether there is such a day.
        """
        following, first, booked, most = self._planned_from, self._opens_on, self._booked, self._day_length - minutes
        if self._leaving < self._next_day:
            self._leaving = self._leaving_days[bisect_left(self._leaving_days, self._next_day)]
        while earliest - first < len(following):
            day = following[earliest - first]
            if day >= self._leaving:
                return False
            taken = booked.get(day, 0)
            if not taken or taken <= most:
                booked[day] = taken + minutes
                if day < self._next_day:
                    self._overdue.append((kind, case, minutes))
                elif taken:
                    self._entries[day].append((kind, case, minutes))
                else:
                    self._entries[day] = [(kind, case, minutes)]
                return True
            earliest = day + 1
        return False

    def due(self, today: int) -> list[Appointment]:
        """Take today's appointments, after those that earlier days could not keep, out of the diary."""
        due = self._overdue
        for day in range(self._next_day, today + 1):
            if day in self._entries:
                due += self._entries.pop(day)
        self._next_day = today + 1
        if due:
            self._overdue = []
        return due

    def put_off(self, appointment: Appointment) -> None:
        """Put an appointment back, to be kept on the next day at work."""
        self._overdue.append(appointment)

    def clear(self) -> list[Appointment]:
        """Take everything out of the diary."""
        everything = self._overdue + [entry for _, entries in sorted(self._entries.items()) for entry in entries]
        self._overdue, self._entries, self._booked = [], {}, {}
        return everything


def _next_of(planned_days: list[int], opens_on: int) -> list[int]:
    following: list[int] = []
    for day in planned_days:
        following += [day] * (day - opens_on + 1 - len(following))
    return following
