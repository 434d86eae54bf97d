"""A waiting list: ordered by (class, minute, tie), cheap to join, exact in length at every moment."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from sim.calendar import MINUTES_PER_DAY

HEAD_OF_LIST = -1
"""The class of people handed over by another clinician."""

Key = tuple[int, int, float]
"""Place in the list: class, minute, tie. The smallest is served first."""


Stay = tuple[str, int, int, int, str]
"""One person's time on one list: list name, case, minute of joining, minute of leaving, and why it ended."""

NEVER = 2**53
"""A deadline later than any horizon: nobody of this patience gives up."""
TAKEN, LEFT, WAITING = "taken", "left", "waiting"


Entry = tuple[int, int, float, int, int, int]
"""Class, minute and tie (the place in the list), case, minute of joining and minute of giving up."""
PLACE_MINUTE: Final = 1
CASE: Final = 3
JOINED: Final = 4
GIVES_UP: Final = 5


class WaitingList:
    """People waiting for one thing.

    A person can be taken from the minute of joining on, and leaves when taken or at the minute `gives_up`, which is
    known on joining. Joining and taking cost O(log n); those who gave up are removed when the list is next looked
    at, dated to the minute they left.

    Parameters
    ----------
    on_leaving
        Called with (case, minute) for everybody who gave up.
    """

    def __init__(self, name: str, stays: list[Stay], on_leaving: Callable[[int, int], None]) -> None:
        self.name = name
        self.next_due = NEVER
        """No later than the next minute at which there is somebody to take."""
        self._stays = stays
        self._on_leaving = on_leaving
        self._waiting: dict[int, Entry] = {}
        self._arriving: list[tuple[int, int, Entry]] = []
        """Minute of joining, case and entry of those who join after `_now`, as a heap."""
        self._order: list[Entry] = []
        self._deadlines: dict[int, list[Entry]] = {}
        """By day, who gives up on it unless taken before."""
        self._days: list[int] = []
        """The days of `_deadlines`, as a heap."""
        self._soon: list[tuple[int, int, Entry]] = []
        """Minute, case and entry of those who give up today unless taken before, as a heap."""
        self._now = -NEVER
        """The last minute that the list was brought up to."""
        self._next_change = NEVER
        """No later than the next minute at which somebody joins or gives up."""

    def join(self, case: int, key: Key, joined: int, gives_up: int) -> None:
        """Put a person on the list at minute `joined`; the key may place them as if they had come earlier."""
        rank, minute, tie = key
        entry = self._waiting[case] = (rank, minute, tie, case, joined, gives_up)
        self.next_due = min(self.next_due, joined)
        if joined <= self._now:
            self._let_in([entry])
        else:
            heappush(self._arriving, (joined, case, entry))
            self._next_change = min(self._next_change, joined)

    def length(self, now: int) -> int:
        """Return how many wait at this minute."""
        if now >= self._next_change:
            self._bring_up_to(now)
        return len(self._waiting) - len(self._arriving)

    def first(self, now: int) -> Entry | None:
        """Return the entry of the person who would be taken next, or None."""
        if now >= self._next_change:
            self._bring_up_to(now)
        order, waiting = self._order, self._waiting
        while order:
            entry = order[0]
            if waiting.get(entry[CASE]) is entry:
                return entry
            heappop(order)
        self.next_due = self._next_change
        return None

    def holds(self, case: int, now: int, later: int | None = None) -> bool:
        """Return whether a person waits at this minute, and will not have given up by a later one."""
        if now >= self._next_change:
            self._bring_up_to(now)
        entry = self._waiting.get(case)
        return entry is not None and entry[JOINED] <= now and (later is None or entry[GIVES_UP] > later)

    def find(self, now: int, suits: Callable[[int], bool]) -> int | None:
        """Return the first person whom an offer suits, who stays on the list until removed."""
        first = self.first(now)
        if first is None or suits(first[CASE]):
            return None if first is None else first[CASE]
        return self.find_behind(now, suits)

    def find_behind(self, now: int, suits: Callable[[int], bool]) -> int | None:
        """Return the first person behind the first one whom an offer suits."""
        passed_over = [heappop(self._order)]
        found = None
        while (best := self.first(now)) is not None:
            if suits(best[CASE]):
                found = best[CASE]
                break
            passed_over.append(heappop(self._order))
        for entry in passed_over:
            heappush(self._order, entry)
        self.next_due = min(self.next_due, now)
        return found

    def take(self, now: int) -> int | None:
        """Take the first person off the list."""
        best = self.first(now)
        if best is None:
            return None
        self.remove(best[CASE], now)
        return best[CASE]

    def remove(self, case: int, now: int) -> None:
        """Take a particular person off the list; the place in the order is cleared when next looked at."""
        self._stays.append((self.name, case, self._waiting.pop(case)[JOINED], now, TAKEN))

    def close(self, horizon: int) -> None:
        """End the run: those whose patience ran out have left, the others still wait."""
        self._bring_up_to(horizon - 1)
        for *_, case, joined, _ in sorted(self._waiting.values(), key=lambda entry: entry[CASE]):
            if joined < horizon:
                self._stays.append((self.name, case, joined, horizon, WAITING))

    def _bring_up_to(self, now: int) -> None:
        """Let in everybody who has joined by now, and let go of those whose patience has run out."""
        self._now = now
        arriving, days, soon = self._arriving, self._days, self._soon
        if arriving and arriving[0][0] <= now:
            came = []
            while arriving and arriving[0][0] <= now:
                came.append(heappop(arriving)[2])
            self._let_in(came)
        while days and days[0] * MINUTES_PER_DAY <= now:
            for entry in self._deadlines.pop(heappop(days)):
                if self._waiting.get(entry[CASE]) is entry:
                    heappush(soon, (entry[GIVES_UP], entry[CASE], entry))
        while soon and soon[0][0] <= now:
            gives_up, case, entry = heappop(soon)
            if self._waiting.get(case) is entry:
                del self._waiting[case]
                self._stays.append((self.name, case, entry[JOINED], gives_up, LEFT))
                self._on_leaving(case, gives_up)
        self._next_change = min(
            arriving[0][0] if arriving else NEVER,
            soon[0][0] if soon else NEVER,
            days[0] * MINUTES_PER_DAY if days else NEVER,
        )

    def _let_in(self, entries: list[Entry]) -> None:
        order, deadlines, days = self._order, self._deadlines, self._days
        for entry in entries:
            heappush(order, entry)
            if entry[GIVES_UP] < NEVER:
                day = entry[GIVES_UP] // MINUTES_PER_DAY
                if day in deadlines:
                    deadlines[day].append(entry)
                else:
                    deadlines[day] = [entry]
                    heappush(days, day)
        if days:
            self._next_change = min(self._next_change, days[0] * MINUTES_PER_DAY)
