"""A task list: short pieces of work done in the order in which they came due; nobody on it gives up."""

from __future__ import annotations

from heapq import heappop, heappush

from sim.service.waiting_list import NEVER, TAKEN, WAITING, Stay


class TaskList:
    """Tasks of one kind, one for a person (or a team) at a time.

    A task can be done from the minute at which it came due; equal minutes go by `tie`. Both steps cost O(log n).
    """

    def __init__(self, name: str, stays: list[Stay]) -> None:
        self.name = name
        self._stays = stays
        self._due: list[tuple[int, float, int]] = []
        self.next_due = NEVER
        """The minute from which the next task can be done, `NEVER` when there is none."""

    def join(self, case: int, minute: int, tie: float) -> None:
        """Add a task that comes due at a minute."""
        heappush(self._due, (minute, tie, case))
        self.next_due = min(self.next_due, minute)

    def first(self) -> int:
        """Return whose task is next; there must be one."""
        return self._due[0][2]

    def take(self, now: int) -> int:
        """Take the next task, which must be due, off the list."""
        due = self._due
        joined, _, case = heappop(due)
        self.next_due = due[0][0] if due else NEVER
        self._stays.append((self.name, case, joined, now, TAKEN))
        return case

    def close(self, horizon: int) -> None:
        """End the run: what came due and was not done still waits."""
        for case, joined in sorted((case, joined) for joined, _, case in self._due):
            if joined < horizon:
                self._stays.append((self.name, case, joined, horizon, WAITING))
