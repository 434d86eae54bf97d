"""The record while it is being written: tables of whole numbers that grow row by row."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.service.codes import COMPILED, NOT_YET, Column
from sim.service.record import BEFORE, Caseload, Journeys, Passed, Stays, Work
from sim.streams import Ints

FIRST_ROWS: Final[int] = 1 << 14


class Log:
    """A table of so many columns, kept row after row; it doubles when it is full."""

    __slots__ = ("_cells", "_columns", "_listed", "_room", "_used")

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._listed: list[int] = []
        """What is written, where it is not compiled; else it stands in `_cells`, of which so many are used."""
        self._used = 0
        self._room = columns * FIRST_ROWS
        self._cells: Column = np.empty(self._room, dtype=np.int64).data

    def _grow(self) -> None:
        larger = np.empty(2 * self._room, dtype=np.int64)
        larger[: self._room] = self._cells
        self._cells = larger.data
        self._room *= 2

    def columns(self) -> list[Ints]:
        """Return each column."""
        listed = self._listed
        cells = np.asarray(self._cells)[: self._used] if COMPILED else np.fromiter(listed, np.int64, len(listed))
        table = cells.reshape(-1, self._columns)
        return list(np.ascontiguousarray(table.T))


class StayLog(Log):
    """Everybody's time on the lists."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(5)

    def add(self, listed: int, number: int, joined: int, left: int, why: int) -> None:
        """Write down a stay that has ended."""
        if not COMPILED:
            self._listed.extend((listed, number, joined, left, why))
            return
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 5
        self._cells[n] = listed
        self._cells[n + 1] = number
        self._cells[n + 2] = joined
        self._cells[n + 3] = left
        self._cells[n + 4] = why

    def as_record(self) -> Stays:
        """Return the stays in the order in which they were written down."""
        return Stays(*self.columns())


class WorkLog(Log):
    """What staff did."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(6)

    def add(self, post: int, activity: int, minute: int, minutes: int, number: int, result: int) -> None:
        """Write down a piece of work."""
        if not COMPILED:
            self._listed.extend((post, activity, minute, minutes, number, result))
            return
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 6
        self._cells[n] = post
        self._cells[n + 1] = activity
        self._cells[n + 2] = minute
        self._cells[n + 3] = minutes
        self._cells[n + 4] = number
        self._cells[n + 5] = result

    def as_record(self) -> Work:
        """Return the work in the order in which it was done."""
        return Work(*self.columns())


class PassedLog(Log):
    """Minutes that changed account."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(5)

    def add(self, post: int, day: int, source: int, target: int, minutes: int) -> None:
        """Write down minutes that one activity passed to another."""
        if not COMPILED:
            self._listed.extend((post, day, source, target, minutes))
            return
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 5
        self._cells[n] = post
        self._cells[n + 1] = day
        self._cells[n + 2] = source
        self._cells[n + 3] = target
        self._cells[n + 4] = minutes

    def as_record(self) -> Passed:
        """Return what was passed on."""
        return Passed(*self.columns())


class CaseloadLog(Log):
    """Who was taken on and let go."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(3)

    def add(self, minute: int, post: int, change: int) -> None:
        """Write down that a caseload grew or shrank by one."""
        if not COMPILED:
            self._listed.extend((minute, post, change))
            return
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 3
        self._cells[n] = minute
        self._cells[n + 1] = post
        self._cells[n + 2] = change

    def as_record(self) -> Caseload:
        """Return the changes."""
        return Caseload(*self.columns())


class JourneyLog:
    """The journeys' columns, with a row for every episode that can happen; each is a milestone or count by case.

    Those that the pathway writes by name are attributes; `columns` has all of them.
    """

    def __init__(self, rows: int) -> None:
        self.columns: dict[str, Column] = {
            name: np.full(rows, nothing, dtype=np.int64).data for name, nothing in BEFORE.items()
        }
        self.client: Column = self.columns["client"]
        self.episode: Column = self.columns["episode"]
        self.referred: Column = self.columns["referred"]
        self.screened: Column = self.columns["screened"]
        self.reviewed: Column = self.columns["reviewed"]
        self.risk_called: Column = self.columns["risk_called"]
        self.assessed: Column = self.columns["assessed"]
        self.therapy_joined: Column = self.columns["therapy_joined"]
        self.therapy_booked: Column = self.columns["therapy_booked"]
        self.therapy_first: Column = self.columns["therapy_first"]
        self.therapy_last: Column = self.columns["therapy_last"]
        self.external_referred: Column = self.columns["external_referred"]
        self.navigated: Column = self.columns["navigated"]
        self.closed: Column = self.columns["closed"]
        self.outcome: Column = self.columns["outcome"]
        self.modality: Column = self.columns["modality"]
        self.ended: Column = self.columns["ended"]
        self.attended: Column = self.columns["attended"]
        self.missed: Column = self.columns["missed"]
        self.transferred: Column = self.columns["transferred"]
        self.assessment_joined: Column = self.columns["assessment_joined"]
        self.booked: Column = self.columns["booked"]

    def came_to_session(self, number: int, minute: int) -> None:
        """Write down a session of therapy or of a group that somebody came to."""
        self.attended[number] += 1
        self.therapy_last[number] = minute
        if self.therapy_first[number] == NOT_YET:
            self.therapy_first[number] = minute

    def as_record(self, cases: int) -> Journeys:
        """Return the rows of the cases that were opened."""
        return Journeys(**{name: np.asarray(column)[:cases] for name, column in self.columns.items()})


class Logs:
    """All that the service writes down."""

    __slots__ = ("caseload", "journeys", "passed", "stays", "work")

    def __init__(self, episodes: int) -> None:
        self.journeys = JourneyLog(episodes)
        self.stays = StayLog()
        self.work = WorkLog()
        self.passed = PassedLog()
        self.caseload = CaseloadLog()
