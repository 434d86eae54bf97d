"""The record while it is being written: tables of whole numbers that grow row by row."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.service.codes import NOT_YET, Column
from sim.service.record import BEFORE, Caseload, Journeys, Passed, Stays, Work
from sim.streams import Ints

FIRST_ROWS: Final[int] = 1 << 14


class Log:
    """A table of so many columns, kept row after row; it doubles when it is full."""

    __slots__ = ("_cells", "_columns", "_room", "_used")

    def __init__(self, columns: int) -> None:
        self._columns = columns
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
        table = np.asarray(self._cells)[: self._used].reshape(-1, self._columns)
        return list(np.ascontiguousarray(table.T))


class StayLog(Log):
    """Everybody's time on the lists."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(5)

    def add(self, listed: int, number: int, joined: int, left: int, why: int) -> None:
        """Write down a stay that has ended."""
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 5
        cells = self._cells
        cells[n] = listed
        cells[n + 1] = number
        cells[n + 2] = joined
        cells[n + 3] = left
        cells[n + 4] = why

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
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 6
        cells = self._cells
        cells[n] = post
        cells[n + 1] = activity
        cells[n + 2] = minute
        cells[n + 3] = minutes
        cells[n + 4] = number
        cells[n + 5] = result

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
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 5
        cells = self._cells
        cells[n] = post
        cells[n + 1] = day
        cells[n + 2] = source
        cells[n + 3] = target
        cells[n + 4] = minutes

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
        n = self._used
        if n == self._room:
            self._grow()
        self._used = n + 3
        cells = self._cells
        cells[n] = minute
        cells[n + 1] = post
        cells[n + 2] = change

    def as_record(self) -> Caseload:
        """Return the changes."""
        return Caseload(*self.columns())


class JourneyLog:
    """The journeys' columns, with a row for every episode that can happen; each is a milestone or count by case."""

    client: Column
    episode: Column
    referred: Column
    screened: Column
    reviewed: Column
    risk_called: Column
    assessment_joined: Column
    booked: Column
    assessed: Column
    therapy_joined: Column
    therapy_booked: Column
    therapy_first: Column
    therapy_last: Column
    external_referred: Column
    navigated: Column
    closed: Column
    outcome: Column
    modality: Column
    ended: Column
    attended: Column
    missed: Column
    transferred: Column

    def __init__(self, rows: int) -> None:
        for name, nothing in BEFORE.items():
            setattr(self, name, np.full(rows, nothing, dtype=np.int64).data)

    def came_to_session(self, number: int, minute: int) -> None:
        """Write down a session of therapy or of a group that somebody came to."""
        self.attended[number] += 1
        self.therapy_last[number] = minute
        if self.therapy_first[number] == NOT_YET:
            self.therapy_first[number] = minute

    def as_record(self, cases: int) -> Journeys:
        """Return the rows of the cases that were opened."""
        return Journeys(**{name: np.asarray(getattr(self, name))[:cases] for name in BEFORE})


class Logs:
    """All that the service writes down."""

    __slots__ = ("caseload", "journeys", "passed", "stays", "work")

    def __init__(self, episodes: int) -> None:
        self.journeys = JourneyLog(episodes)
        self.stays = StayLog()
        self.work = WorkLog()
        self.passed = PassedLog()
        self.caseload = CaseloadLog()
