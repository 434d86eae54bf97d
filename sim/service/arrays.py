"""Whole numbers that become more while the service runs: a heap, and the tables of the record.

Compiled, both are arrays of 64-bit numbers, which double when they are full; interpreted, a list is faster and gives
the same.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

import numpy as np

from sim.service.codes import COMPILED, FOREVER, NOT_YET, Column
from sim.service.record import BEFORE, Journeys
from sim.streams import Ints

FIRST_ROOM: Final[int] = 32
FIRST_ROWS: Final[int] = 1 << 14


def doubled(cells: Column) -> Column:
    """Return an array that begins with these numbers and has room for as many more."""
    larger = np.empty(2 * len(cells), dtype=np.int64)
    larger[: len(cells)] = cells
    return larger.data


class Heap:
    """Whole numbers, none twice, of which the smallest comes first: what comes first on a list or on the agenda."""

    __slots__ = ("_keys", "_listed", "_room", "_size", "smallest")

    def __init__(self) -> None:
        self.smallest = FOREVER
        """The first number, or `FOREVER` when there is none."""
        self._listed: list[int] = [FOREVER]
        """The numbers where it is not compiled, and `FOREVER` after them all."""
        self._size = 0
        self._room = FIRST_ROOM
        self._keys: Column = np.empty(FIRST_ROOM, dtype=np.int64).data

    def push(self, key: int) -> None:
        """Add a number."""
        if COMPILED:
            self._rise(key)
            self.smallest = self._keys[0]
        else:
            heappush(self._listed, key)
            self.smallest = self._listed[0]

    def pop(self) -> int:
        """Take the smallest number, of which there must be one, out."""
        key = self.smallest
        if COMPILED:
            self._sink()
            self.smallest = self._keys[0] if self._size > 0 else FOREVER
        else:
            heappop(self._listed)
            self.smallest = self._listed[0]
        return key

    def _rise(self, key: int) -> None:
        """Put a number at the end and let it rise past greater ones."""
        if self._size == self._room:
            self._keys = doubled(self._keys)
            self._room *= 2
        slot = self._size
        self._size += 1
        while slot > 0:
            parent = (slot - 1) >> 1
            if self._keys[parent] <= key:
                break
            self._keys[slot] = self._keys[parent]
            slot = parent
        self._keys[slot] = key

    def _sink(self) -> None:
        """Take the first number out: the last one takes its slot and sinks past smaller ones."""
        if self._size == 0:
            raise IndexError("nothing to take")
        self._size -= 1
        size = self._size
        key = self._keys[size]
        slot = 0
        child = 1
        while child < size:
            if child + 1 < size and self._keys[child + 1] < self._keys[child]:
                child += 1
            if self._keys[child] >= key:
                break
            self._keys[slot] = self._keys[child]
            slot = child
            child = 2 * slot + 1
        self._keys[slot] = key


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

    def next_row(self) -> int:
        """Make room for a row and return the cell that it begins with."""
        n = self._used
        if n == self._room:
            self._cells = doubled(self._cells)
            self._room *= 2
        self._used = n + self._columns
        return n

    def columns(self) -> list[Ints]:
        """Return each column, as the dataclasses of `record.py` have them."""
        listed = self._listed
        cells = np.asarray(self._cells)[: self._used] if COMPILED else np.fromiter(listed, np.int64, len(listed))
        table = cells.reshape(-1, self._columns)
        return list(np.ascontiguousarray(table.T))


class StayLog(Log):
    """Everybody's time on the lists."""

    __slots__ = ()

    def add(self, listed: int, number: int, joined: int, left: int, why: int) -> None:
        """Write down a stay that has ended."""
        if not COMPILED:
            self._listed.extend((listed, number, joined, left, why))
            return
        n = self.next_row()
        self._cells[n] = listed
        self._cells[n + 1] = number
        self._cells[n + 2] = joined
        self._cells[n + 3] = left
        self._cells[n + 4] = why


class WorkLog(Log):
    """What staff did."""

    __slots__ = ()

    def add(self, post: int, activity: int, minute: int, minutes: int, number: int, result: int) -> None:
        """Write down a piece of work."""
        if not COMPILED:
            self._listed.extend((post, activity, minute, minutes, number, result))
            return
        n = self.next_row()
        self._cells[n] = post
        self._cells[n + 1] = activity
        self._cells[n + 2] = minute
        self._cells[n + 3] = minutes
        self._cells[n + 4] = number
        self._cells[n + 5] = result


class PassedLog(Log):
    """Minutes that changed account."""

    __slots__ = ()

    def add(self, post: int, day: int, source: int, target: int, minutes: int) -> None:
        """Write down minutes that one activity passed to another."""
        if not COMPILED:
            self._listed.extend((post, day, source, target, minutes))
            return
        n = self.next_row()
        self._cells[n] = post
        self._cells[n + 1] = day
        self._cells[n + 2] = source
        self._cells[n + 3] = target
        self._cells[n + 4] = minutes


class CaseloadLog(Log):
    """Who was taken on and let go."""

    __slots__ = ()

    def add(self, minute: int, post: int, change: int) -> None:
        """Write down that a caseload grew or shrank by one."""
        if not COMPILED:
            self._listed.extend((minute, post, change))
            return
        n = self.next_row()
        self._cells[n] = minute
        self._cells[n + 1] = post
        self._cells[n + 2] = change


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
        self.navigation_joined: Column = self.columns["navigation_joined"]
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
        self.stays = StayLog(columns=5)
        self.work = WorkLog(columns=6)
        self.passed = PassedLog(columns=5)
        self.caseload = CaseloadLog(columns=3)
