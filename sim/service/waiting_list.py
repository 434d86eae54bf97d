"""A waiting list: ordered by (class, minute, tie), cheap to join, exact in length at every moment."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

HEAD_OF_LIST = -1
"""The class of people handed over by another clinician."""

Key = tuple[int, int, float]
"""Place in the list: class, minute, tie. The smallest is served first."""


Stay = tuple[str, int, int, int, str]
"""One person's time on one list: list name, case, minute of joining, minute of leaving, and why it ended."""

NEVER = 2**53
"""A deadline later than any horizon: nobody of this patience gives up."""
TAKEN, LEFT, WAITING = "taken", "left", "waiting"


_Entry = tuple[Key, int, int, int]
"""Key, person, minute of joining and minute of giving up."""


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
        self._stays = stays
        self._on_leaving = on_leaving
        self._waiting: dict[int, _Entry] = {}
        self._arriving: list[tuple[int, int, _Entry]] = []
        self._order: list[_Entry] = []
        self._deadlines: list[tuple[int, int, _Entry]] = []
        self._next_change = NEVER
        """No later than the next minute at which somebody joins or gives up."""

    def join(self, case: int, key: Key, joined: int, gives_up: int) -> None:
        """Put a person on the list at minute `joined`; the key may place them as if they had come earlier."""
        entry = (key, case, joined, gives_up)
        self._waiting[case] = entry
        heappush(self._arriving, (joined, case, entry))
        self._next_change = min(self._next_change, joined)

    def length(self, now: int) -> int:
        """Return how many wait at this minute."""
        if now >= self._next_change:
            self._bring_up_to(now)
        return len(self._waiting) - len(self._arriving)

    def first(self, now: int) -> _Entry | None:
        """Return the entry of the person who would be taken next, key and person first, or None."""
        if now >= self._next_change:
            self._bring_up_to(now)
        order = self._order
        while order:
            entry = order[0]
            if self._waiting.get(entry[1]) is entry:
                return entry
            heappop(order)
        return None

    def holds(self, case: int, now: int, later: int | None = None) -> bool:
        """Return whether a person waits at this minute, and will not have given up by a later one."""
        if now >= self._next_change:
            self._bring_up_to(now)
        entry = self._waiting.get(case)
        return entry is not None and entry[2] <= now and (later is None or entry[3] > later)

    def find(self, now: int, suits: Callable[[int], bool]) -> int | None:
        """Return the first person whom an offer suits, who stays on the list until removed."""
        passed_over: list[_Entry] = []
        found = None
        while found is None and (best := self.first(now)) is not None:
            if suits(best[1]):
                found = best[1]
            else:
                passed_over.append(heappop(self._order))
        for entry in passed_over:
            heappush(self._order, entry)
        return found

    def take(self, now: int) -> int | None:
        """Take the first person off the list."""
        best = self.first(now)
        if best is None:
            return None
        self.remove(best[1], now)
        return best[1]

    def remove(self, case: int, now: int) -> None:
        """Take a particular person off the list; the place in the order is cleared when next looked at."""
        self._end(case, now, TAKEN)

    def close(self, horizon: int) -> None:
        """End the run: those whose patience ran out have left, the others still wait."""
        self._bring_up_to(horizon - 1)
        for _, case, joined, _ in sorted(self._waiting.values(), key=lambda entry: entry[1]):
            if joined < horizon:
                self._stays.append((self.name, case, joined, horizon, WAITING))

    def _bring_up_to(self, now: int) -> None:
        """Let in everybody who has joined by now, and let go of those whose patience has run out."""
        arriving, deadlines = self._arriving, self._deadlines
        while arriving and arriving[0][0] <= now:
            _, case, entry = heappop(arriving)
            heappush(self._order, entry)
            if entry[3] < NEVER:
                heappush(deadlines, (entry[3], case, entry))
        while deadlines and deadlines[0][0] <= now:
            gives_up, case, entry = heappop(deadlines)
            if self._waiting.get(case) is entry:
                self._end(case, gives_up, LEFT)
                self._on_leaving(case, gives_up)
        self._next_change = min(arriving[0][0] if arriving else NEVER, deadlines[0][0] if deadlines else NEVER)

    def _end(self, case: int, minute: int, why: str) -> None:
        joined = self._waiting.pop(case)[2]
        self._stays.append((self.name, case, joined, minute, why))
